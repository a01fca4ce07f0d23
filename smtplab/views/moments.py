"""What is known at each position of a transcript, worked out once for all views.

Never does: make text, or judge. A position p counts the steps said so far: 0 is before anything was said. One walk
over the steps costs the same at every step, so that a session of 10,000 lines is as cheap a line as one of ten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..protocol.pop3.machine import POP3
from ..protocol.pop3.machine import State as Pop3State
from ..protocol.replies import Outcome
from ..protocol.smtp import SMTP
from ..protocol.table import Facts, Table, Verdict
from ..protocol.transcript import Exchange, Step, Transcript
from .status import answer


@dataclass(frozen=True, slots=True)
class Moment:
    """One position: the step just said, where the session stands after it, and what is known there.

    `state` and `earlier` (the state at the position before) are None where replies were not recorded.
    """

    position: int
    step: Step | None
    state: Any
    earlier: Any
    facts: Facts
    facts_before: Facts
    """What was known when the exchange began."""
    table: Table = SMTP

    @property
    def exchange(self) -> Exchange | None:
        return None if self.step is None else self.step.exchange

    @property
    def event(self) -> str:
        return "" if self.step is None else self.step.exchange.event

    @property
    def is_reply(self) -> bool:
        return self.step is not None and self.step.direction == "S"

    @property
    def code(self) -> int:
        """The code of the reply just said; 0 where the step is the client's."""
        if self.step is None or self.step.direction == "C" or self.step.exchange.reply is None:
            return 0
        return self.step.exchange.reply.code

    @property
    def answer(self) -> str:
        """What the reply just said begins with: "250", "+OK"; "" where the step is the client's."""
        if self.step is None or self.step.direction == "C" or self.step.exchange.reply is None:
            return ""
        return answer(self.step.exchange.reply)

    @property
    def is_end(self) -> bool:
        """True for the dot line that ends mail data, answered or not."""
        return self.step is not None and is_end(self.step)

    @property
    def is_data(self) -> bool:
        """True for a line of mail data, or a fold of them."""
        return self.step is not None and self.step.kind in ("data", "fold") and not is_end(self.step)

    @property
    def is_asked(self) -> bool:
        """True while what the client has just said waits for a reply."""
        return self.step is not None and self.step.direction == "C" and not self.is_data

    @property
    def is_refused(self) -> bool:
        """True for a reply that begins with 4, 5 or -ERR."""
        if self.step is None or self.step.direction == "C":
            return False
        return self.code >= 400 or self.step.exchange.outcome is Outcome.PERMANENT

    @property
    def is_unasked(self) -> bool:
        """True for a reply that answers no command: the greeting, a time-out, a 421 out of the blue."""
        return self.is_reply and self.step is not None and not self.step.exchange.sent

    @property
    def state_name(self) -> str:
        """The state in capitals, or UNKNOWN where no reply was recorded."""
        return "UNKNOWN" if self.state is None else str(self.state.name)

    def verdict(self, event: str, state: Any = None, *, offered: bool = True) -> Verdict:
        """What saying the event here would come to, by the table."""
        return self.table.verdict(self.state if state is None else state, event, self.facts, offered=offered)

    def verdict_then(self) -> Verdict:
        """What the table says of the exchange that this step belongs to, where it began."""
        assert self.exchange is not None
        return self.table.verdict(self.exchange.before, self.exchange.event, self.facts_before)


def is_end(step: Step) -> bool:
    """True for the dot line that ends mail data. The last line counts even before its reply came."""
    if step.kind == "end":
        return True
    last = step.exchange.steps[-1:] == (step,)
    return step.kind == "data" and step.exchange.reply is None and step.raw == b".\r\n" and last


def moments(transcript: Transcript) -> list[Moment]:
    """Every position's moment, 0 to the number of steps."""
    return list(_walk(transcript))


def moment(transcript: Transcript, position: int) -> Moment:
    """One position's moment. Raises IndexError where there is none."""
    return moments(transcript)[range(len(transcript) + 1)[position]]


def _walk(transcript: Transcript) -> Iterator[Moment]:
    known = transcript.has_states
    first = Facts()
    if transcript.start is not transcript.table.start and transcript.exchanges:
        first = transcript.exchanges[0].facts
    facts_before: dict[int, Facts] = {}
    facts = first
    for exchange in transcript.exchanges:
        facts_before[id(exchange)] = facts
        facts = exchange.facts
    earlier = transcript.start if known else None
    yield Moment(0, None, earlier, earlier, first, first, transcript.table)
    for position, step in enumerate(transcript.steps, 1):
        before = facts_before.get(id(step.exchange), first)
        state = step.state if known else None
        now = step.exchange.facts if step.direction == "S" else before
        yield Moment(position, step, state, earlier, now, before, transcript.table)
        earlier = state


def outcome_of(step: Step) -> Outcome | None:
    """What the step's reply decides; None for a client's step."""
    return step.exchange.outcome if step.direction == "S" else None


def loose_end(transcript: Transcript) -> str:
    """What there is to say behind the last step: a command without its answer, a connection closed. Else ""."""
    if not transcript.exchanges or not transcript.has_states:
        return ""
    last = transcript.exchanges[-1]
    if last.event == "(eof)" and last.before is not transcript.table.closed:
        return f"Then the connection was closed, without QUIT{_left_as_it_was(transcript, last)}."
    if last.event == "(timeout)" and last.reply is None:
        return f"Then nothing was said for so long that the server closed{_left_as_it_was(transcript, last)}."
    if last.is_asked and last.event == "(end of data)":
        ended = last.steps and is_end(last.steps[-1])
        return "No answer to the letter was recorded." if ended else "The dot that ends the mail data was never sent."
    if last.is_asked and last.sent:
        return "No answer to this was recorded."
    return ""


def _left_as_it_was(transcript: Transcript, last: Exchange) -> str:
    """What a session that ended without QUIT left behind, where that has to be said."""
    has_maildrop = transcript.table is POP3 and last.before is Pop3State.TRANSACTION
    return ": no letter was removed" if has_maildrop else ""
