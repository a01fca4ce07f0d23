"""A class as a table: text for a terminal, CSV for a spreadsheet, a page. Pure; every name in it is anybody's text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from ...views.text import esc, visible
from . import sheet
from .grade import INVENTED, Class, Entry, Row, help_used, notes

LEGEND = (
    "yes passed, and its evidence bears it (* after a look at the solution); 1/2 parts passed; (3) tries that did not pass; "
    "NO! claimed, and its evidence does not bear it"
)
ACROSS, NAME_MOST = 12, 32
"""Exercises in one block of the text, characters of a name."""


def text(of: Class) -> str:
    """The table, what to look at, and what evidence is worth."""
    said = [f"{_counted(len(of.rows), 'sheet')}, {_counted(len(of.exercises), 'exercise')}."]
    if of.rows:
        said += ["\n".join(block) for block in _blocks(of)]
        said.append(LEGEND + ".")
    looked = [f"  - {visible(note)}" for note in notes(of)]
    said.append(
        "\n".join(["To be looked at:", *looked])
        if looked
        else "Nothing stands out: every claim follows from its evidence."
    )
    return "\n\n".join([*said, INVENTED])


def _counted(number: int, one: str) -> str:
    return f"{number} {one}{'' if number == 1 else 's'}"


def _blocks(of: Class) -> Iterator[list[str]]:
    names = of.exercises
    for at in range(0, max(len(names), 1), ACROSS):
        across = names[at : at + ACROSS]
        table = [["", *(_short(key) for key in across), "passed"], *(_line(row, across) for row in of.rows)]
        widths = [max(len(line[n]) for line in table) for n in range(len(table[0]))]
        yield [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table
        ]


def _line(row: Row, across: Sequence[str]) -> list[str]:
    return [_short(row.name), *(mark(row.entries.get(key)) for key in across), str(row.passed)]


def _short(name: str) -> str:
    shown = visible(name)
    return shown if len(shown) <= NAME_MOST else f"{shown[: NAME_MOST - 3]}..."


def mark(entry: Entry | None) -> str:
    """How far one exercise has come, in five characters."""
    if entry is None:
        return ""
    if entry.problems:
        return "NO!"
    if entry.claimed >= entry.parts:
        return "yes*" if entry.solution else "yes"
    if entry.claimed:
        return f"{entry.claimed}/{entry.parts}"
    return f"({entry.tries})" if entry.tries else ""


def as_csv(of: Class) -> str:
    """A line for each sheet, a column for each exercise; what a spreadsheet would take for a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["name", "file", "passed", *map(_plainly, of.exercises), "to be looked at"])
    for row in of.rows:
        words = [row.entries[key].word if key in row.entries else "" for key in of.exercises]
        look = "; ".join(f"{key}: {problem}" for key, entry in row.entries.items() for problem in entry.problems)
        writer.writerow([_plainly(row.name), _plainly(row.file), row.passed, *words, _plainly(look)])
    return out.getvalue()


def _plainly(text_: str) -> str:
    shown = visible(text_)
    return f"'{shown}" if shown.startswith(("=", "+", "-", "@")) else shown


def html(of: Class) -> str:
    """The same as a page that stands alone."""
    head = "".join(f'<th scope="col">{esc(name)}</th>' for name in ["name", *of.exercises, "passed"])
    rows = "".join(
        f'<tr><th scope="row">{esc(row.name)}</th>{"".join(_cell(row.entries.get(key)) for key in of.exercises)}'
        f"<td>{row.passed}</td></tr>"
        for row in of.rows
    )
    items = "".join(f"<li>{esc(note)}</li>" for note in notes(of))
    look = f"<h2>To be looked at</h2><ul>{items}</ul>" if items else "<p>Every claim follows from its evidence.</p>"
    body = (
        f"<h1>Class table</h1><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f'<p class="note">{esc(LEGEND)}.</p>{look}<p class="note">{esc(INVENTED)}</p>'
    )
    return sheet.html("Class table", body)


def _cell(entry: Entry | None) -> str:
    help_ = help_used(entry) if entry is not None else ""
    title = f' title="{esc(help_)}"' if help_ else ""
    return f"<td{title}>{esc(mark(entry))}</td>"
