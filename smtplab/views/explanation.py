"""An explanation: rows of text, and the two ways to write them, plain and as HTML.

Never does: know what is explained. `explain` does.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from .text import esc, visible

WIDTH = 100
"""Characters in a line of the plain form; lines off the wire are never wrapped."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a label, its text, and whether the text is foreign (then it stands as it is)."""

    label: str
    text: str
    is_foreign: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Explanation:
    """What was asked about, a name for it, and the rows that explain it; str() and HTML show all of them."""

    what: str
    name: str
    rows: tuple[Line, ...]

    def __str__(self) -> str:
        width = max((len(row.label) for row in self.rows), default=0)
        title = visible(f"{self.what}  {self.name}".rstrip())
        return "\n".join((title, *(_plain(row, width) for row in self.rows)))

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        title = f"<p><code>{esc(self.what)}</code> <strong>{esc(self.name)}</strong></p>"
        rows = "".join(f"{_term(row.label)}<dd>{_html(row)}</dd>" for row in self.rows)
        return f'<div class="smtplab-explain">{title}<dl>{rows}</dl></div>'

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._repr_html_()}


def _plain(row: Line, width: int) -> str:
    head = f"  {row.label:<{width}}  "
    if row.is_foreign:
        return (head + visible(row.text)).rstrip()
    filled = textwrap.fill(row.text, WIDTH, initial_indent=head, subsequent_indent=" " * len(head))
    return filled or head.rstrip()


def _term(label: str) -> str:
    """The row's label in HTML; rows without one belong to the label above them."""
    return f"<dt>{esc(label)}</dt>" if label else ""


def _html(row: Line) -> str:
    return f"<code>{esc(row.text)}</code>" if row.is_foreign else esc(row.text)
