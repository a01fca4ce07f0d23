"""The state diagram as SVG: what `diagram` knows of a session, drawn where `layout` says.

Never does: colour anything. What happened is told by the classes that `diagram` names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..protocol.smtp import SMTP
from ..protocol.table import Table
from ..protocol.transcript import Transcript
from .diagram import arrows, label, marks
from .layout import Route, layout_of, midway
from .text import esc


def svg(
    marks: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
    *,
    key: bool = True,
    table: Table = SMTP,
) -> str:
    """The picture as inline SVG, with the classes of `marks` worn from the start (a page may toggle them later)."""
    return "".join(_parts(marks or {}, texts or {}, key, table))


def diagram(transcript: Transcript, position: int) -> str:
    """The picture at a position."""
    return svg(*marks(transcript, position), table=transcript.table)


def _parts(marks: Mapping[str, str], texts: Mapping[str, str], key: bool, table: Table) -> Iterator[str]:
    laid = layout_of(table)

    def worn(mark: str) -> str:
        return f" {marks[mark]}" if marks.get(mark) else ""

    current = next(
        (m.removeprefix("state:") for m, c in marks.items() if m.startswith("state:") and "current" in c), ""
    )
    stands = f" Current state: {current}." if current else ""
    yield f'<svg class="sl-diagram" viewBox="0 0 {laid.width} {laid.height}" role="img" aria-label="State diagram.{stands}">'
    x, y, width, height = laid.region
    yield f'<rect class="region" x="{x}" y="{y}" width="{width}" height="{height}" rx="10"/>'
    x, y, name = laid.region_name
    yield f'<text class="region-name" x="{x}" y="{y}" text-anchor="middle">{name}</text>'
    routes = [arrow.route for arrow in arrows(table)] + [laid.shut]
    for route in routes:
        tip = "" if route.trunk else head(route.tip, 7, 3.5)
        yield f'<g class="edge base{worn(f"edge:{route.key}")}" data-mark="edge:{route.key}"><path class="line" d="{route.trunk or route.path}"/>{tip}</g>'
    for route in routes:
        yield f'<g class="edge over{worn(f"edge:{route.key}")}" data-mark="edge:{route.key}">{strokes(route.path)}{head(route.tip, 11, 5)}</g>'
    for state in table.states:
        yield _node(state, worn(f"state:{state.name}"), table)
    for arrow in arrows(table):
        if arrow.route.label is not None:
            yield _label(arrow.route, *label(arrow, table), worn(f"label:{arrow.route.key}"), texts)
    yield _label(laid.shut, " from any state", laid.shut_by, worn(f"label:{laid.shut.key}"), texts, code_first=True)
    if key:
        yield from _key(*laid.key)
    yield "</svg>"


def head(tip: tuple[float, float, float], length: float, half: float) -> str:
    """An arrow's head: its point at the tip."""
    x, y, angle = tip
    return f'<path class="head" d="M0 0L{-length:g} {-half:g}V{half:g}z" transform="translate({x:g} {y:g}) rotate({angle:g})"/>'


def strokes(path: str) -> str:
    """The ways in which one arrow can be drawn: casing, line, half, and the bar of a refusal. Classes choose."""
    x, y, angle = midway(path)
    bar = f'<path class="bar" d="M0 -7V7" transform="translate({x:.1f} {y:.1f}) rotate({angle:.0f})"/>'
    return f'<path class="casing" d="{path}"/><path class="line" d="{path}"/><path class="half" d="{path}" pathLength="100"/>{bar}'


def _node(state: Any, worn: str, table: Table) -> str:
    laid = layout_of(table)
    spot = laid.spots.get(state, laid.elsewhere)
    left, name = spot.x - spot.width / 2, state.name.lower()
    inner = f'<rect class="inner" x="{left + 3.5:g}" y="{spot.y - 12.5:g}" width="{spot.width - 7:g}" height="25" rx="12.5"/>'
    where = "" if state in laid.spots else " elsewhere"
    return (
        f'<g class="node{where}{worn}" data-state="{state.name}" data-mark="state:{state.name}"><title>{esc(state.value)}</title>'
        f'<rect x="{left:g}" y="{spot.y - 16:g}" width="{spot.width:g}" height="32" rx="16"/>{inner if state is table.closed else ""}'
        f'<text x="{spot.x:g}" y="{spot.y + 4.4:g}" text-anchor="middle">{name}</text></g>'
    )


def _label(
    route: Route, names: str, code: int | str, worn: str, texts: Mapping[str, str], *, code_first: bool = False
) -> str:
    assert route.label is not None
    x, y, anchor = route.label
    other = f'<tspan class="as" data-text="as:{route.key}">{esc(texts.get(f"as:{route.key}", ""))}</tspan>'
    at = f'<tspan class="at" dx="3" dy="-3" data-text="at:{route.key}">{esc(texts.get(f"at:{route.key}", ""))}</tspan>'
    if route.is_stacked:
        text = f'<tspan class="v" x="{x:g}">{names}</tspan><tspan x="{x:g}" dy="12.5"><tspan class="r">{code}</tspan>{other}</tspan>'
    elif code_first:
        text = f'<tspan class="r">{code}</tspan>{other}<tspan class="v">{names}</tspan>'
    else:
        text = f'<tspan class="v">{names}</tspan> <tspan class="r">{code}</tspan>{other}'
    return f'<text class="label{worn}" data-mark="label:{route.key}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{text}{at}</text>'


def _key(x: float, y: float) -> Iterator[str]:
    rows = (
        ("is-now", "taken just now"),
        ("is-path", "taken before"),
        ("is-open", "open now"),
        ("is-asked", "asked, no answer"),
    )
    for at, (name, words) in enumerate(rows):
        low, line = y + at * 16, f"M{x} {y + at * 16}h32"
        drawn = f'<path class="casing" d="{line}"/><path class="line" d="{line}"/><path class="half" d="{line}" pathLength="100"/>'
        yield f'<g class="edge over key {name}">{drawn}{head((x + 32, low, 0), 10, 4.5)}</g><text class="keytext" x="{x + 40}" y="{low + 4}">{words}</text>'
    low = y + len(rows) * 16
    yield f'<text class="keytext" x="{x + 22}" y="{low + 2}"><tspan class="at">5</tspan></text><text class="keytext" x="{x + 40}" y="{low + 4}">at which step</text>'
