"""What `smtplab talk` shows and where it is typed: rich writes, prompt_toolkit edits the line, completes and keeps history.

Never does: know SMTP or send. What may be said comes from the conversation, which has it from the table. The history
lives in memory and ends with the program: a password may be in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.styles import Style
from rich.console import Console
from rich.text import Text

from ..views.completion import Sayable
from ..views.text import visible
from .conversation import HEARD, NOTE, REFUSED, SAID, TROUBLE, Conversation

LOOK_S = 0.1
"""Seconds between two looks at whether the server says something by itself while somebody types."""
_COLOURS = {SAID: "bold cyan", HEARD: "bold green", REFUSED: "bold red", NOTE: "dim", TROUBLE: "bold yellow"}
_WHOLE = (NOTE, TROUBLE)
"""Markers whose text wears the colour too: it is ours, not the wire's."""
_STYLE = Style.from_dict({"state": "bold", "mark": "ansicyan bold", "may": "ansibrightblack"})


class Screen(Console):
    """Standard output: `tell` writes a line with its marker, coloured where that is a terminal."""

    def __init__(self) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, soft_wrap=True)

    def tell(self, mark: str, text: str) -> None:
        """One line, with its marker; what cannot be seen in it is written out, a line feed too."""
        self.write(mark, visible(text))

    def write(self, mark: str, text: str) -> None:
        """A line that is safe to show."""
        text = text.encode(self.encoding, "backslashreplace").decode(self.encoding)
        style = _COLOURS.get(mark, "")
        self.print(Text.assemble((f"{mark:<3}", style), " ", (text, style if mark in _WHOLE else "")))

    def on_broken_pipe(self) -> None:
        """Whoever read our output has seen enough: the command line knows what to do."""
        raise BrokenPipeError


class Says(Completer):
    """Completes a line that has just begun with what may be said now, and then what closes it."""

    def __init__(self) -> None:
        self.may: Sequence[Sayable] = ()

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:  # noqa: ARG002  its interface
        begun = document.text_before_cursor
        for each in self.may:
            before, behind = each.halves
            if before.upper().startswith(begun.upper()) and begun != before:
                why = f"{each.why} ({each.code}, {each.leads})"
                yield Completion(before, -len(begun), display=each.syntax, display_meta=why)
            elif behind and begun.upper().startswith(before.upper()) and begun[len(before) :] and behind not in begun:
                yield Completion(behind, display=begun + behind)


class Prompt:
    """Lines typed at a terminal. `next` gives those of one turn: none where the server has something to say."""

    is_echoed = False
    """The line stands behind its prompt already."""

    def __init__(self) -> None:
        self._says = Says()
        self._kept = ""
        """What had been typed when the server said something."""
        self._is_interrupted = self._was_in_data = False
        self._session: PromptSession[str] = PromptSession(
            history=InMemoryHistory(), completer=self._says, complete_while_typing=False, style=_STYLE,
            enable_suspend=True,
        )  # fmt: skip

    def next(self, talk: Conversation) -> list[bytes]:
        """The lines typed, several where they were pasted. Raises EOFError on Ctrl-D, KeyboardInterrupt on Ctrl-C."""
        self._says.may = may = talk.may
        self._is_interrupted = self._session.app.erase_when_done = False

        def watch() -> None:
            self._session.app.create_background_task(self._watch(talk))

        asked = ask(talk, may, is_known=self._was_in_data)
        self._was_in_data = talk.in_data
        typed = self._session.prompt(asked, default=self._kept, pre_run=watch)
        self._kept = typed if self._is_interrupted else ""
        if self._is_interrupted:
            return []
        lines = typed.split("\n")
        if len(lines) > 1 and not lines[-1]:
            del lines[-1]
        return [line.encode("utf-8", "surrogatepass") for line in lines]

    async def _watch(self, talk: Conversation) -> None:
        """Ends the prompt as soon as the server says something by itself, or leaves."""
        while not talk.has_news():
            await asyncio.sleep(LOOK_S)
        app = self._session.app
        if not app.is_done:
            self._is_interrupted = app.erase_when_done = True
            app.exit(result=app.current_buffer.text)


def ask(talk: Conversation, may: Sequence[Sayable], *, is_known: bool = False) -> StyleAndTextTuples:
    """The prompt: what may be said next, then the state and the marker of what is sent.

    `is_known`: what becomes of a line in mail data was told before, and is not told again.
    """
    where: StyleAndTextTuples = [("class:state", talk.state.name), ("class:mark", f" {SAID} ")]
    if talk.in_data and is_known:
        return where
    if talk.in_data:
        told = "each line is mail data, as you type it; a dot alone on its line ends it"
    elif talk.is_owed:
        told = f"{talk.awaited} is still awaited"
    elif rest := talk.reads:
        told = f"the server waits for {rest}"
    else:
        told = f"you may say: {', '.join(each.syntax for each in may if each.leads_on)}"
    return [("class:may", f"{told}\n"), *where]
