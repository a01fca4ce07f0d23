"""Pictures by matplotlib, for print and for learners who want axes to draw on: the diagram.

The diagram's layout is the SVG's own. Never does: take part in a click. matplotlib is imported when a figure is asked for, not before.
"""

# matplotlib types its keyword arguments as unknown.
# pyright: reportUnknownMemberType=false
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..protocol.smtp import SMTP
from ..protocol.table import Table
from ..protocol.transcript import Transcript
from . import diagram
from .layout import NODE_HEIGHT, Route, Spot, layout_of, points
from .picture import picture
from .static import alt
from .theme import LIGHT, STROKES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_POINTS = 72 / 96
"""Points in a pixel: the layout's units are pixels of a page."""


def figure(
    transcript: Transcript | None = None,
    position: int | None = None,
    *,
    axes: Axes | None = None,
    table: Table = SMTP,
) -> Figure:
    """The state diagram, with the path of a transcript up to a position (its end, if none is given).

    Draws on `axes` where they are given. Without a transcript it is the diagram of `table`. Raises IndexError where the
    transcript has no such position.
    """
    table = table if transcript is None else transcript.table
    laid = layout_of(table)
    if axes is None:
        words = f"State diagram of {table.name}." if transcript is None else alt(transcript)
        made = picture(words)(figsize=(laid.width / 72, laid.height / 72))
        made.set_facecolor(LIGHT["paper"])
        axes = made.add_axes((0, 0, 1, 1))
    marks: diagram.Marks = {}
    texts: dict[str, str] = {}
    if transcript is not None:
        marks, texts = diagram.marks(transcript, len(transcript) if position is None else position)
    _draw(axes, marks, texts, table)
    return axes.get_figure(root=True)  # type: ignore[return-value]  # axes of ours are always in a figure


def _draw(axes: Axes, marks: diagram.Marks, texts: dict[str, str], table: Table) -> None:
    from matplotlib.patches import FancyBboxPatch

    laid = layout_of(table)
    axes.set_xlim(0, laid.width)
    axes.set_ylim(laid.height, 0)
    axes.set_aspect("equal")
    axes.axis("off")
    x, y, width, height = laid.region
    box = FancyBboxPatch(
        (x + 10, y + 10), width - 20, height - 20, boxstyle="round,pad=10", fc=LIGHT["tint"], ec="none", zorder=0
    )
    axes.add_patch(box)
    x, y, name = laid.region_name
    _text(axes, x, y, name, 10.5, LIGHT["muted"], "middle", style="italic")
    routes = [(arrow.route, " ".join(map(str, diagram.label(arrow, table)))) for arrow in diagram.arrows(table)]
    for route, words in [*routes, (laid.shut, f"{laid.shut_by} from any state")]:
        _arrow(axes, route, marks.get(f"edge:{route.key}", ""))
        if route.label is not None:
            _label(axes, route, words, marks, texts)
    for state, spot in laid.spots.items():
        _state(axes, state.name, spot, marks.get(f"state:{state.name}", ""))
    away = [mark for mark, worn in marks.items() if mark.startswith("state:") and "is-current" in worn]
    for mark in away:
        name = mark.removeprefix("state:")
        if name not in {state.name for state in laid.spots}:
            _state(axes, name, laid.elsewhere, marks[mark])


def _arrow(axes: Axes, route: Route, classes: str) -> None:
    from matplotlib.patches import Polygon

    is_now, was_taken = "is-now" in classes, "is-now" in classes or "is-path" in classes
    colour = LIGHT["on-now"] if is_now else LIGHT["ink"] if was_taken else LIGHT["line"]
    width = STROKES["now"] if is_now else STROKES["taken"] if was_taken else STROKES["there"]
    line = points(route.path if was_taken or not route.trunk else route.trunk)
    across, down = [point[0] for point in line], [point[1] for point in line]
    if is_now:
        axes.plot(across, down, color=LIGHT["now"], lw=12 * _POINTS, solid_capstyle="round", zorder=2)
    axes.plot(across, down, color=colour, lw=width * _POINTS, solid_capstyle="butt", zorder=3 if was_taken else 1)
    if was_taken or not route.trunk:
        length, half = (11, 5) if was_taken else (7, 3.5)
        axes.add_patch(Polygon(_head(route.tip, length, half), closed=True, fc=colour, ec="none", zorder=4))


def _head(tip: tuple[float, float, float], length: float, half: float) -> list[tuple[float, float]]:
    from math import cos, radians, sin

    x, y, angle = tip
    turn = radians(angle)
    corners = ((0.0, 0.0), (-length, -half), (-length, half))
    return [(x + a * cos(turn) - b * sin(turn), y + a * sin(turn) + b * cos(turn)) for a, b in corners]


def _state(axes: Axes, name: str, spot: Spot, classes: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    is_current, was_visited = "is-current" in classes, bool(classes)
    fill = LIGHT["now"] if is_current else LIGHT["paper"]
    line = LIGHT["ink"] if was_visited else LIGHT["line"]
    width = 3.0 if is_current else 2.0 if was_visited else STROKES["there"]
    for inset in (0.0, 3.5) if name == "CLOSED" else (0.0,):
        half = NODE_HEIGHT / 2 - inset
        place = (spot.x - spot.width / 2 + NODE_HEIGHT / 2, spot.y)
        style = f"round,pad={half},rounding_size={half}"
        face = fill if not inset else "none"
        across = spot.width - NODE_HEIGHT
        axes.add_patch(
            FancyBboxPatch(place, across, 0.01, boxstyle=style, fc=face, ec=line, lw=width * _POINTS, zorder=5)
        )
    ink = LIGHT["on-now"] if is_current else LIGHT["ink"] if was_visited else LIGHT["muted"]
    bold: dict[str, Any] = {"weight": "bold"} if is_current else {}
    _text(axes, spot.x, spot.y + 4.4, name.lower(), 13, ink, "middle", **bold)


def _label(axes: Axes, route: Route, words: str, marks: diagram.Marks, texts: dict[str, str]) -> None:
    assert route.label is not None
    x, y, anchor = route.label
    classes = marks.get(f"label:{route.key}", "")
    was_taken = "is-now" in classes or "is-path" in classes
    other = texts.get(f"as:{route.key}")
    words = f"{words.rpartition(' ')[0]} {other}" if other else words
    steps = texts.get(f"at:{route.key}", "")
    shown = ("\n".join(words.rsplit(" ", 1)) if route.is_stacked else words) + (f"  ({steps})" if steps else "")
    bold: dict[str, Any] = {"weight": "bold"} if "is-now" in classes else {}
    low = y + 12.5 if route.is_stacked else y
    _text(axes, x, low, shown, 11, LIGHT["ink"] if was_taken else LIGHT["muted"], anchor, **bold)


def _text(axes: Axes, x: float, y: float, words: str, size: float, colour: str, anchor: str, **more: Any) -> None:
    aligned = {"start": "left", "middle": "center", "end": "right"}[anchor]
    axes.text(x, y, words, fontsize=size * _POINTS, color=colour, ha=aligned, va="baseline", zorder=6, **more)
