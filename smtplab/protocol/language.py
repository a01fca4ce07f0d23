"""How a protocol is spoken, beside its table: what a client's frame is called, where a reply ends, what it says.

SMTP and POP3 share the frame of a session, the recorder and the observer. What differs on the wire stands here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .command import event_of
from .remarks import remarks_on
from .replies import Reply, read, split_reply
from .smtp import SMTP
from .table import Facts, Table
from .wire import Frame


@dataclass(frozen=True, slots=True)
class Language:
    """The functions that a session and an observer need to follow one protocol."""

    table: Table
    event_of: Callable[[Frame, Facts], str]
    """The event of a client's frame: its verb, or a happening in parentheses."""
    remarks_on: Callable[[str, Frame, Facts], tuple[str, ...]]
    """What a purist would say about a frame, in words."""
    reply_end: Callable[[bytearray, str, bytes, int], int | None]
    """The offset behind the first whole reply to an event that was said in these octets; None where more is to come.
    The number is how many of the server's octets were searched before, and held no end."""
    read: Callable[[bytes], Reply | None]
    """A whole reply as a client reads it; None where it is none."""
    reply_kept: int
    """Octets kept of a reply that never ends."""


def _smtp_reply_end(octets: bytearray, _: str, __: bytes, ___: int) -> int | None:
    return split_reply(octets)  # where an SMTP reply ends stands in the reply itself (RFC 5321 §4.2.1)


REPLY_KEPT = 256 * 1024
"""Far beyond what an SMTP reply has: its longest line has 512 octets (RFC 5321 §4.5.3.1.5)."""

SMTP_LANGUAGE = Language(SMTP, event_of, remarks_on, _smtp_reply_end, read, REPLY_KEPT)


def language_of(table: Table) -> Language:
    """How the protocol of this table is spoken."""
    return SMTP_LANGUAGE if table is SMTP else language_named(table.name)


def language_spoken(greeting: bytes) -> Language | None:
    """The language of a server that begins so, in any case: POP3 for +OK and -ERR, else SMTP; None for no octet yet."""
    if not greeting:
        return None
    return language_named("POP3") if greeting[:1] in (b"+", b"-") else SMTP_LANGUAGE


def language_named(name: str) -> Language:
    """The language of that name, "SMTP" or "POP3". Raises ValueError for any other."""
    if name == "SMTP":
        return SMTP_LANGUAGE
    if name == "POP3":
        from .pop3.language import POP3_LANGUAGE  # a session of SMTP alone does without it

        return POP3_LANGUAGE
    raise ValueError(f"there is no protocol {name!r} here: SMTP and POP3 are known")
