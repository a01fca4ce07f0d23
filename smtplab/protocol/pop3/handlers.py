"""What the server does on each POP3 command: one handler an event. A handler returns a reply and an effect."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from typing import Any

from ..answers import Answer, Handler, Said, handlers_of, handles
from ..manners import Manners
from .machine import POP3, SYNTAX
from .maildrop import Letter, Maildrop, MaildropBusy, Pop3Desk
from .replies import Pop3Reply

_NUMBER = re.compile(r"\d{1,9}")


def pop3_handlers(manners: Manners) -> Mapping[str, Handler]:
    """The handler of each event that a server of these manners offers."""
    return handlers_of(POP3, ("STLS",) if "STARTTLS" in manners.offered else ())


def counted(number: int) -> dict[str, Any]:
    """The fields that tell a number of letters: `count`, and `letters` with the word ("1 letter", "2 letters")."""
    return {"count": number, "letters": "1 letter" if number == 1 else f"{number} letters"}


def _alone(session: Pop3Desk, said: Said) -> Answer | None:
    """-ERR where a command that stands alone was given an argument; else None."""
    if not said.command.argument:
        return None
    return Answer(session.say("-ERR", "no argument wanted", verb=said.event))


def _bad(session: Pop3Desk, said: Said) -> Answer:
    return Answer(session.say("-ERR", "argument wanted", verb=said.event, syntax=SYNTAX[said.event]))


# ----------------------------------------------------------------------------------------------------- log in
@handles(POP3, "USER")
def user(session: Pop3Desk, said: Said) -> Answer:
    """+OK for any name: who has mail here is not told before the password (RFC 1939 §13)."""
    name = said.command.argument
    if not name:
        return _bad(session, said)

    def effect() -> None:
        session.user = name

    return Answer(session.say("+OK", "pop3 name taken", name=name), effect)


def _local(name: str, manners: Manners) -> str:
    """The local-part of a name that was said with one of our domains."""
    local_part, at, domain = name.rpartition("@")
    return local_part if at and domain.lower() in (d.lower() for d in manners.domains) else name


@handles(POP3, "PASS")
def pass_(session: Pop3Desk, said: Said) -> Answer:
    """+OK with the right password, and the maildrop is locked (RFC 1939 §7, §4). Spaces belong to the password.

    What went wrong stands in brackets, for programs: [AUTH], [SYS/TEMP] (RFC 3206), [IN-USE] (RFC 2449 §8.1).
    """
    local_part = _local(session.user, session.manners)
    name = session.maildrops.named(local_part)
    given = said.frame.line[len("PASS ") :]
    if not any(hmac.compare_digest(known, given) for known in _passwords(session, (session.user, local_part), name)):
        return Answer(session.say("-ERR", "pop3 log-in refused", response_code="AUTH"))
    try:
        maildrop = Maildrop(name, session.maildrops.open(name))
    except MaildropBusy:
        return Answer(session.say("-ERR", "pop3 busy", response_code="IN-USE"))
    except OSError:
        return Answer(session.say("-ERR", "pop3 unreadable", response_code="SYS/TEMP"))

    session.open(maildrop)  # locked from now on; the session unlocks it where another reply leaves than this one
    return Answer(session.say("+OK", "pop3 open", **counted(len(maildrop.letters)), octets=maildrop.octets))


def _passwords(session: Pop3Desk, said: tuple[str, ...], mailbox: str) -> list[bytes]:
    """The password of whoever is named so, with domain or without; [] for nobody."""
    has_mail = session.maildrops.exists(mailbox)
    found = (session.world.password(name, session.manners.accounts, has_mail=has_mail) for name in said)
    return [password.encode() for password in found if password is not None][:1]


@handles(POP3, "STLS")
def stls(session: Pop3Desk, said: Said) -> Answer:
    """+OK: the handshake may begin (RFC 2595 §4)."""
    return _alone(session, said) or Answer(session.say("+OK", "start tls"))


@handles(POP3, "CAPA")
def capa(session: Pop3Desk, said: Said) -> Answer:
    """+OK and what the server offers, a line each (RFC 2449 §5)."""
    offered = ["USER", "TOP", "UIDL", "PIPELINING", "RESP-CODES", "AUTH-RESP-CODE"]
    if "STLS" in session.handlers and not session.facts.tls:
        offered.append("STLS")
    return _alone(session, said) or Answer(session.say("+OK", "pop3 offers", _listed(offered)))


def _listed(lines: list[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()


# -------------------------------------------------------------------------------------------------- letters
def _maildrop(session: Pop3Desk) -> Maildrop:
    assert session.maildrop is not None  # the row says: in TRANSACTION only
    return session.maildrop


def _number(session: Pop3Desk, said: Said, given: str) -> int | Answer:
    """The number of a letter that is there, or the answer that refuses it."""
    if _NUMBER.fullmatch(given) is None:
        return _bad(session, said)
    number, maildrop = int(given), _maildrop(session)
    if maildrop[number] is not None:
        return number
    situation = "pop3 letter marked" if number in maildrop.marked else "pop3 no such letter"
    return Answer(session.say("-ERR", situation, number=number, **counted(len(maildrop.letters))))


@handles(POP3, "STAT")
def stat(session: Pop3Desk, said: Said) -> Answer:
    """+OK, the number of letters and their octets: its form is fixed, and words would break clients (RFC 1939 §5)."""
    maildrop = _maildrop(session)
    return _alone(session, said) or Answer(Pop3Reply("+OK", f"{len(maildrop.left)} {maildrop.octets}"))


def _listing(session: Pop3Desk, said: Said, shown: Callable[[Letter], object]) -> Answer:
    """One line of a listing, or all of them: LIST and UIDL (RFC 1939 §5, §7)."""
    maildrop = _maildrop(session)
    if said.command.argument:
        number = _number(session, said, said.command.argument)
        if isinstance(number, Answer):
            return number
        return Answer(Pop3Reply("+OK", f"{number} {shown(maildrop.letters[number - 1])}"))
    lines = [f"{n} {shown(letter)}" for n, letter in maildrop.left]
    return Answer(session.say("+OK", "pop3 listing", _listed(lines), **counted(len(lines)), octets=maildrop.octets))


@handles(POP3, "LIST")
def list_(session: Pop3Desk, said: Said) -> Answer:
    """+OK and the number and size in octets of each letter, or of one (RFC 1939 §5)."""
    return _listing(session, said, lambda letter: letter.octets)


@handles(POP3, "UIDL")
def uidl(session: Pop3Desk, said: Said) -> Answer:
    """+OK and the number and unique id of each letter, or of one (RFC 1939 §7)."""
    return _listing(session, said, lambda letter: letter.uid)


@handles(POP3, "RETR")
def retr(session: Pop3Desk, said: Said) -> Answer:
    """+OK and the whole letter, up to a lone dot (RFC 1939 §5)."""
    return _letter(session, said, said.command.argument, None)


@handles(POP3, "TOP")
def top(session: Pop3Desk, said: Said) -> Answer:
    """+OK, the letter's header, the empty line, and as many lines of its body as were asked for (RFC 1939 §7)."""
    given, _, lines = said.command.argument.partition(" ")
    if _NUMBER.fullmatch(lines.strip()) is None:
        return _bad(session, said)
    return _letter(session, said, given, int(lines))


