"""question(): a small question in a notebook, asked before a cell is run, or to call back what was learned before.

    question("02.c")             # shown: the question, and in the page what to choose
    question("02.c").compare()   # after the cell: the right answer, in fixed words; in the page, beside what you said

Questions stand in files, `questions/02.toml` for notebook 02, a table for each (a letter: numbers are of exercises):

    [c]
    kind = "predict"                   "predict": noted, and compared later. "recall": right or wrong at once
    text = "..."                       `code` in backticks
    choices = [{ text = "...", right = true, said = "what is said to it" }, ...]
    answer = "..."                     of a predict: what `compare` says, whatever was answered
    several = true                     more than one may be right; `missing` is said where some are not chosen
    typed = true                       typed, not chosen: choices are what is foreseen; `otherwise` is said to the rest

Rules
1. What is shown as text and HTML never depends on an answer. Nothing waits for one.
2. The page answers by itself; it tells the kernel where there is one, which keeps it for later and tells `on_answer`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from .. import card
from ..card import Shown
from ..fields import Fields

VIEW = "application/vnd.jupyter.widget-view+json"
KINDS = ("predict", "recall")
BUTTONS = {"predict": "That is what I expect", "recall": "Answer"}

_given: dict[str, tuple[str, ...]] = {}
"""What was answered to each question, for the rest of this session."""
_listeners: list[Callable[[str, str], None]] = []


def note_answer(name: str, choice: str) -> None:
    """Tells all who asked for it that this was answered: a question's choice, or the answer to an exercise."""
    for told in _listeners:
        told(name, choice)


def on_answer(told: Callable[[str, str], None]) -> None:
    """Have `told(name, choice)` called with every answer. It is called where the answer arrives, so it must be quick."""
    if told not in _listeners:
        _listeners.append(told)


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice, or one answer that is foreseen, and what is said to it."""

    text: str
    is_right: bool
    said: str

    @property
    def words(self) -> str:
        """Its text without marks: how an answer names it."""
        return self.text.replace("`", "")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, as it was read. `mode` is "one", "several" or "typed"."""

    name: str
    kind: str
    text: str
    choices: tuple[Choice, ...]
    mode: str
    answer: str
    missing: str
    otherwise: str


def shipped() -> Traversable:
    """The folder of the questions that come with smtplab."""
    return files("smtplab.course") / "questions"


def names(folder: Traversable | None = None) -> list[str]:
    """The names of all questions in a folder, in order."""
    found = [file for file in (shipped() if folder is None else folder).iterdir() if file.name.endswith(".toml")]
    every = [(file.name.removesuffix(".toml"), tomllib.loads(file.read_text(encoding="utf-8"))) for file in found]
    return sorted(f"{book}.{key}" for book, keys in every for key in keys)


def load(name: str, folder: Traversable | None = None) -> Asked:
    """The question of that name. Raises ValueError, with what to do, where there is none or its file is wrong."""
    if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]  a notebook has no types
        raise ValueError(f'a question has its name in quotes: question("02.a"), not question({name!r})')
    if isinstance(folder, str):
        raise ValueError(f"the folder of questions is a path: folder=Path({folder!r}), with `from pathlib import Path`")
    folder = shipped() if folder is None else folder
    book, _, key = name.rpartition(".")
    file = folder / f"{book}.toml"
    if not re.fullmatch(r"\w[\w-]*", book) or not file.is_file():
        raise ValueError(f"there is no question {name!r}: choose one of {', '.join(names(folder))}")
    return read(file.read_text(encoding="utf-8"), book, key)


def read(text: str, book: str, key: str) -> Asked:
    """The question with this key, from the text of a file. Raises ValueError that names place and remedy."""
    name = f"{book}.{key}"
    try:
        stored = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"questions {book}: this is no TOML: {error}. Texts stand in quotes, lists in [ ].") from None
    if key not in stored:
        raise ValueError(
            f"there is no question {name!r}: choose one of {', '.join(f'{book}.{each}' for each in stored)}"
        )
    fields = Fields(stored[key], f"question {name}")
    kind = fields.text("kind")
    if kind not in KINDS:
        raise fields.wrong(f"'kind' is {kind!r}, and may be {' or '.join(KINDS)}")
    several, typed = fields.flag("several", False), fields.flag("typed", False)
    if several and typed:
        raise fields.wrong("it is either 'several' or 'typed'")
    choices = tuple(_choice(entry, kind) for entry in fields.tables("choices", "choice"))
    right = sum(choice.is_right for choice in choices)
    if not right or (right > 1 and not several and not typed):
        raise fields.wrong(f"{right} of its choices are right: mark one with right = true (several = true for more)")
    if len({choice.text for choice in choices}) < len(choices) or (len(choices) < 2 and not typed):
        raise fields.wrong("it needs two choices or more, no two the same")
    mode = "several" if several else "typed" if typed else "one"
    asked = Asked(
        name, kind, fields.text("text"), choices, mode, fields.text("answer") if kind == "predict" else "",
        fields.text("missing", "So far so good, and there is more that belongs to it."),
        fields.text("otherwise", "That is not it."),
    )  # fmt: skip
    fields.done()
    return asked


def _choice(entry: Fields, kind: str) -> Choice:
    text, is_right = entry.text("text"), entry.flag("right", False)
    choice = Choice(text, is_right, entry.text("said") if kind == "recall" else entry.text("said", ""))
    entry.done()
    return choice


def question(name: str, *, large: bool = False, folder: Traversable | None = None) -> Question:
    """The question of that name, to be shown; `large`: for a projector. Raises ValueError, naming those there are."""
    return Question(load(name, folder), large=large)


