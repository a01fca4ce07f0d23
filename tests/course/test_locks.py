"""Exercise 13.2 under TLS: what is missed there is named, by the record alone, and a record has no password in it."""

from __future__ import annotations

import pytest

from smtplab import exercise
from smtplab.course.doing.formed import Formed
from smtplab.course.judging.judge import Asked, judge
from smtplab.protocol.transcript import Transcript
from tests.course import answers_13


@pytest.mark.parametrize(
    ("attempt", "message"), [each[1:] for each in answers_13.AT_PART_2], ids=[each[0] for each in answers_13.AT_PART_2]
)
def test_wrong_session_is_told_its_mistake(attempt: answers_13.Attempt, message: str) -> None:
    ex = exercise("13.2")
    assert isinstance(ex, Formed)
    verdict = attempt(ex)
    assert not verdict.passed and ex.part == 2 and message in verdict.message
    kept = Transcript.from_json(verdict.session.to_json())
    assert "AGFsaWNl" not in kept.to_json(secrets=True)
    assert message in judge(kept, ex.spec.parts[1].asked, ex.spec.mistakes).message
    ex.close()


def test_no_two_wrong_sessions_are_told_the_same() -> None:
    told: dict[str, str] = {}
    for what, attempt, _ in answers_13.AT_PART_2:
        ex = exercise("13.2")
        assert isinstance(ex, Formed)
        message = attempt(ex).message
        assert message not in told, f"{what} and {told[message]}: {message}"
        told[message] = what
        ex.close()


OPEN = """S: 220 mail.example.com
C: EHLO me
S: 250-mail.example.com
S: 250 AUTH PLAIN LOGIN
C: {}
S: {}
C: QUIT
S: 221 bye"""


@pytest.mark.parametrize(
    ("said", "reply", "name", "holds"),
    [
        ("AUTH PLAIN AGEAYg==", "235 in", "PLAIN", True),
        ("auth plain AGEAYg==", "235 in", "*", True),
        ("AUTH PLAIN AGEAYg==", "235 in", "LOGIN", False),
        ("AUTH PLAIN AGEAYg==", "535 no", "*", False),
        ("NOOP", "250 ok", "*", False),
    ],
)
def test_a_log_in_is_what_was_answered_235(said: str, reply: str, name: str, holds: bool) -> None:
    session = Transcript.parse(OPEN.format(said, reply))
    assert judge(session, [Asked.read({"logged_in": name})]).passed is holds


@pytest.mark.parametrize(("said", "holds"), [("AUTH PLAIN AGEAYg==", False), ("AUTH LOGIN", True), ("NOOP", True)])
def test_a_secret_in_the_clear_is_one_whatever_came_back(said: str, holds: bool) -> None:
    session = Transcript.parse(OPEN.format(said, "538 not like this"))
    judgement = judge(session, [Asked.read({"no_secret_in_clear": True})])
    assert judgement.passed is holds
    assert holds or "Who was between has it, whatever the 538 says." in judgement.message
