"""Reply, command, octets, envelope, moves, transcript, score: each panel says what the table and the wire say."""

from __future__ import annotations

import pytest

from smtplab.protocol.catalogue import CATALOGUE
from smtplab.protocol.replies import Reply
from smtplab.protocol.smtp import SMTP, SYNTAX, State
from smtplab.protocol.table import Facts
from smtplab.protocol.transcript import Transcript
from smtplab.views import envelope, moves, reply, score, transcript, wire
from smtplab.views.moments import moments
from smtplab.views.moves_words import wording
from tests.views import samples
from tests.views.marks import Page

SAMPLES = samples.all_samples()
GUIDE, MESSY = SAMPLES["session 1"], SAMPLES["messy"]


def words(markup: str) -> str:
    return " ".join(Page(markup).text.split())


def at_code(of: Transcript, code: int) -> int:
    return next(now.position for now in moments(of) if now.code == code)


# --------------------------------------------------------------------------------------------------------- reply
@pytest.mark.parametrize("code", [*CATALOGUE, 299, 599, 460])
def test_any_code_is_taken_apart_with_its_three_digits_lit_in_turn(code: int) -> None:
    markup = reply.of_reply(Reply(code, "words"))
    digits = str(code)
    for at in range(3):
        lit = "".join(f"<b>{d}</b>" if k == at else f"<i>{d}</i>" for k, d in enumerate(digits))
        assert lit in markup
    assert "for people" in markup and "a client" in markup


def test_a_reply_says_what_a_client_does_at_this_event() -> None:
    assert "Name one more recipient, or say DATA." in words(reply.reply(GUIDE, 7))
    assert "Forget the letter" in words(reply.reply(GUIDE, 13))


def test_the_hyphen_of_a_multiline_reply_is_explained() -> None:
    shown = words(reply.reply(MESSY, at_code(MESSY, 214)))
    assert "2: 214- says that more lines follow, 214 and a space that none does" in shown


def test_an_enhanced_code_is_explained() -> None:
    assert "5.1.1 no such mailbox, about an address" in words(reply.reply(MESSY, at_code(MESSY, 550)))


def test_a_command_is_verb_argument_and_line_end() -> None:
    shown = words(reply.reply(GUIDE, 4))
    assert (
        "MAIL FROM:" in shown and "The reverse-path." in shown and "Legal form MAIL FROM:<user123@example.com>" in shown
    )
    assert "CR LF" in shown and "250, or 4 or 5" in shown


def test_what_is_awaited_comes_from_the_verdict() -> None:
    session = moments(MESSY)
    assert reply.awaited(session[4]) == "503: no HELO or EHLO yet"
    assert reply.awaited(session[10]).startswith("250, or 4 or 5")


def test_a_line_of_data_awaits_nothing_until_the_dot() -> None:
    assert "nothing, until the dot" in words(reply.reply(GUIDE, 10))


# ---------------------------------------------------------------------------------------------------------- wire
def test_every_octet_is_shown_with_its_number() -> None:
    markup = wire.wire(GUIDE, 7)
    assert '<u class="digit">2<i>32</i></u><u class="digit">5<i>35</i></u><u class="digit">0<i>30</i></u>' in markup
    assert '<u class="ctl">CR<i>0d</i></u><u class="ctl">LF<i>0a</i></u>' in markup
    assert "35 octets, server to client" in words(markup)


def test_the_code_of_every_line_of_a_reply_is_marked() -> None:
    assert wire.wire(MESSY, at_code(MESSY, 214)).count('class="digit"') == 6


def test_a_stuffed_dot_and_the_last_dot_are_marked() -> None:
    stuffed = next(now.position for now in moments(MESSY) if now.step and now.step.text.startswith(".."))
    assert wire.wire(MESSY, stuffed).count('class="digit"') == 1
    assert "the first dot is transparency’s" in wire.wire(MESSY, stuffed)
    assert '<u class="digit">.<i>2e</i></u>' in wire.wire(GUIDE, 12)


def test_long_data_is_bounded_and_counted() -> None:
    of = SAMPLES["long lines"]
    assert f"10,006 octets, the first {wire.SHOWN} shown" in words(wire.wire(of, 1))
    assert wire.wire(of, 1).count("<u") == wire.SHOWN


# ------------------------------------------------------------------------------------------------------ envelope
def envelopes(of: Transcript) -> list[envelope.Envelope]:
    return list(envelope.walk(moments(of)))


def test_the_buffers_fill_on_replies_and_empty_at_the_end() -> None:
    held = envelopes(GUIDE)
    assert [each.reverse_path for each in held] == [None] * 5 + ["user123@example.com"] * 8 + [None] * 3
    assert [each.recipients for each in held] == [0] * 7 + [1] * 6 + [0] * 3
    assert [(each.lines, each.octets) for each in held[9:14]] == [(0, 0), (1, 7), (2, 9), (2, 9), (0, 0)]
    assert held[4].asked == "user123@example.com" and held[13].letters == 1


def test_a_refused_recipient_is_not_in_the_envelope() -> None:
    held = envelopes(MESSY)[at_code(MESSY, 354)]
    assert held.reverse_path == "" and held.forward_paths == ("bob@example.com", "carol@example.com")


def test_a_refused_letter_empties_the_envelope_and_is_not_handed_over() -> None:
    held = envelopes(MESSY)[at_code(MESSY, 554)]
    assert held.reverse_path is None and held.recipients == 0 and held.letters == 0
    assert "Not delivered" in words(envelope.envelope(MESSY, at_code(MESSY, 554)))


