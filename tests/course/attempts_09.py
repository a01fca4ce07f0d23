"""Attempts at the exercises of notebook 09; the form is that of `attempts`."""

from __future__ import annotations

from tests.course.attempts import BOB, DATA, DOT, EHLO, EMPTY, HELO, MAIL, QUIT, RCPT

CAROL, DAVE = b"RCPT TO:<carol@example.com>\r\n", b"RCPT TO:<dave@example.com>\r\n"
FROM, SUBJECT = b"From: me@example.com\r\n", b"Subject: Friday\r\n"
TO, CC = b"To: alice@example.com\r\n", b"Cc: bob@example.com\r\n"
LETTER = FROM + TO + CC + SUBJECT + EMPTY + b"At eight.\r\n"
ALL = HELO + MAIL + RCPT + BOB + CAROL + DATA

NULL = b"MAIL FROM:<>\r\n"
NOTICE = b"Subject: Undelivered\r\n" + EMPTY + b"nick@example.net has moved.\r\n"

RIGHT: dict[str, list[list[bytes]]] = {
    "09.1": [
        [HELO, MAIL, RCPT, BOB, CAROL, DATA, LETTER + DOT, QUIT],
        [EHLO, NULL, CAROL, RCPT, BOB, DATA, b"Date: Wed, 1 Oct 2008 12:00:00 +0000\r\n" + LETTER + DOT, QUIT],
        [HELO, MAIL, CAROL, b"RSET\r\n", MAIL, BOB, CAROL, RCPT, DATA, SUBJECT + b"FROM: x\r\n" + CC + TO.upper().replace(b"ALICE@EXAMPLE.COM", b"alice@example.com") + EMPTY + b"x\r\n" + DOT, QUIT],
    ],
    "09.3": [
        [HELO, NULL, BOB, DATA, NOTICE + DOT, QUIT],
        [EHLO, b"mail from:<> size=80\r\n", BOB, DATA, b"From: <postmaster@example.net>\r\n" + NOTICE + DOT, QUIT],
        [HELO, MAIL, BOB, b"RSET\r\n", NULL, BOB, DATA, b"Subject: x\r\n\r\nNo: <Nick@Example.NET>\r\n" + DOT, QUIT],
    ],
}  # fmt: skip

WRONG: dict[str, list[tuple[str, str, bytes, str]]] = {
    "09.1": [
        ("a Bcc line", "closes", ALL + b"Bcc: carol@example.com\r\n" + LETTER + DOT + QUIT, 'has the header "Bcc: carol@example.com"'),
        ("an empty Bcc line", "closes", ALL + b"BCC:\r\n" + LETTER + DOT + QUIT, 'has the header "Bcc: "'),
        ("Carol in Cc", "closes", ALL + LETTER.replace(b"Cc: bob@example.com", b"Cc: bob@example.com, Carol@example.com") + DOT + QUIT,
         "names <carol@example.com> in its Cc header"),
        ("Carol in the text", "closes", ALL + LETTER + b"carol@example.com reads this too.\r\n" + DOT + QUIT, "names <carol@example.com> in its text"),
        ("only in the letter", "closes", HELO + MAIL + RCPT + BOB + DATA + b"Bcc: carol@example.com\r\n" + LETTER + DOT + QUIT, "No RCPT for <carol@example.com>"),
        ("one letter each", "closes", HELO + b"".join(MAIL + who + DATA + LETTER + DOT for who in (RCPT, BOB, CAROL)) + QUIT,
         "You sent 3 letters, and none went to all of <alice@example.com>, <bob@example.com> and <carol@example.com>"),
        ("two letters, one without Alice", "closes", HELO + MAIL + BOB + DATA + LETTER + DOT + MAIL + CAROL + DATA + LETTER + DOT + QUIT,
         "No RCPT for <alice@example.com> or <bob@example.com> was accepted: those mailboxes got no letter"),
        ("one too many", "closes", HELO + MAIL + RCPT + BOB + CAROL + DAVE + DATA + LETTER + DOT + QUIT, "RCPT also named <dave@example.com>"),
        ("no Cc", "closes", ALL + FROM + TO + EMPTY + b"x\r\n" + DOT + QUIT, "no Cc header"),
        ("no From", "closes", ALL + TO + CC + SUBJECT + EMPTY + b"x\r\n" + DOT + QUIT, "no From header: its headers are To, Cc and Subject"),
        ("no Subject", "closes", ALL + FROM + TO + CC + EMPTY + b"x\r\n" + DOT + QUIT, "no Subject header: its headers are From, To and Cc"),
        ("three in one RCPT", "closes", HELO + MAIL + b"RCPT TO:<alice@example.com>,<bob@example.com>\r\n" + QUIT, "could not read what stands behind RCPT"),
        ("hangs up", "closes", ALL + LETTER + DOT, "without QUIT"),
    ],
    "09.3": [
        ("to From", "closes", HELO + NULL + CAROL + DATA + NOTICE + DOT + QUIT, "From: names her"),
        ("to Reply-To", "closes", HELO + NULL + DAVE + DATA + NOTICE + DOT + QUIT, "Reply-To is for people"),
        ("to Nick", "closes", HELO + NULL + b"RCPT TO:<nick@example.net>\r\n" + DATA + QUIT, "names a mailbox that is not at example.com"),
        ("to all", "closes", HELO + NULL + BOB + RCPT + DATA + NOTICE + DOT + QUIT, "RCPT also named <alice@example.com>"),
        ("a sender", "closes", HELO + b"MAIL FROM:<postmaster@example.net>\r\n" + BOB + DATA + NOTICE + DOT + QUIT,
         "MAIL named the sender <postmaster@example.net>, not <>"),
        ("no brackets at all", "closes", HELO + b"MAIL FROM:\r\n" + QUIT, "could not read what stands behind MAIL"),
        ("nothing said of Nick", "closes", HELO + NULL + BOB + DATA + b"Subject: Undelivered\r\n\r\nSorry.\r\n" + DOT + QUIT, "does not name the address that failed"),
        ("no subject", "closes", HELO + NULL + BOB + DATA + b"From: me\r\n\r\nnick@example.net\r\n" + DOT + QUIT, "no Subject header"),
        ("hangs up", "closes", HELO + NULL + BOB + DATA + NOTICE + DOT, "without QUIT"),
    ],
}  # fmt: skip
