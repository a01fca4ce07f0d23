"""The exercises that have begun in this process, the latest of each name: who is told when one is to begin anew."""

from __future__ import annotations

import weakref
from typing import Protocol


class Begun(Protocol):
    """An exercise, as far as it is told here."""

    def start_over(self) -> object: ...


_latest: weakref.WeakValueDictionary[tuple[str, str], Begun] = weakref.WeakValueDictionary()


def latest(name: str, home: str) -> Begun | None:
    """The one of this name and home that began last, where it is still there."""
    return _latest.get((name, home))


def note(name: str, home: str, exercise: Begun) -> None:
    """This one has begun; it takes the place of the one before."""
    _latest[name, home] = exercise


def begun(name: str) -> list[Begun]:
    """Those of that name, or of that notebook ("01")."""
    return [each for (own, _), each in list(_latest.items()) if own == name or own.startswith(f"{name}.")]
