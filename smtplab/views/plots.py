"""Plots over many sessions, by matplotlib, with their words: when clients tried again, and what more of something costs.

Never does: measure. The numbers are given. Whatever is told by colour is told by a shape as well, and by a name beside it.
"""

# matplotlib types its keyword arguments as unknown.
# pyright: reportUnknownMemberType=false
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from .picture import picture
from .theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# ---------------------------------------------------------------------------------------------- when clients tried again
Tries = Sequence[tuple[datetime, bool]]
"""When a server was asked, by its clock, and whether it took what it was asked for."""
_SPOKEN = 8
"""Of so many refusals the words name each time; of more only how many there were."""


def retries(seen: Mapping[str, Tries], *, axes: Axes | None = None) -> Figure:
    """When each of several clients tried, in minutes after its first try: a row for each, by its name.

    `seen` is what a server wrote down. A refusal is a stroke, what was taken a disc. Draws on `axes` where they are
    given. The figure's repr says the same in words. Raises ValueError where a client never tried.
    """
    rows = {name: _minutes(name, tries) for name, tries in seen.items()}
    if not rows:
        raise ValueError("no tries to draw: give them by the name of their client, {'mine': [(when, was_taken), ...]}")
    if axes is None:
        made = picture(_told(rows))(figsize=(8, 1.2 + 0.8 * len(rows)), layout="constrained")
        made.set_facecolor(LIGHT["paper"])
        axes = made.add_subplot()
    for at, (name, tries) in enumerate(rows.items()):
        refused, taken = ([minute for minute, is_taken in tries if is_taken is which] for which in (False, True))
        axes.plot(refused, [at] * len(refused), "|", ms=16, mew=1.6, color=LIGHT["server"])
        axes.plot(taken, [at] * len(taken), "o", ms=9, color=LIGHT["client"])
        axes.text(0, at - 0.3, _counted(name, tries), fontsize=9, color=LIGHT["ink"], va="bottom")
    axes.set_ylim(len(rows) - 0.5, -0.7)
    axes.set_yticks([])
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.set_xlabel("minutes after the first try, by the server's clock     (| refused   ● taken)", fontsize=9)
    return axes.get_figure(root=True)  # type: ignore[return-value]  # axes of ours are always in a figure


def _minutes(name: str, tries: Tries) -> list[tuple[float, bool]]:
    if not tries:
        raise ValueError(f"{name!r} has no tries: leave it out, or let it try first")
    return [((when - tries[0][0]).total_seconds() / 60, is_taken) for when, is_taken in tries]


def _counted(name: str, tries: Sequence[tuple[float, bool]]) -> str:
    return f"{name}: {len(tries)} {'try' if len(tries) == 1 else 'tries'}"


def _told(rows: Mapping[str, Sequence[tuple[float, bool]]]) -> str:
    """The picture in words: when each was refused, and when it was taken."""
    lines = ["When each client tried, in minutes after its first try."]
    for name, tries in rows.items():
        refused, taken = (
            [f"{minute:.0f}" for minute, is_taken in tries if is_taken is which] for which in (False, True)
        )
        said = f"refused at {', '.join(refused)}" if refused else ""
        if len(refused) > _SPOKEN:
            said = f"refused {len(refused)} times, from {refused[0]} to {refused[-1]}"
        ends = f"taken at {', '.join(taken)}" if taken else "never taken"
        lines.append(f"{_counted(name, tries)}: {'; '.join(filter(None, (said, ends)))}.")
    return "\n".join(lines)


# --------------------------------------------------------------------------------------- what more of something costs
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
    made = picture(_words(lines, across, up))(figsize=(6.4, 3.0))
    made.set_facecolor(LIGHT["paper"])
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
