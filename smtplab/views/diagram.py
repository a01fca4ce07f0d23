"""The state diagram: SVG whose every arrow comes from the table's rows, laid out by hand in `layout`.

Never does: know a session's text, or colour anything. What happened is told by classes, which a page toggles and
the stylesheet shows:

| class | on | says |
|---|---|---|
| `is-current`, `is-visited` | a state | the session stands there; it has been there |
| `is-now`, `is-path` | an arrow | taken by the reply just seen; taken before |
| `is-asked` | an arrow | a command waits for its reply: half an arrow, for the state moves on the reply |
| `is-refused` | an arrow | the reply refused it: half an arrow, and a bar across |
| `is-open` | an arrow | the table lets it be taken now |

Not drawn: loops that change nothing (NOOP, HELP, a second HELO in READY), and arrows to or from BDAT, AUTH and TLS.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..protocol.replies import Outcome
from ..protocol.smtp import SMTP, State
from ..protocol.table import Facts, Table
from ..protocol.transcript import Exchange, Transcript
from . import layout
from .layout import Route
from .moments import Moment, moments
from .text import esc

Marks = dict[str, str]


@dataclass(frozen=True, slots=True)
class Arrow:
    """One arrow of the picture: from where to where, by which events, on which outcomes of each."""

    source: State
    target: State
    events: Mapping[str, frozenset[Outcome]]
    route: Route


@cache
def arrows(table: Table = SMTP) -> tuple[Arrow, ...]:
    """Every arrow between drawn states that the table's rows have; of the loops, those with a route."""
    pairs: dict[tuple[State, State], dict[str, set[Outcome]]] = {}
    for row in table.rows:
        for source in sorted(row.states, key=lambda state: list(table.states).index(state)):
            for outcome, target in row.leads.items():
                drawn = source in layout.SPOTS and target in layout.SPOTS
                if drawn and (source is not target or (source, target) in layout.ROUTES):
                    pairs.setdefault((source, target), {}).setdefault(row.event, set()).add(outcome)
    ordered = sorted(pairs, key=lambda pair: list(layout.ROUTES).index(pair) if pair in layout.ROUTES else 99)
    return tuple(
        Arrow(*pair, {event: frozenset(found) for event, found in pairs[pair].items()}, layout.route(*pair))
        for pair in ordered
    )


def label(arrow: Arrow, table: Table = SMTP) -> tuple[str, int]:
    """What stands beside an arrow: the events that it has room for, and the usual code."""
    names = [name for name in arrow.route.names if name in arrow.events] or list(arrow.events)
    leading = arrow.events[names[0]]
    row = table.at[arrow.source, names[0]]
    codes = [code for code in row.codes if Outcome.of(code) in leading]
    code = arrow.route.code if arrow.route.code in codes else codes[0]
    return ", ".join(names), code


# ------------------------------------------------------------------------------------------------ what happened
def taken(exchange: Exchange, table: Table = SMTP) -> str:
    """The key of the arrow that an exchange took, or "" where the picture has none."""
    if exchange.outcome is None:
        return ""
    if exchange.outcome is Outcome.CLOSING:
        return layout.SHUT.key if exchange.reply is not None and exchange.before is not table.closed else ""
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
        edge, other = "", 0
        if moment.is_reply and moment.exchange is not None and moment.state is not None:
            edge = taken(moment.exchange, moment.table)
            if edge:
                steps.setdefault(edge, []).append(moment.position)
                del steps[edge][:-3]
                marks[f"edge:{edge}"] = "is-now"
                other = _other_code(edge, moment.code)
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
        _labels(marks)
        texts = {f"at:{_owner(key)}": _numbers(key, found) for key, found in steps.items()}
        if other:
            marks[f"label:{_owner(edge)}"] += " is-other"
            texts[f"as:{_owner(edge)}"] = str(other)
        if moment.state is not None:
            if moment.state.name not in visited:
                visited.append(moment.state.name)
            marks.update((f"state:{name}", "is-visited") for name in visited)
            marks[f"state:{moment.state.name}"] = "is-visited is-current"
        yield marks, texts


@cache
def _by_key() -> dict[str, Arrow]:
    return {arrow.route.key: arrow for arrow in arrows()}


def _owner(key: str) -> str:
    arrow = _by_key().get(key)
    return (arrow.route.owner if arrow else "") or key


def _numbers(key: str, steps: list[int]) -> str:
    """The last steps that took an arrow, as many as its label has room for; the very last one always."""
    arrow = _by_key().get(key)
    room = 3 if arrow is not None and len(label(arrow)[0]) > 8 else 6
    while len(shown := ", ".join(map(str, steps))) > room and len(steps) > 1:
        steps = steps[1:]
    return shown


def _other_code(key: str, code: int) -> int:
    """The code that took the arrow, where it is not the one in its label; else 0."""
    arrow = _by_key().get(key)
    return code if arrow is not None and code != label(arrow)[1] else 0


def _labels(marks: Marks) -> None:
    """A label may serve several arrows: the strongest of their classes wins."""
    best: dict[str, str] = {}
    for mark, classes in marks.items():
        own = f"label:{_owner(mark.removeprefix('edge:'))}"
        if own not in best or _RANK[classes.split()[-1]] > _RANK[best[own].split()[-1]]:
            best[own] = classes
    marks.update(best)


def marks(transcript: Transcript, position: int) -> tuple[Marks, dict[str, str]]:
    """The classes and the small texts of the picture at a position."""
    *_, last = walk(moments(transcript)[: range(len(transcript) + 1)[position] + 1])
    return last


# --------------------------------------------------------------------------------------------------------- SVG
def svg(marks: Mapping[str, str] | None = None, texts: Mapping[str, str] | None = None, *, key: bool = True) -> str:
    """The picture as inline SVG, with the classes of `marks` worn from the start (a page may toggle them later)."""
    return "".join(_parts(marks or {}, texts or {}, key))


