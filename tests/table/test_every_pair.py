"""Generated from the table: for every state and event, what the table says is what a real session does.

These tests cannot see a table that is wrong (`tests/oracle` can); they see code that strays from it.
"""

from __future__ import annotations

import pytest

from smtplab.protocol.catalogue import CATALOGUE
from smtplab.protocol.extensions import EXTENSIONS
from smtplab.protocol.observer import Observer
from smtplab.protocol.replies import Outcome, Reply
from smtplab.protocol.session import Session
from smtplab.protocol.smtp import SENTENCE, SMTP, SYNTAX, State, next_state
from smtplab.protocol.table import Facts, Reading
from tests.talk import Talk, talk

SAID: dict[str, bytes] = {
    "HELO": b"HELO c.example.net\r\n",
    "EHLO": b"EHLO c.example.net\r\n",
    "MAIL": b"MAIL FROM:<alice@example.net>\r\n",
    "RCPT": b"RCPT TO:<bob@example.com>\r\n",
    "DATA": b"DATA\r\n",
    "BDAT": b"BDAT 0\r\n",
    "BDAT LAST": b"BDAT 0 LAST\r\n",
    "RSET": b"RSET\r\n",
    "NOOP": b"NOOP\r\n",
    "VRFY": b"VRFY bob\r\n",
    "EXPN": b"EXPN staff\r\n",
    "HELP": b"HELP\r\n",
    "AUTH": b"AUTH PLAIN\r\n",
    "STARTTLS": b"STARTTLS\r\n",
    "QUIT": b"QUIT\r\n",
    "(unknown verb)": b"FROB\r\n",
    "(line too long)": b"NOOP " + b"x" * 600 + b"\r\n",
}
STATES_READ_BY_LINES = [
    state for state in State if SMTP.reading(state) is Reading.LINE and state is not State.CONNECTED
]
EVENTS = list(SMTP.by_event)


def _in(state: State) -> Talk:
    """A session that has come as far as `state`; where the server cannot get there by itself, its record says so."""
    way: dict[State, tuple[tuple[str, int], ...]] = {
        State.BDAT: (("EHLO", 250), ("MAIL", 250), ("RCPT", 250), ("BDAT", 250)),
        State.REFUSED: (),
    }
    if state not in way:
        return talk().into(state.name)
    spoken = Talk()
    spoken.session = Session(store=spoken.stored.append)
    record = spoken.session._recorder
    for event, code in (("(connect)", 554 if state is State.REFUSED else 220), *way[state]):
        record.answered(event, b"", Reply(code, ""), b"")
    assert spoken.session.state is state
    return spoken


def test_every_event_that_can_be_said_is_tried_here() -> None:
    assert set(SAID) == {
        event for event in EVENTS if event in SMTP.verbs or event in ("(unknown verb)", "(line too long)")
    }


@pytest.mark.parametrize("event", SAID)
@pytest.mark.parametrize("state", STATES_READ_BY_LINES, ids=lambda state: state.name)
def test_the_session_answers_as_the_verdict_says(state: State, event: str) -> None:
    spoken = _in(state)
    session = spoken.session
    keyword = SMTP.by_event[event][0].keyword
    verdict = SMTP.verdict(state, event, session.facts, offered=not keyword or keyword in session.manners.offered)
    (code,) = spoken.say(SAID[event])
    exchange = session.transcript().exchanges[-1]
    assert exchange.event == event
    assert (exchange.before, exchange.row) == (state, SMTP.at.get((state, event)))
    if verdict.allowed:
        assert verdict.row is not None and code in verdict.row.codes
    else:
        assert code == verdict.code
        assert verdict.leads_to is state is session.state
        assert verdict.missing and verdict.remedy
    assert session.state is next_state(state, event, Outcome.of(code))


@pytest.mark.parametrize("event", SAID)
@pytest.mark.parametrize("state", STATES_READ_BY_LINES, ids=lambda state: state.name)
def test_what_the_table_places_is_never_503_and_what_it_does_not_place_always_is(state: State, event: str) -> None:
    (code,) = _in(state).say(SAID[event])
    assert (code == 503) == (not SMTP.lists(state, event))


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("state", State, ids=lambda state: state.name)
def test_a_verdict_names_the_state_that_its_code_leads_to(state: State, event: str) -> None:
    facts = Facts(hello="EHLO")
    verdict = SMTP.verdict(state, event, facts)
    assert verdict.allowed == SMTP.lists(state, event)
    if verdict.code:
        assert verdict.leads_to is next_state(state, event, Outcome.of(verdict.code))
    assert bool(verdict.missing) == bool(verdict.remedy) == (not verdict.allowed)


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("state", State, ids=lambda state: state.name)
@pytest.mark.parametrize("outcome", Outcome, ids=lambda outcome: outcome.name)
def test_the_state_moves_along_a_lead_or_not_at_all(state: State, event: str, outcome: Outcome) -> None:
    after = next_state(state, event, outcome)
    row = SMTP.at.get((state, event))
    if outcome is Outcome.CLOSING:
        assert after is State.CLOSED
    elif row is not None:
        assert after is row.leads.get(outcome, state)
    elif outcome in (Outcome.TRANSIENT, Outcome.PERMANENT):
        assert after is state
    else:
        assert after is state or after in {r.leads.get(outcome) for r in SMTP.by_event[event]}


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("outcome", Outcome, ids=lambda outcome: outcome.name)
def test_nothing_leaves_the_closed_state(event: str, outcome: Outcome) -> None:
    assert next_state(State.CLOSED, event, outcome) is State.CLOSED


