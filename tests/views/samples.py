"""Sessions that the views' tests draw: the guide's, and such as no drawing was made for."""

from __future__ import annotations

from pathlib import Path

from smtplab.protocol.pop3.machine import POP3 as POP3_TABLE
from smtplab.protocol.transcript import Transcript

DATA = Path(__file__).parents[1] / "data"
SESSION_1 = (DATA / "session-1.txt").read_text(encoding="utf-8")
SESSION_2 = (DATA / "session-2.txt").read_text(encoding="utf-8")

CANARIES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</pre></code></svg>",
    "&lt;b&gt;",
    "\u202e\u2066evil\u2069",
    "\x07\x1b[31mred",
)
"""Text off the wire that must never reach a page as it stands."""

MESSY = """\
S: 220 mail.example.com ESMTP smtplab
C: NOOP
S: 250 2.0.0 Ok
C: MAIL FROM:<alice@example.com>
S: 503 5.5.1 MAIL is out of sequence: no HELO or EHLO yet. Say HELO or EHLO with your name first.
C: FROBNICATE now
S: 500 5.5.1 Unknown command
C: EHLO client.example.com
S: 250-mail.example.com greets client.example.com
S: 250-PIPELINING
S: 250-SIZE 10485760
S: 250-8BITMIME
S: 250-CHUNKING
S: 250-AUTH PLAIN LOGIN
S: 250 ENHANCEDSTATUSCODES
C: MAIL FROM:<> SIZE=120
S: 250 2.1.0 Sender ok
C: RCPT TO:<nobody@example.com>
S: 550 5.1.1 No such mailbox here
C: RCPT TO:<busy@example.com>
S: 450 4.2.1 Mailbox busy
C: RCPT TO:<bob@example.com>
S: 250 2.1.5 Recipient ok
C: RCPT TO:<carol@example.com>
S: 251 2.1.5 Will forward
C: DATA
S: 354 Go ahead
C: From: Bob <bob@example.com>
C: Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
C:
C: ..hidden dot
C: QUIT
C: .
S: 554 5.6.0 Not this letter
C: HELP
S: 214-Say HELO, EHLO, MAIL,
S: 214 or QUIT
C: QUIT
S: 221 2.0.0 Goodbye
"""

EXTENDED = """\
S: 220 mail.example.com ESMTP
C: EHLO a.example.com
S: 250-mail.example.com
S: 250-CHUNKING
S: 250-STARTTLS
S: 250 AUTH LOGIN
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
C: YWxpY2U=
S: 334 UGFzc3dvcmQ6
C: c2VjcmV0LWNhbmFyeQ==
S: 235 2.7.0 Welcome
C: AUTH PLAIN c2VjcmV0LWNhbmFyeQ==
S: 503 5.5.1 Already
C: MAIL FROM:<alice@example.com>
S: 250 ok
C: RCPT TO:<bob@example.com>
S: 250 ok
C: RSET
S: 250 dropped
C: VRFY bob
S: 252 who knows
C: EXPN staff
S: 502 not here
"""

REFUSING = "S: 554 no mail here\nC: EHLO a.example.com\nS: 503 say QUIT\nC: QUIT\nS: 221 bye\n"
BUSY = "S: 220 a ESMTP\nC: HELO a.example.com\nS: 421 4.3.2 shutting down\n"
UNANSWERED = "S: 220 a ESMTP\nC: HELO a.example.com\nS: 250 a\nC: MAIL FROM:<a@example.com>\n"
HANGING = (
    "S: 220 a ESMTP\nC: HELO a.example.com\nS: 250 a\nC: MAIL FROM:<a@example.com>\nS: 250 ok\n"
    "C: RCPT TO:<b@example.com>\nS: 250 ok\nC: DATA\nS: 354 go\nC: half a letter\n"
)

