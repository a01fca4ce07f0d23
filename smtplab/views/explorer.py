"""The explorer of the state machine: what a state or an arrow means, what may be said there, how to get there.

Never does: decide. Meanings are the states' own, verdicts the table's, ways are found by a search over it
(`routes`). A page shows one fragment at a time: `fragments()` maps each mark of the diagram to its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from ..protocol import catalogue
from ..protocol.replies import Outcome
from ..protocol.smtp import SENTENCE, SMTP, SYNTAX, State
from ..protocol.table import Facts
from . import diagram, diagram_svg, layout, moves
from .diagram import Arrow
from .routes import Hop, codes_of, facts_at, over, route, shortest
from .text import esc
from .words import capital

__all__ = ["about_arrow", "about_event", "about_state", "explorer", "fragments", "plain", "shortest", "wears"]

_NOTHING = {
    State.CONNECTED: "Nothing yet: the server speaks first. Wait for its 220.",
    State.TLS: "Nothing that is SMTP, until both ends have agreed on keys.",
    State.CLOSED: "Nothing more: connect again.",
}
_GOOD = (Outcome.COMPLETION, Outcome.INTERMEDIATE)
_CODES_SHOWN = 14


def explorer(selected: str = "state:READY") -> str:
    """The diagram beside what is selected, as HTML; `selected` is a mark, as `fragments` has it.

    Raises KeyError for a mark that there is not.
    """
    told = fragments()[selected]
    drawn = diagram_svg.svg(dict.fromkeys(wears(selected), "is-chosen"), key=False)
    title = '<p class="sl-title"><b>The state machine</b> choose a state or an arrow</p>'
    return (
        f'<div class="sl-explorer" data-selected="{esc(selected)}"><div class="map">{title}{drawn}{_choices(selected)}</div>'
        f'<div class="told"><div data-out="explorer" role="region" aria-label="What it means">{told}</div>'
        '<div class="ran" data-out="ran"></div></div></div>'
    )


def wears(selected: str) -> tuple[str, ...]:
    """The marks that are lit where this one is selected: an arrow's label with the arrow."""
    kind, _, name = selected.partition(":")
    owner = next((a.route.owner for a in diagram.arrows() if a.route.key == name), "") or name
    return (selected, f"label:{owner}") if kind == "edge" else (selected,)


def _choices(selected: str) -> str:
    """All that can be chosen, as a list for those who choose by keys."""
    options = "".join(
        f'<option value="{esc(mark)}"{" selected" if mark == selected else ""}>{esc(name)}</option>'
        for mark, name in names().items()
    )
    return f'<label class="cap choose">State or command <select data-choose="mark">{options}</select></label>'


@cache
def names() -> Mapping[str, str]:
    """Every mark that can be chosen, and what it is called."""
    found = {f"state:{state.name}": state.name.lower() for state in State}
    for arrow in diagram.arrows():
        found[f"edge:{arrow.route.key}"] = _arrow_name(arrow)
    found[f"edge:{layout.SHUT.key}"] = "any state to closed, by 421"
    return found


@cache
def fragments() -> Mapping[str, str]:
    """For each mark of the diagram (`state:MAIL`, `edge:rcpt`) the HTML of what it means."""
    found = {f"state:{state.name}": about_state(state) for state in State}
    for arrow in diagram.arrows():
        found[f"edge:{arrow.route.key}"] = about_arrow(arrow)
    found[f"edge:{layout.SHUT.key}"] = _about_shut()
    return found


def _arrow_name(arrow: Arrow) -> str:
    return f"{arrow.source.name.lower()} to {arrow.target.name.lower()}, by {', '.join(arrow.events)}"


# -------------------------------------------------------------------------------------------------------- states
def about_state(state: State) -> str:
    """What a state means, what may be said in it, and a shortest session that gets there, as HTML."""
    says = "".join(_say(event, state) for event in _events(state))
    if state is State.DATA:
        says += '<tr class="cannot"><th scope="row">anything else</th><td class="c t">text</td><td>A line of the letter</td></tr>'
    nothing = _NOTHING.get(state)
    if nothing is None:
        body = f'<table class="sl-says"><thead><tr><th scope="col">say</th><th scope="col" class="c">answer</th><th scope="col">why</th></tr></thead><tbody>{says}</tbody></table>'
    else:
        body = f"<p>{esc(nothing)}</p>"
    return (
        f'<div class="ex"><p class="say">{state.name.lower()}</p><p class="more">{esc(capital(state.value))}.</p>'
        f'<p class="sl-title"><b>What may be said</b></p>{body}{_way("A shortest session to here", route(state))}</div>'
    )