def _letter(session: Pop3Desk, said: Said, given: str, body_lines: int | None) -> Answer:
    number = _number(session, said, given)
    if isinstance(number, Answer):
        return number
    letter = _maildrop(session).letters[number - 1]
    try:
        octets = letter.read()
    except OSError:
        return Answer(session.say("-ERR", "pop3 unreadable"))
    if body_lines is not None:
        octets = top_of(octets, body_lines)
    return Answer(session.say("+OK", "pop3 letter", octets, octets=len(octets)))


def top_of(octets: bytes, body_lines: int) -> bytes:
    """A letter's header, the empty line, and the first lines of its body.

    >>> top_of(b"A: b\\r\\n\\r\\none\\r\\ntwo\\r\\n", 1)
    b'A: b\\r\\n\\r\\none\\r\\n'
    """
    header = 0 if octets.startswith(b"\r\n") else octets.find(b"\r\n\r\n") + 2
    if header == 1:
        return octets  # no empty line: it is a header and nothing else
    *shown, _ = octets[header + 2 :].split(b"\r\n", body_lines)
    return octets[: header + 2] + b"".join(line + b"\r\n" for line in shown)


@handles(POP3, "DELE")
def dele(session: Pop3Desk, said: Said) -> Answer:
    """+OK: the letter is marked; QUIT removes it, and nothing else does (RFC 1939 §5, §6)."""
    number = _number(session, said, said.command.argument)
    if isinstance(number, Answer):
        return number
    maildrop = _maildrop(session)

    def effect() -> None:
        maildrop.marked.add(number)

    return Answer(session.say("+OK", "pop3 marked", number=number), effect)


@handles(POP3, "NOOP")
def noop(session: Pop3Desk, said: Said) -> Answer:
    """+OK (RFC 1939 §5)."""
    return _alone(session, said) or Answer(session.say("+OK", "nothing"))


@handles(POP3, "RSET")
def rset(session: Pop3Desk, said: Said) -> Answer:
    """+OK: all marks are off again (RFC 1939 §5)."""
    maildrop = _maildrop(session)
    return _alone(session, said) or Answer(
        session.say("+OK", "pop3 unmarked", **counted(len(maildrop.letters))), maildrop.marked.clear
    )


@handles(POP3, "QUIT")
def quit_(session: Pop3Desk, said: Said) -> Answer:
    """+OK, and the server closes. After a log-in it first removes what is marked: UPDATE (RFC 1939 §6)."""
    if session.maildrop is None:
        return _alone(session, said) or Answer(session.say("+OK", "goodbye"), closes=True)
    # An argument is passed over here: -ERR would mean that something was not removed, and end the session.
    marked = len(session.maildrop.marked)
    return Answer(session.say("+OK", "pop3 updated" if marked else "goodbye", **counted(marked)), session.update)
