"""How TCP cut the two streams, laid beside how lines cut them: deliveries, and the pieces of steps in each.

Never does: draw. TCP carries octets and knows no lines: one segment may hold many lines, one line may come in many
segments. Both cuts are of the same octets, so a piece is where they overlap.

Rules:
1. Deliveries stand in the order in which they crossed the wire; a pipelining client's replies come after all of its
   commands, as they did, though a transcript puts each beside its command.
2. Where no segments were recorded (a slice, a session read from text), or where a masked password hides how long
   its line was, each step is a delivery of its own, and `is_measured` is False: nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..protocol.steps import MASK
from ..protocol.transcript import Segment, Step, Transcript


@dataclass(frozen=True, slots=True)
class Piece:
    """Some octets of a step, all of them where no cut went through it: `raw` is `step.raw[start:end]`."""

    step: Step
    start: int
    end: int

    @property
    def raw(self) -> bytes:
        return self.step.raw[self.start : self.end]

    @property
    def begins(self) -> bool:
        """True where the step's first octet is in it."""
        return self.start == 0

    @property
    def completes(self) -> bool:
        """True where the step's last octet is in it: only now is the step said."""
        return self.end == len(self.step.raw)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Octets that crossed the wire together, and the pieces of steps that they were.

    `loose` octets belong to no step: a line that was never ended, or what came after the end.
    """

    direction: str
    seconds: float
    octets: int
    pieces: tuple[Piece, ...]
    is_measured: bool
    loose: int = 0

    @property
    def cuts_a_line(self) -> bool:
        """True where it ends inside a line."""
        return self.is_measured and bool(self.pieces) and not self.pieces[-1].raw.endswith(b"\n")


def deliveries(transcript: Transcript, *, measured: bool = True) -> list[Delivery]:
    """Every delivery of a session in the order of the wire. `measured` False: each step its own, as in a text."""
    if measured and is_measured(transcript):
        return list(_measured(transcript))
    return [_alone(step) for step in transcript.steps]


def is_measured(transcript: Transcript) -> bool:
    """True where it is known how TCP cut this session, and every step's octets are there to lay beside it."""
    masked = any(step.is_secret and MASK in step.text for step in transcript.steps)
    return bool(transcript.segments) and not masked


def _alone(step: Step) -> Delivery:
    octets = len(step.raw)
    return Delivery(step.direction, step.seconds, octets, (Piece(step, 0, octets),), False)


class _Stream:
    """One direction's steps, handed out octet by octet."""

    def __init__(self, steps: list[Step]) -> None:
        self._steps = steps
        self._at = 0
        self._offset = 0

    def take(self, octets: int) -> tuple[tuple[Piece, ...], int]:
        """The pieces of the next octets, and how many octets there were no steps for."""
        pieces: list[Piece] = []
        while octets and self._at < len(self._steps):
            step, start = self._steps[self._at], self._offset
            end = min(len(step.raw), start + octets)
            pieces.append(Piece(step, start, end))
            octets -= end - start
            if end == len(step.raw):
                self._at, self._offset = self._at + 1, 0
            else:
                self._offset = end
        return tuple(pieces), octets

    def rest(self) -> Iterator[Piece]:
        """What is left when the segments are used up: only the first ones of a session are kept."""
        for step in self._steps[self._at :]:
            yield Piece(step, self._offset, len(step.raw))
            self._offset = 0
        self._at = len(self._steps)


def _measured(transcript: Transcript) -> Iterator[Delivery]:
    streams = {who: _Stream([s for s in transcript.steps if s.direction == who]) for who in ("C", "S")}
    for segment in transcript.segments:
        pieces, loose = streams[segment.direction].take(segment.octets)
        yield _of(segment, pieces, loose)
    left = [piece for stream in streams.values() for piece in stream.rest()]
    for piece in sorted(left, key=lambda each: each.step.index):
        step = piece.step
        yield Delivery(step.direction, step.seconds, piece.end - piece.start, (piece,), False)


def _of(segment: Segment, pieces: tuple[Piece, ...], loose: int) -> Delivery:
    return Delivery(segment.direction, segment.seconds, segment.octets, pieces, True, loose)


def round_trips(transcript: Transcript) -> int:
    """How often the client waited for an answer: it had spoken, and the server spoke next.

    Counted by how TCP carried the session, where that is known, so that a pipelined group of commands counts once;
    else every command that was answered counts.
    """
    trips, spoken = 0, False
    for delivery in deliveries(transcript):
        if delivery.direction == "C":
            spoken = True
        elif spoken:
            trips, spoken = trips + 1, False
    return trips


@dataclass(frozen=True, slots=True)
class Tally:
    """How the two cuts differ in one direction: lines and segments, and how many of each the other cut."""

    lines: int = 0
    segments: int = 0
    holding_many: int = 0
    """Segments that hold more than one whole line."""
    cut_lines: int = 0
    """Segments that end inside a line."""


def tally(transcript: Transcript, direction: str) -> Tally:
    """The two cuts of one direction, counted; all 0 where it is not known how TCP cut."""
    found = [d for d in deliveries(transcript) if d.direction == direction and d.is_measured]
    lines = [delivery_lines(delivery) for delivery in found]
    return Tally(sum(lines), len(found), sum(many > 1 for many in lines), sum(d.cuts_a_line for d in found))


def delivery_lines(delivery: Delivery) -> int:
    """The lines that end in a delivery (a chunk of counted octets is one)."""
    return sum(1 if p.step.kind == "chunk" and p.completes else p.raw.count(b"\n") for p in delivery.pieces)
