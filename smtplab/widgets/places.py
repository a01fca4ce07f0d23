"""Which cell shows which widget, so that a cell that runs again leaves no old widget behind.

ipywidgets keeps every widget alive, in the kernel and in the page, until somebody closes it. A notebook names the
cell with each run that it asks for, and that makes the following sound:

1. A widget belongs to every cell whose last run made it or showed it.
2. At the end of a cell's run, widgets of its earlier run that no cell has any more are closed.
3. Where no cell is named (a script, a test, nbclient) nothing is closed here.

Closing is never final: a closed widget that is shown again opens again (`base.Widget`).
"""

from __future__ import annotations

import sys
import weakref
from typing import Any, NamedTuple, Protocol


class Closes(Protocol):
    """What is kept here: any ipywidgets widget."""

    def close(self) -> None: ...


class Place(NamedTuple):
    """A cell, and one run of it."""

    cell: str
    run: str


def current() -> Place | None:
    """The cell that is running now, if the page named it."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None or not hasattr(shell, "get_parent"):
        return None
    message: dict[str, Any] = shell.get_parent() or {}
    cell = message.get("metadata", {}).get("cellId")
    run = message.get("header", {}).get("msg_id")
    return Place(cell, run) if cell and run else None


class Places:
    """The widgets of each cell's last run, and those of the run before that are still to be closed."""

    def __init__(self) -> None:
        self._run: dict[str, str] = {}
        self._has: dict[str, weakref.WeakSet[Any]] = {}
        self._left: dict[str, list[Any]] = {}

    def note(self, widget: Closes, place: Place) -> None:
        """Say that this run of this cell made or showed the widget."""
        self._begin(place)
        self._has[place.cell].add(widget)

    def ran(self, place: Place) -> None:
        """Say that this run has ended: what the cell no longer shows is closed, unless another cell has it."""
        self._begin(place)
        kept = {id(widget) for widgets in self._has.values() for widget in widgets}
        for widget in self._left.pop(place.cell, ()):
            if id(widget) not in kept:
                widget.close()
        if not self._has[place.cell]:
            del self._has[place.cell], self._run[place.cell]

    def _begin(self, place: Place) -> None:
        if self._run.get(place.cell) == place.run:
            return
        self._left.setdefault(place.cell, []).extend(self._has.get(place.cell, ()))
        self._run[place.cell] = place.run
        self._has[place.cell] = weakref.WeakSet()


_PLACES = Places()
_watched: weakref.WeakSet[Any] = weakref.WeakSet()


def keep(widget: Closes) -> None:
    """Close the widget by itself once the cell that is running now has run again without it."""
    if (place := current()) is None:
        return
    _PLACES.note(widget, place)
    shell = sys.modules["IPython"].get_ipython()
    if shell not in _watched:
        _watched.add(shell)
        shell.events.register("post_run_cell", _after_run)


def _after_run(_result: object) -> None:
    if (place := current()) is not None:
        _PLACES.ran(place)
