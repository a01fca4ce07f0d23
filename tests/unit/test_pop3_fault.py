"""Faults of POP3: which protocol a fault is for, and that nothing is done which a changed reply does not allow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from smtplab.protocol.faults import Fault, faults
from smtplab.protocol.manners import LENIENT
from smtplab.protocol.pop3.machine import POP3
from smtplab.protocol.session import Session
from smtplab.protocol.smtp import SMTP
from tests.talk_pop3 import PopTalk, pop_talk

BOTH, ONE, OTHER = (True, True), (True, False), (False, True)


def with_faults(*wanted: str) -> PopTalk:
    return pop_talk(faults=faults(wanted))


@pytest.mark.parametrize(
    ("spec", "whose"),
    [
        ("RCPT:2=450", ONE), ("(end of data)=close", ONE), ("QUIT=450 no", ONE), ("(connect)=554", ONE),
        ("RETR=close", OTHER), ("DELE:2=-ERR no", OTHER), ("LIST=+OK", OTHER), ("STLS=stall 1", OTHER),
        ("QUIT=-ERR", OTHER), ("(connect)=-ERR busy", OTHER), ("AUTH=+OK fine", OTHER),
        ("QUIT=close", BOTH), ("NOOP=stall 5", BOTH), ("RSET:/2=reset", BOTH), ("(connect)=garble", BOTH),
        ("(unknown verb)=close", BOTH), ("(line too long)=merge", BOTH),
    ],
)  # fmt: skip
def test_a_fault_is_for_the_protocol_that_has_its_event_and_speaks_its_reply(
    spec: str, whose: tuple[bool, bool]
) -> None:
    fault = Fault.parse(spec)
    assert (fault.is_for(SMTP), fault.is_for(POP3)) == whose
    assert str(fault) == spec


@pytest.mark.parametrize(
    ("spec", "hint"),
    [
        ("RETR=450", "two protocols: write a reply as -ERR text"), ("RCPT=-ERR", "two protocols: write a reply as 450"),
        ("(end of data)=+OK", "two protocols"), ("RETR=-ERRx", "nothing that a fault can do"),
        ("RETR=+ ", "nothing"), ("FROB=-ERR", "no place"), ("(eof)=-ERR", "no place"), ("RETR=-ERR \N{SNOWMAN}", "nothing"),
    ],
)  # fmt: skip
def test_what_is_of_neither_is_refused_with_a_remedy(spec: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        Fault.parse(spec)


def test_each_server_has_its_own_of_one_list() -> None:
    wanted = faults(["QUIT=-ERR not yet", "QUIT=450 not yet"])
    smtp = Session(faults=wanted)
    smtp.connect()
    smtp.receive(b"QUIT\r\n")
    assert b"\r\n450 not yet\r\n" in smtp.data_to_send()
    assert pop_talk(faults=wanted).say("QUIT") == b"-ERR not yet\r\n"


def test_a_refused_dele_marks_nothing() -> None:
    talk = with_faults("DELE:2=-ERR not this one").into("TRANSACTION")
    talk.say("DELE 1")
    assert talk.say("DELE 2") == b"-ERR not this one\r\n"
    assert talk.say("DELE 3", "STAT").startswith(b"+OK 2 ")
    assert "fault DELE:2=-ERR not this one" in talk.session.transcript().remarks


def test_a_refused_log_in_leaves_the_maildrop_unlocked() -> None:
    talk = with_faults("PASS:1=-ERR [SYS/TEMP] later")
    assert talk.say("USER bob", "PASS letmein") == b"-ERR [SYS/TEMP] later\r\n"
    assert (talk.drops.locked, talk.state) == (set(), "AUTHORIZATION")
    talk.say("USER bob", "PASS letmein")
    assert (talk.drops.locked, talk.state) == ({"bob"}, "TRANSACTION")


@pytest.mark.parametrize("deed", ["close", "reset", "-ERR"])
def test_a_goodbye_that_goes_wrong_removes_nothing(deed: str) -> None:
    talk = with_faults(f"QUIT={deed}").into("TRANSACTION")
    talk.say("DELE 1", "QUIT")
    assert (len(talk.drops.letters), talk.drops.locked, talk.state) == (4, set(), "CLOSED")
    assert talk.session.is_reset == (deed == "reset")


def test_a_goodbye_in_other_words_removes() -> None:
    talk = with_faults("QUIT=+OK farewell").into("TRANSACTION")
    assert talk.say("DELE 1", "QUIT") == b"+OK farewell\r\n"
    assert len(talk.drops.letters) == 3


def test_lines_that_follow_ok_follow_it_still() -> None:
    talk = with_faults("RETR=+OK here", "LIST=+OK", "CAPA=+OK x").into("TRANSACTION")
    plain = pop_talk().into("TRANSACTION")
    assert talk.say("RETR 2").partition(b"\r\n")[::2] == (b"+OK here", plain.say("RETR 2").partition(b"\r\n")[2])
    assert talk.say("RETR 9") == b"+OK here\r\n.\r\n"  # a server that takes what is not there
    assert talk.say("LIST 1").startswith(b"+OK As this lesson asks") and talk.say("LIST 1").count(b"\r\n") == 1
    assert talk.say("LIST").endswith(b"\r\n.\r\n") and talk.say("CAPA").startswith(b"+OK x\r\nUSER\r\n")
    assert talk.observer.state is talk.session.state


def test_a_garbled_letter_is_one_line_that_is_no_reply() -> None:
    talk = with_faults("RETR=garble").into("TRANSACTION")
    said = talk.say("RETR 2")
    assert said.startswith(b"### ") and said.count(b"\r\n") == 1
    talk.say("NOOP")
    assert [e.event for e in talk.observer.transcript().exchanges][-2:] == ["RETR", "NOOP"]


def test_a_server_that_refuses_everybody_closes() -> None:
    talk = with_faults("(connect)=-ERR busy")
    assert (talk.heard, talk.state, talk.session.is_closing) == (b"-ERR busy\r\n", "CLOSED", True)


def test_a_letter_comes_in_the_pieces_that_were_asked_for() -> None:
    talk = with_faults("RETR=cut 3,7").into("TRANSACTION")
    talk.session.receive(b"RETR 1\r\n")
    assert [len(delivery.octets) for delivery in talk.session.deliveries()][:2] == [3, 4]


PAGE = (
    (Path(__file__).parents[2] / "docs" / "faults.md")
    .read_text("utf-8")
    .partition("## POP3\n")[2]
    .partition("\n## ")[0]
)


def test_every_event_of_pop3_that_can_have_a_fault_is_named_on_the_page() -> None:
    offered = set(pop_talk(manners=LENIENT.offering("STARTTLS")).session.handlers)
    text = PAGE.replace("\n", " ")
    assert [
        event for event in (*offered, "(connect)", "(unknown verb)", "(line too long)") if f"`{event}`" not in text
    ] == []


@pytest.mark.parametrize(
    ("spec", "comment"), re.findall(r"^(\S.*?)  +(.*)$", PAGE.partition("```text")[2], re.MULTILINE)
)
def test_an_example_of_the_page_does_what_stands_beside_it(spec: str, comment: str) -> None:
    fault = Fault.parse(spec)
    assert fault.is_for(SMTP) == (comment.startswith(("SMTP's", "both"))) and fault.is_for(POP3) != comment.startswith(
        "SMTP's"
    )
    talk = with_faults(spec)
    for line in ("USER bob", "PASS letmein", "DELE 1", "DELE 2", "RETR 3", "QUIT"):
        talk.say(line)
    removed = 4 - len(talk.drops.letters)
    assert removed == (
        0
        if "nothing is removed" in comment or "refused" in comment or "connection ends" in comment
        else 1
        if "marks" in comment
        else 2
    )
    assert talk.state == "CLOSED" and talk.drops.locked == set()
