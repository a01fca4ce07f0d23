"""The place in a server's record where a gate's fault struck, and what can be seen from there.

Pure. "Later" is everything that the record has behind that place: the rest of its session, and all sessions after it.
"""

from __future__ import annotations

import email
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...protocol.replies import Outcome
from ...protocol.transcript import Exchange, Transcript
from ...protocol.wire import decode

Verdict = tuple[str, str]
"""How a gate came out, and what the server saw."""

_PATH = re.compile(r"TO:\s*<?([^<>\s]*)", re.IGNORECASE)
NO_COMMAND = ("(unknown verb)", "(line too long)")
ENOUGH = 0.9
"""Of the time that a reply took to come: who spoke before that did not wait for it, however clocks are read."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a fault struck: in the session of this number (from 1), at its exchange `at`."""

    sessions: Sequence[Transcript]
    number: int
    at: int
    fault: str
    is_over: bool
    waits: Mapping[int, float] | None
    gaps: Mapping[int, float]

    @property
    def session(self) -> Transcript:
        return self.sessions[self.number - 1]

    @property
    def exchange(self) -> Exchange:
        return self.session.exchanges[self.at]

    @property
    def rest(self) -> tuple[Exchange, ...]:
        """What came behind it in its session, the end of the connection apart."""
        return tuple(each for each in self.session.exchanges[self.at + 1 :] if each.event != "(eof)")

    @property
    def later(self) -> tuple[Exchange, ...]:
        return (*self.rest, *(each for session in self.sessions[self.number :] for each in session.exchanges))

    @property
    def transaction(self) -> tuple[Exchange, ...]:
        """What came behind it before the session was over, or another letter begun."""
        ends = (n for n, each in enumerate(self.rest) if each.event in ("MAIL", "RSET", "EHLO", "HELO"))
        return self.rest[: next(ends, len(self.rest))]

    @property
    def has_left(self) -> bool:
        """True where nothing more can come of this try."""
        return self.is_over or self.session.state is self.session.table.closed or len(self.transaction) < len(self.rest)

    @property
    def next_said(self) -> str | None:
        """The event that the client came to next in this session; None where there is none."""
        return self.rest[0].event if self.rest else None

    @property
    def next_letter(self) -> Exchange | None:
        """The next mail data that came whole, in whatever session."""
        return next((each for each in self.later if each.event == "(end of data)" and _is_whole(each)), None)

    @property
    def mail_lines(self) -> int:
        """Lines in this try that were no commands."""
        return sum(each.event in NO_COMMAND for each in self.transaction)

    def after(self, event: str) -> tuple[Exchange, ...]:
        """What came later than the next of these events."""
        places = (n for n, each in enumerate(self.later) if each.event == event)
        return self.later[next(places, len(self.later)) + 1 :]

    def was_early(self, steps: int) -> bool:
        """True where the client spoke while the reply was still on its way, which took so many of the fault's pauses."""
        replied = self.exchange.seconds_replied
        whole = replied + ENOUGH * steps * float(self.fault.split()[-1])
        if self.rest and self.rest[0].seconds_sent <= replied:
            return True
        return any(each.direction == "C" and replied < each.seconds < whole for each in self.session.segments)

    def settled(self, saw: str, *, whole_run: bool = False) -> Verdict:
        """Failed where nothing more can come, of this try or of the whole run; else it waits."""
        is_settled = self.is_over if whole_run else self.has_left
        return ("failed", saw) if is_settled else ("waits", "the client is on its way")


def found(
    sessions: Sequence[Transcript], faults: Sequence[str], *, over: bool, waits: Mapping[int, float] | None,
    gaps: Mapping[int, float],
) -> Spot | None:  # fmt: skip
    """Where one of these faults struck; None where none did."""
    for number, session in enumerate(sessions, 1):
        for at, exchange in enumerate(session.exchanges):
            marks = (*exchange.remarks, *exchange.reply_remarks)
            for fault in faults:
                if f"fault {fault}" in marks:
                    return Spot(sessions, number, at, fault, over, waits, gaps)
    return None


def _is_whole(letter: Exchange) -> bool:
    """True where mail data has come to its end: it was answered, or would have been but for a fault."""
    return letter.reply is not None or any(remark.startswith("fault ") for remark in letter.remarks)


def held(saw: str, is_over: bool) -> Verdict:
    """Held where the run is over, for what a client must never do: until then it waits."""
    return ("held", saw) if is_over else ("waits", f"{saw} so far")


def again(spot: Spot, after: str) -> Verdict:
    """Whether the client came again: in another session, or with another letter in this one."""
    if any(each.event == "MAIL" for each in spot.rest):
        if spot.waits is not None:
            return "failed", f"came again {after} at once, in the same session"
        return "held", f"came again {after}, in the same session"
    said = next((each.event for each in spot.later[len(spot.rest) :] if each.sent), "")
    if not said:
        return ("failed", f"never came again {after}") if spot.is_over else ("waits", "has not come again yet")
    if spot.waits is not None and not spot.waits.get(spot.number):
        return "failed", f"came again {after} at once"
    gap = spot.gaps.get(spot.number)
    later = "" if gap is None else f", {gap:.2g} s later"
    return "held", f"came again {after}{later}, and said {said}"


def named_at(exchange: Exchange) -> str:
    """The forward-path of a RCPT, as it was written."""
    path = _PATH.search(decode(exchange.sent))
    return path[1] if path else "nobody"


def message_id(exchange: Exchange) -> str:
    """The Message-ID of mail data; "" where it has none."""
    return str(email.message_from_bytes(exchange.sent)["Message-ID"] or "").strip()


@dataclass(frozen=True, slots=True)
class Arrived:
    """What has come of the letter: for whom it is wanted still, who has it, and under which names."""

    named: frozenset[str]
    refused: frozenset[str]
    acknowledged: frozenset[str]
    names: frozenset[str]

    @property
    def missing(self) -> tuple[str, ...]:
        """Those who were named, not refused for good, and have nothing."""
        return tuple(sorted(self.named - self.refused - self.acknowledged))

    @property
    def is_complete(self) -> bool:
        """True where everybody who can have it has been acknowledged."""
        return bool(self.acknowledged) and not self.missing


def arrived(sessions: Sequence[Transcript]) -> Arrived:
    """What has come of the letter, by what was acknowledged."""
    named, refused, done, names = set[str](), set[str](), set[str](), set[str]()
    for session in sessions:
        paths = list[str]()
        for each in session.exchanges:
            is_good = each.reply is not None and each.outcome is Outcome.COMPLETION
            if each.event == "MAIL" and is_good:
                paths = []
            elif each.event == "RCPT":
                path = named_at(each)
                named.add(path)
                is_refused = each.outcome is Outcome.PERMANENT and each.reply is not None and each.reply.code != 503
                (refused.add if is_refused else refused.discard)(path)
                paths += [path] if is_good else []
            elif each.event == "(end of data)":
                done.update(paths if is_good else ())
                if is_good or "fault (end of data)=close" in each.remarks:
                    names.add(message_id(each))
    return Arrived(frozenset(named), frozenset(refused), frozenset(done), frozenset(names))
