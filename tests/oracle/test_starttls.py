"""STARTTLS, typed from RFC 3207 §4 and §4.2: what is forgotten, what is dropped, and what a second one earns."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from smtplab.protocol.manners import LENIENT, STRICT, Manners
from smtplab.protocol.observer import Observer
from smtplab.protocol.replies import Reply
from tests.talk import HELLO, RECIPIENT, SENDER, Talk, talk

TLS = LENIENT.offering("STARTTLS", "AUTH")
BOTH_MANNERS = [pytest.param(TLS, id="lenient"), pytest.param(replace(TLS, strict=True), id="strict")]
ALICE = base64.b64encode(b"\0alice\0wonderland").decode("ascii")


def shaken(manners: Manners = TLS) -> Talk:
    """A session in which the handshake has just been made."""
    session = talk(manners=manners)
    assert session.say(HELLO, "STARTTLS") == [250, 220]
    assert session.state == "TLS"
    session.session.handshake(True)
    return session


@pytest.mark.parametrize("manners", BOTH_MANNERS)
def test_no_second_greeting_comes_and_ehlo_must_be_said_again(manners: Manners) -> None:
    session = shaken(manners)
    assert session.session.data_to_send() == b""
    assert session.state == "GREETED"
    assert session.say(SENDER, "DATA", "AUTH PLAIN") == [503, 503, 503]
    assert session.say("NOOP", "RSET", "HELP", "VRFY bob") == [250, 250, 214, 252]
    session.mail()


def test_everything_said_before_is_forgotten() -> None:
    session = shaken()
    assert session.session.client_name == "" and session.session.facts.hello == ""
    assert dict(session.session.facts.keywords) == {}
    assert session.session.facts.tls and not session.session.facts.authenticated


def test_a_log_in_from_before_is_forgotten_and_may_be_made_again() -> None:
    session = talk(manners=replace(TLS, auth_in_clear=True))
    assert session.say(HELLO, f"AUTH PLAIN {ALICE}", "STARTTLS") == [250, 235, 220]
    session.session.handshake(True)
    assert not session.session.facts.authenticated and session.session.user == ""
    assert session.say(HELLO, SENDER, "RCPT TO:<zoe@elsewhere.example>", "RSET") == [250, 250, 550, 250]
    assert session.say(f"AUTH PLAIN {ALICE}") == [235]


def test_it_is_not_offered_again_and_a_second_one_is_503() -> None:
    session = shaken()
    assert "STARTTLS" not in Reply.parse(session.raw(HELLO)).lines
    assert session.say("STARTTLS", "NOOP") == [503, 250]
    assert session.state == "READY"


def test_an_argument_is_501_and_nothing_moves() -> None:
    session = talk(manners=TLS).into("READY")
    assert session.say("STARTTLS now") == [501]
    assert session.state == "READY" and not session.session.wants_handshake


@pytest.mark.parametrize("state", ["GREETED", "MAIL", "RCPT"])
def test_before_ehlo_or_inside_a_transaction_it_is_503(state: str) -> None:
    session = talk(manners=TLS).into(state)
    assert session.say("STARTTLS") == [503]
    assert session.state == state


def test_after_helo_it_is_503() -> None:
    assert talk(manners=TLS).say("HELO client.example.net", "STARTTLS") == [250, 503]


def test_not_offered_it_is_502() -> None:
    assert talk().into("READY").say("STARTTLS") == [502]


AHEAD = [b"NOOP\r\n", b"EHLO evil\r\nMAIL FROM:<e@b.example>\r\n", b"half a li", b"\r\n" * 5000]


@pytest.mark.parametrize("cut", [0, 1, 5])
@pytest.mark.parametrize("ahead", AHEAD, ids=len)
def test_what_was_sent_ahead_of_the_handshake_is_never_read(ahead: bytes, cut: int) -> None:
    session = talk(manners=TLS).into("READY")
    assert session.say(b"STARTTLS\r\n" + ahead[:cut]) == [220]
    assert session.say(ahead[cut:]) == []
    session.session.handshake(True)
    assert session.session.data_to_send() == b""
    assert session.say("NOOP") == [250]
    assert [exchange.event for exchange in session.session.transcript().exchanges[2:]] == [
        "STARTTLS", "(handshake)", "NOOP",
    ]  # fmt: skip
    assert session.session.transcript().remarks == (
        f"{len(ahead)} octets sent ahead of the handshake were dropped",
    )  # fmt: skip


def test_a_handshake_that_fails_ends_the_session_without_a_word() -> None:
    session = talk(manners=TLS)
    assert session.say(HELLO, "STARTTLS") == [250, 220]
    session.session.handshake(False)
    assert session.state == "CLOSED" and session.session.is_closing
    assert session.session.data_to_send() == b""
    assert session.say("NOOP") == []


def test_a_client_that_leaves_in_place_of_the_handshake_closes() -> None:
    session = talk(manners=TLS)
    assert session.say(HELLO, "STARTTLS") == [250, 220]
    session.session.receive_eof()
    assert session.state == "CLOSED" and session.session.is_closing


# ---------------------------------------------------------------------- with which protocol it came (RFC 3848 §1)
def trace(session: Talk, *said: str) -> str:
    for line in said:
        (code,) = session.say(line)
        assert code < 400, (line, code)
    assert session.say("DATA", b"x\r\n.\r\n") == [354, 250]
    return session.stored[-1].trace.decode()


def test_received_names_the_protocol_that_was_really_spoken() -> None:
    clear = replace(TLS, auth_in_clear=True)
    eight = "MAIL FROM:<alice@example.net> SMTPUTF8"
    assert " with SMTP id " in trace(talk(), "HELO c", SENDER, RECIPIENT)
    assert " with ESMTP id " in trace(talk(), HELLO, SENDER, RECIPIENT)
    assert " with UTF8SMTP id " in trace(talk(), HELLO, eight, RECIPIENT)
    assert " with ESMTPA id " in trace(talk(manners=clear), HELLO, f"AUTH PLAIN {ALICE}", SENDER, RECIPIENT)
    assert " with UTF8SMTPA id " in trace(talk(manners=clear), HELLO, f"AUTH PLAIN {ALICE}", eight, RECIPIENT)
    assert " with ESMTPS id " in trace(shaken(), HELLO, SENDER, RECIPIENT)
    assert " with ESMTPSA id " in trace(shaken(), HELLO, f"AUTH PLAIN {ALICE}", SENDER, RECIPIENT)
    assert " with UTF8SMTPS id " in trace(shaken(), HELLO, eight, RECIPIENT)
    assert " with UTF8SMTPSA id " in trace(shaken(), HELLO, f"AUTH PLAIN {ALICE}", eight, RECIPIENT)


def test_the_protocol_is_each_messages_own() -> None:
    session = talk()
    assert " with UTF8SMTP id " in trace(session, HELLO, "MAIL FROM:<é@example.net> SMTPUTF8", RECIPIENT)
    assert " with ESMTP id " in trace(session, SENDER, RECIPIENT)


# ------------------------------------------------------------------------------------- an observer, told of it
@pytest.mark.parametrize("ok", [True, False])
def test_an_observer_that_is_told_of_the_handshake_writes_the_servers_record(ok: bool) -> None:
    session, observer = talk(manners=TLS), Observer()
    observer.server(session.heard)
    before = (HELLO, b"STARTTLS\r\nNOOP\r\n")
    after = ("NOOP", HELLO, f"AUTH PLAIN {ALICE}", SENDER, RECIPIENT, "DATA", b"x\r\n.\r\n", "QUIT")
    for said in before if not ok else (*before, None, *after):
        if said is None:
            session.session.handshake(True)
            observer.handshake(True)
            continue
        octets = said if isinstance(said, bytes) else said.encode() + b"\r\n"
        observer.client(octets)
        observer.server(session.raw(octets))
    if not ok:
        session.session.handshake(False)
        observer.handshake(False)
    ours, theirs = session.session.transcript(), observer.transcript()
    assert theirs.text(secrets=True) == ours.text(secrets=True)
    assert theirs.remarks == ours.remarks != ()
    assert [(e.event, e.before, e.after, e.facts) for e in theirs.exchanges] == [
        (e.event, e.before, e.after, e.facts) for e in ours.exchanges
    ]
    assert observer.state is session.session.state
    assert session.state == "CLOSED" and len(session.stored) == ok


def test_a_strict_server_wants_the_same() -> None:
    assert STRICT.offering("STARTTLS").offered == LENIENT.offering("STARTTLS").offered
