"""Clients for the gauntlet, as lines: what each says in one session after the other, to a session or over a socket."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BufferedReader

from smtplab.course.gauntlet.gates import Gate, in_turn, judge
from smtplab.protocol.faults import FaultsInTurn
from smtplab.protocol.manners import LENIENT
from smtplab.protocol.message import Message
from smtplab.protocol.session import Session
from smtplab.protocol.transcript import Transcript

EHLO, HELO, MAIL, DATA, RSET, QUIT = "EHLO me", "HELO me", "MAIL FROM:<me@example.com>", "DATA", "RSET", "QUIT"
R1, R2, R3 = (f"RCPT TO:<{name}@example.com>" for name in ("alice", "bob", "carol"))
LETTER = "Message-ID: <1@example.com>\r\nSubject: x\r\n\r\nHello.\r\n."
OTHER = LETTER.replace("<1@", "<2@")
NAMELESS = "Subject: x\r\n\r\nHello.\r\n."
EARLY = "!"
"""Before a line: it is said while the reply before it is still on its way."""
LEFT = "(left)"
"""In place of a line: the client closes without a word."""

Said = Sequence[str]
GOOD: tuple[Said, ...] = (
    (),
    (EHLO, MAIL, QUIT),
    (EHLO, HELO, MAIL, R1, R2, R3, DATA, QUIT),
    (EHLO, MAIL, R1),
    (EHLO, MAIL, R1, R2, R3, DATA, RSET, QUIT),
    (EHLO, MAIL, R1, R2, R3, DATA, LETTER, QUIT),
    (EHLO, MAIL, R1, R2, DATA, LETTER),
    (EHLO, MAIL, R1, R2, DATA, LETTER, QUIT),
)
"""What a client says that holds all twelve."""


def but(number: int, *said: str) -> tuple[Said, ...]:
    """The good client, with another session of this number."""
    return (*GOOD[: number - 1], said, *GOOD[number:])


@dataclass
class Run:
    """A server of sessions without a socket, whose faults come in turn."""

    faults: FaultsInTurn = field(default_factory=lambda: FaultsInTurn(in_turn()))
    sessions: list[Transcript] = field(default_factory=list[Transcript])
    stored: list[Message] = field(default_factory=list[Message])

    def say(self, said: Said) -> list[int]:
        """One session; the codes that came, 0 where none did. What is said waits for the reply before it, or comes EARLY."""
        manners = LENIENT.without("CHUNKING", "PIPELINING")
        session = Session(manners=manners, faults=self.faults, store=self.stored.append)
        session.connect()
        session.data_to_send()
        now = 0.0
        for line in said:
            if line == LEFT:
                session.receive_eof(at=now)
                break
            now += 10
            came = now - 10 + 1e-4 if line.startswith(EARLY) else now
            session.receive(line.removeprefix(EARLY).encode() + b"\r\n", at=now, came=came)
            session.data_to_send()
        if not session.is_closing:
            session.receive_eof(at=now)
        self.sessions.append(session.transcript())
        return [each.reply.code if each.reply else 0 for each in self.sessions[-1].exchanges if each.event != "(eof)"]

    def gates(self, *, over: bool = True, waits: dict[int, float] | None = None) -> tuple[Gate, ...]:
        return judge(self.sessions, reached=len(self.faults.over), over=over, waits=waits)


def ran(client: Sequence[Said]) -> Run:
    """All sessions of a client, one after the other."""
    run = Run()
    for said in client:
        run.say(said)
    return run


def over_a_socket(address: tuple[str, int], client: Sequence[Said]) -> None:
    """The same over real connections, a reply read for each line; a session that is cut off is left."""
    for said in client:
        with socket.create_connection(address, timeout=10) as sock, sock.makefile("rb") as file:
            try:
                _read(file)
                for line in said:
                    sock.sendall(line.encode() + b"\r\n")
                    _read(file)
            except OSError:
                continue


def _read(file: BufferedReader) -> None:
    """One whole reply, or the end."""
    line = file.readline()
    while line[3:4] == b"-":
        line = file.readline()
