"""Keeps the record of a session, exchange by exchange. Server and observer write it with the same functions.

It moves the state and learns the facts, by the table's `next_state` and `learn`, and by nothing else: both ends
agree because they share these lines, and a reply is all that they need.
"""

from __future__ import annotations

from typing import Any

from .kept import Kept
from .replies import Outcome, Reply
from .smtp import SMTP
from .steps import Exchange, Segment
from .table import Facts, Row, Table
from .transcript import Transcript
from .wire import decode

ANY_TIME = frozenset({421, 500, 501})
"""Codes that may answer any command (RFC 5321 §4.3.2)."""

REMARKS_KEPT = 100
"""Remarks on one reply: a server that says nothing but rubbish is told once and again, not for ever."""
SEGMENTS_KEPT = 4096
"""Deliveries of a session that are remembered: enough for a picture, and a dribble costs no more."""


class Recorder:
    """The record of one session: where it stands (`state`, `facts`) and the exchanges that brought it there."""

    __slots__ = ("exchanges", "facts", "peer", "segments", "state", "table")

    def __init__(self, table: Table = SMTP, peer: str = "") -> None:
        self.table = table
        self.peer = peer
        self.state = table.start
        self.facts = Facts()
        self.exchanges = Kept()
        self.segments: list[Segment] = []

    def answered(
        self, event: str, sent: bytes, reply: Reply, raw: bytes, *, remarks: tuple[str, ...] = (),
        about_reply: tuple[str, ...] = (), sent_at: float = 0.0, at: float = 0.0,
    ) -> Exchange:  # fmt: skip
        """One event and its whole reply: the only way in which a reply moves the session."""
        before, outcome, row = self.state, reply.outcome, self.table.at.get((self.state, event))
        about_reply = reply_remarks(row, before, event, reply, outcome) + about_reply
        self.state = self.table.next_state(before, event, outcome)
        self.facts = self.table.learn(self.facts, event, reply, before, sent)
        exchange = Exchange(
            event, sent, reply, raw, row, before, self.state, outcome, self.facts, sent_at, at, remarks, about_reply
        )
        self.exchanges.append(exchange)
        return exchange

    def happened(
        self, event: str, outcome: Outcome | None, *, sent: bytes = b"", remarks: tuple[str, ...] = (), at: float = 0.0
    ) -> Exchange:
        """Something that earns no reply: (eof), (handshake), or mail data that was never answered (outcome None)."""
        before, row = self.state, self.table.at.get((self.state, event))
        if outcome is not None:
            self.state = self.table.next_state(before, event, outcome)
            if event == "(handshake)" and outcome is Outcome.COMPLETION:
                self.facts = self.table.learn(self.facts, event, None, before, sent)
        exchange = Exchange(event, sent, None, b"", row, before, self.state, outcome, self.facts, at, at, remarks)
        self.exchanges.append(exchange)
        return exchange

    def shaken(self, ok: bool, ahead: int, at: float) -> None:
        """The TLS handshake is over; `ahead` octets of the client came before it and were never read.

        A handshake has no step of its own, so the STARTTLS before it carries the remark.
        """
        asked = self.exchanges.last
        if ahead and asked is not None:
            asked.remarks = (*asked.remarks, f"{ahead} octets sent ahead of the handshake were dropped")
        self.happened("(handshake)", Outcome.COMPLETION if ok else Outcome.PERMANENT, at=at)

    def delivered(self, direction: str, octets: int, at: float) -> None:
        """Octets crossed the wire together. Only the first SEGMENTS_KEPT are kept."""
        if octets and len(self.segments) < SEGMENTS_KEPT:
            self.segments.append(Segment(direction, at, octets))

    def note_garbage(self, raw: bytes) -> None:
        """Octets of the server that are no reply: kept as a remark on the exchange before, they move nothing."""
        self.note(f"followed by a line that is no reply: {decode(raw[:80])!r}")

    def note(self, remark: str) -> None:
        """A remark on the latest exchange's reply; nothing where there is none yet."""
        last = self.exchanges.last
        if last is not None and len(last.reply_remarks) < REMARKS_KEPT:
            last.reply_remarks = (*last.reply_remarks, remark)

    def transcript(self, asked: Exchange | None = None, since: int = 0) -> Transcript:
        """What was said so far, the first `since` exchanges left out; `asked` is a command that was not answered yet."""
        exchanges, left_out = self.exchanges.since(since), self.exchanges.left_out(since)
        start = (exchanges[0].before if exchanges else self.state) if since else self.table.start
        return Transcript(
            [*exchanges, asked] if asked else exchanges, peer=self.peer, table=self.table, start=start,
            segments=() if since else self.segments, left_out=left_out,
        )  # fmt: skip

    def asked(self, event: str, sent: bytes, remarks: tuple[str, ...], at: float) -> Exchange:
        """A command that waits for its reply, as the record shows it for now."""
        row = self.table.at.get((self.state, event))
        return Exchange(event, sent, None, b"", row, self.state, self.state, None, self.facts, at, at, remarks)


def reply_remarks(row: Row | None, state: Any, event: str, reply: Reply, outcome: Outcome) -> tuple[str, ...]:
    """What is unusual about a reply to this event in this state, whose row this is; () where the standard lists it."""
    if row is None:
        if outcome is not Outcome.COMPLETION and outcome is not Outcome.INTERMEDIATE or event == "(unasked)":
            return ()
        return (f"{event} is not in place in {state.name}, and the server took it",)
    if reply.code not in row.codes and row.codes and reply.code not in ANY_TIME:
        return (f"{reply.code} is not listed for {event}",)
    return ()
