"""Answers to the exercises of notebook 09 that are answered; the form is that of `answers`."""

from __future__ import annotations

from tests.course.answers import Attempt, answer

BOX, ON, NO = "mailbox", "pass on", "refuse"
SORTED = [BOX, NO, ON, NO, BOX, BOX, BOX, ON]


def but(number: int, word: str) -> Attempt:
    """All as it is right, but for one."""
    return answer([word if n == number else each for n, each in enumerate(SORTED, 1)])


RIGHT: dict[str, list[Attempt]] = {
    "09.2": [answer(12), lambda ex: (ex.answer(14), ex.answer(12))[1], lambda ex: (ex.answer(12), ex.check())[1]],
    "09.4": [
        answer(SORTED),
        answer(dict(enumerate(SORTED, 1))),
        answer([word.upper() for word in SORTED]),
    ],
}

WRONG: dict[str, list[tuple[str, Attempt, str]]] = {
    "09.2": [
        ("the RCPT", answer(8), "does Alice see the envelope?"),
        ("its reply", answer(9), "says that to the relay, not to Alice"),
        ("the words about Dave", answer(18), "Does it say that he has this one?"),
        ("To", answer(14), "names Alice alone, as it should"),
        ("Reply-To", answer(15), "where answers go"),
        ("MAIL", answer(4), "Dave is not in it"),
        ("the end", answer(19), "says nothing of who else gets the letter"),
    ],
    "09.4": [
        ("a password from everybody", but(1, NO), "port 25 is where strangers bring his letters"),
        ("an open relay", but(2, ON), "would make you an open relay"),
        ("no submission", but(3, NO), "her letters go anywhere"),
        ("MAIL believed", but(4, ON), "Was there a password?"),
        ("no bounces", but(5, NO), "it is a bounce, and Alice wants to know"),
        ("submission always on", but(6, ON), "where does Bob live?"),
        ("To believed by a stranger", but(7, NO), "does not decide. Whom does the envelope name?"),
        ("To believed", but(8, BOX), "The envelope names Eve"),
    ],
}  # fmt: skip
