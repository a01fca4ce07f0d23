"""The ladder says in which order things crossed, how TCP cut them, and nothing that was not measured."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol.observer import Observer
from smtplab.protocol.session import Session
from smtplab.protocol.transcript import Transcript
from smtplab.views import ladder, rulers, theme
from smtplab.views.cuts import deliveries, is_measured, round_trips, tally
from smtplab.views.rungs import LINES_SHOWN, fit, rungs, window
from tests.views import samples
from tests.views.marks import Page

SAMPLES = samples.all_samples()
PANELS = Path(theme.__file__).parents[1] / "widgets" / "panels.css"
PIPELINED = b"MAIL FROM:<me@example.com>\r\nRCPT TO:<alice@example.com>\r\nRCPT TO:<nobody@example.com>\r\nDATA\r\n"
SAID = (
    b"EHLO a.example.com\r\nMAIL FROM:<me@example.com>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\nHi\r\n\r\n.\r\nQUIT\r\n"
)


def session(*parts: bytes, apart: float = 0.04) -> Transcript:
    """A session with the bundled server to which the parts came as so many segments."""
    talk = Session()
    talk.connect(at=0.0)
    talk.data_to_send()
    for number, part in enumerate(parts, 1):
        talk.receive(part, at=number * apart)
        talk.data_to_send()
    return talk.transcript()


def cut_session() -> Transcript:
    """Pipelined, then a dot cut from its line end, then QUIT in two."""
    return session(b"EHLO a.example.com\r\n", PIPELINED, b"Subject: Hi\r\n\r\nHello\r\n.", b"\r\n", b"QU", b"IT\r\n")


def drawings(markup: str) -> dict[str, ElementTree.Element]:
    """The SVG drawings in it, parsed as XML, by their shape."""
    found = [ElementTree.fromstring(text) for text in re.findall(r"<svg.*?</svg>", markup, re.DOTALL)]
    return {(each.get("class") or "").split()[-1]: each for each in found}


def with_class(drawing: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [each for each in drawing.iter() if name in (each.get("class") or "").split()]


# ----------------------------------------------------------------------------------------------- the two cuts
@given(st.lists(st.integers(1, len(SAID) - 1), max_size=12))
def test_wherever_tcp_cuts_the_pieces_are_the_steps_octet_for_octet(cuts: list[int]) -> None:
    places = [0, *sorted(set(cuts)), len(SAID)]
    of = session(*(SAID[a:b] for a, b in zip(places, places[1:], strict=False)))
    given_ = deliveries(of)
    for who in "CS":
        pieces = [piece for delivery in given_ if delivery.direction == who for piece in delivery.pieces]
        assert b"".join(piece.raw for piece in pieces) == b"".join(step.raw for step in of if step.direction == who)
        assert [piece.step for piece in pieces if piece.completes] == [step for step in of if step.direction == who]
    assert [d.octets for d in given_] == [segment.octets for segment in of.segments]
    assert all(sum(len(piece.raw) for piece in d.pieces) + d.loose == d.octets for d in given_)


def test_a_segment_that_holds_many_lines_and_one_that_ends_inside_a_line_are_told() -> None:
    of = cut_session()
    client = tally(of, "C")
    assert (client.segments, client.holding_many, client.cut_lines) == (6, 2, 2)
    assert tally(of, "S").cut_lines == 0
    assert "2 end inside a line" in ladder.heading(of)


def test_a_line_that_was_never_ended_is_counted_as_loose_octets() -> None:
    last = deliveries(session(b"EHLO a.example.com\r\nMAI"))[-2]
    assert last.loose == 3 and last.pieces[0].step.text == "EHLO a.example.com"


def test_a_pipelined_group_is_one_round_trip_and_the_same_lines_alone_are_four() -> None:
    alone = [line + b"\r\n" for line in PIPELINED.split(b"\r\n")[:-1]]
    assert round_trips(session(b"EHLO a.example.com\r\n", PIPELINED)) == 2
    assert round_trips(session(b"EHLO a.example.com\r\n", *alone)) == 5
    assert round_trips(Transcript.parse(samples.SESSION_1)) == 6


def test_a_line_cut_in_two_makes_no_round_trip_of_its_own() -> None:
    assert round_trips(session(b"EHLO a.exam", b"ple.com\r\n")) == 1


def test_a_reply_that_comes_in_two_segments_is_one_answer() -> None:
    heard = Observer()
    heard.server(b"220 a\r\n")
    heard.client(b"EHLO a.example.com\r\n")
    heard.server(b"250-a\r\n250 SI")
    heard.server(b"ZE\r\n")
    assert round_trips(heard.transcript()) == 1
    assert tally(heard.transcript(), "S").cut_lines == 1


def test_what_was_not_recorded_is_not_claimed() -> None:
    of = cut_session()
    assert is_measured(of) and not is_measured(of[3:9])
    assert not any(delivery.is_measured for delivery in deliveries(of[3:9]))
    assert "was not recorded" in rulers.rulers(of[3:9])
    masked = Transcript.from_json(
        Transcript.parse("S: 220 a\nC: AUTH PLAIN c2VjcmV0LWNhbmFyeQ==\nS: 503 no\n")
        .to_json()
        .replace('"segments": []', '"segments": [["S", 0, 7]]')
    )
    assert masked.segments and not is_measured(masked)


# ---------------------------------------------------------------------------------------------------- drawing
def test_replies_of_a_pipelined_group_stand_below_all_of_its_commands() -> None:
    order = [rung.index for rung in rungs(deliveries(cut_session()))]
    assert order[3:11] == [4, 6, 8, 10, 5, 7, 9, 11]


def test_every_step_is_one_arrow_solid_or_dashed_by_who_said_it() -> None:
    of = cut_session()
    for drawing in drawings(ladder.ladder(of)).values():
        for way, who in (("c", "C"), ("s", "S")):
            whole = [
                rung
                for rung in with_class(drawing, "rung")
                if way in rung.get("class", "").split() and with_class(rung, "head")
            ]
            assert [int(rung.get("data-p", "")) for rung in whole] == [s.index for s in of if s.direction == who]
            for rung in whole:
                tip = float(re.findall(r"translate\((\S+)", with_class(rung, "head")[0].get("transform", ""))[0])
                start = float(with_class(rung, "from")[0].get("cx", ""))
                assert (tip > start) == (who == "C")


def test_a_piece_that_ends_inside_a_line_has_no_arrow_head_but_a_stroke() -> None:
    wide = drawings(ladder.ladder(cut_session()))["wide"]
    assert len(with_class(wide, "stop")) == 2
    assert not any(with_class(rung, "head") for rung in with_class(wide, "rung") if with_class(rung, "stop"))


def test_a_position_lights_its_own_arrow_and_its_own_state() -> None:
    of = SAMPLES["session 1"]
    for position in range(1, len(of) + 1):
        wide = drawings(ladder.ladder(of, position))["wide"]
        assert [rung.get("data-p") for rung in with_class(wide, "rung") if "is-now" in rung.get("class", "")] == [
            str(position)
        ]
        (stay,) = [each for each in with_class(wide, "stay") if "is-now" in each.get("class", "")]
        assert "".join(stay.itertext()) == of.state_at(position).name.lower()
        past = [rung for rung in with_class(wide, "rung") if "is-past" in rung.get("class", "")]
        assert len(past) == position


def test_the_state_band_names_every_stay_in_order() -> None:
    wide = drawings(ladder.ladder(SAMPLES["session 1"]))["wide"]
    names = ["".join(stay.itertext()) for stay in with_class(wide, "stay")]
    assert names == ["connected", "greeted", "ready", "mail", "rcpt", "data", "ready", "closed"]


def test_a_refusal_begins_no_stay_and_says_no_new_state() -> None:
    of = SAMPLES["messy"]
    names = ["".join(stay.itertext()) for stay in with_class(drawings(ladder.ladder(of))["wide"], "stay")]
    assert all(one != other for one, other in zip(names, names[1:], strict=False))
    refused = [line for line in ladder.plain(of).splitlines() if re.search(r"<- - +(503|550|450) ", line)]
    assert len(refused) == 3 and not any("[now" in line for line in refused)


def test_a_long_session_is_shown_around_the_position_and_the_rest_is_counted() -> None:
    of = samples.many_lines(10_000)
    markup = ladder.ladder(of, 5_000)
    assert len(markup) < 90_000
    assert 'data-p="5000"' in markup and 'data-p="4000"' not in markup
    above, below = (int(found.replace(",", "")) for found in re.findall(r"([\d,]+) more (?:above|below)", markup))
    assert above + below + ladder.WINDOW == len(of)
    assert ladder.plain(of, 5_000).count("\n") < 2 * ladder.WINDOW


def test_the_window_reaches_both_ends() -> None:
    every = list(rungs(deliveries(samples.many_lines(400))))
    assert window(every, None, 50)[1] == 0 and window(every, 1, 50)[1] == 0
    assert window(every, len(every), 50)[2] == 0


def test_a_long_reply_is_cut_and_counted() -> None:
    of = SAMPLES["messy"]
    assert max(len(rung.lines) for rung in rungs(deliveries(of, measured=False))) == LINES_SHOWN
    assert "and 4 more lines" in ladder.ladder(of, measured=False)


def test_a_silence_is_said_in_the_picture() -> None:
    slow = session(b"EHLO a.example.com\r\n", b"QUIT\r\n", apart=2.5)
    assert "2.50 s of silence" in ladder.ladder(slow)
    assert "silence" not in ladder.ladder(slow, measured=False)


def test_nothing_measured_is_in_the_text_or_in_the_unmeasured_picture() -> None:
    fast, slow = (session(SAID[:40], SAID[40:], apart=apart) for apart in (0.001, 7.0))
    whole = session(SAID, apart=1.0)
    assert ladder.plain(fast) == ladder.plain(slow) == ladder.plain(whole)
    assert ladder.ladder(fast, measured=False) == ladder.ladder(whole, measured=False)
    assert "ms" not in ladder.plain(fast) and "octets" not in ladder.ladder(fast, measured=False)


def test_the_plain_ladder_points_the_way_and_names_the_state() -> None:
    lines = ladder.plain(SAMPLES["session 1"]).splitlines()
    assert re.search(r"2 HELO user123.example.com +---->$", lines[2])
    assert re.search(r"3 +<- - +250 .*\[now ready\]$", lines[3])


# ---------------------------------------------------------------------------------------------- every sample
@pytest.mark.parametrize("name", SAMPLES)
def test_the_ladder_is_well_formed_at_every_position(name: str) -> None:
    of = SAMPLES[name]
    for position in (None, *range(0, len(of) + 1, 3)):
        markup = ladder.ladder(of, position)
        Page(markup)
        assert set(drawings(markup)) == {"wide", "narrow"}
        assert len(markup) < 90_000
    ladder.plain(of)
    Page(rulers.rulers(of))


@pytest.mark.parametrize("canary", samples.CANARIES)
def test_hostile_text_is_shown_as_text(canary: str) -> None:
    said = canary.encode()
    of = session(b"HELO " + said + b"\r\n", said[:3], said[3:] + b"\r\nNOOP " + said + b"\r\nQUIT\r\n")
    for seen in (of, samples.hostile(canary)):
        for markup in (ladder.ladder(seen), rulers.rulers(seen), ladder.ladder(seen, 4, measured=False)):
            assert {tag for tag, _ in Page(markup).elements}.isdisjoint({"script", "img", "a", "pre"})
            assert not any(mark in markup for mark in "\u202e\u2066\u2069\x07\x1b")
        assert not any(mark in ladder.plain(seen) for mark in "\u202e\u2066\u2069\x07\x1b")


def test_a_password_is_nowhere() -> None:
    talk = session(b"EHLO a.example.com\r\nAUTH PLAIN c2VjcmV0", b"LWNhbmFyeQ==\r\n")
    for of in (SAMPLES["extended"], talk):
        for text in (ladder.ladder(of), ladder.plain(of), rulers.rulers(of)):
            assert "c2VjcmV0" not in text and "NhbmFyeQ" not in text and "YWxpY2U" not in text


@given(st.text(max_size=60), st.integers(2, 40))
def test_text_that_was_fitted_fits(text: str, cells: int) -> None:
    from unicodedata import east_asian_width

    assert sum(2 if east_asian_width(c) in "WF" else 1 for c in fit(text, cells)) <= cells


def test_the_panels_stylesheet_reads_tokens_and_has_no_colour_of_its_own() -> None:
    css = PANELS.read_text(encoding="utf-8")
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgb\(|\bhsl\(", css) == []
    made = set(re.findall(r"(--sl-[\w-]+):", theme.css()))
    assert set(re.findall(r"var\((--sl-[\w-]+)", css)) <= made
    assert not re.search(r"[^-]color: var\(--sl-now\)", css)