POP3 = """\
S: +OK mail.example.com POP3 smtplab at your service
C: CAPA
S: +OK This server offers
S: USER
S: TOP
S: UIDL
S: RESP-CODES
S: .
C: RETR 1
S: -ERR RETR is out of sequence: nobody has logged in yet
C: USER alice
S: +OK alice, and now the password
C: PASS looking-glass-canary
S: -ERR [AUTH] Name or password is wrong
C: USER alice
S: +OK alice, and now the password
C: PASS wonderland-canary
S: +OK The maildrop is open: 2 letters, 167 octets
C: STAT
S: +OK 2 167
C: LIST
S: +OK 2 letters, 167 octets
S: 1 107
S: 2 60
S: .
C: UIDL 2
S: +OK 2 whqtswO00WBw418f9t5JxYwZ
C: RETR 1
S: +OK 107 octets
S: From: Bob <bob@example.com>
S: Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
S:
S: ..hidden dot
S: 250 is no reply here
S: ..
S: .
C: TOP 2 0
S: +OK 19 octets
S: Subject: second
S:
S: .
C: DELE 1
S: +OK Letter 1 is marked; QUIT removes it
C: RETR 1
S: -ERR Letter 1 is marked as deleted; RSET takes the mark off
C: STAT
S: +OK 1 60
C: RSET
S: +OK No letter is marked; the maildrop has 2 letters
C: DELE 2
S: +OK Letter 2 is marked; QUIT removes it
C: FROBNICATE
S: -ERR That is no command of POP3
C: NOOP
S: +OK
C: QUIT
S: +OK mail.example.com says goodbye; 1 letter removed
"""

POP3_SASL = """\
S: +OK <1896.697170952@mail.example.com> ready
C: CAPA
S: +OK
S: SASL PLAIN LOGIN
S: STLS
S: .
C: AUTH LOGIN
S: + VXNlcm5hbWU6
C: YWxpY2U=
S: + UGFzc3dvcmQ6
C: c2VjcmV0LWNhbmFyeQ==
S: -ERR [AUTH] no
C: AUTH PLAIN
S: +
C: c2VjcmV0LWNhbmFyeQ==
S: +OK welcome
C: USER alice
S: -ERR somebody has logged in already
C: APOP alice c4c9334bac560ecc979e58001b3e22fb
S: -ERR no
C: DELE 1
S: +OK
C: QUIT
S: -ERR [SYS/TEMP] some letters could not be removed
"""
POP3_TLS = "S: +OK hi\nC: STLS\nS: +OK begin TLS\n"
POP3_BUSY = "S: +OK hi\nC: USER bob\nS: +OK\nC: PASS x\nS: -ERR [IN-USE] locked\nC: QUIT\nS: +OK bye\n"
POP3_REFUSING = "S: -ERR no mail here\n"
POP3_UNANSWERED = "S: +OK hi\nC: USER bob\nS: +OK\nC: PASS x\nS: +OK\nC: DELE 1\nS: +OK\nC: RETR 2\n"


def hostile(canary: str) -> Transcript:
    """A session in which both sides say the canary wherever a session has room for it."""
    return Transcript.parse(
        f"S: 220 {canary}\nC: HELO {canary}\nS: 250-{canary}\nS: 250 {canary}\nC: MAIL FROM:<{canary}>\nS: 250 {canary}\n"
        f"C: RCPT TO:{canary}\nS: 250 {canary}\nC: {canary}\nS: 500 {canary}\nC: DATA\nS: 354 {canary}\n"
        f"C: Subject: {canary}\nC: From: {canary}\nC: \nC: {canary}\nC: .\nS: 250 {canary}\n"
    )


def hostile_pop3(canary: str) -> Transcript:
    """A POP3 session in which both sides say the canary wherever a session has room for it."""
    return Transcript.parse(
        f"S: +OK {canary}\nC: CAPA\nS: +OK {canary}\nS: {canary}\nS: .\nC: USER {canary}\nS: +OK {canary}\nC: PASS {canary}\nS: +OK {canary}\n"
        f"C: LIST\nS: +OK {canary}\nS: 1 {canary}\nS: 2 12 {canary}\nS: .\nC: UIDL\nS: +OK {canary}\nS: 1 {canary}\nS: .\n"
        f"C: RETR 1\nS: +OK {canary}\nS: Subject: {canary}\nS: From: {canary}\nS:\nS: {canary}\nS: ..{canary}\nS: .\n"
        f"C: DELE {canary}\nS: -ERR [{canary}] {canary}\nC: {canary}\nS: -ERR {canary}\nC: QUIT {canary}\nS: -ERR {canary}\n"
    )


