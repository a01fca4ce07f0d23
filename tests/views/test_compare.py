"""Two transcripts are paired by what was said, and told apart by codes and states before words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol.faults import faults
from smtplab.protocol.manners import LENIENT, STRICT, Manners
from smtplab.protocol.persona import MODERN, PERSONAS, Persona
from smtplab.protocol.session import Session
from smtplab.protocol.transcript import Transcript
from smtplab.views import compare
from smtplab.views.align import MOST_CELLS, Pair, align
from tests.views import samples
from tests.views.marks import Page

SAMPLES = samples.all_samples()
LINES = (
    "EHLO a.example.com", "HELO a.example.com", "MAIL FROM:<me@example.com>", "MAIL FROM: me@example.com",
    "RCPT TO:<bob@example.com>", "RCPT TO:<nobody@example.com>", "DATA", "Hello", ".", "NOOP", "RSET", "QUIT",
)  # fmt: skip
GUIDE = ("HELO a.example.com", "MAIL FROM:<me@example.com>", "RCPT TO:<bob@example.com>", "DATA", "Hi", ".", "QUIT")


def session(*lines: str, persona: Persona = MODERN, manners: Manners = LENIENT) -> Transcript:
    talk = Session(persona=persona, manners=manners)
    talk.connect()
    for line in lines:
        talk.receive(line.encode() + b"\r\n")
        talk.data_to_send()
    return talk.transcript()


def kinds(pairs: list[Pair]) -> list[str]:
    return [pair.kind for pair in pairs]


# ------------------------------------------------------------------------------------------------------ pairing
@given(st.lists(st.sampled_from(LINES), max_size=14), st.lists(st.sampled_from(LINES), max_size=14))
def test_every_exchange_stands_in_one_pair_and_in_order(left: list[str], right: list[str]) -> None:
    a, b = session(*left), session(*right)
    pairs = align(a, b)
    assert [pair.left for pair in pairs if pair.left is not None] == list(a.exchanges)
    assert [pair.right for pair in pairs if pair.right is not None] == list(b.exchanges)
    events = [(p.left.event, p.right.event) for p in pairs if p.left is not None and p.right is not None]
    assert all(one == other or {one, other} == {"HELO", "EHLO"} for one, other in events)


@given(st.lists(st.sampled_from(LINES), max_size=14))
def test_a_session_is_the_same_as_itself(lines: list[str]) -> None:
    assert set(kinds(align(session(*lines), session(*lines)))) == {"same"}


@pytest.mark.parametrize("name", [name for name in PERSONAS if name != MODERN.name])
def test_personas_differ_in_words_and_in_nothing_else(name: str) -> None:
    pairs = align(session(*GUIDE), session(*GUIDE, persona=PERSONAS[name]))
    assert set(kinds(pairs)) <= {"same", "words"} and "words" in kinds(pairs)
    told = compare.summary(pairs)
    assert told.codes == told.states == told.total == 7
    assert "to a program the two are one" in compare.heading(pairs)


def test_what_strict_refuses_and_lenient_takes_is_another_code() -> None:
    lines = ("EHLO a.example.com", "MAIL FROM: me@example.com", "QUIT")
    pairs = align(session(*lines), session(*lines, manners=STRICT))
    assert kinds(pairs) == ["same", "same", "code", "same"]
    assert not pairs[2].same_state


def test_a_command_that_one_side_left_out_shifts_nothing() -> None:
    with_noop = (*GUIDE[:3], "NOOP", *GUIDE[3:])
    assert kinds(align(session(*with_noop), session(*GUIDE))).count("left only") == 1
    assert kinds(align(session(*GUIDE), session(*with_noop))).count("right only") == 1
    assert set(kinds(align(session(*with_noop), session(*GUIDE)))) == {"same", "left only"}


def test_recipients_are_paired_by_name_where_one_side_has_more_of_them() -> None:
    head = GUIDE[:2]
    a = session(*head, "RCPT TO:<alice@example.com>", "RCPT TO:<bob@example.com>", "RCPT TO:<carol@example.com>")
    b = session(*head, "RCPT TO:<bob@example.com>")
    assert kinds(align(a, b)) == ["same", "same", "same", "left only", "same", "left only"]


def test_the_same_code_in_another_state_is_told_as_a_state() -> None:
    a = Transcript.parse("S: 220 a\nC: HELO a\nS: 250 a\nC: RSET\nS: 250 ok\n")
    b = Transcript.parse("S: 220 a\nC: RSET\nS: 250 ok\n")
    assert kinds(align(a, b)) == ["same", "left only", "state"]


def test_helo_stands_beside_ehlo() -> None:
    pairs = align(session("EHLO a.example.com", "QUIT"), session("HELO a.example.com", "QUIT"))
    assert [pair.left is not None and pair.right is not None for pair in pairs] == [True, True, True]


def test_long_sessions_are_compared_in_time_and_in_full() -> None:
    a, b = samples.many_lines(4_000), samples.many_lines(3_000)
    assert len(align(a, b)) == 2_002
    unlike = Transcript.parse(
        "S: 220 b ESMTP\nC: EHLO x\nS: 250 b\n" + "C: NOOP x\nS: 250 ok\nC: RSET\nS: 250 ok\n" * 700
    )
    assert len(unlike.exchanges) * len(a.exchanges) > MOST_CELLS
    pairs = align(a, unlike)
    assert [p.left for p in pairs if p.left] == list(a.exchanges)
    assert [p.right for p in pairs if p.right] == list(unlike.exchanges)


# ------------------------------------------------------------------------------------------------------ telling
def test_a_difference_in_code_lights_its_row_and_strikes_the_sign() -> None:
    lines = ("EHLO a.example.com", "MAIL FROM: me@example.com", "QUIT")
    page = Page(compare.compare(session(*lines), session(*lines, manners=STRICT), ("lenient", "strict")))
    lit = [
        attrs.get("data-kind")
        for tag, attrs in page.elements
        if tag == "tr" and "ne" in (attrs.get("class") or "").split()
    ]
    assert lit == ["code"]
    assert page.all("aria-label").count("differs from") == 1 and page.all("aria-label").count("equals") == 3
    assert "lenient: mail; strict: ready" in page.text and "another code" in page.text


def test_other_words_light_nothing() -> None:
    markup = compare.compare(session(*GUIDE), session(*GUIDE, persona=PERSONAS["foreign"]))
    assert 'class="s ne"' not in markup and "differs from" not in markup


def test_what_was_said_on_one_side_only_is_told_with_its_name() -> None:
    page = Page(compare.compare(session(*GUIDE[:2], "NOOP"), session(*GUIDE[:2]), ("one", "other")))
    assert "only one" in page.text and "not said here" in page.text


def test_the_plain_comparison_has_a_sign_for_each_kind() -> None:
    lines = ("EHLO a.example.com", "MAIL FROM: me@example.com", "NOOP", "QUIT")
    text = compare.plain(session(*lines), session(*lines[:2], "QUIT", manners=STRICT), ("lenient", "strict"))
    signs = [line[0] for line in text.splitlines()[3:] if not line.startswith(" ")]
    assert signs == ["=", "=", "!", "<", "="]
    assert "! 250 501  MAIL FROM: me@example.com  [lenient: mail; strict: ready]" in text


def test_what_is_alike_is_folded_and_the_difference_stays() -> None:
    a = samples.many_lines(1_000)
    b = Transcript.parse(a.text().replace("S: 250 ok 250", "S: 550 no"))
    markup = compare.compare(a, b)
    assert len(markup) < 20_000 and "exchanges with the same codes and states" in markup
    assert markup.count('data-kind="code"') == 1
    assert compare.plain(a, b).count("\n") < 20


def test_a_comparison_that_differs_everywhere_is_bounded() -> None:
    a = samples.many_lines(2_000)
    b = Transcript.parse(a.text().replace("S: 250 ok", "S: 550 no"))
    assert len(compare.compare(a, b)) < 300_000
    assert "more exchanges" in compare.compare(a, b)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_beside_the_guides_session_is_well_formed(name: str) -> None:
    for a, b in (
        (SAMPLES[name], SAMPLES["session 1"]),
        (SAMPLES["messy"], SAMPLES[name]),
        (SAMPLES[name], SAMPLES[name]),
    ):
        Page(compare.compare(a, b))
        compare.plain(a, b)


@pytest.mark.parametrize("canary", samples.CANARIES)
def test_hostile_text_and_names_are_shown_as_text(canary: str) -> None:
    a, b = samples.hostile(canary), SAMPLES["session 1"]
    markup = compare.compare(a, b, (canary, canary))
    assert {tag for tag, _ in Page(markup).elements}.isdisjoint({"script", "img", "a", "pre"})
    for text in (markup, compare.plain(a, b, (canary, canary))):
        assert not any(mark in text for mark in "\u202e\u2066\u2069\x07\x1b")


def test_a_password_is_nowhere() -> None:
    for text in (
        compare.compare(SAMPLES["extended"], SAMPLES["messy"]),
        compare.plain(SAMPLES["extended"], SAMPLES["messy"]),
    ):
        assert "c2VjcmV0" not in text and "YWxpY2U" not in text


# ------------------------------------------------------------------------------------------- before and after a fault
def faulted(*specs: str) -> Transcript:
    """The guide's session with a server of these faults, as far as it gets."""
    talk = Session(faults=faults(specs))
    talk.connect()
    for line in GUIDE:
        if talk.is_closing:
            break
        talk.receive(line.encode() + b"\r\n")
        talk.data_to_send()
    return talk.transcript()


