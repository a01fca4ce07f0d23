"""Facts, verdicts and what a session learns. (Rows are judged in `tests/oracle`, the product in `tests/table`.)"""

from __future__ import annotations

import pytest

from smtplab.protocol.replies import Outcome, Reply
from smtplab.protocol.smtp import SMTP, State, keywords_of, learn, next_state
from smtplab.protocol.table import Facts

OFFER = Reply(250, ("mail.example.com greets you", "SIZE 1000", "PIPELINING"))


def test_facts_know_nothing_at_first() -> None:
    facts = Facts()
    assert (facts.hello, dict(facts.keywords), facts.tls, facts.authenticated, facts.chunk_failed) == (
        "",
        {},
        False,
        False,
        False,
    )


def test_ehlo_teaches_what_is_offered() -> None:
    facts = learn(Facts(), "EHLO", OFFER)
    assert facts.hello == "EHLO"
    assert facts.offers("SIZE") and facts.offers("PIPELINING") and not facts.offers("CHUNKING")
    assert facts.keywords["SIZE"] == "1000"


def test_a_refused_ehlo_teaches_nothing() -> None:
    known = learn(Facts(), "EHLO", OFFER)
    assert learn(known, "EHLO", Reply(501, "name?")) == known
    assert learn(Facts(), "EHLO", Reply(502, "no")) == Facts()


def test_a_later_ehlo_replaces_what_was_offered() -> None:
    known = learn(Facts(), "EHLO", OFFER)
    assert dict(learn(known, "EHLO", Reply(250, "mail.example.com")).keywords) == {}


def test_helo_takes_the_keywords_away_and_leaves_tls_and_the_log_in() -> None:
    known = Facts(hello="EHLO", keywords=learn(Facts(), "EHLO", OFFER).keywords, tls=True, authenticated=True)
    assert learn(known, "HELO", Reply(250, "hi")) == Facts(hello="HELO", tls=True, authenticated=True)


def test_a_line_without_a_reply_teaches_nothing() -> None:
    assert learn(Facts(), "EHLO", None) == Facts()


@pytest.mark.parametrize("event", ["AUTH", "(response)"])
def test_only_235_or_another_completion_logs_in(event: str) -> None:
    assert learn(Facts(), event, Reply(235, "in")).authenticated
    assert not learn(Facts(), event, Reply(334, "")).authenticated
    assert not learn(Facts(), event, Reply(535, "no")).authenticated


def test_a_handshake_that_failed_changes_no_fact() -> None:
    known = Facts(hello="EHLO")
    assert learn(known, "(handshake)", None) == Facts(tls=True)
    assert learn(known, "(handshake)", Reply(554, "no")) == known


OFFERED = Facts(hello="EHLO", keywords={"CHUNKING": ""})


@pytest.mark.parametrize("code", [450, 451, 452, 500, 501, 502, 503, 552, 554])
@pytest.mark.parametrize("before", [State.RCPT, State.BDAT])
@pytest.mark.parametrize("event", ["BDAT", "BDAT LAST"])
def test_a_chunk_that_was_read_and_refused_has_failed_whatever_the_code(event: str, before: State, code: int) -> None:
    said = event.replace("BDAT", "BDAT 3").encode() + b"\r\nabc"
    assert learn(OFFERED, event, Reply(code, ""), before, said).chunk_failed
    assert not learn(OFFERED, event, Reply(250, ""), before, said).chunk_failed


@pytest.mark.parametrize("code", [500, 501, 502, 503, 554])
def test_a_chunk_that_was_never_read_has_not_failed(code: int) -> None:
    refusal, said = Reply(code, ""), b"BDAT 3\r\nabc"
    assert not learn(OFFERED, "BDAT", refusal, State.RCPT, b"BDAT three\r\n").chunk_failed
    assert not learn(Facts(hello="EHLO"), "BDAT", refusal, State.RCPT, said).chunk_failed
    assert not learn(Facts(hello="HELO"), "BDAT", refusal, State.RCPT, said).chunk_failed


@pytest.mark.parametrize("before", [State.GREETED, State.READY, State.MAIL])
def test_a_chunk_outside_of_a_message_spoils_none(before: State) -> None:
    assert not learn(OFFERED, "BDAT", Reply(503, ""), before, b"BDAT 3\r\nabc").chunk_failed


