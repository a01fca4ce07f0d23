"""Every verb against every state: what would be answered, and why. All of it comes from the table's verdicts.

Never does: decide. The table of cells is drawn once; a page lights the column of the state, marks the rows, and
swaps the few words that depend on the position. So a step costs a few hundred characters, however long the session.

Rows: what every server has, the dot that ends mail data among them, and of the extensions those that this server
offered in this session.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..protocol.smtp import SMTP, State
from ..protocol.table import Facts, Reading, Table
from ..protocol.transcript import Transcript
from .moments import Moment, moments
from .moves_words import wording
from .status import awaited
from .text import esc

END = "(end of data)"
_SAID = {"m": "moves", "s": "stays", "x": "refused", "t": "a line of the letter"}


def events(session: Iterable[Moment]) -> list[str]:
    """The rows: events that a client can bring about, extensions only where they were offered."""
    offered: set[str] = set()
    table: Table = SMTP
    for moment in session:
        table = moment.table
        offered.update(moment.facts.keywords)
    rows = {row.event: row.keyword for row in table.rows if not row.event.startswith("(") or row.event == END}
    return [event for event, keyword in rows.items() if event in table.syntax and (not keyword or keyword in offered)]


def cell(state: Any, event: str, facts: Facts, table: Table = SMTP) -> tuple[str, str]:
    """(code or word, kind) of one cell: kind m moves, s stays, x refused, t a line of the letter."""
    if event == END and not table.lists(state, END):
        return str(table.verdict(state, "(unknown verb)", facts).code), "x"
    if state is State.DATA and event != END:
        return "text", "t"
    verdict = table.verdict(state, event, facts)
    says, leads_to = awaited(verdict, table)
    if not verdict.allowed:
        return says, "x"
    return says, "s" if leads_to is state else "m"


def why(state: Any, event: str, facts: Facts, table: Table = SMTP) -> str:
    """Why a cell says what it says, in a few words."""
    verdict, words = table.verdict(state, event, facts), wording(table)
    if state is State.DATA and event != END:
        return "a line of the letter"
    if not verdict.allowed:
        return verdict.missing
    if not verdict.moves:
        return words.stays.get(event, "changes nothing")
    if state in words.inside and event in words.there:
        return words.there[event]
    return words.moves.get(event, f"leads to {verdict.leads_to.name.lower()}")


def heading(now: Moment) -> str:
    """One line over the table: whose turn it is."""
    if now.state is None:
        return "Without replies no state is known, so no column is lit."
    if now.state is now.table.closed:
        return "Nothing more: the connection is closed."
    if now.is_asked:
        return f"Wait: {now.event.strip('()')} is asked, the server has not answered."
    if now.state is now.table.start:
        return "The server speaks first: wait."
    reads = now.table.reading(now.state)
    if reads is Reading.DATA:
        return "Any line now is mail data; only the dot is not."
    if reads is Reading.NOTHING:
        return f"No {now.table.name} before the TLS handshake is done."
    if reads is Reading.RESPONSE:
        return "The next line is a response, not a command."
    return "What you may say now, and what would be answered to the rest."


Texts = dict[str, str]


def walk(session: Iterable[Moment], rows: list[str], base: Facts) -> Iterator[tuple[Texts, Texts]]:
    """(marks, texts) for each moment in turn; moments alike share theirs, so leave them as they are."""
    known: dict[tuple[object, ...], tuple[Texts, Texts]] = {}
    for now in session:
        alike = (now.state, id(now.facts), now.is_asked, now.event if now.is_asked else "")
        if alike not in known:
            known[alike] = step(now, rows, base)
        yield known[alike]


def step(now: Moment, rows: list[str], base: Facts) -> tuple[Texts, Texts]:
    """(marks, texts) at a moment: the column lit, the rows that can be said, and why. `base` drew the cells."""
    marks: Texts = {}
    texts = {"moves": heading(now)}
    says_nothing = now.state is None or now.table.reading(now.state) in (Reading.NOTHING, Reading.RESPONSE)
    idle = says_nothing or now.state is now.table.start
    columns = wording(now.table).columns
    if now.state is not None and now.state in columns:
        marks[f"col:{now.state.name}"] = "is-now"
    else:
        marks[f"col:{columns[0].name}"] = "is-keep"
    for event in rows:
        if now.is_asked:
            if event == now.event and now.state is not None:
                marks[f"row:{event}"], texts[f"why:{event}"] = "asked", _awaited(now)
        elif not idle:
            if cell(now.state, event, now.facts, now.table)[1] in "ms":
                marks[f"row:{event}"] = "can"
            texts[f"why:{event}"] = why(now.state, event, now.facts, now.table)
        if now.facts is not base:
            _changed(now, event, base, marks, texts)
    return marks, texts


def _awaited(now: Moment) -> str:
    verdict = now.table.verdict(now.state, now.event, now.facts)
    says, leads_to = awaited(verdict, now.table)
    return f"awaited: {says}, then {leads_to.name.lower()}" if verdict.allowed else f"awaited: {says}"


def _changed(now: Moment, event: str, base: Facts, marks: Texts, texts: Texts) -> None:
    """Cells that the facts have changed since the table was drawn (a guard holds now, or no longer)."""
    for state in wording(now.table).columns:
        code, kind = cell(state, event, now.facts, now.table)
        if (code, kind) != cell(state, event, base, now.table):
            marks[f"cell:{event}:{state.name}"] = f"was-not now-{kind}"
            texts[f"cell:{event}:{state.name}"] = code


# --------------------------------------------------------------------------------------------------------- HTML
def moves(transcript: Transcript, position: int) -> str:
    """The table at a position, as HTML."""
    session = moments(transcript)
    rows, now = events(session), session[range(len(session))[position]]
    marks, texts = step(now, rows, now.facts)
    return table(rows, now.facts, marks, texts, of=transcript.table)


def table(
    rows: list[str],
    base: Facts,
    marks: Texts,
    texts: Texts,
    sizes: dict[str, list[str]] | None = None,
    of: Table = SMTP,
) -> str:
    """The table as HTML, its marks worn. `sizes` are all the texts that a place may come to hold: room is kept for them."""
    few = "" if len(wording(of).columns) > 3 else " is-few"
    parts = list(_parts(rows, base, marks, texts, sizes or {}, of))
    return f'<div class="sl-moves{few}">{"".join(parts)}</div>'


def room(name: str, text: str, sizes: dict[str, list[str]]) -> str:
    """A place for text that changes: the longest ones lie under it, unseen, so that nothing moves."""
    under = "".join(f'<span class="sz">{esc(other)}</span>' for other in sizes.get(name, []))
    size = f'<span class="size" aria-hidden="true">{under}</span>' if under else ""
    return f'<span class="sl-swap"><span class="live" data-text="{esc(name)}">{esc(text)}</span>{size}</span>'


def _parts(
    rows: list[str], base: Facts, marks: Texts, texts: Texts, sizes: dict[str, list[str]], of: Table
) -> Iterator[str]:
    words = wording(of)

    def worn(mark: str) -> str:
        return f" {marks[mark]}" if mark in marks else ""

    yield f'<div class="sl-title"><b>Moves</b> {room("moves", texts.get("moves", ""), sizes)}</div>'
    yield '<table><thead><tr><th scope="col" class="syn">say</th>'
    for state in words.columns:
        name = state.name
        yield f'<th scope="col" class="c{worn(f"col:{name}")}" data-mark="col:{name}">{name.lower()}</th>'
    yield '<th scope="col" class="why">why</th><th scope="col" class="sec"><span class="sl-vh">section</span></th></tr></thead><tbody>'
    for event in rows:
        yield f'<tr class="mv{worn(f"row:{event}")}" data-mark="row:{event}"><th scope="row" class="syn"><code>{esc(of.syntax[event])}</code></th>'
        for state in words.columns:
            yield _cell(event, state, base, worn(f"col:{state.name}"), of)
        section = of.by_event[event][0].section.removeprefix(f"{words.standard} ")
        yield f'<td class="why">{room(f"why:{event}", texts.get(f"why:{event}", ""), sizes)}</td><td class="sec">{section}</td></tr>'
    yield "</tbody></table>"
    yield f'<p class="cap"><span class="lg m"><i></i>moves</span><span class="lg s"><i></i>stays</span><span>no mark: refused</span><span>§ {words.standard}</span></p>'


def _cell(event: str, state: Any, base: Facts, worn: str, of: Table) -> str:
    code, kind = cell(state, event, base, of)
    guarded = any(row.guards for row in of.by_event[event])
    if not guarded:
        return (
            f'<td class="c {kind}{worn}" data-mark="col:{state.name}"><i aria-hidden="true"></i>{code}'
            f'<span class="sl-vh"> {_SAID[kind]}</span></td>'
        )
    name = f"cell:{event}:{state.name}"
    return (
        f'<td class="c {kind}{worn}" data-mark="col:{state.name}"><span class="cell {kind}" data-mark="{name}"><i aria-hidden="true"></i>'
        f'<span class="base">{code}<span class="sl-vh"> {_SAID[kind]}</span></span><span class="now" data-text="{name}"></span></span></td>'
    )
