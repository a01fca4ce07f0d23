"""POP3 as a learner sees it: the maildrop beside the session, what is told, a line's anatomy, its octets, explain()."""

from __future__ import annotations

import gzip

import pytest

from smtplab.protocol.pop3.machine import POP3, State
from smtplab.protocol.pop3.replies import Pop3Reply
from smtplab.protocol.pop3.response_codes import RESPONSE_CODES
from smtplab.protocol.transcript import Transcript
from smtplab.views import maildrop, moves, narrate, panels, reply, static, stepper, tables, transcript, wire
from smtplab.views.explain import explain
from smtplab.views.moments import loose_end, moments
from smtplab.views.page import page
from smtplab.views.plainly import words
from smtplab.views.stepper import Around
from tests.views import samples
from tests.views.marks import Page

SAMPLES = samples.all_samples()
SESSION = SAMPLES["pop3"]


def at(of: Transcript, line: str, nth: int = 1) -> int:
    """The position of the nth reply to what the client says so."""
    said = [step.index for step in of.steps if step.direction == "C" and step.text == line]
    return said[nth - 1] + 1


def told(of: Transcript, position: int) -> str:
    both = narrate.narrate(of, position)
    return f"{both.say} {both.more}"


def kept(of: Transcript, position: int) -> str:
    return words(maildrop.maildrop(of, position))


# ------------------------------------------------------------------------------------------------------ maildrop
def test_letters_are_known_by_what_was_answered_and_by_nothing_else() -> None:
    assert "nothing is known of its letters yet" in kept(SESSION, at(SESSION, "STAT"))
    assert "2 letters not marked, 167 octets" in kept(SESSION, at(SESSION, "STAT"))
    assert "1  107  not known\n2  60  not known" in kept(SESSION, at(SESSION, "LIST"))
    assert "2  60  whqtswO00WBw418f9t5JxYwZ" in kept(SESSION, at(SESSION, "UIDL 2"))
    assert "1  107  Grüße  fetched" in kept(SESSION, at(SESSION, "RETR 1", 2))
    assert "2  60  second" in kept(SESSION, at(SESSION, "TOP 2 0")), "a part of it does not tell its size"


def test_a_mark_comes_with_the_answer_and_goes_with_rset() -> None:
    marked = at(SESSION, "DELE 1")
    assert "None is marked." in kept(SESSION, marked - 1), "asked is not marked"
    assert "fetched, marked" in kept(SESSION, marked) and "1 letter not marked, 60 octets" in kept(SESSION, marked)
    assert "1 letter is marked: QUIT removes it, nothing else does." in kept(SESSION, marked)
    assert "2 letters not marked, 167 octets. None is marked." in kept(SESSION, at(SESSION, "RSET"))


def test_a_refused_dele_marks_nothing() -> None:
    of = samples.pop3_of(["C: DELE 7", "S: -ERR no", "C: DELE x", "S: -ERR no"])
    assert all("None is marked." in kept(of, position) for position in range(5, len(of) + 1))


def test_quit_alone_removes_and_only_what_was_marked() -> None:
    assert "Unlocked 1 letter removed" in kept(SESSION, len(SESSION))
    of = SAMPLES["pop3 sasl"]
    assert "some of what was marked is still there" in kept(of, len(of))
    assert "Never opened nobody logged in." in kept(SAMPLES["pop3 busy"], len(SAMPLES["pop3 busy"]))


def test_a_session_that_breaks_off_says_that_nothing_was_removed() -> None:
    lines = "S: +OK hi\nC: USER bob\nS: +OK\nC: PASS x\nS: +OK\nC: DELE 1\nS: +OK\n"
    of = Transcript.parse(lines)
    assert loose_end(of) == ""
    for event in ("(eof)", "(timeout)"):
        ended = _ended_by(of, event)
        assert loose_end(ended).endswith(": no letter was removed.")
        assert "no letter was removed" in static.plain(ended)
    assert loose_end(_ended_by(of[:2], "(eof)")) == "Then the connection was closed, without QUIT."


def _ended_by(of: Transcript, event: str) -> Transcript:
    from smtplab.protocol.replies import Outcome
    from smtplab.protocol.steps import Exchange

    last = of.exchanges[-1]
    end = Exchange(event, b"", None, b"", None, last.after, State.CLOSED, Outcome.CLOSING, last.facts)
    return Transcript([*of.exchanges, end], table=POP3)


def test_thousands_of_letters_are_packed_small_and_no_panel_grows() -> None:
    of = samples.many_letters(5_000)
    drawn = stepper.document(of)
    assert max(len(text) for step in drawn.steps for text in step["frags"].values()) < 6_000
    assert len(gzip.compress(drawn.to_json().encode())) < 500_000
    assert "and 4,994 more" in drawn.steps[-1]["frags"]["maildrop"]


