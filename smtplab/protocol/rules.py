"""Rules that react: refusals that depend on what came before, on a clock that a lesson can turn.

A server is given some (`Server(rules=[Greylist()])`), and each recipient is put before them in order. A rule only
says why not; it learns from what was really answered, never from being asked. Times are the server's clock's.

As text a rule is its name and its numbers, in the order in which they stand below: "Greylist 300", "RateLimit 3 60".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime

from .world import Refusal, Rule, Visit, keep

GREYLISTED = Refusal(450, "greylisted", "4.7.1")
TOO_FAST = Refusal(450, "too fast", "4.7.0")
FULL = Refusal(552, "mailbox full", "5.2.2")
BUSY = Refusal(450, "mailbox busy", "4.2.1")

__all__ = ["BusyFor", "FullAfter", "Greylist", "RateLimit", "Rule", "Visit", "rules"]


@dataclass(slots=True)
class Greylist:
    """450 to a sender, recipient and client never seen together; taken when they come again after `wait_s` seconds."""

    wait_s: float = 300.0
    _seen: dict[tuple[str, str, str], datetime] = field(default_factory=dict[tuple[str, str, str], datetime])

    def refuses(self, visit: Visit) -> Refusal | None:
        first = self._seen.get(self._key(visit))
        early = first is None or (visit.now - first).total_seconds() < self.wait_s
        return GREYLISTED if early else None

    def learn(self, visit: Visit, *, accepted: bool) -> None:
        if not accepted:
            keep(self._seen, self._key(visit), self._seen.get(self._key(visit), visit.now))

    def _key(self, visit: Visit) -> tuple[str, str, str]:
        return visit.reverse_path, visit.forward_path, visit.client_address


@dataclass(slots=True)
class RateLimit:
    """450 to a client that asks for more than `most` recipients in any `per_s` seconds."""

    most: int = 3
    per_s: float = 60.0
    _taken: dict[str, list[datetime]] = field(default_factory=dict[str, list[datetime]])

    def refuses(self, visit: Visit) -> Refusal | None:
        recent = self._recent(visit)
        return TOO_FAST if len(recent) >= self.most else None

    def learn(self, visit: Visit, *, accepted: bool) -> None:
        if accepted:
            keep(self._taken, visit.client_address, [*self._recent(visit), visit.now])

    def _recent(self, visit: Visit) -> list[datetime]:
        taken = self._taken.get(visit.client_address, [])
        return [then for then in taken if (visit.now - then).total_seconds() < self.per_s]


@dataclass(slots=True)
class FullAfter:
    """552 for a mailbox that was taken mail for `count` times."""

    count: int = 1
    _taken: dict[str, int] = field(default_factory=dict[str, int])

    def refuses(self, visit: Visit) -> Refusal | None:
        return FULL if self._taken.get(visit.forward_path, 0) >= self.count else None

    def learn(self, visit: Visit, *, accepted: bool) -> None:
        if accepted:
            keep(self._taken, visit.forward_path, self._taken.get(visit.forward_path, 0) + 1)


@dataclass(slots=True)
class BusyFor:
    """450 for everyone until `seconds` have gone by since the first recipient was asked for."""

    seconds: float = 60.0
    _since: datetime | None = None

    def refuses(self, visit: Visit) -> Refusal | None:
        since = self._since or visit.now
        return BUSY if (visit.now - since).total_seconds() < self.seconds else None

    def learn(self, visit: Visit, *, accepted: bool) -> None:  # noqa: ARG002  the same after either answer
        self._since = self._since or visit.now


_NAMED = {kind.__name__: kind for kind in (Greylist, RateLimit, FullAfter, BusyFor)}


def rules(wanted: str | Rule | Iterable[str | Rule]) -> tuple[Rule, ...]:
    """Rules, given as text or as they are, one or several. Raises ValueError, saying how they are written.

    >>> rules("RateLimit 2 60")
    (RateLimit(most=2, per_s=60.0, _taken={}),)
    """
    several = (wanted,) if isinstance(wanted, str) or not isinstance(wanted, Iterable) else wanted
    made = tuple(_named(rule) if isinstance(rule, str) else rule for rule in several)
    for rule in made:
        if not callable(getattr(rule, "refuses", None)) or not callable(getattr(rule, "learn", None)):
            raise ValueError(
                f'{rule!r} is no rule: give Greylist(300), its text "Greylist 300", or what refuses and learns'
            )
    return made


def _named(text: str) -> Rule:
    name, *numbers = text.split() or [""]
    kind = _NAMED.get(name)
    if kind is None:
        raise ValueError(f"{text!r} is no rule: write {', '.join(_NAMED)}, with numbers behind it (Greylist 300)")
    asked = [each for each in fields(kind) if each.init and not each.name.startswith("_")]
    try:
        given = {
            each.name: int(number) if each.type == "int" else float(number)
            for each, number in zip(asked, numbers, strict=False)
        }
        if len(numbers) > len(asked) or any(not 0 <= number < float("inf") for number in given.values()):
            raise ValueError
    except ValueError:
        names = ", ".join(each.name for each in asked)
        raise ValueError(f"{text!r}: {name} takes at most {len(asked)} numbers, 0 or more: {names}") from None
    return kind(**given)  # pyright: ignore[reportArgumentType]  the fields' own types, read off them above
