"""Attempts at the exercises of notebook 06; the form is that of `attempts`."""

from __future__ import annotations

from tests.course.attempts import BOB, DATA, DOT, EHLO, HELLO, HELO, MAIL, QUIT, RCPT

CAROL = b"RCPT TO:<carol@example.com>\r\n"
RSET = b"RSET\r\n"

RIGHT: dict[str, list[list[bytes]]] = {
    "06.1": [
        [HELO, MAIL, RCPT, DATA, DOT, QUIT],
        [EHLO, b"MAIL FROM:<>\r\n", BOB, DATA, HELLO + DOT, QUIT],
        [b"helo x\r\n", MAIL, b"rcpt to:<zoe@example.com>\r\n", b"data\r\n", b"Subject: x\r\n\r\n..\r\n" + DOT, b"quit\r\n"],
    ],
    "06.2": [
        [HELO, CAROL, DATA, MAIL, MAIL, CAROL, DATA, HELLO + DOT, QUIT],
        [MAIL, CAROL, DATA, EHLO, MAIL, CAROL, DATA, DOT, QUIT],
        [HELO, MAIL, DATA, MAIL, RSET, CAROL, MAIL, CAROL, DATA, HELLO + DOT, QUIT],
    ],
    "06.4": [
        [HELO, MAIL, BOB, RSET, MAIL, CAROL, DATA, HELLO + DOT, QUIT],
        [HELO, MAIL, BOB, HELO, MAIL, CAROL, DATA, HELLO + DOT, QUIT],
        [EHLO, MAIL, BOB, EHLO, b"MAIL FROM:<>\r\n", CAROL, DATA, DOT, QUIT],
    ],
}  # fmt: skip

WRONG: dict[str, list[tuple[str, str, bytes, str]]] = {
    "06.1": [
        ("MAIL forgotten", "closes", HELO + RCPT + DATA + QUIT, "RCPT while no sender was known"),
        ("RCPT forgotten", "closes", HELO + MAIL + DATA + QUIT, "DATA while no recipient was accepted"),
        ("no HELO", "closes", MAIL + RCPT + DATA + QUIT, "MAIL before HELO or EHLO"),
        ("stopped at RCPT", "closes", HELO + MAIL + RCPT + QUIT, "never in DATA after RCPT: it ended in CLOSED"),
        ("stayed in DATA", "stays", HELO + MAIL + RCPT + DATA, "still in DATA"),
        ("QUIT in the letter", "stays", HELO + MAIL + RCPT + DATA + QUIT, "took your QUIT for the 1st line"),
        ("one NOOP", "closes", HELO + b"NOOP\r\n" + MAIL + RCPT + DATA + DOT + QUIT, "You said 6 commands, and it can be done with 5"),
        ("two recipients and HELP", "closes", b"HELP\r\n" + HELO + MAIL + RCPT + BOB + DATA + DOT + QUIT, "You said 7 commands"),
        ("hung up after the letter", "closes", HELO + MAIL + RCPT + DATA + DOT, "closed the connection without QUIT"),
        ("does not leave", "stays", HELO + MAIL + RCPT + DATA + DOT, "it stands in READY"),
    ],
    "06.2": [
        ("no RCPT too early", "closes", HELO + DATA + MAIL + MAIL + CAROL + DATA + DOT + QUIT, "Your RCPT was answered 250; a 503"),
        ("no DATA too early", "closes", HELO + CAROL + MAIL + MAIL + CAROL + DATA + DOT + QUIT, "Your DATA was answered 354; a 503"),
        ("MAIL once", "closes", HELO + CAROL + DATA + MAIL + CAROL + DATA + DOT + QUIT, "Your MAIL was answered 250; a 503"),
        ("no MAIL at all", "closes", HELO + CAROL + DATA + QUIT, "Your MAIL was answered by nothing, for you never said it"),
        ("refused, and gone", "closes", HELO + CAROL + DATA + MAIL + MAIL + QUIT, "accepted no letter in this session"),
        ("another recipient", "closes", HELO + CAROL + DATA + MAIL + MAIL + RCPT + DATA + DOT + QUIT, "No RCPT for <carol@example.com>"),
        ("no dot", "closes", HELO + CAROL + DATA + MAIL + MAIL + CAROL + DATA + HELLO, "in the middle of the letter"),
        ("two sessions' worth, no QUIT", "stays", HELO + CAROL + DATA + MAIL + MAIL + CAROL + DATA + DOT, "You have not said QUIT"),
        ("a word misspelt", "closes", HELO + CAROL + b"DATE\r\n" + QUIT, '"DATE" is no command'),
    ],
    "06.4": [
        ("Bob after all", "closes", HELO + MAIL + BOB + RSET + MAIL + BOB + DATA + DOT + QUIT, "No RCPT for <carol@example.com>"),
        ("both", "closes", HELO + MAIL + BOB + RSET + MAIL + CAROL + BOB + DATA + DOT + QUIT, "RCPT also named <bob@example.com>"),
        ("nothing dropped", "closes", HELO + MAIL + BOB + CAROL + DATA + DOT + QUIT, "not dropped: it was delivered at step 13"),
        ("MAIL again without RSET", "closes", HELO + MAIL + BOB + MAIL + CAROL + DATA + DOT + QUIT, "MAIL while a mail transaction was open"),
        ("RSET, then RCPT", "closes", HELO + MAIL + BOB + RSET + CAROL + DATA + QUIT, "RCPT while no sender was known"),
        ("dropped, and gone", "closes", HELO + MAIL + BOB + RSET + QUIT, "accepted no letter in this session"),
        ("dropped too early", "closes", HELO + MAIL + RSET + MAIL + CAROL + DATA + DOT + QUIT, "so there was nothing to drop"),
        ("RSET with an argument", "closes", HELO + MAIL + BOB + b"RSET now\r\n" + QUIT, "RSET stands alone on its line"),
        ("hung up instead", "closes", HELO + MAIL + BOB, "begun at step 7, and nothing dropped it"),
        ("no QUIT", "stays", HELO + MAIL + BOB + RSET + MAIL + CAROL + DATA + DOT, "You have not said QUIT"),
    ],
}  # fmt: skip