def _events(state: State) -> list[str]:
    """The events that a client can bring about, those that are in place first."""
    every = [event for event in SYNTAX if event in SMTP.by_event]
    if state is State.AUTH:
        return ["(response)"]
    if state is State.DATA:
        return [moves.END]
    facts = facts_at(state)
    return sorted(every, key=lambda event: moves.cell(state, event, facts)[1] not in "ms")


def _say(event: str, state: State) -> str:
    facts = facts_at(state)
    code, kind = moves.cell(state, event, facts) if event != "(response)" else ("235", "m")
    keyword = SMTP.by_event[event][0].keyword
    needs = f" <cite>needs {keyword}</cite>" if keyword and kind in "ms" else ""
    verdict = SMTP.verdict(state, event, facts)
    leads = f"to {verdict.leads_to.name.lower()}" if kind == "m" else "stays" if kind == "s" else ""
    can = "can" if kind in "ms" else "cannot"
    why = capital(moves.why(state, event, facts)) if event != "(response)" else SENTENCE[event]
    heard = {"m": "moves", "s": "stays", "x": "refused", "t": "a line of the letter"}[kind]
    return (
        f'<tr class="{can}"><th scope="row"><code>{esc(SYNTAX.get(event, "base64, or *"))}</code></th>'
        f'<td class="c {kind}"><i aria-hidden="true"></i>{code}<span class="sl-vh"> {heard}</span> <span class="to">{leads}</span></td>'
        f"<td>{esc(why)}{needs}</td></tr>"
    )


# -------------------------------------------------------------------------------------------------------- arrows
def about_arrow(arrow: Arrow) -> str:
    """What an arrow of the diagram means, event by event, as HTML, and a shortest session over it."""
    title = f"{arrow.source.name.lower()} to {arrow.target.name.lower()}"
    parts = "".join(_event_part(arrow.source, event, outcomes) for event, outcomes in _ordered(arrow))
    return (
        f'<div class="ex"><p class="say">{title}</p>{parts}{_way("A shortest session over it", way_over(arrow))}</div>'
    )


def _ordered(arrow: Arrow) -> list[tuple[str, frozenset[Outcome]]]:
    """The events of an arrow, those that its label names first."""
    return sorted(arrow.events.items(), key=lambda item: item[0] not in arrow.route.names)


def way_over(arrow: Arrow) -> tuple[Hop, ...]:
    """A shortest way over an arrow, by the event that its label names first."""
    ordered = _ordered(arrow)
    event, outcomes = next((item for item in ordered if item[0] in arrow.route.names[:1]), ordered[0])
    outcome = next((each for each in _GOOD if each in outcomes), sorted(outcomes, key=lambda each: each.name)[0])
    return over(arrow.source, event, outcome)


def about_event(source: State, event: str, outcome: Outcome) -> str:
    """What one event with one outcome does in a state, as HTML. Raises ValueError where the table has no such arrow."""
    hops = over(source, event, outcome)
    target = hops[-1].state.name.lower()
    title = f"{source.name.lower()} to {target}"
    part = _event_part(source, event, frozenset({outcome}))
    return f'<div class="ex"><p class="say">{title}</p>{part}{_way("A shortest session over it", hops)}</div>'


def _event_part(source: State, event: str, outcomes: frozenset[Outcome]) -> str:
    row = SMTP.at[source, event]
    taking = [code for outcome in Outcome if outcome in outcomes for code in codes_of(row, outcome)]
    staying = [
        code
        for code in row.codes
        if code not in taking and row.leads.get(Outcome.of(code), source) is source and code != 421
    ]
    said = f"<code>{esc(SYNTAX[event])}</code>" if event in SYNTAX else esc(event)
    items = [("meaning", esc(SENTENCE.get(event, ""))), ("taken on", _codes(taking) or "no reply: it happens")]
    items += [("not taken", _codes(staying))] if staying else []
    items += [("wants", ", ".join(esc(guard.name) for guard in row.guards))] if row.guards else []
    items += [("offered as", esc(row.keyword))] if row.keyword else []
    items.append(("section", esc(row.section)))
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in items)
    return f'<p class="sl-title"><b>{said}</b></p><dl class="kv">{rows}</dl>'


