"""Client streams to be cut: the guide's two sessions, an EHLO session, and messy ones. Whole streams, in octets."""

from __future__ import annotations

from tests.data_of import SESSION_1, SESSION_2


def _client_side(session: str) -> bytes:
    return b"".join(line[3:].encode() + b"\r\n" for line in session.splitlines() if line.startswith("C:"))


GUIDE_1 = _client_side(SESSION_1)
GUIDE_2 = _client_side(SESSION_2)

ENVELOPE = b"EHLO c.example.net\r\nMAIL FROM:<alice@example.net>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n"

CHUNKED = b"EHLO c.example.net\r\nMAIL FROM:<alice@example.net>\r\nRCPT TO:<bob@example.com>\r\n"

SESSIONS: dict[str, bytes] = {
    "guide 1": GUIDE_1,
    "guide 2": GUIDE_2,
    "EHLO": (
        b"EHLO c.example.net\r\nMAIL FROM:<alice@example.net> SIZE=30 BODY=8BITMIME\r\nRCPT TO:<bob@example.com>\r\n"
        b"RCPT TO:<nobody@example.com>\r\nDATA\r\nSubject: hi\r\n\r\n..dot\r\nhello\r\n.\r\nNOOP\r\nQUIT\r\n"
    ),
    "two messages and a reset": (
        ENVELOPE
        + b"one\r\n.\r\nMAIL FROM:<>\r\nRSET\r\nMAIL FROM:<>\r\nRCPT TO:<Postmaster>\r\nDATA\r\ntwo\r\n.\r\nQUIT\r\n"
    ),
    "out of order": (
        b"MAIL FROM:<a@b.example>\r\nDATA\r\nRSET\r\nRCPT TO:<bob@example.com>\r\nHELO c\r\nDATA\r\nMAIL FROM:<a@b.example>\r\n"
        b"MAIL FROM:<a@b.example>\r\nDATA\r\nEHLO c\r\nRCPT TO:<bob@example.com>\r\nQUIT\r\n"
    ),
    "rubbish": (
        b"\r\n   \r\nFROB\r\nEHLO\r\nEHLO \xc3\xa9t\xc3\xa9\r\nEHLO caf\xe9\r\nNOOP\0\r\nNO\rOP\r\n \tNOOP\r\nMAIL FROM:<\r\n.\r\nQUIT now\r\nQUIT\r\n"
    ),
    "bare LF in commands": b"EHLO c.example.net\nNOOP\nMAIL FROM:<a@b.example>\r\nRCPT TO:<bob@example.com>\nRSET\nQUIT\n",
    "bare LF in mail data": ENVELOPE + b"one\ntwo\r\n\nthree\r\nfo\rur\r\n.\r\nQUIT\r\n",
    "dots": ENVELOPE
    + b".\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n..\r\n...\r\n. \r\n.x\r\nx.\r\n.\r\n.\r\nQUIT\r\n",
    "dots that are no end": ENVELOPE + b"a\r.\rb\r\n.\rc\r\n.\0\r\n\r\r\n.\r\nNOOP\r\nQUIT\r\n",
    "netcat": b"HELO c\nMAIL FROM:<a@b.example>\nRCPT TO:<bob@example.com>\nDATA\nhello\n.\nQUIT\n",
    "netcat, an empty mail": b"HELO c\nMAIL FROM:<a@b.example>\nRCPT TO:<bob@example.com>\nDATA\n.\nQUIT\n",
    "smuggling by LF . CR LF": ENVELOPE
    + b"first\n.\r\nMAIL FROM:<evil@b.example>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n",
    "smuggling by CR LF . LF": ENVELOPE + b"first\r\n.\nMAIL FROM:<evil@b.example>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n",
    "smuggling by LF . LF after a good mail": (
        ENVELOPE
        + b"good\r\n.\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\nx\n.\ny\r\n.\r\nQUIT\r\n"
    ),
    "long lines": (
        b"EHLO c\r\nNOOP "
        + b"x" * 505
        + b"\r\nNOOP "
        + b"x" * 506
        + b"\r\nFROB "
        + b"y" * 700
        + b"\r\nNOOP\r\nQUIT\r\n"
    ),
    "what is not offered": b"STARTTLS\r\nEHLO c\r\nSTARTTLS\r\nAUTH PLAIN\r\nBDAT 3\r\nBDAT 3 LAST\r\nSEND FROM:<a@b.example>\r\nETRN x\r\nQUIT\r\n",
    "chunks": (
        CHUNKED
        + b"BDAT 24\r\nSubject: a\r\n\r\nQUIT\r\n.\r\n\xff\0NOOP\r\nBDAT 0\r\nBDAT 5 LAST\r\n\r\n.\r\nNOOP\r\nBDAT 6\r\nQUIT\r\n"
        + b"MAIL FROM:<>\r\nBDAT 6 LAST\r\nQUIT\r\nRCPT TO:<bob@example.com>\r\nBDAT x\r\nBDAT 1\r\n\nDATA\r\nBDAT 00 LAST\r\nQUIT\r\n"
    ),
    "chunks with bare LF": CHUNKED + b"BDAT 3\nabcBDAT 3 LAST\nab\nNOOP\nQUIT\r\n",
    "half a chunk": CHUNKED + b"BDAT 3\r\nabcBDAT 100 LAST\r\nQUIT\r\n",
    "UTF-8 and parameters": (
        "EHLO c\r\nMAIL FROM:<renée@example.net>\r\nMAIL FROM:<renée@example.net> SMTPUTF8 RET=HDRS ENVID=1+2B SIZE=9\r\n"
        "RCPT TO:<zoë@example.com> NOTIFY=NEVER ORCPT=rfc822;zoe@example.com\r\nRCPT TO:<用户@例え.jp>\r\nDATA\r\nÄ\r\n.\r\n"
        "VRFY zoë\r\nQUIT\r\n"
    ).encode(),
    "log-ins": (
        b"EHLO c\r\nAUTH PLAIN\r\n*\r\nAUTH LOGIN\r\nQUIT\r\nQUIT\r\nAUTH LOGIN YWxpY2U=\r\n!\r\nAUTH PLAIN =\r\nAUTH CRAM-MD5\r\nYWxpY2Ug\r\n"
        b"AUTH PLAIN\nAGFsaWNlAHdvbmRlcmxhbmQ=\nAUTH PLAIN\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<x@elsewhere.example>\r\nQUIT\r\n"
    ),
    "a log-in that is never ended": b"EHLO c\r\nAUTH LOGIN\r\nYWxpY2U=\r\nd29uZGVy",
    "a response that is too long": b"EHLO c\r\nAUTH LOGIN\r\n" + b"A" * 12_400 + b"\r\nNOOP\r\nQUIT\r\n",
    "ahead of a handshake": b"EHLO c\r\nSTARTTLS\r\nEHLO evil\r\nMAIL FROM:<e@b.example>\r\nRCP",
    "an HTTP request": b"POST / HTTP/1.1\r\nHost: mail.example.com\r\n\r\nHELO x\r\nMAIL FROM:<e@b.example>\r\n",
    "names and help": b"VRFY bob\r\nEXPN staff\r\nHELP\r\nHELP MAIL\r\nHELP FROB\r\nVRFY\r\nEXPN\r\nEHLO c\r\nVRFY <bob>\r\nQUIT\r\n",
    "nothing after DATA": ENVELOPE + b"never ended\r\n.",
    "a line that is never ended": b"EHLO c.example.net\r\nMAIL FROM:<alice",
}
