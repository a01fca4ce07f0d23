"""A maildrop: one user's mail as POP3 shows it, locked, and numbered from 1 in the order in which it came (RFC 1939 §4).

Where the letters lie is not this module's business: `Maildrops` is given to the session from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..answers import Handler
from ..manners import Manners
from ..persona import Persona
from ..table import Facts
from ..world import Clock, World
from .replies import Pop3Reply


class MaildropBusy(Exception):
    """Another session has the maildrop open (RFC 1939 §4)."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter in a maildrop. `uid` is its unique id, 1 to 70 printable characters, the same in each session."""

    uid: str
    octets: int
    """Its size, line ends as CR LF, dots not stuffed (RFC 1939 §11)."""
    read: Callable[[], bytes] = field(repr=False, compare=False)
    """Gives the letter, every line with its CR LF. May raise OSError."""


class Maildrops(Protocol):
    """Where a server's mail lies."""

    def named(self, name: str) -> str:
        """The user that a client means by this name: local-parts keep their case, and few who type one do."""
        ...

    def exists(self, user: str) -> bool:
        """True where this user has, or had, mail."""
        ...

    def open(self, user: str) -> Sequence[Letter]:
        """The user's letters, the oldest first, locked until `close`. Raises MaildropBusy, OSError."""
        ...

    def close(self, user: str, remove: Sequence[Letter] = ()) -> None:
        """Unlocks it, and removes these letters. Raises StoreFailed where one could not be removed."""
        ...


class Maildrop:
    """A maildrop that is open: its letters by number, and which of them are marked as deleted."""

    def __init__(self, user: str, letters: Sequence[Letter]) -> None:
        self.user = user
        self.letters = tuple(letters)
        self.marked: set[int] = set()
        """Numbers of the letters that QUIT will remove."""

    def __getitem__(self, number: int) -> Letter | None:
        """The letter of that number; None where there is none, or where it is marked."""
        if 1 <= number <= len(self.letters) and number not in self.marked:
            return self.letters[number - 1]
        return None

    @property
    def left(self) -> tuple[tuple[int, Letter], ...]:
        """(number, letter) of those that are not marked. Numbers stay the same all session."""
        return tuple((n, letter) for n, letter in enumerate(self.letters, 1) if n not in self.marked)

    @property
    def octets(self) -> int:
        """The octets of the letters that are not marked."""
        return sum(letter.octets for _, letter in self.left)


class Pop3Desk(Protocol):
    """What a POP3 handler may use of the session that it works for."""

    manners: Manners
    world: World
    clock: Clock
    maildrops: Maildrops
    user: str
    """The name that was said, as it was said; "" for none yet."""
    maildrop: Maildrop | None
    handlers: Mapping[str, Handler]

    @property
    def persona(self) -> Persona: ...
    @property
    def facts(self) -> Facts: ...
    def open(self, maildrop: Maildrop) -> None: ...
    def update(self) -> None:
        """Removes what is marked, and unlocks the maildrop. Raises StoreFailed."""
        ...

    def words(self, situation: str, **fields: object) -> str: ...
    def say(
        self, status: str, situation: str, body: bytes | None = None, *, response_code: str = "", **fields: object
    ) -> Pop3Reply: ...
