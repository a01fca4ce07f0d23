"""An exercise as a file: what it asks, the rules, the mistakes it can name, hints, solution. No code in it.

    title = "Say the session"              minutes = 5
    mistakes = ["no hello", "no dot"]      names from `naming.MISTAKES`, those of the same step in this order (optional)
    done = "..."                           said when it is passed (optional)
    concepts = ["lonely dot"]              what it tests, for the index; codes = ["503"], commands = ["RCPT"] (optional)
    [server]                               persona, manners, and what else a Server takes: domains, faults ... (optional)
    [[letter]]                             one that lies in a mailbox from the start: from, to, text, by (optional)
    form = "order"                         of all parts, or in one part; `forms` has them, "say" where nothing stands
    [[part]]                               one or more; each is asked for when the one before is passed
    task = "..."                           `code` in backticks; an empty line begins a paragraph
    rules = [{ letters = 1 }]              names from `checks.RULES`, in the order in which they are met
    hints = ["...", "...", "..."]          three, the last nearly the answer
    solution = '''...'''                   Python that passes, with `ex` at hand

Nothing here runs or judges. Where files are looked for is in `folders`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from ...protocol.manners import manners
from ...protocol.persona import persona
from ..fields import Fields
from ..judging.judge import Asked
from ..judging.naming import MISTAKES
from . import forms
from .answered import Speak
from .folders import Place, find
from .folders import names as names
from .folders import shipped as shipped
from .forms import Form
from .server_fields import others_of

HINTS = 3
"""Rungs of a part's ladder of hints."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to do."""

    task: str
    asked: tuple[Asked, ...]
    hints: tuple[str, ...]
    solution: str
    form: Form = forms.Say()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter that lies in a mailbox before anybody connects: its paths, who handed it over, its text with CR LF."""

    reverse_path: str
    forward_path: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Spec:
    """A whole exercise, as it was read. `home` is the folder of a teacher's file, "" for one of ours."""

    name: str
    title: str
    minutes: int
    persona: str
    manners: str
    mistakes: tuple[str, ...]
    parts: tuple[Part, ...]
    done: str
    concepts: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    server: Mapping[str, Any] = field(default_factory=dict[str, Any])
    letters: tuple[Waiting, ...] = ()
    home: str = ""
    text: str = ""
    """The file that it was read from."""

    @property
    def key(self) -> str:
        """Its name among all exercises, a teacher's with that of its folder: "01.2", "exercises/x1"."""
        return f"{PurePath(self.home).name or 'exercises'}/{self.name}" if self.home else self.name

    @property
    def is_formed(self) -> bool:
        """True where something else is asked than to speak to the server."""
        return any(part.form.name != "say" for part in self.parts)


def load(name: str, folder: object = None) -> Spec:
    """The exercise of that name, read anew each time. Raises ValueError, with what to do, where there is none.

    `folder`: where to look, a path; without it, in `folders.homes()`.
    """
    return at(find(name, folder))


def at(place: Place) -> Spec:
    """The exercise in this file. Raises ValueError that names what is wrong in it."""
    name = place.name
    try:
        text = place.file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"exercise {name} ({place.label}): not UTF-8 at octet {error.start}: save it as UTF-8"
        ) from None
    except OSError as error:
        raise ValueError(f"exercise {name} ({place.label}) cannot be read: {error.strerror}") from None
    return read(text, name, place.label, place.home)


def read(text: str, name: str, label: str = "", home: str = "") -> Spec:
    """An exercise from the text of its file. Raises ValueError that names exercise, file, place and remedy."""
    where = f"exercise {name} ({label})" if label else f"exercise {name}"
    try:
        fields = Fields(tomllib.loads(text), where)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{where}: this is no TOML: {error}. Texts stand in quotes, lists in [ ].") from None
    server = fields.table("server")
    words, ways, others = server.text("persona", "modern"), server.text("manners", "lenient"), others_of(server)
    try:
        persona(words)
        manners(ways)
    except ValueError as error:
        raise server.wrong(str(error)) from None
    form, speak = fields.text("form", "say"), forms.speaking(words, ways, others.get("faults", ()))
    parts = tuple(_part(part, form, speak, name) for part in fields.tables("part", "part"))
    spec = Spec(
        name, fields.text("title"), fields.number("minutes"), words, ways, _mistakes(fields), parts,
        fields.text("done", ""),
        fields.texts("concepts", ()), fields.texts("codes", ()), fields.texts("commands", ()), others,
        tuple(_waiting(letter) for letter in fields.tables("letter")) if "letter" in fields else (), home, text,
    )  # fmt: skip
    fields.done()
    return spec


def _waiting(letter: Fields) -> Waiting:
    text = letter.text("text").replace("\r\n", "\n").replace("\n", "\r\n") + "\r\n"
    waiting = Waiting(letter.text("from"), letter.text("to"), text, letter.text("by", "client.example.com"))
    letter.done()
    return waiting


def _mistakes(fields: Fields) -> tuple[str, ...]:
    named = fields.texts("mistakes", ())
    for mistake in named:
        if mistake not in MISTAKES:
            raise fields.wrong(f"no mistake is called {mistake!r}; there are: {', '.join(MISTAKES)}")
    return named


def _part(part: Fields, form: str, speak: Speak, name: str) -> Part:
    made = forms.read(part, form, speak, name)
    task, hints = part.text("task"), tuple(hint.strip() for hint in part.texts("hints"))
    if len(hints) != HINTS:
        raise part.wrong(
            f"a part has {HINTS} hints, not {len(hints)}: the first a question, the last nearly the answer"
        )
    if not all(hints):
        raise part.wrong("a hint is empty: write something there")
    asked: list[Asked] = []
    # What is said is judged by rules; an answer and a function may do without.
    for rule in part.tables("rules", "rule") if made.name in ("say", "order") or "rules" in part else ():
        try:
            asked.append(Asked.read(rule.rest()))
        except ValueError as error:
            raise rule.wrong(str(error)) from None
    solution = part.text("solution")
    try:
        compile(solution, "solution", "exec")
    except (SyntaxError, ValueError) as error:
        line = f", at its line {error.lineno}" if isinstance(error, SyntaxError) else ""
        raise part.wrong(f"'solution' is no Python{line}: {error.args[0]}") from None
    part.done()
    return Part(task, tuple(asked), hints, solution, made)
