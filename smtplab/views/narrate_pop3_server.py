"""What a learner is told about a POP3 server's replies: what they decide, what has changed, what stays as it was.

Never does: judge a reply. Places come from the table, response codes from beside it.
"""

from __future__ import annotations

import re

from ..protocol.pop3.machine import SENTENCE, State
from ..protocol.pop3.replies import Pop3Reply
from ..protocol.pop3.response_codes import RESPONSE_CODES, response_code
from .maildrop import Maildrop, are_marked, counted
from .moments import Moment
from .narrate_pop3 import letter
from .reply_pop3 import dotted
from .words import Said, capital, section, short, unpacked

_TWO_NUMBERS = re.compile(r"([0-9]{1,12}) ([0-9]{1,18})(?: .*)?")
_TIMESTAMP = re.compile(r"<[^<>\s]+@[^<>\s]+>")


def reply(now: Moment, held: Maildrop) -> Said:
    """One reply."""
    assert now.step is not None
    said = _of(now)
    if said.status == "-ERR":
        words = _not_removed(now) if now.event == "QUIT" and held.ended else _refused(now, said, held)
    elif said.status == "+":
        words = _go_on(now)
    else:
        words = _OK.get(now.event, _other)(now, held)
    if now.step.remarks:
        return Said(words.say, f"{words.more} Note: {'; '.join(now.step.remarks)}.", words.section)
    return words


def _of(now: Moment) -> Pop3Reply:
    assert now.exchange is not None and isinstance(now.exchange.reply, Pop3Reply)
    return now.exchange.reply


# ----------------------------------------------------------------------------------------------------------- -ERR
def _refused(now: Moment, said: Pop3Reply, held: Maildrop) -> Said:
    assert now.exchange is not None
    if now.event == "(connect)":
        return Said("The server greets you with -ERR: no mail here.", "It closes the connection.", section(now))
    if now.is_unasked:
        return Said("-ERR, unasked: the server stops here.", SENTENCE["(unasked)"], section(now))
    verdict = now.verdict_then()
    stands = _stands(now)
    if not verdict.allowed:
        return Said("Refused: -ERR.", f"{capital(verdict.missing)}. {verdict.remedy} {stands}", "RFC 1939 §3")
    coded = RESPONSE_CODES.get(response_code(said))
    if coded is not None:
        say = f"Refused: -ERR, for [{coded.code}]."
        return Said(say, f"{coded.meaning} {coded.client_action} {stands}", coded.section)
    if now.event in ("PASS", "APOP", "(response)"):
        more = f"No maildrop was opened. {stands}"
        return Said("Refused: -ERR. You are not logged in.", more, section(now))
    which = letter(now)
    if which and now.exchange.before is State.TRANSACTION:
        known = next((each for each in held.shown if each.number == held.number), None)
        if known is not None and known.is_marked:
            more = f"{capital(which)} is marked. RSET takes all marks off, and it can be fetched again. {stands}"
        else:
            more = f"Perhaps there is no {which}. STAT tells how many there are. {stands}"
        return Said(f"Refused: -ERR, for {which}.", more, section(now))
    return Said(
        "Refused: -ERR.", f"The words behind it say why, for people. Nothing has changed. {stands}", section(now)
    )


def _stands(now: Moment) -> str:
    assert now.exchange is not None
    where = now.exchange.after.name.lower()
    return f"The session goes back to {where}." if now.exchange.moved else f"You are still in {where}."


def _not_removed(now: Moment) -> Said:
    more = "The connection closes all the same. Log in again, and look what is still there."
    return Said("-ERR: not all that was marked could be removed.", more, section(now))


def _go_on(now: Moment) -> Said:
    if now.event in ("AUTH", "(response)"):
        question = unpacked(_of(now).text_of_first)
        more = f"In base64 it says “{question}”." if question else "The challenge is empty: go on."
        return Said("+: the server asks. Your next line is a response.", more, section(now))
    return Said("+: the server wants more.", "Nothing else is decided yet.", section(now))


# ------------------------------------------------------------------------------------------------------------ +OK
def _greeted(now: Moment, _: Maildrop) -> Said:
    more = "Say whose mail you want, or ask for encryption first."
    if _TIMESTAMP.search(_of(now).text_of_first):
        more = "Between < and > stands a text that is new each time: this server would take APOP, too."
    return Said("The server greets you: +OK.", more, section(now))


def _name_taken(_: Moment, __: Maildrop) -> Said:
    more = "Most servers say so for any name: a stranger shall not learn who has mail here. Only the password counts."
    return Said("The server takes the name, and waits for the password.", more, "RFC 1939 §7, §13")


def _opened(_: Moment, __: Maildrop) -> Said:
    more = "It is yours alone now: other sessions must wait, and what arrives meanwhile shows up next time."
    return Said("You are logged in: the maildrop is open, and locked.", more, "RFC 1939 §4")


