"""The rungs of a ladder: what each arrow carries, line by line, and which of them a picture has room for.

Never does: draw, or show a secret. A rung is a piece of a step in a delivery; where no cut went through the step it
is the whole step.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..protocol.pop3.replies import Pop3Reply
from ..protocol.transcript import Step
from ..protocol.wire import decode
from .cuts import Delivery, Piece
from .text import esc, visible

LINES_SHOWN = 4
"""Lines of one reply that a rung shows; of a longer one the first three, and a count."""
_READ = 240
"""Octets of a line that are looked at: more than any picture has room for."""
_CODE = re.compile(r"[2-5][0-9]{2}(?=[ -]|$)|\+OK(?= |$)|-ERR(?= |$)|\+(?= |$)", re.IGNORECASE)
"""What a reply says to programs: three digits, or a status of POP3."""


@dataclass(frozen=True, slots=True)
class RungLine:
    """One line of a rung, or the part of it that this delivery brought. `absent` is said where the text is empty."""

    text: str
    begins: bool = True
    ends: bool = True
    absent: str = "empty line"
    has_code: bool = False

    def html(self, shown: str) -> str:
        """The text as SVG text: the digits of a reply bold, or its status. `shown` is the text as far as there is room for it."""
        code = _CODE.match(shown) if self.has_code else None
        if code is None:
            return esc(shown)
        return f'<tspan class="b">{code[0]}</tspan>{esc(shown[len(code[0]) :])}'


@dataclass(frozen=True, slots=True)
class Rung:
    """One arrow. `step` is None for octets that ended no line; `index` is then the step before them."""

    delivery: Delivery
    step: Step | None
    index: int
    lines: tuple[RungLine, ...]
    completes: bool
    is_last: bool
    """True where nothing else comes in its delivery."""

    @property
    def moved_to(self) -> str:
        """The state that it led to, in lower case; "" where it moved none."""
        step = self.step
        if step is None or step.direction == "C" or not self.completes or not step.exchange.moved:
            return ""
        return str(step.state.name).lower()


def rungs(deliveries: Iterable[Delivery]) -> Iterator[Rung]:
    """The rungs of deliveries, in order."""
    index = 0
    for delivery in deliveries:
        last = len(delivery.pieces) - 1
        for at, piece in enumerate(delivery.pieces):
            index = piece.step.index
            is_last = at == last and not delivery.loose
            yield Rung(delivery, piece.step, index, tuple(_lines(piece)), piece.completes, is_last)
        if delivery.loose:
            line = RungLine("", ends=False, absent=f"{delivery.loose:,} octets that end no line")
            yield Rung(delivery, None, index, (line,), False, True)


def _lines(piece: Piece) -> Iterator[RungLine]:
    step = piece.step
    if step.is_secret or step.kind in ("fold", "chunk"):
        yield RungLine(step.shown(), piece.begins, piece.completes)
    elif step.kind == "reply":
        yield from _reply_lines(piece)
    else:
        body = piece.raw[:_READ]
        absent = "empty line" if piece.begins else "the line’s end, CR LF" if piece.raw == b"\r\n" else "the line’s end"
        yield RungLine(decode(body.removesuffix(b"\n").removesuffix(b"\r")), piece.begins, piece.completes, absent)


def _reply_lines(piece: Piece) -> Iterator[RungLine]:
    parts = piece.raw.split(b"\n")
    ended = parts.pop() == b""
    raw = [part + b"\n" for part in parts] if ended else [*(p + b"\n" for p in parts), piece.raw.rpartition(b"\n")[2]]
    shown = raw if len(raw) <= LINES_SHOWN else raw[: LINES_SHOWN - 1]
    is_pop3 = isinstance(piece.step.exchange.reply, Pop3Reply)
    for at, line in enumerate(shown):
        begins = at > 0 or piece.begins or piece.step.raw[: piece.start].endswith(b"\n")
        text = decode(line[:_READ].removesuffix(b"\n").removesuffix(b"\r"))
        absent = "empty line" if is_pop3 and begins else "the line’s end"
        has_status = begins and not (is_pop3 and (at or piece.start))
        yield RungLine(text, begins, line.endswith(b"\n"), absent, has_status)
    if len(shown) < len(raw):
        yield RungLine("", ends=raw[-1].endswith(b"\n"), absent=f"and {len(raw) - len(shown):,} more lines")


def window(all_rungs: list[Rung], position: int | None, most: int) -> tuple[list[Rung], int, int]:
    """The rungs around a position, and how many arrows are above and below them."""
    if len(all_rungs) <= most:
        return all_rungs, 0, 0
    wanted = position or 0
    at = next((n for n, rung in enumerate(all_rungs) if rung.index >= wanted), len(all_rungs) - 1)
    first = max(0, min(at - most // 2, len(all_rungs) - most))
    last = first + most
    above = sum(rung.completes for rung in all_rungs[:first])
    return all_rungs[first:last], above, sum(rung.completes for rung in all_rungs[last:])


def fit(text: str, cells: int) -> str:
    """The text written out and cut to so many cells of a fixed-width font; wide characters take two.

    >>> fit("250 mail.example.com", 8), fit("\u90f5\u4fbf\u5c40", 5)
    ('250 mai…', '郵便…')
    """
    shown = visible(text)
    used = 0
    for at, character in enumerate(shown):
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > cells:
            return _head(shown[:at], cells - 1) + "…"
    return shown


def _head(text: str, cells: int) -> str:
    while text and sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text) > cells:
        text = text[:-1]
    return text


def seconds_text(seconds: float) -> str:
    """A time for a picture.

    >>> seconds_text(0.0), seconds_text(0.0004), seconds_text(0.0124), seconds_text(3.21), seconds_text(125)
    ('0 ms', '0.4 ms', '12 ms', '3.21 s', '2 min 5 s')
    """
    if seconds < 1:
        return f"{seconds * 1000:.1g} ms" if seconds < 0.0095 else f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"
