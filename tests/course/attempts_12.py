"""Attempts at the exercises of notebook 12; the form is that of `attempts`."""

from __future__ import annotations

from tests.course.attempts import BOB, DATA, DOT, EHLO, HELLO, HELO, MAIL, QUIT, RCPT

CAROL = b"RCPT TO:<carol@example.com>\r\n"
LETTER = b"Subject: x\r\n\r\nHello.\r\n" + DOT
GROUP = MAIL + RCPT + BOB + CAROL + DATA

WAITING = frozenset({"12.2"})
"""Here it is asked that the client waits: what is right is not right in one piece."""

RIGHT: dict[str, list[list[bytes]]] = {
    "12.2": [
        [EHLO, GROUP, LETTER + QUIT],
        [EHLO, MAIL + CAROL + RCPT + BOB + DATA, b"Subject: y\r\n\r\nhi\r\n" + DOT + QUIT],
        [EHLO, b"NOOP\r\n" + GROUP, LETTER + QUIT],
    ],
}

WRONG: dict[str, list[tuple[str, str, bytes, str]]] = {
    "12.2": [
        ("all at once", "closes", EHLO + GROUP + LETTER + QUIT, "in one piece with EHLO"),
        ("two recipients", "closes", EHLO + MAIL + RCPT + BOB + DATA + LETTER + QUIT, "No RCPT for <carol@example.com>"),
        ("HELO", "closes", HELO + GROUP + LETTER + QUIT, "The server saw no EHLO"),
        ("no recipient", "closes", EHLO + MAIL + DATA + QUIT, "DATA while no recipient was accepted"),
        ("no dot", "closes", EHLO + GROUP + HELLO, "in the middle of the letter"),
        ("QUIT in the letter", "stays", EHLO + GROUP + HELLO + QUIT, "took your QUIT for"),
        ("hangs up", "closes", EHLO + GROUP + LETTER, "closed the connection without QUIT"),
    ],
}  # fmt: skip
