"""Attempts at the exercises of notebook 10; the form is that of `attempts`."""

from __future__ import annotations

from tests.course.attempts import BOB, DATA, DOT, EHLO, HELLO, HELO, MAIL, QUIT

ALICE = b"RCPT TO:<alice@example.com>\r\n"
BUSY = b"RCPT TO:<busy@example.com>\r\n"
NOBODY = b"RCPT TO:<nobody@example.com>\r\n"
FOUR = ALICE + BUSY + NOBODY + BOB

RIGHT: dict[str, list[list[bytes]]] = {
    "10.1": [
        [EHLO, MAIL, ALICE, BUSY, NOBODY, BOB, DATA, HELLO + DOT, QUIT],
        [HELO, b"mail from:<>\r\n", NOBODY, BUSY, BOB, ALICE, DATA, DOT, QUIT],
        [EHLO, MAIL, ALICE, b"RSET\r\n", MAIL, NOBODY, BUSY, ALICE, BOB, DATA, HELLO + DOT, QUIT],
    ],
}  # fmt: skip

WRONG: dict[str, list[tuple[str, str, bytes, str]]] = {
    "10.1": [
        ("only the two", "closes", EHLO + MAIL + ALICE + BOB + DATA + DOT + QUIT, "You have not named <busy@example.com> or <nobody@example.com>."),
        ("without nobody", "closes", EHLO + MAIL + ALICE + BUSY + BOB + DATA + DOT + QUIT, "You have not named <nobody@example.com>."),
        ("another one who is refused", "closes", EHLO + MAIL + ALICE + BUSY + BOB + b"RCPT TO:<bob@example.org>\r\n" + DATA + HELLO + DOT + QUIT,
         "You have not named <nobody@example.com>. <bob@example.org> was not asked for."),
        ("Bob of another domain", "closes", EHLO + MAIL + ALICE + BUSY + b"RCPT TO:<bob@example.org>\r\n" + NOBODY + DATA + HELLO + DOT + QUIT,
         "You have not named <bob@example.com>. <bob@example.org> was not asked for."),
        ("those two afterwards", "closes", EHLO + MAIL + ALICE + BOB + DATA + HELLO + DOT + MAIL + BUSY + NOBODY + QUIT,
         "You have named all 4, and not all for the same letter"),
        ("stops at the first no", "closes", EHLO + MAIL + ALICE + BUSY + QUIT, "You have not named <nobody@example.com> or <bob@example.com>."),
        ("busy again", "closes", EHLO + MAIL + FOUR + BUSY + DATA + DOT + QUIT,
         '"RCPT TO:<busy@example.com>" again at step 15. It had been answered 450: that means later'),
        ("nobody again", "closes", EHLO + MAIL + FOUR + NOBODY + DATA + DOT + QUIT, "It had been answered 550: that means no"),
        ("busy in a letter of its own", "closes", EHLO + MAIL + FOUR + DATA + DOT + MAIL + BUSY + b"RSET\r\n" + QUIT,
         "again at step 21. It had been answered 450"),
        ("cancels all", "closes", EHLO + MAIL + FOUR + b"RSET\r\n" + QUIT, "accepted no letter in this session"),
        ("Alice alone", "closes", EHLO + MAIL + ALICE + BUSY + NOBODY + DATA + DOT + QUIT, "You have not named <bob@example.com>."),
        ("nobody accepted", "closes", EHLO + MAIL + BUSY + NOBODY + DATA + QUIT, "DATA while no recipient was accepted (your RCPT was answered 450)"),
        ("no dot", "closes", EHLO + MAIL + FOUR + DATA + HELLO, "in the middle of the letter"),
        ("hangs up", "closes", EHLO + MAIL + FOUR + DATA + DOT, "closed the connection without QUIT"),
    ],
}  # fmt: skip
