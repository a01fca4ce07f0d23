"""STARTTLS: the rest of the session is encrypted (RFC 3207 §4).

After the handshake everything that was said before is forgotten, and the client says EHLO again. What it sent
ahead of the handshake is never read (RFC 3207 §4.2, §6). No second greeting comes.
"""

from __future__ import annotations

from ..answers import Answer, Desk, Said, alone, handles
from ..smtp import SMTP
from .base import Extension

EXTENSION = Extension("STARTTLS", "RFC 3207", is_offered=lambda _, facts: not facts.tls)


@handles(SMTP, "STARTTLS")
def starttls(session: Desk, said: Said) -> Answer:
    """220: the handshake may begin."""
    return alone(session, said) or Answer(session.say(220, "start tls", "2.0.0"))
