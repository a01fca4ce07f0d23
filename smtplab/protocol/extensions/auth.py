"""AUTH: the client logs in (RFC 4954 §4), by PLAIN (RFC 4616 §2), LOGIN, or CRAM-MD5 for history (RFC 2195 §2).

A password crosses the wire only under TLS, unless the manners allow it in the clear. base64 hides nothing.
Which names and passwords are right is the world's business (`world`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable

from ..answers import Answer, Desk, Said, handles
from ..manners import Manners
from ..replies import Reply
from ..smtp import SMTP, SYNTAX
from ..table import Facts
from .base import BadParameter, Extension, is_xtext

Conversation = Callable[[bytes], Answer]
"""What the next response of the client, decoded, leads to."""

MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")


def _is_offered(manners: Manners, facts: Facts) -> bool:
    return facts.tls or manners.auth_in_clear


def _author(value: str, _: Manners) -> None:
    if value != "<>" and not is_xtext(value, 500):
        raise BadParameter(501, "5.5.4", "AUTH names a mailbox in xtext, or <> for nobody")


EXTENSION = Extension(
    "AUTH", "RFC 4954", {"AUTH": _author}, offer=lambda _: " ".join(MECHANISMS), is_offered=_is_offered
)


@handles(SMTP, "AUTH")
def auth(session: Desk, said: Said) -> Answer:
    """334 with a challenge, or the verdict at once where the first response came along (RFC 4954 §4)."""
    words = said.command.argument.split()
    if not words or len(words) > 2:
        return Answer(session.say(501, "argument wanted", "5.5.4", verb="AUTH", syntax=SYNTAX["AUTH"]))
    mechanism = words[0].upper()
    if mechanism not in MECHANISMS:
        return Answer(session.say(504, "no such mechanism", "5.5.4"))
    if not _is_offered(session.manners, session.facts):
        return Answer(session.say(538, "encryption wanted", "5.7.11"))
    if mechanism == "CRAM-MD5":
        if len(words) == 2:
            return Answer(session.say(501, "bad syntax", "5.7.0", why="CRAM-MD5 takes no initial response"))
        return _cram(session)
    begin = _plain(session) if mechanism == "PLAIN" else _login(session)
    if len(words) == 1:
        return _challenge(session, b"" if mechanism == "PLAIN" else b"Username:", begin)
    return _answered(session, begin, "" if words[1] == "=" else words[1])


@handles(SMTP, "(response)")
def response(session: Desk, said: Said) -> Answer:
    """What the client's line of base64 leads to; * cancels (RFC 4954 §4)."""
    line = said.frame.line.decode("latin-1")
    if line == "*":
        return Answer(session.say(501, "log-in cancelled", "5.7.0"))
    if session.conversation is None:
        return Answer(session.say(501, "not base64", "5.5.2"))
    return _answered(session, session.conversation, line)


def _answered(session: Desk, conversation: Conversation, text: str) -> Answer:
    try:
        return conversation(base64.b64decode(text, validate=True))
    except binascii.Error:
        return Answer(session.say(501, "not base64", "5.5.2"))


def _challenge(session: Desk, words: bytes, then: Conversation) -> Answer:
    """334 with a question; its text is base64 and no persona's words."""

    def effect() -> None:
        session.conversation = then

    return Answer(Reply(334, base64.b64encode(words).decode()), effect)


def _verdict(session: Desk, user: str, is_right: bool) -> Answer:
    if not is_right:
        return Answer(session.say(535, "log-in refused", "5.7.8"))

    def effect() -> None:
        session.user = user

    return Answer(session.say(235, "logged in", "2.7.0"), effect)


def _plain(session: Desk) -> Conversation:
    """One response: authorisation identity, NUL, name, NUL, password (RFC 4616 §2)."""

    def answered(octets: bytes) -> Answer:
        parts = octets.decode("utf-8", "replace").split("\0")
        if len(parts) != 3:
            return Answer(session.say(501, "not base64", "5.5.2"))
        identity, name, password = parts  # nobody may act for somebody else here
        return _verdict(session, name, identity in ("", name) and _is_right(session, name, password))

    return answered


def _login(session: Desk) -> Conversation:
    """Two responses, a name and a password. It was never a standard, and everybody has it."""

    def named(octets: bytes) -> Answer:
        name = octets.decode("utf-8", "replace")

        def answered(password: bytes) -> Answer:
            return _verdict(session, name, _is_right(session, name, password.decode("utf-8", "replace")))

        return _challenge(session, b"Password:", answered)

    return named


def _cram(session: Desk) -> Answer:
    """A question that changes each time, answered by a digest: the password does not cross the wire (RFC 2195 §2)."""
    stamp = f"<{session.world.challenge()}.{session.clock.now().timestamp():.0f}@{session.persona.host}>".encode()

    def answered(octets: bytes) -> Answer:
        name, _, digest = octets.decode("utf-8", "replace").rpartition(" ")
        password = session.world.password(name, session.manners.accounts)
        wanted = hmac.new((password or "").encode(), stamp, hashlib.md5).hexdigest()
        return _verdict(session, name, password is not None and hmac.compare_digest(wanted, digest.lower()))

    return _challenge(session, stamp, answered)


def _is_right(session: Desk, name: str, password: str) -> bool:
    known = session.world.password(name, session.manners.accounts)
    return known is not None and hmac.compare_digest(known.encode(), password.encode())
