"""The forms that need nothing: the words of a session, and the picture that an untrusted notebook keeps."""

from __future__ import annotations

import base64
import re
from xml.etree import ElementTree

import pytest

from smtplab.protocol.transcript import Transcript
from smtplab.views.static import plain, static, svg
from tests.views import samples
from tests.views.marks import Page

SAMPLES = samples.all_samples()


def test_plain_has_every_line_and_the_state_after_each_reply() -> None:
    lines = plain(SAMPLES["session 1"]).split("\n")
    assert lines[0] == "SMTP session, 15 lines, state CLOSED."
    assert lines[2:4] == [
        "C: HELO user123.example.com",
        "S: 250 smtp.example.com Hello user123.example.com [10.0.0.100], pleased to meet you  -> READY",
    ]
    assert 'S: 354 Enter mail, end with "." on a line by itself  -> DATA' in lines
    assert [line.rpartition("-> ")[2] for line in lines if "-> " in line] == [
        "GREETED", "READY", "MAIL", "RCPT", "DATA", "READY", "CLOSED",
    ]  # fmt: skip


def test_plain_tells_a_refusal_by_the_state_that_stays() -> None:
    assert "S: 550 5.1.1 No such mailbox here  -> MAIL" in plain(SAMPLES["messy"])


def test_plain_without_replies_names_no_state() -> None:
    assert plain(SAMPLES["session 2"]).startswith("SMTP session, 14 lines, no replies, so no states.\nC: HELO")


def test_plain_and_static_have_neither_seconds_nor_ports() -> None:
    of = SAMPLES["session 1"]
    of = Transcript(of.exchanges, peer="127.0.0.1:54321")
    for exchange in of.exchanges:
        exchange.seconds_sent = exchange.seconds_replied = 0.987654
    for text in (plain(of), static(of)):
        assert "54321" not in text and "0.98" not in text and "987654" not in text


@pytest.mark.parametrize("name", SAMPLES)
def test_static_holds_only_what_an_untrusted_notebook_keeps(name: str) -> None:
    elements = Page(static(SAMPLES[name])).elements
    assert {tag for tag, _ in elements} == {"p", "b", "img", "pre"}
    image = dict(next(attrs for tag, attrs in elements if tag == "img"))
    assert image["alt"] and (image["src"] or "").startswith("data:image/svg+xml;base64,")
    picture = base64.b64decode((image["src"] or "").partition("base64,")[2]).decode()
    ElementTree.fromstring(picture)
    assert "class=" not in picture and "var(" not in picture and "<style" not in picture


def test_static_is_the_same_bytes_every_time() -> None:
    again = Transcript.parse(samples.MESSY)
    assert static(SAMPLES["messy"]) == static(again)


def test_the_picture_in_words_names_the_states_and_their_lines() -> None:
    (alt,) = Page(static(SAMPLES["session 1"])).all("alt")
    assert alt.endswith("connected, greeted (1), ready (3), mail (5), rcpt (7), data (9), ready (13), closed (15).")


def test_the_static_form_of_a_very_long_session_is_its_two_ends() -> None:
    text = static(samples.many_lines(2_000))
    assert len(text) < 40_000 and "lines ..." in text
    assert plain(samples.many_lines(2_000)).count("\n") > 1_999


def test_the_last_arrow_is_lit_and_the_path_is_ink() -> None:
    picture = svg(SAMPLES["session 1"])
    assert len(re.findall('stroke="#ffd54a"', picture)) == 2, "the arrow just taken, and the key"
    assert picture.count('stroke="#16191d" stroke-width="2.25"') == 7, "six arrows before it, and the key"
