"""A server's sessions as it remembers them, and a look at one of them among the others.

Never does: listen or change anything. All of it is to be used in the server's thread, but for what it gives back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..protocol.recorder import Recorder
    from ..protocol.serving import ServerSide
    from ..protocol.transcript import Transcript


SESSIONS_KEPT = 10_000
OCTETS_KEPT = 256 * 1024 * 1024
"""Octets of sessions that are remembered, about: what was said, and something for each exchange."""
LONG = (256 * 1024, 16 * 1024, 1024)
"""Where the record is full, mail data of more octets than these is shortened, one after the other."""


class Head(NamedTuple):
    """One session in brief. `number` counts from 1, in the order of connecting."""

    number: int
    state: str
    is_open: bool


class Look(NamedTuple):
    """One session as it stands, and which others there are. `number` is 0 where nobody has connected yet."""

    number: int
    transcript: Transcript
    heads: tuple[Head, ...]


@dataclass(slots=True, eq=False)
class Record:
    """One session as it is remembered: live while it goes on, afterwards what was said, and a Transcript once that was
    looked at. To be used in the loop's thread."""

    number: int
    """Counts from 1, in the order of connecting."""
    session: ServerSide | None
    recorder: Recorder
    kept: Transcript | None = None
    counted: int = 0
    """Octets of it that the archive has counted."""
    is_kept: bool = True

    def transcript(self) -> Transcript:
        """What was said so far."""
        if self.session is not None:
            now = self.session.transcript()
            if self.session.is_closing:
                self.kept = now
                self.close()
            return now
        if self.kept is None:
            self.kept = self.recorder.transcript()
        return self.kept

    def close(self) -> None:
        """It is over: what it needed to go on is let go of."""
        self.session = None

    def head(self) -> Head:
        """It in brief."""
        live = self.session
        return Head(self.number, self.recorder.state.name, live is not None and not live.is_closing)


class Archive:
    """What a server remembers of its sessions, the oldest first. Bounded: of more sessions than SESSIONS_KEPT the
    oldest go, and of more octets than OCTETS_KEPT the longest mail data, in the oldest sessions first, then the oldest
    sessions. What went is counted, and a transcript from which something went has a remark. Used in the loop's thread.
    """

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.octets = 0
        self.gone = 0
        """Sessions that are not remembered any more."""

    def add(self, session: ServerSide) -> Record:
        """The record of a session that begins."""
        record = Record(self.gone + len(self.records) + 1, session, session.recorder)
        self.records.append(record)
        if len(self.records) > SESSIONS_KEPT:
            self._drop(self.records[0])
        return record

    def grew(self, record: Record) -> None:
        """Something was said in a session."""
        if record.is_kept:
            self._weigh(record)
            if self.octets > OCTETS_KEPT:
                self._make_room()

    def _weigh(self, record: Record) -> None:
        change = record.recorder.exchanges.weight - record.counted
        if change:
            self.octets += change
            record.counted += change
            record.kept = None

    def _make_room(self) -> None:
        """Goes on until a quarter is free, so that it need not begin again at once."""
        for longest in LONG:
            for record in self.records:
                if self.octets <= OCTETS_KEPT * 3 // 4:
                    return
                record.recorder.exchanges.shorten(longest)
                self._weigh(record)
        for record in tuple(self.records):
            if self.octets <= OCTETS_KEPT * 3 // 4:
                return
            if record.session is None:
                self._drop(record)
            else:  # it goes on: what was said in it long ago goes
                record.recorder.exchanges.forget()
                self._weigh(record)

    def _drop(self, record: Record) -> None:
        self.records.remove(record)
        self.octets -= record.counted
        record.is_kept = False
        self.gone += 1


def look(records: Sequence[Record], number: int, most: int) -> Look:
    """The session of that number, or the latest where there is none such; and the latest `most` in brief."""
    if not records:
        from ..protocol.transcript import Transcript

        return Look(0, Transcript(), ())
    chosen = next((record for record in reversed(records) if record.number == number), records[-1])
    return Look(chosen.number, chosen.transcript(), tuple(record.head() for record in records[-most:]))
