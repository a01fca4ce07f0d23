"""Sessions typed from the standards, as text: what is said, the code that must come, the state that it must lead to.

The files in `transcripts/` are the tests. `C:` is a line of the client (lines without a reply between them are one
delivery), `S: 250 [READY]` the code and the state after it; `# key: value` sets the server up; `stored:` lists what
was taken over, all of it; `closed` says that the server hangs up. Each file is tried on a session, and on an
observer that hears both ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from smtplab.protocol.manners import LENIENT, manners
from smtplab.protocol.message import Message, StoreFailed
from smtplab.protocol.observer import Observer
from smtplab.protocol.replies import Reply
from tests.talk import talk, whole_replies

FILES = sorted(Path(__file__).with_name("transcripts").glob("*.txt"))
_REPLY = re.compile(r"S: (\d{3}) \[([A-Z]+)\]")
HAPPENINGS = ("timeout", "shutdown", "eof [CLOSED]", "handshake [GREETED]", "no handshake [CLOSED]")
_MANY = re.compile(r"C: (\d+) x")


@dataclass
class Turn:
    """What the client does in one delivery, and the (code, state) that must follow."""

    does: str = "say"
    octets: bytes = b""
    answers: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class Script:
    settings: dict[str, Any] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=lambda: [Turn("connect")])
    stored: list[str] = field(default_factory=list)
    closed: bool = False


def _fails(_: Message) -> None:
    raise StoreFailed("the disk is gone")


def _is_full(_: Message) -> None:
    raise StoreFailed("no room", full=True)


def _set_up(script: Script, note: str) -> None:
    key, _, value = note.removeprefix("#").strip().partition(":")
    now = script.settings.get("manners", LENIENT)
    if key == "domains":
        script.settings["manners"] = replace(now, domains=tuple(value.split()))
    elif key == "tells names":
        script.settings["manners"] = replace(now, tells_names=True)
    elif key == "max size":
        script.settings["manners"] = replace(now, max_size=int(value))
    elif key == "offering":
        script.settings["manners"] = now.offering(*value.split())
    elif key == "in the clear":
        script.settings["manners"] = replace(now, auth_in_clear=True)
    elif key == "without":
        script.settings["manners"] = now.without(*value.split())
    elif key == "manners":
        script.settings["manners"] = manners(value.strip())
    elif key in ("store fails", "store full"):
        script.settings["store"] = _fails if key == "store fails" else _is_full
    else:
        assert key.startswith("RFC ") or key == "", f"what does {note!r} mean?"


def read(text: str) -> Script:
    script = Script()
    for line in text.splitlines():
        turn = script.turns[-1]
        if line.startswith("#"):
            _set_up(script, line)
        elif found := _REPLY.fullmatch(line):
            turn.answers.append((int(found[1]), found[2]))
        elif line.startswith("C:"):
            if turn.answers or turn.does != "say":
                script.turns.append(turn := Turn())
            many = _MANY.fullmatch(line)
            said = "x" * int(many[1]) if many else line.removeprefix("C:").removeprefix(" ")
            turn.octets += said.encode() + b"\r\n"
        elif line.startswith("stored: "):
            script.stored.append(line.removeprefix("stored: "))
        elif line == "closed":
            script.closed = True
        else:
            assert line in HAPPENINGS, f"what does {line!r} mean?"
            script.turns.append(Turn(line.partition(" [")[0]))
    return script


SCRIPTS = {path.stem: read(path.read_text("utf-8")) for path in FILES}


def test_there_are_enough_of_them_and_each_names_its_section() -> None:
    assert len(FILES) >= 25
    assert all(re.match(r"# RFC \d+ §[A-Z0-9.]+", path.read_text("utf-8")) for path in FILES)


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_server_answers_as_typed(name: str) -> None:
    script = SCRIPTS[name]
    spoken = talk(**script.settings)
    session, seen = spoken.session, 0
    for turn in script.turns:
        if turn.does == "timeout":
            session.timed_out()
        elif turn.does == "shutdown":
            session.shut_down()
        elif turn.does == "eof":
            session.receive_eof()
        elif turn.does.endswith("handshake"):
            session.handshake(turn.does == "handshake")
        answered = spoken.heard if turn.does == "connect" else spoken.raw(turn.octets)
        assert [Reply.parse(raw).code for raw in whole_replies(answered)] == [code for code, _ in turn.answers]
        answers = [exchange for exchange in session.transcript().exchanges if exchange.reply is not None]
        assert [exchange.after.name for exchange in answers[seen:]] == [state for _, state in turn.answers]
        seen = len(answers)
    last = next((turn.answers[-1][1] for turn in reversed(script.turns) if turn.answers), "")
    assert spoken.state == ("CLOSED" if script.closed else last)
    assert session.is_closing == script.closed
    assert [_named(message) for message in spoken.stored] == script.stored


def _named(message: Message) -> str:
    to = " ".join(f"<{path}>" for path in message.envelope.forward_paths)
    return f"<{message.envelope.reverse_path}> to {to}"


def _reply(code: int, said: bytes) -> bytes:
    """A server's words for a code; to EHLO it offers chunks, without which an observer takes none for octets."""
    return b"250-so\r\n250 CHUNKING\r\n" if said[:4] == b"EHLO" and code == 250 else b"%d so\r\n" % code


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_observer_names_the_typed_state_after_every_reply(name: str) -> None:
    observer = Observer()
    state = "CONNECTED"
    for turn in SCRIPTS[name].turns:
        observer.client(turn.octets)
        assert observer.state.name == state, "a command alone moved it"
        if turn.does == "eof":
            observer.client_eof()
            assert observer.state.name == "CLOSED"
        if turn.does.endswith("handshake"):
            observer.handshake(turn.does == "handshake")
            state = "GREETED" if turn.does == "handshake" else "CLOSED"
            assert observer.state.name == state
        for code, state in turn.answers:
            observer.server(_reply(code, turn.octets))
            assert observer.state.name == state
