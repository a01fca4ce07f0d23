"""The frame that every protocol here is written in: rows, guards, facts, and the one function that moves a state.

No protocol lives in this module: `smtp` and `pop3` fill the frame with rows. Nothing here does
input or output, and nothing here chooses a reply.

Rules
1. A row's key is (state, event). One verb may have several rows; two rows that claim one pair are an error
   when the table is built.
2. A state moves when a reply arrives, never when a command is sent: `Table.next_state(state, event, outcome)`.
   It needs only what somebody who listens on the wire can see.
3. The table holds no code but named guards, and a guard sees nothing but `Facts`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from .replies import Outcome, Reply


class Reading(enum.Enum):
    """What the next octets of the client are: it depends on the state."""

    LINE = "a command line"
    DATA = "mail data, up to a dot alone on its line"
    CHUNK = "a chunk of counted octets"
    RESPONSE = "a log-in response, one line of base64"
    NOTHING = "nothing that is said in this protocol"


@dataclass(frozen=True, slots=True)
class Facts:
    """What both ends know of a session besides its state. Changed by one function a table only (`Table.learn`)."""

    hello: str = ""
    """The verb that introduced the client: "HELO", "EHLO" or "" for neither yet."""
    keywords: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What the latest EHLO reply offered: keyword in capitals -> its parameters as one string, often ""."""
    tls: bool = False
    authenticated: bool = False
    chunk_failed: bool = False
    """A BDAT chunk was refused, or DATA came among chunks: nothing but RSET, HELO or EHLO helps (RFC 3030 §2)."""

    def offers(self, keyword: str) -> bool:
        return keyword in self.keywords


@dataclass(frozen=True, slots=True)
class Guard:
    """A named condition on the facts. Where it does not hold, `code` is answered and nothing moves."""

    name: str
    holds: Callable[[Facts], bool]
    code: int
    missing: str
    """What is wrong where it does not hold, as the middle of a sentence: "no EHLO yet"."""
    remedy: str
    """What helps, as a sentence: "Say EHLO first."."""


@dataclass(frozen=True, slots=True)
class Row:
    """One arrow, or bundle of arrows, of the state machine: what `event` does in each of `states`."""

    event: str
    states: frozenset[Any]
    leads: Mapping[Outcome, Any]
    """Where each outcome leads. An outcome that is not here leaves the state as it is."""
    codes: tuple[int, ...]
    """The codes that the standard lists for this event, the usual one first."""
    section: str
    guards: tuple[Guard, ...] = ()
    ends_group: bool = False
    """True where a pipelining client must wait for the reply before it goes on (RFC 2920 §3.1)."""
    keyword: str = ""
    """The EHLO keyword that offers this event; "" for what every server has."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said in `state`: whether `event` is in place, the code it would earn, and why."""

    state: Any
    event: str
    allowed: bool
    code: int
    """The usual code where allowed; else the code of the refusal."""
    missing: str
    """Where refused, what is missing, as the middle of a sentence: "no recipient yet"; else ""."""
    remedy: str
    """Where refused, what helps, as a sentence: "Say RCPT TO:<...> first."; else ""."""
    leads_to: Any
    """The state after that code (the present one where nothing moves)."""
    row: Row | None

    @property
    def moves(self) -> bool:
        """True where the code changes the state. An event may be allowed and yet stay (NOOP; HELO in READY)."""
        return self.leads_to is not self.state


def _learns_nothing(facts: Facts, _: str, __: Reply | None, ___: Any, ____: bytes) -> Facts:
    return facts


