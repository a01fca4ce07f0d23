"""CHUNKING: mail data in chunks whose octets are counted, instead of ended by a dot (RFC 3030 §2).

The octets follow their BDAT line at once, with no 354 between. Dots are not stuffed and nothing in the octets ends
anything. After a chunk that was refused only RSET, HELO or EHLO helps.
"""

from __future__ import annotations

from ..answers import Answer, Desk, Said, handles
from ..smtp import SMTP, SYNTAX
from ..storing import stored
from ..table import Reading
from .base import Extension

EXTENSION = Extension("CHUNKING", "RFC 3030")


@handles(SMTP, "BDAT", "BDAT LAST")
def bdat(session: Desk, said: Said) -> Answer:
    """250 for each chunk; to the last one the verdict on the whole message (RFC 3030 §2)."""
    if said.frame.kind is not Reading.CHUNK:  # no count was found: nothing was read but the line
        return Answer(session.say(501, "argument wanted", "5.5.4", verb="BDAT", syntax=SYNTAX[said.event]))
    chunk = said.frame.raw.partition(b"\n")[2]
    data = session.transaction.mail_data
    if said.frame.is_cut or len(data) + len(chunk) > session.manners.max_size:
        return Answer(session.say(552, "too big", "5.3.4", limit=session.manners.max_size))
    if said.event == "BDAT LAST":
        return stored(session, bytes(data) + chunk)
    return Answer(session.say(250, "chunk taken", "2.0.0", octets=len(chunk)), lambda: data.extend(chunk))
