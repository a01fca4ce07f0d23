"""How an answer is written, by protocol: SMTP says three digits, POP3 says +OK, + or -ERR.

Never does: decide. The table's verdict says what would be answered; here it becomes the word that stands on the wire.
"""

from __future__ import annotations

from typing import Any

from ..protocol.pop3.replies import Pop3Reply
from ..protocol.replies import Outcome, Reply
from ..protocol.table import Row, Table, Verdict

_POP3 = {Outcome.COMPLETION: "+OK", Outcome.INTERMEDIATE: "+", Outcome.PERMANENT: "-ERR"}
_WITHOUT_REPLY = {"(handshake)": {Outcome.COMPLETION: "done", Outcome.PERMANENT: "failed"}}
GOOD = (Outcome.COMPLETION, Outcome.INTERMEDIATE)


def answer(reply: Reply) -> str:
    """What a reply begins with: "250", "+OK"."""
    return reply.status if isinstance(reply, Pop3Reply) else str(reply.code)


def has_codes(table: Table) -> bool:
    """True where the replies of this protocol begin with digits."""
    return any(row.codes for row in table.rows)


def usual(row: Row) -> Outcome:
    """What the usual reply to a row without codes decides: the first good outcome that leads on, or +OK."""
    return next((outcome for outcome in row.leads if outcome in GOOD), Outcome.COMPLETION)


def word(event: str, outcome: Outcome) -> str:
    """What is answered where a protocol has no codes; for what earns no reply, a word for how it went."""
    return _WITHOUT_REPLY.get(event, _POP3).get(outcome, "")


def awaited(verdict: Verdict, table: Table) -> tuple[str, Any]:
    """(what would be answered, the state after it): the usual reply where the event is in place, else the refusal."""
    if has_codes(table):
        return str(verdict.code), verdict.leads_to
    if not verdict.allowed or verdict.row is None:
        return _POP3[Outcome.PERMANENT], verdict.state
    outcome = usual(verdict.row)
    return word(verdict.event, outcome), table.next_state(verdict.state, verdict.event, outcome)
