"""The form "function": a function that a learner writes, and the servers that it is tried with.

    function = "send"
    takes = "address"           called once, send(address, *arguments); "reply": with the octets of the reply to EHLO;
                                "socket": called for each reply of a conversation that is held for it
    arguments = [...]           what it is given besides
    with = ["wait"]             and by name: `wait` turns the server's clock, `context` is a client's that verifies it
    [[part.case]]               one server:
    name, said                  what it tests; what is said where that fails
    faults, server = { ... }    what goes wrong there, and how it differs from the exercise's
    faults_last_s = 60          the faults end when so many seconds were waited, by `wait`; left out: they last
    say = ["...", ...]          what is said to it, for a "socket"
    arguments = [...]           in place of the part's
    gives = ...                 what the function gives back, exactly
    stored = { alice = 1 }      letters in these mailboxes at the end, exactly
    copies = { alice = 2 }      one letter there at least, so many copies at most, all with the same Message-ID
    sessions = 3                so many at most
    gauntlet = true             its server is the gauntlet, all twelve of whose gates must be held
    waits = [300, 600]          seconds that are waited from one try to the next, by `wait`, exactly; [] for none
    not_before_s = 300          seconds that are waited at least, by `wait`, from one session to the next

Pure, as `forms` is; `cases` tries the function, `outcome` judges what came of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any, ClassVar

from ...protocol.faults import Fault, faults
from ..fields import Fields, shown
from ..judging.attempt import listed
from .server_fields import others_of

TAKES = ("socket", "address", "reply")
WITH = ("wait", "context")
ANY = object()
"""Where a case does not say what is to be given back."""


@dataclass(frozen=True, slots=True)
class Case:
    """One server that a function has to do with, and what must have come of it."""

    name: str
    said: str
    faults: tuple[Fault, ...] = ()
    faults_last_s: float = inf
    say: tuple[bytes, ...] = ()
    server: Mapping[str, Any] = field(default_factory=dict[str, Any])
    arguments: tuple[Any, ...] = ()
    gives: Any = ANY
    stored: Mapping[str, int] = field(default_factory=dict[str, int])
    copies: Mapping[str, int] = field(default_factory=dict[str, int])
    sessions: int = 0
    waits: tuple[float, ...] | None = None
    not_before_s: float = 0.0
    gauntlet: bool = False

    @classmethod
    def read(cls, case: Fields, arguments: tuple[Any, ...]) -> Case:
        texts = case.texts("faults", ())
        try:
            wrong = faults(texts)
        except ValueError as error:
            raise case.wrong(str(error)) from None
        made = cls(
            case.text("name"), case.text("said"), wrong,
            case.number("faults_last_s", default=0) or inf, tuple(octets(line) for line in case.texts("say", ())),
            others_of(case.table("server")), case.values("arguments", arguments), case.value("gives", ANY),
            _counts(case, "stored", 0), _counts(case, "copies", 1), case.number("sessions", default=0), _waits(case),
            case.number("not_before_s", default=0), case.flag("gauntlet", False),
        )  # fmt: skip
        if made.gauntlet and (made.faults or made.server):
            raise case.wrong("'gauntlet' brings its own server and faults: leave 'faults' and 'server' out")
        case.done()
        return made


def _waits(case: Fields) -> tuple[float, ...] | None:
    """The waits that are asked for, None where nothing is said of them."""
    waits = case.values("waits", ())
    if "waits" not in case:
        return None
    for each in waits:
        if not isinstance(each, int | float) or isinstance(each, bool) or each <= 0:
            raise case.wrong(f"'waits' has {shown(each)} in it, and lists seconds: waits = [300, 600]")
    return waits


def _counts(case: Fields, key: str, least: int) -> Mapping[str, int]:
    """Mailboxes, by name, with a number each."""
    table = case.table(key)
    for name in table.names():
        if "@" in name:
            raise table.wrong(
                f"a mailbox is called by what stands before the @: {name.partition('@')[0]}, not {name!r}"
            )
    return {name: table.number(name, least) for name in table.names()}


@dataclass(frozen=True, slots=True)
class Function:
    """Write a function that does its work with each of several servers."""

    name: ClassVar[str] = "function"
    how: ClassVar[str] = (
        "It is tried with a server of its own in each of these cases, and judged by that server's record."
    )
    function: str
    takes: str
    named: tuple[str, ...]
    cases: tuple[Case, ...]

    @classmethod
    def read(cls, part: Fields) -> Function:
        takes, named = part.text("takes", TAKES[0]), part.texts("with", ())
        if takes not in TAKES:
            raise part.wrong(f"'takes' is {takes!r}, and may be {listed(TAKES, 'or')}")
        if not set(named) <= set(WITH):
            raise part.wrong(f"'with' may name {listed(WITH)}")
        arguments = part.values("arguments", ())
        read = tuple(Case.read(case, arguments) for case in part.tables("case", "case"))
        if takes != "address" and any(case.gauntlet for case in read):
            raise part.wrong("'gauntlet' is for a function that takes = \"address\"")
        name = part.text("function")
        if not name.isidentifier():
            raise part.wrong(f"'function' is {name!r}, and no function of Python's can be called so")
        for at, case in enumerate(read, 1):
            if any(other.name == case.name for other in read[: at - 1]):
                raise part.wrong(f"case {at} has the name {case.name!r} of another one: each is told by its name")
            if "wait" not in named and (case.not_before_s or case.faults_last_s < inf or case.waits is not None):
                raise part.wrong(f'case {at} asks for waits: the function is to be given what waits, with = ["wait"]')
        return cls(name, takes, named, read)

    def block(self) -> tuple[str, ...]:
        return tuple(case.name for case in self.cases)


def octets(line: str) -> bytes:
    """A line of a file as octets, with its CR LF."""
    return line.encode("utf-8") + (b"" if line.endswith("\n") else b"\r\n")
