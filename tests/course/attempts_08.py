"""Attempts at the exercises of notebook 08; the form is that of `attempts`."""

from __future__ import annotations

from tests.course.attempts import BOB, DATA, DOT, EHLO, HELLO, HELO, MAIL, QUIT, RCPT

EIGHT = b"MAIL FROM:<me@example.com> BODY=8BITMIME\r\n"
CAROL = b"RCPT TO:<carol@example.com>\r\n"
BIG = b"MAIL FROM:<me@example.com> SIZE=100000\r\n"
LETTER = "Subject: x\r\n\r\nGrüße\r\n".encode()
GROUP = MAIL + RCPT + BOB + CAROL + DATA

RIGHT: dict[str, list[list[bytes]]] = {
    "08.1": [
        [EHLO, EIGHT, BOB, DATA, LETTER + DOT, QUIT],
        [EHLO, b"mail from:<> body=8bitmime\r\n", BOB, DATA, HELLO + DOT, QUIT],
        [HELO, MAIL, EHLO, EIGHT, BOB, DATA, DOT, QUIT],
    ],
    "08.2": [
        [EHLO, BIG, QUIT],
        [EHLO, BIG.replace(b"100000", b"100000 BODY=8BITMIME"), b"RSET\r\n", QUIT],
        [EHLO, MAIL, b"RSET\r\n", b"MAIL FROM:<> SIZE=100000\r\n", QUIT],
    ],
    "08.3": [
        [EHLO, GROUP, LETTER + DOT, QUIT],
        [EHLO, GROUP, LETTER + DOT + QUIT],
        [EHLO, MAIL + CAROL + BOB + RCPT + DATA, b"Subject: y\r\n\r\nhi\r\n" + DOT, QUIT],
    ],
}  # fmt: skip

WRONG: dict[str, list[tuple[str, str, bytes, str]]] = {
    "08.1": [
        ("HELO", "closes", HELO + MAIL + BOB + DATA + DOT + QUIT, "The server saw no EHLO"),
        ("no parameter", "closes", EHLO + MAIL + BOB + DATA + DOT + QUIT, "the parameter BODY=8BITMIME: it carried none"),
        ("the other value", "closes", EHLO + EIGHT.replace(b"8BITMIME", b"7BIT") + BOB + DATA + DOT + QUIT, "it carried BODY=7BIT"),
        ("SIZE as well", "closes", EHLO + b"MAIL FROM:<me@example.com> SIZE=100 BODY=8BITMIME\r\nRSET\r\n" + EIGHT + BOB + DATA + DOT + QUIT,
         "you used what this server does not offer: SIZE was not offered"),
        ("a chunk as well", "closes", EHLO + EIGHT + BOB + b"BDAT 2 LAST\r\n" + DATA + DOT + QUIT, "CHUNKING was not offered"),
        ("another recipient", "closes", EHLO + EIGHT + RCPT + DATA + DOT + QUIT, "No RCPT for <bob@example.com>"),
        ("asked, and gone", "closes", EHLO + QUIT, "The server saw no MAIL after EHLO"),
        ("no dot", "closes", EHLO + EIGHT + BOB + DATA + HELLO, "in the middle of the letter"),
    ],
    "08.2": [
        ("HELO", "closes", HELO + BIG + QUIT, "The server saw no EHLO"),
        ("no SIZE", "closes", EHLO + MAIL + QUIT, "No reply after EHLO was a 552"),
        ("another size", "closes", EHLO + BIG.replace(b"100000", b"999999") + QUIT, "it carried SIZE=999999"),
        ("DATA all the same", "closes", EHLO + BIG + DATA + QUIT, "DATA while no recipient was accepted"),
        ("the letter first", "closes", EHLO + MAIL + BOB + DATA + 6000 * b"x" + b"\r\n" + DOT + BIG + QUIT, "You said DATA (answered 354"),
        ("hangs up", "closes", EHLO + BIG, "closed the connection without QUIT"),
    ],
    "08.3": [
        ("two recipients", "closes", EHLO + MAIL + RCPT + BOB + DATA + LETTER + DOT + QUIT, "No RCPT for <carol@example.com>"),
        ("three letters", "closes", EHLO + b"".join(MAIL + who + DATA + LETTER + DOT for who in (RCPT, BOB, CAROL)) + QUIT,
         "You sent 3 letters, and none went to all of"),
        ("HELO", "closes", HELO + GROUP + LETTER + DOT + QUIT, "The server saw no EHLO"),
        ("DATA first", "closes", EHLO + MAIL + DATA + RCPT + BOB + CAROL + QUIT, "DATA while no recipient was accepted"),
        ("no MAIL", "closes", EHLO + RCPT + BOB + CAROL + DATA + QUIT, "RCPT while no sender was known"),
        ("QUIT in the letter", "stays", EHLO + GROUP + LETTER + QUIT, "took your QUIT for"),
        ("no dot", "closes", EHLO + GROUP + LETTER, "in the middle of the letter"),
        ("hangs up", "closes", EHLO + GROUP + LETTER + DOT, "closed the connection without QUIT"),
    ],
}  # fmt: skip