def test_data_amid_chunks_spoils_them_and_nowhere_else() -> None:
    refusal = Reply(503, "")
    assert learn(OFFERED, "DATA", refusal, State.BDAT, b"DATA\r\n").chunk_failed
    for state in (State.GREETED, State.READY, State.MAIL, State.RCPT):
        assert not learn(OFFERED, "DATA", refusal, state, b"DATA\r\n").chunk_failed
    for event in ("MAIL", "RCPT", "NOOP", "RSET", "VRFY"):
        assert not learn(OFFERED, event, refusal, State.BDAT, b"").chunk_failed


@pytest.mark.parametrize("event", ["RSET", "HELO", "EHLO", "MAIL"])
def test_a_failed_chunk_is_forgotten_where_a_transaction_begins_anew(event: str) -> None:
    assert not learn(Facts(chunk_failed=True), event, Reply(250, "ok")).chunk_failed
    assert learn(Facts(chunk_failed=True), event, Reply(501, "no")).chunk_failed


@pytest.mark.parametrize(
    ("lines", "keywords"),
    [
        (("mx",), {}),
        (("mx", "SIZE"), {"SIZE": ""}),
        (("mx", "size 10", "Help"), {"SIZE": "10", "HELP": ""}),
        (("mx", "AUTH PLAIN LOGIN"), {"AUTH": "PLAIN LOGIN"}),
        (("mx", "AUTH=PLAIN LOGIN"), {"AUTH": "PLAIN LOGIN"}),
        (("mx", "", "  "), {}),
        (("SIZE 5",), {}),
    ],
)
def test_keywords_are_the_first_words_of_all_lines_but_the_first(
    lines: tuple[str, ...], keywords: dict[str, str]
) -> None:
    assert dict(keywords_of(Reply(250, lines))) == keywords


def test_an_accepted_pair_that_no_row_lists_goes_where_the_event_leads() -> None:
    assert next_state(State.GREETED, "MAIL", Outcome.COMPLETION) is State.MAIL
    assert next_state(State.READY, "DATA", Outcome.INTERMEDIATE) is State.DATA
    assert next_state(State.GREETED, "MAIL", Outcome.PERMANENT) is State.GREETED
    assert next_state(State.MAIL, "MAIL", Outcome.COMPLETION) is State.MAIL


def test_an_event_that_nobody_knows_moves_nothing() -> None:
    assert next_state(State.READY, "SING", Outcome.COMPLETION) is State.READY
    assert next_state(State.READY, "SING", Outcome.CLOSING) is State.CLOSED


def test_a_verdict_says_what_helps() -> None:
    verdict = SMTP.verdict(State.MAIL, "DATA", Facts(hello="EHLO"))
    assert (verdict.allowed, verdict.code) == (False, 503)
    assert verdict.missing == "no recipient was accepted yet"
    assert "RCPT" in verdict.remedy


@pytest.mark.parametrize(
    ("state", "event", "missing"),
    [
        (State.GREETED, "MAIL", "no HELO or EHLO yet"),
        (State.READY, "RCPT", "no sender yet"),
        (State.READY, "DATA", "no sender yet"),
        (State.MAIL, "MAIL", "a mail transaction is open"),
        (State.RCPT, "MAIL", "a mail transaction is open"),
        (State.BDAT, "DATA", "the message has begun"),
        (State.REFUSED, "HELO", "the greeting was a refusal"),
        (State.CLOSED, "NOOP", "the session is over"),
        (State.CONNECTED, "EHLO", "no greeting yet"),
        (State.RCPT, "STARTTLS", "a mail transaction is open"),
    ],
)
def test_what_is_missing_is_said_in_a_few_words(state: State, event: str, missing: str) -> None:
    assert SMTP.verdict(state, event, Facts(hello="EHLO")).missing == missing


def test_verbs_are_what_a_client_can_say() -> None:
    assert "QUIT" in SMTP.verbs and "BDAT LAST" in SMTP.verbs
    assert not any(verb.startswith("(") for verb in SMTP.verbs)
