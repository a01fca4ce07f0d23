"""The 434 rows that were typed from the standards, one by one, against the function that moves the state.

Not every row is an event of ours; which are not, and why, is counted here, so that none is left out in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from smtplab.protocol.observer import Observer
from smtplab.protocol.replies import Outcome
from tests.oracle.machine import after, outcome_of
from tests.oracle.typed import ROWS_OF_THE_STANDARD, WELL_SAID

Typed = dict[str, Any]

UNKNOWN_HERE = frozenset({"ETRN", "SEND", "SOML", "SAML", "TURN"})
"""Verbs that this course has no row for: a server answers 500 or 502, and an observer sees an unknown verb."""

# A failed chunk is a fact and no state: the message is as far as it was. A chunk half sent is framing.
STANDS_IN = {"BDAT-FAILED": ("RCPT", "BDAT"), "CHUNK": ("RCPT", "BDAT")}

HAPPENINGS = {
    "server-ready": "(connect)",
    "server-refuses": "(connect)",
    "server-busy": "(connect)",
    "line-too-long": "(line too long)",
    "idle-timeout": "(timeout)",
    "server-shutdown": "(unasked)",
    "client-disconnects": "(eof)",
    "end-of-data": "(end of data)",
    "handshake-ok": "(handshake)",
    "handshake-failed": "(handshake)",
    "response-ok": "(response)",
    "response-continue": "(response)",
    "response-wrong": "(response)",
    "response-undecodable": "(response)",
    "cancel-star": "(response)",
    "backend-down": "(response)",
    "UNKNOWN": "(unknown verb)",
}
WITHOUT_REPLY = {
    "client-disconnects": Outcome.CLOSING,
    "handshake-ok": Outcome.COMPLETION,
    "handshake-failed": Outcome.PERMANENT,
}


def kind_of(row: Typed) -> str:
    """ "checked", or why the row is none for the function that moves the state."""
    if row["on"] in UNKNOWN_HERE:
        return "unknown verb"
    if row["on"] == "security-layer":
        return "security layer"
    text = row["kind"] == "verb" and row["state"] in ("CONNECTED", "DATA", "CHUNK")
    framing = row["on"] in ("dot-stuffed-line", "bare-lf-dot") or row["next"] == "CHUNK"
    return "no event" if text or framing else "checked"


def events_of(row: Typed) -> tuple[str, ...]:
    """Our names for what the row is about."""
    if row["state"] == "TLS" and row["kind"] == "verb":
        return ("(handshake)",)
    if row["on"] == "chunk-complete":
        return {"ok": ("BDAT",), "ok-last": ("BDAT LAST",), "failed": ("BDAT", "BDAT LAST")}[row["outcome"]]
    if row["state"] == "AUTH" and row["kind"] == "verb":
        return ("(response)",)
    if row["on"] == "BDAT":
        return ("BDAT", "BDAT LAST")
    return (HAPPENINGS.get(row["on"], row["on"]),)


def outcomes_of(row: Typed) -> set[Outcome]:
    if row["state"] == "TLS" and row["kind"] == "verb":
        return {Outcome.PERMANENT}  # octets that are no TLS make the handshake fail
    if row["on"] in WITHOUT_REPLY:
        return {WITHOUT_REPLY[row["on"]]}
    return {outcome_of(code) for code in row["codes"]}


def name_of(row: Typed) -> str:
    return f"{row['state']}, {row['on']}: {row['outcome']} ({row['condition']})"


CHECKED = [row for row in ROWS_OF_THE_STANDARD if kind_of(row) == "checked"]
NO_EVENT = [row for row in ROWS_OF_THE_STANDARD if kind_of(row) == "no event"]


def test_every_row_is_either_checked_or_left_out_for_a_reason_that_is_counted() -> None:
    assert Counter(kind_of(row) for row in ROWS_OF_THE_STANDARD) == {
        "checked": 313,
        "unknown verb": 71,
        "no event": 49,  # said too early (15), text (15), octets (15), and four about how octets are read
        "security layer": 1,  # a SASL security layer is never offered here
    }
    assert len(ROWS_OF_THE_STANDARD) == 434


@pytest.mark.parametrize("row", CHECKED, ids=name_of)
def test_the_state_after_it_is_the_standards(row: Typed) -> None:
    assert events_of(row) and outcomes_of(row)
    for state in STANDS_IN.get(row["state"], (row["state"],)):
        for event in events_of(row):
            for outcome in outcomes_of(row):
                expected = state if row["next"] == "BDAT-FAILED" else row["next"]
                if row["next"] == row["state"]:
                    expected = state
                assert after(state, event, outcome) == expected


@pytest.mark.parametrize("row", [r for r in ROWS_OF_THE_STANDARD if kind_of(r) == "unknown verb"], ids=name_of)
def test_a_verb_that_is_unknown_here_never_moves_anything_when_it_is_refused(row: Typed) -> None:
    for state in STANDS_IN.get(row["state"], (row["state"],)):
        assert after(state, "(unknown verb)", Outcome.PERMANENT) == state


def _refusals() -> Iterator[tuple[str, int]]:
    for state in ("GREETED", "READY", "MAIL", "RCPT", "BDAT", "REFUSED"):
        for code in (450, 500, 503, 554):
            yield state, code


@pytest.mark.parametrize(("state", "code"), list(_refusals()))
@pytest.mark.parametrize("verb", [verb for verb in WELL_SAID if verb not in UNKNOWN_HERE and verb != "UNKNOWN"])
def test_a_refused_command_moves_nothing(state: str, verb: str, code: int) -> None:
    """RFC 5321 §4.1.1: buffers and state are as they were before a command that was refused."""
    assert after(state, verb, outcome_of(code)) == state


def _heard(*said: tuple[bytes, bytes]) -> Observer:
    observer = Observer()
    for client, server in said:
        observer.client(client)
        observer.server(server)
    return observer


ENVELOPE = (
    (b"", b"220 mx\r\n"),
    (b"EHLO c.example\r\n", b"250-mx\r\n250 CHUNKING\r\n"),
    (b"MAIL FROM:<a@example.net>\r\n", b"250 ok\r\n"),
    (b"RCPT TO:<bob@example.com>\r\n", b"250 ok\r\n"),
)
PLACE: dict[str, tuple[tuple[bytes, bytes], ...]] = {
    "CONNECTED": (),
    "DATA": (*ENVELOPE, (b"DATA\r\n", b"354 go\r\n")),
    "CHUNK": (*ENVELOPE, (b"BDAT 4000 LAST\r\n", b"")),
    "RCPT": ENVELOPE,
    "BDAT": (*ENVELOPE, (b"BDAT 1\r\nx", b"250 ok\r\n")),
}


@pytest.mark.parametrize("row", NO_EVENT, ids=name_of)
def test_what_is_no_event_is_taken_as_octets_and_moves_nothing(row: Typed) -> None:
    """Words before the greeting, text in mail data, octets of a chunk, and how they are read."""
    said = {
        "dot-stuffed-line": b"..stuffed\r\n",
        "bare-lf-dot": b"a\n.\nb\r\n",
        "BDAT": b"BDAT 4000\r\nhalf",
    }.get(row["on"]) or WELL_SAID[row["on"]].encode() + b"\r\n"
    observer = _heard(*PLACE[row["state"]])
    before = observer.state, observer.facts, len(observer.transcript().exchanges)
    answered = sum(exchange.reply is not None for exchange in observer.transcript().exchanges)
    observer.client(said)
    assert (observer.state, observer.facts) == before[:2]
    assert sum(exchange.reply is not None for exchange in observer.transcript().exchanges) == answered


@pytest.mark.parametrize("code", [451, 452, 552, 554])
def test_after_a_failed_chunk_the_message_is_where_it_was_and_the_failure_is_known(code: int) -> None:
    observer = _heard(*PLACE["BDAT"], (b"BDAT 4\r\nabcd", f"{code} no\r\n".encode()))
    assert observer.state.name == "BDAT"
    assert observer.facts.chunk_failed
    observer.client(b"RSET\r\n")
    observer.server(b"250 ok\r\n")
    assert observer.state.name == "READY"
    assert not observer.facts.chunk_failed


def test_a_handshake_makes_everything_forgotten_but_tls() -> None:
    """RFC 3207 §4.2: the client must say EHLO again, and nothing that was learned before counts."""
    observer = _heard(*ENVELOPE[:2], (b"STARTTLS\r\n", b"220 go\r\n"))
    observer.handshake(True)
    assert observer.state.name == "GREETED"
    assert (observer.facts.hello, dict(observer.facts.keywords), observer.facts.tls) == ("", {}, True)


def test_logging_in_is_a_fact_that_rset_and_ehlo_do_not_take_away() -> None:
    """RFC 4954 §4: once logged in, always logged in, until the connection ends."""
    observer = _heard(
        *ENVELOPE[:1],
        (b"EHLO c.example\r\n", b"250-mx\r\n250 AUTH PLAIN LOGIN\r\n"),
        (b"AUTH PLAIN\r\n", b"334 \r\n"),
        (b"AGFsaWNlAHdvbmRlcmxhbmQ=\r\n", b"235 in\r\n"),
        (b"RSET\r\n", b"250 ok\r\n"),
        (b"EHLO c.example\r\n", b"250 mx\r\n"),
    )
    assert observer.state.name == "READY"
    assert observer.facts.authenticated
