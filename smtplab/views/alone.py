"""A picture that stands alone: one SVG with its colours inside, for a file or for the image of a static form.

Never does: draw the machine. `diagram` and `ladder` do; here a drawing gets the light tokens and the rules that it
needs, on a white face, so that it reads on a light page and on a dark one. Words get lines of their own.

An image in a page keeps its inner style even where the page's own is dropped (an untrusted notebook).
"""

from __future__ import annotations

import base64
import re
from html import escape

from .text import esc, visible
from .theme import LIGHT

_SANS, _MONO = "Helvetica, Arial, DejaVu Sans, sans-serif", "DejaVu Sans Mono, Menlo, Consolas, monospace"
_CELL, _LINE, _EDGE = 7.3, 18, 14
_HEAD, _TAIL = 120, 40
_BOX = re.compile(r'viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"')


def rules(css: str, *names: str) -> str:
    """The sections of a stylesheet that open with `/* ---- NAME`, joined; what only a page needs is left out."""
    found = {part.split("*/", 1)[0].split(":", 1)[0].strip(): part for part in css.split("/* ---- ")[1:]}
    kept = (found[name].split("*/", 1)[1] for name in names)
    return "\n".join(line for part in kept for line in part.split("\n") if line.strip() and not line.startswith("@"))


def picture(drawing: str, css: str) -> str:
    """A drawing of ours as an SVG file. `css` are the rules it is drawn by (`rules`)."""
    box = _BOX.search(drawing)
    assert box is not None  # every drawing of ours has one
    x, y, width, height = (float(number) for number in box.groups())
    tokens = "".join(f"--sl-{name}:{value};" for name, value in LIGHT.items())
    style = f"svg{{{tokens}--sl-k:1;--sl-sans:{_SANS};--sl-mono:{_MONO}}}.narrow{{display:block!important}}{css}"
    edge = 8
    sized = re.sub(r"<svg ", f'<svg x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" ', drawing, count=1)
    spaced = f"{x - edge:g} {y - edge:g} {width + 2 * edge:g} {height + 2 * edge:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="smtplab" viewBox="{spaced}" width="{width + 2 * edge:g}"'
        f' height="{height + 2 * edge:g}"><style>{escape(style, quote=False)}</style>'
        f'<rect x="{x - edge:g}" y="{y - edge:g}" width="100%" height="100%" fill="{LIGHT["paper"]}"/>{sized}</svg>'
    )


def typeset(title: str, text: str) -> str:
    """Words as an SVG file: the title, then every line in type of one width."""
    lines = bounded(text).expandtabs(4).split("\n")
    width = max([len(title), *map(len, lines)]) * _CELL + 2 * _EDGE
    height = (len(lines) + 1) * _LINE + 2 * _EDGE
    bold = ' font-weight="700"'
    shown = "".join(
        f'<text x="{_EDGE}" y="{_EDGE + 13 + at * _LINE}" xml:space="preserve"{"" if at else bold}>{esc(line)}</text>'
        for at, line in enumerate([title, *lines])
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height}" width="{width:g}" height="{height}"'
        f' font-family="{_MONO}" font-size="12" fill="{LIGHT["ink"]}"><rect width="100%" height="100%"'
        f' fill="{LIGHT["paper"]}"/>{shown}</svg>'
    )


def image(drawn: str, words: str, width: int) -> str:
    """An SVG file as the image of a page that keeps no SVG of its own; `words` say what it shows."""
    data = base64.b64encode(drawn.encode()).decode()
    return f'<img alt="{esc(words)}" width="{width}" src="data:image/svg+xml;base64,{data}">'


def typed(text: str) -> str:
    """Words as HTML that any page keeps; of very many lines the first and the last."""
    return f"<pre>{escape(visible(bounded(text), breaks=True))}</pre>"


def bounded(text: str) -> str:
    """The text, with a count in place of the middle where it has very many lines."""
    lines = text.split("\n")
    if len(lines) <= _HEAD + _TAIL:
        return text
    return "\n".join([*lines[:_HEAD], f"... {len(lines) - _HEAD - _TAIL:,} lines ...", *lines[-_TAIL:]])
