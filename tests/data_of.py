"""The suite's own data: the guide's sessions, and what real servers answered."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("data")
SESSION_1 = DATA.joinpath("session-1.txt").read_text("ascii")
SESSION_2 = DATA.joinpath("session-2.txt").read_text("ascii")


@cache
def scripts() -> dict[str, dict[str, Any]]:
    """The scripted sessions by their names."""
    packed = DATA.joinpath("corpus", "corpus.json.gz").read_bytes()
    return {script["id"]: script for script in json.loads(gzip.decompress(packed))["scripts"]}


@cache
def recordings() -> dict[str, dict[str, dict[str, Any]]]:
    """What each server answered: script -> server -> its replies by step."""
    packed = DATA.joinpath("corpus", "replies.json.gz").read_bytes()
    return json.loads(gzip.decompress(packed))["results"]


def octets_of(parts: list[Any]) -> bytes:
    """What a step of a script sends: text whose code points are octets, or [text, repeat]."""
    return b"".join((part if isinstance(part, str) else part[0] * part[1]).encode("latin-1") for part in parts)
