"""Attempts at the exercises of notebook 02; the form is that of `attempts`."""

from __future__ import annotations

from tests.course.attempts import BOB, DATA, DOT, EHLO, EMPTY, HELO, MAIL, QUIT, RCPT

LUNCH = b"From: Me <me@example.com>\r\nTo: Bob <bob@example.com>\r\nSubject: Lunch\r\n"
SOUP = b"Soup is on.\r\nCome down.\r\n"
TO_BOB = HELO + MAIL + BOB + DATA
CAROL = b"RCPT TO:<carol@example.com>\r\n"
BOUNCES = b"MAIL FROM:<bounces@example.com>\r\n"
ADA = b"From: Ada <ada@example.com>\r\nSubject: News\r\n"
NEWS = b"\r\nAll is well.\r\n"
TO_CAROL = HELO + BOUNCES + CAROL + DATA
TO_ALICE = HELO + MAIL + RCPT + DATA
UTF8 = b"MIME-Version: 1.0\r\nContent-type: text/plain; charset=UTF-8\r\n"
EIGHT = b"Content-Transfer-Encoding: 8bit\r\n"
WORD = "Καλημέρα"

RIGHT: dict[str, list[list[bytes]]] = {
    "02.1": [
        [HELO, MAIL, BOB, DATA, LUNCH + EMPTY + SOUP + DOT, QUIT],
        [EHLO, b"MAIL FROM:<>\r\n", BOB, DATA, b"Subject: Lunch\r\nTo: x\r\nFrom: y\r\nX-More: z\r\n\r\n" + SOUP + EMPTY + DOT, QUIT],
        [HELO, MAIL, BOB, DATA, b"A first one.\r\n" + DOT, MAIL, BOB, DATA, LUNCH.lower().replace(b"lunch", b"Lunch") + EMPTY + SOUP + DOT, QUIT],
    ],
    "02.2": [
        [HELO, BOUNCES, CAROL, DATA, ADA + NEWS + DOT, QUIT],
        [EHLO, b"mail from:<bounces@EXAMPLE.com>\r\n", CAROL, DATA, b"Subject: x\r\nFrom: Ada  <ada@example.com>\r\n\r\n.\r\n".replace(b".\r\n", b"hi\r\n") + DOT, QUIT],
        [HELO, MAIL, CAROL, b"RSET\r\n", BOUNCES, CAROL, DATA, ADA + NEWS + DOT, QUIT],
    ],
    "02.4": [
        [HELO, MAIL, RCPT, DATA, UTF8 + EIGHT + EMPTY + WORD.encode() + b"\r\n" + DOT, QUIT],
        [HELO, MAIL, RCPT, DATA, UTF8.replace(b"UTF-8", b"ISO-8859-7") + EIGHT + EMPTY + WORD.encode("iso-8859-7") + b"\r\n" + DOT, QUIT],
        [HELO, MAIL, RCPT, DATA, UTF8 + b"Content-Transfer-Encoding: base64\r\n\r\nzprOsc67zrfOvM6tz4HOsQ==\r\n" + DOT, QUIT],
        [HELO, MAIL, RCPT, DATA,
         UTF8 + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=CE=9A=CE=B1=CE=BB=CE=B7=CE=BC=CE=AD=CF=81=CE=B1\r\n" + DOT, QUIT],
    ],
}  # fmt: skip

WRONG: dict[str, list[tuple[str, str, bytes, str]]] = {
    "02.1": [
        ("another recipient", "closes", HELO + MAIL + RCPT + DATA + LUNCH + EMPTY + SOUP + DOT + QUIT, "No RCPT for <bob@example.com>"),
        ("To alone carries nothing", "closes", HELO + MAIL + DATA + LUNCH + EMPTY + SOUP + DOT + QUIT, "Send the letter only after a 354"),
        ("no From", "closes", TO_BOB + LUNCH.partition(b"\r\n")[2] + EMPTY + SOUP + DOT + QUIT, "no From header: its headers are To and Subject"),
        ("another subject", "closes", TO_BOB + LUNCH.replace(b"Lunch", b"Soup") + EMPTY + SOUP + DOT + QUIT, "Subject header is 'Soup', not 'Lunch'"),
        ("no empty line", "closes", TO_BOB + LUNCH + SOUP + DOT + QUIT, "No empty line stands between the headers and"),
        ("empty line first", "closes", TO_BOB + EMPTY + LUNCH + EMPTY + SOUP + DOT + QUIT, "begins with an empty line"),
        ("an empty line after each header", "closes", TO_BOB + LUNCH.replace(b"\r\n", b"\r\n\r\n") + SOUP + DOT + QUIT, "no Subject header: its headers are From"),
        ("one line of the body", "closes", TO_BOB + LUNCH + EMPTY + b"Soup is on.\r\n" + DOT + QUIT, "body is 'Soup is on.', not"),
        ("lines joined by LF", "closes", TO_BOB + LUNCH + EMPTY + b"Soup is on. Come down.\r\n" + DOT + QUIT, "body is 'Soup is on. Come down.', not"),
        ("headers as commands", "closes", HELO + MAIL + BOB + LUNCH + QUIT, "came as a command"),
        ("no dot", "closes", TO_BOB + LUNCH + EMPTY + SOUP, "in the middle of the letter"),
    ],
    "02.2": [
        ("Ada on the envelope", "closes", HELO + b"MAIL FROM:<ada@example.com>\r\n" + CAROL + DATA + ADA + NEWS + DOT + QUIT,
         "MAIL named the sender <ada@example.com>, not <bounces@example.com>"),
        ("bounces in the letter", "closes", TO_CAROL + b"From: bounces@example.com\r\n" + NEWS + DOT + QUIT,
         "From header is 'bounces@example.com', not 'Ada <ada@example.com>'"),
        ("no From", "closes", TO_CAROL + b"Subject: News\r\n" + NEWS + DOT + QUIT, "no From header"),
        ("Ada gets it", "closes", HELO + BOUNCES + b"RCPT TO:<ada@example.com>\r\n" + DATA + ADA + NEWS + DOT + QUIT, "No RCPT for <carol@example.com>"),
        ("Carol and Ada", "closes", HELO + BOUNCES + CAROL + b"RCPT TO:<ada@example.com>\r\n" + DATA + ADA + NEWS + DOT + QUIT, "RCPT also named <ada@example.com>"),
        ("the null path", "closes", HELO + b"MAIL FROM:<>\r\n" + CAROL + DATA + ADA + NEWS + DOT + QUIT, "MAIL named the sender <>"),
        ("no body", "closes", TO_CAROL + ADA + EMPTY + DOT + QUIT, "headers and no body"),
        ("From as a command", "closes", HELO + BOUNCES + CAROL + b"From: Ada <ada@example.com>\r\n" + QUIT, "came as a command"),
        ("hung up", "closes", TO_CAROL + ADA + NEWS + DOT, "closed the connection without QUIT"),
    ],
    "02.4": [
        ("no headers at all", "closes", TO_ALICE + EMPTY + WORD.encode() + b"\r\n" + DOT + QUIT, "says nothing of its characters"),
        ("the guide's header", "closes", TO_ALICE + UTF8.replace(b"UTF-8", b"US-ASCII") + EIGHT + EMPTY + WORD.encode() + b"\r\n" + DOT + QUIT,
         "its characters are US-ASCII. Read so, it shows '\ufffd"),
        ("another character set", "closes", TO_ALICE + UTF8.replace(b"UTF-8", b"ISO-8859-1") + EIGHT + EMPTY + WORD.encode() + b"\r\n" + DOT + QUIT,
         "its characters are ISO-8859-1. Read so, it shows 'Î"),
        ("a word for it", "closes", TO_ALICE + UTF8 + EMPTY + b"Kalimera\r\n" + DOT + QUIT, "shows 'Kalimera', not"),
        ("encoded and not said", "closes", TO_ALICE + UTF8 + EMPTY + b"zprOsc67zrfOvM6tz4HOsQ==\r\n" + DOT + QUIT, "shows 'zprOsc67zrfOvM6tz4HOsQ==', not"),
        ("an unknown character set", "closes", TO_ALICE + UTF8.replace(b"UTF-8", b"GREEK-7") + EIGHT + EMPTY + WORD.encode() + b"\r\n" + DOT + QUIT,
         "no text that a mail program could show"),
        ("in the subject", "closes", TO_ALICE + b"Subject: " + WORD.encode() + b"\r\n\r\nsee above\r\n" + DOT + QUIT, "shows 'see above', not"),
        ("another recipient", "closes", HELO + MAIL + BOB + DATA + UTF8 + EMPTY + WORD.encode() + b"\r\n" + DOT + QUIT, "No RCPT for <alice@example.com>"),
        ("hung up in the letter", "closes", TO_ALICE + UTF8 + EMPTY + WORD.encode() + b"\r\n", "in the middle of the letter"),
    ],
}  # fmt: skip
