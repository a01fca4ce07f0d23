"""The moment that a server takes a message over: trace lines on top, the store, and the 250 that answers for it.

Shared by the dot that ends DATA and by the last chunk of BDAT.
"""

from __future__ import annotations

import errno

from . import limits
from .answers import Answer, Desk
from .message import Envelope, Message, StoreFailed, trace_lines
from .replies import Reply
from .world import mail_date


def stored(session: Desk, content: bytes) -> Answer:
    """The 250 that takes a message over (RFC 5321 §4.2.5); its effect stores it. `content` is unstuffed mail data.

    A strict server refuses lines that are none or too long instead.
    """
    if session.manners.strict and (refusal := _not_strict(session, content)):
        return Answer(refusal)
    transaction = session.transaction
    envelope = Envelope(
        transaction.reverse_path or "", tuple(transaction.forward_paths), dict(transaction.parameters),
        tuple(transaction.rcpt_parameters),
    )  # fmt: skip
    queue_id = session.ids()
    trace = trace_lines(
        envelope, protocol=_with(session), name=session.client_name, client_address=session.client_address,
        host=session.persona.host, queue_id=queue_id, date=mail_date(session.clock.now()),
    )  # fmt: skip
    message = Message(envelope, content, trace, queue_id)
    return Answer(session.say(250, "accepted", "2.0.0", id=queue_id), lambda: _store(session, message))


def _not_strict(session: Desk, content: bytes) -> Reply | None:
    """The refusal of lines that the standard does not have: with a bare LF, or over 1,000 octets with CR LF."""
    lines = content.split(b"\r\n")
    if any(b"\n" in line for line in lines):
        return session.say(554, "bare LF in data", "5.6.0")
    if max(map(len, lines)) + 2 > limits.TEXT_LINE:  # the reply is named in RFC 5321 §4.5.3.1.9
        return session.say(500, "text line too long", "5.6.0", limit=limits.TEXT_LINE)
    return None


def _with(session: Desk) -> str:
    """The protocol as a Received line names it: SMTP, ESMTP, ESMTPS, ESMTPSA, UTF8SMTP ... (RFC 3848 §1, RFC 6531 §4.3)."""
    if session.facts.hello != "EHLO":
        return "SMTP"
    name = "UTF8SMTP" if "SMTPUTF8" in session.transaction.parameters else "ESMTP"
    return name + ("S" if session.facts.tls else "") + ("A" if session.facts.authenticated else "")


def _store(session: Desk, message: Message) -> None:
    """Keeps the message. Whatever goes wrong in a store, the client must hear that its message was not taken."""
    try:
        session.store(message)
    except StoreFailed:
        raise
    except Exception as error:
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
        raise StoreFailed("the disk is full" if full else "the store failed", full=full) from error


def store_failed(session: Desk, failure: StoreFailed) -> Reply:
    """The reply where a message could not be kept: nothing is taken over, the client keeps it."""
    code, enhanced = (452, "4.3.1") if failure.full else (451, "4.3.0")
    return session.say(code, "no storage", enhanced, why=str(failure))