def pop3_of(lines: list[str]) -> Transcript:
    """A POP3 session whose client is logged in, and then says and hears these `C:` and `S:` lines."""
    return Transcript.parse("\n".join(["S: +OK hi", "C: USER bob", "S: +OK", "C: PASS x", "S: +OK", *lines, ""]))


def pop3_retries() -> Transcript:
    """A POP3 session whose client guesses passwords, and leaves."""
    wrong = "C: USER bob\nS: +OK\nC: PASS x\nS: -ERR\n" * 6
    return Transcript.parse(f"S: +OK hi\n{wrong}C: USER bob\nS: +OK\nC: QUIT\nS: +OK\n")


def long_fetched() -> Transcript:
    """A POP3 session that fetches a letter of 10,000 lines, and one with a line of 10,000 characters."""
    body = [f"S: line {n}" for n in range(10_000)]
    long = ["C: RETR 2", "S: +OK", f"S: Subject: {'x' * 10_000}", "S:", "S: " + "y" * 10_000, "S: ."]
    return pop3_of(["C: RETR 1", "S: +OK", "S: Subject: long", "S:", *body, "S: .", *long, "C: QUIT", "S: +OK"])


def many_letters(count: int = 10_000) -> Transcript:
    """A POP3 session with so many letters, each of which is marked."""
    sizes = [f"S: {n} {n * 7}" for n in range(1, count + 1)]
    marks = [line for n in range(1, count + 1) for line in (f"C: DELE {n}", "S: +OK")]
    return pop3_of(["C: LIST", "S: +OK", *sizes, "S: .", *marks, "C: QUIT", "S: +OK"])


def long_lines() -> Transcript:
    """A session with lines of 10,000 characters from both sides."""
    long = "x" * 10_000
    return Transcript.parse(
        f"S: 220 {long}\nC: HELO a.example.com\nS: 250 ok\nC: NOOP {long}\nS: 500 {long}\nC: MAIL FROM:<{long}@example.com>\n"
        f"S: 501 no\nC: MAIL FROM:<a@example.com>\nS: 250 ok\nC: RCPT TO:<b@example.com>\nS: 250 ok\nC: DATA\nS: 354 go\n"
        f"C: Subject: {long}\nC: \nC: {long}\nC: .\nS: 250 ok\n"
    )


def many_lines(count: int = 10_000) -> Transcript:
    """A session of about so many lines, no two alike."""
    pairs = "".join(f"C: NOOP {n}\nS: 250 ok {n}\n" for n in range(count // 2))
    return Transcript.parse(f"S: 220 a ESMTP\nC: HELO a.example.com\nS: 250 a\n{pairs}")


def long_letter() -> Transcript:
    """A session with a letter of 10,000 lines, which folds."""
    body = "".join(f"C: line {n}\n" for n in range(10_000))
    return Transcript.parse(
        "S: 220 a ESMTP\nC: HELO a.example.com\nS: 250 a\nC: MAIL FROM:<a@example.com>\nS: 250 ok\nC: RCPT TO:<b@example.com>\n"
        f"S: 250 ok\nC: DATA\nS: 354 go\n{body}C: .\nS: 250 taken\n"
    )


def all_samples() -> dict[str, Transcript]:
    """Every sample but the very long ones, by name."""
    texts = {
        "session 1": SESSION_1, "session 2": SESSION_2, "messy": MESSY, "extended": EXTENDED, "refusing": REFUSING,
        "busy": BUSY, "unanswered": UNANSWERED, "hanging": HANGING, "pop3": POP3, "pop3 sasl": POP3_SASL,
        "pop3 tls": POP3_TLS, "pop3 busy": POP3_BUSY, "pop3 refusing": POP3_REFUSING, "pop3 unanswered": POP3_UNANSWERED,
    }  # fmt: skip
    found = {name: Transcript.parse(text) for name, text in texts.items()}
    found |= {f"hostile {n}": hostile(canary) for n, canary in enumerate(CANARIES)}
    found |= {f"hostile pop3 {n}": hostile_pop3(canary) for n, canary in enumerate(CANARIES)}
    found |= {
        "pop3 empty": Transcript(table=POP3_TABLE),
        "pop3 slice": found["pop3"][17:30],
        "pop3 long": long_fetched(),
        "empty": Transcript(),
        "slice": found["messy"][17:30],
        "long lines": long_lines(),
        "long letter": long_letter(),
    }
    return found
