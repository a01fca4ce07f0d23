"""Stepper: walk through a session, step by step, in the page.

Python draws everything once (`views.stepper`), packs it into one trait and is done: the position lives in the page,
so stepping works while the kernel is busy and after it is gone. No protocol and no drawing here.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import traitlets

from ..protocol.transcript import Transcript
from ..views import page, static
from ..views.document import Document
from ..views.stepper import document
from .base import Widget, source


def transcript_of(said: Any) -> Transcript:
    """The transcript that is meant: itself, a server's latest session, or the one that a dialled socket keeps.

    Raises ValueError where a server has no session yet, TypeError for anything else; both say what to do.
    """
    if isinstance(said, Transcript):
        return said
    if hasattr(said, "sessions"):
        sessions = said.sessions
        if not sessions:
            raise ValueError(
                "this server has no session to show yet. Connect to it first: "
                "socket.create_connection(server.address, timeout=5), say something, and make the stepper then."
            )
        return sessions[-1]
    if isinstance(kept := getattr(said, "transcript", None), Transcript):
        return kept
    hint = "Transcript.parse(text) reads a session from text" if isinstance(said, str) else "try server.sessions[-1]"
    raise TypeError(
        f"a Stepper shows a Transcript, a Server or a socket from dial(), not {type(said).__name__}: {hint}."
    )


def pack(drawn: Document) -> bytes:
    """A drawn stepper as gzipped JSON; the same drawing, the same bytes."""
    text = json.dumps({"shell": drawn.shell, **drawn.packed()}, separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=6, mtime=0)


class Stepper(Widget):
    """A session to step through: `Stepper(server.sessions[-1])`, `Stepper(server)`, `Stepper(Transcript.parse(text))`.

    `large=True` lays it out for a projector. What is shown is what had been said when it was made.
    """

    _esm = source("page.js", "stepper.js")
    packed = traitlets.Bytes(b"").tag(sync=True)

    def __init__(self, said: Any, *, large: bool = False) -> None:
        self.transcript = transcript_of(said)
        self._large = large
        super().__init__(packed=pack(document(self.transcript, large=large)))

    def plain(self) -> str:
        return static.plain(self.transcript)

    def static(self) -> str:
        return static.static(self.transcript)

    def save_html(self, path: str | os.PathLike[str]) -> None:
        """Write it as one HTML file that needs no network and no kernel; `#step-7` in its address opens step 7."""
        text = page.page(self.transcript, source("smtplab.css"), source("page.js"), large=self._large)
        Path(path).write_text(text, encoding="utf-8")

    def __repr__(self) -> str:
        return f"<Stepper of {len(self.transcript)} steps, {self.transcript.state.name}>"
