"""What if: a recorded session said again to a new one, and something else after it."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from smtplab.net.replay import branch
from smtplab.net.server import Server
from smtplab.protocol.transcript import Transcript

SESSION_1 = (Path(__file__).parents[1] / "data/session-1.txt").read_text("utf-8")
LINES = (
    b"HELO me", b"MAIL FROM:<a@example.org>", b"RCPT TO:<bob@example.com>", b"DATA",
    b"Subject: x\r\n\r\nhello\r\n.", b"QUIT",
)  # fmt: skip

pytestmark = pytest.mark.usefixtures("transport")
TIMEOUT_S = 5


@pytest.fixture
def server(transport: str) -> Iterator[Server]:
    with Server() as made:
        yield made


def said_to(server: Server, *lines: bytes) -> Transcript:
    """The record of a session of these lines."""
    with socket.create_connection(server.address, timeout=TIMEOUT_S) as sock:
        sock.recv(4096)
        for line in lines:
            sock.sendall(line + b"\r\n")
            sock.recv(4096)
    return server.sessions[-1]


def texts(transcript: Transcript) -> list[str]:
    return transcript.text().split("\n")


@pytest.mark.parametrize("position", range(14))
def test_at_each_step_the_new_session_is_as_the_old_one_so_far(server: Server, position: int) -> None:
    old = said_to(server, *LINES)
    made = branch(old, position, ["NOOP"], server)
    assert made.why_not == ""
    assert made.at == position
    assert texts(made.transcript)[:position] == texts(old)[:position]
    assert "C: NOOP" in texts(made.transcript)[position:]
    assert len(server.sessions) == 2


def test_something_else_earns_what_this_server_answers(server: Server) -> None:
    old = said_to(server, *LINES)
    made = branch(old, 5, ["RCPT TO:<nobody@example.com>", b"DATA\r\n"], server)
    assert [step.text[:3] for step in made.transcript.steps[5:]] == ["RCP", "550", "DAT", "503"]


def test_lines_said_in_mail_data_are_mail_data(server: Server) -> None:
    old = said_to(server, *LINES)
    made = branch(old, 12, ["another line", "."], server)
    assert made.transcript.steps[-1].exchange.reply is not None
    assert made.transcript.state.name == "READY"
    assert b"hello\r\nanother line\r\n" in server.mailbox[-1].raw


def test_without_a_server_one_with_the_same_words_is_started_and_stopped() -> None:
    old = Transcript.parse(SESSION_1)
    made = branch(old, 7, ["RCPT TO:<nobody@example.com>"])
    assert made.why_not == ""
    assert texts(made.transcript)[:7] == texts(old)[:7]
    assert made.transcript.steps[-1].text.startswith("550")


def test_a_strict_servers_session_finds_a_strict_server() -> None:
    with Server(strict=True) as strict:
        old = said_to(strict, b"HELO me", b"MAIL FROM: <a@example.org>")
    assert old.steps[-1].text.startswith("501")
    made = branch(old, 5, ["MAIL FROM:<a@example.org>"])
    assert made.why_not == ""
    assert made.transcript.steps[-1].text.startswith("250")


def test_where_another_code_comes_it_says_at_which_line_and_goes_no_further(server: Server) -> None:
    old = said_to(server, b"HELO me", b"MAIL FROM:<a@example.org>", b"RCPT TO:<grey@example.com>", b"RSET")
    made = branch(old, 9, ["NOOP"], server)
    assert "At line 7 the server answered 250 this time, not 450" in made.why_not
    assert "NOOP" not in made.transcript.text()


def test_a_foreign_servers_session_is_not_made_up() -> None:
    old = Transcript.parse("S: 220 mx.example.net\nC: EHLO me\nS: 250 mx.example.net\nC: VRFY bob\nS: 250 Bob\n")
    made = branch(old, 5, ["NOOP"])
    assert "not 250" in made.why_not and "the session was with another" in made.why_not


def test_a_masked_password_is_not_said() -> None:
    old = Transcript.parse(
        "S: 220 mail.example.com\nC: EHLO me\nS: 250-mail.example.com\nS: 250 AUTH PLAIN\nC: AUTH PLAIN ********\nS: 235 ok\n"
    )
    assert "Line 4 holds a password that was masked" in branch(old, 5, ["NOOP"]).why_not
    assert branch(old, 3, ["NOOP"]).why_not == ""


@pytest.mark.parametrize(
    ("old", "position", "why"),
    [
        (Transcript.parse(SESSION_1), 15, "The session is over here"),
        (Transcript.parse(SESSION_1)[5:], 2, "This is an excerpt"),
        (Transcript.parse("S: 220 x\nS: 421 x\nC: NOOP\nS: 250 x\n"), 2, "is over here|came by itself"),
    ],
)
def test_what_cannot_be_said_again_says_why(old: Transcript, position: int, why: str) -> None:
    made = branch(old, position, ["NOOP"])
    assert re.search(why, made.why_not)
    assert len(made.transcript) == 0


def test_lines_without_replies_can_be_said_to_a_server_to_see_what_comes() -> None:
    old = Transcript.parse("C: HELO me\nC: MAIL FROM:<a@example.org>\nC: QUIT\n")
    made = branch(old, 3, [])
    assert made.why_not == ""
    assert [step.text[:3] for step in made.transcript if step.direction == "S"] == ["220", "250", "250", "221"]


def test_a_server_that_is_silent_costs_no_more_than_the_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        made = branch(Transcript.parse(SESSION_1), 3, ["NOOP"], silent.getsockname()[:2], timeout=0.3)
        assert time.monotonic() - began < 2
    assert "no reply came in time where line 1 answered" in made.why_not


def test_a_server_that_is_gone_is_told_and_not_raised(server: Server) -> None:
    old = said_to(server, b"HELO me")
    server.stop()
    assert "Nobody listens there" in branch(old, 3, ["NOOP"], server, timeout=1).why_not


def test_a_long_session_is_said_again_within_the_limit(server: Server) -> None:
    with socket.create_connection(server.address, timeout=TIMEOUT_S) as sock:
        sock.sendall(b"HELO me\r\n" + b"NOOP\r\n" * 2000 + b"QUIT\r\n")
        while sock.recv(65536):
            pass
    made = branch(server.sessions[-1], 4000, ["VRFY bob"], server)
    assert made.why_not == ""
    assert made.transcript.steps[-1].text.startswith("252")
