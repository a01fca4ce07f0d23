"""The suite's own data: the guide's sessions; and the package's, what real servers answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from smtplab.corpus import store

DATA = Path(__file__).with_name("data")
SESSION_1 = DATA.joinpath("session-1.txt").read_text("ascii")
SESSION_2 = DATA.joinpath("session-2.txt").read_text("ascii")


def scripts() -> dict[str, dict[str, Any]]:
    """The scripted sessions by their names."""
    return store.scripts()  # type: ignore[return-value]


def recordings() -> dict[str, dict[str, dict[str, Any]]]:
    """What each server answered: script -> server -> its replies by step."""
    return store.recordings()  # type: ignore[return-value]


octets_of = store.octets_of
