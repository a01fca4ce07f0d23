"""An exercise as a file: what it asks, the rules, the mistakes it can name, hints, solution. No code in it.

    title = "Say the session"              minutes = 5
    mistakes = ["no hello", "no dot"]      names from `naming.MISTAKES`, those of the same step in this order
    done = "..."                           said when it is passed (optional)
    [server]                               persona, manners, faults = ["RCPT:1=450"] (optional)
    [[part]]                               one or more; each is asked for when the one before is passed
    task = "..."                           `code` in backticks; an empty line begins a paragraph
    rules = [{ letters = 1 }]              names from `checks.RULES`, in the order in which they are met
    hints = ["...", "...", "..."]          three, the last nearly the answer
    solution = '''...'''                   Python that passes, with `ex` at hand

Nothing here runs or judges.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from ..protocol.faults import Fault
from .judge import Asked
from .naming import MISTAKES

HINTS = 3
"""Rungs of a part's ladder of hints."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to do."""

    task: str
    asked: tuple[Asked, ...]
    hints: tuple[str, ...]
    solution: str


@dataclass(frozen=True, slots=True)
class Spec:
    """A whole exercise, as it was read."""

    name: str
    title: str
    minutes: int
    persona: str
    manners: str
    faults: tuple[str, ...]
    """What goes wrong on purpose, in each session anew (see `Fault`)."""
    mistakes: tuple[str, ...]
    parts: tuple[Part, ...]
    done: str


def shipped() -> Traversable:
    """The folder of the exercises that come with smtplab."""
    return files("smtplab.course") / "exercises"


def names(folder: Traversable | None = None) -> list[str]:
    """The names of all exercises in a folder, in order."""
    found = (shipped() if folder is None else folder).iterdir()
    return sorted(file.name.removesuffix(".toml") for file in found if file.name.endswith(".toml"))


def load(name: str, folder: Traversable | None = None) -> Spec:
    """The exercise of that name, read anew each time. Raises ValueError, with what to do, where there is none."""
    folder = shipped() if folder is None else folder
    if name not in names(folder):
        raise ValueError(f"there is no exercise {name!r}: choose one of {', '.join(names(folder))}")
    return read((folder / f"{name}.toml").read_text(encoding="utf-8"), name)


def read(text: str, name: str) -> Spec:
    """An exercise from the text of its file. Raises ValueError that names the exercise and what is wrong in it."""
    try:
        stored = tomllib.loads(text)
        mistakes = tuple(str(each) for each in stored.get("mistakes", ()))
        unknown = [each for each in mistakes if each not in MISTAKES]
        if unknown:
            raise ValueError(f"no mistake is called {unknown[0]!r}; there are: {', '.join(MISTAKES)}")
        server: Mapping[str, Any] = stored.get("server", {})
        parts = tuple(_part(part) for part in stored["part"])
        return Spec(
            name, str(stored["title"]), int(stored["minutes"]), str(server.get("persona", "modern")),
            str(server.get("manners", "lenient")), _faults(server), mistakes, parts, str(stored.get("done", "")).strip(),
        )  # fmt: skip
    except KeyError as missing:
        raise ValueError(f"exercise {name} has no {missing.args[0]!r}") from None
    except ValueError as why:
        raise ValueError(f"exercise {name}: {why}") from None


def _faults(server: Mapping[str, Any]) -> tuple[str, ...]:
    specs = tuple(str(fault) for fault in server.get("faults", ()))
    for each in specs:
        Fault.parse(each)  # a ValueError that says how one is written
    return specs


def _part(part: Mapping[str, Any]) -> Part:
    hints = tuple(str(hint).strip() for hint in part["hints"])
    if len(hints) != HINTS:
        raise ValueError(f"a part has {HINTS} hints, not {len(hints)}")
    asked = tuple(Asked.read(entry) for entry in part["rules"])
    return Part(str(part["task"]).strip(), asked, hints, str(part["solution"]).strip())
