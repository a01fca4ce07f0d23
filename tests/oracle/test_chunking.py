"""CHUNKING, typed from RFC 3030 §2: octets that are counted, and nothing in them that ends anything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smtplab.protocol.faults import Fault
from smtplab.protocol.manners import LENIENT, STRICT, Manners
from tests.talk import HELLO, RECIPIENT, SENDER, Talk, talk

BOTH_MANNERS = [pytest.param(LENIENT, id="lenient"), pytest.param(STRICT, id="strict")]
SMALL = replace(LENIENT, max_size=100)


def chunk(content: bytes, *, last: bool = False) -> bytes:
    return b"BDAT %d%s\r\n%s" % (len(content), b" LAST" if last else b"", content)


def ready(manners: Manners = LENIENT) -> Talk:
    return talk(manners=manners).into("RCPT")


@pytest.mark.parametrize("manners", BOTH_MANNERS)
def test_a_message_in_chunks_is_stored_whole_and_every_chunk_is_answered(manners: Manners) -> None:
    session = ready(manners)
    assert session.say(chunk(b"Subject: a\r\n")) == [250]
    assert session.state == "BDAT"
    assert session.say(chunk(b"\r\none\r\n")) == [250]
    assert session.say(chunk(b"two\r\n", last=True)) == [250]
    assert session.state == "READY"
    assert session.stored[-1].content == b"Subject: a\r\n\r\none\r\ntwo\r\n"
    session.mail()


def test_there_is_no_354_between_the_command_and_its_octets() -> None:
    session = ready()
    assert session.say(b"BDAT 5 LAST\r\n") == []
    assert session.say(b"four") == []
    assert session.say(b"!") == [250]
    assert session.stored[-1].content == b"four!"


def test_chunks_may_be_pipelined_with_all_that_goes_before_and_after() -> None:
    session = talk()
    assert session.say(HELLO) == [250]
    group = (SENDER, RECIPIENT, chunk(b"a\r\n"), chunk(b"b\r\n"), chunk(b"c\r\n", last=True), SENDER, "QUIT")
    assert session.say(*group) == [250, 250, 250, 250, 250, 250, 221]
    assert [message.content for message in session.stored] == [b"a\r\nb\r\nc\r\n"]


def test_the_last_chunk_may_be_empty_and_so_may_the_message() -> None:
    session = ready()
    assert session.say(chunk(b"all of it\r\n"), chunk(b"", last=True)) == [250, 250]
    assert session.stored[-1].content == b"all of it\r\n"
    assert session.say(SENDER, RECIPIENT, chunk(b"", last=True)) == [250, 250, 250]
    assert session.stored[-1].content == b""
    assert session.state == "READY"


HARD = [
    b".\r\n",
    b"\r\n.\r\n",
    b"..\r\n.\r\n",
    b"QUIT\r\nRSET\r\n",
    b"\n.\n",
    b"BDAT 3 LAST\r\nabc",
    b"a bare\nLF and a bare\rCR",
    bytes(range(256)),
    b"no line end",
]


@pytest.mark.parametrize("content", HARD, ids=repr)
def test_octets_that_look_like_dots_or_commands_are_octets(content: bytes) -> None:
    session = ready()
    assert session.say(chunk(content), "NOOP", chunk(content, last=True)) == [250, 250, 250]
    assert session.stored[-1].content == content * 2
    session.mail()


@pytest.mark.parametrize("line", [b"bdat 3 last", b"BDAT  3  LAST ", b"BDAT 003 Last", b"BDAT\t3\tLAST\t"], ids=repr)
def test_case_and_blanks_do_not_matter(line: bytes) -> None:
    session = ready()
    assert session.say(line + b"\r\nabc") == [250]
    assert session.stored[-1].content == b"abc"


# ------------------------------------------------------------------------------------------ out of order
def test_without_a_recipient_the_octets_are_read_and_dropped_before_the_503() -> None:
    session = talk().into("MAIL")
    assert session.say(chunk(b"QUIT\r\nQUIT\r\n"), chunk(b"RSET\r\n", last=True), "NOOP") == [503, 503, 250]
    assert session.state == "MAIL"
    fresh = talk().into("READY")
    assert fresh.say(chunk(b"QUIT\r\n", last=True), "NOOP") == [503, 250]


@pytest.mark.parametrize("cure", ["RSET", HELLO, "HELO client.example.net"])
def test_after_data_amid_chunks_nothing_helps_but_to_begin_again(cure: str) -> None:
    """ "The state resulting from this error is indeterminate", and a RSET is wanted: the 503 is the first of many."""
    session = ready()
    assert session.say(chunk(b"one\r\n"), "DATA") == [250, 503]
    assert session.say(chunk(b"two\r\n"), chunk(b"two\r\n", last=True), "DATA") == [503, 503, 503]
    assert session.stored == []
    assert session.say("NOOP", cure) == [250, 250]
    session.mail()


@pytest.mark.parametrize("code", [450, 500, 501, 502, 503, 554])
@pytest.mark.parametrize("event", ["BDAT:2", "BDAT LAST:1"])
def test_a_message_with_a_hole_in_it_is_never_taken_whatever_code_made_the_hole(event: str, code: int) -> None:
    session = talk(faults=[Fault.parse(f"{event}={code}")]).into("RCPT")
    assert session.say(chunk(b"one\r\n")) == [250]
    assert session.say(chunk(b"two\r\n", last="LAST" in event)) == [code]
    assert session.say(chunk(b"three\r\n"), chunk(b"four\r\n", last=True)) == [503, 503]
    assert session.stored == []
    session.mail()


@pytest.mark.parametrize("said", [SENDER, RECIPIENT])
def test_other_commands_out_of_place_leave_the_chunks_as_they_are(said: str) -> None:
    session = ready()
    assert session.say(chunk(b"one\r\n"), said) == [250, 503]
    assert session.state == "BDAT"
    assert session.say(chunk(b"two\r\n", last=True)) == [250]
    assert session.stored[-1].content == b"one\r\ntwo\r\n"


def test_after_data_a_new_transaction_may_use_chunks_and_the_other_way_round() -> None:
    session = ready()
    assert session.say("DATA", b"by DATA\r\n.\r\n", SENDER, RECIPIENT) == [354, 250, 250, 250]
    assert session.say(chunk(b"by BDAT\r\n", last=True)) == [250]
    assert session.say(SENDER, RECIPIENT, "DATA", b"again\r\n.\r\n") == [250, 250, 354, 250]
    assert [m.content for m in session.stored] == [b"by DATA\r\n", b"by BDAT\r\n", b"again\r\n"]


def test_bdat_said_inside_mail_data_is_text() -> None:
    session = ready()
    assert session.say("DATA", b"BDAT 3 LAST\r\nabc\r\n.\r\n") == [354, 250]
    assert session.stored[-1].content == b"BDAT 3 LAST\r\nabc\r\n"


@pytest.mark.parametrize("said", ["BDAT", "BDAT x", "BDAT -1", "BDAT 3 LASTLY", "BDAT LAST", "BDAT 3 4"])
def test_a_count_that_is_none_is_a_syntax_error_that_moves_nothing(said: str) -> None:
    session = ready()
    assert session.say(said) == [501]
    assert session.state == "RCPT"
    assert session.say("NOOP", chunk(b"abc", last=True)) == [250, 250]


# ------------------------------------------------------------------------------------------ a chunk that fails
def failed() -> Talk:
    session = ready(SMALL)
    assert session.say(chunk(b"x" * 60), chunk(b"x" * 60)) == [250, 552]
    return session


@pytest.mark.parametrize("said", ["DATA", SENDER, RECIPIENT, chunk(b"a"), chunk(b"a", last=True)], ids=repr)
def test_after_a_failed_chunk_everything_of_the_transaction_is_503(said: str | bytes) -> None:
    session = failed()
    for _ in range(2):
        assert session.say(said) == [503]
    assert session.say("NOOP", "VRFY bob") == [250, 252]
    assert session.stored == []


@pytest.mark.parametrize("cure", ["RSET", HELLO, "HELO client.example.net"])
def test_rset_helo_or_ehlo_help_after_a_failed_chunk(cure: str) -> None:
    session = failed()
    assert session.say(cure) == [250]
    assert session.state == "READY"
    session.mail()


def test_a_failed_chunk_in_a_pipelined_group_costs_the_rest_of_the_group_only() -> None:
    session = ready(SMALL)
    group = (chunk(b"x" * 60), chunk(b"QUIT\r\n" * 10), chunk(b"y"), chunk(b"z", last=True), "RSET", SENDER)
    assert session.say(*group) == [250, 552, 503, 503, 250, 250]
    assert session.state == "MAIL" and session.stored == []


def test_a_first_chunk_that_is_too_large_fails_as_well_and_is_not_kept() -> None:
    session = ready(SMALL)
    assert session.say(chunk(b"x" * 101, last=True)) == [552]
    assert session.say(chunk(b"x"), "DATA") == [503, 503]
    assert session.say("RSET", SENDER, RECIPIENT, chunk(b"x" * 100, last=True)) == [250] * 4
    assert session.stored[-1].content == b"x" * 100


def test_a_chunk_of_a_million_million_octets_costs_no_memory_while_it_comes() -> None:
    session = ready(SMALL)
    assert session.say(b"BDAT 1000000000000 LAST\r\n") == []
    for _ in range(100):
        assert session.say(b"x" * 65536) == []
    assert len(session.session._inbox) < 300_000
    session.session.receive_eof()
    assert session.stored == []


def test_after_helo_there_are_no_chunks() -> None:
    session = talk()
    assert session.say("HELO client.example.net", SENDER, RECIPIENT, "BDAT 3 LAST") == [250, 250, 250, 503]
    assert session.state == "RCPT"
