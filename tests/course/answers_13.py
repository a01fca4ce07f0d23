"""Attempts at the exercises of notebook 13 that are sorted, said under TLS, or written; the form is that of `answers`."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Sequence
from typing import Any

from smtplab.course.formed import Formed
from tests.course import clients
from tests.course.answers import Attempt, answer
from tests.course.attempts import BOB, DATA, DOT, EHLO, HELLO, QUIT

BEFORE, AFTER, BOTH = "before", "after", "both"
LINES = [BEFORE, BOTH, BEFORE, AFTER, AFTER, AFTER, BEFORE]
WORD, GUESS, NOTHING = "password", "guesses", "nothing"
GIVEN = [WORD, WORD, GUESS, WORD, NOTHING, NOTHING, WORD, WORD]

STARTTLS, AUTH = b"STARTTLS\r\n", b"AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n"
ALICE, AWAY = b"MAIL FROM:<alice@example.com>\r\n", b"RCPT TO:<bob@example.org>\r\n"
SEND = (ALICE, AWAY, DATA, HELLO + DOT)
LETTER = "Subject: x\r\n\r\nHello.\r\n"


def but(right: Sequence[str], number: int, word: str) -> Attempt:
    """The right answer, but for one."""
    return answer([word if n == number else each for n, each in enumerate(right, 1)])


def locked(clear: Sequence[bytes], under_tls: Sequence[bytes], name: str = "mail.example.com") -> Attempt:
    """Says these in the clear, the last of them STARTTLS, and those after the handshake, each with its reply."""

    def attempt(ex: Formed) -> Any:
        ex.answer(LINES)
        with clients.connect(ex.server.address) as sock:
            for line in clear:
                sock.sendall(line)
                clients.reply(sock)
            try:
                with ex.server.client_context().wrap_socket(sock, server_hostname=name) as tls:
                    for line in under_tls:
                        tls.sendall(line)
                        clients.reply(tls)
            except ssl.SSLError:
                pass  # the attempts that are meant to come to nothing
        return ex.check()

    return attempt


def said(*lines: bytes) -> Attempt:
    """Says these in the clear alone."""

    def attempt(ex: Formed) -> Any:
        ex.answer(LINES)
        clients.lock_step(ex.server.address, *lines)
        return ex.check()

    return attempt


def by_smtplib(ex: Formed) -> Any:
    ex.answer(LINES)
    with smtplib.SMTP("localhost", ex.server.address[1], timeout=clients.TIMEOUT_S) as smtp:
        smtp.starttls(context=ex.server.client_context())
        smtp.login("alice", "wonderland")
        smtp.sendmail("alice@example.com", ["bob@example.org"], LETTER)
    return ex.check()


def stays_silent(ex: Formed) -> Any:
    """Has STARTTLS accepted, and goes on in the clear."""
    ex.answer(LINES)
    with socket.create_connection(ex.server.address, timeout=clients.TIMEOUT_S) as sock:
        clients.reply(sock)
        sock.sendall(EHLO)
        clients.reply(sock)
        sock.sendall(STARTTLS)
        clients.reply(sock)
        return ex.check()


RIGHT: dict[str, list[Attempt]] = {
    "13.2": [
        by_smtplib,
        locked([EHLO, STARTTLS], [EHLO, AUTH, *SEND, QUIT]),
        locked([EHLO, b"NOOP\r\n", b"starttls\r\n"], [EHLO, b"AUTH LOGIN YWxpY2U=\r\n", b"d29uZGVybGFuZA==\r\n", *SEND, QUIT], "localhost"),
    ],
    "13.3": [
        answer(GIVEN),
        answer([each.upper() for each in GIVEN]),
        answer(dict(enumerate(GIVEN, 1))),
    ],
}  # fmt: skip

WRONG: dict[str, list[tuple[str, Attempt, str]]] = {
    "13.2": [
        ("a second greeting", but(LINES, 1, BOTH), "A greeting comes once"),
        ("EHLO once", but(LINES, 2, BEFORE), "what was learned before is forgotten"),
        ("offered for ever", but(LINES, 3, BOTH), "need not be locked again"),
        ("AUTH offered before", but(LINES, 4, BOTH), "it does not offer to"),
        ("AUTH first", but(LINES, 5, BEFORE), "it is anybody's, even where the server refuses it"),
        ("the envelope open", but(LINES, 6, BEFORE), "Alice has to be logged in"),
        ("locked late", but(LINES, 7, AFTER), "the last line in the clear"),
    ],
    "13.3": [
        ("base64 a lock", but(GIVEN, 1, NOTHING), "each behind a NUL"),
        ("LOGIN a lock", but(GIVEN, 2, GUESS), "the second answer is the password"),
        ("a digest is safe", but(GIVEN, 3, NOTHING), "can try one password after another"),
        ("refused, so safe", but(GIVEN, 4, NOTHING), "What has been said has been heard"),
        ("a star", but(GIVEN, 5, WORD), "The * came in place of the password"),
        ("TLS is nothing", but(GIVEN, 6, GUESS), "with the right server at its other end"),
        ("any certificate", but(GIVEN, 7, NOTHING), "Locked, but with whom?"),
        ("stripped", but(GIVEN, 8, NOTHING), "has no lock at all"),
    ],
}  # fmt: skip

AT_PART_2: list[tuple[str, Attempt, str]] = [
    ("no EHLO again", locked([EHLO, STARTTLS], [AUTH, QUIT]), "To TLS both begin anew, so EHLO is said again"),
    ("HELO again", locked([EHLO, STARTTLS], [b"HELO me\r\n", QUIT]), "accepted no EHLO after the handshake, and what it said before"),
    ("AUTH first, TLS later", locked([EHLO, AUTH, STARTTLS], [EHLO, AUTH, *SEND, QUIT]), "Lock first, log in after"),
    ("no STARTTLS", said(EHLO, QUIT), "The server saw no STARTTLS"),
    ("another name", locked([EHLO, STARTTLS], [], "mail.example.org"), "The handshake was not finished"),
    ("no handshake", stays_silent, "no handshake was finished after it"),
    ("not logged in", locked([EHLO, STARTTLS], [EHLO, ALICE, BOB, DATA, DOT, QUIT]), "The server accepted no AUTH after the handshake"),
    ("a wrong password", locked([EHLO, STARTTLS], [EHLO, b"AUTH PLAIN AGFsaWNlAGxldG1laW4=\r\n", QUIT]), "refused with 535"),
    ("to a mailbox here", locked([EHLO, STARTTLS], [EHLO, AUTH, ALICE, BOB, DATA, DOT, QUIT]), "No RCPT for <bob@example.org>"),
    ("hung up", locked([EHLO, STARTTLS], [EHLO, AUTH, *SEND]), "without QUIT"),
]  # fmt: skip
"""Wrong sessions at the second part of 13.2."""
