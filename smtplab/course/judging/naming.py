"""How a mistake is named: each looks for one thing in a session, and says it in the learner's own numbers.

An exercise lists the names of those that it may meet, because what is a mistake in one is the point of another. A
mistake is a pure function of an `Attempt` that gives every place where it shows: the step and a sentence. Of all that
are found, the judge takes the earliest that lies behind what went well.

The mistakes themselves are in `mistakes_said` (commands, and how one leaves) and `mistakes_letter` (mail data).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ...protocol.transcript import Exchange
from ...protocol.wire import decode
from .attempt import Attempt


class Said(NamedTuple):
    """Where a mistake shows, as a step, and what to say of it."""

    step: int
    message: str


Look = Callable[[Attempt], Iterator[Said]]
MISTAKES: dict[str, Look] = {}


def mistake(name: str) -> Callable[[Look], Look]:
    """Adds a mistake to those that an exercise may name. The function gives every place where it shows, in order."""

    def add(look: Look) -> Look:
        MISTAKES[name] = look
        return look

    return add


def code(exchange: Exchange) -> int:
    return exchange.reply.code if exchange.reply is not None else 0


def line(exchange: Exchange) -> str:
    text = decode(exchange.sent.rstrip(b"\r\n"))
    return text if len(text) <= 60 else f"{text[:57]}..."


def answered(attempt: Attempt, wanted: int, *events: str) -> Iterator[Exchange]:
    """The exchanges with this code, of these events or of all."""
    for exchange in attempt.transcript.exchanges:
        if code(exchange) == wanted and (not events or exchange.event in events):
            yield exchange


def at(attempt: Attempt, exchange: Exchange) -> str:
    return f"at your {attempt.nth(exchange)} command (step {attempt.step(exchange)})"
