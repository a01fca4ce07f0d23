"""What a learner is told about a POP3 client's commands.

Never does: decide what is allowed. The table says what is missing and what helps; here it becomes a sentence.
"""

from __future__ import annotations

from ..protocol.command import parse
from ..protocol.pop3.machine import SENTENCE, State
from .maildrop import Maildrop, are_marked, counted
from .moments import Moment
from .words import Said, capital, section, short

NOTHING_MOVED = "Nothing has moved. A session moves on the reply, never on the command."


def begin(now: Moment) -> Said:
    """Before anything was said."""
    more = "The TCP connection is open. The server speaks first: wait for its +OK."
    return Said("Nothing has been said yet.", more, section(now))


def command(now: Moment, held: Maildrop) -> Said:
    """One line of the client."""
    assert now.exchange is not None and now.step is not None
    words = _response(now) if now.step.kind == "response" else _COMMAND.get(now.event, _other)(now, held)
    lead = ""
    if now.earlier is State.TLS and now.state is State.AUTHORIZATION:
        lead = "TLS is on, and all that was said before is forgotten. "
    if now.state is None:
        return words
    verdict = now.verdict_then()
    if not verdict.allowed and verdict.row is None and not now.event.startswith("("):
        before = now.exchange.before.name.lower()
        more = f"{now.event} has no place in {before}: {verdict.missing}. {verdict.remedy}"
        return Said(words.say, lead + more, "RFC 1939 §3")
    if not verdict.allowed and verdict.row is not None:
        return Said(words.say, f"{lead}{capital(verdict.missing)}. {verdict.remedy}", words.section)
    if now.step.remarks and now.event not in ("PASS", "(line too long)"):
        return Said(words.say, f"{lead}{capital(now.step.remarks[0])}.", "RFC 1939 §3")
    return Said(words.say, lead + words.more, words.section)


def _argument(now: Moment) -> str:
    assert now.step is not None
    return parse(now.step.shown().encode("utf-8", "surrogateescape")).argument


def letter(now: Moment) -> str:
    """The letter that a command names, in words; "" where it names none."""
    assert now.exchange is not None
    number = parse(now.exchange.sent.strip()).argument.partition(" ")[0]
    return f"letter {number}" if number.isdecimal() and len(number) < 10 else ""


def _user(now: Moment, _: Maildrop) -> Said:
    name = short(_argument(now), 40)
    return Said(
        f"You say whose mail you want: {name}." if name else "You say USER, and no name.", NOTHING_MOVED, section(now)
    )


def _pass(now: Moment, _: Maildrop) -> Said:
    hidden = (
        "TLS hides it on the wire." if now.facts.tls else "It crosses the wire as it is: whoever listens can read it."
    )
    return Said(
        "You prove it with the password.", f"{hidden} The answer decides whether the maildrop opens.", section(now)
    )


def _apop(now: Moment, _: Maildrop) -> Said:
    more = "It is made from the password and the <…> of the greeting, so that it never is the same twice."
    return Said("You prove who you are by a digest.", more, section(now))


def _auth(now: Moment, _: Maildrop) -> Said:
    how = _argument(now).split()[:1]
    way = f", by {short(how[0], 20).upper()}" if how else ""
    return Said(f"You begin to log in{way}.", "The answer is +OK, or a + that asks for more.", section(now))


def _response(now: Moment) -> Said:
    return Said(
        "You answer what the server asked.", "A response is base64, no command. It is masked here.", section(now)
    )


def _stat(now: Moment, _: Maildrop) -> Said:
    return Said(
        "You ask how much is there.",
        "Two numbers will come: letters, and octets. Marked ones are not counted.",
        section(now),
    )


def _list(now: Moment, _: Maildrop) -> Said:
    which = letter(now)
    if which:
        return Said(f"You ask how large {which} is.", "One line will come: its number, and its octets.", section(now))
    more = "A line for each will come, then a dot alone on its line."
    return Said("You ask for the number and the size of every letter.", more, section(now))


def _uidl(now: Moment, _: Maildrop) -> Said:
    which = letter(now)
    more = "It stays the same from session to session; a number does not."
    if which:
        return Said(f"You ask for the unique id of {which}.", more, section(now))
    return Said(
        "You ask for the unique id of every letter.",
        "They stay the same from session to session; numbers do not.",
        section(now),
    )


def _retr(now: Moment, held: Maildrop) -> Said:
    which = letter(now) or "a letter"
    known = next((each.octets for each in held.shown if each.number == held.number), None)
    size = f" It has {known:,} octets, as you know already." if known is not None else ""
    return Said(f"You ask for {which}, the whole of it.", f"Reading it does not remove it.{size}", section(now))


def _top(now: Moment, _: Maildrop) -> Said:
    lines = _argument(now).rpartition(" ")[2]
    some = (
        "none of its body"
        if lines == "0"
        else f"{counted(int(lines), 'line')} of its body"
        if lines.isdecimal() and len(lines) < 7
        else "the first lines of its body"
    )
    return Said(
        f"You ask for the header of {letter(now) or 'a letter'}, and {some}.",
        "Enough to choose by, without fetching it all.",
        section(now),
    )


def _dele(now: Moment, _: Maildrop) -> Said:
    more = "DELE removes nothing. QUIT does, and only if the server marks the letter now."
    return Said(f"You ask the server to mark {letter(now) or 'a letter'}.", more, section(now))


def _rset(now: Moment, held: Maildrop) -> Said:
    more = f"{are_marked(held.marked)}: all would stay." if held.marked else "None is marked, so nothing will change."
    return Said("You take all marks off again.", capital(more), section(now))


def _capa(now: Moment, _: Maildrop) -> Said:
    return Said(
        "You ask what the server can do.",
        "A line for each thing will come, then a dot alone on its line.",
        section(now),
    )


def _quit(now: Moment, held: Maildrop) -> Said:
    if not held.is_open:
        return Said("You say QUIT.", "Wait for the +OK, and only then close the socket.", section(now))
    if not held.marked:
        return Said("You say QUIT.", "No letter is marked, so none will be removed.", section(now))
    more = f"{are_marked(held.marked)}. Now the server may remove {'it' if held.marked == 1 else 'them'}: its answer says whether it could."
    return Said("You say QUIT.", more, section(now))


def _unknown(now: Moment, _: Maildrop) -> Said:
    assert now.step is not None
    text = now.step.shown()
    if not text.strip():
        return Said("You send an empty line.", "It is a command without a verb. Nothing can come of it.", section(now))
    return Said(f"You say “{short(text, 40)}”.", "POP3 has no such command. Nothing can come of it.", section(now))


def _too_long(now: Moment, _: Maildrop) -> Said:
    assert now.step is not None
    return Said(
        f"You send a line of {len(now.step.raw):,} octets.", "That is longer than the server reads.", section(now)
    )


def _other(now: Moment, _: Maildrop) -> Said:
    sentence, _dot, rest = SENTENCE.get(now.event, "You say something.").partition(". ")
    return Said(sentence.removesuffix(".") + ".", rest or "Nothing has moved: the answer decides.", section(now))


_COMMAND = {
    "USER": _user, "PASS": _pass, "APOP": _apop, "AUTH": _auth, "STAT": _stat, "LIST": _list, "UIDL": _uidl,
    "RETR": _retr, "TOP": _top, "DELE": _dele, "RSET": _rset, "CAPA": _capa, "QUIT": _quit, "(unknown verb)": _unknown,
    "(line too long)": _too_long,
}  # fmt: skip
