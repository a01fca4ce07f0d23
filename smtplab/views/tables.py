"""Reference tables: reply codes, commands and states, read off the catalogue and the machine's own table.

Never does: hold a fact. A table is an object that a notebook shows: HTML in a page, aligned text elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..protocol.catalogue import CATALOGUE
from ..protocol.pop3.response_codes import RESPONSE_CODES
from ..protocol.replies import Outcome
from ..protocol.smtp import SMTP
from ..protocol.table import Row, Table, Verdict
from .status import awaited
from .text import esc, visible


@dataclass(frozen=True, slots=True)
class Reference:
    """A table with a title: shown by itself at the end of a cell, printed as text."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col" style="text-align:left">{esc(name)}</th>' for name in self.heads)
        body = "".join(f"<tr>{''.join(_cell(at, text) for at, text in enumerate(row))}</tr>" for row in self.rows)
        title = f'<caption style="text-align:left">{esc(self.title)}</caption>'
        return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def __repr__(self) -> str:
        lines = [self.title, *_aligned([self.heads, *self.rows])]
        return "\n".join(line.rstrip() for line in lines)

    def __len__(self) -> int:
        return len(self.rows)


def _cell(at: int, text: str) -> str:
    shown = f"<code>{esc(text)}</code>" if at == 0 else esc(text)
    return f'<td style="text-align:left">{shown}</td>'


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return ["  ".join(visible(text).ljust(width) for text, width in zip(row, widths, strict=True)) for row in rows]


def reply_codes(*first_digits: int) -> Reference:
    """Every reply code of the catalogue, or those that begin with the digits given: `reply_codes(4, 5)`."""
    rows = tuple(
        (str(entry.code), entry.name, entry.meaning, entry.client_action, entry.section)
        for entry in CATALOGUE.values()
        if not first_digits or entry.code // 100 in first_digits
    )
    return Reference("Reply codes", ("code", "name", "what it says", "what a client does", "section"), rows)


def response_codes() -> Reference:
    """What POP3 says in brackets behind an -ERR, for programs."""
    rows = tuple((f"[{each.code}]", each.meaning, each.client_action, each.section) for each in RESPONSE_CODES.values())
    return Reference("Response codes", ("code", "what it says", "what a client does", "section"), rows)


def commands(*events: str, table: Table = SMTP) -> Reference:
    """Commands of a table: how each is written, where it may be said, where its usual reply leads.

    All of them, or those named: `commands("MAIL", "(end of data)")`; POP3's with `table=POP3`. Raises ValueError for an
    event that is none.
    """
    for event in events:
        if event not in table.syntax:
            raise ValueError(f"{event!r} is no command of the table: choose from {', '.join(table.syntax)}")
    rows = tuple(_command(event, table) for event in table.by_event if event in (events or table.syntax))
    return Reference("Commands", ("say", "what it does", "said in", "usual reply", "leads to", "section"), rows)


def _command(event: str, table: Table) -> tuple[str, ...]:
    found = table.by_event[event]
    places = ", ".join(state.name.lower() for state in table.states if any(state in row.states for row in found))
    row = found[-1]
    keyword = f" (offered by {row.keyword})" if row.keyword else ""
    says, leads_to = _usual(row, table)
    return (table.syntax[event], table.sentence[event] + keyword, places, says, leads_to, row.section)


def _usual(row: Row, table: Table) -> tuple[str, str]:
    """(the usual reply, where it leads) of a row, whatever its guards want."""
    source = next(state for state in table.states if state in row.states)
    code = row.codes[0] if row.codes else 0
    leads_to = table.next_state(source, row.event, Outcome.of(code)) if code else source
    says, target = awaited(Verdict(source, row.event, True, code, "", "", leads_to, row), table)
    return says, "stays" if not row.leads else str(target.name.lower())


def states(table: Table = SMTP) -> Reference:
    """Every state of a table, what it means, and what may be said in it: `states(POP3)`."""
    rows = tuple(
        (state.name.lower(), str(state.value), ", ".join(_said_in(state, table)) or "nothing") for state in table.states
    )
    return Reference("States", ("state", "what it means", "what may be said"), rows)


def _said_in(state: object, table: Table) -> list[str]:
    return [event for event in table.by_event if event in table.syntax and table.lists(state, event)]
