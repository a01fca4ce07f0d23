"""What a learner may do in the exercises of notebook 10 that have another form; the form of an attempt is that of `answers`."""

from __future__ import annotations

import contextlib
import smtplib
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from smtplab.course import client
from smtplab.course.doing.formed import Formed
from tests.course import clients
from tests.course.answers import Attempt, answer
from tests.course.attempts import BOB, DATA, DOT, EHLO, HELLO, HELO, MAIL, QUIT

BEFORE, OURS = client("10", Path(__file__).parent), client("11", Path(__file__).parent)
"""The client as it is shipped for notebook 10, and as it is after it."""

HAS, AGAIN, TELL = "has it", "try again", "tell the writer"
STANDS = [HAS, TELL, AGAIN, AGAIN, TELL, AGAIN, TELL, AGAIN]

ALICE = b"RCPT TO:<alice@example.com>\r\n"
NOBODY = b"RCPT TO:<nobody@example.com>\r\n"
FULL_DISK = (EHLO, MAIL, ALICE, NOBODY, BOB, DATA, HELLO + DOT)
BOTH = (MAIL, ALICE, BOB, DATA, HELLO + DOT)

Recipients = Sequence[str]


def stands(*changed: tuple[int, str]) -> Attempt:
    """The right answers, but for these: (number, word)."""
    words = list(STANDS)
    for number, word in changed:
        words[number - 1] = word
    return answer(words)


def acted(*lines: bytes) -> Attempt:
    """Says these at the second part of 10.2, the first being answered rightly."""

    def attempt(ex: Formed) -> Any:
        ex.answer(STANDS)
        clients.burst(ex.server.address, *lines)
        return ex.check()

    return attempt


def written(function: Callable[..., Any]) -> Attempt:
    """Gives the function to the first part, and where that passes to the second."""

    def attempt(ex: Formed) -> Any:
        verdict = ex.check(function)
        return ex.check(function) if ex.part == 2 and not ex.passed else verdict

    return attempt


# ---------------------------------------------------------------------------------------------------- 10.3, right
def by_library(address: tuple[str, int], sender: str, recipients: Recipients, letter: str) -> dict[str, int]:
    """By smtplib, command by command: `sendmail` would not tell all."""
    found: dict[str, int] = {}

    def to_rest(code: int) -> dict[str, int]:
        return {each: found.get(each, code) for each in recipients}

    try:
        smtp = smtplib.SMTP(*address, local_hostname="me.example.com", timeout=5)
    except smtplib.SMTPConnectError as error:
        if error.smtp_code == 554:
            with socket.create_connection(address, timeout=5) as sock:  # once more, to leave as one should
                OURS.read_reply(sock)
                OURS.leave(sock)
        return to_rest(error.smtp_code)
    try:
        smtp.ehlo()
        code, _ = smtp.mail(sender)
        if code >= 400:
            return to_rest(code)
        for each in recipients:
            code, _ = smtp.rcpt(each)
            if code == 421:
                return to_rest(421)
            if code >= 400:
                found[each] = code
        if len(found) == len(recipients):
            return to_rest(0)
        try:
            code, _ = smtp.data(letter)
        except smtplib.SMTPDataError as error:
            code = error.smtp_code
        return to_rest(code)
    finally:
        with contextlib.suppress(smtplib.SMTPServerDisconnected):
            smtp.quit()


def one_piece(address: tuple[str, int], sender: str, recipients: Recipients, letter: str) -> dict[str, int]:
    """All in one function, with HELO, and lines of a file."""
    with socket.create_connection(address, timeout=5) as sock, sock.makefile("rwb") as file:

        def ask(line: str) -> int:
            if line:
                file.write(line.encode() + b"\r\n")
                file.flush()
            got = file.readline()
            while got[3:4] == b"-":
                got = file.readline()
            return int(got[:3] or 421)

        code = 0
        for line in ("", "HELO me.example.com", f"MAIL FROM:<{sender}>"):
            code = ask(line)
            if code >= 400:
                break
        results = dict.fromkeys(recipients, code)
        for each in recipients if code < 400 else ():
            results[each] = code = ask(f"RCPT TO:<{each}>")
            if code == 421:
                break
        taken = [each for each in recipients if results[each] < 400]
        if taken and code != 421:
            code = ask("DATA")
            if code == 354:
                code = ask("\r\n".join([*letter.splitlines(), "."]))
        results.update(dict.fromkeys(taken, code))
        if code != 421:
            ask("QUIT")
        return results


