"""What a table refuses when it is built, and what a server refuses when a row and a handler do not meet."""

from __future__ import annotations

import enum
from types import MappingProxyType

import pytest

from smtplab.protocol import answers
from smtplab.protocol import handlers as _registered  # noqa: F401  importing it registers the handlers
from smtplab.protocol.answers import Answer, Said, handlers_of, handles
from smtplab.protocol.manners import OFFERED
from smtplab.protocol.replies import Outcome, Reply
from smtplab.protocol.session import Session
from smtplab.protocol.smtp import ROWS, SMTP, State, lacking
from smtplab.protocol.table import Facts, Guard, Row, Table


class Door(enum.Enum):
    OPEN = "open"
    SHUT = "shut"


def _row(event: str, *states: Door, to: Door = Door.SHUT, keyword: str = "") -> Row:
    leads = MappingProxyType({Outcome.COMPLETION: to})
    return Row(event, frozenset(states), leads, (250,), "RFC 0", keyword=keyword)


def _table(*rows: Row, name: str = "DOOR") -> Table:
    return Table(name, Door, rows, start=Door.OPEN, closed=Door.SHUT, lacking=lambda *_: ("a hinge", "Buy one."))


def test_two_rows_that_claim_one_pair_are_an_error_that_names_it() -> None:
    with pytest.raises(ValueError, match=r"two rows claim PUSH in OPEN"):
        _table(_row("PUSH", Door.OPEN), _row("PUSH", Door.OPEN, Door.SHUT))


def test_one_more_row_of_smtp_that_claims_a_pair_is_an_error_too() -> None:
    with pytest.raises(ValueError, match=r"two rows claim NOOP in (GREETED|READY|MAIL|RCPT|BDAT)"):
        Table(
            "SMTP",
            State,
            [*ROWS, SMTP.by_event["NOOP"][0]],
            start=State.CONNECTED,
            closed=State.CLOSED,
            lacking=lacking,
        )


def test_one_verb_may_have_several_rows_in_different_states() -> None:
    table = _table(_row("PUSH", Door.OPEN), _row("PUSH", Door.SHUT, to=Door.OPEN))
    assert table.next_state(Door.OPEN, "PUSH", Outcome.COMPLETION) is Door.SHUT
    assert table.next_state(Door.SHUT, "PUSH", Outcome.COMPLETION) is Door.OPEN


def test_a_verdict_out_of_place_says_what_is_missing_and_what_helps() -> None:
    verdict = _table(_row("PUSH", Door.OPEN)).verdict(Door.SHUT, "PUSH", Facts())
    assert (verdict.allowed, verdict.code, verdict.missing, verdict.remedy) == (False, 503, "a hinge", "Buy one.")
    assert verdict.leads_to is Door.SHUT


def test_a_guard_sees_facts_and_answers_for_the_row() -> None:
    guard = Guard("oiled", lambda facts: facts.tls, 554, "no oil", "Oil it.")
    row = Row("PUSH", frozenset({Door.OPEN}), MappingProxyType({}), (250,), "RFC 0", (guard,))
    assert not _table(row).verdict(Door.OPEN, "PUSH", Facts()).allowed
    assert _table(row).verdict(Door.OPEN, "PUSH", Facts()).code == 554
    assert _table(row).verdict(Door.OPEN, "PUSH", Facts(tls=True)).allowed


def test_a_table_cannot_be_written_to() -> None:
    with pytest.raises(TypeError):
        SMTP.at[State.GREETED, "MAIL"] = ROWS[0]  # type: ignore[index]
    with pytest.raises(TypeError):
        ROWS[0].leads[Outcome.COMPLETION] = State.READY  # type: ignore[index]


# ------------------------------------------------------------------------------------------ rows and handlers
def _answer(_: Session, __: Said) -> Answer:
    return Answer(Reply(250, "ok"))


def test_a_handler_for_an_event_without_a_row_is_refused() -> None:
    with pytest.raises(ValueError, match="SMTP has no row for FROB: add the row first"):
        handles(SMTP, "FROB")(_answer)


def test_an_offered_event_without_a_handler_is_refused() -> None:
    table = _table(_row("PUSH", Door.OPEN), name="NO HANDLERS")
    with pytest.raises(ValueError, match="PUSH is offered and has no handler"):
        handlers_of(table, ())


def test_an_event_of_a_keyword_that_is_not_offered_needs_no_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_HANDLERS", dict(answers._HANDLERS))
    table = _table(
        _row("PUSH", Door.OPEN),
        _row("KICK", Door.OPEN, keyword="BOOTS"),
        _row("(end of data)", Door.OPEN),
        name="BOOTS",
    )
    handles(table, "PUSH", "(end of data)")(_answer)
    assert set(handlers_of(table, ())) == {"PUSH", "(end of data)"}
    with pytest.raises(ValueError, match="KICK is offered and has no handler"):
        handlers_of(table, ("BOOTS",))


def test_handlers_belong_to_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_HANDLERS", dict(answers._HANDLERS))
    before = handlers_of(SMTP, OFFERED)["QUIT"]
    table = _table(_row("QUIT", Door.OPEN), name="ANOTHER")
    handles(table, "QUIT")(_answer)
    assert handlers_of(SMTP, OFFERED)["QUIT"] is before


def test_every_event_that_the_server_offers_by_default_has_a_handler_and_no_other_has() -> None:
    without_keyword = {e for e in SMTP.verbs if not SMTP.by_event[e][0].keyword}
    happenings = {"(end of data)", "(response)"}
    assert set(handlers_of(SMTP, OFFERED)) == {*without_keyword, "BDAT", "BDAT LAST", *happenings}
    assert set(handlers_of(SMTP, (*OFFERED, "STARTTLS", "AUTH"))) == {*SMTP.verbs, *happenings}
