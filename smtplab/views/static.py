"""A session where nothing runs: as plain text, and as HTML that an untrusted notebook keeps.

Never does: use a style sheet, a script or inline SVG: a notebook that is not trusted drops them. The picture is an
image of SVG in base64, every colour an attribute on a white face, so that it reads on a light page and a dark one. The
same transcript gives the same text, byte for byte: no seconds, no ports.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

from ..protocol.transcript import Transcript
from . import diagram, diagram_svg
from .layout import Route, Spot, layout_of
from .moments import loose_end, moments
from .text import esc, visible
from .theme import LIGHT, STROKES

_HEAD, _TAIL = 120, 40
"""Lines of a very long session that the static form shows: its beginning and its end."""


def plain(transcript: Transcript) -> str:
    """The whole session as `C:` and `S:` lines, behind each reply the state that it led to."""
    return "\n".join([_title(transcript), *_lines(transcript, upper=True)])


def _title(transcript: Transcript) -> str:
    said = _counted(transcript)
    return f"{said}, state {transcript.state.name}." if transcript.has_states else f"{said}, no replies, so no states."


def _lines(transcript: Transcript, *, upper: bool) -> Iterator[str]:
    """The session line by line; states in capitals for text, in lower case for the screen."""
    for now in moments(transcript)[1:]:
        assert now.step is not None
        said = now.step.shown().split("\n")
        for at, line in enumerate(said):
            name = now.state_name if upper else now.state_name.lower()
            behind = f"  -> {name}" if now.is_reply and now.state is not None and at == len(said) - 1 else ""
            yield f"{now.step.direction}: {visible(line)}{behind}".rstrip()
        yield from (f"   ({visible(remark)})" for remark in now.step.remarks)
    if behind := loose_end(transcript):
        yield f"   {behind}"


def static(transcript: Transcript) -> str:
    """The session as HTML for a stored output: a picture of the path taken, and the text."""
    text = list(_lines(transcript, upper=False))
    if len(text) > _HEAD + _TAIL:
        text = [*text[:_HEAD], f"   ... {len(text) - _HEAD - _TAIL:,} lines ...", *text[-_TAIL:]]
    picture = base64.b64encode(svg(transcript).encode()).decode()
    states = (
        f"ended in state {transcript.state.name.lower()}"
        if transcript.has_states
        else "no replies recorded, so no states"
    )
    return (
        f"<p><b>{_counted(transcript)}, {states}.</b> C is the client, S the server; behind an arrow stands the state"
        f' that the reply led to. Run this cell for the stepper.</p>\n<img alt="{esc(alt(transcript))}" width="480"'
        f' src="data:image/svg+xml;base64,{picture}">\n<pre>{esc(chr(10).join(text), breaks=True)}</pre>\n'
    )


def _counted(transcript: Transcript) -> str:
    lines = len(transcript)
    return f"{transcript.table.name} session, {lines:,} line{'' if lines == 1 else 's'}"


def alt(transcript: Transcript) -> str:
    """The picture in words: the states, and the line that led to each."""
    if not transcript.has_states:
        return f"State diagram of {transcript.table.name}. No replies were recorded, so no path is drawn."
    stays = [f"{transcript.start.name.lower()}"]
    stays += [
        f"{now.state_name.lower()} ({now.position})" for now in moments(transcript) if now.state is not now.earlier
    ]
    if len(stays) > 24:
        stays = [*stays[:12], f"{len(stays) - 18} more", *stays[-6:]]
    return f"State diagram of this session, with the line that led to each state: {', '.join(stays)}."


# ------------------------------------------------------------------------------------------------------ picture
def svg(transcript: Transcript) -> str:
    """The diagram at the last position, every colour an attribute: for an image."""
    return "".join(_parts(transcript))


def _parts(transcript: Transcript) -> Iterator[str]:
    marks, texts = diagram.marks(transcript, len(transcript))
    table, laid = transcript.table, layout_of(transcript.table)
    height = laid.height + 8
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -8 {laid.width} {height}" width="480" height="{height * 1.25:g}"'
        f' font-family="Helvetica,Arial,DejaVu Sans,sans-serif"><rect y="-8" width="{laid.width}" height="{height}" fill="{LIGHT["paper"]}"/>'
    )
    x, y, width, tall = laid.region
    yield f'<rect x="{x}" y="{y}" width="{width}" height="{tall}" rx="10" fill="{LIGHT["tint"]}"/>'
    x, y, name = laid.region_name
    yield f'<text x="{x}" y="{y}" text-anchor="middle" font-size="10.5" font-style="italic" fill="{LIGHT["muted"]}">{name}</text>'
    routes = [arrow.route for arrow in diagram.arrows(table)] + [laid.shut]
    for route in routes:
        tip = "" if route.trunk else _tip(route, 7, 3.5, LIGHT["line"])
        yield f"{_line(route.trunk or route.path, LIGHT['line'], STROKES['there'])}{tip}"
    for route in routes:
        classes = marks.get(f"edge:{route.key}", "")
        if "is-now" in classes:
            yield _line(route.path, LIGHT["now"], 12) + _line(route.path, LIGHT["on-now"], STROKES["now"])
            yield _tip(route, 11, 5, LIGHT["on-now"])
        elif "is-path" in classes:
            yield _line(route.path, LIGHT["ink"], STROKES["taken"]) + _tip(route, 11, 5, LIGHT["ink"])
    yield from (_state(state.name, spot, marks.get(f"state:{state.name}", "")) for state, spot in laid.spots.items())
    if "state:" in str(marks) and transcript.has_states and transcript.state not in laid.spots:
        yield _state(transcript.state.name, laid.elsewhere, "is-visited is-current")
    for arrow in diagram.arrows(table):
        if arrow.route.label is not None:
            names, code = diagram.label(arrow, table)
            yield _label(arrow.route, names, str(code), marks, texts)
    yield _label(laid.shut, laid.shut_by, "from any state", marks, texts)
    yield from _key(*laid.key)
    yield "</svg>"


def _line(path: str, colour: str, width: float) -> str:
    cap = ' stroke-linecap="round"' if width > 4 else ""
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}"{cap}/>'


def _tip(route: Route, length: float, half: float, colour: str) -> str:
    return diagram_svg.head(route.tip, length, half).replace('class="head"', f'fill="{colour}"')


def _state(name: str, spot: Spot, classes: str) -> str:
    is_current, was_visited = "is-current" in classes, bool(classes)
    fill = LIGHT["now"] if is_current else LIGHT["paper"]
    stroke, width = (LIGHT["ink"], 3.0 if is_current else 2.0) if was_visited else (LIGHT["line"], STROKES["there"])
    left, ink = (
        spot.x - spot.width / 2,
        LIGHT["on-now"] if is_current else LIGHT["ink"] if was_visited else LIGHT["muted"],
    )
    inner = ""
    if name == "CLOSED":
        inner = f'<rect x="{left + 3.5:g}" y="{spot.y - 12.5:g}" width="{spot.width - 7:g}" height="25" rx="12.5" fill="none" stroke="{stroke}"/>'
    bold = ' font-weight="700"' if is_current else ""
    return (
        f'<rect x="{left:g}" y="{spot.y - 16:g}" width="{spot.width:g}" height="32" rx="16" fill="{fill}" stroke="{stroke}" stroke-width="{width:g}"/>'
        f'{inner}<text x="{spot.x:g}" y="{spot.y + 4.5:g}" text-anchor="middle" font-size="13"{bold} fill="{ink}">{name.lower()}</text>'
    )


def _label(route: Route, first: str, second: str, marks: diagram.Marks, texts: dict[str, str]) -> str:
    assert route.label is not None
    x, y, anchor = route.label
    classes = marks.get(f"label:{route.key}", "")
    code = texts.get(f"as:{route.key}", second)
    body = f'{first}<tspan x="{x:g}" dy="12.5">{code}</tspan>' if route.is_stacked else f"{first} {code}"
    at = texts.get(f"at:{route.key}", "")
    if at:
        body += f'<tspan dx="4" dy="-3" font-size="9.5" font-weight="700">{at}</tspan>'
    bold = ' font-weight="700"' if "is-now" in classes else ""
    was_taken = "is-now" in classes or "is-path" in classes
    colour = LIGHT["ink"] if was_taken else LIGHT["muted"]
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="11"{bold} fill="{colour}">{body}</text>'


def _key(x: float, y: float) -> Iterator[str]:
    kinds = (("taken last", "now", 3.0), ("taken before", "ink", 2.25), ("not taken", "line", 1.25))
    for at, (words, name, width) in enumerate(kinds):
        low, line = y + at * 17, f"M{x} {y + at * 17}h32"
        colour = LIGHT["on-now"] if name == "now" else LIGHT[name]
        size = (10, 4.5) if at < 2 else (7, 3.5)
        tip = diagram_svg.head((x + 32, low, 0), *size).replace('class="head"', f'fill="{colour}"')
        casing = _line(line, LIGHT["now"], 12) if name == "now" else ""
        yield f'{casing}{_line(line, colour, width)}{tip}<text x="{x + 40}" y="{low + 4}" font-size="11" fill="{LIGHT["muted"]}">{words}</text>'
    low = y + 3 * 17
    yield f'<text x="{x + 22}" y="{low + 2}" font-size="9.5" font-weight="700" fill="{LIGHT["ink"]}">5</text>'
    yield f'<text x="{x + 40}" y="{low + 4}" font-size="11" fill="{LIGHT["muted"]}">at which line</text>'
