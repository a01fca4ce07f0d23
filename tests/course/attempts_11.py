"""Attempts at the exercises of notebook 11; the form is that of `attempts`.

Whoever does not turn the clock of a toy server can let time go by with commands: each is a second.
"""

from __future__ import annotations

from tests.course.attempts import BOB, DATA, DOT, EHLO, HELLO, HELO, MAIL, QUIT

ADA = b"MAIL FROM:<ada@example.com>\r\n"
CAROL = b"RCPT TO:<carol@example.com>\r\n"
RSET = b"RSET\r\n"
FIVE_MINUTES = [b"NOOP\r\n"] * 300

RIGHT: dict[str, list[list[bytes]]] = {
    "11.2": [
        [EHLO, MAIL, BOB, *FIVE_MINUTES, BOB, DATA, HELLO + DOT, QUIT],
        [HELO, MAIL, BOB, *FIVE_MINUTES, RSET, MAIL, BOB, DATA, DOT, QUIT],
        [HELO, b"mail from:<me@example.com>\r\n", BOB, BOB, *FIVE_MINUTES, b"rcpt to:<bob@example.com>\r\n", DATA, HELLO + DOT, QUIT],
    ],
}  # fmt: skip

WRONG: dict[str, list[tuple[str, str, bytes, str]]] = {
    "11.2": [  # In this order also for one server that remembers them all: who has been seen is taken later.
        ("another sender", "closes", EHLO + ADA + BOB + b"".join(FIVE_MINUTES) + RSET + MAIL + BOB + QUIT,
         'You asked after "MAIL FROM:<ada@example.com>" and "MAIL FROM:<me@example.com>"'),
        ("once", "closes", EHLO + MAIL + BOB + QUIT, "answered 450 at your 3rd command (step 7). Turn its clock on"),
        ("at once", "closes", EHLO + MAIL + 4 * BOB + QUIT, "You asked 4 times, and hardly any time went by"),
        ("too early", "closes", EHLO + MAIL + BOB + b"".join(FIVE_MINUTES[:200]) + BOB + QUIT, "You asked 2 times"),
        ("taken, from Ada", "closes", EHLO + ADA + BOB + b"".join(FIVE_MINUTES) + BOB + DATA + DOT + QUIT,
         "MAIL named the sender <ada@example.com>, not <me@example.com>"),
        ("to Carol", "closes", EHLO + MAIL + CAROL + b"".join(FIVE_MINUTES) + CAROL + DATA + DOT + QUIT, "No RCPT for <bob@example.com>"),
        ("no hello", "closes", MAIL + BOB + QUIT, "before HELO or EHLO"),
        ("no dot", "closes", EHLO + MAIL + BOB + b"".join(FIVE_MINUTES) + BOB + DATA + HELLO, "in the middle of the letter"),
        ("hangs up", "closes", EHLO + MAIL + BOB + b"".join(FIVE_MINUTES) + BOB + DATA + DOT, "closed the connection without QUIT"),
    ],
}  # fmt: skip
