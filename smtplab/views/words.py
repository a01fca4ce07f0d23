"""The shape of what a learner is told, and the small helpers that every teller of it needs."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from .moments import Moment


@dataclass(frozen=True, slots=True)
class Said:
    """The sentence that tells what happens, one that tells what it means, and where that is written. Plain text."""

    say: str
    more: str
    section: str


def short(text: str, most: int = 60) -> str:
    """The text, cut with an ellipsis where it is long."""
    return text if len(text) <= most else text[: most - 1] + "…"


def capital(text: str) -> str:
    """The text with a capital at its beginning, the rest as it is."""
    return text[:1].upper() + text[1:]


def unpacked(text: str) -> str:
    """What a base64 challenge says, where that is a short text; else "".

    >>> unpacked("VXNlcm5hbWU6"), unpacked("no base64")
    ('Username:', '')
    """
    try:
        plain = base64.b64decode(text, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return ""
    return short(plain, 40) if plain.isprintable() else ""


def section(now: Moment) -> str:
    """Where the event of this moment is written, by the table; "" where it has no such event."""
    exchange = now.exchange
    if exchange is None:
        return now.table.by_event["(connect)"][0].section
    if exchange.row is not None:
        return exchange.row.section
    rows = now.table.by_event.get(exchange.event, ())
    return rows[0].section if rows else ""
