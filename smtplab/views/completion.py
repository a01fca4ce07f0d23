"""What may be said now, from the table: for a list of suggestions while one types, and for the panel beside it.

Never does: decide. A suggestion is an event that the table takes in this state; how it is written comes from SYNTAX.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import moves
from .moments import Moment

_BLANK = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Sayable:
    """An event that would be taken now. All texts are plain."""

    event: str
    syntax: str
    why: str
    code: str
    """The usual code: "250"."""
    leads: str
    """Where that leads, in words: "then data", "stays in rcpt"."""
    leads_on: bool
    """True where the state changes."""
    is_idle: bool
    """True where the event never changes anything, whatever the reply."""

    @property
    def halves(self) -> tuple[str, str]:
        """The syntax without what the reader fills in: what stands before it, and what stands behind."""
        blank = _BLANK.search(self.syntax)
        return (self.syntax, "") if blank is None else (self.syntax[: blank.start()], self.syntax[blank.end() :])


def sayable(session: list[Moment]) -> list[Sayable]:
    """Everything that would be taken now: forward first, then what leads elsewhere, then what stays."""
    now, found = session[-1], list[tuple[int, Sayable]]()
    order = list(now.table.states)
    for event in moves.events(session):
        code, kind = moves.cell(now.state, event, now.facts, now.table)
        if kind not in "ms":
            continue
        verdict = now.table.verdict(now.state, event, now.facts)
        there = verdict.leads_to
        forward = there is not now.table.closed and order.index(there) > order.index(now.state)
        back = there is not now.table.closed and not forward
        where = there.name.lower()
        leads = f"stays in {where}" if kind == "s" else f"back to {where}" if back else f"then {where}"
        is_idle = verdict.row is not None and not verdict.row.leads
        rank = 0 if forward else 1 if kind == "m" else 2
        why = moves.why(now.state, event, now.facts, now.table)
        found.append((rank, Sayable(event, now.table.syntax[event], why, code, leads, kind == "m", is_idle)))
    return [each for _, each in sorted(found, key=lambda each: each[0])]


def suggestions(may: list[Sayable]) -> list[list[str]]:
    """What a page needs to complete a line: (syntax, before, behind, why, where it leads) of each."""
    return [[each.syntax, *each.halves, each.why, f"{each.code}, {each.leads}"] for each in may]