def _codes(codes: list[int]) -> str:
    shown = [f"<span><code>{code}</code> {esc(catalogue.entry(code).name)}</span>" for code in codes[:_CODES_SHOWN]]
    return f'<span class="cds">{"".join(shown)}</span>' if shown else ""


def _about_shut() -> str:
    entry = catalogue.entry(421)
    items = (
        ("meaning", esc(entry.meaning)),
        ("taken on", "<code>421</code>, whatever was said, or nothing at all"),
        ("a client", esc(entry.client_action)),
        ("section", esc(entry.section)),
    )
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in items)
    return f'<div class="ex"><p class="say">any state to closed</p><dl class="kv">{rows}</dl></div>'


# ---------------------------------------------------------------------------------------------------------- ways
def _way(title: str, hops: tuple[Hop, ...]) -> str:
    """A way as a list: what the client says, the code that leads on, the state after it."""
    if not hops:
        return f'<p class="sl-title"><b>{title}</b></p><p>Connect: nothing has to be said.</p>'
    items = "".join(_hop(hop) for hop in hops)
    beyond = (
        ""
        if all(hop.is_usual for hop in hops)
        else '<p class="cap">The server decides that; no client can ask for it.</p>'
    )
    lines = "\n".join(line for hop in hops for line in hop.lines)
    run = (
        f'<button type="button" class="sl-btn" data-act="run" data-lines="{esc(lines, breaks=True)}">Run it</button>'
        if not beyond
        else ""
    )
    return f'<p class="sl-title"><b>{title}</b></p><ol class="sl-way">{items}</ol>{beyond}{run}'


def _hop(hop: Hop) -> str:
    said = "<br>".join(
        f"<code>{esc(line)}</code>" if line else '<span class="it">empty line</span>' for line in hop.lines
    )
    code = f"<code><b>{hop.code}</b></code>" if hop.code else '<span class="it">no reply</span>'
    shown = said or f'<span class="it">{esc(SENTENCE.get(hop.event, hop.event))}</span>'
    return f'<li><span class="said">{shown}</span><span class="code">{code}</span><span class="to">now {hop.state.name.lower()}</span></li>'


# --------------------------------------------------------------------------------------------------------- plain
def plain(selected: str = "state:READY") -> str:
    """What is selected, in words. Raises KeyError for a mark that there is not."""
    name = names()[selected]
    if selected.startswith("state:"):
        return "\n".join(_plain_state(State[selected.partition(":")[2]]))
    arrow = next((each for each in diagram.arrows() if f"edge:{each.route.key}" == selected), None)
    if arrow is None:
        return f"{name}\n  {catalogue.entry(421).meaning}"
    lines = [name]
    for event, outcomes in arrow.events.items():
        row = SMTP.at[arrow.source, event]
        codes = " ".join(str(code) for outcome in Outcome if outcome in outcomes for code in codes_of(row, outcome))
        lines.append(f"  {SYNTAX.get(event, event):<22} {codes:<12} {SENTENCE.get(event, '')} ({row.section})")
    return "\n".join(lines)


def _plain_state(state: State) -> Iterator[str]:
    facts = facts_at(state)
    yield f"{state.name}: {state.value}."
    yield "To get here:"
    for hop in route(state):
        said = hop.lines or (f"({SENTENCE.get(hop.event, hop.event)})",)
        for line in said[:-1]:
            yield f"  {line}"
        yield f"  {said[-1]:<34} {hop.code or '---'}  now {hop.state.name}"
    if not route(state):
        yield "  (connect; nothing has to be said)"
    if state in _NOTHING:
        yield _NOTHING[state]
        return
    yield "What may be said:"
    for event in _events(state):
        yield _plain_say(event, state, facts)
    if state is State.DATA:
        yield f"  {'anything else':<22} text a line of the letter"


def _plain_say(event: str, state: State, facts: Facts) -> str:
    if event == "(response)":
        return f"  {'base64, or *':<22} 235  {SENTENCE[event]}"
    code, kind = moves.cell(state, event, facts)
    verdict = SMTP.verdict(state, event, facts)
    leads = (
        f"now {verdict.leads_to.name}" if kind == "m" else "stays" if kind == "s" else moves.why(state, event, facts)
    )
    return f"  {SYNTAX[event]:<22} {code:<4} {leads}"
