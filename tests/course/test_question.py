"""Questions: what is shown is the same whatever was answered, what is right is told, and files are read with care."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import smtplab
from smtplab.course.doing import question as module
from smtplab.course.doing.question import Question, is_like, judged, load, names, on_answer, question, read

PREDICTED = [name for name in names() if load(name).kind == "predict"]
RECALLED = [name for name in names() if load(name).kind == "recall"]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_given", {})
    monkeypatch.setattr(module, "_listeners", [])


def bundles(name: str) -> list[dict[str, str]]:
    shown: list[Question | module.Shown] = [question(name)]
    if name in PREDICTED:
        shown.append(question(name).compare())
    kept = ("text/plain", "text/html")
    return [{key: each._repr_mimebundle_()[key] for key in kept} for each in shown]


def a_choice(name: str, *, right: bool) -> list[str]:
    asked = load(name)
    found = [choice.words for choice in asked.choices if choice.is_right is right]
    return found if right and asked.mode == "several" else found[:1]


@pytest.mark.parametrize("name", names())
def test_what_is_shown_is_the_same_whatever_was_answered(name: str) -> None:
    before = bundles(name)
    assert before == bundles(name)
    for right in (True, False):
        question(name).answer(a_choice(name, right=right))
        assert bundles(name) == before


@pytest.mark.parametrize("name", names())
def test_it_shows_its_choices_in_words_and_gives_no_answer_away(name: str) -> None:
    shown = question(name)
    text = " ".join(str(shown).split())
    assert " ".join(shown.asked.text.split()) in text
    for choice in shown.asked.choices:
        assert (choice.text in text) == (shown.asked.mode != "typed")
        assert not choice.said or choice.said not in text
    assert "view" in str(shown._repr_mimebundle_().keys())


@pytest.mark.parametrize("name", RECALLED)
def test_recall_says_right_to_the_right_and_something_of_its_own_to_each_other(name: str) -> None:
    asked = load(name)
    assert str(question(name).answer(a_choice(name, right=True))).startswith("Right. ")
    told = [str(question(name).answer(choice.words)) for choice in asked.choices if not choice.is_right]
    assert all(each.startswith("Not yet. ") for each in told) and len(set(told)) == len(told) >= 1


@pytest.mark.parametrize("name", PREDICTED)
def test_prediction_is_noted_without_a_word_on_whether_it_is_right(name: str) -> None:
    right, wrong = (a_choice(name, right=each) for each in (True, False))
    told = {str(question(name).answer(each)).replace(", ".join(each), "...") for each in (right, wrong)}
    assert {" ".join(each.split()) for each in told} == {"Noted: you expect .... Now run the next cell."}


@pytest.mark.parametrize("name", PREDICTED)
def test_compare_gives_the_answer_in_words_of_the_file(name: str) -> None:
    assert " ".join(load(name).answer.split()) in " ".join(str(question(name).compare()).split())


def test_a_recall_has_nothing_to_compare() -> None:
    with pytest.raises(ValueError, match=r"02\.a is no prediction"):
        question("02.a").compare()


def test_a_part_of_what_is_right_is_not_right() -> None:
    asked = load("04.b")
    assert judged(asked, ["what MAIL FROM named"]) == (False, asked.missing)
    assert judged(asked, ["what RCPT TO named", "what MAIL FROM named"])[0]


def test_a_number_may_be_typed_as_one() -> None:
    assert str(question("09.a").answer(2)) == str(question("09.a").answer("2"))
    assert str(question("09.a").answer(2)).startswith("Right.")
    assert str(question("09.a").answer(1)).startswith("Not yet.")


def test_what_is_typed_and_not_foreseen_is_told_so() -> None:
    assert "Look at the last command" in str(question("02.b").answer("leave"))
    assert str(question("02.b").answer(' b"quit\\r\\n"')).startswith("Right.")


@pytest.mark.parametrize(
    ("typed", "wanted", "like"),
    [
        ("quit", "QUIT", True),
        ("QUIT.", "QUIT", True),
        ("QU IT", "QUIT", False),
        (".", ".", True),
        ("..", ".", False),
        ("503 bad sequence", "503", True),
        ("the 503", "503", True),
        ("5030", "503", False),
        ("", "503", False),
        ("", "QUIT", False),
    ],
)
def test_typing_is_compared_leniently(typed: str, wanted: str, like: bool) -> None:
    assert is_like(typed, wanted) is like


@pytest.mark.parametrize("given", [[], "perhaps", ["a dot", "nothing: each send is a line"]])
def test_what_is_no_answer_is_refused(given: str | list[str]) -> None:
    with pytest.raises(ValueError, match="choices|give one answer"):
        question("02.a").answer(given)
    assert not module._given


def test_answers_are_kept_and_told() -> None:
    heard: list[tuple[str, str]] = []
    on_answer(lambda *told: heard.append(told))
    shown = question("04.b")
    shown.take(["what MAIL FROM named", "the header To:"])
    assert heard == [("04.b", "what MAIL FROM named, the header To:")]
    assert module._given["04.b"] == ("what MAIL FROM named", "the header To:")


def test_it_is_a_name_of_smtplab() -> None:
    assert smtplab.question is question


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    for name in ("02.z", "99.a", "../02.a", ""):
        with pytest.raises(ValueError, match=r"there is no question .*choose one of 0\d\.a"):
            question(name)


def test_a_folder_of_ones_own_is_read(tmp_path) -> None:
    (tmp_path / "x.toml").write_text(GOOD, "utf-8")
    assert names(tmp_path) == ["x.a"]
    assert "(x) what?" not in str(question("x.a", folder=tmp_path)) and "what?" in str(question("x.a", folder=tmp_path))


GOOD = """
[a]
kind = "recall"
text = "what?"
choices = [{ text = "one", right = true, said = "s" }, { text = "two", said = "t" }]
"""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('"recall"', '"quiz"'), "'kind' is 'quiz', and may be predict or recall"),
        (('"recall"', '"predict"'), "has no 'answer'"),
        ((", right = true", ""), "0 of its choices are right"),
        (('"two", said', '"two", right = true, said'), "2 of its choices are right"),
        (('"two"', '"one"'), "no two the same"),
        ((', said = "t"', ""), "has no 'said'"),
        (("text = \"what?\"", "txt = \"what?\""), "has no 'text'"),
        (("[a]", "[a]\nhelp = 'x'"), "nothing is called 'help' here"),
        (("[a]", "[a]\nseveral = true\ntyped = true"), "either 'several' or 'typed'"),
        (("[a]", "[a"), "this is no TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_is_named(change: tuple[str, str], told: str) -> None:
    with pytest.raises(ValueError, match="question") as error:
        read(GOOD.replace(*change), "x", "a")
    assert told in str(error.value)


@pytest.fixture
def live() -> Iterator[dict[str, object]]:
    import ipywidgets

    yield ipywidgets.widgets.widget._instances


def test_shown_again_it_knows_what_was_answered(live: dict[str, object]) -> None:
    shown = question("02.e")
    shown.take(["it refuses the letter"])
    view = shown.compare()._repr_mimebundle_()["application/vnd.jupyter.widget-view+json"]
    widget = live[view["model_id"]]
    assert widget.chosen == ["it refuses the letter"] and widget.doc["asks"] == "compare"  # type: ignore[attr-defined]


def test_a_name_without_quotes_and_a_folder_in_quotes_are_told_how_they_are_written() -> None:
    with pytest.raises(ValueError, match=r'question\("02\.a"\), not question\(2\)'):
        question(2)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"folder=Path\('mine'\)"):
        question("02.a", folder="mine")  # type: ignore[arg-type]
