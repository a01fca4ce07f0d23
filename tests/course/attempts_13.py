"""Attempts at the exercise of notebook 13 that is said on an open line; the form is that of `attempts`."""

from __future__ import annotations

from tests.course.attempts import BOB, DATA, DOT, EHLO, HELLO, HELO, MAIL, QUIT

AUTH = b"AUTH LOGIN\r\n"
NAME, WORD = b"Y2Fyb2w=\r\n", b"cmFpbjIxY2F0\r\n"
CAROL, AWAY = b"MAIL FROM:<carol@example.com>\r\n", b"RCPT TO:<bob@example.org>\r\n"
OVERHEARD = b"AUTH PLAIN AGNhcm9sAHJhaW4yMWNhdA==\r\n"
IN, SEND = [EHLO, AUTH, NAME, WORD], [CAROL, AWAY, DATA, HELLO + DOT, QUIT]

RIGHT: dict[str, list[list[bytes]]] = {
    "13.1": [
        [*IN, *SEND],
        [EHLO, b"auth login Y2Fyb2w=\r\n", WORD, MAIL, AWAY, DATA, HELLO + DOT, QUIT],
        [EHLO, AUTH, NAME, b"*\r\n", AUTH, NAME, WORD, MAIL, AWAY, DATA, b"Subject: x\r\n\r\n" + HELLO + DOT, QUIT],
    ],
}  # fmt: skip

LINES, REST = b"".join(IN), b"".join(SEND)
WRONG: dict[str, list[tuple[str, str, bytes, str]]] = {
    "13.1": [
        ("said again as it was", "closes", EHLO + OVERHEARD + REST, "logged in by AUTH PLAIN (step 5), and not by AUTH LOGIN"),
        ("not logged in", "closes", EHLO + REST, "names a mailbox that is not at example.com"),
        ("to a mailbox here", "closes", LINES + CAROL + BOB + DATA + HELLO + DOT + QUIT, "No RCPT for <bob@example.org>"),
        ("in plain letters", "closes", EHLO + AUTH + b"carol\r\nrain21cat\r\n" + QUIT, "could not read your answer"),
        ("with the NUL", "closes", EHLO + AUTH + b"AGNhcm9s\r\n" + WORD + REST, "refused with 535"),
        ("a way of one's own", "closes", EHLO + b"AUTH SIMPLE\r\n" + QUIT, "does not know this way to log in"),
        ("HELO", "closes", HELO + AUTH + QUIT, "The server saw no EHLO"),
        ("only logged in", "closes", LINES + QUIT, "accepted no letter"),
        ("hangs up", "closes", LINES + CAROL + AWAY + DATA + HELLO + DOT, "closed the connection without QUIT"),
        ("no dot", "closes", LINES + CAROL + AWAY + DATA + HELLO, "in the middle of the letter"),
    ],
}  # fmt: skip
