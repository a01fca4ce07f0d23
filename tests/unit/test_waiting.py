"""What a server waits for, in words: why nothing comes back."""

from __future__ import annotations

import pytest

from smtplab.protocol.session import Session
from smtplab.protocol.smtp import State
from smtplab.protocol.waiting import waiting_for
from tests.talk import TO_STATE, talk


@pytest.mark.parametrize("state", State, ids=lambda state: state.name)
def test_every_state_has_words(state: State) -> None:
    assert waiting_for(state, b"")


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("GREETED", "HELO"),
        ("READY", "MAIL FROM"),
        ("MAIL", "RCPT TO"),
        ("RCPT", "DATA"),
        ("DATA", "CR LF . CR LF"),
        ("CLOSED", "over"),
    ],
)
def test_the_words_name_what_helps(state: str, word: str) -> None:
    assert word in talk().into(state).session.waiting


def test_a_session_that_was_not_greeted_waits_for_nothing_of_the_client() -> None:
    assert "about to greet" in Session().waiting


@pytest.mark.parametrize(
    ("said", "words"), [(b"HELO me", ['"HELO me"', "CR LF"]), (b"HELO me\r", ["LF", "only CR"]), (b"x" * 5000, ["..."])]
)
def test_a_line_without_its_end_is_told_with_what_is_missing(said: bytes, words: list[str]) -> None:
    session = talk()
    session.raw(said)
    assert all(word in session.session.waiting for word in words)
    assert len(session.session.waiting) < 200


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"", ["0 lines so far", "CR LF . CR LF"]),
        (b"one\r\n", ["1 line so far"]),
        (b"one\r\ntwo\r\n", ["2 lines so far"]),
        (b"one\r\n.", ["1 line so far", "not ended yet"]),
        (b"one\ntwo\n", ["0 lines so far", "not ended yet"]),
    ],
)
def test_in_mail_data_the_lines_are_counted_and_the_end_is_named(said: bytes, words: list[str]) -> None:
    session = talk().into("DATA")
    session.raw(said)
    assert all(word in session.session.waiting for word in words)


def test_every_state_that_a_session_reaches_is_told_differently() -> None:
    assert len({talk().into(state).session.waiting for state in TO_STATE}) == len(TO_STATE)
