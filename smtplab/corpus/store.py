"""The recordings as they lie in the package: two compressed files, read once, when somebody asks.

Never does: interpret them. `recorded` does. What their fields mean stands in the README beside them.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any, NotRequired, TypedDict, cast

Part = str | tuple[str, int]
"""Text whose code points are octets, or such a text and how often it is repeated."""


class ScriptStep(TypedDict):
    """One step of a script: what is done (`op`), what is sent, and the standard's answer."""

    op: str
    want: list[str]
    send: NotRequired[list[Part]]
    secs: NotRequired[float]


class Script(TypedDict):
    """A scripted session."""

    id: str
    group: str
    title: str
    rfc_note: str
    steps: list[ScriptStep]


class Answered(TypedDict):
    """A reply as it was recorded, its lines parted by LF; `times` of them in a row where there were several."""

    code: str
    text: str
    times: NotRequired[int]


class Recording(TypedDict):
    """What one server answered to one script, by the script's steps."""

    steps: list[list[Answered]]
    closed_at_step: NotRequired[int]
    tls_error: NotRequired[str]
    delivered_count: NotRequired[int]


def _read(name: str) -> Any:
    packed = resources.files("smtplab.corpus").joinpath(name).read_bytes()
    return json.loads(gzip.decompress(packed))


@cache
def scripts() -> dict[str, Script]:
    """The scripted sessions by their names, in the order of their groups."""
    return {script["id"]: script for script in cast(list[Script], _read("scripts.json.gz")["scripts"])}


@cache
def _replies() -> dict[str, Any]:
    return cast(dict[str, Any], _read("replies.json.gz"))


def servers() -> dict[str, str]:
    """The servers that were recorded, each with what it is."""
    return cast(dict[str, str], _replies()["servers"])


def recordings() -> dict[str, dict[str, Recording]]:
    """What each server answered: script -> server -> recording."""
    return cast(dict[str, dict[str, Recording]], _replies()["results"])


def octets_of(parts: Sequence[Part]) -> bytes:
    """What the parts of a step send."""
    return b"".join((part if isinstance(part, str) else part[0] * part[1]).encode("latin-1") for part in parts)
