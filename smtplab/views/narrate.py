"""What each step says and does, in two short sentences and the section where it is written.

Never does: decide anything. What was allowed, what is missing and what helps come from the table; names of codes
and what a client does from the catalogue; the sentences here only put them before a learner: "you" is the client,
"the server" acts, present tense.
"""

from __future__ import annotations

from ..protocol.pop3.machine import POP3
from ..protocol.transcript import Transcript
from . import narrate_pop3, narrate_pop3_server
from .kept import Kept, walk
from .maildrop import Maildrop
from .moments import Moment, moments
from .narrate_client import command, mail_data
from .narrate_server import reply
from .text import esc
from .words import Said


def narrate(transcript: Transcript, position: int) -> Said:
    """What is said at a position. Raises IndexError where there is none."""
    session = moments(transcript)[: range(len(transcript) + 1)[position] + 1]
    *_, last = walk(session)
    return said(session[-1], last)


def html(words: Said) -> str:
    """The sentences as HTML."""
    cite = f" <cite>{esc(words.section)}</cite>" if words.section else ""
    return f'<p class="say">{esc(words.say)}</p><p class="more">{esc(words.more)}{cite}</p>'


def said(now: Moment, held: Kept) -> Said:
    """What one moment says; `held` is what is kept at it: an envelope, or a maildrop."""
    if now.step is None:
        return _begin(now)
    if isinstance(held, Maildrop):
        words = (narrate_pop3_server.reply if now.is_reply else narrate_pop3.command)(now, held)
    elif now.is_data or now.is_end or now.step.kind == "chunk":
        words = mail_data(now, held)
    elif now.is_reply:
        words = reply(now, held)
    else:
        words = command(now, held)
    if now.state is None and not now.is_reply:
        more = "No reply was recorded, so nobody can tell where the session stands. Send it to a server to see."
        return Said(words.say, more if now.position == 1 else words.more, words.section)
    return words


def _begin(now: Moment) -> Said:
    if now.state is None:
        return Said(
            "Only the client’s lines were recorded.",
            "A session moves on replies, so where it stood cannot be known. Send the lines to a server, and look again.",
            "RFC 5321 §3.3",
        )
    if now.state is now.table.start and now.table is POP3:
        return narrate_pop3.begin(now)
    if now.state is now.table.start:
        more = "The TCP connection is open. The server speaks first: wait for its three digits."
        return Said("Nothing has been said yet.", more, "RFC 5321 §3.1")
    more = f"The session stands in {now.state.name.lower()}: {now.state.value}."
    return Said("Here the excerpt begins.", more, "")