# --------------------------------------------------------------------------------------------------- the rows
@pytest.mark.parametrize("row", SMTP.rows, ids=lambda row: f"{row.event} in {len(row.states)}")
def test_a_row_lists_codes_of_the_catalogue_the_usual_one_first(row: object) -> None:
    from smtplab.protocol.table import Row

    assert isinstance(row, Row)
    assert set(row.codes) <= set(CATALOGUE)
    assert len(set(row.codes)) == len(row.codes)
    if row.codes and Outcome.COMPLETION in row.leads and row.event not in ("AUTH", "(response)"):
        assert row.leads[Outcome.of(row.codes[0])] is row.leads[Outcome.COMPLETION]


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_is_explained_to_a_learner(event: str) -> None:
    assert SENTENCE[event].endswith(".")
    if event in SMTP.verbs:
        assert SYNTAX[event].split()[0] == event.split()[0]


def test_nothing_is_explained_that_is_no_event() -> None:
    assert set(SENTENCE) == set(EVENTS)
    assert set(SYNTAX) <= set(EVENTS)


def test_a_rows_guards_have_names_and_say_what_helps() -> None:
    guards = {guard for row in SMTP.rows for guard in row.guards}
    assert {guard.name for guard in guards} == {"EHLO said", "no TLS yet", "not logged in", "no failed chunk"}
    for guard in guards:
        assert guard.code in CATALOGUE
        assert guard.missing and guard.remedy.endswith(".")


@pytest.mark.parametrize(
    ("event", "state", "facts", "missing"),
    [
        ("STARTTLS", State.READY, Facts(hello="HELO"), "no EHLO yet"),
        ("STARTTLS", State.READY, Facts(hello="EHLO", tls=True), "TLS is on already"),
        ("AUTH", State.READY, Facts(hello="HELO"), "no EHLO yet"),
        ("AUTH", State.READY, Facts(hello="EHLO", authenticated=True), "logged in already"),
        ("RCPT", State.RCPT, Facts(hello="EHLO", chunk_failed=True), "its chunks have failed"),
        ("DATA", State.RCPT, Facts(hello="EHLO", chunk_failed=True), "its chunks have failed"),
        ("BDAT", State.BDAT, Facts(hello="EHLO", chunk_failed=True), "its chunks have failed"),
        ("BDAT LAST", State.RCPT, Facts(hello="EHLO", chunk_failed=True), "its chunks have failed"),
    ],
)
def test_a_guard_that_does_not_hold_earns_503(event: str, state: State, facts: Facts, missing: str) -> None:
    verdict = SMTP.verdict(state, event, facts)
    assert (verdict.allowed, verdict.code, verdict.missing) == (False, 503, missing)
    assert verdict.leads_to is state


def test_what_is_known_and_not_offered_earns_502() -> None:
    verdict = SMTP.verdict(State.READY, "STARTTLS", Facts(hello="EHLO"), offered=False)
    assert (verdict.allowed, verdict.code) == (False, 502)


def test_a_keyword_in_a_row_is_written_as_ehlo_offers_it() -> None:
    for row in SMTP.rows:
        assert row.keyword == row.keyword.upper()
    assert set(EXTENSIONS) >= {"PIPELINING", "SIZE", "8BITMIME", "ENHANCEDSTATUSCODES", "HELP"}


# ------------------------------------------------------------------------------------------ the few great rules
@pytest.mark.parametrize("state", [s for s in State if SMTP.lists(s, "QUIT")], ids=lambda state: state.name)
def test_quit_closes_by_its_row(state: State) -> None:
    assert next_state(state, "QUIT", Outcome.COMPLETION) is State.CLOSED


@pytest.mark.parametrize("event", [event for event in EVENTS if event != "QUIT"])
def test_221_closes_nothing_by_itself(event: str) -> None:
    for state in State:
        if state is not State.CLOSED:
            assert next_state(state, event, Outcome.of(221)) is not State.CLOSED


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("state", State, ids=lambda state: state.name)
def test_421_closes_from_any_state(state: State, event: str) -> None:
    assert next_state(state, event, Outcome.of(421)) is State.CLOSED


def test_starttls_that_a_server_takes_too_early_leads_to_the_handshake_with_a_remark() -> None:
    observer = Observer()
    observer.server(b"220 mx\r\n")
    observer.client(b"STARTTLS\r\n")
    observer.server(b"220 go ahead\r\n")
    assert observer.state is State.TLS
    (remark,) = observer.transcript().exchanges[-1].reply_remarks
    assert "STARTTLS" in remark and "GREETED" in remark


def test_a_code_that_the_standard_does_not_list_is_remarked_and_obeyed() -> None:
    observer = Observer()
    observer.server(b"220 mx\r\n")
    observer.client(b"HELO c.example.net\r\n")
    observer.server(b"252 whatever\r\n")
    assert observer.state is State.READY
    assert observer.transcript().remarks == ("252 is not listed for HELO",)
