"""What if: a session said again to a new connection, up to one of its steps, and then something else.

    said = branch(server.sessions[-1], 6, ["RCPT TO:<nobody@example.com>"], server)
    said.transcript     # the new session: six steps as before, then yours
    said.why_not        # "" where it went as before, else why nothing else was said

Never does: draw, or connect to a server that is not ours by itself. Without a server it starts one of its own, on
this machine, that talks as the recorded one did as far as its greeting tells, and stops it again.

Rules
1. It is a real session: the server records it, and accepts what it accepts.
2. It goes on only where every reply so far had the same code, or in POP3 the same +OK or -ERR. Else it says at which line it did not.
3. One limit for all of it, `timeout`; a reply that does not come is told, not waited for.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ..protocol.language import language_of
from ..protocol.persona import MODERN, PERSONAS, Persona
from ..protocol.smtp import SMTP
from ..protocol.steps import MASK
from ..protocol.table import Reading, Table
from ..protocol.transcript import Exchange, Step, Transcript
from ..protocol.wire import decode
from .dial import RecordingSocket, dial
from .server import Server


class Listens(Protocol):
    """What can be connected to: a Server, or anything else with an address."""

    @property
    def address(self) -> tuple[str, int]: ...

    @property
    def pop3_address(self) -> tuple[str, int]:
        """Raises ValueError where POP3 is not spoken."""
        ...


@dataclass(frozen=True, slots=True)
class Branch:
    """A session that went as another one for `at` steps, then its own way. `why_not` is "" where it did go there."""

    transcript: Transcript
    at: int
    why_not: str = ""


class _Parted(Exception):
    """The replay cannot go on; its text says why."""


def branch(
    transcript: Transcript,
    position: int,
    lines: Sequence[str | bytes],
    to: Listens | tuple[str, int] | None = None,
    timeout: float = 5.0,
) -> Branch:
    """The session that comes of saying `lines` after `position` steps of a transcript. CR LF is added to text.

    `to`: a server or its address; None starts one of its own. `timeout`: seconds that all of it may take. Trouble is
    told in `why_not`, never raised; IndexError where there is no such position.
    """
    kept = transcript.steps[: range(len(transcript) + 1)[position]]
    if why := _why_not(transcript, kept):
        return Branch(Transcript(), 0, why)
    said = [line if isinstance(line, bytes) else line.encode("utf-8", "surrogateescape") + b"\r\n" for line in lines]
    until = time.monotonic() + timeout
    if to is not None:
        try:
            address = to if isinstance(to, tuple) else _address_of(to, transcript.table)
        except ValueError as error:
            return Branch(Transcript(), 0, str(error))
        return _at(address, transcript, kept, said, until, "")
    result = Branch(Transcript(), 0)
    for manners in ("lenient", "strict"):
        with Server(_persona_like(transcript), manners=manners, pop3=transcript.table is not SMTP) as own:
            address = _address_of(own, transcript.table)
            result = _at(address, transcript, kept, said, until, _OWN.format(manners=manners))
        if not result.why_not:
            break
    return result


def _address_of(server: Listens, table: Table) -> tuple[str, int]:
    """Where a server speaks the protocol of this table. Raises ValueError where it does not."""
    return server.address if table is SMTP else server.pop3_address


_OWN = " It was replayed to a {manners} server of its own: the session was with another."


def _why_not(transcript: Transcript, kept: Sequence[Step]) -> str:
    """Why these steps cannot be said again at all; "" where they can."""
    if transcript.start is not transcript.table.start:
        return "This is an excerpt: what was said before it is not known, so it cannot be said again."
    if kept and transcript.has_states and kept[-1].state is transcript.table.closed:
        return "The session is over here. Step back to where it goes on, and say something else there."
    for step in kept:
        if step.exchange.not_kept[0]:
            return f"Line {step.index} is mail data that was not kept whole, so it cannot be said again."
        if step.is_secret and MASK.encode() in step.raw:
            return f"Line {step.index} holds a password that was masked, so it cannot be said again."
        if _is_tls(transcript, step.exchange.before) or (step.direction == "S" and _is_tls(transcript, step.state)):
            return f"TLS begins at line {step.index}, and what was said in it cannot be said again."
        if step.direction == "S" and not step.exchange.sent and step.exchange.event != "(connect)":
            return f"Line {step.index} came by itself: nothing that can be said brings it again."
    return ""


def _is_tls(transcript: Transcript, state: Any) -> bool:
    return transcript.table.reading(state) is Reading.NOTHING and state is not transcript.table.closed


def _persona_like(transcript: Transcript) -> Persona:
    """The persona whose greeting this session has; the modern one where it is nobody's."""
    first = transcript.exchanges[0].reply if transcript.exchanges else None
    heard = first.lines[0] if first is not None and first.lines else ""
    situation = "greeting" if transcript.table is SMTP else "pop3 greeting"
    for persona in PERSONAS.values():
        words = persona.text(situation, {"host": persona.host, "date": "|"}).split("|")[0]
        if heard.startswith(words):
            return persona
    return MODERN


