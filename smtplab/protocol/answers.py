"""What a handler is: it is told what the client said, and returns a reply and an effect.

A handler sees of the session only what `Desk` lists. It never moves a state and never changes a buffer itself: the
effect does, and it happens only if the reply that leaves allows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from .command import Command
from .manners import Manners
from .message import Message
from .persona import Persona
from .replies import Reply
from .table import Facts, Table
from .wire import Frame
from .world import Clock, World


@dataclass(slots=True)
class Transaction:
    """The three buffers of a mail transaction (RFC 5321 §4.1.1). `reverse_path` is None before MAIL, "" for <>."""

    reverse_path: str | None = None
    forward_paths: list[str] = field(default_factory=list[str])
    parameters: dict[str, str] = field(default_factory=dict[str, str])
    """Of MAIL: keyword in capitals -> value."""
    rcpt_parameters: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    """Of each RCPT, in the order of the forward-paths."""
    mail_data: bytearray = field(default_factory=bytearray)
    """The chunks so far; what DATA brings is whole when it comes."""


class Desk(Protocol):
    """What a handler may use of the session that it works for."""

    manners: Manners
    world: World
    clock: Clock
    ids: Callable[[], str]
    store: Callable[[Message], None]
    client_address: str
    client_name: str
    user: str
    """Who logged in, "" for nobody."""
    conversation: Callable[[bytes], Answer] | None
    """What the next log-in response leads to; None outside a log-in."""
    transaction: Transaction
    handlers: Mapping[str, Handler]

    @property
    def persona(self) -> Persona: ...
    @property
    def facts(self) -> Facts: ...
    def words(self, situation: str, **fields: object) -> str: ...
    def say(self, code: int, situation: str, enhanced: str = "", **fields: object) -> Reply: ...


class Said(NamedTuple):
    """What the client said: the command taken apart, and the frame that it came in."""

    event: str
    command: Command
    frame: Frame


class Answer(NamedTuple):
    """A reply and what it promises. `effect` runs only if a reply of the same outcome leaves; it may raise
    StoreFailed, and then a 451 or 452 leaves instead."""

    reply: Reply
    effect: Callable[[], None] | None = None
    closes: bool = False


Handler = Callable[[Any, Said], Answer]
"""Its first argument is a Desk; POP3's handlers work at a desk of their own (`pop3.maildrop`)."""
_HANDLERS: dict[tuple[str, str], Handler] = {}


def handles(table: Table, *events: str) -> Callable[[Handler], Handler]:
    """Registers a handler for events of a table. ValueError for an event that the table does not have."""

    def register(handler: Handler) -> Handler:
        for event in events:
            if event not in table.by_event:
                raise ValueError(f"{table.name} has no row for {event}: add the row first")
            _HANDLERS[table.name, event] = handler
        return handler

    return register


def handlers_of(table: Table, offered: tuple[str, ...]) -> Mapping[str, Handler]:
    """The handlers of the events that a server offers. ValueError where one has none: a row without a handler."""
    found: dict[str, Handler] = {}
    for event in table.verbs:
        keyword = table.by_event[event][0].keyword
        if keyword and keyword not in offered:
            continue
        if (table.name, event) not in _HANDLERS:
            raise ValueError(f"{event} is offered and has no handler: write one with @handles")
        found[event] = _HANDLERS[table.name, event]
    found |= {
        event: handler for (name, event), handler in _HANDLERS.items() if name == table.name and event.startswith("(")
    }
    return found


def alone(session: Desk, said: Said) -> Answer | None:
    """501 where a verb that stands alone was given an argument (RFC 5321 §4.3.2); else None."""
    if not said.command.argument:
        return None
    return Answer(session.say(501, "no argument wanted", "5.5.4", verb=said.event))
