"""Generated from POP3's table: for every state and event, what the table says is what a session does and an observer sees.

What is true of any table stands here for both: its rows are explained, awaited, and lead along a lead or nowhere.
"""

from __future__ import annotations

from typing import Any

import pytest

from smtplab.protocol.answers import handlers_of
from smtplab.protocol.manners import LENIENT, STRICT, Manners
from smtplab.protocol.observer import Observer
from smtplab.protocol.pop3.machine import POP3, State
from smtplab.protocol.pop3.replies import has_lines
from smtplab.protocol.replies import Outcome
from smtplab.protocol.smtp import SMTP
from smtplab.protocol.table import Facts, Reading, Table
from tests.talk_pop3 import LETTERS, PopTalk, pop_talk

SAID: dict[str, bytes] = {
    "USER": b"USER bob\r\n",
    "PASS": b"PASS letmein\r\n",
    "APOP": b"APOP bob c4c9334bac560ecc979e58001b3e22fb\r\n",
    "AUTH": b"AUTH PLAIN\r\n",
    "STLS": b"STLS\r\n",
    "CAPA": b"CAPA\r\n",
    "STAT": b"STAT\r\n",
    "LIST": b"LIST\r\n",
    "UIDL": b"UIDL\r\n",
    "RETR": b"RETR 2\r\n",
    "TOP": b"TOP 2 3\r\n",
    "DELE": b"DELE 2\r\n",
    "NOOP": b"NOOP\r\n",
    "RSET": b"RSET\r\n",
    "QUIT": b"QUIT\r\n",
    "(unknown verb)": b"FROB\r\n",
    "(line too long)": b"NOOP " + b"x" * 300 + b"\r\n",
}
SAID_BADLY = (
    b"LIST 9\r\n", b"LIST\t2\r\n", b"LIST \r\n", b"UIDL  2\r\n", b"RETR\r\n", b"retr 2\r\n", b"RETR 2 2\r\n", b"TOP 2\r\n",
    b"TOP 1 x\r\n", b"DELE 0\r\n", b"USER\r\n", b"PASS\r\n", b"PASS \xff\r\n", b"NOOP x\r\n", b"QUIT x\r\n", b"RETR 2\n",
    b"\r\n", b" NOOP\r\n", b"NO\0OP\r\n", b"CAPA \r\n", b"LIST 2\n", b"STAT 1\r\n",
)  # fmt: skip
EVENTS = list(POP3.by_event)
BY_LINES = [state for state in State if POP3.reading(state) is Reading.LINE and state is not State.CONNECTED]
WITH_TLS = LENIENT.offering("STARTTLS")
TABLES = [pytest.param(SMTP, id="SMTP"), pytest.param(POP3, id="POP3")]
BOTH_MANNERS = [pytest.param(WITH_TLS, id="TLS offered"), pytest.param(STRICT, id="strict")]


def _agree(talk: PopTalk) -> None:
    """Server and observer have the same record, octet for octet, and stand in the same place."""
    told = [
        [
            (e.event, e.sent, e.reply, e.reply_raw, e.before, e.after, e.facts, e.remarks, e.reply_remarks)
            for e in exchanges
        ]
        for exchanges in (talk.session.transcript().exchanges, talk.observer.transcript().exchanges)
    ]
    assert told[0] == told[1]
    assert talk.session.state is talk.observer.state


def test_every_event_that_can_be_said_is_tried_here() -> None:
    assert set(SAID) == {e for e in EVENTS if e in POP3.verbs or e in ("(unknown verb)", "(line too long)")}


@pytest.mark.parametrize("manners", BOTH_MANNERS)
@pytest.mark.parametrize("event", SAID)
@pytest.mark.parametrize("state", BY_LINES, ids=lambda state: state.name)
def test_the_session_answers_as_the_verdict_says(state: State, event: str, manners: Manners) -> None:
    talk = pop_talk(manners=manners).into(state.name)
    offered = event.startswith("(") or event in talk.session.handlers
    verdict = POP3.verdict(state, event, talk.session.facts, offered=offered)
    said = talk.raw(SAID[event])
    exchange = talk.session.transcript().exchanges[-1]
    assert (exchange.event, exchange.before, exchange.row) == (event, state, POP3.at.get((state, event)))
    assert exchange.reply is not None and exchange.reply_raw == said
    taken = verdict.allowed and not event.startswith("(")
    assert said.startswith(b"+OK" if taken else b"-ERR")
    assert talk.session.state is POP3.next_state(state, event, exchange.reply.outcome)
    if not verdict.allowed:
        assert talk.session.state is state and verdict.missing and verdict.remedy
    lines = said.endswith(b"\r\n.\r\n")
    assert lines == (taken and has_lines(event, SAID[event].decode().strip().partition(" ")[2]))
    _agree(talk)


@pytest.mark.parametrize("event", SAID)
@pytest.mark.parametrize("state", BY_LINES, ids=lambda state: state.name)
def test_cut_at_any_octet_it_is_the_same(state: State, event: str) -> None:
    octets = SAID[event] + b"NOOP\r\n"
    whole = pop_talk(manners=WITH_TLS).into(state.name)
    whole.raw(octets)
    for at in range(1, len(octets)):
        talk = pop_talk(manners=WITH_TLS).into(state.name)
        talk.raw(octets[:at])
        talk.raw(octets[at:])
        assert (talk.heard, talk.session.state) == (whole.heard, whole.session.state)
        assert talk.session.transcript().text() == whole.session.transcript().text()
        _agree(talk)


