"""What a learner may do in the exercises of other forms: what is right, and what is wrong with what must be said of it.

Each attempt is (a name, a function of the exercise that makes it, a part of the sentence that is meant for it).
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

from smtplab.course.doing.formed import Formed
from tests.course import clients
from tests.course.attempts import BOB, DATA, DOT, EMPTY, HELLO, HELO, MAIL, QUIT

Attempt = Callable[[Formed], Any]


def answer(given: Any) -> Attempt:
    return lambda ex: ex.answer(given)


def put(*order: int) -> Attempt:
    return lambda ex: ex.put(list(order))


def written(function: Callable[[socket.socket], Any]) -> Attempt:
    return lambda ex: ex.check(function)


def said(*lines: bytes) -> Attempt:
    """Says these, at the part that is said: what comes before it is answered rightly."""

    def attempt(ex: Formed) -> Any:
        if ex.part == 1:
            ex.answer(RIGHT_ANSWER[ex.spec.name])
        clients.burst(ex.server.address, *lines)
        return ex.check()

    return attempt


RIGHT_ANSWER: dict[str, Any] = {
    "02.3": 12,
    "05.1": ["go on", "try again", "give up", "go on", "give up", "try again", "try again", "give up"],
}
SORTED = RIGHT_ANSWER["05.1"]
GO, AGAIN, UP = "go on", "try again", "give up"

# ----------------------------------------------------------------------------------------------------- 02.3, 05.1
ADA = b"MAIL FROM:<ada@example.com>\r\n"
FROM, TO, SUBJECT = (
    b"From: Ada <ada@example.com>\r\n",
    b"To: Bob <bob@example.com>\r\n",
    b"Subject: Lunch on Friday\r\n",
)
TEXT = b"Shall we say half past twelve?\r\n"
LETTER = FROM + TO + SUBJECT + EMPTY + TEXT + DOT
TO_BOB = (HELO, ADA, BOB, DATA)

CAROL, FULL = b"RCPT TO:<carol@example.com>\r\n", b"RCPT TO:<full@example.com>\r\n"
TWICE = (HELO, MAIL, MAIL)


# ----------------------------------------------------------------------------------------------------------- 04.2
def octet_by_octet(sock: socket.socket) -> bytes:
    reply = b""
    while octet := sock.recv(1):
        reply += octet
        if reply.endswith(b"\n") and reply.splitlines()[-1][3:4] != b"-":
            break
    return reply


def unbuffered_file(sock: socket.socket) -> bytes:
    file = sock.makefile("rb", buffering=0)
    reply = line = file.readline()
    while line[3:4] == b"-":
        line = file.readline()
        reply += line
    return reply


_kept: dict[int, bytes] = {}


def keeping_the_rest(sock: socket.socket) -> str:
    """Reads what comes, and keeps for the next call what stands behind the reply."""
    if sock.fileno() not in _kept:
        _kept.clear()
    heard = _kept.pop(sock.fileno(), b"")
    while True:
        at = 0
        while (end := heard.find(b"\n", at)) >= 0:
            line, at = heard[at : end + 1], end + 1
            if line[3:4] != b"-":
                _kept[sock.fileno()] = heard[at:]
                return heard[:at].decode()
        piece = sock.recv(1024)
        if not piece:
            raise ConnectionError("hung up")
        heard += piece


def one_recv(sock: socket.socket) -> bytes:
    return sock.recv(1024)


def one_line(sock: socket.socket) -> bytes:
    return sock.makefile("rb", buffering=0).readline()


def a_buffered_file(sock: socket.socket) -> bytes:
    file = sock.makefile("rb")
    reply = line = file.readline()
    while line[3:4] == b"-":
        line = file.readline()
        reply += line
    return reply


def until_cr_lf(sock: socket.socket) -> bytes:
    reply = b""
    while not reply.endswith(b"\r\n"):
        piece = sock.recv(1024)
        if not piece:
            break
        reply += piece
    return reply


def until_nothing_comes(sock: socket.socket) -> bytes:
    reply = b""
    while piece := sock.recv(1024):
        reply += piece
    return reply


def until_cr(sock: socket.socket) -> bytes:
    reply = b""
    while not reply.endswith(b"\r"):
        octet = sock.recv(1)
        if not octet:
            break
        reply += octet
    return reply + b"\n"


def that_prints(sock: socket.socket) -> None:
    print(octet_by_octet(sock))


def the_code(sock: socket.socket) -> int:
    return int(octet_by_octet(sock)[:3])


def that_spins(sock: socket.socket) -> bytes:
    line = reply = b""
    while not line.endswith(b"\n") or line[3:4] == b"-":
        if line.endswith(b"\n"):
            line = b""
        octet = sock.recv(1)
        line, reply = line + octet, reply + octet
    return reply


def misspelt(sock: socket.socket) -> bytes:
    return sock.receive(1024)  # type: ignore[attr-defined]


def that_sleeps(sock: socket.socket) -> bytes:
    while True:
        try:
            time.sleep(60)
        except Exception:
            continue


# ----------------------------------------------------------------------------------------------------------- all
RIGHT: dict[str, list[Attempt]] = {
    "02.3": [
        said(*TO_BOB, LETTER, QUIT),
        said(HELO, ADA, BOB, DATA, SUBJECT + TO + FROM + EMPTY + TEXT + EMPTY + DOT, QUIT),
        said(HELO, MAIL, BOB, DATA, HELLO + DOT, ADA, BOB, DATA, b"Date: today\r\n" + LETTER, QUIT),
    ],
    "04.2": [written(each) for each in (octet_by_octet, unbuffered_file, keeping_the_rest)],
    "05.1": [
        said(*TWICE, BOB, CAROL, CAROL, FULL, DATA, HELLO + DOT, QUIT),
        said(*TWICE, FULL, BOB, BOB, CAROL, DATA, DOT, QUIT),
        said(
            b"EHLO me.example.com\r\n", MAIL, b"mail from:<me@example.com>\r\n", CAROL, BOB, FULL, BOB, DATA, DOT, QUIT
        ),
    ],
    "06.3": [
        put(8, 9, 2, 1, 10, 5, 6, 4, 3, 7),
        put(6, 8, 10, 2, 1, 9, 5, 4, 3, 7),
        put(8, 9, 2, 6, 1, 10, 5, 4, 3, 7),
    ],
}

WRONG: dict[str, list[tuple[str, Attempt, str]]] = {
    "02.3": [
        ("where it shows", answer(13), "where it shows, not where it went wrong"),
        ("the second empty line", answer(14), "between headers and text. It came too late"),
        ("the server", answer(17), "It never looks whether there is a subject"),
        ("the envelope", answer(4), "no mail program makes a subject of it"),
        ("the dot", answer(16), "ends the letter, and the 250 below says that it was taken"),
        ("the text", answer(15), "That is the text of the letter"),
        ("a reply in between", answer(7), "the same with any other words"),
        ("said as it was", said(*TO_BOB, FROM + TO + EMPTY + SUBJECT + EMPTY + TEXT + DOT, QUIT), "no Subject header: its headers are From and To"),
        ("no empty line at all", said(*TO_BOB, FROM + TO + SUBJECT + TEXT + DOT, QUIT), "No empty line stands between"),
        ("another subject", said(*TO_BOB, LETTER.replace(b"Friday", b"Monday"), QUIT), "'Lunch on Monday', not 'Lunch on Friday'"),
        ("to Ada", said(HELO, ADA, b"RCPT TO:<ada@example.com>\r\n", DATA, LETTER, QUIT), "No RCPT for <bob@example.com>"),
        ("hung up", said(*TO_BOB, LETTER), "without QUIT"),
    ],
    "04.2": [
        ("one recv", written(one_recv), "cut between the digits"),
        ("one line", written(one_line), 'case "a reply of several lines, in one piece", at reply 2'),
        ("a file that reads ahead", written(a_buffered_file), 'case "three replies in one piece", at reply 4'),
        ("until CR LF", written(until_cr_lf), 'case "several lines, cut behind each line"'),
        ("until nothing comes", written(until_nothing_comes), "waited for more, and nothing more was to come"),
        ("until CR", written(until_cr), "gave back something else"),
        ("prints", written(that_prints), "gave back nothing"),
        ("the code alone", written(the_code), "gave back a int"),
        ("spins", written(that_spins), 'case "the server hangs up", your function had not come back'),
        ("misspelt", written(misspelt), "raised AttributeError"),
        ("sleeps", written(that_sleeps), 'case "each reply in one piece", your function had not come back'),
    ],
    "05.1": [
        ("354 an error", answer([UP, *SORTED[1:]]), "a 3 asks for the rest"),
        ("busy for good", answer([GO, UP, *SORTED[2:]]), "not now, and later perhaps"),
        ("550 later", answer([GO, AGAIN, AGAIN, *SORTED[3:]]), "will be refused again, however often"),
        ("251 by its words", answer([*SORTED[:3], UP, *SORTED[4:]]), "It sounds like a refusal"),
        ("full, so later", answer([*SORTED[:4], AGAIN, *SORTED[5:]]), "A full mailbox may be emptied"),
        ("421 the end", answer([*SORTED[:5], UP, *SORTED[6:]]), "nothing is decided for good"),
        ("unknown, so refused", answer([*SORTED[:6], UP, UP]), "Nobody has told you what 456 is"),
        ("unknown, so later", answer([*SORTED[:7], AGAIN]), "This code is in no list"),
        ("gave up at 451", said(HELO, MAIL, QUIT), "The server saw no MAIL after the reply 451"),
        ("left out the busy one", said(*TWICE, BOB, CAROL, FULL, DATA, DOT, QUIT), '"RCPT TO:<carol@example.com>" was answered 450'),
        ("asked full again", said(*TWICE, BOB, CAROL, CAROL, FULL, FULL, DATA, DOT, QUIT), "again at step 17, and it had been answered 552"),
        ("never tried full", said(*TWICE, BOB, CAROL, CAROL, DATA, DOT, QUIT), "No reply was a 552"),
        ("one recipient", said(*TWICE, FULL, BOB, BOB, DATA, DOT, QUIT), "No RCPT for <carol@example.com>"),
        ("no letter", said(*TWICE, BOB, CAROL, CAROL, FULL, QUIT), "accepted no letter"),
        ("hung up", said(*TWICE, BOB, CAROL, CAROL, FULL, DATA, DOT), "without QUIT"),
    ],
    "06.3": [
        ("as shown", put(*range(1, 11)), "The server saw RCPT before HELO or EHLO"),
        ("no EHLO first", put(9, 8, 2, 1, 10, 5, 6, 4, 3, 7), "The server saw MAIL before HELO or EHLO"),
        ("RSET too late", put(8, 9, 2, 10, 1, 5, 6, 4, 3, 7), "MAIL while a mail transaction was open"),
        ("both in one envelope", put(8, 9, 1, 10, 2, 5, 6, 4, 3, 7), "RCPT also named <bob@example.com>"),
        ("RSET at Carol", put(8, 9, 2, 1, 10, 4, 5, 6, 3, 7), "DATA while no recipient was accepted"),
        ("NOOP in the letter", put(8, 9, 2, 1, 10, 5, 4, 6, 3, 7), "The server saw no NOOP"),
        ("the letter too early", put(8, 9, 2, 1, 10, 5, 6, 3, 4, 7), "Headers are part of the letter"),
        ("left too early", put(8, 9, 2, 1, 10, 7, 5, 6, 4, 3), "The server saw no DATA after MAIL"),
        ("RCPT first", put(8, 2, 9, 1, 10, 5, 6, 4, 3, 7), "RCPT while no sender was known"),
        ("to Bob instead", put(8, 9, 5, 1, 10, 2, 6, 4, 3, 7), "No RCPT for <carol@example.com>"),
    ],
}  # fmt: skip
