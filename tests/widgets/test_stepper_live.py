"""A stepper that follows a server, and one that is asked for something else, without a page: what they would send it."""

from __future__ import annotations

import gc
import gzip
import itertools
import json
import pathlib
import socket
import threading
import types
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from smtplab.net.server import Server
from smtplab.protocol.transcript import Transcript
from smtplab.widgets import following
from smtplab.widgets.stepper import Stepper
from tests.transports import ON_TCP

pytestmark = pytest.mark.usefixtures("transport")

SESSION_1 = (pathlib.Path(__file__).parents[1] / "data/session-1.txt").read_text()
TIMEOUT_S = 5


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        yield made


class Shown:
    """What a page would show of a stepper, and a wait for it."""

    def __init__(self, stepper: Stepper) -> None:
        self.stepper = stepper
        self._changed = threading.Condition()
        stepper.observe(self._note, ["packed", "branched", "news", "told"])

    def _note(self, _change: object) -> None:
        with self._changed:
            self._changed.notify_all()

    def steps(self) -> int:
        return page(self.stepper.packed)["n"]

    def until_steps(self, wanted: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.steps() == wanted, TIMEOUT_S), self.steps()

    def until_news(self) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.stepper.news > 0, TIMEOUT_S)


def page(packed: bytes) -> dict[str, Any]:
    return json.loads(gzip.decompress(packed))


def states(packed: bytes) -> list[str]:
    drawn = page(packed)
    return [drawn["strings"][number] for number in itertools.accumulate(drawn["state"])]


def talk(server: Server, *lines: bytes) -> socket.socket:
    sock = socket.create_connection(server.address, timeout=TIMEOUT_S)
    sock.recv(4096)
    for line in lines:
        sock.sendall(line + b"\r\n")
        sock.recv(4096)
    return sock


# ------------------------------------------------------------------------------------------------------- live
def test_before_the_first_session_it_says_what_to_do(server: Server) -> None:
    stepper = Stepper(server)
    assert "Nobody has talked to this server yet" in stepper.plain()
    assert "create_connection(server.address" in stepper.plain()
    assert "Nobody has talked to this server yet" in page(stepper.packed)["shell"]
    assert str(server.address[1]) not in stepper.plain() + stepper.static()


def test_it_follows_what_others_say_as_it_happens(server: Server) -> None:
    shown = Shown(Stepper(server))
    with talk(server) as sock:
        shown.until_steps(1)
        sock.sendall(b"HELO me\r\n")
        shown.until_steps(3)
        assert states(shown.stepper.packed)[-1] == "READY"
    assert "HELO me" in shown.stepper.plain()


def test_it_shows_the_session_that_was_picked_and_the_newest_again(server: Server) -> None:
    with talk(server, b"HELO first"), talk(server, b"EHLO second", b"NOOP"):
        stepper = Stepper(server)
        assert "EHLO second" in stepper.plain()
        stepper._hear(stepper, {"do": "pick", "session": 1}, None)
        assert "HELO first" in stepper.plain()
        assert '<option value="1" selected>1: ready, open</option>' in page(stepper.packed)["shell"]
        stepper.pick(0)
        assert "EHLO second" in stepper.plain()


