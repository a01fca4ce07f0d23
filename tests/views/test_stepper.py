"""What a page needs of the stepper: the contract of its markup, and that nothing grows with the session."""

from __future__ import annotations

import gzip
import json
import time
from typing import Any

import pytest

from smtplab.protocol.transcript import Transcript
from smtplab.views.page import page
from smtplab.views.stepper import document
from tests.views import samples
from tests.views.marks import Page

SAMPLES = samples.all_samples()
GUIDE = SAMPLES["session 1"]


def unpacked(packed: dict[str, Any]) -> list[dict[str, Any]]:
    """What a page makes of `packed()`, in Python."""

    def total(column: list[int]) -> list[int]:
        at, found = 0, []
        for difference in column:
            at += difference
            found.append(at)
        return found

    strings, sets = packed["strings"], packed["sets"]
    state, words = total(packed["state"]), total(packed["words"])
    marks, texts = ([total(layer) for layer in packed[name]] for name in ("marks", "texts"))
    frags = {name: total(column) for name, column in packed["frags"].items()}
    return [
        {
            "state": strings[state[p]],
            "words": f"{packed['step'][0]} {p} {packed['step'][1]} {packed['n']}. {strings[words[p]]}",
            "marks": {key: worn for layer in marks for key, worn in sets[layer[p]].items()},
            "texts": {key: text for layer in texts for key, text in sets[layer[p]].items()},
            "frags": {name: strings[column[p]] for name, column in frags.items()},
        }
        for p in range(packed["n"] + 1)
    ]


@pytest.mark.parametrize("name", SAMPLES)
def test_the_root_says_where_it_stands(name: str) -> None:
    of = SAMPLES[name]
    tag, root = Page(document(of).shell).elements[0]
    assert tag == "div" and (root["class"] or "").startswith("smtplab sl-stepper")
    assert root["data-smtplab"] == "stepper" and root["role"] == "group"
    assert root["data-step"] == "0" and root["data-steps"] == str(len(of))
    assert root["data-state"] in {*of.table.states.__members__, "UNKNOWN"}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_controls_have_their_names(name: str) -> None:
    drawn = Page(document(SAMPLES[name]).shell)
    named = {attrs["aria-label"]: tag for tag, attrs in drawn.elements if tag in ("button", "input")}
    assert named == {
        "First": "button",
        "Back": "button",
        "Next": "button",
        "Last": "button",
        "Play": "button",
        "Step": "input",
    }
    assert drawn.all("data-act") == ["first", "back", "next", "last", "play"]
    assert any(attrs.get("aria-live") == "polite" for _, attrs in drawn.elements)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_line_of_the_transcript_has_its_position(name: str) -> None:
    lines = [attrs["data-p"] for tag, attrs in Page(document(SAMPLES[name]).shell).elements if tag == "li"]
    assert lines == [str(p) for p in range(1, len(SAMPLES[name]) + 1)]


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("name", SAMPLES)
def test_everything_that_a_step_changes_has_its_place_in_the_shell(name: str, large: bool) -> None:
    drawn = document(SAMPLES[name], large=large)
    shell = Page(drawn.shell)
    marks, texts, swaps = (set(shell.all(f"data-{kind}")) for kind in ("mark", "text", "swap"))
    for step in drawn.steps:
        assert {mark for mark in step["marks"] if not mark.startswith("label:quit-")} <= marks
        assert set(step["texts"]) <= texts
        assert set(step["frags"]) == swaps


@pytest.mark.parametrize("name", SAMPLES)
def test_no_identifier_is_used_so_that_two_steppers_can_share_a_page(name: str) -> None:
    drawn = document(SAMPLES[name])
    assert Page(drawn.shell).all("id") == []
    assert not any(" id=" in fragment for step in drawn.steps for fragment in step["frags"].values())


def test_the_states_are_those_of_the_guides_session() -> None:
    assert [step["state"] for step in document(GUIDE).steps] == [
        "CONNECTED", "GREETED", "GREETED", "READY", "READY", "MAIL", "MAIL", "RCPT", "RCPT", "DATA", "DATA", "DATA",
        "DATA", "READY", "READY", "CLOSED",
    ]  # fmt: skip
    assert document(GUIDE).steps[7]["words"] == "Step 7 of 15. The server accepts the recipient. State rcpt."


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_packed_is_unpacked_again(name: str) -> None:
    drawn = document(SAMPLES[name])
    assert unpacked(json.loads(drawn.to_json())) == drawn.steps


def test_the_same_session_is_drawn_the_same() -> None:
    again = Transcript.parse(samples.SESSION_1)
    assert document(GUIDE).to_json() == document(again).to_json()
    assert document(GUIDE).shell == document(again).shell


def test_ten_thousand_lines_are_drawn_soon_and_packed_small() -> None:
    of = samples.many_lines()
    begun = time.perf_counter()
    drawn = document(of)
    text = drawn.to_json()
    assert time.perf_counter() - begun < 6  # 0.6 s when nothing else runs
    assert len(gzip.compress(text.encode())) < 200_000
    assert 'class="sl-score is-plain"' in drawn.shell and "sl-stepper is-long" in drawn.shell


def test_no_fragment_grows_with_the_session() -> None:
    def largest(count: int) -> int:
        return max(
            len(fragment) for step in document(samples.many_lines(count)).steps for fragment in step["frags"].values()
        )

    assert largest(2_000) <= largest(100) + 40


def test_a_long_letter_folds_and_is_short_to_step_through() -> None:
    of = SAMPLES["long letter"]
    assert len(of) < 40
    assert "9,986 more lines" in document(of).shell


def test_without_replies_it_says_so() -> None:
    drawn = document(SAMPLES["session 2"])
    assert "No replies were recorded" in drawn.shell
    assert {step["state"] for step in drawn.steps} == {"UNKNOWN"}


def test_an_unanswered_end_is_told_behind_the_last_line() -> None:
    assert "No answer to this was recorded." in document(SAMPLES["unanswered"]).shell
    assert "The dot that ends the mail data was never sent." in document(SAMPLES["hanging"]).shell


def test_a_page_of_its_own_holds_everything_and_fetches_nothing() -> None:
    whole = page(GUIDE, "b{color:red}", "export function mount() {} // </script>")
    assert whole.count("</script>") == 2 and "b{color:red}" in whole
    assert "http:" not in whole and "https:" not in whole and "src=" not in whole
    data = whole.partition('class="sl-data">')[2].partition("</script>")[0]
    assert unpacked(json.loads(data)) == document(GUIDE).steps