class Question(Shown):
    """A question to be shown. `compare()` is for the cell after the experiment; `answer(...)` answers without a page."""

    def __init__(self, asked: Asked, *, large: bool = False) -> None:
        self.asked, self._large = asked, large
        marks = {"one": "( )", "several": "[ ]"}
        before = "before you run the next cell" if asked.kind == "predict" else "what do you remember?"
        shown = card.lines(f"Question {asked.name}, {before}", asked.text)
        listed = [f"  {marks[asked.mode]} {choice.text}" for choice in asked.choices if asked.mode != "typed"]
        if asked.mode == "typed":
            listed = ["  Your answer: ______"]
        super().__init__("\n".join([shown.plain, "", *listed]), shown.html + card.block(listed))

    @property
    def name(self) -> str:
        return self.asked.name

    def compare(self) -> Shown:
        """The right answer of a prediction, in fixed words; in the page, what was said beside it."""
        if self.asked.kind != "predict":
            raise ValueError(f"question {self.name} is no prediction: it says at once what is right")
        return Compared(self)

    def answer(self, given: str | int | Sequence[str]) -> Shown:
        """Answers it without a page: a choice by its text, or several; a number as it is. Raises ValueError for what
        is no choice."""
        answers = [str(given)] if isinstance(given, str | int) else [str(each) for each in given]
        known = [choice.words for choice in self.asked.choices]
        chosen = answers if self.asked.mode == "typed" else [_known(each, known) for each in answers]
        if not chosen or (self.asked.mode != "several" and len(chosen) > 1):
            raise ValueError(
                f"give one answer, of: {', '.join(known)}" if self.asked.mode == "one" else "give an answer"
            )
        self.take(chosen)
        if self.asked.kind == "predict":
            return card.lines(f"Noted: you expect {', '.join(chosen)}. Now run the next cell.")
        is_right, said = judged(self.asked, chosen)
        return card.lines(f"{'Right.' if is_right else 'Not yet.'} {said}")

    def take(self, given: Any) -> None:
        """Keeps what was answered in the page."""
        chosen = tuple(str(each) for each in given)
        _given[self.name] = chosen
        note_answer(self.name, ", ".join(chosen))

    def view(self, asks: str, plain: str, html: str) -> Mapping[str, Any]:
        """What a notebook shows: it live, and these words."""
        from ...widgets.asking import Asking

        widget = Asking(self.document(asks), self.take, plain=plain, static=html, chosen=_given.get(self.name, ()))
        return widget._repr_mimebundle_()[0]  # pyright: ignore[reportPrivateUsage] - it is how a notebook asks

    def document(self, asks: str) -> dict[str, Any]:
        """What the page draws: the question ("predict", "recall"), or what came of it ("compare")."""
        asked = self.asked
        return {
            "kind": "question", "asks": asks, "mode": asked.mode, "name": asked.name, "large": self._large,
            "html": card.inline(asked.text), "button": BUTTONS[asked.kind],
            "items": [
                {**card.words(choice.text), "right": choice.is_right, "said": card.inline(choice.said)}
                for choice in asked.choices
            ],
            "missing": card.inline(asked.missing), "otherwise": card.inline(asked.otherwise),
            "answer": card.inline(asked.answer) if asks == "compare" else "",
        }  # fmt: skip

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002
        return {**self.view(self.asked.kind, self.plain, self.html), "text/plain": self.plain, "text/html": self.html}


class Compared(Shown):
    """What came of a prediction: the same words whatever was predicted."""

    def __init__(self, asked: Question) -> None:
        self._asked = asked
        shown = card.lines(f"Question {asked.name}: {asked.asked.text}", asked.asked.answer)
        super().__init__(shown.plain, shown.html)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002
        live = self._asked.view("compare", self.plain, self.html)
        return {**live, "text/plain": self.plain, "text/html": self.html}


def judged(asked: Asked, chosen: Sequence[str]) -> tuple[bool, str]:
    """Whether an answer is right, and what is said to it. The page does the same (`widgets/asking.js`)."""
    if asked.mode == "typed":
        found = next((choice for choice in asked.choices if is_like(chosen[0], choice.words)), None)
        return (found.is_right, found.said) if found is not None else (False, asked.otherwise)
    picked = [choice for choice in asked.choices if choice.words in chosen]
    wrong = next((choice for choice in picked if not choice.is_right), None)
    if wrong is not None:
        return False, wrong.said
    if len(picked) < sum(choice.is_right for choice in asked.choices):
        return False, asked.missing
    return True, " ".join(choice.said for choice in picked)


def is_like(typed: str, wanted: str) -> bool:
    r"""Whether a typed answer is the one that is wanted, but for what does not matter.

    >>> is_like("503 out of sequence", "503"), is_like(" quit\\r\\n", "QUIT"), is_like("NOOP", "QUIT")
    (True, True, False)
    """
    if re.fullmatch(r"[0-9]+", wanted):
        found = re.search(r"[0-9]+", typed)
        return found is not None and found[0] == wanted
    return _bare(typed) == _bare(wanted)


def _bare(text: str) -> str:
    text = text.replace("\\r", " ").replace("\\n", " ").strip()
    text = re.sub(r"^b?[\"'`]+|[\"'`]+$", "", text)
    return re.sub(r"([A-Za-z0-9>])\.$", r"\1", " ".join(text.split())).lower()


def _known(text: str, known: Sequence[str]) -> str:
    like = next((each for each in known if is_like(text, each) or text.strip().lower() == each.lower()), None)
    if like is None:
        raise ValueError(f"{text!r} is none of the choices: {'; '.join(known)}")
    return like
