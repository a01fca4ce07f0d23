"""How an exercise, a verdict and a hint are shown: as plain text and as HTML, the same words in both.

Pure functions of what they are given; what came off the wire is escaped here. No ports, no times, so that a stored
output is the same on every machine.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

from ..views.text import esc, visible
from .files.spec import Spec
from .judging.judge import Judgement, Result

WIDTH = 96
MARKS = {"holds": "yes", "missed": "NO ", "not reached": " - "}
_HARD = "\uf8ff"
_CODE = re.compile(r"`([^`\n]+)`")


class Shown:
    """A text that a notebook shows: `str()` is its plain form."""

    def __init__(self, plain: str, html: str) -> None:
        self.plain, self.html = plain, html

    def __str__(self) -> str:
        return self.plain

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002
        return {"text/plain": self.plain, "text/html": self.html}


def task(spec: Spec, part: int, called: str = "ex", *, is_live: bool = False) -> Shown:
    """What is to be done, for the part with this number from 1. `is_live`: what there is to choose from stands
    below it in the page, and is left out here."""
    head = f"Exercise {spec.name}: {spec.title} (about {spec.minutes} minutes)"
    form = spec.parts[part - 1].form
    said = [*_part_line(spec, part), *_paragraphs(named(spec.parts[part - 1].task, called))]
    how = named(form.how, called)
    laid_out = () if is_live else form.block()
    plain = "\n\n".join([head, *map(_fill, said), *_listing(laid_out), _fill(how)])
    html = f"<p><strong>Exercise {esc(spec.name)}</strong> {esc(spec.title)}, about {spec.minutes} minutes</p>"
    below = block(_listing(laid_out)) if laid_out else ""
    return Shown(plain, _box(html + "".join(map(_paragraph, said)) + below + _paragraph(how)))


def named(text: str, called: str) -> str:
    """A text that speaks of `ex`, with the learner's own name for it."""
    return re.sub(r"\bex(?=\.)", called, text)


def _listing(texts: Sequence[str]) -> list[str]:
    """Texts with their numbers, a block; those of several lines are indented."""
    shown = (visible(text.replace("\r\n", "\n").strip(), breaks=True).replace("\n", "\n      ") for text in texts)
    numbered = "\n".join(f"{n:4}  {text}" for n, text in enumerate(shown, 1))
    return ["\n".join(line.rstrip() for line in numbered.split("\n"))] if texts else []


def _part_line(spec: Spec, part: int) -> list[str]:
    return [f"Part {part} of {len(spec.parts)}."] if len(spec.parts) > 1 else []


def nobody(name: str, called: str, door: str = "address", before: Iterable[str] = ()) -> Shown:
    """The verdict where no client has come yet; `before` stands above it."""
    return lines(
        *before,
        f"Nobody has spoken to the server of exercise {name} yet: there is nothing to check, and no try is counted. "
        f"Connect to it with `socket.create_connection({called}.server.{door}, timeout=5)`.",
    )


SEEN = ("Passed: the server saw it all.", "Not yet: the server saw {done} of {all}.")
"""How a verdict begins, passed and not."""


def verdict(judgement: Judgement, said: Iterable[str], titles: tuple[str, str] = SEEN) -> Shown:
    """A judgement as a list of what was asked, then what was missed, then what else there is to say."""
    title = titles[0] if judgement.passed else titles[1].format(done=judgement.held, all=len(judgement.results))
    rest = [*([judgement.message] if judgement.message else []), *said]
    plain = "\n".join([title, *(f"  {MARKS[r.outcome]}  {_claimed(r)}" for r in judgement.results)])
    items = "".join(f"<li>{_item(result)}</li>" for result in judgement.results)
    style = "list-style: none; padding-left: 0"
    html = f'<p role="status"><strong>{esc(title)}</strong></p><ul style="{style}">{items}</ul>'
    return Shown("\n\n".join([plain, *map(_fill, rest)]), _box(html + "".join(map(_paragraph, rest))))


