"""explain() for POP3: a reply, a command, and a session's replies in a line each.

Never does: speak to a server, or know a response code or command itself; both stand beside the table.
"""

from __future__ import annotations

import re

from ..protocol.pop3.machine import POP3
from ..protocol.pop3.replies import Pop3Reply, read
from ..protocol.pop3.response_codes import RESPONSE_CODES, response_code
from ..protocol.replies import Outcome
from ..protocol.transcript import Step
from .explanation import Explanation, Line
from .reply_pop3 import STATUS, client_action, dotted
from .status import usual, word

_FIRST = re.compile(r"(?:\+OK|-ERR|\+)(?: .*)?", re.IGNORECASE)
_LINES_SHOWN = 20
_MEANS = {
    "+OK": "positive: what was asked is done",
    "+": "go on: a log-in wants one more line (RFC 5034 §4)",
    "-ERR": "negative: what was asked is not done",
}


def one_reply(lines: list[str]) -> Pop3Reply | None:
    """The reply that these lines are: one line, or more of them that a lone dot ends. None where they are none."""
    if not _FIRST.fullmatch(lines[0].rstrip()):
        return None
    if len(lines) > 1 and (lines[-1] != "." or any(line == "." for line in lines[:-1])):
        return None
    octets = "".join(f"{line}\r\n" for line in [lines[0].rstrip(), *lines[1:]])
    return read(octets.encode("utf-8", "surrogateescape"))


def of_reply(reply: Pop3Reply, event: str | None = None) -> Explanation:
    """A whole reply: its status, what stands in brackets, its words, and the lines that follow."""
    others = ", ".join(f"{status} {words[0]}" for status, words in STATUS.items() if status != reply.status)
    rows = [Line(reply.status, _MEANS[reply.status]), Line("", f"(others: {others})")]
    code = response_code(reply)
    if code:
        known = RESPONSE_CODES.get(code)
        rows.append(
            Line(f"[{code}]", f"{known.meaning} ({known.section})" if known else "a response code not known here")
        )
    rows += [] if event is None else _event_rows(reply, event)
    rows.append(Line("client", client_action(reply, event)))
    if reply.text_of_first:
        rows.append(Line("text", reply.text_of_first, True))
    rows += _body_rows(reply)
    rows.append(Line("section", "RFC 1939 §3"))
    what = f"{reply.status} {reply.text_of_first}".rstrip()
    return Explanation(what, STATUS[reply.status][0], tuple(rows))


def _event_rows(reply: Pop3Reply, event: str) -> list[Line]:
    if event not in POP3.by_event:
        return [Line("after", f"{event}, which is no event of POP3")]
    leads = dict.fromkeys(row.leads[reply.outcome].name for row in POP3.by_event[event] if reply.outcome in row.leads)
    sentence = POP3.sentence.get(event, "")
    return [
        Line("after", f"{event}: {sentence}".rstrip(": ")),
        Line("state", f"moves to {' or '.join(leads)}" if leads else "stays as it is"),
    ]


def _body_rows(reply: Pop3Reply) -> list[Line]:
    if reply.body is None:
        return []
    lines = reply.lines[1:]
    shown = [Line("lines" if at == 0 else "", line, True) for at, line in enumerate(lines[:_LINES_SHOWN])]
    more = len(lines) - _LINES_SHOWN
    shown += [Line("", f"and {more:,} more")] if more > 0 else []
    dots = dotted(reply)
    added = f" {dots} of them began with a dot and had one dot more on the wire." if dots else ""
    return [
        *shown,
        Line("end", f"A dot alone on its line ends the {len(lines):,} line{'' if len(lines) == 1 else 's'}.{added}"),
    ]


def of_command(line: str, event: str) -> Explanation:
    """A command line, by its verb (RFC 1939 §3)."""
    row = POP3.by_event[event][0]
    says = word(event, usual(row))
    rows = [Line("syntax", POP3.syntax[event]), Line("says", POP3.sentence[event])]
    rows.append(Line("replies", f"{says} {STATUS[says][0]}, {'+OK done, ' if says == '+' else ''}-ERR no"))
    places = ", ".join(state.name for state in POP3.states if POP3.lists(state, event))
    rows.append(Line("said in", places))
    if row.keyword:
        rows.append(Line("needs", f"a server whose reply to CAPA offers {row.keyword}"))
    rows.append(Line("section", row.section))
    return Explanation(line, "a command of POP3", tuple(rows))


def in_a_line(step: Step, reply: Pop3Reply) -> str:
    """What one step of a session says: of a reply, what it decides and the state."""
    if step.direction == "C":
        return ""
    event = step.exchange.event
    state = f" State: {step.state.name}." if step.state is not None else ""
    known = RESPONSE_CODES.get(response_code(reply))
    means = f" {known.meaning}" if known else ""
    did = "done" if step.exchange.outcome is not Outcome.PERMANENT else "not done"
    return f"{reply.status} after {event}: {did if reply.status != '+' else 'go on'}.{means} {client_action(reply, event)}{state}"