class Table:
    """All rows of one protocol, looked up by (state, event).

    `lacking(state, wanted)` says, for an event that is out of place, what is missing and what helps;
    `closed` is the state in which nothing can be said any more. `reads` says what a server reads in a state where that
    is no command line. `learn(facts, event, reply, before, sent)` gives the facts after a reply to what was `sent` in the
    state `before`; `reply` is None for a TLS handshake that succeeded. `syntax` and `sentence` say, by event, how it is written and what it means; `awaits`, by state, what a
    server waits for. Raises ValueError,
    naming the pair, where two rows claim one (state, event).
    """

    def __init__(
        self,
        name: str,
        states: type[enum.Enum],
        rows: Iterable[Row],
        *,
        start: Any,
        closed: Any,
        lacking: Callable[[Any, frozenset[Any]], tuple[str, str]],
        learn: Callable[[Facts, str, Reply | None, Any, bytes], Facts] = _learns_nothing,
        reads: Mapping[Any, Reading] = MappingProxyType({}),
        syntax: Mapping[str, str] = MappingProxyType({}),
        sentence: Mapping[str, str] = MappingProxyType({}),
        awaits: Mapping[Any, str] = MappingProxyType({}),
    ) -> None:
        self.name = name
        self.states = states
        self.rows = tuple(rows)
        self.start = start
        self.closed = closed
        self.learn = learn
        self.syntax, self.sentence, self.awaits = syntax, sentence, awaits
        self._lacking = lacking
        self._reads = {state: reads.get(state, Reading.LINE) for state in states}
        self.handshaking = frozenset(s for s in states if self._reads[s] is Reading.NOTHING and s is not closed)
        """The states in which nothing can be said until TLS is agreed on."""
        at: dict[tuple[Any, str], Row] = {}
        by_event: dict[str, list[Row]] = {}
        for row in self.rows:
            by_event.setdefault(row.event, []).append(row)
            for state in row.states:
                if (state, row.event) in at:
                    raise ValueError(f"two rows claim {row.event} in {state.name}: keep one, or narrow its states")
                at[state, row.event] = row
        self._granted = {(state, event): self._grant(state, row) for (state, event), row in at.items()}
        self.at: Mapping[tuple[Any, str], Row] = MappingProxyType(at)
        self.by_event: Mapping[str, tuple[Row, ...]] = MappingProxyType({e: tuple(r) for e, r in by_event.items()})

    def _grant(self, state: Any, row: Row) -> Verdict:
        """The verdict on an event of this row where nothing stands against it; made once."""
        code = row.codes[0] if row.codes else 0
        outcome = Outcome.of(code) if code else Outcome.COMPLETION
        leads_to = self.closed if outcome is Outcome.CLOSING else row.leads.get(outcome, state)
        return Verdict(state, row.event, True, code, "", "", leads_to, row)

    @property
    def verbs(self) -> tuple[str, ...]:
        """The verbs a client can say, in the table's order; happenings in parentheses are left out."""
        return tuple(event for event in self.by_event if not event.startswith("("))

    def next_state(self, state: Any, event: str, outcome: Outcome) -> Any:
        """The state after `event` was answered with `outcome`. The only place where a state moves.

        CLOSING (421, or either end gone) ends everything. A pair that no row lists stays where it is when it
        is refused; when it is accepted all the same, as real servers do, it goes where the event's rows lead.
        """
        if outcome is Outcome.CLOSING:
            return self.closed
        row = self.at.get((state, event))
        if row is not None:
            return row.leads.get(outcome, state)
        if outcome in (Outcome.TRANSIENT, Outcome.PERMANENT) or state is self.closed:
            return state
        for other in self.by_event.get(event, ()):
            if outcome in other.leads:
                return other.leads[outcome]
        return state

    def reading(self, state: Any) -> Reading:
        """What a server reads in this state."""
        return self._reads[state]

    def lists(self, state: Any, event: str) -> bool:
        """True where a row places this event in this state."""
        return (state, event) in self.at

    def verdict(self, state: Any, event: str, facts: Facts, *, offered: bool = True) -> Verdict:
        """What saying `event` now would come to: by place, by offer, by guards, in that order.

        The server refuses by it and the views explain by it. `offered` is False where the event's keyword is
        switched off in the server that is asked: 502, a command that is known and not implemented.
        """
        row = self.at.get((state, event))
        if row is None:
            wanted = frozenset(s for r in self.by_event.get(event, ()) for s in r.states)
            return Verdict(state, event, False, 503, *self._lacking(state, wanted), state, None)
        if not offered:
            return Verdict(state, event, False, 502, "not offered by this server", "Do without it.", state, row)
        for guard in row.guards:
            if not guard.holds(facts):
                return Verdict(state, event, False, guard.code, guard.missing, guard.remedy, state, row)
        return self._granted[state, event]
