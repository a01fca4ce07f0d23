"""Attempts at the exercises of notebook 13 that are sorted, said under TLS, or written; the form is that of `answers`."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Any

from smtplab.course import client
from smtplab.course.doing.formed import Formed
from tests.course import clients
from tests.course.answers import Attempt, answer
from tests.course.attempts import BOB, DATA, DOT, EHLO, HELLO, QUIT

BEFORE, AFTER, BOTH = "before", "after", "both"
LINES = [BEFORE, BOTH, BEFORE, AFTER, AFTER, AFTER, BEFORE]
WORD, GUESS, NOTHING = "password", "guesses", "nothing"
GIVEN = [WORD, WORD, GUESS, WORD, NOTHING, NOTHING, WORD, WORD]

STARTTLS, AUTH = b"STARTTLS\r\n", b"AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n"
ALICE, AWAY = b"MAIL FROM:<alice@example.com>\r\n", b"RCPT TO:<bob@example.org>\r\n"
SEND = (ALICE, AWAY, DATA, HELLO + DOT)
LETTER = "Subject: x\r\n\r\nHello.\r\n"


def but(right: Sequence[str], number: int, word: str) -> Attempt:
    """The right answer, but for one."""
    return answer([word if n == number else each for n, each in enumerate(right, 1)])


def locked(clear: Sequence[bytes], under_tls: Sequence[bytes], name: str = "mail.example.com") -> Attempt:
    """Says these in the clear, the last of them STARTTLS, and those after the handshake, each with its reply."""

    def attempt(ex: Formed) -> Any:
        ex.answer(LINES)
        with clients.connect(ex.server.address) as sock:
            for line in clear:
                sock.sendall(line)
                clients.reply(sock)
            try:
                with ex.server.client_context().wrap_socket(sock, server_hostname=name) as tls:
                    for line in under_tls:
                        tls.sendall(line)
                        clients.reply(tls)
            except ssl.SSLError:
                pass  # the attempts that are meant to come to nothing
        return ex.check()

    return attempt


def said(*lines: bytes) -> Attempt:
    """Says these in the clear alone."""

    def attempt(ex: Formed) -> Any:
        ex.answer(LINES)
        clients.lock_step(ex.server.address, *lines)
        return ex.check()

    return attempt


def by_smtplib(ex: Formed) -> Any:
    ex.answer(LINES)
    with smtplib.SMTP("localhost", ex.server.address[1], timeout=clients.TIMEOUT_S) as smtp:
        smtp.starttls(context=ex.server.client_context())
        smtp.login("alice", "wonderland")
        smtp.sendmail("alice@example.com", ["bob@example.org"], LETTER)
    return ex.check()


def stays_silent(ex: Formed) -> Any:
    """Has STARTTLS accepted, and goes on in the clear."""
    ex.answer(LINES)
    with socket.create_connection(ex.server.address, timeout=clients.TIMEOUT_S) as sock:
        clients.reply(sock)
        sock.sendall(EHLO)
        clients.reply(sock)
        sock.sendall(STARTTLS)
        clients.reply(sock)
        return ex.check()


# ---------------------------------------------------------------------------------------------- 13.4, the gauntlet
def client_but(**changed: Callable[..., Any]) -> Any:
    """The client of notebook 12, but for some of its functions; they call each other as ever."""
    own = client("13")
    for name, function in changed.items():
        own._names[name] = function
    return own


def delivered(own: Any) -> Attempt:
    return lambda ex: ex.check(own.deliver)


def with_another_patience(
    address: Any, sender: str, recipients: Sequence[str], letter: str, wait: Any
) -> dict[str, int]:
    """Written otherwise: half an hour and more each time, and a name made of the letter."""
    own, codes, left, seconds = client("13"), dict[str, int](), list(recipients), 1800
    named = f"Message-ID: <{hash(letter):x}@me.example.com>\n{letter}"
    while left:
        codes |= own.send(address, sender, left, named)
        left = [each for each in left if codes[each] // 100 in (0, 4)]
        if left:
            wait(seconds)
            seconds += 1800
    return codes


def once(address: Any, sender: str, recipients: Sequence[str], letter: str, wait: Any) -> Any:
    return client("13").send(address, sender, recipients, letter)


def at_once(address: Any, sender: str, recipients: Sequence[str], letter: str, wait: Any) -> Any:
    return client("13").deliver(address, sender, recipients, letter, wait=lambda _: None)


def that_gives(back: Callable[[dict[str, int]], Any]) -> Attempt:
    """Delivers well, and tells it otherwise."""

    def deliver(address: Any, sender: str, recipients: Sequence[str], letter: str, wait: Any) -> Any:
        return back(client("13").deliver(address, sender, recipients, letter, wait))

    return lambda ex: ex.check(deliver)


def same_wait(address: Any, sender: str, recipients: Sequence[str], letter: str, wait: Any) -> Any:
    return client("13").deliver(address, sender, recipients, letter, wait=lambda _: wait(300))


def stops_at_no(
    sock: Any, reply: bytes, sender: str, recipients: Sequence[str], letter: str, results: dict[str, int]
) -> None:
    """Names nobody behind the first who is refused; those are put off."""
    own, code = client("13"), lambda reply: 0 if not reply[:3].isdigit() else int(reply[:3])
    if code(reply) >= 400 or code(own.say(sock, own.mail_line(sender, letter, own.offers(reply)))) != 250:
        return
    accepted = list[str]()
    for each in recipients:
        results[each] = code(own.say(sock, f"RCPT TO:<{each}>".encode()))
        if results[each] >= 400:
            break
        accepted.append(each)
    results.update(dict.fromkeys(accepted, 0))
    if accepted and code(own.say(sock, b"DATA")) == 354:
        results.update(dict.fromkeys(accepted, code(own.say(sock, own.wired(letter)[:-2]))))


def nameless(letter: str) -> str:
    return letter


def only_ehlo(sock: socket.socket) -> bytes:
    own = client("13")
    own.read_reply(sock)
    return own.say(sock, EHLO.strip())


def all_again(address: Any, sender: str, recipients: Sequence[str], letter: str, wait: Any) -> dict[str, int]:
    """Names everybody again, as long as anybody has no 250."""
    own, codes = client("13"), dict[str, int]()
    letter = own.named(letter)
    for attempt in range(1, 13):
        codes = own.send(address, sender, recipients, letter)
        if all(code == 250 for code in codes.values()):
            break
        wait(300 * attempt)
    return codes


def all_or_nobody(
    sock: Any, reply: bytes, sender: str, recipients: Sequence[str], letter: str, results: dict[str, int]
) -> None:
    """Gives the letter up where one recipient is refused."""
    own = client("13")
    for line in (
        own.mail_line(sender, letter, own.offers(reply)),
        *(f"RCPT TO:<{each}>".encode() for each in recipients),
        b"DATA",
    ):
        reply = own.say(sock, line)
        if reply[:1] not in (b"2", b"3"):
            results.update(dict.fromkeys(recipients, int(reply[:3])))
            return
    results.update(dict.fromkeys(recipients, int(own.say(sock, own.wired(letter)[:-2])[:3])))


def goes_by_no_digit(
    sock: Any, reply: bytes, sender: str, recipients: Sequence[str], letter: str, results: dict[str, int]
) -> None:
    """Sends the letter after DATA, whatever that was answered."""
    own = client("13")
    own.say(sock, own.mail_line(sender, letter, own.offers(reply)))
    for each in recipients:
        results[each] = int(own.say(sock, f"RCPT TO:<{each}>".encode())[:3])
    own.say(sock, b"DATA")
    results.update({each: int(own.say(sock, own.wired(letter)[:-2])[:3]) for each in recipients if results[each] < 300})


def gives_up_at_the_cut(address: Any, sender: str, recipients: Sequence[str], letter: str, wait: Any) -> dict[str, int]:
    """Takes no answer for an answer."""
    own = client("13")
    codes, left = dict[str, int](), list(recipients)
    letter = own.named(letter)
    for attempt in range(1, 13):
        codes |= own.send(address, sender, left, letter)
        left = [each for each in left if codes[each] // 100 == 4]
        if not left:
            break
        wait(300 * attempt)
    return codes


# ------------------------------------------------------------------------------------------------------------ all
RIGHT: dict[str, list[Attempt]] = {
    "13.2": [
        by_smtplib,
        locked([EHLO, STARTTLS], [EHLO, AUTH, *SEND, QUIT]),
        locked([EHLO, b"NOOP\r\n", b"starttls\r\n"], [EHLO, b"AUTH LOGIN YWxpY2U=\r\n", b"d29uZGVybGFuZA==\r\n", *SEND, QUIT], "localhost"),
    ],
    "13.3": [
        answer(GIVEN),
        answer([each.upper() for each in GIVEN]),
        answer(dict(enumerate(GIVEN, 1))),
    ],
    "13.4": [delivered(client_but()), lambda ex: ex.check(client("14").deliver), lambda ex: ex.check(with_another_patience)],
}  # fmt: skip

WRONG: dict[str, list[tuple[str, Attempt, str]]] = {
    "13.2": [
        ("a second greeting", but(LINES, 1, BOTH), "A greeting comes once"),
        ("EHLO once", but(LINES, 2, BEFORE), "what was learned before is forgotten"),
        ("offered for ever", but(LINES, 3, BOTH), "need not be locked again"),
        ("AUTH offered before", but(LINES, 4, BOTH), "it does not offer to"),
        ("AUTH first", but(LINES, 5, BEFORE), "it is anybody's, even where the server refuses it"),
        ("the envelope open", but(LINES, 6, BEFORE), "Alice has to be logged in"),
        ("locked late", but(LINES, 7, AFTER), "the last line in the clear"),
    ],
    "13.3": [
        ("base64 a lock", but(GIVEN, 1, NOTHING), "each behind a NUL"),
        ("LOGIN a lock", but(GIVEN, 2, GUESS), "the second answer is the password"),
        ("a digest is safe", but(GIVEN, 3, NOTHING), "can try one password after another"),
        ("refused, so safe", but(GIVEN, 4, NOTHING), "What has been said has been heard"),
        ("a star", but(GIVEN, 5, WORD), "The * came in place of the password"),
        ("TLS is nothing", but(GIVEN, 6, GUESS), "with the right server at its other end"),
        ("any certificate", but(GIVEN, 7, NOTHING), "Locked, but with whom?"),
        ("stripped", but(GIVEN, 8, NOTHING), "has no lock at all"),
    ],
    "13.4": [
        ("once", lambda ex: ex.check(once), "never came again after the 421"),
        ("at once", lambda ex: ex.check(at_once), "came again after the 421 at once"),
        ("without a name", delivered(client_but(named=nameless)), "without a Message-ID: nobody can tell that the two are one"),
        ("no HELO", delivered(client_but(hello=only_ehlo)), "said QUIT in place of HELO"),
        ("all again", lambda ex: ex.check(all_again), "named carol@example.com again after a 550"),
        ("all or nobody", delivered(client_but(transact=all_or_nobody)), "gave up the letter for all, after one 450"),
        ("no digit", delivered(client_but(transact=goes_by_no_digit)), "went on with RCPT, though nothing had accepted the sender"),
        ("stops at a no", delivered(client_but(transact=stops_at_no)), "without naming carol@example.com in this try, after one 450"),
        ("always the same wait", lambda ex: ex.check(same_wait), "your function waited 300 seconds twice: wait longer each time"),
        ("gives True", that_gives(lambda _: True), "gave back True. It is to give back a dict with the last code of each recipient"),
        ("all is well", that_gives(lambda codes: dict.fromkeys(codes, 250)), "carol@example.com was answered 550, and your function says 250"),
        ("no answer an answer", lambda ex: ex.check(gives_up_at_the_cut), "never came again after what was no reply"),
    ],
}  # fmt: skip

AT_PART_2: list[tuple[str, Attempt, str]] = [
    ("no EHLO again", locked([EHLO, STARTTLS], [AUTH, QUIT]), "To TLS both begin anew, so EHLO is said again"),
    ("HELO again", locked([EHLO, STARTTLS], [b"HELO me\r\n", QUIT]), "accepted no EHLO after the handshake, and what it said before"),
    ("AUTH first, TLS later", locked([EHLO, AUTH, STARTTLS], [EHLO, AUTH, *SEND, QUIT]), "Lock first, log in after"),
    ("no STARTTLS", said(EHLO, QUIT), "The server saw no STARTTLS"),
    ("another name", locked([EHLO, STARTTLS], [], "mail.example.org"), "The handshake was not finished"),
    ("no handshake", stays_silent, "no handshake was finished after it"),
    ("not logged in", locked([EHLO, STARTTLS], [EHLO, ALICE, BOB, DATA, DOT, QUIT]), "The server accepted no AUTH after the handshake"),
    ("a wrong password", locked([EHLO, STARTTLS], [EHLO, b"AUTH PLAIN AGFsaWNlAGxldG1laW4=\r\n", QUIT]), "refused with 535"),
    ("to a mailbox here", locked([EHLO, STARTTLS], [EHLO, AUTH, ALICE, BOB, DATA, DOT, QUIT]), "No RCPT for <bob@example.org>"),
    ("hung up", locked([EHLO, STARTTLS], [EHLO, AUTH, *SEND]), "without QUIT"),
]  # fmt: skip
"""Wrong sessions at the second part of 13.2."""