def _at(
    address: tuple[str, int], old: Transcript, kept: Sequence[Step], said: Sequence[bytes], until: float, where: str
) -> Branch:
    at = 0
    try:
        sock = dial(address, timeout=_left(until))
    except OSError as error:
        return Branch(Transcript(), 0, str(error))
    with contextlib.closing(sock):
        try:
            if old.has_states:
                _again(sock, kept, until, where, old.table)
                at = len(kept)
            else:
                said = [*(step.raw for step in kept), *said]
            _hear(sock, until)
            for line in said:
                _say(sock, line, until)
        except _Parted as parted:
            return Branch(sock.transcript, at, str(parted))
        except OSError as error:
            return Branch(sock.transcript, at, f"The connection broke: {error}")
        return Branch(sock.transcript, at)


def _again(sock: RecordingSocket, kept: Sequence[Step], until: float, where: str, table: Table) -> None:
    """Says the steps again, and reads a reply where one was. Raises _Parted where it is not the same."""
    heard, language = bytearray(), language_of(table)
    for step in kept:
        sock.settimeout(_left(until))
        if step.direction == "C":
            sock.sendall(step.raw)
            continue
        try:
            searched, asked = 0, step.exchange
            while (end := language.reply_end(heard, asked.event, asked.sent, searched)) is None:
                searched = len(heard)
                sock.settimeout(_left(until))
                data = sock.recv(65536)
                if not data:
                    raise _Parted(f"This time the server closed the session where line {step.index} answered.{where}")
                heard += data
        except TimeoutError:
            raise _Parted(f"This time no reply came in time where line {step.index} answered.{where}") from None
        now, then = _begins(heard), _begins(step.raw)
        del heard[:end]
        if now != then:
            raise _Parted(
                f"At line {step.index} the server answered {now} this time, not {then}:"
                f" what follows would not be this session.{where}"
            )


def _begins(reply: bytes | bytearray) -> str:
    """What decides in a reply: "250", "+OK", "-ERR"."""
    return decode(bytes(reply[: 4 if reply[:1] == b"-" else 3]))


def _say(sock: RecordingSocket, octets: bytes, until: float) -> None:
    if (now := sock.transcript).state is now.table.closed:
        raise _Parted("The server closed the session, so the rest could not be said.")
    sock.settimeout(_left(until))
    sock.sendall(octets)
    _hear(sock, until)


def _hear(sock: RecordingSocket, until: float) -> None:
    """Reads until nothing is owed. What does not come in time is not waited for; the transcript shows it."""
    while True:
        now = sock.transcript
        if now.exchanges and not _is_owed(now.exchanges[-1]):
            return
        sock.settimeout(_left(until))
        try:
            if not sock.recv(65536):
                return
        except TimeoutError:
            return


def _is_owed(last: Exchange) -> bool:
    """True while the server owes the reply to what was said last; mail data owes nothing before its end."""
    if not last.is_asked:
        return False
    if last.event == "(end of data)":
        return last.sent == b".\r\n" or last.sent.endswith(b"\r\n.\r\n")
    return True


def _left(until: float) -> float:
    return max(0.05, until - time.monotonic())
