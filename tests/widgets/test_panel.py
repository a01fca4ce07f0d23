"""Panels and comparisons without a kernel: what they take, what they say in words, what they hand out, how they end."""

import gzip
import json
import pathlib
import re
import types
from typing import Any
from xml.etree import ElementTree

import ipywidgets
import pytest

from smtplab import recorded
from smtplab.net.server import Server
from smtplab.protocol.manners import LENIENT, STRICT
from smtplab.protocol.message import Envelope, Message
from smtplab.protocol.persona import persona as persona_named
from smtplab.protocol.session import Session
from smtplab.protocol.transcript import Transcript
from smtplab.views import panels
from smtplab.widgets.panel import Compare, Panel, Sheet
from tests.views import samples

LIVE = ipywidgets.widgets.widget._instances
VIEW = "application/vnd.jupyter.widget-view+json"
LETTER = Message(Envelope("a@example.com", ("b@example.com",)), b"Subject: one\r\n\r\nbody\r\n", b"")
OTHER = Message(Envelope("", ("c@example.com",)), b"Subject: two\r\n\r\nbody\r\n", b"")
REMOTE = r"""(src|href)=["']?(https?:)?//|url\(["']?https?:|@import|\bimport\s*[("'{]|fetch\("""


@pytest.fixture
def transcript() -> Transcript:
    return Transcript.parse(samples.SESSION_1)


def unpacked(sheet: Sheet) -> dict[str, Any]:
    """What the page unpacks."""
    return json.loads(gzip.decompress(sheet.packed))


@pytest.mark.parametrize("kind", panels.KINDS)
def test_every_kind_goes_out_live_in_words_and_static(transcript: Transcript, kind: str) -> None:
    panel = Panel(kind, transcript, step=7)
    data, _ = panel._repr_mimebundle_()
    assert data[VIEW]["model_id"] == panel.model_id
    assert data["text/plain"] and data["text/html"]
    assert f'data-kind="{kind}" data-step="7" data-state="RCPT"' in unpacked(panel)["shell"]


@pytest.mark.parametrize("kind", panels.KINDS)
def test_the_same_session_gives_the_same_bytes_every_time(kind: str) -> None:
    one, other = (Panel(kind, Transcript.parse(samples.MESSY)) for _ in range(2))
    assert one.packed == other.packed
    first, again = (panel._repr_mimebundle_()[0] for panel in (one, other))
    assert first["text/plain"] == again["text/plain"] and first["text/html"] == again["text/html"]


def test_without_a_step_the_last_is_shown(transcript: Transcript) -> None:
    assert Panel("reply", transcript).plain() == Panel("reply", transcript, step=len(transcript)).plain()
    assert Panel("reply", transcript).plain() != Panel("reply", transcript, step=7).plain()


def test_it_takes_a_server_and_a_dialled_socket(transcript: Transcript) -> None:
    server = types.SimpleNamespace(sessions=[Transcript(), transcript])
    assert Panel("transcript", server).transcript is transcript
    assert Panel("transcript", types.SimpleNamespace(transcript=transcript)).transcript is transcript


def test_an_unknown_kind_is_refused_with_the_kinds_there_are(transcript: Transcript) -> None:
    with pytest.raises(ValueError, match="no panel 'wires'.*diagram, ladder.*mailbox"):
        Panel("wires", transcript)


@pytest.mark.parametrize("step", [16, -1])
def test_a_step_that_there_is_not_is_refused_with_those_there_are(transcript: Transcript, step: int) -> None:
    with pytest.raises(IndexError, match="there are 15 steps. Say 0 to 15"):
        Panel("reply", transcript, step=step)


def test_a_step_that_is_no_number_is_refused(transcript: Transcript) -> None:
    with pytest.raises(TypeError, match="whole number from 0 to 15"):
        Panel("reply", transcript, step="7")  # type: ignore[arg-type]


def test_a_mailbox_opens_the_last_message_or_the_one_named() -> None:
    assert "> " in Panel("mailbox", [LETTER, OTHER]).plain()
    assert ">  2" in Panel("mailbox", [LETTER, OTHER]).plain()
    assert ">  1" in Panel("mailbox", [LETTER, OTHER], step=1).plain()
    assert set(unpacked(Panel("mailbox", [LETTER, OTHER]))["choices"]["open"]["frags"]) == {"0", "1"}


def test_an_empty_mailbox_says_so() -> None:
    panel = Panel("mailbox", [])
    assert "No message has been accepted yet." in panel.plain() and unpacked(panel)["choices"] == {}


