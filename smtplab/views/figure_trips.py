"""Lines over a number, by matplotlib, with their words: what each way of doing something costs as there is more of it.

Never does: measure. The numbers are given. matplotlib is imported when a figure is asked for, not before. Each line has
a colour, a marker and a stroke of its own, and its name at its end: none of the three is needed to tell them apart.
"""

# matplotlib types its keyword arguments as unknown.
# pyright: reportUnknownMemberType=false
from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LOOKS = (("server", "o", "-"), ("client", "s", "--"), ("ink", "^", ":"))
"""Colour, marker and stroke of the first line, the second and the third."""


def growth(lines: Mapping[str, Mapping[int, float]], across: str, up: str) -> Figure:
    """A picture of up to three lines by name, each as {number: value}; what the numbers and the values are, in words.

    >>> growth({"one by one": {1: 6, 50: 55}, "in groups": {1: 4, 50: 4}}, "recipients", "trips")
    trips by recipients:
      one by one: 6 at 1, 55 at 50
      in groups: 4 at 1, 4 at 50

    Raises ValueError where there is nothing to draw, or more lines than can be told apart.
    """
    if not 1 <= len(lines) <= len(_LOOKS) or not all(lines.values()):
        raise ValueError(f"give one to {len(_LOOKS)} lines, and a value at least for each")
    made = _picture(_words(lines, across, up))
    axes = made.add_axes((0.09, 0.16, 0.74, 0.78))
    for (name, points), (colour, marker, stroke) in zip(lines.items(), _LOOKS, strict=False):
        numbers = sorted(points)
        axes.plot(
            numbers, [points[n] for n in numbers], color=LIGHT[colour], marker=marker, linestyle=stroke, lw=1.8, ms=5
        )
        axes.annotate(
            name, (numbers[-1], points[numbers[-1]]), (8, 0), textcoords="offset points", va="center", fontsize=10,
            color=LIGHT[colour], annotation_clip=False,
        )  # fmt: skip
    axes.set_xlabel(across, color=LIGHT["ink"])
    axes.set_ylabel(up, color=LIGHT["ink"])
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    return made


def _words(lines: Mapping[str, Mapping[int, float]], across: str, up: str) -> str:
    """The same in words: the values of each line."""
    told = (
        f"  {name}: {', '.join(f'{points[number]:g} at {number}' for number in sorted(points))}"
        for name, points in lines.items()
    )
    return "\n".join([f"{up} by {across}:", *told])


def _picture(words: str) -> Figure:
    """A figure that a notebook shows as PNG beside its words, whether or not pyplot was ever imported."""
    from matplotlib.figure import Figure

    class Picture(Figure):
        def _repr_png_(self) -> bytes:
            octets = io.BytesIO()
            self.savefig(octets, format="png", dpi=96, metadata={"Software": None})
            return octets.getvalue()

        def __repr__(self) -> str:
            return words

    return Picture(figsize=(6.4, 3.0), facecolor=LIGHT["paper"])
