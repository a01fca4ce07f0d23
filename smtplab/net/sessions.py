"""What `server.sessions` is: the sessions that a server has had, each as a Transcript.

Never does: keep a session (`record`). Looking lets the server first read what has been sent to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

from .engine import Engine
from .record import Record

if TYPE_CHECKING:
    from ..protocol.transcript import Transcript


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
