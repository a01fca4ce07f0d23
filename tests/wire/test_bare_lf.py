"""A bare LF ends a command, with a remark, and never ends mail data; near a lone dot it ends the session.

Two readers that disagree about where mail data ends can be made to see two different messages: so at a dot line made
with bare LFs the server says why, and hangs up.
"""

from __future__ import annotations

import pytest

from smtplab.protocol.manners import LENIENT, STRICT, Manners
from smtplab.protocol.replies import Reply
from tests.talk import LETTER, RECIPIENT, SENDER, talk

BOTH_MANNERS = [pytest.param(LENIENT, id="lenient"), pytest.param(STRICT, id="strict")]
EVIL = b"MAIL FROM:<evil@example.net>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\nsmuggled\r\n.\r\n"


def test_lenient_obeys_a_command_that_ends_in_bare_lf_and_remarks_it() -> None:
    session = talk()
    assert session.say(b"HELO c.example.net\n") == [250]
    assert session.state == "READY"
    (remark,) = session.session.transcript().remarks
    assert "bare LF" in remark


def test_strict_refuses_a_command_that_ends_in_bare_lf_with_500_and_goes_on() -> None:
    session = talk(manners=STRICT)
    answer = Reply.parse(session.raw(b"HELO c.example.net\n"))
    assert answer.code == 500
    assert "CR LF" in answer.text
    assert session.state == "GREETED"
    session.mail()


@pytest.mark.parametrize("verb", [b"QUIT", b"RSET", b"NOOP", b"FROB", b"EHLO c"])
def test_strict_refuses_every_verb_with_a_bare_lf(verb: bytes) -> None:
    session = talk(manners=STRICT)
    assert session.say(verb + b"\n") == [500]
    assert session.state == "GREETED"


def test_lenient_keeps_a_bare_lf_in_mail_data_as_it_is_and_remarks_it() -> None:
    session = talk().into("DATA")
    assert session.say(b"one\ntwo\r\n.\r\n") == [250]
    assert session.stored[-1].content == b"one\ntwo\r\n"
    assert any("bare LF" in remark for remark in session.session.transcript().remarks)


def test_strict_refuses_mail_data_with_a_bare_lf_at_its_end_with_554_and_stores_nothing() -> None:
    session = talk(manners=STRICT).into("DATA")
    assert session.say(b"one\ntwo\r\n") == []
    answer = Reply.parse(session.raw(b".\r\n"))
    assert answer.code == 554
    assert "CR LF" in answer.text
    assert session.stored == []
    assert session.state == "READY"
    session.mail()


@pytest.mark.parametrize("manners", BOTH_MANNERS)
@pytest.mark.parametrize("loose", [b"\n.\n", b"\n.\r\n"], ids=["LF . LF", "LF . CR LF"])
def test_a_dot_line_made_with_bare_lf_gets_421_with_the_reason_and_the_connection_closes(
    loose: bytes, manners: Manners
) -> None:
    session = talk(manners=manners).into("DATA")
    answer = Reply.parse(session.raw(b"first" + loose + EVIL))
    assert answer.code == 421
    assert "bare LF" in answer.text and "CR LF . CR LF" in answer.text
    assert session.state == "CLOSED"
    assert session.session.is_closing
    assert session.stored == []
    assert session.raw(EVIL) == b""


@pytest.mark.parametrize("loose", [b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r.\n", b"\n.\r"], ids=repr)
def test_another_loose_dot_line_is_text_and_smuggles_nothing(loose: bytes) -> None:
    """RFC 5321 §4.1.1.4: nothing but CR LF . CR LF ends mail data."""
    session = talk().into("DATA")
    assert session.say(b"first" + loose + EVIL) == [250]
    (message,) = session.stored
    assert b"evil@example.net" in message.content
    assert message.envelope.reverse_path == "alice@example.net"


def test_somebody_who_ends_every_line_with_bare_lf_meets_the_421() -> None:
    """What `nc` sends from a terminal: everything works up to the dot, and there the reason is said."""
    session = talk()
    for line in (b"HELO me", SENDER.encode(), RECIPIENT.encode()):
        assert session.say(line + b"\n") == [250]
    assert session.say(b"DATA\n") == [354]
    assert session.say(b"hello\n") == []
    answer = Reply.parse(session.raw(b".\n"))
    assert answer.code == 421
    assert "CR LF . CR LF" in answer.text
    assert session.session.is_closing
    assert session.stored == []


def test_an_empty_mail_with_bare_lf_throughout_meets_the_421_as_well() -> None:
    session = talk()
    assert session.say(b"HELO me\n", SENDER, RECIPIENT, b"DATA\n") == [250, 250, 250, 354]
    assert session.say(b".\n") == [421]
    assert session.stored == []


def test_a_lone_dot_right_after_a_good_data_line_ends_an_empty_mail() -> None:
    session = talk().into("DATA")
    assert session.say(b".\r\n") == [250]
    assert session.stored[-1].content == b""


def test_what_follows_a_loose_end_is_never_read_as_a_command() -> None:
    session = talk().into("DATA")
    session.raw(b"x\n.\nRSET\r\nNOOP\r\nQUIT\r\n")
    assert [exchange.event for exchange in session.session.transcript().exchanges][-1] == "(end of data)"


def test_a_session_without_any_bare_lf_is_never_bothered() -> None:
    session = talk(manners=STRICT)
    session.mail()
    assert session.session.transcript().remarks == ()
    assert b"\n" not in LETTER.encode().replace(b"\r\n", b"")


# ------------------------------------------------------------------------------------------------ after BDAT
def test_lenient_remarks_a_bare_lf_after_bdat_and_takes_the_chunk() -> None:
    session = talk().into("RCPT")
    assert session.say(b"BDAT 5\na\nb\r\nBDAT 0 LAST\r\n") == [250, 250]
    first, last = session.session.transcript().exchanges[-2:]
    assert [("bare LF" in remark) for remark in first.remarks] == [True]
    assert last.remarks == ()
    assert session.stored[-1].content == b"a\nb\r\n"


def test_strict_refuses_a_bare_lf_after_bdat_and_never_reads_the_chunk_as_commands() -> None:
    session = talk(manners=STRICT).into("RCPT")
    assert session.say(b"BDAT 12 LAST\nRSET\r\nQUIT\r\n") == [500]
    assert session.state == "RCPT" and session.stored == []
    assert session.say(b"BDAT 3 LAST\r\nabc") == [503], "a chunk that was refused has failed"
    session.mail()


def test_a_bare_lf_inside_a_chunk_ends_nothing_and_is_no_remark_on_its_line() -> None:
    session = talk().into("RCPT")
    assert session.say(b"BDAT 4 LAST\r\na\nb\n") == [250]
    assert session.session.transcript().exchanges[-1].remarks == ()
