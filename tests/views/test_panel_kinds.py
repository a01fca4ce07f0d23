"""Panels by their kind: every one, in a page, in words, in a static form and as a picture, over any session."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from smtplab.protocol.replies import Reply
from smtplab.protocol.session import Session
from smtplab.protocol.transcript import Transcript
from smtplab.views import alone, codes, explored, explorer, panels
from smtplab.views.plainly import words
from tests.views import samples
from tests.views.marks import Page

SAMPLES = samples.all_samples()
WIDGETS = Path(__file__).parents[2] / "smtplab/widgets"
CSS = "".join((WIDGETS / name).read_text(encoding="utf-8") for name in ("smtplab.css", "panels.css"))
DROPPED = re.compile(r"<style|<svg|<script|\sclass=|\sstyle=|\son\w+=", re.IGNORECASE)
"""What a notebook that is not trusted loses, or must not have."""


def at(of: Transcript) -> list[int]:
    return sorted({0, len(of) // 2, len(of)})


@pytest.mark.parametrize("kind", panels.KINDS)
@pytest.mark.parametrize("name", SAMPLES)
def test_every_kind_shows_any_session_in_every_form(name: str, kind: str) -> None:
    of = SAMPLES[name]
    for position in at(of):
        Page(panels.shown(kind, of, position).shell)
        assert panels.plain(kind, of, position).strip()
        static = panels.static_form(kind, of, position, CSS)
        Page(static)
        assert not DROPPED.search(re.sub(r"<pre>.*?</pre>", "", static, flags=re.DOTALL))
        ElementTree.fromstring(panels.svg(kind, of, position, CSS))


@pytest.mark.parametrize("kind", panels.KINDS)
@pytest.mark.parametrize("number", range(len(samples.CANARIES)))
def test_hostile_text_reaches_no_form_as_it_stands(kind: str, number: int) -> None:
    of = SAMPLES[f"hostile {number}"]
    for position in range(len(of) + 1):
        page = panels.page(panels.shown(kind, of, position), "a panel", "", "")
        static, picture = panels.static_form(kind, of, position, CSS), panels.svg(kind, of, position, CSS)
        for markup in (page, static, picture):
            assert "<script>alert" not in markup and "<img src=x" not in markup and "</pre></code>" not in markup
        for text in (page, static, picture, panels.plain(kind, of, position)):
            assert not any(mark in text for mark in "\u202e\u2066\u2069\x07\x1b")


@pytest.mark.parametrize("kind", panels.KINDS)
def test_clock_and_tcp_change_neither_words_nor_static_form(kind: str) -> None:
    def said(pieces: list[bytes], second: float) -> Transcript:
        session = Session()
        session.connect()
        for number, piece in enumerate(pieces):
            session.receive(piece, at=number * second)
            session.data_to_send()
        return session.transcript()

    slow, fast = said([b"HE", b"LO a\r\n", b"NOOP\r\n"], 1.0), said([b"HELO a\r\nNOOP\r\n"], 0.0)
    assert panels.plain(kind, slow, len(slow)) == panels.plain(kind, fast, len(fast))
    assert panels.static_form(kind, slow, len(slow), CSS) == panels.static_form(kind, fast, len(fast), CSS)


def test_a_static_picture_is_an_svg_with_its_colours_inside() -> None:
    of = SAMPLES["session 1"]
    for kind in ("diagram", "ladder"):
        found = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', panels.static_form(kind, of, 7, CSS))
        assert found
        drawn = base64.b64decode(found[1]).decode()
        assert "--sl-ink:#16191d" in drawn and "var(--jp" not in drawn and "<script" not in drawn
        assert "is-now" in drawn, "the step is lit in the picture"


def test_the_rules_of_a_picture_are_those_of_its_section_alone() -> None:
    kept = alone.rules(CSS, "diagram")
    assert ".sl-diagram .line" in kept and ".sl-transcript" not in kept and "@" not in kept


@pytest.mark.parametrize("kind", panels.KINDS)
def test_no_static_form_or_picture_grows_with_the_session(kind: str) -> None:
    of = samples.many_lines(1200)
    assert len(panels.static_form(kind, of, 600, CSS)) < 80_000
    assert len(panels.svg(kind, of, 600, CSS)) < 60_000


def test_the_octets_are_told_as_hex_and_as_characters() -> None:
    told = panels.plain("wire", SAMPLES["session 1"], 1)
    assert "0000  32 32 30 20" in told and "220 " in told and "server to client" in told


def test_a_masked_password_is_in_no_form_of_its_octets() -> None:
    of = SAMPLES["extended"]
    for position in range(len(of) + 1):
        told = panels.plain("wire", of, position) + panels.static_form("wire", of, position, CSS)
        assert "c2VjcmV0" not in told and "63 32 56 6a" not in told


def test_the_moves_are_told_for_the_state_that_the_session_is_in() -> None:
    told = panels.plain("moves", SAMPLES["session 1"], 5)
    assert re.search(r"RCPT TO:<recipient> +250 +adds a recipient", told)
    assert re.search(r"DATA +503 +no recipient", told)


def test_an_unknown_kind_is_refused_with_the_kinds_there_are() -> None:
    with pytest.raises(
        ValueError, match="diagram, ladder, reply, wire, envelope, maildrop, moves, transcript, cuts, mailbox"
    ):
        panels.checked("sequence")


def test_words_keep_rows_apart_and_leave_drawings_out() -> None:
    markup = "<table><tr><td>a</td><td><svg><text>no</text></svg>b</td></tr><tr><td>c</td></tr></table><p>d &amp; e</p>"
    assert words(markup) == "a  b\nc\nd & e"


def test_the_current_line_of_a_list_is_one_and_the_lines_before_it_are_past() -> None:
    drawn = panels.listed(SAMPLES["session 1"], 7)
    assert drawn.count('aria-current="step" data-p="7"') == 1 == drawn.count("aria-current")
    assert drawn.count("is-past") == 7


# ------------------------------------------------------------------------------------------------------ explorers
def test_everything_that_can_be_chosen_has_words_and_light() -> None:
    choice = explored.shown("state:READY").choices["mark"]
    assert set(choice["frags"]) == set(choice["told"]) == set(choice["wears"]) == set(explorer.names())
    assert set(choice["as"].values()) <= set(choice["frags"])


def test_every_label_of_the_diagram_chooses_its_arrow() -> None:
    choice = explored.shown("state:READY").choices["mark"]
    labels = {mark for mark in Page(explorer.explorer()).all("data-mark") if mark.startswith("label:")}
    assert labels and labels <= set(choice["as"])


def test_every_code_and_every_filter_has_words() -> None:
    choices = explored.shown_codes("all", 250).choices
    assert set(choices["code"]["told"]) == {str(code) for code in codes.details()}
    assert set(choices["filter"]["lit"]) == set(codes.filters())
    assert "450" in choices["filter"]["told"]["then:try later"]


def test_a_way_that_a_server_refuses_is_told_with_its_code() -> None:
    way = explored.hops("state:AUTH")
    said = Transcript.parse("S: 220 a\nC: EHLO a\nS: 250 a\nC: AUTH LOGIN\nS: 502 no\n")
    told = explored.outcome(way, said)
    assert "answered 502 to AUTH" in told and "ready, not in auth" in told


def test_a_way_that_leads_there_is_told_so() -> None:
    said = Transcript.parse("S: 220 a\nC: EHLO a\nS: 250 a\nC: MAIL FROM:<a@example.com>\nS: 250 ok\n")
    assert "really leads there" in explored.outcome(explored.hops("state:MAIL"), said)
    assert Reply(250, "ok").code == said.exchanges[-1].reply.code


def test_nothing_is_said_for_what_a_client_cannot_bring_about() -> None:
    for mark in ("state:CONNECTED", "state:REFUSED", "edge:shut", "edge:refuse"):
        assert explored.hops(mark) == ()


@pytest.mark.parametrize("name, mark", [("mail", "state:MAIL"), ("edge:end", "edge:end"), ("state:TLS", "state:TLS")])
def test_what_is_named_is_found(name: str, mark: str) -> None:
    assert explored.checked(name) == mark


def test_what_is_not_there_is_refused_with_the_states_there_are() -> None:
    with pytest.raises(ValueError, match="CONNECTED, GREETED, READY"):
        explored.checked("sending")
