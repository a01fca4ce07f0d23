"""Answers to the exercises of notebook 12; the form is that of `answers`."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from smtplab.course.clients.own_client import client
from smtplab.course.doing.formed import Formed
from tests.course.answers import Attempt, answer, written

Address = tuple[str, int]
Send = Callable[..., Any]
TRIPS = ["6", "9", "10", "4", "4", "6", "6", "3"]


def counted(number: int, wrong: str) -> Attempt:
    """All trips right but those of one session."""
    return answer([*TRIPS[: number - 1], wrong, *TRIPS[number:]])


def then(number: int) -> Attempt:
    """The first part answered rightly, then this for the second."""

    def attempt(ex: Formed) -> Any:
        ex.answer(14)
        return ex.answer(number)

    return attempt


# ----------------------------------------------------------------------------------------------------------- 12.4
mine = client("13")
mine.send.__globals__["LIMIT_S"] = 1  # not three seconds for each that waits in vain


def shipped(address: Address, sender: str, to: list[str], letter: str, wait: Send) -> Any:
    return mine.deliver(address, sender, to, letter, wait)


def patient(address: Address, sender: str, to: list[str], letter: str, wait: Send) -> Any:
    """Waits that do not grow, some at a time, and few of them."""
    letter = "Message-ID: <one@me.example.com>\n" + letter
    results = mine.send(address, sender, to, letter)
    for _ in range(3):
        if 0 in results.values():
            for _ in range(2):
                wait(50)
            results |= mine.send(address, sender, [each for each in to if results[each] == 0], letter)
    return results


def named_last(address: Address, sender: str, to: list[str], letter: str, wait: Send) -> Any:
    """By recursion, and the Message-ID is the last header."""
    if "Message-ID" not in letter:
        head, _, body = letter.partition("\n\n")
        letter = f"{head}\nMessage-ID: <two@me.example.com>\n\n{body}"
    results = mine.send(address, sender, to, letter)
    again = [each for each in to if results[each] == 0]
    if again and wait.__name__ != "last":

        def last(seconds: float) -> None:
            wait(seconds)

        wait(90)
        results |= named_last(address, sender, again, letter, last)
    return results


def falls_over(address: Address, sender: str, to: list[str], letter: str, wait: Send) -> Any:
    return client("12").deliver(address, sender, to, letter, wait)


def _again(
    address: Address, sender: str, to: list[str], letter: Callable[[int], str], wait: Send, most: int = 8
) -> dict[str, int]:
    results: dict[str, int] = {}
    left = to
    for attempt in range(most):
        if attempt:
            wait(60)
        results |= mine.send(address, sender, left, letter(attempt))
        left = [each for each in left if results[each] == 0]
        if not left:
            break
    return results


def gives_up(address: Address, sender: str, to: list[str], letter: str, wait: Send) -> Any:
    return _again(address, sender, to, lambda _: letter, wait, most=1)


def nameless(address: Address, sender: str, to: list[str], letter: str, wait: Send) -> Any:
    return _again(address, sender, to, lambda _: letter, wait)


def new_name_each_time(address: Address, sender: str, to: list[str], letter: str, wait: Send) -> Any:
    return _again(address, sender, to, lambda attempt: f"Message-ID: <{attempt}@me.example.com>\n{letter}", wait)


def impatient(address: Address, sender: str, to: list[str], letter: str, wait: Send) -> Any:
    return _again(address, sender, to, lambda _: letter, lambda _: None)


def always_twice(address: Address, sender: str, to: list[str], letter: str, wait: Send) -> Any:
    mine.send(address, sender, to, letter)
    return mine.send(address, sender, to, letter)


def says_nothing(address: Address, sender: str, to: list[str], letter: str, wait: Send) -> None:
    mine.deliver(address, sender, to, letter, wait)


def the_last_alone(address: Address, sender: str, to: list[str], letter: str, wait: Send) -> Any:
    letter = "Message-ID: <three@me.example.com>\n" + letter
    results = mine.send(address, sender, to, letter)
    while left := [each for each in results if results[each] == 0]:
        wait(60)
        results = mine.send(address, sender, left, letter)
    return results


def for_ever(address: Address, sender: str, to: list[str], letter: str, wait: Send) -> Any:
    return _again(address, sender, to, lambda _: "Message-ID: <4@me.example.com>\n" + letter, wait, most=10**9)


def no_limit(address: Address, sender: str, to: list[str], letter: str, wait: Send) -> Any:
    """Waits for each reply as long as it takes."""

    def send(attempt: int) -> dict[str, int]:
        results = dict.fromkeys(to, 0)
        try:
            with socket.create_connection(address) as sock:
                sock.settimeout(None)
                text = f"Message-ID: <five@me.example.com>\n{letter}"
                mine.transact(sock, mine.hello(sock), sender, to, text, results)
        except (OSError, EOFError, ValueError):
            pass
        return results

    results = send(0)
    for attempt in range(1, 4):
        if 0 in results.values():
            wait(60)
            results = send(attempt)
    return results


# ----------------------------------------------------------------------------------------------------------- all
RIGHT: dict[str, list[Attempt]] = {
    "12.1": [
        answer(TRIPS),
        answer(dict(enumerate(TRIPS, 1))),
        lambda ex: [ex.answer(given) for given in ([*TRIPS[:7], "4"], TRIPS)][-1],
    ],
    "12.3": [then(13), lambda ex: [ex.answer(n) for n in (13, 14, 9, 13)][-1], lambda ex: [ex.answer(n) for n in (7, 14, 13)][-1]],
    "12.4": [written(each) for each in (shipped, patient, named_last)],
}  # fmt: skip

WRONG: dict[str, list[tuple[str, Attempt, str]]] = {
    "12.1": [
        ("no QUIT counted", counted(1, "4"), "EHLO, MAIL, RCPT, DATA, the letter, QUIT"),
        ("one RCPT for all", counted(2, "6"), "Each recipient has an RCPT of its own"),
        ("two sessions", counted(3, "9"), "EHLO and QUIT are said once"),
        ("fifty", counted(4, "10"), "The fifty RCPT stand in one piece"),
        ("a refusal costs", counted(5, "6"), "A refusal is a reply like another"),
        ("one group for both", counted(6, "4"), "a group and a letter; a group and a letter"),
        ("not offered", counted(7, "4"), "What was not offered is not used"),
        ("QUIT alone", counted(8, "4"), "are read after one wait"),
    ],
    "12.3": [
        ("the recipient", answer(7), "says that this recipient may come"),
        ("354", answer(9), "That is not yet to have it"),
        ("the dot", answer(13), "does not know before it has read the reply"),
        ("the second dot", answer(24), "This is the letter that the client must keep"),
        ("the second sender", answer(16), "the sender of the second letter"),
        ("Bob", answer(18), "Bob may get a letter"),
        ("EHLO", answer(3), "What says that it has?"),
        ("another month", then(11), "somebody paid two months"),
        ("the first copy", then(9), "the first of the two"),
        ("the same subject", then(15), "Bob wrote twice"),
        ("October", then(7), "November's rent is another letter"),
    ],
    "12.4": [
        ("falls over", written(falls_over), 'case "cut at DATA", your function raised'),
        ("gives up", written(gives_up), "there was no letter for alice"),
        ("no name", written(nameless), "the 2 copies for alice have no Message-ID"),
        ("new names", written(new_name_each_time), "the 2 copies for alice have different Message-IDs"),
        ("at once", written(impatient), "came again at once, and this server wants 60"),
        ("twice", written(always_twice), "connected 2 times; 1 is enough"),
        ("nothing given", written(says_nothing), "gave back nothing. It is to give back a dict"),
        ("the last result alone", written(the_last_alone), "has nothing for 'nobody@example.com'"),
        ("for ever", written(for_ever), 'case "the line stays cut", '),
        ("no limit", written(no_limit), 'case "the reply to the dot does not come", your function had not come back'),
    ],
}  # fmt: skip
