"""What is asked of the reader, without a page: it hands on what was chosen, says its words, and ends."""

from __future__ import annotations

import re

import ipywidgets
import pytest

from smtplab import exercise
from smtplab.course import card
from smtplab.course.doing.formed import Formed
from smtplab.widgets.asking import Asking
from smtplab.widgets.base import source

LIVE = ipywidgets.widgets.widget._instances
HOSTILE = "<img src=x onerror=alert(1)>"


def test_what_was_chosen_is_handed_on_and_all_else_is_not() -> None:
    heard: list[object] = []
    asking = Asking({"kind": "sort"}, heard.append)
    for message in ({"do": "answer", "given": ["a"]}, {"do": "dance", "given": 1}, {"given": 2}, {}):
        asking._hear(asking, message, [])
    assert heard == [["a"]]
    asking.close()


def test_it_goes_out_live_in_words_and_static() -> None:
    asking = Asking({"kind": "question"}, lambda _: None, plain="words", static="<p>words</p>")
    data, _ = asking._repr_mimebundle_()
    assert data["text/plain"] == "words" and data["text/html"] == "<p>words</p>"
    asking.close()
    assert asking.comm is None


@pytest.mark.parametrize("name", ["02.3", "04.2", "05.1", "06.3"])
def test_an_exercise_takes_its_choices_along_when_it_closes(name: str) -> None:
    before = set(LIVE)
    ex = exercise(name)
    ex._repr_mimebundle_()
    assert set(LIVE) > before
    ex.close()
    assert set(LIVE) == before


def test_a_plain_exercise_has_no_such_widget() -> None:
    before = set(LIVE)
    ex = exercise("00.1")
    ex._repr_mimebundle_()
    assert not [LIVE[each] for each in set(LIVE) - before if isinstance(LIVE[each], Asking)]
    ex.close()


def test_a_choice_in_the_page_is_judged_and_shown_and_the_next_part_takes_its_place() -> None:
    ex = exercise("02.3")
    assert isinstance(ex, Formed)
    ex._repr_mimebundle_()
    buttons = ex._buttons
    asking = buttons._choice
    assert "Part 1 of 2" in buttons._task.value and "<pre>" not in buttons._task.value, "the list is not shown twice"
    asking._hear(asking, {"do": "answer", "given": [13]}, [])
    assert "where it shows" in buttons._answer.value and asking.doc["kind"] == "find"
    asking._hear(asking, {"do": "answer", "given": [12]}, [])
    assert "Part 1 of 2 passed" in buttons._answer.value and asking.doc == {}
    assert "Part 2 of 2" in buttons._task.value
    ex.close()


@pytest.mark.parametrize("given", [["x"], [99], None, {"a": 1}, [[]]])
def test_nonsense_from_the_page_is_answered_and_breaks_nothing(given: object) -> None:
    for name in ("02.3", "05.1", "06.3"):
        ex = exercise(name)
        ex._repr_mimebundle_()
        ex._buttons._choice._hear(None, {"do": "answer", "given": given}, [])
        assert "This did not work" in ex._buttons._answer.value
        assert ex.tries == 0
        ex.close()


def test_what_is_to_be_chosen_is_escaped() -> None:
    for made in (card.wire(f"C: {HOSTILE}"), card.words(HOSTILE)):
        assert "<img" not in made["html"] and "&lt;img" in made["html"]
        assert "<img" in made["words"], "words are set as text"


def test_the_page_knows_nothing_of_what_is_right_in_an_exercise() -> None:
    for name in ("02.3", "05.1", "06.3"):
        ex = exercise(name)
        assert set(ex.posed()) <= {"kind", "name", "items", "label", "button", "asked", "bins"}
        assert all(set(item) == {"html", "words"} for item in ex.posed()["items"])
        ex.close()


def test_style_uses_the_tokens_alone_and_script_asks_for_nothing() -> None:
    css = source("asking.css")
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgb\(|\bhsl\(", css) == []
    assert not re.search(r"[^-]color: var\(--sl-now\)", css)
    assert not re.search(r"fetch\(|import\s*\(|https?://", source("asking.js"))
    assert "SMTP" not in source("asking.js")
