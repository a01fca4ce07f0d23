"""What stands beside a session, by protocol: SMTP fills an envelope, POP3 empties a maildrop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from ..protocol.pop3.machine import POP3
from ..protocol.table import Table
from ..protocol.transcript import Transcript
from . import envelope as envelopes
from . import maildrop as maildrops
from .envelope import Envelope
from .maildrop import Maildrop
from .moments import Moment

Kept: TypeAlias = Envelope | Maildrop


def name(table: Table) -> str:
    """What its panel is called in the page and by `Panel`."""
    return "maildrop" if table is POP3 else "envelope"


def title(table: Table) -> str:
    """What its panel is called on the screen."""
    return "Maildrop" if table is POP3 else "Envelope and letter"


def walk(session: list[Moment]) -> Iterator[Kept]:
    """What is kept at each moment in turn."""
    return maildrops.walk(session) if session[0].table is POP3 else envelopes.walk(session)


def html(kept: Kept, now: Moment) -> str:
    """Its panel."""
    return maildrops.html(kept, now) if isinstance(kept, Maildrop) else envelopes.html(kept, now)


# -------------------------------------------------------------------------------------------------- panels alone
def envelope(transcript: Transcript, position: int) -> str:
    """The envelope at a position, as HTML; a POP3 session has none, and it says so."""
    if transcript.table is POP3:
        words = "POP3 hands letters out: there is no envelope in this session. Panel(“maildrop”, …) shows its letters."
        return f'<div class="sl-envelope"><p class="idle">{words}</p></div>'
    return envelopes.envelope(transcript, position)


def maildrop(transcript: Transcript, position: int) -> str:
    """The maildrop at a position, as HTML; an SMTP session has none, and it says so."""
    if transcript.table is not POP3:
        words = "SMTP brings letters: there is no maildrop in this session. Panel(“envelope”, …) shows what is brought."
        return f'<div class="sl-envelope"><p class="idle">{words}</p></div>'
    return maildrops.maildrop(transcript, position)
