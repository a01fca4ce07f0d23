"""Every exercise: several right ways pass, plausible wrong ones fail with the sentence meant for them."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest

from smtplab import exercise
from smtplab.course.doing.exercise import Exercise, Verdict
from smtplab.course.files import spec
from smtplab.course.judging.judge import judge
from smtplab.protocol.transcript import Transcript
from tests.course import attempts, attempts_03, attempts_12, clients
from tests.course.found import found

pytestmark = pytest.mark.usefixtures("transport")

NAMES = [name for name in spec.names() if not spec.load(name).is_formed]  # the others: test_forms
RIGHT, WRONG = found("attempts")
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
right = [pytest.param(name, said, id=f"{name}-{n}") for name in NAMES for n, said in enumerate(RIGHT[name], 1)]
wrong = [pytest.param(name, *attempt[1:], id=f"{name}-{attempt[0]}") for name in NAMES for attempt in WRONG[name]]


@pytest.fixture
def begun(request: pytest.FixtureRequest) -> Iterator[Exercise]:
    ex = exercise(request.param if hasattr(request, "param") else "01.1")
    yield ex
    ex.close()


def door(ex: Exercise) -> tuple[str, int]:
    """Where the attempts at an exercise go: to its server's SMTP door, or to the other one."""
    return ex.server.pop3_address if ex.spec.name in attempts_03.POP3 else ex.server.address


def attempted(ex: Exercise, end: str, said: bytes) -> Verdict:
    """The verdict after this was said to the exercise's server."""
    if end == "closes":
        clients.burst(door(ex), said)
        return ex.check()
    with clients.stay(door(ex), said):
        return ex.check()


@pytest.mark.parametrize(("name", "said"), right)
def test_right_attempt_passes_whether_it_waits_or_not(name: str, said: list[bytes]) -> None:
    for speak in (clients.lock_step, *([] if name in attempts_12.WAITING else [clients.burst])):
        ex = exercise(name)
        speak(door(ex), *said)
        verdict = ex.check()
        assert verdict.passed and ex.passed, str(verdict)
        ex.close()


@pytest.mark.parametrize(("name", "end", "said", "message"), wrong)
def test_wrong_attempt_is_told_its_mistake(name: str, end: str, said: bytes, message: str) -> None:
    ex = exercise(name)
    verdict = attempted(ex, end, said)
    assert not verdict.passed
    assert message in verdict.message
    assert verdict.message in " ".join(str(verdict).split())
    ex.close()


@pytest.mark.parametrize("attempt", attempts.WRONG_AFTER_PART_1, ids=lambda attempt: attempt[0])
def test_wrong_attempt_at_a_later_part_is_told_its_mistake(attempt: tuple[str, str, bytes, str]) -> None:
    _, end, said, message = attempt
    ex = exercise("01.3")
    clients.burst(ex.server.address, attempts.TO_TEST, b"Subject: x\r\n\r\ny\r\n.\r\nQUIT\r\n")
    assert ex.check().passed and not ex.passed and ex.part == 2
    verdict = attempted(ex, end, said)
    assert not verdict.passed and not ex.passed
    assert message in verdict.message
    ex.close()


@pytest.mark.parametrize("name", NAMES)
def test_no_two_mistakes_are_told_the_same_message(name: str) -> None:
    told: dict[str, str] = {}
    for what, end, said, _ in WRONG[name]:
        ex = exercise(name)
        message = attempted(ex, end, said).message
        assert message not in told, f"{what} and {told[message]}: {message}"
        told[message] = what
        ex.close()
    assert len(told) >= 5 and len(RIGHT[name]) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_empty_attempt_fails_and_counts_no_try(name: str) -> None:
    ex = exercise(name)
    for _ in range(3):
        verdict = ex.check()
        assert not verdict.passed and verdict.session is None and "Nobody has spoken" in str(verdict)
    with clients.connect(ex.server.address):
        verdict = ex.check()
        assert (
            not verdict.passed
            and "no whole line of yours has come" in verdict.message
            and "no try is counted" in str(verdict)
        )
    assert ex.tries == 0
    ex.close()


@pytest.mark.parametrize("name", NAMES)
def test_solution_of_every_part_passes(name: str) -> None:
    ex = exercise(name)
    for number, part in enumerate(ex.spec.parts, 1):
        assert ex.part == number and not ex.passed
        exec(part.solution, {"ex": ex})
        assert ex.check().passed
    assert ex.passed
    ex.close()


@pytest.mark.parametrize("name", NAMES)
def test_judgement_needs_the_record_alone(name: str) -> None:
    ex = exercise(name)
    for _, end, said, message in WRONG[name]:
        session = attempted(ex, end, said).session
        assert session is not None
        kept = Transcript.from_json(session.to_json())
        assert message in judge(kept, ex.spec.parts[0].asked, ex.spec.mistakes).message
    ex.close()


@pytest.mark.parametrize("begun", ["01.1"], indirect=True)
def test_any_client_may_do_it(begun: Exercise) -> None:
    with smtplib.SMTP(*begun.server.address, timeout=clients.TIMEOUT_S) as client:
        client.sendmail("me@example.com", ["alice@example.com"], "Subject: Hi\n\nHello.\n")
    assert begun.check().passed


def test_no_notebook_as_shipped_passes_an_exercise() -> None:
    checks = [
        (path.name, cell)
        for path in sorted(NOTEBOOKS.glob("*.ipynb"))
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        if cell["cell_type"] == "code" and ".check()" in "".join(cell["source"])
    ]
    assert len(checks) >= len(NAMES)
    for name, cell in checks:
        told = json.dumps(cell["outputs"])
        nothing = ("Nobody has spoken", "Nothing was answered yet", "No function was given")
        assert any(each in told for each in nothing) and "Passed" not in told, f"{name}, {cell['id']}"
