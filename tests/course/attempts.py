"""What a learner may do in each exercise: lines that are right, and lines that are wrong with what must be said of them.

A wrong attempt is (a name, how it ends, the octets, a part of the sentence that is meant for it). Ends: "closes" ends its
side after the last octet, "stays" keeps the connection open.
"""

from __future__ import annotations

HELO = b"HELO me.example.com\r\n"
EHLO = b"EHLO me.example.com\r\n"
MAIL = b"MAIL FROM:<me@example.com>\r\n"
RCPT = b"RCPT TO:<alice@example.com>\r\n"
BOB = b"RCPT TO:<bob@example.com>\r\n"
TEST = b"RCPT TO:<test@example.com>\r\n"
DATA = b"DATA\r\n"
HELLO = b"Hello.\r\n"
DOT = b".\r\n"
QUIT = b"QUIT\r\n"
EMPTY = b"\r\n"

SUBJECT = b"Subject: First\r\n"
GUIDE = (
    b"MIME-Version: 1.0\r\n"
    b"From: Me <user123@example.com>\r\n"
    b"To: You <test@example.com>\r\n"
    b"Subject: Simple standardised email\r\n"
    b"Content-type: text/plain; charset=US-ASCII\r\n"
    b"\r\n"
    b"Hello. Content goes here.\r\n"
    b"\r\n"
)
TO_TEST = HELO + MAIL + TEST + DATA

# Each: what is said, one entry for each reply.
RIGHT: dict[str, list[list[bytes]]] = {
    "00.1": [
        [QUIT],
        [HELO, QUIT],
        [b"quit\r\n"],
        [b"BYE\r\n", b"NOOP\r\n", b"QUIT\n"],
    ],
    "01.1": [
        [HELO, MAIL, RCPT, DATA, HELLO + DOT, QUIT],
        [EHLO, b"mail from:<>\r\n", BOB, RCPT, DATA, DOT, QUIT],
        [b"HELO user123.example.com\r\n", b"MAIL FROM: user123@example.com\r\n", b"RCPT TO: test@example.com\r\n",
         DATA, b"Hello\r\n\r\n.\r\n", QUIT],
        [b"HALO me\r\n", HELO, MAIL, b"RSET\r\n", MAIL, b"RCPT TO:<nobody@example.com>\r\n", RCPT, DATA, HELLO + DOT, QUIT],
    ],
    "01.2": [
        [HELO, DATA, MAIL, BOB, DATA, HELLO + DOT, QUIT],
        [MAIL, EHLO, MAIL, BOB, DATA, b"Subject: x\r\n\r\ny\r\n" + DOT, QUIT],
        [HELO, BOB, MAIL, DATA, BOB, DATA, HELLO + DOT, QUIT],
        [HELO, MAIL, MAIL, BOB, DATA, HELLO + DOT, QUIT],
    ],
    "01.3": [
        [b"HELO user123.example.com\r\n", b"MAIL FROM: user123@example.com\r\n", b"RCPT TO: test@example.com\r\n", DATA,
         GUIDE + DOT, QUIT],
        [EHLO, MAIL, TEST, DATA, b"".join(sorted(GUIDE.splitlines(True)[:5])) + b"\r\nHello. Content goes here.\r\n" + DOT, QUIT],
        [HELO, MAIL, TEST, DATA, SUBJECT + EMPTY + HELLO + DOT, MAIL, TEST, DATA, GUIDE + DOT, QUIT],
    ],
}  # fmt: skip