# ------------------------------------------------------------------------------------------------------ narration
def test_what_is_told_of_a_letter_from_fetching_to_its_end() -> None:
    fetched = told(SESSION, at(SESSION, "RETR 1", 2))
    assert fetched.startswith("Here is letter 1: 6 lines, 107 octets.") and "not marked" in fetched
    assert "2 lines began with a dot and got one more" in fetched
    assert told(SESSION, at(SESSION, "DELE 1")).startswith("Letter 1 is marked. It is still there")
    assert "Letter 1 is marked. RSET takes all marks off" in told(SESSION, at(SESSION, "RETR 1", 3))
    assert told(SESSION, len(SESSION)).startswith("QUIT removed 1 letter.")


def test_a_command_out_of_place_says_what_is_missing_and_what_helps() -> None:
    early = at(SESSION, "RETR 1")
    assert told(SESSION, early - 1).endswith(
        "RETR has no place in authorization: nobody has logged in yet. Say USER and PASS first."
    )
    assert "You are still in authorization." in told(SESSION, early)


def test_why_a_log_in_failed_is_told_from_the_code_in_brackets() -> None:
    assert "Name or password is wrong." in told(SESSION, at(SESSION, "PASS looking-glass-canary"))
    assert "Another session has the maildrop open." in told(SAMPLES["pop3 busy"], 5)
    assert "goes back to authorization" in told(SAMPLES["pop3 busy"], 5)


def test_a_password_in_the_clear_is_told() -> None:
    position = at(SESSION, "PASS wonderland-canary")
    assert "whoever listens can read it" in told(SESSION, position - 1)
    assert told(SESSION, position).startswith("You are logged in: the maildrop is open, and locked.")


def test_a_password_is_nowhere() -> None:
    for name in ("pop3", "pop3 sasl"):
        everything = page(SAMPLES[name], "", "") + static.static(SAMPLES[name]) + static.plain(SAMPLES[name])
        for secret in ("canary", "c2VjcmV0", "YWxpY2U", "c4c9334bac"):
            assert secret not in everything, (name, secret)


def test_a_slice_of_a_session_knows_that_the_maildrop_is_open() -> None:
    of = SAMPLES["pop3 slice"]
    assert told(of, 0).startswith("Here the excerpt begins. The session stands in transaction")
    assert "Open" in kept(of, 0)


# -------------------------------------------------------------------------------------------------------- anatomy
def test_a_reply_is_taken_apart_into_status_words_lines_and_dots() -> None:
    text = words(reply.reply(SESSION, at(SESSION, "RETR 1", 2)))
    assert "[+OK]  It worked." in text
    assert "6 lines, 107 octets, then a dot alone on its line" in text
    assert "2 lines began with a dot" in text
    refused = words(reply.reply(SESSION, at(SESSION, "PASS looking-glass-canary")))
    assert "[AUTH] Name or password is wrong." in refused and "Say USER with a name, or QUIT." in refused
    assert "no digits" not in text and "250" not in text


def test_a_command_is_taken_apart_with_what_is_awaited() -> None:
    text = words(reply.reply(SESSION, at(SESSION, "TOP 2 0") - 1))
    assert "A letter’s number." in text and "How many lines." in text and "awaited  +OK, or -ERR" in text
    assert "awaited  +OK, then transaction, or -ERR" in words(reply.reply(SESSION, 12))
    assert "awaited  -ERR: nobody has logged in yet" in words(reply.reply(SESSION, at(SESSION, "RETR 1") - 1))


def test_in_the_octets_the_status_and_every_dot_that_was_added_are_marked() -> None:
    fetched = wire.wire(SESSION, at(SESSION, "RETR 1", 2))
    assert fetched.count('<u class="digit">.<') == 3, "two that were added, and the end"
    assert "2 dots are transparency’s: the client takes them off" in fetched
    assert wire.wire(SESSION, 1).count('class="digit"') == 3, "+OK"
    assert 'class="digit"' not in wire.wire(SESSION, 2)


def test_only_a_reply_begins_with_a_status_and_no_digits_are_lit_in_a_letter() -> None:
    drawn = transcript.transcript(SESSION)
    assert "<b>+OK</b> 107 octets" in drawn and "<b>-ERR</b>" in drawn
    assert "<b>250</b>" not in drawn and "250 is no reply here" in drawn


# ---------------------------------------------------------------------------------------------- moves and tables
@pytest.mark.parametrize("state", [State.AUTHORIZATION, State.USER, State.TRANSACTION])
def test_a_cell_of_the_moves_says_what_the_verdict_says(state: State) -> None:
    now = next(each for each in moments(SESSION) if each.state is state)
    for event in moves.events(moments(SESSION)):
        says, kind = moves.cell(state, event, now.facts, POP3)
        verdict = POP3.verdict(state, event, now.facts)
        assert (says == "-ERR") == (kind == "x") == (not verdict.allowed)
        if not verdict.allowed:
            assert moves.why(state, event, now.facts, POP3) == verdict.missing