def _encrypt(now: Moment, _: Maildrop) -> Said:
    more = "The next octets are TLS’s, not POP3’s. When both ends agree on keys, you log in."
    return Said("+OK: begin TLS now.", more, section(now))


def _offers(now: Moment, _: Maildrop) -> Said:
    names = [short(line.split(" ")[0], 20) for line in _of(now).lines[1:] if line]
    if not names:
        return Said("The server offers nothing beyond the least.", "The list is empty.", section(now))
    more = f"Use these and no others: {', '.join(names[:8])}{' and more' if len(names) > 8 else ''}."
    return Said(
        f"The server offers {len(names)} {'capability' if len(names) == 1 else 'capabilities'}.", more, section(now)
    )


def _counted(now: Moment, _: Maildrop) -> Said:
    told = _TWO_NUMBERS.fullmatch(_of(now).text_of_first)
    if told is None:
        return Said(
            "The server answers +OK, but not with two numbers.", "A program would stumble over that.", section(now)
        )
    letters, octets = int(told[1]), int(told[2])
    more = (
        f"{octets:,} octets in all. Two numbers, and a program may rely on their places."
        if letters
        else "Come back later, or say QUIT."
    )
    return Said(
        f"{counted(letters, 'letter') if letters else 'No letter'} waits for you."
        if letters < 2
        else f"{letters:,} letters wait for you.",
        more,
        section(now),
    )


def _listed(now: Moment, _: Maildrop) -> Said:
    said, which = _of(now), letter(now)
    if said.body is None:
        told = _TWO_NUMBERS.fullmatch(said.text_of_first)
        size = (
            f"{capital(which or 'it')} has {int(told[2]):,} octets." if told is not None else "The server answers +OK."
        )
        return Said(
            size, "Its line ends are counted as CR LF, the dots that are added on the way are not.", "RFC 1939 §11"
        )
    lines = len(said.lines) - 1
    more = "A line each: its number, its octets. A dot alone ends the list; marked letters are not in it."
    return Said(f"The server lists {counted(lines, 'letter')}.", more, section(now))


def _named(now: Moment, _: Maildrop) -> Said:
    said, which = _of(now), letter(now)
    more = "A client keeps them, so that it fetches no letter twice."
    if said.body is None:
        return Said(f"The server tells the unique id of {which or 'it'}.", more, section(now))
    return Said(f"The server tells {counted(len(said.lines) - 1, 'unique id')}.", more, section(now))


def _letter(now: Moment, _: Maildrop) -> Said:
    said, which = _of(now), letter(now) or "the letter"
    if said.body is None:
        return Said("The server answers +OK, and no letter came.", "It should follow, up to a lone dot.", section(now))
    size = f"{counted(len(said.lines) - 1, 'line')}, {len(said.body):,} octets"
    dots = dotted(said)
    added = f" {counted(dots, 'line')} began with a dot and got one more: take it off." if dots else ""
    if now.event == "TOP":
        return Said(
            f"The beginning of {which}: {size}.",
            f"Its header, an empty line, then as much of the body as you asked for.{added}",
            section(now),
        )
    more = f"Behind it a dot alone on its line. The letter stays in the maildrop, not marked.{added}"
    return Said(f"Here is {which}: {size}.", more, section(now))


def _marked(now: Moment, held: Maildrop) -> Said:
    which = letter(now) or "the letter"
    more = f"It is still there, but cannot be fetched. {are_marked(held.marked)}: QUIT removes {'it' if held.marked == 1 else 'them'}, RSET takes the mark off."
    return Said(f"{capital(which)} is marked.", more, section(now))


def _unmarked(now: Moment, _: Maildrop) -> Said:
    return Said("All marks are off again.", "Every letter is as it was when you logged in.", section(now))


def _bye(now: Moment, held: Maildrop) -> Said:
    if not held.ended:
        return Said("The server says goodbye and closes.", "Nobody logged in, so no maildrop was opened.", section(now))
    if held.marked:
        say = f"QUIT removed {counted(held.marked, 'letter')}."
        return Said(say, "The maildrop is unlocked, the connection closes. Only now is anything gone.", section(now))
    return Said(
        "The server says goodbye and closes.",
        "Nothing was marked, so nothing was removed. The maildrop is unlocked.",
        section(now),
    )


def _other(now: Moment, _: Maildrop) -> Said:
    assert now.exchange is not None
    where = now.exchange.after.name.lower()
    moved = f"The session moves to {where}." if now.exchange.moved else f"Nothing has moved: you are still in {where}."
    return Said("The server answers +OK.", moved, section(now))


_OK = {
    "(connect)": _greeted, "USER": _name_taken, "PASS": _opened, "APOP": _opened, "AUTH": _opened,
    "(response)": _opened, "STLS": _encrypt, "CAPA": _offers, "STAT": _counted, "LIST": _listed, "UIDL": _named,
    "RETR": _letter, "TOP": _letter, "DELE": _marked, "RSET": _unmarked, "QUIT": _bye,
}  # fmt: skip