def test_a_long_session_is_told_of_and_drawn_when_the_page_asks(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smtplab.widgets.stepper.AT_ONCE", 9)
    assert following.AT_ONCE == 400
    shown = Shown(Stepper(server))
    with talk(server, b"HELO me") as sock:
        shown.until_steps(3)
        sock.sendall(b"NOOP\r\n" * 10)
        shown.until_news()
        assert shown.steps() == 3
        shown.stepper._hear(shown.stepper, {"do": "draw"}, None)
        shown.until_steps(23)


@ON_TCP  # in memory the thread that says something draws too
def test_the_server_never_waits_for_whoever_holds_the_stepper(server: Server) -> None:
    shown = Shown(Stepper(server))
    with shown.stepper._following.alone():
        with talk(server, b"HELO me") as sock:  # answered, though the stepper cannot be drawn
            sock.sendall(b"NOOP\r\n")
            assert sock.recv(100).startswith(b"250")
            assert len(server.sessions[-1]) == 5
        assert shown.steps() == 0
    shown.until_steps(5)  # drawn once it was let go, by whoever held it or by the server


def test_a_closed_one_is_told_nothing_and_one_shown_again_follows_again(server: Server) -> None:
    stepper = Stepper(server)
    watchers = server._engine.watchers
    assert len(watchers) == 1
    stepper.close()
    assert len(watchers) == 0
    with talk(server, b"HELO me"):
        stepper._repr_mimebundle_()
        assert len(watchers) == 1
        assert page(stepper.packed)["n"] == 3
    stepper.close()


def test_a_forgotten_one_leaves_no_watcher_and_keeps_no_server() -> None:
    server = Server()
    alive, engine = weakref.ref(server), server._engine
    stepper = Stepper(server)
    gone = weakref.ref(stepper)
    stepper.close()
    del stepper, server
    gc.collect()
    assert gone() is None and alive() is None
    assert len(engine.watchers) == 0


def test_it_starts_no_thread(server: Server) -> None:
    before = threading.active_count()
    Stepper(server).close()
    assert threading.active_count() == before


def test_what_has_sessions_and_cannot_be_watched_is_shown_as_it_stands() -> None:
    said = Transcript.parse(SESSION_1)
    assert Stepper(types.SimpleNamespace(sessions=[said])).transcript is said
    assert len(Stepper(types.SimpleNamespace(sessions=[])).transcript) == 0


# ---------------------------------------------------------------------------------------------------- what if
def test_something_else_is_drawn_beside_the_session(server: Server) -> None:
    stepper = Stepper(Transcript.parse(SESSION_1))
    before = stepper.packed
    stepper._hear(stepper, {"do": "else", "at": 5, "line": "RCPT TO:<nobody@example.com>"}, None)
    assert states(stepper.branched)[-3:] == ["MAIL", "MAIL", "MAIL"]
    assert stepper.branch is not None and stepper.branch.steps[-1].text.startswith("550")
    assert "Enter mail, end" in page(stepper.branched)["shell"]
    assert stepper.packed == before and stepper.told["why"] == ""
    stepper._hear(stepper, {"do": "leave"}, None)
    assert stepper.branched == b"" and stepper.branch is None


def test_where_it_cannot_go_there_the_status_line_says_why() -> None:
    stepper = Stepper(Transcript.parse(SESSION_1))
    stepper.say_else(15, "NOOP")
    assert "The session is over here" in stepper.told["why"]
    again = stepper.told["count"]
    stepper.say_else(15, "NOOP")
    assert stepper.told["count"] == again + 1
    assert stepper.branched == b""


def test_a_branch_of_a_branch_stands_beside_the_same_session() -> None:
    stepper = Stepper(Transcript.parse(SESSION_1))
    stepper.say_else(5, "RCPT TO:<bob@example.com>")
    stepper.say_else(7, "DATA")
    assert stepper._fork is not None and stepper._fork.at == 5
    assert stepper.branch is not None and stepper.branch.state.name == "DATA"
    assert "Enter mail, end" in page(stepper.branched)["shell"]


def test_trouble_of_any_kind_is_told_and_not_raised(server: Server) -> None:
    with talk(server, b"HELO me"):
        stepper = Stepper(server, timeout=1)
    server.stop()
    stepper.say_else(3, "NOOP")
    assert "Nobody listens there" in stepper.told["why"]


def test_what_is_no_message_of_ours_is_ignored() -> None:
    stepper = Stepper(Transcript.parse(SESSION_1))
    for message in ({}, {"do": "else"}, {"do": "else", "at": "5", "line": "x"}, {"do": "pick", "session": None}):
        stepper._hear(stepper, message, None)
    assert stepper.told == {} and stepper.branched == b""
