"""The toy world: the domain whose mailboxes the bundled server holds, its clock and its queue ids.

Host mail.example.com, domain example.com. Every local-part there is taken, but for the teaching ones: nobody@
(550), full@ (552), busy@ (450), grey@ (450 once, then 250). Any other domain is refused: no relaying.

Nothing here knows the protocol's states; a handler asks, the world answers with a code and a situation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from math import inf
from typing import NamedTuple, Protocol, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

HOST = "mail.example.com"
RESIDENTS = ("alice", "bob", "carol", "dave", "test", "postmaster")
LISTS = {"staff": ("alice", "bob", "carol")}


class Clock(Protocol):
    """What a session needs of a clock: the time, and a tick with each command."""

    def now(self) -> datetime: ...
    def tick(self) -> None: ...


_SECOND = timedelta(seconds=1)


class ToyClock:
    """A clock that starts at a fixed time and moves one second on with each command: the same every run."""

    def __init__(self, start: datetime = datetime(2008, 10, 1, 12, 0, 0, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def tick(self) -> None:
        self._now += _SECOND

    def turn(self, seconds: float) -> None:
        """Turns the clock on, for a lesson in which time goes by. Raises TypeError for what is no number, ValueError
        for less than 0: time does not go back."""
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"a clock is turned on by seconds, a number: turn(300), not turn({seconds!r})")
        if not 0 <= seconds < inf:
            raise ValueError(f"a clock is turned on, never back: turn(300), not turn({seconds!r})")
        self._now += timedelta(seconds=seconds)

    def __repr__(self) -> str:
        return f"<ToyClock at {self._now:%Y-%m-%d %H:%M:%S}>"


def counting_ids(prefix: str = "A", first: int = 1, width: int = 5) -> Callable[[], str]:
    """Queue ids that count up: A00001, A00002, ...; the same every run."""
    number = first - 1

    def next_id() -> str:
        nonlocal number
        number += 1
        return f"{prefix}{number:0{width}d}"

    return next_id


_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def mail_date(when: datetime, zone: str = "") -> str:
    """The date as mail writes it, in English whatever the locale (RFC 5322 §3.3): Wed, 1 Oct 2008 12:00:00 +0000."""
    comment = f" ({zone})" if zone else ""
    day = f"{_WEEKDAYS[when.weekday()]}, {when.day} {_MONTHS[when.month - 1]} {when.year:04}"
    return f"{day} {when.hour:02}:{when.minute:02}:{when.second:02} {_offset(when.utcoffset())}{comment}"


@lru_cache(maxsize=16)
def _offset(offset: timedelta | None) -> str:
    """The distance of a time zone from UTC: +0100; "" where a clock tells none."""
    return "" if offset is None else f"{datetime(2008, 10, 1, tzinfo=timezone(offset)):%z}"


REMEMBERED = 10_000
"""Of so many whoever refuses by what came before remembers something; of more, the oldest are forgotten."""


def keep(memory: dict[Key, Value], key: Key, value: Value) -> None:
    """Puts something into a memory that has an end."""
    memory[key] = value
    if len(memory) > REMEMBERED:
        del memory[next(iter(memory))]


class Refusal(NamedTuple):
    """Why a recipient is not taken: the code, the situation that a persona has words for, the enhanced code."""

    code: int
    situation: str
    enhanced: str


NO_RELAY = Refusal(550, "no relaying", "5.7.1")
_TEACHING = {
    "nobody": Refusal(550, "no such user", "5.1.1"),
    "full": Refusal(552, "mailbox full", "5.2.2"),
    "busy": Refusal(450, "mailbox busy", "4.2.1"),
}
_GREY = Refusal(450, "greylisted", "4.7.1")


class Visit(NamedTuple):
    """One recipient asked for: by whom, for whom, from where, and when."""

    reverse_path: str
    forward_path: str
    client_address: str
    now: datetime


class Rule(Protocol):
    """A refusal that depends on what came before (`rules`): `refuses` before the reply, `learn` after it."""

    def refuses(self, visit: Visit) -> Refusal | None: ...
    def learn(self, visit: Visit, *, accepted: bool) -> None: ...


@dataclass(slots=True)
class World:
    """Who lives here. One per server, so that grey@ remembers whom it has seen across sessions."""

    seen_by_grey: dict[tuple[str, str], None] = field(default_factory=dict[tuple[str, str], None])
    rules: Sequence[Rule] = ()
    """What refuses besides, by what came before (`rules`)."""

    challenges: int = 0
    """How many questions were asked at log-ins (`challenge`)."""

    def challenge(self) -> int:
        """A number for a question at a log-in, another each time: an old answer fits no new question."""
        self.challenges += 1
        return self.challenges

    def refuses(self, local_part: str, reverse_path: str, client_address: str) -> Refusal | None:
        """The refusal for a local recipient, or None where the mail is welcome. The local-part keeps its case."""
        name = local_part.lower()
        if name == "grey":
            return None if (client_address, reverse_path) in self.seen_by_grey else _GREY
        return _TEACHING.get(name)

    def remember(self, local_part: str, reverse_path: str, client_address: str) -> None:
        """A refusal was really said: grey@ knows this sender from now on."""
        if local_part.lower() == "grey":
            keep(self.seen_by_grey, (client_address, reverse_path), None)

    def password(self, name: str, accounts: tuple[tuple[str, str], ...] = (), *, has_mail: bool = False) -> str | None:
        """The password of a name, with or without our domain; None for a name that may not log in.

        In the toy world alice's is wonderland and every other resident's letmein. `has_mail` makes a resident of
        whoever has a mailbox.
        """
        if accounts:
            return dict(accounts).get(name)
        user = name.lower().partition("@")[0]
        if user not in RESIDENTS and not has_mail:
            return None
        return "wonderland" if user == "alice" else "letmein"

    def expands(self, name: str) -> tuple[str, ...]:
        """The members of a mailing list, or () where there is no such list."""
        return LISTS.get(name.lower(), ())
