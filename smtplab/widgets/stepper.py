"""Stepper: walk through a session, step by step, in the page.

Python draws everything once (`views.stepper`), packs it into one trait and is done: the position lives in the page,
so stepping works while the kernel is busy and after it is gone. No protocol and no drawing here.

The kernel is asked for two things only. A stepper of a server follows it (`following`): each time something was said
the drawing is sent anew, and the page keeps focus, scroll and position. And something else may be said at any step
(`net.replay`): what comes of it is a second drawing, beside the first.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import traitlets

from ..protocol.transcript import Transcript
from ..views import branch as forks
from ..views import live as lives
from ..views import page, static
from ..views.branch import Fork
from ..views.document import Document
from ..views.live import Live
from ..views.stepper import Around, document
from .base import Widget, source
from .following import AT_ONCE, Following

REPLAY_S = 5.0
"""Seconds that replaying a session may take, unless the stepper is told otherwise."""


def transcript_of(said: Any) -> Transcript:
    """The transcript that is meant: itself, a server's latest session, or the one that a dialled socket keeps.

    A server without a session has an empty one. Raises TypeError for anything else, and says what to do.
    """
    if isinstance(said, Transcript):
        return said
    if hasattr(said, "sessions"):
        return next(iter(said.sessions[-1:]), Transcript())
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

    A stepper of a server follows whoever talks to it; any other shows what had been said when it was made.
    `large=True` lays it out for a projector. `at`: the step that it opens at. `timeout`: seconds that saying something
    else may take. Raises IndexError where there is no such step.
    `transcript` is the session shown, `branch` what came of saying something else, or None.
    """

    _esm = source("page.js", "stepper.js")
    _css = source("smtplab.css", "panels.css")
    packed = traitlets.Bytes(b"").tag(sync=True)
    branched = traitlets.Bytes(b"").tag(sync=True)
    told = traitlets.Dict().tag(sync=True)
    """`why`: what a status line says; `count`: how often it was told, so that the same words are heard again."""
    at = traitlets.Int(0).tag(sync=True)
    """The step that the page opens at; where the reader goes from there is the page's."""
    news = traitlets.Int(0).tag(sync=True)
    """Counts what came in and was not drawn, for a session so long that the page has to ask for it."""

    _following: Following
    _tellings = 0

    def __init__(self, said: Any, *, large: bool = False, at: int = 0, timeout: float = REPLAY_S) -> None:
        self.transcript = transcript_of(said)
        self._checked(at)
        self.branch: Transcript | None = None
        self._fork: Fork | None = None
        self._large, self._timeout = large, timeout
        self._server: Any = said if hasattr(said, "sessions") and hasattr(said, "address") else None
        self._is_live = hasattr(said, "watch") and hasattr(said, "look")
        self._live: Live | None = None
        self._picked = 0
        self._following = Following(self)
        super().__init__(at=at)
        self.on_msg(self._hear)
        with self._following.alone():
            if self._is_live:
                self._following.start(self._server)
            self.draw()

    # ----------------------------------------------------------------------------------------- drawing
    def draw(self, *, by_server: bool = False) -> None:
        """Send the session as it stands. With `by_server`, a long one is only told of."""
        try:
            if self._is_live:
                look = self._server.look(self._picked)
                self.transcript = look.transcript
                heads = [(head.number, head.state, head.is_open) for head in look.heads]
                self._live = Live(look.number, self._picked, heads)
            if by_server and len(self.transcript) > AT_ONCE:
                self.news += 1
                return
            around = Around(live=self._live, asks=True)
            self.packed = pack(document(self.transcript, large=self._large, around=around))
        except Exception as error:  # an exception would show nowhere
            self._tell(f"The session cannot be shown: {error or type(error).__name__}")

    def _tell(self, why: str) -> None:
        self._tellings += 1
        self.told = {"why": why, "count": self._tellings}

    # ------------------------------------------------------------------------------------ what the page asks
    def _hear(self, _widget: Any, message: dict[str, Any], _buffers: Any) -> None:
        """A message of the page; some kernels bring it on another thread."""
        match message:
            case {"do": "pick", "session": int(number)}:
                self.pick(number)
            case {"do": "draw"}:
                with self._following.alone():
                    self.draw()
            case {"do": "else", "at": int(position), "line": str(line)}:
                self.say_else(position, line)
            case {"do": "send", "at": int(position)}:
                self.say_else(position)
            case {"do": "leave"}:
                self.leave()
            case _:
                pass

    def pick(self, number: int) -> None:
        """Show the server's session of that number, from 1; 0 is whichever is newest."""
        with self._following.alone():
            self._picked = number
            self._drop_branch()
            if self._is_live:
                self.draw()

    def say_else(self, position: int, *lines: str) -> None:
        """Say other lines after a position of what is shown: a new session as far as there, then these.

        It is drawn beside the session; where it cannot go there, the status line says why. Bounded by `timeout`.
        """
        from ..net.replay import branch  # here: a stepper is shown without waiting for what connects

        with self._following.alone():
            try:
                base = self.branch if self.branch is not None else self.transcript
                if self._live is not None and not self._picked:
                    self._picked = self._live.number  # its own new session must not become the one that is shown
                made = branch(base, max(0, min(position, len(base))), lines, self._server, self._timeout)
                if made.why_not and not len(made.transcript):
                    self._tell(made.why_not)
                    return
                main, at = self.transcript, made.at
                if self._fork is not None:
                    main, at = self._fork.main, min(made.at, self._fork.at)
                if made.why_not and made.at < position:
                    self._tell(made.why_not)
                    return
                self._fork = Fork(main, at, ", ".join(lines) if self.branch is None else "")
                self.branch = made.transcript
                around = Around(asks=True, fork=self._fork)
                self.branched = pack(document(self.branch, large=self._large, around=around))
                self._tell(made.why_not)
            except Exception as error:
                self._tell(f"That could not be said: {error or type(error).__name__}")

    def leave(self) -> None:
        """Back to the session: the branch is dropped."""
        with self._following.alone():
            self._drop_branch()
            self._tell("")

    def _drop_branch(self) -> None:
        self.branch = self._fork = None
        self.branched = b""

    # -------------------------------------------------------------------------------------- what it says
    def plain(self) -> str:
        if self._live is not None and not self._live.number:
            return lives.plain()
        return static.plain(self.transcript)

    def static(self) -> str:
        return static.static(self.transcript)

    def compare(self) -> str:
        """The session and its branch in words; "" where nothing else was said."""
        return "" if self.branch is None or self._fork is None else forks.plain(self.branch, self._fork)

    # ------------------------------------------------------------------------------------ open and close
    def open(self) -> None:
        super().open()
        if hasattr(self, "_following") and self._is_live and not self._following.is_on:
            self._following.start(self._server)
            with self._following.alone():
                self.draw()

    def close(self) -> None:
        if hasattr(self, "_following"):  # one that was refused when it was made has none
            self._following.stop()
        super().close()

    # ------------------------------------------------------------------------------------------ hand-outs
    def save_html(self, path: str | os.PathLike[str]) -> None:
        """Write it as one HTML file that needs no network and no kernel; `#step-7` in its address opens step 7.

        It prints as a summary, or as a page for each step.
        """
        text = page.page(self.transcript, source("smtplab.css"), source("page.js"), large=self._large)
        Path(path).write_text(text, encoding="utf-8")

    def save_text(self, path: str | os.PathLike[str]) -> None:
        """Write the session as `C:` and `S:` lines with the state behind each reply."""
        Path(path).write_text(self.plain() + "\n", encoding="utf-8")

    def save_json(self, path: str | os.PathLike[str]) -> None:
        """Write the session as JSON; `Transcript.from_json` reads it back. Passwords are masked."""
        Path(path).write_text(self.transcript.to_json() + "\n", encoding="utf-8")

    def save_svg(self, path: str | os.PathLike[str], step: int | None = None) -> None:
        """Write the state diagram at a step, or at the end, as an SVG image that needs no style sheet."""
        Path(path).write_text(static.svg(self.transcript[: self._checked(step)]), encoding="utf-8")

    def save_png(self, path: str | os.PathLike[str], step: int | None = None) -> None:
        """Write the state diagram at a step, or at the end, as a PNG image, drawn by matplotlib."""
        from ..views.figures import figure

        figure(self.transcript, self._checked(step)).savefig(
            Path(path), format="png", dpi=144, metadata={"Software": None}
        )

    def _checked(self, step: int | None) -> int:
        last = len(self.transcript)
        if step is None:
            return last
        if not 0 <= step <= last:
            raise IndexError(f"this session has the steps 0 to {last}, no step {step}")
        return step

    def __repr__(self) -> str:
        return f"<Stepper of {len(self.transcript)} steps, {self.transcript.state.name}>"
