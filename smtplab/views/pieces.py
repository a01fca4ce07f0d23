"""The pieces that an anatomy is put together from: a part with its words, a scale, the rows below, the end of a line.

Never does: know a code or a command. `reply` and `reply_pop3` do.
"""

from __future__ import annotations

from collections.abc import Mapping

from .text import esc
from .words import capital, short

_CR_LF = '<span class="code"><b class="ctl">CR</b> <b class="ctl">LF</b></span>'


def part(code: str, title: str, below: str) -> str:
    """One part of a line: itself (HTML), what it is (plain text), and what stands below that (HTML)."""
    return f'<div class="part">{code}<div><b>{esc(title)}</b>{below}</div></div>'


def scale_of(items: Mapping[int, str] | Mapping[str, str], lit: int | str) -> str:
    """All that could stand there, with what does lit."""
    spans = (
        f"<span{' class=on' if digit == lit else ''}><code>{digit}</code> {esc(name)}</span>"
        for digit, name in items.items()
    )
    return f'<span class="scale">{"".join(spans)}</span>'


def notes(remarks: tuple[str, ...]) -> list[tuple[str, str]]:
    """The row of remarks; [] where there are none."""
    return [("note", "<br>".join(esc(short(capital(remark), 160)) for remark in remarks[:3]))] if remarks else []


def rows_of(items: list[tuple[str, str]]) -> str:
    """(term, HTML) pairs as the rows below the parts."""
    rows = ""
    for name, value in items:
        kind = ' class="note"' if name == "note" else ""
        rows += f"<dt{kind}>{name}</dt><dd{kind}>{value}</dd>"
    return f'<dl class="rest">{rows}</dl>'


def lit_part(text: str, title: str, below: str) -> str:
    """A part that is foreign text, lit whole; all plain text."""
    shown = esc(short(text, 120)) if text.strip() else "&nbsp;"
    return part(
        f'<span class="code"><b>{shown}</b></span>', title, f'<span class="scale"><span>{esc(below)}</span></span>'
    )


def line_end(raw: bytes) -> str:
    """The part that ends a client's line."""
    words = '<span class="scale"><span>{0}</span></span>'
    if raw.endswith(b"\r\n"):
        return part(_CR_LF, "The end of the line.", words.format("The server reads nothing before both have come."))
    if raw.endswith(b"\n"):
        below = words.format("A line ends in CR LF. A lenient server takes the LF alone.")
        return part('<span class="code"><b class="ctl">LF</b></span>', "Half an end of line.", below)
    return part(
        '<span class="code"><b>&nbsp;</b></span>', "No end of line.", words.format("A server would wait for more.")
    )
