"""Panel, Compare: one view alone, two sessions side by side. Shown live, in words, as a static form, as a file.

Python draws once (`views.panels`); in the page nothing asks the kernel. No protocol and no drawing here.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import traitlets

from ..protocol.message import Message
from ..views import alone, answers, compare, mailbox, panels
from ..views.panels import Shown
from .base import Widget, source
from .stepper import transcript_of

CSS = source("smtplab.css", "panels.css")


def packed(drawn: Shown) -> bytes:
    """What the page unpacks: gzipped JSON; the same drawing, the same bytes."""
    return gzip.compress(drawn.to_json().encode(), compresslevel=6, mtime=0)


class Sheet(Widget):
    """What Panel, Compare and the explorers share: something drawn that the page unpacks, and its hand-outs."""

    _esm = source("page.js", "panel.js")
    _css = CSS
    packed = traitlets.Bytes(b"").tag(sync=True)

    def __init__(self, drawn: Shown, name: str, **traits: Any) -> None:
        self._drawn, self._name = drawn, name
        super().__init__(packed=packed(drawn), **traits)

    def picture(self) -> str:
        """It as one SVG file: its drawing, or its words where it has none."""
        return alone.typeset(self._name, self.plain())

    def save_svg(self, path: str | os.PathLike[str]) -> None:
        """Write it as an SVG picture."""
        Path(path).write_text(self.picture(), encoding="utf-8")

    def save_png(self, path: str | os.PathLike[str]) -> None:
        """Write it as a PNG picture. (Loads matplotlib.)"""
        from ..views.figure_words import png

        Path(path).write_bytes(png(self._name, self.plain()))

    def save_html(self, path: str | os.PathLike[str]) -> None:
        """Write it as one HTML file that needs no network and no kernel."""
        text = panels.page(self._drawn, self._name, CSS, source("page.js", "panel.js"))
        Path(path).write_text(text, encoding="utf-8")

    def save_text(self, path: str | os.PathLike[str]) -> None:
        """Write it in words."""
        Path(path).write_text(self.plain() + "\n", encoding="utf-8")


class Panel(Sheet):
    """One view alone: `Panel("ladder", server)`, `Panel("envelope", transcript, step=7)`, `Panel("mailbox", server)`.

    `Panel("maildrop", ...)` is for a POP3 session what the envelope is for one of SMTP.

    `step` counts from 1, 0 is before anything was said, None the last; of a mailbox it is the number of the message
    opened. Raises ValueError for a kind that there is not, IndexError for a step that there is not.
    """

    def __init__(self, kind: str, said: Any, step: int | None = None) -> None:
        self.kind = panels.checked(kind)
        if kind == "mailbox":
            self._of: Any = messages_of(said)
            self._at = -1 if step is None else _number(step, 1, len(self._of), "messages") - 1
            drawn = panels.shown_mailbox(self._of, len(self._of) - 1 if step is None else self._at)
            super().__init__(drawn, "Mailbox")
            return
        self._of = self.transcript = transcript_of(said)
        self._at = len(self._of) if step is None else _number(step, 0, len(self._of), "steps")
        super().__init__(panels.shown(kind, self._of, self._at), panels.title(kind, self._of, self._at))

    def plain(self) -> str:
        if self.kind == "mailbox":
            return mailbox.plain(self._of, self._at)
        return panels.plain(self.kind, self._of, self._at)

    def static(self) -> str:
        if self.kind == "mailbox":
            return f"<p><b>Mailbox</b></p>\n{alone.typed(self.plain())}\n"
        return panels.static_form(self.kind, self._of, self._at, CSS)

    def picture(self) -> str:
        return super().picture() if self.kind == "mailbox" else panels.svg(self.kind, self._of, self._at, CSS)

    def save_png(self, path: str | os.PathLike[str]) -> None:
        """Write it as a PNG picture. (Loads matplotlib.)"""
        if self.kind != "diagram":
            super().save_png(path)
            return
        from ..views.figures import figure

        figure(self._of, self._at).savefig(path, format="png", dpi=144, metadata={"Software": None})

    def __repr__(self) -> str:
        return f"<Panel {self._name!r}>"


class Compare(Sheet):
    """Two sessions side by side, exchange by exchange: `Compare(a, b, names=("strict", "lenient"))`.

    Each is a Transcript, a Server (its latest session) or a socket from dial(). Or several by name, code beside code:
    `Compare(recorded(script="line-513"))`. Raises TypeError for one session alone, ValueError for too many.
    """

    def __init__(self, a: Any, b: Any = None, names: tuple[str, str] = ("left", "right")) -> None:
        if b is None:
            many = answers.checked({str(name): transcript_of(said) for name, said in _several(a).items()})
            self._words, body = lambda: answers.plain(many), answers.answers(many)
            label, name = f"{len(many)} sessions side by side", " | ".join(many)
        else:
            left, right = names
            pair = (transcript_of(a), transcript_of(b), (str(left), str(right)))
            self._words, body = lambda: compare.plain(*pair), compare.compare(*pair)
            label, name = "Two sessions side by side", f"{left} | {right}"
        self._label = label
        super().__init__(Shown(panels.frame("compare", label, body)), name)

    def plain(self) -> str:
        return self._words()

    def static(self) -> str:
        return f"<p><b>{self._label}</b></p>\n{alone.typed(self.plain())}\n"

    def __repr__(self) -> str:
        return f"<Compare {self._name!r}>"


def _several(said: Any) -> Mapping[Any, Any]:
    if not isinstance(said, Mapping):
        raise TypeError(
            f"Compare shows two sessions, Compare(a, b), or several by name, not one {type(said).__name__} alone."
        )
    return cast(Mapping[Any, Any], said)


def messages_of(said: Any) -> Sequence[Message]:
    """The messages that are meant: a server's, a mailbox's, or a list of them. Raises TypeError, saying what to do."""
    kept = getattr(said, "mailbox", said)
    if isinstance(kept, Sequence) and not isinstance(kept, str | bytes) and hasattr(kept, "__len__"):
        found = list(kept)
        if all(isinstance(each, Message) for each in found):
            return found
    raise TypeError(
        f"a mailbox panel shows a Server or its mailbox, not {type(said).__name__}: Panel('mailbox', server)."
    )


def _number(wanted: int, first: int, last: int, what: str) -> int:
    if type(wanted) is not int:
        raise TypeError(f"step is a whole number from {first} to {last}, not {wanted!r}.")
    if not first <= wanted <= last:
        raise IndexError(
            f"there is no number {wanted} here: there are {last} {what}. Say {first} to {last}, or leave it out."
        )
    return wanted