def test_extensions_stand_in_the_moves_where_capa_offered_them() -> None:
    assert "STLS" not in moves.events(moments(SESSION))
    offered = moves.events(moments(SAMPLES["pop3 sasl"]))
    assert "STLS" in offered and "APOP" not in offered
    assert "AUTH" in offered, "as SASL"


def test_the_reference_tables_are_pop3s_own() -> None:
    commands = tables.commands(table=POP3)
    assert [row[0] for row in commands.rows] == [POP3.syntax[event] for event in POP3.by_event if event in POP3.syntax]
    assert {row[3] for row in commands.rows} == {"+OK", "+"}
    assert [row[0] for row in tables.states(POP3).rows] == [state.name.lower() for state in State]
    assert len(tables.response_codes()) == len(RESPONSE_CODES)
    with pytest.raises(ValueError, match="'MAIL' is no command of the table: choose from USER name|USER"):
        tables.commands("MAIL", table=POP3)


# -------------------------------------------------------------------------------------------- stepper and panels
def test_the_stepper_has_a_maildrop_where_smtp_has_an_envelope() -> None:
    drawn = stepper.document(SESSION)
    assert 'data-panel="maildrop"' in drawn.shell and 'data-panel="envelope"' not in drawn.shell
    assert [step["state"] for step in drawn.steps][:3] == ["CONNECTED", "AUTHORIZATION", "AUTHORIZATION"]
    assert drawn.steps[-1]["state"] == "CLOSED"


def test_something_else_can_be_said_in_a_pop3_session_too() -> None:
    assert "Say something else" in stepper.document(SESSION, around=Around(asks=True)).shell


@pytest.mark.parametrize("kind", panels.KINDS)
@pytest.mark.parametrize("name", ["pop3", "pop3 sasl", "pop3 empty", "pop3 long", "hostile pop3 0"])
def test_every_panel_works_on_a_pop3_session(kind: str, name: str) -> None:
    of = SAMPLES[name]
    for position in (0, len(of) // 2, len(of)):
        Page(panels.shown(kind, of, position).shell)
        assert panels.plain(kind, of, position)
        Page(panels.static_form(kind, of, position, "/* ---- diagram */\n/* ---- ladder */\n"))


def test_a_panel_of_the_other_protocol_says_where_to_look() -> None:
    assert "Panel(“maildrop”, …)" in panels.plain("envelope", SESSION, 3)
    assert "Panel(“envelope”, …)" in panels.plain("maildrop", SAMPLES["session 1"], 3)


def test_a_page_of_its_own_names_the_protocol() -> None:
    assert "<title>POP3, step by step</title>" in page(SESSION, "", "")
    assert "<title>SMTP, step by step</title>" in page(SAMPLES["session 1"], "", "")


def test_a_long_letter_is_folded_everywhere() -> None:
    of = SAMPLES["pop3 long"]
    drawn = stepper.document(of)
    assert "more lines ..." in drawn.shell and "line 5000" not in drawn.shell
    assert max(len(text) for step in drawn.steps for text in step["frags"].values()) < 24_000


# -------------------------------------------------------------------------------------------------------- explain
@pytest.mark.parametrize(
    ("what", "event", "says"),
    [
        ("+OK 2 320", "STAT", "Read the two numbers: letters, and octets."),
        ("+ok", None, "positive: what was asked is done"),
        ("-ERR [IN-USE] locked", "PASS", "Another session has the maildrop open."),
        ("-ERR no", "pass", "moves to AUTHORIZATION"),
        ("+ VXNlcm5hbWU6", None, "Answer in base64"),
        ("+OK\n1 120\n..x\n.", "LIST", "1 of them began with a dot"),
        ("RETR", None, "You fetch a letter, whole."),
        ("dele 2", None, "You mark a letter."),
        ("APOP", None, "a server whose reply to CAPA offers APOP"),
    ],
)
def test_explain_knows_pop3(what: str, event: str | None, says: str) -> None:
    told = explain(what, event=event)
    assert says in str(told).replace("\n           ", " ")
    Page(told._repr_html_())


def test_explain_of_a_reply_and_of_a_pasted_session() -> None:
    assert "nothing to read" not in str(explain(Pop3Reply("+OK", "hi")))
    pasted = "\n".join(line[3:] for line in samples.POP3.splitlines())
    told = str(explain(pasted))
    assert told.startswith("A session  39 steps, 20 of them replies")
    assert "-ERR after PASS: not done. Name or password is wrong." in told and "State: TRANSACTION." in told
    assert "canary" not in told


def test_a_code_after_a_command_of_pop3_is_refused_with_what_to_give() -> None:
    with pytest.raises(ValueError, match='has no reply codes. Give its reply: "\\+OK'):
        explain(250, event="RETR")
