"""Many sessions side by side: each thing said stands once, with the code that each earned, and what is not usual is lit."""

from __future__ import annotations

import pytest

from smtplab import recorded
from smtplab.protocol.transcript import Transcript
from smtplab.views import answers
from tests.views import samples
from tests.views.marks import Page


def said(text: str) -> Transcript:
    return Transcript.parse(text)


A = said("S: 220 a\nC: HELO me\nS: 250 a\nC: NOOP\nS: 250 ok\nC: QUIT\nS: 221 bye\n")
B = said("S: 220 b\nC: HELO me\nS: 250 b\nC: NOOP\nS: 500 no\nC: QUIT\nS: 221 bye\n")
C = said("S: 220 c\nC: HELO me\nS: 250 c\nC: QUIT\nS: 221 bye\n")


def table(**sessions: Transcript) -> list[tuple[str, list[str]]]:
    return [(row.said.event, [row.code(name) for name in sessions]) for row in answers.rows(sessions)]


def test_what_was_said_stands_once_with_the_code_of_each() -> None:
    assert table(a=A, b=B, c=C) == [
        ("(connect)", ["220", "220", "220"]),
        ("HELO", ["250", "250", "250"]),
        ("NOOP", ["250", "500", ""]),
        ("QUIT", ["221", "221", "221"]),
    ]


def test_what_only_a_later_one_has_stands_in_its_place() -> None:
    assert [event for event, _ in table(c=C, a=A)] == ["(connect)", "HELO", "NOOP", "QUIT"]


def test_the_sessions_are_left_as_they_were() -> None:
    before = [(step.index, step.exchange.event) for step in A]
    answers.plain({"a": A, "b": B, "c": C})
    assert [(step.index, step.exchange.event) for step in A] == before
    assert all(step in step.exchange.steps or step is step.exchange.reply_step for step in A)


def test_what_is_not_usual_is_lit_and_told() -> None:
    page = Page(answers.answers({"a": A, "b": B, "other": A}))
    assert [attrs.get("class") for tag, attrs in page.elements if tag == "td"].count("odd") == 1
    assert "They part at 1 of 4 things said." in page.text and "differs: 500" in page.text
    lines = answers.plain({"a": A, "b": B, "other": A}).splitlines()
    assert lines[1].split() == ["a", "b", "other"]
    assert [line.split()[1:] for line in lines if line.startswith("NOOP")] == [["250", "*500", "250", "[ready]"]]


def test_alike_is_said_in_a_sentence() -> None:
    assert answers.plain({"a": A, "b": A}).startswith("All 2 answer with the same codes.\n")
    assert answers.plain({"a": Transcript(), "b": Transcript()}).startswith("Nothing was said")


@pytest.mark.parametrize("count", [0, 1, 13])
def test_as_many_as_there_is_room_for(count: int) -> None:
    with pytest.raises(ValueError, match=f"2 to 12 sessions can stand side by side, not {count}"):
        answers.checked({str(at): A for at in range(count)})


def test_long_sessions_are_cut_and_where_they_part_stays() -> None:
    a = samples.many_lines(500)
    text = a.text().split("\nS: 250 ok 200")
    assert len(text) == 2
    shown = answers.plain({"a": a, "b": said(f"{text[0]}\nS: 550 no{text[1]}")})
    assert "*550" in shown and "more ..." in shown and shown.count("\n") < 140


@pytest.mark.parametrize("script", ["smug-pipelined", "http-post", "rcpt-100", "tls-forget", "auth-login", "line-513"])
def test_every_answer_of_recorded_servers_is_there(script: str) -> None:
    sessions = recorded(script=script)
    told = answers.rows(sessions)
    for name, session in sessions.items():
        assert [row.answers[name].event for row in told if name in row.answers] == [
            exchange.event for exchange in session.exchanges if exchange.event != "(eof)"
        ]
    Page(answers.answers(sessions))


@pytest.mark.parametrize("canary", samples.CANARIES)
def test_hostile_text_and_names_are_shown_as_text(canary: str) -> None:
    sessions = {canary: samples.hostile(canary), "b": A}
    markup = answers.answers(sessions)
    assert {tag for tag, _ in Page(markup).elements}.isdisjoint({"script", "img", "a", "pre"})
    for text in (markup, answers.plain(sessions)):
        assert not any(mark in text for mark in "\u202e\u2066\u2069\x07\x1b")


def test_a_password_is_nowhere() -> None:
    sessions = {"a": samples.all_samples()["extended"], "b": A}
    for text in (answers.answers(sessions), answers.plain(sessions)):
        assert "c2VjcmV0" not in text and "YWxpY2U" not in text
