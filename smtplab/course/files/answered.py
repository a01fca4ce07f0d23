"""The two forms of an exercise that are answered, not said: find the fault in a session, and sort.

An answer is read with care (`read_answer`), judged (`judge`), and can be judged again from what was kept of it
(`judged`). Pure, as `forms` is.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from ...protocol.transcript import Transcript
from ..fields import Fields
from ..judging.attempt import listed
from ..judging.judge import Judgement, Result

Speak = Callable[[Sequence[str]], Transcript]
"""Says lines to a server of the exercise's kind, without a socket: what comes of it."""


@dataclass(frozen=True, slots=True)
class Find:
    """Name the step of a session where it goes wrong."""

    name: ClassVar[str] = "find"
    how: ClassVar[str] = "Choose the step, or give its number: `ex.answer(3)` for step 3."
    session: Transcript
    fault: int
    said: Mapping[int, str]
    otherwise: str

    @classmethod
    def read(cls, part: Fields, speak: Speak) -> Find:
        text = part.text("transcript", "")
        try:
            session = Transcript.parse(text) if text else speak(part.texts("session"))
        except ValueError as error:
            raise part.wrong(f"'transcript': {error}") from None
        fault, otherwise = part.number("fault"), part.text("otherwise", "Nothing is wrong with it.")
        said: dict[int, str] = {}
        for step, words in part.table("said").rest().items():
            said[int(step) if step.isdecimal() else 0] = str(words).strip()
        for step in (fault, *said):
            if not 1 <= step <= len(session):
                raise part.wrong(f"'fault' and 'said' name steps of the session, 1 to {len(session)}")
        if fault in said:
            raise part.wrong(f"'said' speaks of step {fault}, and that is the right one")
        return cls(session, fault, said, otherwise)

    def block(self) -> tuple[str, ...]:
        shown = (f"{step.direction}: {step.shown()}".rstrip() for step in self.session)
        return tuple(text.replace("\n", f"\n{text[:3]}") for text in shown)

    def read_answer(self, given: object) -> int:
        """The number of a step. Raises ValueError where there is none such."""
        if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= len(self.session):
            return given
        raise ValueError(f"give the number of a step, 1 to {len(self.session)}: answer(3), not answer({given!r})")

    def judged(self, kept: str) -> Judgement:
        """The judgement on an answer as it is kept: str() of what `read_answer` gave. Raises ValueError for another."""
        if not kept.isdecimal():
            raise ValueError(f"{kept[:40]!r} is no step")
        return self.judge(self.read_answer(int(kept)))

    def judge(self, answer: int) -> Judgement:
        claim = f"the step asked for: you named step {answer}"
        if answer == self.fault:
            return Judgement((Result(claim, "holds", ()),), step=answer)
        shown = self.block()[answer - 1].split("\n")[0]
        said = self.said.get(answer, self.otherwise)
        return Judgement((Result(claim, "missed", ()),), f"Step {answer} is not it (`{shown}`). {said}", answer)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be sorted: where it belongs, and what is said where it was put elsewhere."""

    text: str
    bin: str
    said: str


@dataclass(frozen=True, slots=True)
class Sort:
    """Put each item where it belongs."""

    name: ClassVar[str] = "sort"
    bins: tuple[str, ...]
    items: tuple[Item, ...]

    @property
    def how(self) -> str:
        first = self.bins[0]
        return (
            f"Choose for each of them one of {listed([f'`{each}`' for each in self.bins], 'or')}; or give all answers in "
            f'their order, `ex.answer(["{first}", ...])`.'
        )

    @classmethod
    def read(cls, part: Fields) -> Sort:
        bins = part.texts("bins")
        items: list[Item] = []
        for entry in part.tables("items", "item"):
            item = Item(entry.text("text"), entry.text("in"), entry.text("said"))
            if item.bin not in bins:
                raise entry.wrong(f"'in' is {item.bin!r}, and the bins are {listed(bins)}")
            entry.done()
            items.append(item)
        return cls(bins, tuple(items))

    def block(self) -> tuple[str, ...]:
        return tuple(item.text for item in self.items)

    def read_answer(self, given: Any) -> tuple[str, ...]:
        """A bin for each item, from a list in their order or from {1: "...", 2: "..."}. Raises ValueError."""
        count = len(self.items)
        answered: Any = given
        if isinstance(given, dict):
            by_number = cast(dict[Any, Any], given)
            missing = [number for number in range(1, count + 1) if number not in by_number]
            if missing or len(by_number) != count:
                raise ValueError(
                    f"give a word for each of 1 to {count}" + (f"; {missing[0]} has none" if missing else "")
                )
            answered = [by_number[number] for number in range(1, count + 1)]
        words: list[Any] = [*cast(Sequence[Any], answered)] if isinstance(answered, list | tuple) else []
        if len(words) != count:
            raise ValueError(f"give {count} words, one for each, of these: {', '.join(self.bins)}")
        known = {each.casefold(): each for each in self.bins}
        answers = [known.get(" ".join(str(word).split()).casefold(), "") for word in words]
        if "" in answers:
            number = answers.index("") + 1
            raise ValueError(f"number {number} is {words[number - 1]!r}, and may be one of: {', '.join(self.bins)}")
        return tuple(answers)

    def judged(self, kept: str) -> Judgement:
        """The judgement on an answer as it is kept: str() of what `read_answer` gave. Raises ValueError for another."""
        try:
            return self.judge(self.read_answer(ast.literal_eval(kept)))
        except (SyntaxError, RecursionError, MemoryError):
            raise ValueError(f"{kept[:40]!r} is no answer") from None

    def judge(self, answer: tuple[str, ...]) -> Judgement:
        results: list[Result] = []
        message = ""
        for item, put in zip(self.items, answer, strict=True):
            holds = put == item.bin
            if not holds and not message:
                message = f"`{item.text}`: the answer is not {put!r}. {item.said}"
                results.append(Result(f"{item.text}: {put}", "missed", ()))
            else:
                results.append(Result(f"{item.text}: {put}", "holds" if holds else "not reached", ()))
        return Judgement(tuple(results), message)
