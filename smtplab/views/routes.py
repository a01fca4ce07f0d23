"""How to get somewhere in the state machine: a shortest session to a state or over an arrow, found in the table.

Never does: know a state by name. A search over the rows' leads finds the way; beside it stands only how a sane
client words each event. What a server cannot be asked for (a greeting that refuses) is a hop without a line.

Rules
1. The usual code of each row first; other codes are tried where no usual one leads on.
2. Facts count: AUTH and STARTTLS want EHLO said. A way is found through (state, facts), as `learn` changes them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from ..protocol.replies import Outcome, Reply
from ..protocol.smtp import SMTP, State, learn
from ..protocol.table import Facts, Row, Table

CLIENT, SENDER, RECIPIENT = "client.example.com", "alice@example.com", "bob@example.com"

LETTER = (f"From: {SENDER}", f"To: {RECIPIENT}", "Subject: hello", "", "Hello.", ".")
"""Mail data with the dot that ends it."""

# How each event is said; their order is the order in which the search tries them.
LINES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "(connect)": (), "EHLO": (f"EHLO {CLIENT}",), "HELO": (f"HELO {CLIENT}",), "MAIL": (f"MAIL FROM:<{SENDER}>",),
        "RCPT": (f"RCPT TO:<{RECIPIENT}>",), "DATA": ("DATA",), "(end of data)": LETTER, "RSET": ("RSET",),
        "NOOP": ("NOOP",), "VRFY": ("VRFY bob",), "EXPN": ("EXPN staff",), "HELP": ("HELP",), "QUIT": ("QUIT",),
        "BDAT": ("BDAT 0",), "BDAT LAST": ("BDAT 0 LAST",), "STARTTLS": ("STARTTLS",), "(handshake)": (),
        "AUTH": ("AUTH LOGIN",), "(response)": ("*",),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hop:
    """One exchange on a way: the event, what the client says for it, the code that leads on, and where to.

    `code` is 0 for what earns no reply. `is_usual` is False where the server must answer otherwise than it mostly
    does: that cannot be brought about by what a client says.
    """

    event: str
    lines: tuple[str, ...]
    code: int
    state: State
    is_usual: bool = True


@cache
def route(state: State, table: Table = SMTP) -> tuple[Hop, ...]:
    """The shortest way from an open connection to a state. Raises ValueError where no row leads there."""
    for usual in (True, False):
        found = _search(state, table, usual)
        if found is not None:
            return found[0]
    raise ValueError(f"no row of the table leads to {state.name}.")


def shortest(state: State) -> tuple[str, ...]:
    """What a client says to bring a fresh connection into a state, a line each, without CR LF; () where it is there
    before the client has said anything.

    >>> shortest(State.MAIL)
    ('EHLO client.example.com', 'MAIL FROM:<alice@example.com>')
    """
    return tuple(line for hop in route(state) for line in hop.lines)


def facts_at(state: State, table: Table = SMTP) -> Facts:
    """What is known at the end of the shortest way to a state."""
    for usual in (True, False):
        found = _search(state, table, usual)
        if found is not None:
            return found[1]
    return Facts()


def over(source: State, event: str, outcome: Outcome, table: Table = SMTP) -> tuple[Hop, ...]:
    """The shortest way to a state and then over one of its arrows. Raises ValueError where there is no such arrow."""
    row = table.at.get((source, event))
    if row is None or outcome not in row.leads:
        raise ValueError(f"no arrow leaves {source.name} by {event} on {outcome.name}.")
    codes = codes_of(row, outcome)
    usual = not row.codes or (bool(codes) and codes[0] == row.codes[0])
    last = Hop(event, LINES.get(event, ()), codes[0] if codes else 0, row.leads[outcome], usual)
    return (*route(source, table), last)


def codes_of(row: Row, outcome: Outcome) -> tuple[int, ...]:
    """The codes of a row that decide so, in the row's order."""
    return tuple(code for code in row.codes if Outcome.of(code) is outcome)


def _search(state: State, table: Table, usual: bool) -> tuple[tuple[Hop, ...], Facts] | None:
    """Breadth first over (state, what EHLO has told): the first way found is a shortest."""
    queue: deque[tuple[State, Facts, tuple[Hop, ...]]] = deque([(table.start, Facts(), ())])
    seen: set[tuple[State, str, bool]] = set()
    while queue:
        at, facts, hops = queue.popleft()
        if at is state:
            return hops, facts
        if (at, facts.hello, facts.tls) in seen:
            continue
        seen.add((at, facts.hello, facts.tls))
        queue.extend((hop.state, known, (*hops, hop)) for hop, known in _hops(at, facts, table, usual))
    return None


def _hops(at: State, facts: Facts, table: Table, usual: bool) -> Iterator[tuple[Hop, Facts]]:
    for event, lines in LINES.items():
        row = table.at.get((at, event))
        if row is None or not all(guard.holds(facts) for guard in row.guards):
            continue
        for code in row.codes[:1] if usual else row.codes:
            outcome = Outcome.of(code)
            if outcome is not Outcome.CLOSING and row.leads.get(outcome, at) is not at:
                is_usual = code == row.codes[0]
                best = code if is_usual else _plainest(row, outcome)
                yield Hop(event, lines, best, row.leads[outcome], is_usual), learn(facts, event, Reply(best, ""))
        if not row.codes and Outcome.COMPLETION in row.leads:
            yield Hop(event, lines, 0, row.leads[Outcome.COMPLETION]), learn(facts, event, None)


def _plainest(row: Row, outcome: Outcome) -> int:
    """Of several unusual codes the last: the rows name the particular ones first (521 before 554)."""
    return codes_of(row, outcome)[-1]
