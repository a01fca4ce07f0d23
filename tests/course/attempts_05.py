"""Attempts at the exercises of notebook 05; the form is that of `attempts`."""

from __future__ import annotations

from tests.course.attempts import BOB, DATA, DOT, EHLO, HELLO, HELO, MAIL, QUIT, RCPT

NOBODY = b"RCPT TO:<nobody@example.com>\r\n"
BUSY = b"RCPT TO:<busy@example.com>\r\n"
WORD, BARE = b"FOO\r\n", b"HELO\r\n"

RIGHT: dict[str, list[list[bytes]]] = {
    "05.2": [
        [HELO, MAIL, NOBODY, BUSY, RCPT, DATA, HELLO + DOT, QUIT],
        [EHLO, b"MAIL FROM:<>\r\n", NOBODY, NOBODY, BUSY, BUSY, RCPT, DATA, DOT, QUIT],
        [HELO, MAIL, NOBODY, BUSY, DATA, RCPT, DATA, HELLO + DOT, QUIT],
    ],
    "05.3": [
        [HELO, MAIL, RCPT, RCPT, DATA, HELLO + DOT, QUIT],
        [EHLO, MAIL, RCPT, b"RSET\r\n", MAIL, RCPT, DATA, DOT, QUIT],
        [HELO, MAIL, BOB, RCPT, b"NOOP\r\n", DATA, HELLO + DOT, QUIT],
    ],
    "05.4": [
        [WORD, BARE, DATA, HELO, MAIL, NOBODY, QUIT],
        [EHLO, b"QUIT now\r\n", RCPT, b"BAR\r\n", MAIL, b"RCPT TO:<x@example.org>\r\n", QUIT],
        [HELO, DATA, b"MAIL me\r\n", MAIL, RCPT, NOBODY, b"\r\n", DATA, HELLO + DOT, QUIT],
    ],
}  # fmt: skip

WRONG: dict[str, list[tuple[str, str, bytes, str]]] = {
    "05.2": [
        ("only the one who takes it", "closes", HELO + MAIL + RCPT + DATA + DOT + QUIT, "No reply after MAIL was a 550"),
        ("without the busy one", "closes", HELO + MAIL + NOBODY + RCPT + DATA + DOT + QUIT, "No reply after the reply 550 was a 450"),
        ("gives up at the first no", "closes", HELO + MAIL + NOBODY + DATA + QUIT, "DATA while no recipient was accepted"),
        ("gives up at the second", "closes", HELO + MAIL + NOBODY + BUSY + QUIT, "saw no RCPT after the reply 450"),
        ("alice first", "closes", HELO + MAIL + RCPT + NOBODY + BUSY + DATA + DOT + QUIT, "accepted RCPT at step 7, and none after the reply 450"),
        ("bob too", "closes", HELO + MAIL + NOBODY + BUSY + RCPT + BOB + DATA + DOT + QUIT, "RCPT also named <bob@example.com>"),
        ("nobody delivered", "closes", HELO + MAIL + NOBODY + BUSY + RCPT + QUIT, "accepted no letter in this session"),
        ("no dot", "closes", HELO + MAIL + NOBODY + BUSY + RCPT + DATA + HELLO, "in the middle of the letter"),
    ],
    "05.3": [
        ("asks once", "closes", HELO + MAIL + RCPT + QUIT, "saw no RCPT after the reply 450"),
        ("DATA all the same", "closes", HELO + MAIL + RCPT + DATA + QUIT, "DATA while no recipient was accepted"),
        ("somebody else", "closes", HELO + MAIL + RCPT + BOB + DATA + DOT + QUIT, "No RCPT for <alice@example.com>"),
        ("both", "closes", HELO + MAIL + RCPT + BOB + RCPT + DATA + DOT + QUIT, "RCPT also named <bob@example.com>"),
        ("never asks", "closes", HELO + MAIL + QUIT, "No reply was a 450"),
        ("a mailbox that is not there", "closes", HELO + MAIL + RCPT + NOBODY + QUIT, "answered your RCPT with 550 (step 9), and accepted none"),
        ("taken, and gone", "closes", HELO + MAIL + RCPT + RCPT + QUIT, "accepted no letter in this session"),
        ("hung up", "closes", HELO + MAIL + RCPT + RCPT + DATA + DOT, "closed the connection without QUIT"),
    ],
    "05.4": [
        ("no 500", "closes", BARE + DATA + HELO + MAIL + NOBODY + QUIT, "No reply was a 500. You have had"),
        ("no 501", "closes", WORD + DATA + HELO + MAIL + NOBODY + QUIT, "No reply was a 501"),
        ("no 503", "closes", WORD + BARE + HELO + MAIL + NOBODY + QUIT, "No reply was a 503"),
        ("no 550", "closes", WORD + BARE + DATA + HELO + MAIL + BUSY + QUIT, "No reply was a 550"),
        ("none at all", "closes", HELO + MAIL + RCPT + DATA + DOT + QUIT, "No reply was a 500, 501, 503 or a 550"),
        ("a 552 for a 550", "closes", WORD + BARE + DATA + HELO + MAIL + b"RCPT TO:<full@example.com>\r\n" + QUIT, "a 550. You have had 220, 500, 501, 503, 250, 552 and 221"),
        ("stays", "stays", WORD + BARE + DATA + HELO + MAIL + NOBODY, "You have not said QUIT"),
        ("hangs up", "closes", WORD + BARE + DATA + HELO + MAIL + NOBODY, "closed the connection without QUIT"),
    ],
}  # fmt: skip
