"""A fragment of ours as words: what its HTML says, line by line, for `text/plain` and for files.

Never does: read foreign HTML. It knows what our views write (tables, definition lists, paragraphs, code), and
leaves out drawings, for which the views have words of their own.
"""

from __future__ import annotations

from html.parser import HTMLParser

_BREAKS = {"p", "tr", "li", "br", "div", "ol", "ul", "table", "dl", "dt", "section"}
_GAPS = {"td", "th", "dd"}
_ENDS = {"p", "tr", "li", "dd", "table", "dl", "ol", "ul"}


def words(fragment: str) -> str:
    """The fragment's text: a line for each row, paragraph and item, cells two spaces apart, the lit digit in brackets.

    >>> words("<dl><dt>means</dt><dd>done &lt;so&gt;</dd></dl><p>Two <b>words</b></p>")
    'means  done <so>\\nTwo words'
    """
    reader = _Reader()
    reader.feed(fragment)
    reader.close()
    lines = ("  ".join(part for part in map(_squeezed, line.split("\t")) if part) for line in reader.text.split("\n"))
    return "\n".join(line for line in lines if line)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._drawing = 0
        self._digits = False
        """Inside a reply code of which one digit is lit."""

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        if tag == "svg":
            self._drawing += 1
        elif tag in _BREAKS:
            self._parts.append("\t" if tag == "div" and self._row() else "\n")
        elif tag in _GAPS:
            self._parts.append("\t")
        elif tag == "span":
            self._digits = "code" in classes
            if self._digits:
                self._parts.append("\n")
            elif classes or (self._parts and not self._parts[-1].endswith((" ", "\n", "\t"))):
                self._parts.append(" ")
        elif tag == "b" and self._digits:
            self._parts.append("[")

    def handle_endtag(self, tag: str) -> None:
        if tag == "svg":
            self._drawing -= 1
        elif tag in _ENDS:
            self._parts.append("\n")
        elif tag == "b" and self._digits:
            self._parts.append("]")
        elif tag == "span":
            self._parts.append("\t" if self._digits else " ")
            self._digits = False

    def handle_data(self, data: str) -> None:
        if not self._drawing:
            self._parts.append(data.replace("\n", " ").replace("\t", " "))

    def _row(self) -> bool:
        """True where a block begins right behind a code: it belongs on the same line."""
        return bool(self._parts) and self._parts[-1] == "\t"