# ---------------------------------------------------------------------------------------------------- 10.3, wrong
def ask_each(sock: socket.socket, recipients: Recipients, after_421: str) -> dict[str, int]:
    results: dict[str, int] = {}
    for recipient in recipients:
        results[recipient] = int(OURS.say(sock, f"RCPT TO:<{recipient}>".encode())[:3])
        if results[recipient] == 421 and after_421 == "those who were not accepted":
            return dict.fromkeys(recipients, 421) | results
        if results[recipient] == 421 and after_421 == "all":
            return dict.fromkeys(recipients, 421)
    return results


def hand_over(
    sock: socket.socket,
    letter: str,
    results: dict[str, int],
    only: Callable[[int], bool],
    sends_letter: Callable[[bytes], bool],
    ending: bytes,
) -> None:
    accepted = [each for each, code in results.items() if only(code)]
    reply = OURS.say(sock, b"DATA")
    if sends_letter(reply):
        reply = OURS.say(sock, OURS.wired(letter).removesuffix(b".\r\n") + ending)
    results.update(dict.fromkeys(accepted, int(reply[:3])))


def made(
    only: Callable[[int], bool] = lambda code: code < 400,
    *,
    if_any: bool = True,
    looks_at_mail: bool = True,
    looks_at_hello: bool = True,
    leaves: bool = True,
    hands_over: bool = True,
    sends_letter: Callable[[bytes], bool] = lambda reply: reply.startswith(b"3"),
    ending: bytes = b".",
    limit_s: float = 1.0,
    after_421: str = "",
    gives: Callable[[dict[str, int]], Any] = lambda results: results,
) -> Callable[..., Any]:
    """A `send` as the notebook has it, with something wrong: it does not stop at a 421 to RCPT, or what is said here."""

    def send(address: tuple[str, int], sender: str, recipients: Recipients, letter: str) -> Any:
        with socket.create_connection(address, timeout=limit_s) as sock:
            reply = OURS.hello(sock)
            if reply.startswith(b"2") or not looks_at_hello:
                reply = OURS.say(sock, f"MAIL FROM:<{sender}>".encode())
            if reply.startswith(b"2") or not looks_at_mail:
                results = ask_each(sock, recipients, after_421)
                is_over = 421 in results.values() and bool(after_421)
                if hands_over and not is_over and (not if_any or any(code < 400 for code in results.values())):
                    hand_over(sock, letter, results, only, sends_letter, ending)
            else:
                results = dict.fromkeys(recipients, int(reply[:3]))
            if leaves:
                OURS.leave(sock)
        return gives(results)

    return send


def as_sendmail_tells(address: tuple[str, int], sender: str, recipients: Recipients, letter: str) -> dict[str, Any]:
    with smtplib.SMTP(*address, local_hostname="me.example.com", timeout=5) as smtp:
        return smtp.sendmail(sender, recipients, letter)


def one_session_each(address: tuple[str, int], sender: str, recipients: Recipients, letter: str) -> dict[str, int]:
    return {each: OURS.send(address, sender, [each], letter)[each] for each in recipients}


RIGHT_ANSWER: dict[str, Any] = {"10.2": STANDS}

RIGHT: dict[str, list[Attempt]] = {
    "10.2": [
        acted(*FULL_DISK, *BOTH, QUIT),
        acted(HELO, MAIL, NOBODY, BOB, ALICE, DATA, DOT, b"NOOP\r\n", MAIL, BOB, ALICE, DATA, DOT, QUIT),
        acted(*FULL_DISK, EHLO, *BOTH, QUIT),
    ],
    "10.3": [written(each) for each in (OURS.send, by_library, one_piece)],
}

