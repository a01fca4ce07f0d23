"""What a server has to show of its sessions: their transcripts, and what it waits for in those that go on.

Never does: keep anything. Each look is a question put to the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Self, overload

if TYPE_CHECKING:
    from ..protocol.transcript import Transcript
    from .engine import Engine
    from .record import Record


class Sessions(Sequence["Transcript"]):
    """The sessions that a server has had, as transcripts; those that go on are taken as they stand."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __len__(self) -> int:
        return self._engine.ask(lambda: len(self._engine.archive.records))

    @overload
    def __getitem__(self, index: int) -> Transcript: ...
    @overload
    def __getitem__(self, index: slice) -> list[Transcript]: ...
    def __getitem__(self, index: int | slice) -> Transcript | list[Transcript]:
        if isinstance(index, slice):
            return self._engine.ask(lambda: [record.transcript() for record in self._engine.archive.records[index]])
        found = self._engine.ask(lambda: _pick(self._engine.archive.records, index))
        if found is None:
            count = len(self)
            said = "nobody has connected yet" if count == 0 else f"there are {count} sessions, no number {index}"
            raise IndexError(f"{said}: connect with socket.create_connection(server.address, timeout=5)")
        return found

    def __iter__(self) -> Iterator[Transcript]:
        return iter(self[:])

    @property
    def gone(self) -> int:
        """How many older sessions the server does not remember any more: its record is bounded."""
        return self._engine.ask(lambda: self._engine.archive.gone)

    def __repr__(self) -> str:
        gone = self.gone
        return repr(self[:]) + (f" and {gone:,} older, not kept" if gone else "")


def _pick(records: list[Record], index: int) -> Transcript | None:
    return records[index].transcript() if -len(records) <= index < len(records) else None


class Waiting(tuple[str, ...]):
    """What a server waits for, one text for each session that goes on; printed, one line each."""

    _numbers: tuple[int, ...]

    def __new__(cls, waiting: Sequence[tuple[int, str]]) -> Self:
        made = super().__new__(cls, (words for _, words in waiting))
        made._numbers = tuple(number for number, _ in waiting)
        return made

    def __repr__(self) -> str:
        if not self:
            return "no session is open"
        return "\n".join(f"session {n}: the server waits for {w}" for n, w in zip(self._numbers, self, strict=True))

    __str__ = __repr__
