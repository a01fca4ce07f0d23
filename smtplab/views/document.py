"""What a stepper's page is made of: a shell drawn once, and what changes at each position, small enough to send.

Never does: make text. The views do; here it is kept and packed.

`Document.steps` gives each position whole, a dict of state, words, marks, texts and frags. `packed()` is the same,
small: every string and every set of marks or texts stands once, likeness side by side so that gzip sees it, and a
position names them by number, each number told as the difference from the one before. The page's script undoes it, in a few lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Names = dict[str, str]
STEP = ("Step", "of")
"""The words around a position's number."""


@dataclass(frozen=True)
class Position:
    """What one position changes. `told` is what happens, in words; marks and texts come in layers: the diagram's, and
    those of the moves."""

    state: str
    told: str
    marks: tuple[Names, ...]
    texts: tuple[Names, ...]
    frags: Names


@dataclass(frozen=True)
class Document:
    """A stepper's page: `shell`, the HTML of its root element at position 0, and every position after it."""

    shell: str
    positions: tuple[Position, ...]

    @cached_property
    def steps(self) -> list[dict[str, Any]]:
        """Every position whole: state, words, marks, texts, frags."""
        last = len(self.positions) - 1
        return [
            {
                "state": each.state, "words": f"{STEP[0]} {at} {STEP[1]} {last}. {each.told}",
                "marks": _joined(each.marks), "texts": _joined(each.texts), "frags": each.frags,
            }
            for at, each in enumerate(self.positions)
        ]  # fmt: skip

    def packed(self) -> dict[str, Any]:
        """Every position, packed as the module's text says. `n` is the number of steps."""
        strings, sets = _Pool(), _Pool()
        at = self.positions
        return {
            "n": len(at) - 1,
            "step": STEP,
            "state": strings.column([each.state for each in at]),
            "words": strings.column([each.told for each in at]),
            "marks": [sets.column(layer) for layer in zip(*(each.marks for each in at), strict=True)],
            "texts": [sets.column(layer) for layer in zip(*(each.texts for each in at), strict=True)],
            "frags": {name: strings.column([each.frags[name] for each in at]) for name in at[0].frags},
            "strings": strings.held,
            "sets": sets.held,
        }  # fmt: skip

    def to_json(self) -> str:
        """`packed()` as JSON without spaces."""
        return json.dumps(self.packed(), ensure_ascii=False, separators=(",", ":"))


class _Pool:
    """Things held once each, numbered in the order they came."""

    def __init__(self) -> None:
        self.held: list[Any] = []
        self._numbers: dict[Any, int] = {}

    def column(self, things: Iterable[str | Names]) -> list[int]:
        """The number of each thing, as the difference from the number before it."""
        numbers: list[int] = []
        before = 0
        for thing in things:
            key = thing if isinstance(thing, str) else tuple(thing.items())
            number = self._numbers.setdefault(key, len(self.held))
            if number == len(self.held):
                self.held.append(thing)
            numbers.append(number - before)
            before = number
        return numbers


def _joined(layers: tuple[Names, ...]) -> Names:
    joined: Names = {}
    for layer in layers:
        joined |= layer
    return joined
