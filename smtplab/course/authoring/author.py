"""A starting file for an exercise, made from a session: the rules that it satisfies, and Python that says it.

The session is said once more, to servers as an exercise has them, and the rules are read off what came of it: so they
hold, whatever server the session was recorded with. What a machine cannot know (task, hints) is left to be written.

Never does: write a file. Raises ValueError, with a remedy, for a session that no exercise can be made of.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from typing import Any

from ...net.server import Server
from ...protocol.address import BadSyntax, parse_path
from ...protocol.command import parse
from ...protocol.persona import PERSONAS
from ...protocol.smtp import SMTP
from ...protocol.transcript import Exchange, Transcript
from ..judging.attempt import ACCEPTED, Attempt, Letter
from ..judging.judge import Asked, judge
from ..judging.naming import MISTAKES, line
from .written import Made, Said, written

WAIT_S, SURELY_S, MOST = 3.0, 0.2, 50_000
"""Seconds to wait for a reply of our own server, and for one that it does not seem to give; octets that an exercise's
solution may say."""
ORDER_MOST, HEADERS_MOST, BODY_MOST = 12, 6, 300
ANY = frozenset({"date", "message-id", "received", "return-path", "user-agent", "x-mailer"})
"""Headers whose value is another each time."""
ASIDE = frozenset({"(connect)", "(eof)", "QUIT", "NOOP", "HELP"})
"""Events that say nothing about the order of a session, or that have a rule of their own."""


def starting_file(session: Transcript) -> str:
    """The text of a file that loads, and whose solution passes. Raises ValueError where there is none to be had."""
    return written(made_of(session))


def made_of(session: Transcript) -> Made:
    """What a session says again, and what the best of our servers makes of it."""
    said = tuple(_said(session))
    domains = _domains(session)
    tried = [
        (*_agreement(session, seen), persona, manners, seen)
        for persona in PERSONAS
        for manners in ("lenient", "strict")
        if (seen := _replayed(said, persona, manners, domains)) is not None
    ]
    if not tried:
        raise ValueError("no server of ours answers this session to its end: take out what comes after it has closed")
    best = max(tried, key=lambda each: each[:2])
    persona, manners, seen = best[2:]
    refused = _data_refused(session, seen)
    if refused:
        raise ValueError(refused)
    attempt = Attempt(seen)
    rules = tuple(rule for rule in _rules(attempt) if judge(seen, [Asked.read(rule)]).passed)
    mistakes = tuple(name for name, look in MISTAKES.items() if not list(look(attempt)))
    return Made(persona, manners, domains, said, seen, rules, mistakes, tuple(_differences(session, seen)))


# ------------------------------------------------------------------------------------------------ the session again
def _said(session: Transcript) -> Iterator[Said]:
    if session.table is not SMTP:
        raise ValueError("this is no session of SMTP: an exercise's rules are about SMTP")
    for exchange in session.exchanges:
        is_on = exchange.outcome in ACCEPTED
        if exchange.event == "(handshake)" or (exchange.event == "STARTTLS" and is_on):
            raise ValueError("this session turns to TLS, and what is said in it cannot be said again: take one without")
        if exchange.event == "AUTH" and is_on:
            raise ValueError("this session logs in, and a record has no password: take one without AUTH")
    spoken = [exchange for exchange in session.exchanges if exchange.sent]
    if not spoken:
        raise ValueError("the client says nothing in this session: there is nothing to do again")
    if sum(len(exchange.sent) for exchange in spoken) > MOST:
        raise ValueError(f"this session is too long for an exercise: {MOST:,} octets are the most")
    for exchange in spoken:
        is_whole = exchange.sent.endswith(b"\n")
        if exchange.event == "(end of data)":
            is_whole = exchange.reply is not None or exchange.sent.endswith(b"\r\n.\r\n") or exchange.sent == b".\r\n"
        yield Said(exchange.sent, is_whole)


def _domains(session: Transcript) -> tuple[str, ...]:
    """The domains that the session's server took mail for; () for the toy world's own alone."""
    found: list[str] = []
    for exchange in session.exchanges:
        if exchange.event == "RCPT" and (exchange.outcome in ACCEPTED or not session.has_states):
            try:
                mailbox = parse_path(parse(exchange.sent.rstrip(b"\r\n")).argument, "TO").mailbox
            except BadSyntax:
                continue
            domain = mailbox.rpartition("@")[2].lower()
            if "@" in mailbox and domain not in ("example.com", *found):
                found.append(domain)
    return ("example.com", *found) if found else ()


def _replayed(said: Sequence[Said], persona: str, manners: str, domains: tuple[str, ...]) -> Transcript | None:
    """The session as a server of ours saw it; None where it did not answer as long as there was something to say."""
    with Server(persona, manners=manners, domains=domains or None) as server:
        try:
            with socket.create_connection(server.address, timeout=WAIT_S) as sock:
                sock.recv(4096)
                for each in said:
                    before = _replies(server)
                    sock.sendall(each.octets)
                    # The record has a reply before it leaves; where it has none, hardly one will come.
                    sock.settimeout(WAIT_S if _replies(server) > before else SURELY_S)
                    if each.is_answered and not sock.recv(4096):
                        return None
        except OSError:
            return None
        return server.sessions[-1]


def _replies(server: Server) -> int:
    return sum(exchange.reply is not None for exchange in server.sessions[-1].exchanges)


def _codes(session: Transcript) -> list[int]:
    return [exchange.reply.code for exchange in session.exchanges if exchange.reply is not None]


def _agreement(session: Transcript, seen: Transcript) -> tuple[int, bool]:
    """How many replies have the code that they had, and whether the greeting is the very same."""
    codes = sum(one == other for one, other in zip(_codes(session), _codes(seen), strict=False))
    texts = [each.exchanges[0].reply_raw if each.exchanges else b"" for each in (session, seen)]
    return codes, bool(texts[0]) and texts[0] == texts[1]


def _data_refused(session: Transcript, seen: Transcript) -> str:
    """Why the letter of a session cannot be sent to a server of ours; "" where it can, or there was none."""
    had, have = (any(e.event == "(end of data)" for e in each.exchanges) for each in (session, seen))
    if have or not had:
        return ""
    refused = next((e for e in seen.exchanges if e.sent and e.outcome not in ACCEPTED), None)
    if refused is None or refused.reply is None:
        return "our server takes no letter in this session, and the recorded one did"
    return (
        f'"{line(refused)}" is answered {refused.reply.code} by our server, and so the letter is not taken: '
        "name another mailbox, say alice@example.com, in the session"
    )


def _differences(session: Transcript, seen: Transcript) -> Iterator[str]:
    pairs = zip(*([e for e in each.exchanges if e.sent] for each in (session, seen)), strict=False)
    for one, other in pairs:
        if one.reply is not None and other.reply is not None and one.reply.code != other.reply.code:
            said = "the letter" if other.event == "(end of data)" else line(other)
            yield f"{said}: {one.reply.code} in the record, {other.reply.code} here"


# ------------------------------------------------------------------------------------------------------- its rules
def _rules(attempt: Attempt) -> Iterator[dict[str, Any]]:
    yield {"connected": True}
    order = list(_order(attempt.transcript.exchanges))
    if order:
        yield {"order": order[:ORDER_MOST]}
    if attempt.letters:
        yield {"letters": len(attempt.letters)}
        yield from _letter_rules(attempt.letters[0])
    if attempt.find("QUIT", accepted=True) is not None:
        yield {"clean_quit": True}


def _order(exchanges: Sequence[Exchange]) -> Iterator[str]:
    before = ""
    for exchange in exchanges:
        if exchange.reply is None or (exchange.event in ASIDE and exchange.outcome in ACCEPTED):
            continue
        item = "HELO|EHLO" if exchange.event in ("HELO", "EHLO") else exchange.event
        item = item if exchange.outcome in ACCEPTED else str(exchange.reply.code)
        if item != before:
            yield item
        before = item


def _letter_rules(letter: Letter) -> Iterator[dict[str, Any]]:
    envelope = letter.message.envelope
    yield {"sender": envelope.reverse_path}
    yield {"recipients": list(dict.fromkeys(envelope.forward_paths))}
    headers: dict[str, str] = {}
    for name, value in letter.message.message.raw_items():
        said = " ".join(str(value).split())
        if said and name.isascii() and name not in headers:
            headers[name] = "*" if name.lower() in ANY or not _is_plain(said) else said
    if headers:
        yield {"headers": dict(list(headers.items())[:HEADERS_MOST])}
    body = letter.body.rstrip("\r\n").replace("\r\n", "\n")
    if body.strip():
        yield {"body": body if len(body) <= BODY_MOST and _is_plain(body) else "*"}


def _is_plain(text: str) -> bool:
    """True where a file in UTF-8 can hold it."""
    return not any(0xD800 <= ord(character) <= 0xDFFF for character in text)
