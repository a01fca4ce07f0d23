"""The reply-code explorer: the whole catalogue laid out by its digits, filtered by command or by what to do next.

Never does: know a code. Names, meanings and what a client does come from the catalogue, which event may earn a code
from the catalogue and the table together. A page lights the codes of a filter (`filters`) and swaps the detail
(`details`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType

from ..protocol import catalogue
from ..protocol.catalogue import CATALOGUE, FIRST_DIGIT, SECOND_DIGIT, CodeEntry
from ..protocol.recorder import ANY_TIME
from ..protocol.smtp import SENTENCE, SMTP
from .reply import FIRST
from .text import esc
from .words import capital

# What a client does next, and how the catalogue's sentence about it begins. Each code is in exactly one; a code
# about which the catalogue says only "Go by the first digit" is in its digit's (the last column).
_NEXT: Mapping[str, tuple[str, tuple[str, ...], int]] = MappingProxyType(
    {
        "go on": ("what was asked for is done", ("Go on", "Say EHLO", "Show it", "Learn nothing", "Wait for"), 2),
        "close": ("the session is over, and all is well", ("Close",), 0),
        "send more": ("the server waits for the rest", ("Send", "Answer"), 3),
        "try later": ("the same may work then", ("Keep", "Try later", "Ask again later", "Wait;"), 4),
        "correct it": (
            "say it otherwise, or in its place, or leave it out",
            ("Correct", "Choose another", "Do without", "Say it again", "Say what"),
            0,
        ),
        "log in or encrypt": (
            "AUTH or STARTTLS first, or another way of it",
            ("Log in", "Say STARTTLS", "Choose a stronger", "Ask the person"),
            0,
        ),
        "give up": ("tell the sender, and do not say it again", ("Give up", "Do not ask"), 5),
    }
)
_FIRST: Mapping[int, tuple[str, str]] = MappingProxyType({**FIRST, 3: ("more wanted", FIRST[3][1])})
"""The first digit in a learner's words; "go on" is a class here, so the third is named otherwise."""
_BY_DIGIT = "Go by the first digit"

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("(connect)",), ("HELO", "EHLO"), ("MAIL",), ("RCPT",), ("DATA",), ("(end of data)",), ("BDAT", "BDAT LAST"),
    ("RSET", "NOOP"), ("VRFY", "EXPN"), ("HELP",), ("AUTH", "(response)"), ("STARTTLS",), ("QUIT",),
)  # fmt: skip
"""The events that a filter offers, those with the same codes together."""


