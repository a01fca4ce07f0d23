"""Every fault at every event: server and observer write the same record, and what was done is what the replies say.

One client says all there is to say, whatever it is answered, and somebody listens. Generated from the table's events.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from smtplab.protocol.faults import Fault, faults
from smtplab.protocol.manners import LENIENT
from smtplab.protocol.message import Message
from smtplab.protocol.observer import Observer
from smtplab.protocol.replies import Outcome
from smtplab.protocol.session import Session
from smtplab.protocol.smtp import SMTP, State
from smtplab.protocol.steps import Exchange
from smtplab.views.envelope import walk
from smtplab.views.moments import moments
from smtplab.views.stepper import document

SAID = (
    b"NOOP", b"EHLO me", b"HELP", b"VRFY bob", b"EXPN staff", b"FROB", b"NOOP " + b"x" * 600, b"STARTTLS", b"EHLO me",
    b"AUTH LOGIN", b"YWxpY2U=", b"d29uZGVybGFuZA==", b"MAIL FROM:<a@example.com>", b"RCPT TO:<bob@example.com>",
    b"RCPT TO:<nobody@example.com>", b"RCPT TO:<carol@example.com>", b"DATA", b"Subject: one\r\n\r\none\r\n.",
    b"MAIL FROM:<b@example.com>", b"RCPT TO:<bob@example.com>", b"BDAT 5\r\nhello\r\nNOOP", b"BDAT 2 LAST\r\n\r\n",
    b"HELO me", b"MAIL FROM:<c@example.com>", b"RCPT TO:<dave@example.com>", b"RSET",
    b"MAIL FROM:<d@example.com>", b"RCPT TO:<bob@example.com>", b"DATA", b"Subject: two\r\n\r\ntwo\r\n.", b"NOOP", b"QUIT",
)  # fmt: skip
NO_PLACE = {"(eof)", "(handshake)", "(unasked)", "(timeout)"}
EVENTS = [event for event in SMTP.by_event if event not in NO_PLACE]
REPLIES = (
    "220",
    "235",
    "250",
    "250 2.9.9 odd",
    "299",
    "334",
    "354",
    "421",
    "450",
    "451 4.3.0 later",
    "499",
    "521",
    "550",
    "599",
)
SOME = ("250", "299", "354", "421", "450", "550")
"""Where states and records have been compared for all of them."""
DELAYS = ("stall 0.5", "far 0.25", "dribble 3 0.1", "cut 2,5", "merge")
BREAKS = ("close", "reset", "garble")
STORING = ("(end of data)", "BDAT LAST")
STANDARD = json.loads((Path(__file__).parents[1] / "oracle/standards/commands.json").read_text("utf-8"))["commands"]
LISTED = {
    row["verb"]: {code for kind in row["replies"].values() for code in kind}
    for row in STANDARD
    if row["verb"] in SMTP.verbs
}
"""Typed from the standards, not the table: the codes of each verb."""
LISTED["DATA"].discard(250)  # it stands there for the end of the data


@dataclass
class Heard:
    """A session with faults, and what somebody who listened to it knows."""

    session: Session
    observer: Observer = field(default_factory=Observer)
    stored: list[Message] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    """Where the two did not agree on the way."""

    def say(self, data: bytes) -> None:
        self.observer.client(data)
        self.session.receive(data)
        self.hear()

    def hear(self) -> None:
        for delivery in self.session.deliveries():
            self.observer.server(delivery.octets)
        if self.session.wants_handshake:
            self.session.handshake(True)
            self.observer.handshake(True)
        if self.session.is_closing:
            self.observer.server_eof()
        if (self.session.state, self.session.facts) != (self.observer.state, self.observer.facts):
            self.behind.append(f"{self.session.state.name}, not {self.observer.state.name}")


def heard(*wanted: str) -> Heard:
    """All of SAID, said to a server with these faults."""
    stored: list[Message] = []
    session = Session(manners=LENIENT.offering("STARTTLS", "AUTH"), faults=faults(wanted), store=stored.append)
    both = Heard(session, stored=stored)
    session.connect()
    both.hear()
    for line in SAID:
        if session.is_closing:
            break
        both.say(line + b"\r\n")
    if not session.is_closing:
        session.receive_eof()
        both.hear()
        both.observer.client_eof()
    return both


def told(exchange: Exchange) -> tuple[object, ...]:
    """What a record says of an exchange, but for what only the server can know: that there was a fault."""
    reply = exchange.reply
    return (
        exchange.event, exchange.sent, reply, exchange.before, exchange.after, exchange.outcome, exchange.facts,
        exchange.row, tuple(r for r in exchange.remarks if not r.startswith("fault ")),
    )  # fmt: skip


def test_all_events_that_a_fault_can_be_placed_at_happen_in_this_session() -> None:
    happened = {exchange.event for exchange in heard().session.transcript().exchanges}
    assert set(EVENTS) <= happened
    for event in NO_PLACE:
        with pytest.raises(ValueError, match="no place for a fault"):
            Fault(event, "450")


@pytest.mark.parametrize("which", ["", ":2"])
@pytest.mark.parametrize("what", [*REPLIES, *DELAYS, *BREAKS])
@pytest.mark.parametrize("event", EVENTS)
def test_server_and_observer_write_the_same_record(event: str, which: str, what: str) -> None:
    both = heard(f"{event}{which}={what}")
    here, there = both.session.transcript().exchanges, both.observer.transcript().exchanges
    assert [told(each) for each in here] == [told(each) for each in there]
    assert both.session.state is both.observer.state is State.CLOSED
    if what != "merge":  # a reply that is held back is known to one end only, and that is its lesson
        assert both.behind == []


@pytest.mark.parametrize("what", [*SOME, "merge", *BREAKS])
@pytest.mark.parametrize("event", EVENTS)
def test_what_was_stored_is_what_the_replies_and_the_panels_say(event: str, what: str) -> None:
    both = heard(f"{event}={what}")
    session = both.session.transcript()
    for step, position in zip(session, document(session).steps[1:], strict=True):
        lit = [name for name, worn in position["marks"].items() if "is-current" in worn]
        assert position["state"] == step.state.name and lit == [f"state:{step.state.name}"]
    taken = [e for e in session.exchanges if e.event in STORING and e.outcome is Outcome.COMPLETION]
    unheard = [e for e in session.exchanges if e.event == "(end of data)" and e.reply is None]
    assert len(both.stored) == len(taken) + (len(unheard) if what in ("close", "reset") else 0)
    assert list(walk(moments(session)))[-1].letters == len(taken)


@pytest.mark.parametrize("what", [*SOME, "merge", *BREAKS])
@pytest.mark.parametrize("event", [event for event in EVENTS if event != "(connect)"])
def test_the_buffers_hold_what_the_envelope_panel_says_after_each_line(event: str, what: str) -> None:
    session = Session(manners=LENIENT.offering("STARTTLS", "AUTH"), faults=faults(f"{event}={what}"))
    session.connect()
    for line in SAID:
        session.receive(line + b"\r\n")
        session.data_to_send()
        if session.wants_handshake:
            session.handshake(True)
        if session.is_closing:
            return  # a connection that ends is no step, so no panel shows what it takes away
        shown = list(walk(moments(session.transcript())))[-1]
        held = session.transaction
        assert (held.reverse_path, len(held.forward_paths)) == (shown.reverse_path, shown.recipients) or (
            # An acceptance put in place of a refusal is a lie: who listens believes it, and nothing was done.
            event in ("MAIL", "RCPT") and what[0] == "2" and len(held.forward_paths) < shown.recipients
        )


@pytest.mark.parametrize("event", [event for event in EVENTS if event in LISTED])
@pytest.mark.parametrize("code", [220, 235, 250, 299, 334, 354, 450, 499, 550, 599])
def test_a_code_that_the_standard_does_not_list_is_marked_and_no_other(event: str, code: int) -> None:
    session = heard(f"{event}:1={code}").session.transcript()
    struck = next(e for e in session.exchanges if e.event == event)
    assert struck.reply_step is not None and f"fault {event}:1={code}" in struck.reply_step.remarks
    marked = f"{code} is not listed for {event}" in struck.reply_step.remarks
    assert marked == (code not in LISTED[event] | {421, 500, 501})


def test_a_fault_that_leaves_no_reply_is_marked_where_the_client_spoke() -> None:
    for what in BREAKS:
        session = heard(f"RCPT:2={what}").session.transcript()
        (marked,) = (step for step in session if f"fault RCPT:2={what}" in step.remarks)
        assert marked.text == "RCPT TO:<nobody@example.com>" and marked.direction == "C"


def test_a_reply_held_back_leaves_when_the_client_has_ended() -> None:
    session = Session(faults=faults("NOOP=merge"))
    session.connect()
    session.receive(b"NOOP\r\n")
    assert session.data_to_send().startswith(b"220") and session.data_to_send() == b""
    session.receive_eof()
    assert session.data_to_send() == b"250 Nothing done, as asked\r\n"


def test_a_handshake_is_not_held_back() -> None:
    session = Session(manners=LENIENT.offering("STARTTLS"), faults=faults("STARTTLS=merge"))
    session.connect()
    session.receive(b"EHLO me\r\nSTARTTLS\r\n")
    assert session.data_to_send().endswith(b"\r\n220 2.0.0 Begin the handshake now\r\n")
