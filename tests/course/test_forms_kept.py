"""What is kept of exercises of other forms, and what grade makes of it: answers are judged again, functions are not kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from smtplab import exercise, progress
from smtplab.course.doing.formed import Formed
from smtplab.course.progress.grade import Class, grade
from tests.course import answers


@pytest.fixture
def sheet_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes the sheet of a learner who does these exercises rightly, in the way of this number."""

    def makes(name: str, *keys: str, way: int = 0) -> Path:
        monkeypatch.setenv("SMTPLAB_DATA", str(tmp_path / f"data of {name}"))
        for key in keys:
            ex = exercise(key)
            assert isinstance(ex, Formed)
            answers.RIGHT[key][way](ex)
            assert ex.passed
            ex.close()
        path = tmp_path / f"{name}.json"
        progress().export(path, name=name)
        return path

    return makes


def changed(path: Path, how: Callable[[Any], None]) -> Path:
    stored = json.loads(path.read_text("utf-8"))
    how(stored["exercises"])
    path.write_text(json.dumps(stored), "utf-8")
    return path


def problems(of: Class) -> list[str]:
    return [problem for row in of.rows for entry in row.entries.values() for problem in entry.problems]


def test_tries_and_passes_are_kept() -> None:
    ex = exercise("02.3")
    assert isinstance(ex, Formed)
    ex.answer(13)
    ex.answer(13)
    assert "02.3  The subject that was not" in str(progress()) and "not yet, 1 try" in str(progress())
    ex.answer(12)
    assert "part 1 of 2 passed" in str(progress())
    ex.close()


def test_answers_bear_their_claim_and_two_who_are_right_share_nothing(sheet_of: Callable[..., Path]) -> None:
    table = grade([sheet_of("anna", "05.1", "02.3"), sheet_of("bob", "05.1", "02.3", way=1)])
    assert [entry.word for row in table.rows for entry in row.entries.values()] == ["passed"] * 4
    assert table.is_clean, (problems(table), table.shared)


def test_a_claim_with_a_wrong_answer_is_named(sheet_of: Callable[..., Path]) -> None:
    def wrong(stored: Any) -> None:
        stored["02.3"]["passed"]["1"]["answer"] = "13"

    assert problems(grade([changed(sheet_of("anna", "02.3"), wrong)])) == ["part 1: the answer '13' is not right"]


@pytest.mark.parametrize("given", ["", "x", "99", "[" * 5000, "__import__('os')", "1" * 4000, "('go on',)", "None"])
def test_an_answer_that_is_none_is_named(sheet_of: Callable[..., Path], given: str) -> None:
    def hostile(stored: Any) -> None:
        for key in ("02.3", "05.1"):
            stored[key]["passed"]["1"]["answer"] = given

    found = problems(grade([changed(sheet_of("anna", "02.3", "05.1"), hostile)]))
    assert len(found) == 2 and all(each.startswith("part 1: its answer cannot be read") for each in found)


def test_a_function_is_not_kept_and_grade_says_so(sheet_of: Callable[..., Path]) -> None:
    table = grade([sheet_of("anna", "04.2")])
    entry = table.rows[0].entries["04.2"]
    assert entry.word == "passed" and not entry.problems
    assert entry.remarks == ["a function was tried, and is not kept: this claim cannot be judged again"]


def test_the_sheets_page_shows_answers(sheet_of: Callable[..., Path]) -> None:
    page = sheet_of("anna", "02.3").with_suffix(".html").read_text("utf-8")
    assert "Answer: 12" in page and "no session was kept" not in page


def test_an_exercise_begun_anew_has_no_answer() -> None:
    ex = exercise("02.3")
    assert isinstance(ex, Formed)
    ex.answer(12)
    assert ex.part == 2
    progress().start_over("02.3")
    assert ex.part == 1 and "Nothing was answered yet" in str(ex.check()) and "not yet" in str(progress())
    ex.close()


def test_a_wrong_answer_is_shown_in_the_stepper_at_that_step() -> None:
    ex = exercise("02.3")
    assert isinstance(ex, Formed)
    stepper = ex.answer(13).stepper()
    assert stepper is not None and stepper.at == 13
    stepper.close()
    ex.close()