@pytest.mark.parametrize(
    ("spec", "found", "told"),
    [
        ("RCPT=450", ["same", "same", "same", "code", "code", *["left only"], *["right only"] * 2, "same"], "another code"),
        ("RCPT=251", ["same", "same", "same", "code", "same", "same", "same"], "1 answers with another code"),
        ("RCPT=250 2.1.5 Hello", ["same", "same", "same", "words", "same", "same", "same"], "to a program the two are one"),
        ("(end of data)=close", [*["same"] * 5, "silence", "left only", "right only"], "1 has a reply on one side only"),
        ("(end of data)=reset", [*["same"] * 5, "silence", "left only", "right only"], "1 has a reply on one side only"),
        ("(connect)=421", ["code", *["left only"] * 6], "6 are on one side only"),
        ("MAIL=stall 5", ["same"] * 7, "alike in every word, and not in how it came"),
        ("MAIL=cut 3,9", ["same"] * 7, "alike in every word, and not in how it came"),
        ("MAIL=dribble 1 0.1", ["same"] * 7, "alike in every word, and not in how it came"),
        ("MAIL=merge", ["same"] * 7, "alike in every word, and not in how it came"),
        ("QUIT=garble", [*["same"] * 6, "silence"], "1 has a reply on one side only"),
    ],
)  # fmt: skip
def test_before_and_after_a_fault_the_reply_that_it_made_is_marked(spec: str, found: list[str], told: str) -> None:
    before, after = session(*GUIDE), faulted(spec)
    assert kinds(align(before, after)) == found
    plain = compare.plain(before, after, ("before", "after"))
    assert told in plain and f"      after: (fault {spec})" in plain and "before: (" not in plain
    page = Page(compare.compare(before, after, ("before", "after")))
    assert f"fault {spec}" in page.text and "1 reply is a fault's work, and marked" in page.text


def test_an_unlisted_code_is_told_beside_its_fault() -> None:
    text = compare.plain(session(*GUIDE), faulted("DATA=250"), ("before", "after"))
    assert "      after: (250 is not listed for DATA)\n      after: (fault DATA=250)" in text


def test_a_connection_that_ends_on_one_side_is_told_once_and_with_no_code() -> None:
    page = Page(compare.compare(session(*GUIDE), faulted("RCPT=close"), ("before", "after")))
    assert page.text.count("One end closed the connection.") == 1 and "not here" in page.text


def test_a_fault_in_a_long_session_is_not_folded_away() -> None:
    lines = (*GUIDE[:1], *["NOOP"] * 100, "QUIT")
    late = Session(faults=faults("NOOP:50=stall 1"))
    late.connect()
    for line in lines:
        late.receive(line.encode() + b"\r\n")
    text = compare.plain(session(*lines), late.transcript(), ("before", "after"))
    assert "(fault NOOP:50=stall 1)" in text and text.count("\n") < 15


def test_what_both_sides_remark_is_told_on_neither() -> None:
    lines = ("HELO a.example.com", "MAIL FROM: me@example.com")
    assert "(" not in compare.plain(session(*lines), session(*lines), ("one", "other")).replace("(connect)", "")
