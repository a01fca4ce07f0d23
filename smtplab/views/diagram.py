"""The state diagram: its arrows, every one from the table's rows, and what a session did to each. `diagram_svg` draws it.

Never does: know a session's text, or colour anything. What happened is told by classes, which a page toggles and
the stylesheet shows:

| class | on | says |
|---|---|---|
| `is-current`, `is-visited` | a state | the session stands there; it has been there |
| `is-now`, `is-path` | an arrow | taken by the reply just seen; taken before |
| `is-asked` | an arrow | a command waits for its reply: half an arrow, for the state moves on the reply |
| `is-refused` | an arrow | the reply refused it: half an arrow, and a bar across |
| `is-open` | an arrow | the table lets it be taken now |

Not drawn of SMTP: loops that change nothing (NOOP, HELP, a second HELO in READY), and arrows to or from BDAT, AUTH and
TLS. Of POP3 one loop stands for all that is asked of an open maildrop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..protocol.replies import Outcome
from ..protocol.smtp import SMTP
from ..protocol.table import Facts, Row, Table
from ..protocol.transcript import Exchange, Transcript
from .layout import Layout, Route, layout_of
from .moments import Moment, moments
from .status import GOOD, has_codes, word

Marks = dict[str, str]


@dataclass(frozen=True, slots=True)
class Arrow:
    """One arrow of the picture: from where to where, by which events, on which outcomes of each."""

    source: Any
    target: Any
    events: Mapping[str, frozenset[Outcome]]
    route: Route


@cache
def arrows(table: Table = SMTP) -> tuple[Arrow, ...]:
    """Every arrow between drawn states that the table's rows have; of the loops, those with a route."""
    laid = layout_of(table)
    pairs: dict[tuple[Any, Any], dict[str, set[Outcome]]] = {}
    for row in table.rows:
        for source in sorted(row.states, key=lambda state: list(table.states).index(state)):
            for outcome, target in _leads(row, source, laid):
                drawn = source in laid.spots and target in laid.spots
                if drawn and (source is not target or (source, target) in laid.routes):
                    pairs.setdefault((source, target), {}).setdefault(row.event, set()).add(outcome)
    ordered = sorted(pairs, key=lambda pair: list(laid.routes).index(pair) if pair in laid.routes else 99)
    return tuple(
        Arrow(*pair, {event: frozenset(found) for event, found in pairs[pair].items()}, laid.route(*pair))
        for pair in ordered
    )


def _leads(row: Row, source: Any, laid: Layout) -> Iterable[tuple[Outcome, Any]]:
    """Where a row leads from a state; for a command that moves nothing back to it, where a loop is drawn for that."""
    loop = laid.routes.get((source, source))
    if loop is not None and loop.stays and not row.leads and not row.event.startswith("("):
        return ((Outcome.COMPLETION, source),)
    return row.leads.items()


def label(arrow: Arrow, table: Table = SMTP) -> tuple[str, int | str]:
    """What stands beside an arrow: the events that it has room for, and the usual code, or POP3's word."""
    names = [name for name in arrow.route.names if name in arrow.events] or list(arrow.events)
    leading = arrow.events[names[0]]
    row = table.at[arrow.source, names[0]]
    if not has_codes(table):
        usual = next((each for each in (*GOOD, Outcome.PERMANENT) if each in leading), Outcome.COMPLETION)
        return ", ".join(names), word(names[0], usual)
    codes = [code for code in row.codes if Outcome.of(code) in leading]
    code = arrow.route.code if arrow.route.code in codes else codes[0]
    return ", ".join(names), code


# ------------------------------------------------------------------------------------------------ what happened
def taken(exchange: Exchange, table: Table = SMTP) -> str:
    """The key of the arrow that an exchange took, or "" where the picture has none."""
    if exchange.outcome is None:
        return ""
    if exchange.outcome is Outcome.CLOSING:
        return layout_of(table).shut.key if exchange.reply is not None and exchange.before is not table.closed else ""
    for arrow in arrows(table):
        if arrow.source is exchange.before and arrow.target is exchange.after:
            return arrow.route.key if exchange.outcome in arrow.events.get(exchange.event, ()) else ""
    return ""


def asked(state: Any, event: str, table: Table = SMTP) -> str:
    """The key of the arrow that a command would take if it were accepted, or ""."""
    for good in (True, False):
        for arrow in arrows(table):
            outcomes = arrow.events.get(event, frozenset()) if arrow.source is state else frozenset[Outcome]()
            if outcomes and (not good or outcomes & {Outcome.COMPLETION, Outcome.INTERMEDIATE}):
                return arrow.route.key
    return ""


