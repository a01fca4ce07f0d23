"""What a learner is told about the server's replies: what they say, what has moved, what they leave as it was.

Never does: judge a reply. Names and meanings of codes come from the catalogue, places from the table.
"""

from __future__ import annotations

from ..protocol import catalogue
from ..protocol.replies import Outcome
from ..protocol.smtp import State
from .envelope import Envelope
from .moments import Moment
from .words import Said, capital, section, short, unpacked


def reply(now: Moment, held: Envelope) -> Said:
    assert now.exchange is not None and now.step is not None
    words = _closing(now) if now.exchange.outcome is Outcome.CLOSING else None
    if words is None and now.is_refused:
        words = _refused(now, held)
    if words is None:
        words = _REPLY.get(now.event, _other_reply)(now, held)
    if now.step.remarks:
        return Said(words.say, f"{words.more} Note: {'; '.join(now.step.remarks)}.", words.section)
    return words


def _closing(now: Moment) -> Said:
    says = {
        "(connect)": "421: the server is not available.",
        "(timeout)": "421: the server has waited too long, and closes.",
        "(unasked)": "421, unasked: the server stops here and closes.",
    }
    more = "Nothing that was not answered with 250 counts. " + catalogue.action(421, now.event)
    return Said(says.get(now.event, "421: the server stops here and closes."), more, "RFC 5321 §3.8")


def _refused(now: Moment, held: Envelope) -> Said:
    assert now.exchange is not None
    entry = catalogue.entry(now.code)
    later = now.code < 500
    if now.event == "(connect)":
        say = f"The server greets you with {now.code}: no mail here."
        return Said(say, "The connection is open all the same. It waits for your QUIT.", section(now))
    if now.event == "(end of data)":
        say = f"The server does not take the letter{' now' if later else ''}: {now.code}."
        more = "Nobody gets it. The transaction is over all the same: the envelope is empty."
        return Said(say, more, section(now))
    verdict = now.verdict_then()
    say = f"{'Not now' if later else 'Refused'}: {now.code}, {entry.name}."
    still = f"You are still in {now.exchange.after.name.lower()}." if not now.exchange.moved else ""
    if not verdict.allowed and now.code == verdict.code:
        return Said(say, f"{capital(verdict.missing)}. {verdict.remedy} {still}", "RFC 5321 §4.1.4")
    more = {"RCPT": "This recipient alone is refused; the others stand."} if held.recipients else {}
    return Said(say, " ".join(filter(None, (entry.meaning, more.get(now.event, ""), still))), entry.section)


def _greeted(now: Moment, _held: Envelope) -> Said:
    assert now.step is not None
    more = "The first word after the code is its name."
    if "ESMTP" in now.step.text.upper().split():
        more += " ESMTP tells you that it would understand EHLO too."
    return Said(f"The server greets you: {now.code}, ready.", more, section(now))


def _introduced(now: Moment, _held: Envelope) -> Said:
    assert now.exchange is not None
    dropped = "The envelope is empty again. " if now.exchange.before in (State.MAIL, State.RCPT, State.BDAT) else ""
    offers = list(now.facts.keywords)
    if now.event == "HELO" or not offers:
        more = "You may open a mail transaction now. The greeting is polite; only 250 counts."
        return Said(f"The server takes your {now.event}.", dropped + more, section(now))
    names = ", ".join(short(name, 20) for name in offers[:6]) + (" and more" if len(offers) > 6 else "")
    count = "one extension" if len(offers) == 1 else f"{len(offers)} extensions"
    return Said(
        f"The server takes your EHLO, and offers {count}.", f"{dropped}Use these and no others: {names}.", section(now)
    )


def _sender(now: Moment, _held: Envelope) -> Said:
    more = "A mail transaction is open. The envelope has its reverse-path; it needs a recipient."
    return Said("The server accepts the sender.", more, section(now))


def _recipient(now: Moment, held: Envelope) -> Said:
    which = "the recipient" if held.recipients <= 1 else f"recipient number {held.recipients:,}"
    more = "You may name another one, or say DATA."
    if now.code == 251:
        more = "Its mailbox has moved, and this server passes the mail on. " + more
    return Said(f"The server accepts {which}.", more, section(now))


def _go_ahead(now: Moment, _held: Envelope) -> Said:
    more = "A 3 wants more from you. From here every line is mail data, whatever it looks like."
    return Said(f"{now.code}: go ahead, and end with a lone dot.", more, section(now))


def _letter_taken(_now: Moment, _held: Envelope) -> Said:
    more = "The transaction is over, the envelope is empty again. You may send another, or leave."
    return Said("The server takes the letter, and answers for it now.", more, "RFC 5321 §4.2.5, §6.1")


def _chunk_taken(now: Moment, _held: Envelope) -> Said:
    return Said("The server takes the chunk.", "Send the next one; the last one says LAST.", section(now))


def _bye(now: Moment, held: Envelope) -> Said:
    if held.letters > 1:
        more = f"All earlier replies still hold: {held.letters:,} letters are on their way."
    elif held.letters:
        more = "All earlier replies still hold: the letter is on its way."
    else:
        more = "No letter was handed over in this session."
    return Said(f"{now.code}: the server says goodbye and closes.", more, section(now))


def _dropped(now: Moment, _held: Envelope) -> Said:
    assert now.exchange is not None
    if now.exchange.before in (State.MAIL, State.RCPT, State.BDAT):
        return Said("The server drops the transaction.", "The envelope is empty. The session goes on.", section(now))
    return Said("The server answers; there was nothing to drop.", "You are where you were.", section(now))


def _login(now: Moment, _held: Envelope) -> Said:
    assert now.exchange is not None and now.exchange.reply is not None
    if now.code != 334:
        more = "The session is now somebody’s. You may open a mail transaction."
        return Said(f"{now.code}: you are logged in.", more, section(now))
    question = unpacked(now.exchange.reply.lines[0])
    more = f"Behind the code stands base64: it says “{question}”." if question else "The challenge is empty: go on."
    return Said("334: the server asks. Your next line is a response.", more, section(now))


def _encrypt(now: Moment, _held: Envelope) -> Said:
    more = "The next octets are TLS’s, not SMTP’s. When both ends agree on keys, you say EHLO anew."
    return Said(f"{now.code}: begin TLS now.", more, section(now))


def _other_reply(now: Moment, _held: Envelope) -> Said:
    assert now.exchange is not None
    entry = catalogue.entry(now.code)
    where = now.exchange.after.name.lower()
    moved = f"The session moves to {where}." if now.exchange.moved else f"Nothing has moved: you are still in {where}."
    return Said(f"The server answers {now.code}: {entry.name}.", f"{entry.meaning} {moved}", section(now))


_REPLY = {
    "(connect)": _greeted, "HELO": _introduced, "EHLO": _introduced, "MAIL": _sender, "RCPT": _recipient,
    "DATA": _go_ahead, "(end of data)": _letter_taken, "BDAT": _chunk_taken, "BDAT LAST": _letter_taken,
    "QUIT": _bye, "RSET": _dropped, "AUTH": _login, "(response)": _login, "STARTTLS": _encrypt,
}  # fmt: skip