@pytest.mark.parametrize("event", [event for event in SAID if event != "STLS"])
@pytest.mark.parametrize("state", BY_LINES, ids=lambda state: state.name)
def test_an_observer_told_the_answer_in_pieces_sees_the_same(state: State, event: str) -> None:
    talk = pop_talk(manners=WITH_TLS).into(state.name)
    talk.raw(SAID[event])
    talk.say("NOOP")
    stream = b"".join(exchange.sent for exchange in talk.session.transcript().exchanges)
    for at in range(1, len(talk.heard)):
        observer = Observer(None)
        observer.client(stream)  # all of it ahead of the greeting
        observer.server(talk.heard[:at])
        observer.server(talk.heard[at:])
        assert observer.transcript().text() == talk.session.transcript().text()
        assert observer.state is talk.session.state


@pytest.mark.parametrize("manners", BOTH_MANNERS)
@pytest.mark.parametrize("octets", SAID_BADLY)
@pytest.mark.parametrize("state", BY_LINES, ids=lambda state: state.name)
def test_what_is_said_badly_is_seen_alike_by_both(state: State, octets: bytes, manners: Manners) -> None:
    talk = pop_talk(manners=manners).into(state.name)
    said = talk.raw(octets)
    assert said.startswith((b"+OK", b"-ERR"))
    _agree(talk)
    if not talk.session.is_closing:
        talk.say("NOOP")
        _agree(talk)


@pytest.mark.parametrize("state", [s for s in State if s in (*BY_LINES, State.CLOSED)], ids=lambda state: state.name)
def test_a_client_that_goes_leaves_no_lock_and_removes_nothing(state: State) -> None:
    talk = pop_talk(manners=WITH_TLS).into(state.name)
    if state is State.TRANSACTION:
        talk.say("DELE 1")
    talk.eof()
    assert talk.state == "CLOSED" and talk.drops.locked == set()
    assert tuple(talk.drops.letters.values()) == LETTERS
    _agree(talk)


# ------------------------------------------------------------------------------------------- true of any table
@pytest.mark.parametrize("table", TABLES)
def test_every_event_and_state_is_explained_to_a_learner(table: Table) -> None:
    assert set(table.sentence) == set(table.by_event)
    assert all(sentence.endswith(".") for sentence in table.sentence.values())
    assert set(table.awaits) | {state for state in table.states if table.reading(state) is Reading.DATA} == set(
        table.states
    )
    for verb in table.verbs:
        assert table.syntax[verb].split()[0] == verb.split()[0]
    assert set(table.syntax) <= set(table.by_event)


@pytest.mark.parametrize("table", TABLES)
def test_a_row_stands_in_states_of_its_table_and_leads_to_some(table: Table) -> None:
    for row in table.rows:
        assert row.states and row.states <= set(table.states)
        assert set(row.leads.values()) <= set(table.states)
        assert row.section.startswith("RFC ") and row.keyword == row.keyword.upper()
        assert table.closed not in row.states
        for guard in row.guards:
            assert guard.missing and guard.remedy.endswith(".")


@pytest.mark.parametrize("table", TABLES)
def test_every_state_but_the_first_is_led_to_and_can_be_left(table: Table) -> None:
    led_to = {state for row in table.rows for state in row.leads.values()}
    assert led_to == set(table.states) - {table.start}
    left = {state for row in table.rows if set(row.leads.values()) - {*row.states} for state in row.states}
    assert left == set(table.states) - {table.closed}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("outcome", Outcome, ids=lambda outcome: outcome.name)
def test_a_state_moves_along_a_lead_or_not_at_all(table: Table, outcome: Outcome) -> None:
    for state in table.states:
        for event in table.by_event:
            after: Any = table.next_state(state, event, outcome)
            row = table.at.get((state, event))
            if outcome is Outcome.CLOSING or state is table.closed:
                assert after is table.closed
            elif row is not None:
                assert after is row.leads.get(outcome, state)
            elif outcome in (Outcome.TRANSIENT, Outcome.PERMANENT):
                assert after is state
            else:
                assert after is state or after in {r.leads.get(outcome) for r in table.by_event[event]}


def test_the_handlers_are_the_verbs_that_it_offers() -> None:
    assert set(handlers_of(POP3, ())) == set(POP3.verbs) - {"APOP", "AUTH", "STLS"}
    assert set(handlers_of(POP3, ("STLS",))) == set(POP3.verbs) - {"APOP", "AUTH"}


@pytest.mark.parametrize(
    ("state", "event", "missing"),
    [
        (State.CONNECTED, "USER", "no greeting yet"),
        (State.AUTHORIZATION, "STAT", "nobody has logged in yet"),
        (State.AUTHORIZATION, "PASS", "no name was said yet"),
        (State.USER, "STAT", "a name was said and its password is awaited"),
        (State.USER, "USER", "a name was said and its password is awaited"),
        (State.TRANSACTION, "USER", "somebody has logged in already"),
        (State.TRANSACTION, "STLS", "somebody has logged in already"),
        (State.AUTH, "STAT", "no command can be said now"),
        (State.TLS, "STAT", "no command can be said now"),
        (State.CLOSED, "NOOP", "the session is over"),
    ],
)
def test_a_verdict_says_what_is_missing(state: State, event: str, missing: str) -> None:
    verdict = POP3.verdict(state, event, Facts())
    assert (verdict.allowed, verdict.missing, verdict.leads_to) == (False, missing, state)
    assert verdict.remedy.endswith(".")
