"""Attempts at the exercises of notebook 04; the form is that of `attempts`."""

from __future__ import annotations

from tests.course.attempts import BOB, DATA, DOT, EHLO, HELLO, HELO, MAIL, QUIT, RCPT

CAROL = b"RCPT TO:<carol@example.com>\r\n"
DAVE = b"RCPT TO:<dave@example.com>\r\n"
LETTER = b"Subject: Hi\r\n\r\nHello.\r\n"
RSET = b"RSET\r\n"


def one(*recipients: bytes, letter: bytes = LETTER) -> list[bytes]:
    """One letter, an entry for each reply."""
    return [MAIL, *recipients, DATA, letter + DOT]


def said(*parts: bytes | list[bytes]) -> bytes:
    return b"".join(part if isinstance(part, bytes) else b"".join(part) for part in parts)


RIGHT: dict[str, list[list[bytes]]] = {
    "04.1": [
        [HELO, *one(RCPT), *one(BOB), *one(CAROL), QUIT],
        [EHLO, *one(CAROL), b"NOOP\r\n", *one(BOB), RSET, *one(RCPT), QUIT],
        [HELO, *one(BOB, letter=b"Subject: a\r\n"), *one(RCPT), *one(RCPT, BOB), *one(CAROL), QUIT],
    ],
    "04.3": [
        [HELO, MAIL, DAVE, QUIT],
        [EHLO, MAIL, DAVE, RSET, QUIT],
        [HELO, b"MAIL FROM:<>\r\n", DAVE, DAVE, b"QUIT\r\n"],
    ],
}  # fmt: skip

WRONG: dict[str, list[tuple[str, str, bytes, str]]] = {
    "04.1": [
        ("one letter for three", "closes", said(HELO, one(RCPT, BOB, CAROL), QUIT), "accepted one letter in this session; 3 was asked for"),
        ("two letters", "closes", said(HELO, one(RCPT), one(BOB), QUIT), "accepted 2 letters in this session"),
        ("three for Alice", "closes", said(HELO, one(RCPT), one(RCPT), one(RCPT), QUIT), "No RCPT for <bob@example.com>"),
        ("Bob twice", "closes", said(HELO, one(RCPT), one(BOB), one(BOB), QUIT), "No RCPT for <carol@example.com>"),
        ("Carol sees the others", "closes", said(HELO, one(RCPT), one(BOB), one(RCPT, BOB, CAROL), QUIT), "RCPT also named"),
        ("MAIL only once", "closes", said(HELO, one(RCPT), BOB, DATA, QUIT), "RCPT while no sender was known"),
        ("no subject", "closes", said(HELO, one(RCPT, letter=HELLO), one(BOB, letter=HELLO), one(CAROL, letter=HELLO), QUIT), "has no Subject header"),
        ("no QUIT", "closes", said(HELO, one(RCPT), one(BOB), one(CAROL)), "closed the connection without QUIT"),
        ("no dot in the third", "closes", said(HELO, one(RCPT), one(BOB), MAIL, CAROL, DATA, LETTER), "in the middle of the letter"),
    ],
    "04.3": [
        ("DATA all the same", "closes", said(HELO, MAIL, DAVE, DATA, QUIT), "You said DATA (answered 503, step 9)"),
        ("and the letter too", "closes", said(HELO, MAIL, DAVE, DATA, HELLO, DOT, QUIT), "you sent the letter all the same"),
        ("hangs up", "closes", said(HELO, MAIL, DAVE), "closed the connection without QUIT"),
        ("leaves before it asks", "closes", said(HELO, MAIL, QUIT), "No reply after MAIL was a 550"),
        ("no sender", "closes", said(HELO, DAVE, QUIT), "The server saw no MAIL after HELO or EHLO"),
        ("nothing but QUIT", "closes", QUIT, "The server saw no HELO or EHLO"),
        ("waits for better times", "stays", said(HELO, MAIL, DAVE), "You have not said QUIT"),
        ("chunks instead", "closes", said(EHLO, MAIL, DAVE, b"BDAT 0 LAST\r\n", QUIT), "You said BDAT LAST (answered 503"),
    ],
}  # fmt: skip
