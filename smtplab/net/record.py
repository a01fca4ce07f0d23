"""A server's sessions as it remembers them, and a look at one of them among the others.

Never does: listen or change anything. All of it is to be used in the server's thread, but for what it gives back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..protocol.session import Session
    from ..protocol.transcript import Transcript


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


@dataclass(slots=True)
class Record:
    """One session as it is remembered: live while it goes on, a Transcript once it is over and was looked at."""

    number: int
    """Counts from 1, in the order of connecting."""
    session: Session | None
    kept: Transcript | None = None

    def transcript(self) -> Transcript:
        """What was said so far. To be called in the loop's thread."""
        if self.session is None:
            assert self.kept is not None
            return self.kept
        now = self.session.transcript()
        if self.session.is_closing:
            self.kept, self.session = now, None
        return now

    def head(self) -> Head:
        """It in brief. To be called in the loop's thread."""
        live = self.session
        state = live.state if live is not None else self.transcript().state
        return Head(self.number, state.name, live is not None and not live.is_closing)


def look(records: Sequence[Record], number: int, most: int) -> Look:
    """The session of that number, or the latest where there is none such; and the latest `most` in brief."""
    if not records:
        from ..protocol.transcript import Transcript

        return Look(0, Transcript(), ())
    first = records[0].number
    chosen = records[number - first] if first <= number < first + len(records) else records[-1]
    return Look(chosen.number, chosen.transcript(), tuple(record.head() for record in records[-most:]))