def _item(result: Result) -> str:
    text = f"<code>{MARKS[result.outcome].replace(' ', '&nbsp;')}</code> {esc(_claimed(result))}"
    return f"<strong>{text}</strong>" if result.outcome == "missed" else text


def _claimed(result: Result) -> str:
    return visible(result.claim) + (f"  ({_steps(result.steps)})" if result.outcome == "holds" and result.steps else "")


def _steps(steps: Sequence[int]) -> str:
    return f"step{'s' if len(steps) > 1 else ''} {', '.join(map(str, steps))}"


def listing(title: str, rows: Sequence[Sequence[str]], *said: str, links: Sequence[str] = ()) -> Shown:
    """A title, aligned rows of one length each, and paragraphs below. `links`: where each row's last cell leads."""
    widths = [max(len(visible(row[at])) for row in rows) for at in range(len(rows[0]))] if rows else []
    aligned = [
        "  ".join(["", *(visible(cell).ljust(width) for cell, width in zip(row, widths, strict=True))]).rstrip()
        for row in rows
    ]
    cells = [[*map(inline, row)] for row in rows]
    for row, link in zip(cells, links, strict=False):
        row[-1] = f'<a href="{esc(link)}">{row[-1]}</a>' if link else row[-1]
    drawn = ["".join(f'<td style="text-align: left">{cell}</td>' for cell in row) for row in cells]
    table = f"<table>{''.join(f'<tr>{row}</tr>' for row in drawn)}</table>" if rows else ""
    plain = "\n\n".join([_fill(title), *(["\n".join(aligned)] if rows else []), *map(_fill, said)])
    return Shown(plain, _box(f"<p><strong>{esc(title)}</strong></p>{table}{''.join(map(_paragraph, said))}"))


def lines(*said: str) -> Shown:
    """Paragraphs."""
    return Shown("\n\n".join(map(_fill, said)), _box("".join(map(_paragraph, said))))


def program(title: str, code: str) -> Shown:
    """A title and a piece of Python."""
    return Shown(f"{title}\n\n{code}", _box(f"{_paragraph(title)}<pre>{esc(code, breaks=True)}</pre>"))


def _paragraphs(text: str) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text.strip())]


def _fill(text: str) -> str:
    # Code is not torn apart: its spaces are no place to break at.
    kept = _CODE.sub(lambda found: found[0].replace(" ", _HARD), visible(text))
    return textwrap.fill(kept, WIDTH, break_long_words=False, break_on_hyphens=False).replace(_HARD, " ")


def _paragraph(text: str) -> str:
    return f"<p>{inline(text)}</p>"


def inline(text: str) -> str:
    """A text of ours as HTML, `code` in backticks set as such."""
    return _CODE.sub(r"<code>\1</code>", esc(text))


def words(text: str) -> dict[str, str]:
    """One choice of ours: as HTML, and in words for the ear."""
    return {"html": inline(text), "words": text.replace("`", "")}


def wire(text: str) -> dict[str, str]:
    """One choice that is to be said, or was (`C: ` or `S: ` before it tells who): as HTML, and in words."""
    who = {"C: ": "c", "S: ": "s", "C:": "c"}.get(text[:3], "")
    shown = text.replace("\r", "").strip("\n")
    empty = ' <span class="none">empty line</span>' if shown in ("C:", "") else ""
    marked = f'<code class="{who}">{esc(shown, breaks=True)}</code>{empty}'
    first, *more = shown.split("\n")
    return {
        "html": marked,
        "words": visible(first) + (f" (and {len(more)} lines more)" if more else " empty line" if empty else ""),
    }


def block(rows: Sequence[str]) -> str:
    """Lines as they are, HTML."""
    return f"<pre>{esc(chr(10).join(rows), breaks=True)}</pre>"


def _box(html: str) -> str:
    # ipywidgets spaces the lines of its HTML widely; a task is a text, and is read as one.
    return f'<div class="smtplab-exercise" style="line-height: 1.5; max-width: 46em">{html}</div>'
