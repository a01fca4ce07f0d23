"""Reads sessions that were written down elsewhere: `C:`/`S:` lines, a bare telnet log, swaks, smtplib's debug output.

Each reader turns text into (who, octets) pairs; an observer follows them, so that a pasted session has states like
one that was recorded here. Nothing here guesses a reply that is not in the text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from .command import parse as parse_command
from .language import language_named
from .observer import Observer
from .smtp import SMTP
from .table import Table
from .transcript import Exchange, Transcript
from .wire import decode

Said = tuple[str, bytes]
"""("C" or "S" or "TLS", octets with their line end)."""

_MARKED = re.compile(r"\s*([CS]):(?: (.*)|(.*))")
_SWAKS = re.compile(r"( ->|<- |<\*\*| ~>|<~ |<~\*|\*\*>|===|\*\*\*)(?: ?)(.*)")
_SMTPLIB = re.compile(r"\s*(?:\d\d:\d\d:\d\d\.\d+ )?(send|reply|data|connect): ?(.*)")
_REPLY = re.compile(r"[2-5]\d\d(?:[ -].*)?")
_POP3_REPLY = re.compile(r"(?:\+OK|-ERR)(?: .*)?", re.IGNORECASE)
_TELNET_NOISE = re.compile(r"Trying |Connected to |Escape character is |Connection closed|Connection to |\$ |telnet> ")


def _marked(lines: list[str]) -> Iterator[Said]:
    for line in lines:
        found = _MARKED.fullmatch(line)
        if found is not None:
            text = found[2] if found[2] is not None else found[3]
            yield found[1], _bytes_literal(text) or text.encode() + b"\r\n"


def _bytes_literal(text: str) -> bytes | None:
    """The octets of a line that Python printed: b'HELO me\\r\\n'. None for any other."""
    if not text.startswith(("b'", 'b"')):
        return None
    try:
        octets = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    if not isinstance(octets, bytes):
        return None
    return octets if octets.endswith(b"\n") else octets + b"\r\n"


def _swaks(lines: list[str]) -> Iterator[Said]:
    for line in lines:
        found = _SWAKS.fullmatch(line)
        if found is None or found[1] == "***":
            continue
        mark, text = found[1], found[2].removeprefix(" ")
        if mark == "===":
            if text.startswith("TLS started"):
                yield "TLS", b""
        elif mark in (" ->", " ~>", "**>"):
            yield "C", text.encode() + b"\r\n"
        else:
            yield "S", text.encode() + b"\r\n"


def _smtplib(lines: list[str]) -> Iterator[Said]:
    for line in lines:
        found = _SMTPLIB.fullmatch(line)
        if found is None or found[1] in ("data", "connect") or found[2].startswith("retcode"):
            continue
        try:
            said = ast.literal_eval(found[2])
        except (ValueError, SyntaxError):
            continue
        octets = said.encode() if isinstance(said, str) else said
        if isinstance(octets, bytes) and octets:
            ended = octets if octets.endswith(b"\n") else octets + b"\r\n"
            yield ("C" if found[1] == "send" else "S"), ended


def _telnet(lines: list[str]) -> Iterator[Said]:
    """A bare log: who spoke is told by how a reply begins, but for lines up to a lone dot: mail data is the client's,
    a listing or a letter after +OK is the server's."""
    speaks = ""
    asked = ""
    for line in lines:
        if speaks:
            yield speaks, line.encode() + b"\r\n"
            speaks = "" if line == "." else speaks
        elif _TELNET_NOISE.match(line) or not line.strip():
            continue
        elif _REPLY.fullmatch(line):
            speaks = "C" if line.startswith("354") else ""
            yield "S", line.encode() + b"\r\n"
        elif _POP3_REPLY.fullmatch(line):
            speaks = "S" if line[0] == "+" and _brings_lines(asked) else ""
            yield "S", line.encode() + b"\r\n"
        else:
            asked = line
            yield "C", line.encode() + b"\r\n"


def _brings_lines(asked: str) -> bool:
    from .pop3.replies import has_lines

    command = parse_command(asked.encode())
    return has_lines(command.verb, command.argument)


def _reader(lines: list[str]) -> Callable[[list[str]], Iterator[Said]]:
    def count(pattern: re.Pattern[str]) -> int:
        return sum(pattern.fullmatch(line) is not None for line in lines)

    if count(_MARKED):
        return _marked
    if count(_SMTPLIB) > 1:
        return _smtplib
    if count(_SWAKS) > 1:
        return _swaks
    return _telnet


def parse(text: str) -> Transcript:
    """The transcript in `text`. Without replies it has no states. Raises ValueError where no session is in it."""
    lines = text.replace("\r\n", "\n").strip("\n").split("\n")
    said = list(_reader(lines)(lines))
    known = sum(_is_spoken(who, octets) for who, octets in said)
    # A bare text has no marks: where it holds no reply, most of its lines must be commands, else it is no session.
    is_prose = _reader(lines) is _telnet and not any(who == "S" for who, _ in said) and known * 2 < _commands(said)
    if not known or is_prose:
        raise ValueError(
            "no session can be seen in this text. Write a line as 'C: HELO me' or 'S: 250 ok', or paste a telnet log, "
            "the output of swaks, or of smtplib with set_debuglevel(1)."
        )
    if not any(who == "S" for who, _ in said):
        return _without_replies(said)
    observer = Observer(_table_of(said), greeted=said[0][0] == "C")
    start = observer.state
    for who, octets in said:
        if who == "S":
            observer.server(octets)
        elif who == "C":
            observer.client(octets)
        else:
            observer.handshake(True)
    seen = observer.transcript()
    # A text does not tell how TCP cut the streams.
    return Transcript(seen.exchanges, table=seen.table, start=start)


def _table_of(said: list[Said]) -> Table:
    """The protocol of a session, told by the first thing that its server says."""
    first = next(octets for who, octets in said if who == "S")
    if _POP3_REPLY.match(decode(first)) is None:
        return SMTP
    return language_named("POP3").table


def _commands(said: list[Said]) -> int:
    """How many lines come before the mail data, if there is any."""
    for number, (_, octets) in enumerate(said, 1):
        if octets.strip().upper() == b"DATA":
            return number
    return len(said)


def _is_spoken(who: str, octets: bytes) -> bool:
    if who == "S":
        return any(pattern.match(decode(octets)) for pattern in (_REPLY, _POP3_REPLY))
    return parse_command(octets.rstrip(b"\r\n")).verb in SMTP.by_event


def _without_replies(said: list[Said]) -> Transcript:
    """Client lines alone: events are told from the words, no state is known."""
    exchanges: list[Exchange] = []
    data: bytes | None = None

    def add(event: str, sent: bytes) -> None:
        exchanges.append(Exchange(event, sent, None, b"", None, SMTP.start, SMTP.start, None, Transcript().facts))

    for _, line in said:
        if data is not None:
            data += line
            if line == b".\r\n":
                add("(end of data)", data)
                data = None
            continue
        verb = parse_command(line.rstrip(b"\r\n")).verb
        add(verb if verb in SMTP.by_event else "(unknown verb)", line)
        data = b"" if verb == "DATA" else None
    if data:
        add("(end of data)", data)
    return Transcript(exchanges, has_states=False)


__all__ = ["parse"]
