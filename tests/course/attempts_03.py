"""Attempts at the exercises of notebook 03; the form is that of `attempts`. 03.1 and 03.2 are said to the POP3 door."""

from __future__ import annotations

from tests.course.attempts import BOB, DATA, DOT, EHLO, HELO, MAIL, QUIT, RCPT

POP3 = {"03.1", "03.2"}
"""The exercises whose attempts go to `pop3_address`."""
IN = b"USER bob\r\nPASS letmein\r\n"
STAT, RETR_1, RETR_2 = b"STAT\r\n", b"RETR 1\r\n", b"RETR 2\r\n"
TOP_1, TOP_2, DELE_1, DELE_2, RSET = b"TOP 1 0\r\n", b"TOP 2 0\r\n", b"DELE 1\r\n", b"DELE 2\r\n", b"RSET\r\n"
FOUND = b"Subject: Found\r\n\r\nbounces@list.example\r\nmx7.list.example\r\n"


def letter(body: bytes) -> bytes:
    return HELO + MAIL + RCPT + DATA + body + DOT


RIGHT: dict[str, list[list[bytes]]] = {
    "03.1": [
        [IN, STAT, RETR_1, RETR_2, QUIT],
        [b"user bob\r\n", b"pass letmein\r\n", b"stat\r\n", b"LIST\r\n", RETR_2, b"UIDL\r\n", RETR_1, b"quit\r\n"],
        [STAT, b"USER bob@example.com\r\n", b"PASS oops\r\n", IN, TOP_1, STAT, RETR_1, b"RETR 9\r\n", RETR_2, DELE_1, RSET, QUIT],
    ],
    "03.2": [
        [IN, TOP_1, TOP_2, DELE_1, QUIT],
        [IN, b"TOP 2 0\r\n", DELE_2, RSET, DELE_1, QUIT],
        [IN, STAT, b"TOP 1 5\r\n", DELE_1, b"DELE 1\r\n", b"NOOP\r\n", QUIT],
    ],
    "03.3": [
        [HELO, MAIL, RCPT, DATA, FOUND + DOT, QUIT],
        [EHLO, MAIL, RCPT, DATA, b"Subject: x\r\n\r\nIt came from MX7.list.example; bounces go to <bounces@list.example>.\r\n" + DOT, QUIT],
        [HELO, MAIL, RCPT, DATA, b"Subject: first\r\n\r\nnothing yet\r\n" + DOT, MAIL, RCPT, DATA, FOUND + DOT, QUIT],
    ],
}  # fmt: skip

WRONG: dict[str, list[tuple[str, str, bytes, str]]] = {
    "03.1": [
        ("asks before it logs in", "closes", STAT + RETR_1 + QUIT, "You said STAT before anybody had logged in"),
        ("a wrong password", "closes", b"USER bob\r\nPASS secret\r\n" + QUIT, 'Your PASS was answered "-ERR [AUTH]'),
        ("somebody else", "closes", b"USER alice\r\nPASS wonderland\r\n" + STAT + RETR_1 + QUIT, "Letter 1 or 2 was not fetched"),
        ("no STAT", "closes", IN + RETR_1 + RETR_2 + QUIT, "The server saw no STAT after PASS"),
        ("the first one only", "closes", IN + STAT + RETR_1 + QUIT, "Letter 2 was not fetched by RETR."),
        ("headers only", "closes", IN + STAT + RETR_1 + TOP_2 + QUIT, "TOP brings its beginning only"),
        ("hangs up", "closes", IN + STAT + RETR_1 + RETR_2, "You closed the connection without QUIT"),
        ("stays", "stays", IN + STAT + RETR_1 + RETR_2, "the session is open, and the maildrop is locked"),
        ("HELO", "closes", HELO + QUIT, "HELO is a word of SMTP"),
    ],
    "03.2": [
        ("the wrong one", "closes", IN + TOP_1 + DELE_2 + QUIT, "QUIT removed letter 2 as well"),
        ("no QUIT", "closes", IN + TOP_1 + DELE_1, "You marked letter 1, and left without QUIT"),
        ("unmarked again", "closes", IN + TOP_1 + DELE_1 + RSET + QUIT, "At QUIT letter 1 was not marked"),
        ("nothing marked, no QUIT", "closes", IN + TOP_1, "No letter was marked with DELE"),
        ("fetched whole", "closes", IN + RETR_1 + DELE_1 + QUIT, "The server saw no TOP after PASS"),
        ("not logged in", "closes", TOP_1 + DELE_1 + QUIT, "You said TOP before anybody had logged in"),
        ("only a name", "closes", b"USER bob\r\n" + TOP_1 + QUIT, "The server saw no PASS after USER"),
    ],
    "03.3": [
        ("From:", "closes", letter(b"Subject: x\r\n\r\nclub@books.example mx7.list.example\r\n") + QUIT, "is what From: says"),
        ("To:", "closes", letter(b"Subject: x\r\n\r\nreaders@books.example\r\n") + QUIT, "is what To: says"),
        ("this server", "closes", letter(b"Subject: x\r\n\r\nbounces@list.example mail.example.com\r\n") + QUIT, "Which machine handed it over?"),
        ("the machine alone", "closes", letter(b"Subject: x\r\n\r\nmx7.list.example\r\n") + QUIT, "does not name the address for bounces."),
        ("the bounces alone", "closes", letter(b"Subject: x\r\n\r\nbounces@list.example\r\n") + QUIT, "does not name the machine that handed it over."),
        ("in the subject", "closes", letter(b"Subject: bounces@list.example mx7.list.example\r\n\r\nsee above\r\n") + QUIT,
         "does not name the address for bounces or the machine"),
        ("to bob himself", "closes", HELO + MAIL + BOB + DATA + FOUND + DOT + QUIT, "No RCPT for <alice@example.com>"),
        ("no dot", "closes", HELO + MAIL + RCPT + DATA + FOUND, "in the middle of the letter"),
        ("hangs up", "closes", letter(FOUND), "closed the connection without QUIT"),
    ],
}  # fmt: skip