def test_a_mailbox_is_taken_from_a_server_and_anything_else_refused(transcript: Transcript) -> None:
    with Server() as server:
        assert "No message" in Panel("mailbox", server).plain()
    with pytest.raises(TypeError, match=r"Panel\('mailbox', server\)"):
        Panel("mailbox", transcript)


def test_two_sessions_are_compared_under_their_names(transcript: Transcript) -> None:
    both = Compare(transcript, Transcript.parse(samples.SESSION_2), names=("one", "two"))
    data, _ = both._repr_mimebundle_()
    assert data["text/plain"].startswith("one | two")
    assert data["text/plain"].split("\n")[1] in data["text/html"]
    assert "<b>one</b>" in unpacked(both)["shell"]


def said_to(server: Session, *lines: bytes) -> Transcript:
    """What comes of saying these lines to a server."""
    server.connect()
    for line in lines:
        server.receive(line)
        server.data_to_send()
    return server.transcript()


def test_strict_and_lenient_part_at_the_bare_lf() -> None:
    lines = (b"HELO a.example.com\r\n", b"NOOP\n", b"QUIT\r\n")
    both = Compare(
        said_to(Session(manners=STRICT), *lines), said_to(Session(manners=LENIENT), *lines), ("strict", "lenient")
    )
    assert "! 500 250  NOOP" in both.plain()
    assert both.plain().split("\n")[1].startswith("They part")


def test_two_personas_are_one_to_a_program() -> None:
    lines = (b"HELO a.example.com\r\n", b"NOOP\r\n", b"QUIT\r\n")
    one, other = (Session(persona=persona_named(name)) for name in ("modern", "sendmail-8.9.2"))
    told = Compare(said_to(one, *lines), said_to(other, *lines), ("modern", "sendmail-8.9.2")).plain()
    assert "to a program the two are one" in told


@pytest.mark.parametrize("kind", [*panels.KINDS, "mailbox"])
def test_it_is_handed_out_as_picture_page_and_text(transcript: Transcript, kind: str, tmp_path: pathlib.Path) -> None:
    panel = Panel(kind, [LETTER] if kind == "mailbox" else transcript)
    panel.save_svg(tmp_path / "a.svg")
    panel.save_png(tmp_path / "a.png")
    panel.save_html(tmp_path / "a.html")
    panel.save_text(tmp_path / "a.txt")
    ElementTree.parse(tmp_path / "a.svg")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == panel.plain() + "\n"
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "choosing(" in page and ".smtplab" in page and not re.search(REMOTE, page)


def test_closing_takes_the_layout_as_well(transcript: Transcript) -> None:
    before = len(LIVE)
    Panel("wire", transcript).close()
    Compare(transcript, transcript).close()
    assert len(LIVE) == before


@pytest.mark.parametrize("number", range(len(samples.CANARIES)))
def test_hostile_letters_are_escaped_wherever_they_go(number: int) -> None:
    canary = samples.CANARIES[number]
    letter = Message(
        Envelope(canary, (canary,)), f"Subject: {canary}\r\nFrom: {canary}\r\n\r\n{canary}\r\n".encode(), b""
    )
    panel = Panel("mailbox", [letter])
    drawn = unpacked(panel)
    for markup in (drawn["shell"], *drawn["choices"]["open"]["frags"].values(), panel.static(), panel.picture()):
        assert "<script>alert" not in markup and "<img src=x" not in markup and "</pre></code>" not in markup
    assert not any(mark in panel.plain() for mark in "\u202e\u2066\u2069\x07\x1b")


def test_many_sessions_are_compared_by_name(transcript: Transcript, tmp_path: pathlib.Path) -> None:
    both = Compare(recorded(script="line-513"))
    data, _ = both._repr_mimebundle_()
    assert "postfix" in data["text/plain"] and data["text/plain"].splitlines()[0] in data["text/html"]
    assert "sl-answers" in unpacked(both)["shell"]
    both.save_svg(tmp_path / "a.svg")
    ElementTree.parse(tmp_path / "a.svg")
    assert repr(Compare({"one": transcript, "two": transcript})) == "<Compare 'one | two'>"


def test_one_session_alone_is_not_compared(transcript: Transcript) -> None:
    with pytest.raises(TypeError, match=r"Compare\(a, b\), or several by name"):
        Compare(transcript)
    with pytest.raises(ValueError, match="2 to 12 sessions"):
        Compare({"one": transcript})
