"""The drawing of a ladder, rung by rung, in one of two shapes: words beside the lanes, or on the arrows.

Never does: choose what is shown, or colour anything. Classes say what a rung is (`c`, `s`: who said it; `is-past`,
`is-now`: where the position stands), and the stylesheet shows it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..protocol.transcript import Transcript
from .diagram_svg import head
from .rungs import Rung, fit, seconds_text
from .text import esc

_ROW, _SLANT, _TURN, _TOP = 16, 13, 12, 46


@dataclass(frozen=True, slots=True)
class Shape:
    """Where things stand across one of the two drawings."""

    name: str
    width: int
    client: int
    server: int

    @property
    def is_wide(self) -> bool:
        return self.name == "wide"

    def ends(self, direction: str) -> tuple[int, int, int]:
        """Where an arrow begins and ends, and its sign: +1 to the right."""
        return (self.client, self.server, 1) if direction == "C" else (self.server, self.client, -1)


WIDE = Shape("wide", 1060, 372, 648)
NARROW = Shape("narrow", 376, 22, 354)


@dataclass(slots=True)
class _Pen:
    """Draws one shape: where it has come to, and what it has drawn."""

    shape: Shape
    position: int | None
    y: float = _TOP
    parts: list[str] = field(default_factory=list[str])
    stays: list[tuple[str, float, int]] = field(default_factory=list[tuple[str, float, int]])
    """Each state, how far down it began, and at which step."""
    open_bar: float | None = None
    """Where the bar of a line that is not complete stopped."""

    def marked(self, rung: Rung) -> str:
        """The classes of a rung: said before, said just now, still to come."""
        if self.position is None or rung.index < self.position:
            return " is-past"
        return " is-past is-now" if self.is_now(rung) else ""

    def is_now(self, rung: Rung) -> bool:
        return rung.index == self.position


def svg(transcript: Transcript, shown: list[Rung], shape: Shape, position: int | None, measured: bool) -> str:
    """One drawing of the rungs: lanes, arrows, words, and the state band."""
    pen = _Pen(shape, position)
    states = transcript.has_states
    if states and shown:
        pen.stays.append((_state_before(transcript, shown[0]), _TOP - 12, 0))
    if shown and shown[0].index == 1 and shown[0].step is not None and transcript.start is transcript.table.start:
        _dial(pen)
    before: Rung | None = None
    for rung in shown:
        _step_down(pen, before, rung, measured)
        _rung(pen, rung, before is None or before.delivery is not rung.delivery, measured)
        if states and rung.completes and rung.step is not None and rung.step.direction == "S":
            name = str(rung.step.state.name).lower()
            if pen.stays[-1][0] != name:
                pen.stays.append((name, pen.y - _ROW, rung.index))
        before = rung
    height = pen.y + _SLANT + 26
    return (
        f'<svg class="sl-rungs {shape.name}" viewBox="0 0 {shape.width} {height:.0f}" role="img" aria-label="{_label(shown)}">'
        f"{''.join(_frame(shape, height, bool(states), measured))}{''.join(pen.parts)}"
        f"{''.join(_stays(pen, height)) if shape.is_wide else ''}</svg>"
    )


def _label(shown: list[Rung]) -> str:
    arrows = sum(rung.completes for rung in shown)
    return f"Sequence diagram between client and server, {arrows} arrows; what was said stands in the transcript."


def _state_before(transcript: Transcript, first: Rung) -> str:
    at = next((n for n, step in enumerate(transcript.steps) if step is first.step), 0)
    return str(transcript.state_at(at).name).lower()


def _frame(shape: Shape, height: float, states: bool, measured: bool) -> Iterator[str]:
    """The heads of the columns and the two lanes."""
    middle = (shape.client + shape.server) / 2
    anchors = ("middle", "middle") if shape.is_wide else ("start", "end")
    yield f'<text class="who c" x="{shape.client if shape.is_wide else 8}" y="14" text-anchor="{anchors[0]}">client</text>'
    yield f'<text class="who s" x="{shape.server if shape.is_wide else shape.width - 8}" y="14" text-anchor="{anchors[1]}">server</text>'
    if shape.is_wide:
        yield f'<text class="h" x="{shape.client - 34}" y="14" text-anchor="end">what the client said</text>'
        yield f'<text class="h" x="{shape.server + 34}" y="14">what the server said</text>'
        if measured:
            yield '<text class="h" x="0" y="14">since the start</text>'
        if states:
            yield f'<text class="h" x="{shape.width}" y="14" text-anchor="end">state</text>'
    else:
        yield f'<text class="h" x="{middle:g}" y="14" text-anchor="middle">down: later</text>'
    yield f'<path class="life" d="M{shape.client} 22V{height:.0f}M{shape.server} 22V{height:.0f}"/>'


def _dial(pen: _Pen) -> None:
    """The connection itself, which no octet of SMTP carries."""
    shape, y = pen.shape, pen.y - 12
    angle = math.degrees(math.atan2(_SLANT, shape.server - shape.client))
    middle = (shape.client + shape.server) / 2
    pen.parts.append(f'<path class="dial" d="M{shape.client} {y:g}L{shape.server} {y + _SLANT:g}"/>')
    pen.parts.append(_on_line("oct", middle, y + _SLANT / 2 - 4, angle, "TCP connects"))
    pen.y = y + _SLANT + _ROW


def _step_down(pen: _Pen, before: Rung | None, rung: Rung, measured: bool) -> None:
    """Room between two rungs: an answer begins below where the question arrived, and a long silence shows."""
    if before is None:
        return
    if before.delivery is not rung.delivery:
        turned = before.delivery.direction != rung.delivery.direction
        pen.y += _SLANT + 4 if turned else (_TURN if rung.delivery.is_measured else 2)
        silence = rung.delivery.seconds - before.delivery.seconds
        if measured and silence >= 1:
            pen.y += 16
            pen.parts.append(_silence(pen, silence))
            pen.y += 22


def _silence(pen: _Pen, silence: float) -> str:
    shape, y = pen.shape, pen.y
    middle = (shape.client + shape.server) / 2
    return (
        f'<path class="gap" d="M{shape.client} {y - 10:g}v10M{shape.server} {y - 10:g}v10"/>'
        f'<text class="oct" x="{middle:g}" y="{y:g}" text-anchor="middle">{seconds_text(silence)} of silence</text>'
    )


def _rung(pen: _Pen, rung: Rung, is_first: bool, measured: bool) -> None:
    """One rung: its arrow, its words, and where it begins a segment, the bracket."""
    shape, delivery = pen.shape, rung.delivery
    start, end, sign = shape.ends(delivery.direction)
    top = pen.y
    way = delivery.direction.lower()
    pen.parts.append(f'<g class="rung {way}{pen.marked(rung)}" data-p="{rung.index}">')
    if is_first and measured and shape.is_wide:
        pen.parts.append(f'<text class="ms" x="0" y="{top + 4:g}">{seconds_text(delivery.seconds)}</text>')
    pen.parts.append(_arrow(rung, start, end, sign, top, shape.is_wide))
    rows = len(rung.lines) if shape.is_wide else 1
    if shape.is_wide:
        pen.parts += _words(pen, rung, start, sign)
    else:
        pen.parts.append(_word_on(rung, start, end, top))
    pen.y += max(_ROW * rows, _ROW if shape.is_wide else 24)
    pen.parts.append("</g>")
    if delivery.is_measured:
        _bracket(pen, rung, is_first, start, sign, top)


def _bracket(pen: _Pen, rung: Rung, is_first: bool, start: int, sign: int, top: float) -> None:
    """The segment: a bracket that every rung of it makes longer, and its octets beside its first arrow."""
    shape, delivery = pen.shape, rung.delivery
    way, inner, outer = delivery.direction.lower(), start - sign * 5, start - sign * (10 if shape.is_wide else 12)
    is_open = not rung.is_last
    high, low = top - 7, pen.y - (9 if shape.is_wide or is_open else 15)
    opened = f"M{inner} {high:g}H{outer}" if is_first else f"M{outer} {high - 2:g}"
    closed = f"H{inner}" if rung.is_last else ""
    pen.parts.append(f'<path class="br {way}" d="{opened}V{low:g}{closed}"/>')
    if is_first and shape.is_wide:
        other = shape.ends(delivery.direction)[1]
        x, y = start + (other - start) * 0.27, top + _SLANT * 0.27
        angle = math.degrees(math.atan2(_SLANT, abs(other - start))) * sign
        pen.parts.append(_on_line("oct", x, y - (8 if pen.is_now(rung) else 5), angle, f"{delivery.octets:,} octets"))


def _on_line(kind: str, x: float, y: float, angle: float, text: str) -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="middle" '
        f'transform="rotate({angle:.2f} {x:.1f} {y:.1f})">{esc(text)}</text>'
    )


def _arrow(rung: Rung, start: int, end: int, sign: int, top: float, is_wide: bool) -> str:
    """A whole arrow; or half of one with a stroke, where the line is not complete yet."""
    low = top + _SLANT
    angle = math.degrees(math.atan2(_SLANT, end - start))
    origin = f'<circle class="from" cx="{start}" cy="{top:g}" r="2.5"/>'
    if not rung.completes:
        x, y = start + (end - start) * 0.5, top + _SLANT * 0.5
        stop = f'<path class="stop" d="M{x - 3:g} {y - 6:g}l6 12"/>'
        return f'<path class="line" d="M{start} {top:g}L{x:g} {y:g}"/>{stop}{origin}'
    casing = f'<path class="casing" d="M{start} {top:g}L{end} {low:g}"/>'
    line = f'<path class="line" d="M{start} {top:g}L{end - sign * 4} {low:g}"/>'
    number = _number(rung, start, end, top) if is_wide else ""
    return f"{casing}{line}{head((end - sign * 1.5, round(low, 1), round(angle, 1)), 10, 4.5)}{origin}{number}"


def _number(rung: Rung, start: int, end: int, top: float) -> str:
    """The step's number, on the arrow beyond its middle."""
    x, y = start + (end - start) * 0.62, top + _SLANT * 0.62
    return f'<text class="n" x="{x:.1f}" y="{y + 3.5:.1f}" text-anchor="middle">{rung.index}</text>'