def diagram(transcript: Transcript, position: int) -> str:
    """The picture at a position."""
    return svg(*marks(transcript, position))


def _parts(marks: Mapping[str, str], texts: Mapping[str, str], key: bool) -> Iterator[str]:
    def worn(mark: str) -> str:
        return f" {marks[mark]}" if marks.get(mark) else ""

    current = next(
        (m.removeprefix("state:") for m, c in marks.items() if m.startswith("state:") and "current" in c), ""
    )
    stands = f" Current state: {current}." if current else ""
    yield f'<svg class="sl-diagram" viewBox="0 0 {layout.WIDTH} {layout.HEIGHT}" role="img" aria-label="State diagram.{stands}">'
    x, y, width, height = layout.REGION
    yield f'<rect class="region" x="{x}" y="{y}" width="{width}" height="{height}" rx="10"/>'
    x, y, name = layout.REGION_NAME
    yield f'<text class="region-name" x="{x}" y="{y}" text-anchor="middle">{name}</text>'
    routes = [arrow.route for arrow in arrows()] + [layout.SHUT]
    for route in routes:
        tip = "" if route.trunk else head(route.tip, 7, 3.5)
        yield f'<g class="edge base{worn(f"edge:{route.key}")}" data-mark="edge:{route.key}"><path class="line" d="{route.trunk or route.path}"/>{tip}</g>'
    for route in routes:
        yield f'<g class="edge over{worn(f"edge:{route.key}")}" data-mark="edge:{route.key}">{strokes(route.path)}{head(route.tip, 11, 5)}</g>'
    for state in State:
        yield _node(state, worn(f"state:{state.name}"))
    for arrow in arrows():
        if arrow.route.label is not None:
            yield _label(arrow.route, *label(arrow), worn(f"label:{arrow.route.key}"), texts)
    yield _label(layout.SHUT, " from any state", layout.SHUT.code, worn(f"label:{layout.SHUT.key}"), texts)
    if key:
        yield from _key()
    yield "</svg>"


def head(tip: tuple[float, float, float], length: float, half: float) -> str:
    """An arrow's head: its point at the tip."""
    x, y, angle = tip
    return f'<path class="head" d="M0 0L{-length:g} {-half:g}V{half:g}z" transform="translate({x:g} {y:g}) rotate({angle:g})"/>'


def strokes(path: str) -> str:
    """The ways in which one arrow can be drawn: casing, line, half, and the bar of a refusal. Classes choose."""
    x, y, angle = layout.midway(path)
    bar = f'<path class="bar" d="M0 -7V7" transform="translate({x:.1f} {y:.1f}) rotate({angle:.0f})"/>'
    return f'<path class="casing" d="{path}"/><path class="line" d="{path}"/><path class="half" d="{path}" pathLength="100"/>{bar}'


def _node(state: State, worn: str) -> str:
    spot = layout.SPOTS.get(state, layout.ELSEWHERE)
    left, name = spot.x - spot.width / 2, state.name.lower()
    inner = f'<rect class="inner" x="{left + 3.5:g}" y="{spot.y - 12.5:g}" width="{spot.width - 7:g}" height="25" rx="12.5"/>'
    where = "" if state in layout.SPOTS else " elsewhere"
    return (
        f'<g class="node{where}{worn}" data-state="{state.name}" data-mark="state:{state.name}"><title>{esc(state.value)}</title>'
        f'<rect x="{left:g}" y="{spot.y - 16:g}" width="{spot.width:g}" height="32" rx="16"/>{inner if state is State.CLOSED else ""}'
        f'<text x="{spot.x:g}" y="{spot.y + 4.4:g}" text-anchor="middle">{name}</text></g>'
    )


def _label(route: Route, names: str, code: int, worn: str, texts: Mapping[str, str]) -> str:
    assert route.label is not None
    x, y, anchor = route.label
    other = f'<tspan class="as" data-text="as:{route.key}">{esc(texts.get(f"as:{route.key}", ""))}</tspan>'
    at = f'<tspan class="at" dx="3" dy="-3" data-text="at:{route.key}">{esc(texts.get(f"at:{route.key}", ""))}</tspan>'
    if route.is_stacked:
        text = f'<tspan class="v" x="{x:g}">{names}</tspan><tspan x="{x:g}" dy="12.5"><tspan class="r">{code}</tspan>{other}</tspan>'
    elif route is layout.SHUT:
        text = f'<tspan class="r">{code}</tspan>{other}<tspan class="v">{names}</tspan>'
    else:
        text = f'<tspan class="v">{names}</tspan> <tspan class="r">{code}</tspan>{other}'
    return f'<text class="label{worn}" data-mark="label:{route.key}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{text}{at}</text>'


def _key() -> Iterator[str]:
    x, y = layout.KEY
    rows = (
        ("is-now", "taken just now"),
        ("is-path", "taken before"),
        ("is-open", "open now"),
        ("is-asked", "asked, no answer"),
    )
    for at, (name, words) in enumerate(rows):
        low, line = y + at * 16, f"M{x} {y + at * 16}h32"
        drawn = f'<path class="casing" d="{line}"/><path class="line" d="{line}"/><path class="half" d="{line}" pathLength="100"/>'
        yield f'<g class="edge over key {name}">{drawn}{head((x + 32, low, 0), 10, 4.5)}</g><text class="keytext" x="{x + 40}" y="{low + 4}">{words}</text>'
    low = y + len(rows) * 16
    yield f'<text class="keytext" x="{x + 22}" y="{low + 2}"><tspan class="at">5</tspan></text><text class="keytext" x="{x + 40}" y="{low + 4}">at which step</text>'
