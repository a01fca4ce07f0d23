"""Keeps the record of a session, exchange by exchange. Server and observer write it with the same functions.

It moves the state and learns the facts, by the table's `next_state` and `learn`, and by nothing else: both ends
agree because they share these lines, and a reply is all that they need.
"""

from __future__ import annotations

from typing import Any

from .replies import Outcome, Reply
from .smtp import SMTP
from .steps import Exchange, Segment, shorten
from .table import Facts, Row, Table
from .transcript import Transcript
from .wire import decode

ANY_TIME = frozenset({421, 500, 501})
"""Codes that may answer any command (RFC 5321 §4.3.2)."""

EXCHANGE_OCTETS = 400
"""What an exchange takes besides the octets that were said in it, about."""
SEGMENTS_KEPT = 4096
"""Deliveries of a session that are remembered: enough for a picture, and a dribble costs no more."""


class Recorder:
    """The record of one session: where it stands (`state`, `facts`) and the exchanges that brought it there."""

    __slots__ = ("_start", "exchanges", "facts", "forgotten", "longest", "octets", "peer", "segments", "state", "table")

    def __init__(self, table: Table = SMTP, peer: str = "") -> None:
        self.table = table
        self.peer = peer
        self.state = table.start
        self.facts = Facts()
        self.exchanges: list[Exchange] = []
        self.segments: list[Segment] = []
        self.octets = 0
        """What the record takes, about: octets said, and the exchanges themselves."""
        self.longest = 0
        """Octets of the longest thing that the client said."""
        self.forgotten = 0
        """Exchanges that were said before those that are here."""
        self._start = table.start

    def answered(
        self, event: str, sent: bytes, reply: Reply, raw: bytes, *, remarks: tuple[str, ...] = (),
        about_reply: tuple[str, ...] = (), sent_at: float = 0.0, at: float = 0.0,
    ) -> Exchange:  # fmt: skip
        """One event and its whole reply: the only way in which a reply moves the session."""
        before, outcome, row = self.state, reply.outcome, self.table.at.get((self.state, event))
        about_reply = reply_remarks(row, before, event, reply, outcome) + about_reply
        self.state = self.table.next_state(before, event, outcome)
        self.facts = self.table.learn(self.facts, event, reply)
        return self._add(
            Exchange(
                event, sent, reply, raw, row, before, self.state, outcome, self.facts, sent_at, at, remarks, about_reply
            )
        )

    def happened(
        self, event: str, outcome: Outcome | None, *, sent: bytes = b"", remarks: tuple[str, ...] = (), at: float = 0.0
    ) -> Exchange:
        """Something that earns no reply: (eof), (handshake), or mail data that was never answered (outcome None)."""
        before, row = self.state, self.table.at.get((self.state, event))
        if outcome is not None:
            self.state = self.table.next_state(before, event, outcome)
            if event == "(handshake)" and outcome is Outcome.COMPLETION:
                self.facts = self.table.learn(self.facts, event, None)
        return self._add(
            Exchange(event, sent, None, b"", row, before, self.state, outcome, self.facts, at, at, remarks)
        )

    def shaken(self, ok: bool, ahead: int, at: float) -> None:
        """The TLS handshake is over; `ahead` octets of the client came before it and were never read.

        A handshake has no step of its own, so the STARTTLS before it carries the remark.
        """
        if ahead and self.exchanges:
            asked = self.exchanges[-1]
            asked.remarks = (*asked.remarks, f"{ahead} octets sent ahead of the handshake were dropped")
        self.happened("(handshake)", Outcome.COMPLETION if ok else Outcome.PERMANENT, at=at)

    def _add(self, exchange: Exchange) -> Exchange:
        self.exchanges.append(exchange)
        said = len(exchange.sent)
        self.octets += said + len(exchange.reply_raw) + EXCHANGE_OCTETS
        if said > self.longest:
            self.longest = said
        return exchange

    def shorten(self, longest: int) -> None:
        """Lets go of mail data of more octets than this (`steps.shorten`)."""
        if self.longest > longest:
            self.octets -= sum(shorten(each) for each in self.exchanges if len(each.sent) > longest)
            self.longest = longest

    def forget(self) -> None:
        """Lets go of the older half of the exchanges; the first that stays says so. Numbers begin anew with it."""
        gone = self.exchanges[: len(self.exchanges) // 2]
        if gone:
            del self.exchanges[: len(gone)]
            self.forgotten += len(gone)
            self._start, first = gone[-1].after, self.exchanges[0]
            remark = f"{self.forgotten:,} exchanges before this were not kept: the server's record was full"
            if first.sent:
                first.remarks = (remark, *first.remarks)
            else:
                first.reply_remarks = (remark, *first.reply_remarks)
            self.octets -= sum(len(each.sent) + len(each.reply_raw) + EXCHANGE_OCTETS for each in gone)

    def delivered(self, direction: str, octets: int, at: float) -> None:
        """Octets crossed the wire together. Only the first SEGMENTS_KEPT are kept."""
        if octets and len(self.segments) < SEGMENTS_KEPT:
            self.segments.append(Segment(direction, at, octets))

    def note_garbage(self, raw: bytes) -> None:
        """Octets of the server that are no reply: kept as a remark on the exchange before, they move nothing."""
        if self.exchanges:
            last = self.exchanges[-1]
            last.reply_remarks = (*last.reply_remarks, f"followed by a line that is no reply: {decode(raw[:80])!r}")

    def transcript(self, asked: Exchange | None = None, since: int = 0) -> Transcript:
        """What was said so far, the first `since` exchanges left out; `asked` is a command that was not answered yet."""
        exchanges = [*self.exchanges[since:], asked] if asked else self.exchanges[since:]
        if since:
            return Transcript(exchanges, peer=self.peer, table=self.table, start=self.exchanges[since - 1].after)
        segments = () if self.forgotten else self.segments
        return Transcript(exchanges, peer=self.peer, table=self.table, start=self._start, segments=segments)

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
