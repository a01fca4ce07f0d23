"""A client that sends no mail is borne with for long, and then told why: 421 (RFC 5321 §3.8, §7.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice

import pytest

from smtplab.protocol import limits
from smtplab.protocol.faults import Fault
from smtplab.protocol.manners import LENIENT, STRICT, Manners
from smtplab.protocol.pop3.machine import POP3
from smtplab.protocol.pop3.maildrop import Letter
from smtplab.protocol.pop3.session import Pop3Session
from smtplab.protocol.replies import Reply
from tests.talk import HELLO, LETTER, RECIPIENT, SENDER, talk

FEW = replace(LENIENT.offering("AUTH"), auth_in_clear=True, max_errors=5, max_commands_without_mail=8)
WRONG = ("FROB", "MAIL", "DATA", "", "RCPT TO:<nobody@example.com>", "NOOP \0", "HELO", "x" * 600, "QUIT now", "TURN")


@pytest.mark.parametrize("line", WRONG)
def test_one_refusal_too_many_gets_421_that_says_why_in_place_of_its_reply(line: str) -> None:
    session = talk(manners=FEW)
    assert [code // 100 for code in session.say(*[line] * 5)] == [5] * 5
    answer = Reply.parse(session.raw(line))
    assert answer.code == 421 and "5 refused commands" in answer.text
    assert session.state == "CLOSED" and session.session.is_closing
    last = session.session.transcript().exchanges[-1]
    assert last.reply is not None and last.reply.code == 421 and last.sent.rstrip(b"\r\n") == line.encode()
    assert session.raw("NOOP") == b""


@pytest.mark.parametrize("line", ["NOOP", "RSET", HELLO, "HELO c", "VRFY bob", "EXPN staff", "HELP"])
def test_one_command_without_mail_too_many_gets_421_that_says_why(line: str) -> None:
    session = talk(manners=FEW)
    assert 421 not in session.say(*[line] * 8)
    answer = Reply.parse(session.raw(line))
    assert answer.code == 421 and "8 commands" in answer.text
    assert session.session.is_closing


def test_in_a_burst_nothing_after_the_421_is_answered() -> None:
    session = talk(manners=FEW)
    assert session.say(*["FROB"] * 50) == [500] * 5 + [421]
    assert len(session.session.transcript().exchanges) == 1 + 6


@pytest.mark.parametrize(
    "lines",
    [
        ("AUTH LOGIN", "*"),
        ("AUTH PLAIN AGFsaWNlAHdyb25n",),
        (SENDER, "RSET"),
        (SENDER, RECIPIENT, HELLO),
        (SENDER, RECIPIENT, b"BDAT 3\r\nabc", "DATA"),
        (SENDER, "RCPT TO:<busy@example.com>", "RSET"),
    ],
    ids=repr,
)
def test_no_round_that_ends_without_a_message_goes_on_for_ever(lines: tuple[str | bytes, ...]) -> None:
    session = talk(manners=FEW)
    session.say(HELLO)
    for line in islice(cycle(lines), 100):
        session.raw(line)
    assert session.session.is_closing
    last = session.session.transcript().exchanges[-1].reply
    assert last is not None and last.code == 421


def test_empty_chunks_carry_no_mail_and_others_do() -> None:
    session = talk(manners=FEW).into("RCPT")
    assert session.say(*[b"BDAT 1\r\nx"] * 50) == [250] * 50
    assert session.say(*["BDAT 0"] * 8)[-1] == 421


def test_a_message_taken_makes_all_good_again() -> None:
    session = talk(manners=FEW)
    for _ in range(5):
        assert 421 not in session.say("FROB", "FROB", "FROB", "NOOP", "RSET", HELLO)
        session.mail()


def test_a_message_that_was_refused_makes_nothing_good() -> None:
    session = talk(manners=replace(FEW, max_size=3))
    assert session.say(HELLO, *[SENDER, RECIPIENT, "DATA", LETTER.encode()] * 9).count(421) == 1


def test_many_recipients_and_many_messages_are_not_held_against_anybody() -> None:
    session = talk(manners=FEW)
    assert session.say(HELLO, SENDER, *[RECIPIENT] * 500) == [250] * 502
    assert session.say("DATA", LETTER.encode()) == [354, 250]
    for _ in range(20):
        assert session.say(SENDER, RECIPIENT, "DATA", LETTER.encode()) == [250, 250, 354, 250]


def test_quit_is_answered_with_221_whatever_was_said_before() -> None:
    session = talk(manners=FEW)
    assert session.say(*["NOOP"] * 8, *["FROB"] * 5, "QUIT") == [250] * 8 + [500] * 5 + [221]


def test_errors_that_a_fault_injects_are_not_the_clients() -> None:
    session = talk(manners=FEW, faults=[Fault.parse("RCPT=550")])
    session.say(HELLO, SENDER)
    assert session.say(*[RECIPIENT] * 50) == [550] * 50


def test_lenient_bears_an_hour_of_rubbish_as_fast_as_one_can_type() -> None:
    """A line a second, and none of them right."""
    session = talk()
    for _ in range(3600):
        session.say("FROB")
    session.mail()


@pytest.mark.parametrize("manners", [LENIENT, STRICT], ids=["lenient", "strict"])
def test_the_limits_bear_at_least_what_programs_bear_that_are_in_daily_use(manners: Manners) -> None:
    assert manners.max_errors >= 20  # Postfix: smtpd_hard_error_limit
    assert manners.max_commands_without_mail >= 100  # Postfix: smtpd_junk_command_limit
    assert manners.max_recipients >= limits.RECIPIENTS
    assert manners.max_connections >= 5000
    assert manners.max_size >= limits.CONTENT


def test_strict_has_less_patience_than_lenient() -> None:
    assert STRICT.max_errors < LENIENT.max_errors
    assert STRICT.max_commands_without_mail < LENIENT.max_commands_without_mail


def test_a_server_that_is_full_greets_with_421_that_says_why() -> None:
    session = talk(is_full=True, manners=replace(LENIENT, max_connections=3))
    answer = Reply.parse(session.heard)
    assert answer.code == 421 and "3 clients" in answer.text
    assert session.session.is_closing and session.state == "CLOSED"
    assert session.session.transcript().remarks == ()


# ---------------------------------------------------------------------------------------------------- POP3
class Nothing:
    """A maildrop without letters; `locked` tells who has it open."""

    def __init__(self) -> None:
        self.locked = ""

    def named(self, name: str) -> str:
        return name

    def exists(self, _: str) -> bool:
        return True

    def open(self, user: str) -> list[Letter]:
        self.locked = user
        return []

    def close(self, _: str, __: Sequence[Letter] = ()) -> None:
        self.locked = ""


def test_a_pop3_server_ends_after_so_many_refusals_too_and_unlocks_the_maildrop() -> None:
    maildrops = Nothing()
    session = Pop3Session(maildrops, manners=FEW)
    session.connect()
    session.receive(b"USER alice\r\nPASS wonderland\r\n" + b"NOOP\r\n" * 50 + b"FROB\r\n" * 5)
    assert maildrops.locked == "alice" and not session.is_closing
    session.data_to_send()
    session.receive(b"FROB\r\nSTAT\r\n")
    answer = session.data_to_send()
    assert answer.startswith(b"-ERR ") and b"5 commands" in answer and answer.count(b"\r\n") == 1
    assert session.is_closing and session.state is POP3.closed and maildrops.locked == ""
    assert [exchange.event for exchange in session.transcript().exchanges][-2:] == ["(unknown verb)", "(eof)"]


def test_a_pop3_server_that_is_full_says_err_and_closes() -> None:
    session = Pop3Session(Nothing(), is_full=True, manners=replace(LENIENT, max_connections=3))
    session.connect()
    answer = session.data_to_send()
    assert answer.startswith(b"-ERR ") and b"3 clients" in answer
    assert session.is_closing and session.state is POP3.closed
