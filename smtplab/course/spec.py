"""An exercise as a file: what it asks, the rules, the mistakes it can name, hints, solution. No code in it.

    title = "Say the session"              minutes = 5
    mistakes = ["no hello", "no dot"]      names from `naming.MISTAKES`, those of the same step in this order (optional)
    done = "..."                           said when it is passed (optional)
    concepts = ["lonely dot"]              what it tests, for the index; codes = ["503"], commands = ["RCPT"] (optional)
    [server]                               persona, manners, and what else a Server takes: domains, faults ... (optional)
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

from ..protocol.faults import faults
from ..protocol.manners import manners
from ..protocol.persona import persona
from .fields import Fields
from .folders import Place, find
from .folders import names as names
from .folders import shipped as shipped
from .judge import Asked
from .naming import MISTAKES

HINTS = 3
"""Rungs of a part's ladder of hints."""
SERVER = ("auth", "auth_in_clear", "domains", "faults", "max_size", "tls", "without")
"""What a [server] may set besides persona and manners: arguments of `Server` by their own names."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to do."""

    task: str
    asked: tuple[Asked, ...]
    hints: tuple[str, ...]
    solution: str


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
    home: str = ""
    text: str = ""
    """The file that it was read from."""

    @property
    def key(self) -> str:
        """Its name among all exercises, a teacher's with that of its folder: "01.2", "exercises/x1"."""
        return f"{PurePath(self.home).name or 'exercises'}/{self.name}" if self.home else self.name


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
    words, rules, others = server.text("persona", "modern"), server.text("manners", "lenient"), _others(server)
    try:
        persona(words)
        manners(rules)
    except ValueError as error:
        raise server.wrong(str(error)) from None
    spec = Spec(
        name, fields.text("title"), fields.number("minutes"), words, rules, _mistakes(fields),
        tuple(_part(part) for part in fields.tables("part", "part")), fields.text("done", ""),
        fields.texts("concepts", ()), fields.texts("codes", ()), fields.texts("commands", ()), others, home, text,
    )  # fmt: skip
    fields.done()
    return spec


def _mistakes(fields: Fields) -> tuple[str, ...]:
    named = fields.texts("mistakes", ())
    for mistake in named:
        if mistake not in MISTAKES:
            raise fields.wrong(f"no mistake is called {mistake!r}; there are: {', '.join(MISTAKES)}")
    return named


def _others(server: Fields) -> dict[str, Any]:
    """What else is set of the server, by names that `Server` has. It looks at the values when it is made."""
    others = server.rest()
    for key in others:
        if key not in SERVER:
            raise server.wrong(f"nothing is called {key!r} here: there are persona, manners, {', '.join(SERVER)}.")
    try:
        faults(others.get("faults"))
    except (TypeError, ValueError) as error:
        raise server.wrong(f"'faults': {error}") from None
    return others


def _part(part: Fields) -> Part:
    task, hints = part.text("task"), tuple(hint.strip() for hint in part.texts("hints"))
    if len(hints) != HINTS:
        raise part.wrong(
            f"a part has {HINTS} hints, not {len(hints)}: the first a question, the last nearly the answer"
        )
    if not all(hints):
        raise part.wrong("a hint is empty: write something there")
    asked: list[Asked] = []
    for rule in part.tables("rules", "rule"):
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
    return Part(task, tuple(asked), hints, solution)