def test_the_letters_own_lines_are_read_as_a_mail_program_reads_them() -> None:
    held = envelopes(MESSY)[at_code(MESSY, 554) - 1]
    assert dict(held.fields) == {"From": "Bob <bob@example.com>", "Subject": "Grüße"}
    assert held.body_line == ".hidden dot" and held.octets == sum(
        map(
            len,
            (
                b"From: Bob <bob@example.com>\r\n",
                b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n",
                b"\r\n",
                b".hidden dot\r\n",
                b"QUIT\r\n",
            ),
        )
    )


def test_rset_empties_the_envelope() -> None:
    held = envelopes(SAMPLES["extended"])
    reset = next(now.position for now in moments(SAMPLES["extended"]) if now.event == "RSET" and now.is_reply)
    assert held[reset - 1].recipients == 1 and held[reset].reverse_path is None


def test_many_recipients_are_counted_and_three_are_shown() -> None:
    many = "".join(f"C: RCPT TO:<r{n}@example.com>\nS: 250 ok\n" for n in range(9))
    of = Transcript.parse(f"S: 220 a\nC: HELO a.example.com\nS: 250 a\nC: MAIL FROM:<a@example.com>\nS: 250 ok\n{many}")
    shown = words(envelope.envelope(of, len(of)))
    assert "r2@example.com" in shown and "r3@example.com" not in shown and "and 6 more" in shown


# --------------------------------------------------------------------------------------------------------- moves
@pytest.mark.parametrize(
    "state", [state for state in wording(SMTP).columns if state is not State.DATA], ids=lambda s: s.name
)
@pytest.mark.parametrize("event", [event for event in SYNTAX if event != moves.END])
def test_a_cell_says_what_the_verdict_says(state: State, event: str) -> None:
    facts = Facts(hello="EHLO")
    verdict = SMTP.verdict(state, event, facts)
    code, kind = moves.cell(state, event, facts)
    assert code == str(verdict.code)
    assert (kind == "x") == (not verdict.allowed)
    if verdict.allowed:
        assert (kind == "m") == (verdict.leads_to is not state)
    assert moves.why(state, event, facts) == verdict.missing or verdict.allowed


def test_in_data_everything_but_the_dot_is_text() -> None:
    for event in SYNTAX:
        assert moves.cell(State.DATA, event, Facts())[0] == ("250" if event == moves.END else "text")


def test_a_lone_dot_elsewhere_is_no_command() -> None:
    assert moves.cell(State.READY, moves.END, Facts()) == ("500", "x")


def test_extensions_have_rows_only_where_they_were_offered() -> None:
    assert not {"AUTH", "STARTTLS", "BDAT", "BDAT LAST"} & set(moves.events(moments(GUIDE)))
    assert {"AUTH", "BDAT", "BDAT LAST"} <= set(moves.events(moments(MESSY)))
    assert "STARTTLS" in moves.events(moments(SAMPLES["extended"]))


def test_every_event_of_the_table_that_can_be_said_has_words() -> None:
    for event in SYNTAX:
        for state in (*wording(SMTP).columns, State.BDAT):
            words = moves.why(state, event, Facts(hello="EHLO"))
            assert words and not words.startswith("leads to") and words != "changes nothing", (state, event)


def test_the_awaited_answer_stands_in_the_row_that_was_asked() -> None:
    session = moments(GUIDE)
    marks, texts = moves.step(session[6], moves.events(session), session[6].facts)
    assert marks["row:RCPT"] == "asked" and texts["why:RCPT"] == "awaited: 250, then rcpt"
    assert texts["moves"] == "Wait: RCPT is asked, the server has not answered."


def test_a_cell_changes_when_a_guard_does() -> None:
    of = SAMPLES["extended"]
    session = moments(of)
    rows, base = moves.events(session), session[-1].facts
    before, after = moves.step(session[3], rows, base), moves.step(session[9], rows, base)
    assert before[1]["cell:AUTH:READY"] == "334" and before[0]["cell:AUTH:READY"] == "was-not now-m"
    assert "cell:AUTH:READY" not in after[0], "logged in, as when the table was drawn"


# --------------------------------------------------------------------------------------- transcript and the score
def test_direction_can_be_read_without_colour() -> None:
    text = Page(transcript.transcript(GUIDE)).text
    assert "client: HELO" in text and "server: 250" in text


def test_a_reply_says_where_it_led_or_that_it_stayed() -> None:
    text = Page(transcript.transcript(MESSY)).text
    assert "now greeted" in text and "still greeted" in text and "still mail" in text


def test_remarks_are_shown_beside_their_line() -> None:
    assert "space after the colon; no angle brackets" in Page(transcript.transcript(GUIDE)).text


def test_an_empty_session_says_so() -> None:
    assert "Nothing was said." in transcript.transcript(Transcript())


def test_the_score_has_a_column_for_each_position_and_bands_without_gaps() -> None:
    for of in SAMPLES.values():
        session = moments(of)
        drawn = Page(score.score(session))
        if len(session) - 1 > score.MOST:
            continue
        assert drawn.all("data-p") == [str(p) for p in range(len(session))]
        spans = list(zip(map(int, drawn.all("data-from")), map(int, drawn.all("data-to")), strict=True))
        assert [p for first, last in spans for p in range(first, last + 1)] == list(range(len(session)))
