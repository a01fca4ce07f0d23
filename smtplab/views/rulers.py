"""One stream, cut twice: the same octets as lines above a ruler and as segments below it, to scale.

Never does: claim a cut that was not measured. A heavy stroke stands where a segment ends inside a line: one `recv`
is not one reply.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..protocol.transcript import Transcript
from .cuts import Delivery, deliveries, is_measured
from .rungs import fit, seconds_text
from .text import esc

OCTETS_SHOWN = 1200
"""Octets of one direction that are drawn; more would make a line thinner than a stroke."""
_WIDTH, _LEFT = 1060, 60
_NAMES = {"S": "server to client", "C": "client to server"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A line or a segment on the ruler, in octets from where the drawing begins."""

    start: int
    end: int
    text: str


def rulers(transcript: Transcript) -> str:
    """Both directions as HTML; says so where it is not known how TCP cut the stream."""
    intro = "Lines end at CR LF, segments where TCP pleases. A heavy stroke: a segment that ends inside a line."
    title = f'<p class="sl-title"><b>One stream, cut twice</b> {intro}</p>'
    if not is_measured(transcript):
        return f'<div class="sl-rulers">{title}<p class="cap">How TCP cut this session was not recorded.</p></div>'
    all_of = deliveries(transcript)
    drawn = "".join(_ruler([d for d in all_of if d.direction == who and d.is_measured], who) for who in "SC")
    return f'<div class="sl-rulers">{title}<div class="box" tabindex="0" role="region" aria-label="Streams to scale">{drawn}</div></div>'


def _ruler(found: list[Delivery], who: str) -> str:
    lines, segments, cut, total = _cells(found)
    if not total:
        return ""
    shown = min(total, OCTETS_SHOWN)
    more = f", the first {shown:,} of {total:,} octets" if total > shown else f", {total:,} octets"
    drawn = "".join(_drawn(lines, segments, cut, shown, who))
    counts = f"{len(lines)} lines in {len(segments)} segments"
    return (
        f'<p class="sl-title">{_NAMES[who]}{more}</p><svg class="sl-ruler {who.lower()}" viewBox="0 0 {_WIDTH} 62" role="img" '
        f'aria-label="{_NAMES[who]}: {counts}{more}, {len(cut)} cuts inside a line">{drawn}</svg>'
    )


def _cells(found: list[Delivery]) -> tuple[list[Cell], list[Cell], set[int], int]:
    """Lines, segments, where a segment ends inside a line, and the octets of all of them."""
    lines: list[Cell] = []
    segments: list[Cell] = []
    cut: set[int] = set()
    at, begun, name = 0, 0, ""
    for delivery in found:
        if at > OCTETS_SHOWN:
            at += delivery.octets
            continue
        first = at
        for piece in delivery.pieces:
            name = _name(piece.step.shown()) if piece.begins else name
            for line in piece.raw.splitlines(keepends=True) if piece.step.kind == "reply" else [piece.raw]:
                at += len(line)
                if line.endswith(b"\n") or piece.completes:
                    lines.append(Cell(begun, at, name))
                    begun = at
        at = first + delivery.octets
        segments.append(Cell(first, at, seconds_text(delivery.seconds)))
        if delivery.cuts_a_line:
            cut.add(at)
    return lines, segments, cut, at


def _name(text: str) -> str:
    """What stands in a line's cell: its first word."""
    return (text.split() or [""])[0].partition(":")[0].partition("-")[0]


def _drawn(lines: list[Cell], segments: list[Cell], cut: set[int], shown: int, who: str) -> Iterator[str]:
    def x(octet: int) -> float:
        return _LEFT + min(octet, shown) / shown * (_WIDTH - _LEFT)

    yield '<text class="h" x="0" y="20">lines</text><text class="h" x="0" y="53">segments</text>'
    for cell, kind, y in [*((c, who.lower(), 7) for c in lines), *((c, "seg", 40) for c in segments)]:
        if cell.start >= shown:
            continue
        left, right = x(cell.start), x(cell.end)
        yield f'<rect class="cell {kind}" x="{left + 1:.1f}" y="{y}" width="{max(1.5, right - left - 2):.1f}" height="18"/>'
        inside = [x(at) for at in cut if cell.start < at < cell.end] if kind != "seg" else []
        room = int((min(inside, default=right) - left - 10) / 7)
        if room >= min(len(cell.text), 4) and cell.text:
            yield f'<text class="{"m" if kind == "seg" else "w"}" x="{left + 6:.1f}" y="{y + 13}">{esc(fit(cell.text, room))}</text>'
    for segment in segments:
        if segment.end <= shown:
            kind, path = (
                ("cut", f"M{x(segment.end):.1f} 2V62") if segment.end in cut else ("ok", f"M{x(segment.end):.1f} 25V40")
            )
            yield f'<path class="{kind}" d="{path}"/>'
