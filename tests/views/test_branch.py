"""What if, and a server that is followed, as text: what stands beside the session."""

from __future__ import annotations

import pathlib
import re

import pytest

from smtplab.protocol.transcript import Transcript
from smtplab.views import branch, live, transcript
from smtplab.views.branch import Fork
from smtplab.views.live import Live
from smtplab.views.moments import moments
from smtplab.views.stepper import Around, document

MAIN = Transcript.parse((pathlib.Path(__file__).parents[1] / "data/session-1.txt").read_text())
OTHER = Transcript.parse(
    "\n".join(MAIN.text().split("\n")[:5])
    + "\nC: RCPT TO:<nobody@example.com>\nS: 550 nobody@example.com User unknown\n"
)
FORK = Fork(MAIN, 5, "RCPT TO:<nobody@example.com>")


def test_both_have_the_lines_before_once_and_their_own_beside_each_other() -> None:
    drawn = branch.beside(moments(OTHER), FORK)
    both, left, right = drawn.split('<p class="cap">')
    assert both.count("<li") == 5
    assert left.count("<li") == len(MAIN) - 5 and "Recipient ok" in left
    assert right.count("<li") == 2 and "User unknown" in right


def test_a_page_steps_through_the_branch_and_not_through_what_is_beside_it() -> None:
    drawn = branch.beside(moments(OTHER), FORK)
    assert re.findall(r'data-p="(\d+)"', drawn) == [str(n) for n in range(1, len(OTHER) + 1)]


def test_the_stepper_of_a_branch_says_what_was_said_and_how_to_leave() -> None:
    shell = document(OTHER, around=Around(asks=True, fork=FORK)).shell
    assert "after line 5" in shell and "Back to the session" in shell and "Side by side" in shell
    assert 'Say something else <input type="text"' in shell
    assert "Say something else" not in document(OTHER).shell


def test_what_was_said_instead_is_escaped() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    assert hostile not in branch.bar(Fork(MAIN, 5, hostile))
    assert "&lt;img" in branch.bar(Fork(MAIN, 5, hostile))


def test_much_that_is_beside_a_branch_is_counted() -> None:
    long = Transcript.parse("S: 220 x\nC: EHLO me\nS: 250 x\n" + "C: NOOP\nS: 250 ok\n" * 200)
    assert "and 202 more lines" in branch.beside(moments(long[:3]), Fork(long, 1))


@pytest.mark.parametrize("count", [1, 200, 201, 1000])
def test_a_long_transcript_is_cut_into_lists_that_lose_no_line(count: int) -> None:
    text = "S: 220 x\n" + "C: NOOP\nS: 250 ok\n" * ((count - 1) // 2) + ("C: NOOP\n" if count % 2 == 0 else "")
    drawn = transcript.transcript(Transcript.parse(text))
    assert re.findall(r'data-p="(\d+)"', drawn) == [str(n) for n in range(1, count + 1)]
    assert drawn.count("<ol") == (1 if count <= 200 else -(-count // 100))


def test_the_row_of_a_server_names_its_sessions_the_newest_first() -> None:
    row = live.bar(Live(2, 2, [(1, "CLOSED", False), (2, "RCPT", True)]))
    assert re.findall(r">([^<]+)</option>", row) == ["the newest, 2", "2: rcpt, open", "1: closed, over"]
    assert '<option value="2" selected>' in row
    assert 'data-act="latest"' in row


def test_a_server_nobody_has_talked_to_says_what_to_do() -> None:
    drawn = document(Transcript(), around=Around(live=Live()))
    assert "Nobody has talked to this server yet" in drawn.steps[0]["frags"]["narration"]
    assert "create_connection" in live.plain()