def what_next(code: int) -> str:
    """What a client does on a code, in two or three words: the class that its entry's action belongs to.

    >>> what_next(250), what_next(450), what_next(530), what_next(599)
    ('go on', 'try later', 'log in or encrypt', 'give up')
    """
    action = catalogue.entry(code).client_action
    if code in CATALOGUE and not action.startswith(_BY_DIGIT):
        for name, (_, beginnings, _) in _NEXT.items():
            if action.startswith(beginnings):
                return name
    return next(name for name, (_, _, digit) in _NEXT.items() if digit == code // 100)


def classes() -> Mapping[str, tuple[int, ...]]:
    """What to do next -> the catalogue's codes on which a client does it; every code is in exactly one."""
    return MappingProxyType({name: tuple(code for code in CATALOGUE if what_next(code) == name) for name in _NEXT})


def may_answer(code: int, event: str) -> bool:
    """Whether the event may earn the code, by the table's rows and by the catalogue (RFC 5321 §4.3.2).

    >>> may_answer(550, "RCPT"), may_answer(354, "RCPT"), may_answer(421, "NOOP")
    (True, False, True)
    """
    listed = any(code in row.codes for row in SMTP.by_event.get(event, ()))
    is_verb = event in SMTP.verbs
    return listed or event in catalogue.entry(code).used_by or (is_verb and code in ANY_TIME)


def find(
    *, first: int | None = None, second: int | None = None, event: str | None = None, then: str | None = None
) -> tuple[CodeEntry, ...]:
    """The catalogue's entries that fit everything asked for: digits, an event that may earn it, what to do next.

    Raises ValueError for a `then` that is no class of `classes()`.
    """
    if then is not None and then not in _NEXT:
        raise ValueError(f"{then!r} is nothing a client does next. Give one of: {', '.join(_NEXT)}.")
    return tuple(
        entry
        for code, entry in CATALOGUE.items()
        if (first is None or code // 100 == first)
        and (second is None or code // 10 % 10 == second)
        and (event is None or may_answer(code, event))
        and (then is None or what_next(code) == then)
    )


@cache
def filters() -> Mapping[str, tuple[int, ...]]:
    """Every filter a page offers -> the codes that it lights: `all`, `first:5`, `second:3`, `event:RCPT`, `then:give up`."""
    found: dict[str, tuple[int, ...]] = {"all": tuple(CATALOGUE)}
    found |= {f"first:{digit}": _numbers(find(first=digit)) for digit in FIRST_DIGIT}
    found |= {f"second:{digit}": _numbers(find(second=digit)) for digit in SECOND_DIGIT}
    for events in COMMANDS:
        codes = {entry.code for event in events for entry in find(event=event)}
        found[f"event:{events[0]}"] = tuple(sorted(codes))
    return MappingProxyType(found | {f"then:{name}": codes for name, codes in classes().items()})


def filter_of(event: str) -> str:
    """The name of the filter that lights what the event may earn. Raises ValueError, naming the events, for another."""
    for events in COMMANDS:
        if event in events:
            return f"event:{events[0]}"
    known = ", ".join(event for events in COMMANDS for event in events)
    raise ValueError(f"no command is called {event!r} here. Say one of: {known}.")


def _numbers(entries: Iterable[CodeEntry]) -> tuple[int, ...]:
    return tuple(entry.code for entry in entries)


@cache
def details() -> Mapping[int, str]:
    """Every code of the catalogue -> the HTML that tells about it."""
    return MappingProxyType({code: detail(code) for code in CATALOGUE})


# ----------------------------------------------------------------------------------------------------------- map
def codes(chosen: str = "all", code: int = 250) -> str:
    """The explorer as HTML: filters, the catalogue by its digits with the filter's codes lit, and one code's detail.

    `chosen` is a name of `filters()`; KeyError for another. `code` may be any reply code.
    """
    lit = frozenset(filters()[chosen])
    head = "".join(_column(digit, chosen) for digit in _columns())
    body = "".join(_map_row(digit, lit, code, chosen) for digit in FIRST_DIGIT)
    title = f"{len(CATALOGUE)} of them, placed by their digits; filled marks fit the choice"
    return (
        f'<div class="sl-codes" data-filter="{esc(chosen)}" data-code="{code}"><p class="sl-title"><b>Reply codes</b> {title}</p>'
        f'{_filters(chosen)}<table class="sl-map"><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>'
        f'<p class="sl-title told"><b>The code chosen</b></p><div data-out="code" role="region" aria-label="The code chosen">{detail(code)}</div></div>'
    )


@cache
def _columns() -> tuple[int, ...]:
    """The second digits that some code has."""
    return tuple(digit for digit in SECOND_DIGIT if find(second=digit))


def _filters(chosen: str) -> str:
    events = [(f"event:{group[0]}", ", ".join(group)) for group in COMMANDS]
    doings = [(f"then:{name}", name) for name in _NEXT]
    return _choice("may answer", [("all", "anything"), *events], chosen) + _choice("a client", doings, chosen)


def _choice(legend: str, options: list[tuple[str, str]], chosen: str) -> str:
    items = "".join(
        f'<button type="button" class="flt" data-filter="{esc(value)}" aria-pressed="{"true" if value == chosen else "false"}">{esc(name)}</button>'
        for value, name in options
    )
    return f'<div class="sl-filter" role="group" aria-label="{legend}"><span class="lg">{legend}</span><span class="all">{items}</span></div>'


def _head_button(value: str, shown: str, chosen: str) -> str:
    pressed = "true" if value == chosen else "false"
    return f'<button type="button" class="flt" data-filter="{value}" aria-pressed="{pressed}"><code>{shown}</code></button>'


def _column(digit: int, chosen: str) -> str:
    return f'<th scope="col">{_head_button(f"second:{digit}", f"x{digit}z", chosen)} {_about(digit)}</th>'


def _about(second: int) -> str:
    """A second digit in a word; the one that the standard leaves open is named after its use."""
    name = SECOND_DIGIT[second].name
    return "logging in" if name == "unspecified" else name


def _map_row(digit: int, lit: frozenset[int], code: int, chosen: str) -> str:
    cells = "".join(_map_cell(find(first=digit, second=second), second, lit, code) for second in _columns())
    words, does = _FIRST[digit][0], FIRST_DIGIT[digit].meaning.partition(": ")[2]
    head = f"{_head_button(f'first:{digit}', f'{digit}yz', chosen)}<b>{words}</b><span>{esc(does)}</span>"
    return f'<tr><th scope="row">{head}</th>{cells}</tr>'


def _map_cell(entries: tuple[CodeEntry, ...], second: int, lit: frozenset[int], code: int) -> str:
    buttons = "".join(
        f'<button type="button" class="cd{" hit" if entry.code in lit else ""}" data-code="{entry.code}"'
        f' aria-pressed="{"true" if entry.code == code else "false"}"><code>{entry.code}</code><span>{esc(entry.name)}</span></button>'
        for entry in entries
    )
    return (
        f'<td data-second="{second}">{buttons}</td>'
        if buttons
        else '<td class="bare"><span class="none">none</span></td>'
    )


# -------------------------------------------------------------------------------------------------------- detail
def detail(code: int) -> str:
    """One code as HTML: digit by digit, what it says, what a client does, after what. Any reply code will do."""
    entry = catalogue.entry(code)
    first, second = code // 100, code // 10 % 10
    about = SECOND_DIGIT.get(second)
    parts = (
        _part(code, 0, _FIRST[first][1], {d: words[0] for d, words in _FIRST.items()}, first),
        _part(
            code,
            1,
            f"{capital(about.meaning if about else 'left open by the standard')}.",
            {d: _about(d) for d in _columns()},
            second,
        ),
        _part(code, 2, f"{capital(entry.name)}.", {}, 0),
    )
    items = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in _items(code, entry))
    return f'<div class="sl-code"><div class="sl-anatomy">{"".join(parts)}</div><dl class="kv">{items}</dl></div>'


def _part(code: int, lit: int, words: str, scale: Mapping[int, str], on: int) -> str:
    digits = "".join(f"<b>{digit}</b>" if at == lit else f"<i>{digit}</i>" for at, digit in enumerate(str(code)))
    spans = "".join(
        f"<span{' class=on' if digit == on else ''}><code>{digit}</code> {esc(name)}</span>"
        for digit, name in scale.items()
    )
    below = f'<span class="scale">{spans}</span>' if spans else ""
    return f'<div class="part"><span class="code">{digits}</span><div><b>{esc(words)}</b>{below}</div></div>'


def _items(code: int, entry: CodeEntry) -> Iterator[tuple[str, str]]:
    yield "means", esc(entry.meaning)
    yield "a client", esc(entry.client_action)
    for event, action in catalogue.actions(code).items():
        yield "", f"after <b>{esc(event)}</b>: {esc(action)}"
    name = what_next(code)
    yield "that is", f"<b>{esc(name)}</b>: {esc(_NEXT[name][0])}"
    yield "may answer", esc(", ".join(_events(code)) or "nothing that is known here")
    yield "source", esc(entry.section)


def _events(code: int) -> list[str]:
    if code in ANY_TIME:
        return ["any command", *(event for event in SENTENCE if event.startswith("(") and may_answer(code, event))]
    return [event for event in SENTENCE if may_answer(code, event)]


# --------------------------------------------------------------------------------------------------------- plain
def plain(
    *, first: int | None = None, second: int | None = None, event: str | None = None, then: str | None = None
) -> str:
    """The codes that fit, a line each: code, name, what to do next; then their count. Raises as `find` does."""
    found = find(first=first, second=second, event=event, then=then)
    lines = [f"{entry.code}  {entry.name:<34} {what_next(entry.code)}" for entry in found]
    return "\n".join([*lines, f"{len(found)} of {len(CATALOGUE)} codes"])
