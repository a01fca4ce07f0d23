"""The session's own duties: effects, the store, enhanced codes, limits, the clock, and what it tells of itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smtplab.protocol.manners import LENIENT, STRICT, manners
from smtplab.protocol.message import Message, StoreFailed
from smtplab.protocol.replies import Reply
from smtplab.protocol.session import Session
from smtplab.protocol.world import ToyClock, World, counting_ids
from tests.talk import HELLO, LETTER, RECIPIENT, SENDER, talk


# -------------------------------------------------------------------------------------------- effects, storing
def _refuses(full: bool) -> object:
    def store(_: Message) -> None:
        raise StoreFailed("the disk said no", full=full)

    return store


@pytest.mark.parametrize(("full", "code"), [(False, 451), (True, 452)])
def test_a_store_that_fails_is_a_4yz_and_nothing_is_taken_over(full: bool, code: int) -> None:
    session = talk(store=_refuses(full)).into("DATA")
    assert session.say(LETTER.encode()) == [code]
    assert session.stored == []
    assert session.state == "READY"
    assert session.session.transaction.reverse_path is None


def test_a_message_is_stored_before_the_250_can_leave() -> None:
    waiting: list[bytes] = []
    session = Session(store=lambda _: waiting.append(session.data_to_send()))
    session.connect()
    session.receive(f"{HELLO}\r\n{SENDER}\r\n{RECIPIENT}\r\nDATA\r\n{LETTER}".encode())
    (before,) = waiting
    assert before.splitlines()[-1].startswith(b"354")
    assert session.data_to_send().startswith(b"250")


def test_the_record_is_written_before_the_reply_leaves() -> None:
    session = Session()
    session.connect()
    session.data_to_send()
    session.receive(b"NOOP\r\n")
    assert session.transcript().exchanges[-1].event == "NOOP"
    assert session.data_to_send().startswith(b"250")


def test_a_recipient_is_in_the_envelope_only_if_it_was_accepted() -> None:
    session = talk()
    session.say(
        HELLO, SENDER, RECIPIENT, "RCPT TO:<nobody@example.com>", "RCPT TO:<carol@example.com>", "DATA", LETTER.encode()
    )
    assert session.stored[-1].envelope.forward_paths == ("bob@example.com", "carol@example.com")


def test_the_envelope_is_not_the_next_ones() -> None:
    session = talk()
    session.mail()
    session.mail()
    assert [message.envelope.forward_paths for message in session.stored] == [("bob@example.com",)] * 2


def test_an_envelope_keeps_its_parameters() -> None:
    session = talk()
    session.say(HELLO, f"{SENDER} SIZE=10 BODY=8BITMIME", RECIPIENT, "DATA", LETTER.encode())
    assert dict(session.stored[-1].envelope.parameters) == {"SIZE": "10", "BODY": "8BITMIME"}


def test_octets_after_quit_are_never_read() -> None:
    session = talk()
    assert session.say("QUIT", HELLO, "NOOP") == [221]
    assert session.raw("NOOP") == b""
    assert session.session.is_closing


# ---------------------------------------------------------------------------------------------- trace, the time
def test_a_stored_message_has_return_path_and_received_on_top() -> None:
    clock = ToyClock(datetime(2020, 2, 29, 23, 59, 58, tzinfo=UTC))
    session = talk(clock=clock, ids=counting_ids("Q", 7), client_address="192.0.2.9")
    session.mail()
    message = session.stored[-1]
    assert message.message["Return-Path"] == "<alice@example.net>"
    received = " ".join(str(message.message["Received"]).split())
    assert received.startswith("from client.example.net ([192.0.2.9]) by mail.example.com with ESMTP id Q00007")
    assert "for <bob@example.com>; Sun, 1 Mar 2020 00:00:03 +0000" in received
    assert message.queue_id == "Q00007"
    assert message.raw == message.trace + message.content
    assert message.trace.endswith(b"\r\n") and b"\n" not in message.trace.replace(b"\r\n", b"")


def test_received_names_no_recipient_where_there_are_several_and_says_smtp_after_helo() -> None:
    session = talk()
    session.say("HELO c", SENDER, RECIPIENT, "RCPT TO:<carol@example.com>", "DATA", LETTER.encode())
    received = str(session.stored[-1].message["Received"])
    assert " with SMTP " in received
    assert " for " not in received


def test_the_same_octets_make_the_same_octets() -> None:
    once, again = talk(), talk()
    for session in (once, again):
        session.mail()
        session.say("QUIT")
    assert once.heard == again.heard
    assert once.stored[0].raw == again.stored[0].raw


# ------------------------------------------------------------------------------------------------ time, the end
def test_a_session_asks_for_its_time_limit_and_says_421_when_it_is_told() -> None:
    session = talk(manners=replace(LENIENT, idle_s=7))
    assert session.session.deadline() == 7
    session.session.timed_out()
    answer = Reply.parse(session.session.data_to_send())
    assert answer.code == 421
    assert "7 seconds" in answer.text
    assert session.session.deadline() is None
    session.session.timed_out()
    session.session.shut_down()
    assert session.session.data_to_send() == b""


def test_mail_data_that_was_never_ended_is_in_the_record() -> None:
    session = talk().into("DATA")
    session.say(b"half a letter\r\n.")
    assert [step.text for step in session.session.transcript()][-1] == "half a letter"
    session.session.receive_eof()
    transcript = session.session.transcript()
    assert [exchange.event for exchange in transcript.exchanges][-2:] == ["(end of data)", "(eof)"]
    assert transcript.state.name == "CLOSED"
    assert session.session.transaction.reverse_path is None


def test_a_line_that_was_never_ended_is_remarked_at_the_end() -> None:
    session = talk()
    session.raw(b"NOO")
    session.session.receive_eof()
    assert session.session.transcript().exchanges[-1].remarks == ("the last line was never ended",)


# ------------------------------------------------------------------------------------------------ enhanced codes
def test_enhanced_codes_come_only_after_an_ehlo_that_offered_them() -> None:
    session = talk()
    assert Reply.parse(session.raw("NOOP")).enhanced is None
    session.say(HELLO)
    assert str(Reply.parse(session.raw("NOOP")).enhanced) == "2.0.0"
    assert str(Reply.parse(session.raw("RCPT TO:<bob@example.com>")).enhanced) == "5.5.1"
    session.say("HELO c")
    assert Reply.parse(session.raw("NOOP")).enhanced is None
    assert Reply.parse(talk(manners=replace(LENIENT, offered=())).raw(HELLO)).lines == (
        "mail.example.com greets client.example.net",
    )


@pytest.mark.parametrize("line", [HELLO, "EHLO", "HELO", "HELO c", "DATA"])
def test_greeting_hello_and_354_carry_no_enhanced_code(line: str) -> None:
    """RFC 2034 §4: never in the greeting and the reply to HELO and EHLO, and there is no class 3."""
    session = talk().into("RCPT")
    assert Reply.parse(session.raw(line)).enhanced is None


def test_an_enhanced_code_has_the_class_of_its_reply() -> None:
    session = talk()
    session.say(HELLO)
    for line in (
        "MAIL",
        SENDER,
        "RCPT TO:<nobody@example.com>",
        "RCPT TO:<busy@example.com>",
        "DATA",
        RECIPIENT,
        "VRFY x",
        "FROB",
        "HELP X",
        "RSET",
    ):
        reply = Reply.parse(session.raw(line))
        assert reply.enhanced is not None and reply.enhanced.class_ == reply.code // 100


# ------------------------------------------------------------------------------------------------------- limits
def test_a_letter_of_exactly_the_limit_is_taken_and_one_octet_more_is_not() -> None:
    limited = replace(LENIENT, max_size=1000)
    for size, code in ((1000, 250), (1001, 552)):
        session = talk(manners=limited).into("DATA")
        assert session.say(b"x" * (size - 2) + b"\r\n.\r\n") == [code]
        assert len(session.stored) == (code == 250)


def test_stuffed_dots_do_not_count_against_the_limit() -> None:
    session = talk(manners=replace(LENIENT, max_size=3000)).into("DATA")
    assert session.say(b"..\r\n" * 1000 + b".\r\n") == [250]


def test_a_size_that_was_declared_too_large_is_refused_at_mail() -> None:
    session = talk(manners=replace(LENIENT, max_size=1000))
    session.say(HELLO)
    assert session.say(f"{SENDER} SIZE=1001") == [552]
    assert session.say(f"{SENDER} SIZE=1000") == [250]


def test_at_least_100_recipients_are_taken_and_the_one_too_many_gets_452() -> None:
    session = talk(manners=replace(LENIENT, max_recipients=100))
    session.say(HELLO, SENDER)
    assert session.say(*(f"RCPT TO:<user{n}@example.com>" for n in range(101))) == [250] * 100 + [452]
    assert session.say("DATA", LETTER.encode()) == [354, 250]
    assert len(session.stored[-1].envelope.forward_paths) == 100
    assert LENIENT.max_recipients >= 100


# ------------------------------------------------------------------------------------------------------ manners
@pytest.mark.parametrize(
    "line", ["MAIL FROM: alice@example.net", "MAIL FROM: <alice@example.net>", "MAIL FROM:alice@example.net"]
)
def test_lenient_takes_with_a_remark_what_strict_refuses_with_501(line: str) -> None:
    lenient, strict = talk(), talk(manners=STRICT)
    lenient.say(HELLO)
    strict.say(HELLO)
    assert lenient.say(line) == [250]
    assert lenient.session.transcript().exchanges[-1].remarks
    answer = Reply.parse(strict.raw(line))
    assert answer.code == 501
    assert "MAIL FROM:<" in answer.text
    assert strict.state == "READY"


def test_a_server_that_tells_names_tells_them() -> None:
    session = talk(manners=replace(LENIENT, tells_names=True))
    assert [
        session.say(line)[0]
        for line in ("VRFY bob", "VRFY nobody", "VRFY bob@elsewhere.example", "EXPN staff", "EXPN bob")
    ] == [250, 550, 252, 250, 550]
    assert Reply.parse(session.raw("EXPN staff")).lines == (
        "<alice@example.com>",
        "<bob@example.com>",
        "<carol@example.com>",
    )


def test_manners_have_names() -> None:
    assert manners("strict") is not None and manners("strict").strict and not manners("lenient").strict
    assert manners(STRICT) is STRICT
    with pytest.raises(ValueError, match="'lenient' or 'strict'"):
        manners("rude")


def test_ehlo_offers_what_the_manners_say_in_their_order() -> None:
    lines = Reply.parse(talk().raw(HELLO)).lines
    size = f"SIZE {LENIENT.max_size}"
    assert lines[1:] == (
        "PIPELINING", size, "8BITMIME", "ENHANCEDSTATUSCODES", "SMTPUTF8", "CHUNKING", "DSN", "HELP",
    )  # fmt: skip
    fewer = replace(LENIENT, offered=("SIZE",), max_size=5)
    assert Reply.parse(talk(manners=fewer).raw(HELLO)).lines[1:] == ("SIZE 5",)


def test_the_world_remembers_across_sessions_of_one_server() -> None:
    world = World()
    for code in (450, 250):
        session = talk(world=world)
        session.say(HELLO, SENDER)
        assert session.say("RCPT TO:<grey@example.com>") == [code]


def test_two_sessions_share_nothing() -> None:
    one, other = talk(), talk()
    one.say(HELLO, SENDER)
    assert other.state == "GREETED"
    assert other.session.transaction.reverse_path is None