def _words(pen: _Pen, rung: Rung, start: int, sign: int) -> Iterator[str]:
    """The lines of a rung beside its lane, each with its bar."""
    x, anchor = start - sign * 26, "end" if sign > 0 else "start"
    cells = 37 if sign > 0 else 38
    for at, line in enumerate(rung.lines):
        middle = pen.y + at * _ROW
        high, low = middle - (6 if line.begins else 9), middle + (6 if line.ends else 9)
        if rung.delivery.is_measured:
            if not line.begins and pen.open_bar is not None and pen.open_bar < high:
                yield f'<path class="torn" d="M{x} {pen.open_bar:g}V{high:g}"/>'
            yield f'<path class="ln" d="M{x} {high:g}V{low:g}"/>'
        pen.open_bar = None if line.ends else low
        cut = '<tspan class="it"> cut here</tspan>' if not line.ends else ""
        shown = fit(line.text, cells - (9 if cut else 0))
        said = line.html(shown) if line.text else f'<tspan class="it">{line.absent}</tspan>'
        yield f'<text class="wire" x="{x - sign * 9}" y="{middle + 4:g}" text-anchor="{anchor}">{said}{cut}</text>'


def _word_on(rung: Rung, start: int, end: int, top: float) -> str:
    """The words of a rung on its arrow, for the narrow drawing."""
    angle = math.degrees(math.atan2(_SLANT, abs(end - start))) * (1 if end > start else -1)
    line = rung.lines[0]
    moved = f" now {rung.moved_to}" if rung.moved_to else ""
    more = f" and {len(rung.lines) - 1} more" if len(rung.lines) > 1 else ""
    cut = " cut here" if not rung.completes else ""
    shown = fit(line.text, 40 - len(moved) - len(more) - len(cut))
    said = line.html(shown) if line.text else f'<tspan class="it">{line.absent}</tspan>'
    tail = f'<tspan class="it">{esc(more + cut + moved)}</tspan>'
    x, y = (start + end) / 2, top + _SLANT / 2 - 5
    return (
        f'<text class="wire" x="{x:g}" y="{y:g}" text-anchor="middle" '
        f'transform="rotate({angle:.2f} {x:g} {y:g})">{said}{tail}</text>'
    )


def _stays(pen: _Pen, height: float) -> Iterator[str]:
    """The state band: one line for each stay, named where it begins."""
    position = pen.position
    now = -1 if position is None else max((n for n, stay in enumerate(pen.stays) if stay[2] <= position), default=-1)
    for at, (name, top, _) in enumerate(pen.stays):
        low = pen.stays[at + 1][1] - 3 if at + 1 < len(pen.stays) else height + 5
        worn = " is-now" if at == now else ""
        yield f'<g class="stay{worn}"><path d="M{pen.shape.width - 2} {top - 9:g}V{low - 9:g}"/>'
        yield f'<text class="st" x="{pen.shape.width - 10}" y="{top + 4:g}" text-anchor="end">{esc(name)}</text></g>'
