"""The forms that a part of an exercise may have: what its file gives for each, how it is laid out, what is right.

    form = "say"        the learner speaks to the server in any way; the rules judge (what a part is, unless it says else)
    form = "order"      lines = ["...", ...]      shown shuffled, and said in the order that the learner gives; rules
    form = "find"       session = ["...", ...]    client lines, said to a server of this exercise's kind; or instead
                        transcript = '''C: ...'''  a session as text
                        fault = 7                 the step to name
                        said = { 5 = "..." }      what is said to another step; `otherwise` to those that have nothing
    form = "sort"       bins = ["...", ...]       where to put each of the items:
                        items = [{ text = "450 ...", in = "...", said = "what is said where it was put wrong" }]
    form = "function"   function = "name"         its name, and what else `function` says
                        [[part.case]]             one server that it has to do with

Pure: nothing here runs, connects or counts. A `find` has its replies from a session without a socket. The two forms
that are answered are in `answered`, the last one in `function`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from ...protocol.faults import faults
from ...protocol.manners import manners
from ...protocol.persona import persona
from ...protocol.session import Session
from ...protocol.transcript import Transcript
from ..fields import Fields
from ..judging.attempt import listed
from .answered import Find, Sort, Speak
from .function import Function, octets


@dataclass(frozen=True, slots=True)
class Say:
    """Speak to the server."""

    name: ClassVar[str] = "say"
    how: ClassVar[str] = "Checked by what the server saw. How you say it is up to you: any client will do."

    def block(self) -> tuple[str, ...]:
        """What is laid out below the task, a text for each entry; () for nothing."""
        return ()


@dataclass(frozen=True, slots=True)
class Order:
    """Put lines in order; they are then really said. `lines` are as they are shown."""

    name: ClassVar[str] = "order"
    how: ClassVar[str] = (
        "Move the lines, and say them to the server. Where there is nothing to move, `ex.put([2, 1, 3])` says line 2 "
        "first, with the numbers of all lines. Checked by what the server saw."
    )
    lines: tuple[str, ...]

    @classmethod
    def read(cls, part: Fields, name: str) -> Order:
        lines = part.texts("lines")
        if len(lines) < 3:
            raise part.wrong(f"'lines' are {len(lines)}: three at least are worth putting in order")
        return cls(shuffled(lines, name))

    def block(self) -> tuple[str, ...]:
        return self.lines

    def chosen(self, order: Any) -> list[bytes]:
        """The lines in this order, as octets. Raises ValueError where it does not name each of them once."""
        numbers = list(cast(Sequence[Any], order)) if isinstance(order, list | tuple | range) else list[Any]()
        every = list(range(1, len(self.lines) + 1))
        if sorted(numbers, key=repr) != sorted(every, key=repr):
            raise ValueError(f"give the numbers of all lines, 1 to {len(every)}, each once: put({every[::-1]})")
        return [octets(self.lines[int(number) - 1]) for number in numbers]


Form = Say | Order | Find | Sort | Function
NAMES = ("say", "order", "find", "sort", "function")


def read(part: Fields, form: str, speak: Speak, name: str) -> Form:
    """The form of one part of the exercise `name`, from its fields. Raises ValueError that says what is wrong."""
    match part.text("form", form):
        case "say":
            return Say()
        case "order":
            return Order.read(part, name)
        case "find":
            return Find.read(part, speak)
        case "sort":
            return Sort.read(part)
        case "function":
            return Function.read(part)
        case other:
            raise part.wrong(f"no form is called {other!r}; there are: {listed(NAMES)}")


def speaking(words: str, rules: str, wrong: Sequence[str]) -> Speak:
    """What says lines to a server of this persona, these manners, and with these faults."""

    def speak(lines: Sequence[str]) -> Transcript:
        session = Session(persona=persona(words), manners=manners(rules), faults=faults(wrong))
        session.connect()
        session.data_to_send()
        for line in lines:
            session.receive(octets(line))
            session.data_to_send()
        return session.transcript()

    return speak


def shuffled(lines: Sequence[str], name: str) -> tuple[str, ...]:
    """The lines in an order that looks like none, the same every time; never as they were given."""
    # Lines that are alike are parted by a count, which is taken off again.
    mixed = [line + "\0" * lines[:n].count(line) for n, line in enumerate(lines)]
    mixed.sort(key=lambda line: hashlib.sha256(f"{name} {line}".encode()).digest())
    found = tuple(line.rstrip("\0") for line in mixed)
    return found if found != tuple(lines) else (*found[1:], found[0])