WRONG: dict[str, list[tuple[str, str, bytes, str]]] = {
    "00.1": [
        ("nothing said", "closes", b"", "no whole line of yours has come"),
        ("no line end", "closes", b"QUIT", "was never ended"),
        ("an argument", "closes", b"QUIT now\r\n", "QUIT stands alone on its line"),
        ("another word", "closes", b"BYE\r\n", '"BYE" is no command of SMTP'),
        ("a browser", "closes", b"GET / HTTP/1.1\r\n\r\n", "You spoke HTTP"),
        ("hung up", "closes", HELO, "You closed the connection without QUIT"),
        ("still there", "stays", HELO, "You have not said QUIT"),
    ],
    "01.1": [
        ("nothing said", "closes", b"", "no whole line of yours has come"),
        ("no HELO", "closes", MAIL + QUIT, "The server saw MAIL before HELO or EHLO: it answered 503 at your 1st command"),
        ("HELO without a name", "closes", b"HELO\r\n" + QUIT, 'behind HELO in "HELO"'),
        ("no MAIL", "closes", HELO + RCPT + QUIT, "RCPT while no sender was known"),
        ("MAIL without FROM", "closes", HELO + b"MAIL me@example.com\r\n" + QUIT, "Write MAIL FROM:<sender>"),
        ("no RCPT", "closes", HELO + MAIL + DATA + QUIT,
         "DATA while no recipient was accepted (no RCPT had been said): it answered 503 at your 3rd command"),
        ("no RCPT, and the letter", "closes", HELO + MAIL + DATA + HELLO + DOT + QUIT, "Send the letter only after a 354"),
        ("another domain", "closes", HELO + MAIL + b"RCPT TO:<bob@example.org>\r\n" + QUIT, "not at example.com"),
        ("no such mailbox", "closes", HELO + MAIL + b"RCPT TO:<nobody@example.com>\r\n" + QUIT, "does not exist"),
        ("a full mailbox", "closes", HELO + MAIL + b"RCPT TO:<full@example.com>\r\n" + DATA + QUIT, "your RCPT was answered 552"),
        ("no DATA", "closes", HELO + MAIL + RCPT + QUIT, "The server saw no DATA after RCPT"),
        ("a word misspelt", "closes", HELO + MAIL + RCPT + b"DATE\r\n" + QUIT, '"DATE" is no command'),
        ("MAIL twice", "closes", HELO + MAIL + MAIL + QUIT, "MAIL while a mail transaction was open"),
        ("header too early", "closes", HELO + MAIL + RCPT + b"Subject: x\r\n" + QUIT, "Headers are part of the letter"),
        ("still in the letter", "stays", HELO + MAIL + RCPT + DATA + HELLO, "still in DATA"),
        ("hung up in the letter", "closes", HELO + MAIL + RCPT + DATA + HELLO, "in the middle of the letter"),
        ("QUIT in the letter", "stays", HELO + MAIL + RCPT + DATA + HELLO + QUIT, "took your QUIT for the 2nd line"),
        ("dot and a space", "stays", HELO + MAIL + RCPT + DATA + HELLO + b". \r\n", "Line 2 of your letter has a dot and"),
        ("LF before the dot", "stays", HELO + MAIL + RCPT + DATA + b"Hello.\n.\r\n", "The dot of your letter came after LF alone"),
        ("hung up at the end", "closes", HELO + MAIL + RCPT + DATA + HELLO + DOT, "closed the connection without QUIT"),
        ("DATA and more", "closes", HELO + MAIL + RCPT + b"DATA now\r\n" + QUIT, "DATA stands alone on its line"),
    ],
    "01.2": [
        ("no 503", "closes", HELO + MAIL + BOB + DATA + HELLO + DOT + QUIT, "No reply was a 503"),
        ("no brackets", "closes", HELO + DATA + b"MAIL FROM: me@example.com\r\n" + QUIT, "without angle brackets"),
        ("a space", "closes", HELO + DATA + b"MAIL FROM: <me@example.com>\r\n" + QUIT, "has a space after its colon"),
        ("LF alone", "closes", HELO + DATA + b"MAIL FROM:<me@example.com>\n" + QUIT, "Your 3rd command ended with LF alone"),
        ("the wrong recipient", "closes", HELO + DATA + MAIL + RCPT + DATA + HELLO + DOT + QUIT, "No RCPT for <bob@example.com>"),
        ("one recipient more", "closes", HELO + DATA + MAIL + BOB + RCPT + DATA + HELLO + DOT + QUIT,
         "RCPT also named <alice@example.com>"),
        ("delivered first", "closes", HELO + MAIL + BOB + DATA + HELLO + DOT + DATA + QUIT, "accepted a letter at step 12, and none after the reply 503"),
        ("gave up", "closes", HELO + DATA + QUIT, "The server saw no letter after the reply 503"),
        ("no QUIT", "stays", HELO + DATA + MAIL + BOB + DATA + HELLO + DOT, "You have not said QUIT"),
        ("no dot", "stays", HELO + DATA + MAIL + BOB + DATA + HELLO, "still in DATA"),
    ],
    "01.3": [
        ("no header", "closes", TO_TEST + HELLO + DOT + QUIT, "it has no header at all"),
        ("an empty line first", "closes", TO_TEST + EMPTY + SUBJECT + EMPTY + HELLO + DOT + QUIT, "begins with an empty line"),
        ("another header", "closes", TO_TEST + b"Subjekt: x\r\n\r\nHello.\r\n" + DOT + QUIT, "its headers are Subjekt"),
        ("an empty subject", "closes", TO_TEST + b"Subject:\r\n\r\nHello.\r\n" + DOT + QUIT, "Subject header is empty"),
        ("no body", "closes", TO_TEST + SUBJECT + EMPTY + DOT + QUIT, "headers and no body"),
        ("no empty line", "closes", TO_TEST + SUBJECT + b"Greetings: all\r\n" + DOT + QUIT, "No empty line stands between"),
        ("headers as commands", "closes", HELO + MAIL + TEST + SUBJECT + QUIT, "came as a command"),
        ("another recipient", "closes", HELO + MAIL + RCPT + DATA + SUBJECT + EMPTY + HELLO + DOT + QUIT,
         "No RCPT for <test@example.com>"),
        ("no dot", "closes", TO_TEST + SUBJECT + EMPTY + HELLO, "in the middle of the letter"),
    ],
}  # fmt: skip

# The second part of 01.3, after the first was passed.
WRONG_AFTER_PART_1: list[tuple[str, str, bytes, str]] = [
    ("one header left out", "closes", TO_TEST + GUIDE.replace(b"MIME-Version: 1.0\r\n", b"") + DOT + QUIT, "no MIME-Version header"),
    ("another subject", "closes", TO_TEST + GUIDE.replace(b"Simple", b"Simpel") + DOT + QUIT, "'Simpel standardised email', not"),
    ("a hyphen left out", "closes", TO_TEST + GUIDE.replace(b"Content-type", b"Contenttype") + DOT + QUIT, "no Content-type header"),
    ("another body", "closes", TO_TEST + GUIDE.replace(b"goes here", b"is here") + DOT + QUIT, "body is 'Hello. Content is here.'"),
    ("no empty line", "closes", TO_TEST + GUIDE.replace(b"\r\n\r\nHello", b"\r\nHello").rstrip() + b"\r\n" + DOT + QUIT,
     "No empty line stands between the headers and \"Hello. Content goes here.\""),
    ("hung up", "closes", TO_TEST + GUIDE + DOT, "without QUIT"),
]  # fmt: skip
