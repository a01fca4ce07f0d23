"""Many sessions side by side: what was said, and the code that each was answered. What one script earned from servers.

Never does: compare words, which are not protocol; two sessions and their words are `compare`'s. A code that is not the one
most gave is lit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..protocol.smtp import SENTENCE
from ..protocol.transcript import Exchange, Transcript
from .align import align, code_of, said_of
from .icons import icon
from .rungs import fit
from .text import esc, visible
from .words import short

MOST_SESSIONS = 12
"""Columns that there is room for."""
_AT_MOST = 120
"""Rows shown; of more, those in which the answers part come first, and the rest is counted."""
_NONE = "none"
_ABSENT = '<span aria-hidden="true">-</span><span class="sl-vh">not here</span>'


@dataclass(frozen=True, slots=True)
class Row:
    """One thing said, and what became of it in each session that has it."""

    said: Exchange
    answers: dict[str, Exchange] = field(default_factory=dict[str, Exchange])

    def code(self, name: str) -> str:
        """The code of its reply there; "none" for no reply, "" where it was not said."""
        exchange = self.answers.get(name)
        return "" if exchange is None else str(code_of(exchange)) if exchange.reply is not None else _NONE

    def usual(self, names: tuple[str, ...]) -> str:
        """What most answered; of as many, what the first did."""
        return Counter(self.code(name) for name in names).most_common(1)[0][0]

    def parts(self, names: tuple[str, ...]) -> bool:
        """True where not all answered with one code."""
        return len({self.code(name) for name in names}) > 1

    @property
    def states(self) -> tuple[str, ...]:
        """The states after it, each once."""
        return tuple(dict.fromkeys(exchange.after.name.lower() for exchange in self.answers.values()))


def rows(sessions: Mapping[str, Transcript]) -> list[Row]:
    """What was said in any of them, in order; what several were told stands once. A connection that ends is left out."""
    found: list[Row] = []
    for name, session in sessions.items():
        # Without steps of its own: making them anew would take the exchanges away from their sessions.
        told = Transcript([row.said for row in found], steps=())
        known = {id(row.said): row for row in found}
        found = []
        for pair in align(told, session):
            one = pair.left or pair.right
            assert one is not None
            row = known.get(id(one)) or Row(one)
            if pair.right is not None:
                row.answers[name] = pair.right
            found.append(row)
    return [row for row in found if row.said.event != "(eof)"]


def checked(sessions: Mapping[str, Transcript]) -> Mapping[str, Transcript]:
    """The sessions, if there are 2 to MOST_SESSIONS. Raises ValueError."""
    if not 2 <= len(sessions) <= MOST_SESSIONS:
        raise ValueError(f"2 to {MOST_SESSIONS} sessions can stand side by side, not {len(sessions)}. Choose some.")
    return sessions


def heading(told: list[Row], names: tuple[str, ...]) -> str:
    """What it comes to, in a sentence."""
    parted = sum(row.parts(names) for row in told)
    if not told:
        return "Nothing was said in any of them."
    if not parted:
        return f"All {len(names)} answer with the same codes."
    return f"They part at {parted:,} of {len(told):,} things said."


def _shown(told: list[Row], names: tuple[str, ...]) -> Iterator[Row | str]:
    if len(told) <= _AT_MOST:
        yield from told
        return
    kept = {id(row) for row in sorted(told, key=lambda row: not row.parts(names))[:_AT_MOST]}
    left = 0
    for row in told:
        if id(row) in kept:
            if left:
                yield f"{left:,} more"
            left = 0
            yield row
        else:
            left += 1
    if left:
        yield f"{left:,} more"


# --------------------------------------------------------------------------------------------------------- HTML
def answers(sessions: Mapping[str, Transcript]) -> str:
    """The table as HTML."""
    names = tuple(sessions)
    told = rows(sessions)
    heads = "".join(f'<th scope="col"><span>{esc(short(name, 24))}</span></th>' for name in names)
    body = "".join(_row(row, names) for row in _shown(told, names))
    return (
        f'<div class="sl-compare sl-answers"><p class="sl-title"><b>Side by side</b> {esc(heading(told, names))}</p>'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(row: Row | str, names: tuple[str, ...]) -> str:
    if isinstance(row, str):
        return f'<tr class="fold"><td colspan="{len(names)}"><span class="it">{row}</span></td></tr>'
    usual = row.usual(names)
    cells = "".join(_cell(row.code(name), usual) for name in names)
    states = f'<span class="only">then {esc(" or ".join(row.states))}</span>'
    return (
        f'<tr class="c"><td class="both" colspan="{len(names)}">{_said(row.said)}{states}</td></tr>'
        f'<tr class="s">{cells}</tr>'
    )


def _cell(code: str, usual: str) -> str:
    shown = f"<code>{code}</code>" if code not in ("", _NONE) else f'<span class="it">{code or _ABSENT}</span>'
    return f"<td>{shown}</td>" if code == usual else f'<td class="odd"><span class="sl-vh">differs: </span>{shown}</td>'


def _said(exchange: Exchange) -> str:
    text = _words(exchange)
    if not exchange.steps or exchange.event == "(end of data)":
        return f'<span class="it">{esc(text)}</span>'
    return (
        f'<span class="who">{icon("C")}<span class="sl-vh">client: </span></span><code>{esc(short(text, 120))}</code>'
    )


def _words(exchange: Exchange) -> str:
    if exchange.event == "(end of data)":
        count = sum(step.folded for step in exchange.steps)
        return f"mail data, {count:,} line{'' if count == 1 else 's'}"
    said = said_of(exchange)
    return (said[0] or "(an empty line)") if said else SENTENCE.get(exchange.event, exchange.event)


# -------------------------------------------------------------------------------------------------------- plain
def plain(sessions: Mapping[str, Transcript]) -> str:
    """The table in words; `*` stands before a code that is not what most gave."""
    names = tuple(sessions)
    told = rows(sessions)
    widths = [max(5, len(visible(name))) for name in names]
    lines = [
        heading(told, names),
        "  ".join(
            [" " * 34, *(visible(name).ljust(width) for name, width in zip(names, widths, strict=True))]
        ).rstrip(),
    ]
    for row in _shown(told, names):
        if isinstance(row, str):
            lines.append(f"  ... {row} ...")
            continue
        usual = row.usual(names)
        codes = [(f"*{code}" if (code := row.code(name) or "-") != (usual or "-") else f" {code}") for name in names]
        cells = [code.ljust(width) for code, width in zip(codes, widths, strict=True)]
        what = _words(row.said) if row.said.steps else row.said.event
        lines.append("  ".join([fit(what, 34).ljust(34), *cells, f"[{' or '.join(row.states)}]"]))
    return "\n".join(lines)
