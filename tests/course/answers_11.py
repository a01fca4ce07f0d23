"""Answers to the exercises of notebook 11, the form is that of `answers`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from smtplab.course import client
from smtplab.course.doing.formed import Formed

Attempt = Callable[[Formed], Any]
Codes = dict[str, int]
send: Callable[..., Codes] = client("11").send
Wait = Callable[[float], None]


def answer(given: Any) -> Attempt:
    return lambda ex: ex.answer(given)


def written(function: Callable[..., Any]) -> Attempt:
    return lambda ex: ex.check(function)


# ----------------------------------------------------------------------------------------------------------- 11.1
LATER, TELL, DONE = "come again later", "tell the sender", "nothing more"
SORTED = [LATER, TELL, LATER, DONE, LATER, LATER, TELL, TELL]


def but(number: int, given: str) -> Attempt:
    return answer([given if n == number else right for n, right in enumerate(SORTED, 1)])


# ----------------------------------------------------------------------------------------------------------- 11.3
def again(codes: Codes) -> list[str]:
    return [each for each, code in codes.items() if code // 100 == 4]


def a_loop(address: Any, sender: str, recipients: list[str], letter: str, wait: Wait = time.sleep) -> Codes:
    results: Codes = {}
    left, pause = recipients, 300
    for attempt in range(8):
        if attempt:
            wait(pause)
            pause *= 2
        results |= send(address, sender, left, letter)
        left = again(results)
        if not left:
            break
    return results


def calling_itself(
    address: Any, sender: str, recipients: list[str], letter: str, wait: Wait, tries: int = 8, pause: int = 300
) -> Codes:
    results = send(address, sender, recipients, letter)
    if tries > 1 and (left := again(results)):
        wait(pause)
        results.update(calling_itself(address, sender, left, letter, wait, tries - 1, 2 * pause))
    return results


def one_by_one(address: Any, sender: str, recipients: list[str], letter: str, wait: Wait) -> Codes:
    """Waits in small pieces, and keeps who is left in a set."""
    results = dict.fromkeys(recipients, 450)
    for minutes in (0, 5, 10, 20, 40, 80, 160, 320):
        for _ in range(minutes):
            wait(60)
        results.update(send(address, sender, again(results), letter))
        if not again(results):
            break
    return results


def schedule(
    pauses: Iterable[float],
    *,
    of: Callable[[list[str], Codes], list[str]] = lambda _, codes: again(codes),
    keeps: bool = True,
) -> Callable[..., Codes]:
    """A client that waits so before its tries, and each time names those that `of` finds."""

    def deliver(address: Any, sender: str, recipients: list[str], letter: str, wait: Wait) -> Codes:
        results: Codes = {}
        left = recipients
        for pause in pauses:
            if pause:
                wait(pause)
            found = send(address, sender, left, letter)
            results = results | found if keeps else found
            left = of(recipients, results)
            if not left:
                break
        return results

    return deliver


def waiting_last(address: Any, sender: str, recipients: list[str], letter: str, wait: Wait) -> Codes:
    """Waits behind each try in vain, the eighth as well."""
    results: Codes = {}
    left = recipients
    for number in range(8):
        results |= send(address, sender, left, letter)
        left = again(results)
        if not left:
            break
        wait(300 * 2**number)
    return results


DOUBLED = [0, *(300 * 2**n for n in range(7))]


def everybody_again(recipients: list[str], codes: Codes) -> list[str]:
    return recipients if again(codes) else []


def fives_as_well(_: list[str], codes: Codes) -> list[str]:
    return [each for each, code in codes.items() if code >= 400]


def really_waiting(address: Any, sender: str, recipients: list[str], letter: str, wait: Wait) -> Codes:
    return a_loop(address, sender, recipients, letter, time.sleep)


def without_wait(address: Any, sender: str, recipients: list[str], letter: str) -> Codes:
    return a_loop(address, sender, recipients, letter, lambda _: None)


def that_says_nothing(address: Any, sender: str, recipients: list[str], letter: str, wait: Wait) -> None:
    a_loop(address, sender, recipients, letter, wait)


FOR_EVER = [0, *(min(300 * 2**n, 86400) for n in range(50))]


RIGHT: dict[str, list[Attempt]] = {
    "11.1": [answer(SORTED), answer(tuple(SORTED)), lambda ex: (ex.answer([LATER] * 8), ex.answer(SORTED))[1]],
    "11.3": [written(a_loop), written(calling_itself), written(one_by_one)],
}

WRONG: dict[str, list[tuple[str, Attempt, str]]] = {
    "11.1": [
        ("greylisted, so never", but(1, TELL), "That is greylisting"),
        ("550 later", but(2, LATER), "Somebody has to change something"),
        ("421, so never", but(3, TELL), "421 begins with a 4"),
        ("twice", but(4, LATER), "makes two of it"),
        ("silence is a no", but(5, TELL), "No reply, no decision"),
        ("promised, so done", but(6, DONE), "The 250 was a promise"),
        ("554 later", but(7, LATER), "refused for good"),
        ("for ever", but(8, LATER), "five days are the end"),
    ],
    "11.3": [
        ("one try", written(schedule([0])), 'case "a stranger at first", there was no letter for bob'),
        ("at once", written(schedule([0] * 8)), 'case "a stranger at first", your function connected 8 times'),
        ("one, at once", written(schedule([0] * 2)), "came again at once, and this server wants 300"),
        ("too early", written(schedule([0, 60, 300])), 'case "a stranger at first", your function connected 3 times'),
        ("fives as well", written(schedule(DOUBLED, of=fives_as_well)), 'case "no such mailbox", your function connected 8 times'),
        ("everybody again", written(schedule(DOUBLED, of=everybody_again)), "there were 2 letters for alice"),
        ("forgets the first", written(schedule(DOUBLED, keeps=False)), "has nothing for 'alice@example.com'"),
        ("five minutes each", written(schedule([0, *[300] * 20])), 'case "two a minute", your waits were 300, 300; asked for were 300, 600'),
        ("gives up early", written(schedule(DOUBLED[:5])), 'case "busy for ten hours", there was no letter for bob'),
        ("never gives up", written(schedule(FOR_EVER)), 'case "closed for good"'),
        ("really waits", written(really_waiting), "To wait, call `wait(300)`, the argument, and not `time.sleep(300)`"),
        ("600 at first", written(schedule([0, *(600 * 2**n for n in range(7))])), 'case "a stranger at first", your waits were 600; asked for were 300 (seconds)'),
        ("310 at first", written(schedule([0, *(310 * 2**n for n in range(7))])), "your waits were 310; asked for were 300"),
        ("trebled", written(schedule([0, *(300 * 3**n for n in range(7))])), 'case "two a minute", your waits were 300, 900; asked for were 300, 600'),
        ("waits before the first", written(schedule(DOUBLED[1:] + DOUBLED[-1:])), 'case "taken at once", you waited 300 seconds before the first try'),
        ("waits after the last", written(waiting_last), 'case "closed for good", you waited again after the last try: 38400 seconds'),
        ("takes no wait", written(without_wait), "raised TypeError"),
        ("says nothing", written(that_says_nothing), "It is to give back a dict"),
    ],
}  # fmt: skip