WRONG: dict[str, list[tuple[str, Attempt, str]]] = {
    "10.2": [
        ("one refusal cancels all", stands((1, AGAIN)), "Bob's 550 is about Bob"),
        ("250 for all", stands((2, HAS)), "The last 250 is not about Bob"),
        ("450 for good", stands((3, TELL)), "That Alice has the letter changes nothing for him"),
        ("accepted, so delivered", stands((4, HAS)), "She was accepted, the letter was not"),
        ("the dot overrules the RCPT", stands((5, AGAIN)), "Bob has had his answer, and it was a 5"),
        ("the 503 decides", stands((6, TELL)), "What decided was the 451"),
        ("DATA refused, RCPT not", stands((7, HAS)), "There was no 354"),
        ("421 the end", stands((8, TELL)), "nothing is decided for good"),
        ("left at the 452", acted(*FULL_DISK, QUIT), "accepted MAIL at step 5, and none after the reply 452"),
        ("DATA again, without an envelope", acted(*FULL_DISK, DATA, QUIT), "DATA while no recipient was accepted"),
        ("nobody again", acted(*FULL_DISK, MAIL, ALICE, NOBODY, BOB, DATA, DOT, QUIT), "It had been answered 550: that means no"),
        ("Alice alone", acted(*FULL_DISK, MAIL, ALICE, DATA, DOT, QUIT), "No RCPT for <bob@example.com>"),
        ("one after the other", acted(*FULL_DISK, MAIL, ALICE, DATA, DOT, MAIL, BOB, DATA, DOT, QUIT), "You sent 2 letters, and none went to all of <alice@example.com> and <bob@example.com>"),
        ("another nobody", acted(EHLO, MAIL, ALICE, NOBODY.replace(b".com", b".org"), BOB, DATA, DOT, *BOTH, QUIT), "You have not named <nobody@example.com>. <nobody@example.org> was not"),
        ("without nobody", acted(EHLO, *BOTH, *BOTH, QUIT), "No reply after MAIL was a 550"),
        ("hung up", acted(*FULL_DISK, *BOTH), "without QUIT"),
    ],
    "10.3": [
        ("the client of notebook 08", written(BEFORE.send), 'case "all good", your function gave back'),
        ("as sendmail tells it", written(as_sendmail_tells), "has nothing for 'alice@example.com'; 250 was right"),
        ("a session for each", written(one_session_each), "connected 2 times"),
        ("no letter", written(made(hands_over=False)), 'case "all good", there was no letter for alice'),
        ("the dot's code for all", written(made(lambda _: True)), "gave 250 for 'nobody@example.com', and 550 was right"),
        ("those of a 4 as well", written(made(lambda code: code < 500)), "gave 250 for 'bob@example.com', and 450 was right"),
        ("DATA for nobody", written(made(if_any=False)), 'case "nobody left": You said "DATA" when it could not work any more'),
        ("the code of RCPT stays", written(made(lambda _: False)), "gave 250 for 'alice@example.com', and 452 was right"),
        ("blind after MAIL", written(made(looks_at_mail=False)), "\"RCPT TO:<alice@example.com>\" when it could not work any more"),
        ("blind after the greeting", written(made(looks_at_hello=False)), 'case "a no in place of the greeting"'),
        ("no goodbye", written(made(leaves=False)), "closed the connection without QUIT"),
        ("the line end said twice", written(made(ending=b".\r\n")), 'case "all good": After the dot you sent an empty line, and it was answered 500 (step 18)'),
        ("a whole reply against a code", written(made(sends_letter=lambda reply: reply == b"354")), "your QUIT was read as its first line"),
        ("that, without a limit", written(made(sends_letter=lambda reply: reply == b"354", limit_s=60.0)), "had not come back after 4 seconds, and was stopped. Nobody says no here: one transaction, two RCPT, one letter, and the 250 to the dot for both. The server said 354 and got no letter"),
        ("text for a code", written(made(gives=lambda results: {each: str(code) for each, code in results.items()})), "gave '250' for"),
        ("a list", written(made(gives=lambda results: list(results.values()))), "It is to give back a dict"),
        ("goes on after 421", written(made()), 'case "421 to the third RCPT", your function raised'),
        ("forgets who was accepted", written(made(after_421="those who were not accepted")), "gave 250 for 'alice@example.com', and 421 was right"),
        ("forgets who was refused", written(made(after_421="all")), "gave 421 for 'nobody@example.com', and 550 was right"),
    ],
}  # fmt: skip
