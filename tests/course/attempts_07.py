"""Attempts at the exercises of notebook 07; the form is that of `attempts`."""

from __future__ import annotations

from tests.course.attempts import BOB, DATA, DOT, EHLO, HELLO, HELO, MAIL, QUIT, RCPT

SUBJECT = b"Subject: Dots\r\n\r\n"
DOTS = b"..\r\n...\r\n..hidden\r\nthe end.\r\n"
TO_ALICE, TO_BOB = HELO + MAIL + RCPT + DATA, HELO + MAIL + BOB + DATA

RIGHT: dict[str, list[list[bytes]]] = {
    "07.1": [
        [HELO, MAIL, RCPT, DATA, SUBJECT + DOTS + DOT, QUIT],
        [EHLO, MAIL, RCPT, b"BDAT 41 LAST\r\n" + SUBJECT + b".\r\n..\r\n.hidden\r\nthe end.\r\n"[:24], QUIT],
        [HELO, MAIL, RCPT, DATA, b"Subject: first\r\n\r\n.\r\n", MAIL, RCPT, DATA, SUBJECT + DOTS + b"\r\n" + DOT, QUIT],
    ],
    "07.2": [
        [HELO, MAIL, RCPT, DATA, b"Hello.\n.\n"],
        [EHLO, MAIL, BOB, DATA, b"Hello.\n.\r\n"],
        [HELO, MAIL, RCPT, DATA, HELLO + DOT, MAIL, RCPT, DATA, b"one\r\ntwo\n.\nthree\r\n"],
    ],
    "07.3": [
        [HELO, MAIL, BOB, DATA, b"Hello\r\n. \r\n.\r\n", QUIT],
        [EHLO, MAIL, BOB, DATA, b"Subject: x\r\n\r\n .\r\n" + DOT, QUIT],
        [HELO, MAIL, BOB, DATA, b".\t\r\n" + DOT, QUIT],
    ],
}  # fmt: skip

WRONG: dict[str, list[tuple[str, str, bytes, str]]] = {
    "07.1": [
        ("no dot more", "closes", TO_ALICE + SUBJECT + b".\r\n..\r\n.hidden\r\nthe end.\r\n" + DOT + QUIT, '".." is no command'),
        ("only the first", "closes", TO_ALICE + SUBJECT + b"..\r\n..\r\n.hidden\r\nthe end.\r\n" + DOT + QUIT, r"body is '.\n.\nhidden\nthe end.'"),
        ("one too many", "closes", TO_ALICE + SUBJECT + b"..\r\n...\r\n..hidden\r\n..the end.\r\n" + DOT + QUIT, "hidden\\n.the end.', not"),
        ("a space before it", "closes", TO_ALICE + SUBJECT + b" .\r\n...\r\n..hidden\r\nthe end.\r\n" + DOT + QUIT, r"body is ' .\n..\n.hidden"),
        ("every dot doubled", "closes", TO_ALICE + SUBJECT + b"..\r\n....\r\n..hidden\r\nthe end..\r\n" + DOT + QUIT, r"body is '.\n...\n.hidden"),
        ("no subject", "closes", TO_ALICE + b"\r\n" + DOTS + DOT + QUIT, "has no Subject header"),
        ("another recipient", "closes", TO_BOB + SUBJECT + DOTS + DOT + QUIT, "No RCPT for <alice@example.com>"),
        ("no end", "closes", TO_ALICE + SUBJECT + DOTS, "in the middle of the letter"),
        ("dot after the text", "stays", TO_ALICE + SUBJECT + DOTS[:-2] + DOT, "still in DATA"),
    ],
    "07.2": [
        ("the right end", "closes", TO_ALICE + HELLO + DOT + QUIT, "No reply was a 421"),
        ("before DATA", "closes", HELO + MAIL + RCPT + b".\n" + QUIT, "The server saw no DATA"),
        ("CR LF . LF is text", "stays", TO_ALICE + b"Hello.\r\n.\n", "still in DATA"),
        ("CR alone is text", "closes", TO_ALICE + b"Hello.\r.\r", "in the middle of the letter"),
        ("no recipient", "closes", HELO + MAIL + DATA + QUIT, "DATA while no recipient was accepted"),
        ("a dot too many behind the text", "stays", TO_ALICE + HELLO + QUIT, "took your QUIT for the 2nd line"),
    ],
    "07.3": [
        ("never stuck", "closes", TO_BOB + HELLO + DOT + QUIT, "the server was never made to wait on"),
        ("never free", "stays", TO_BOB + HELLO + b". \r\n", "still in DATA"),
        ("gives up", "closes", TO_BOB + HELLO + b". \r\n" , "in the middle of the letter"),
        ("QUIT in DATA", "stays", TO_BOB + HELLO + b". \r\n" + QUIT, "took your QUIT"),
        ("to alice", "closes", TO_ALICE + b". \r\n" + DOT + QUIT, "No RCPT for <bob@example.com>"),
        ("hangs up", "closes", TO_BOB + b". \r\n" + DOT, "closed the connection without QUIT"),
    ],
}  # fmt: skip