def open_arrows(state: Any, facts: Facts, table: Table = SMTP) -> list[str]:
    """The keys of the arrows that the table lets be taken now."""
    found: list[str] = []
    for arrow in arrows(table):
        if arrow.source is not state:
            continue
        rows = [table.at[state, event] for event in arrow.events]
        offered = [row.event for row in rows if not row.keyword or facts.offers(row.keyword)]
        if any(table.verdict(state, event, facts).allowed for event in offered):
            found.append(arrow.route.key)
    return found


_RANK = {"is-path": 0, "is-open": 1, "is-asked": 2, "is-refused": 3, "is-now": 4}


def walk(session: Iterable[Moment]) -> Iterator[tuple[Marks, dict[str, str]]]:
    """For each moment in turn: which classes each mark carries, and the step numbers beside the labels."""
    steps: dict[str, list[int]] = {}
    visited: list[str] = []
    for moment in session:
        marks: Marks = dict.fromkeys((f"edge:{key}" for key in steps), "is-path")
        edge = other = ""
        if moment.is_reply and moment.exchange is not None and moment.state is not None:
            edge = taken(moment.exchange, moment.table)
            if edge:
                steps.setdefault(edge, []).append(moment.position)
                del steps[edge][:-3]
                marks[f"edge:{edge}"] = "is-now"
                other = _other_answer(edge, moment)
            elif moment.is_refused:
                barred = asked(moment.exchange.before, moment.event, moment.table)
                if barred:
                    marks[f"edge:{barred}"] = "is-refused"
        elif moment.is_asked and moment.state is not None:
            edge = asked(moment.state, moment.event, moment.table)
            if edge:
                marks[f"edge:{edge}"] = "is-asked"
        if not moment.is_asked and moment.state is not None:
            for key in open_arrows(moment.state, moment.facts, moment.table):
                had = marks.get(f"edge:{key}", "")
                marks[f"edge:{key}"] = had if had in ("is-now", "is-refused") else f"{had} is-open".strip()
        table = moment.table
        _labels(marks, table)
        texts = {f"at:{_owner(key, table)}": _numbers(key, found, table) for key, found in steps.items()}
        if other:
            marks[f"label:{_owner(edge, table)}"] += " is-other"
            texts[f"as:{_owner(edge, table)}"] = other
        if moment.state is not None:
            if moment.state.name not in visited:
                visited.append(moment.state.name)
            marks.update((f"state:{name}", "is-visited") for name in visited)
            marks[f"state:{moment.state.name}"] = "is-visited is-current"
        yield marks, texts


@cache
def _by_key(table: Table) -> dict[str, Arrow]:
    return {arrow.route.key: arrow for arrow in arrows(table)}


def _owner(key: str, table: Table) -> str:
    arrow = _by_key(table).get(key)
    return (arrow.route.owner if arrow else "") or key


def _numbers(key: str, steps: list[int], table: Table) -> str:
    """The last steps that took an arrow, as many as its label has room for; the very last one always."""
    arrow = _by_key(table).get(key)
    room = 3 if arrow is not None and len(label(arrow, table)[0]) > 8 else 6
    room = arrow.route.room if arrow is not None and arrow.route.room else room
    while len(shown := ", ".join(map(str, steps))) > room and len(steps) > 1:
        steps = steps[1:]
    return shown


def _other_answer(key: str, moment: Moment) -> str:
    """The answer that took the arrow, where it is not the one in its label; else ""."""
    arrow = _by_key(moment.table).get(key)
    usual = "" if arrow is None else str(label(arrow, moment.table)[1])
    return moment.answer if arrow is not None and moment.answer != usual else ""


def _labels(marks: Marks, table: Table) -> None:
    """A label may serve several arrows: the strongest of their classes wins."""
    best: dict[str, str] = {}
    for mark, classes in marks.items():
        own = f"label:{_owner(mark.removeprefix('edge:'), table)}"
        if own not in best or _RANK[classes.split()[-1]] > _RANK[best[own].split()[-1]]:
            best[own] = classes
    marks.update(best)


def marks(transcript: Transcript, position: int) -> tuple[Marks, dict[str, str]]:
    """The classes and the small texts of the picture at a position."""
    *_, last = walk(moments(transcript)[: range(len(transcript) + 1)[position] + 1])
    return last
