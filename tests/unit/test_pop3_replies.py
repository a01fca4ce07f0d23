"""POP3's replies: how they are written and read, and that a letter is not kept twice."""

from __future__ import annotations

import copy
import pickle

import pytest

from smtplab.protocol.pop3.replies import Pop3Reply, has_lines, is_long, read, reply_end
from smtplab.protocol.replies import Outcome

LETTER = b"Subject: x\r\n\r\n.\r\n..\r\n.dot\r\n\xff\r\n"


@pytest.mark.parametrize(
    ("reply", "raw"),
    [
        (Pop3Reply("+OK"), b"+OK\r\n"),
        (Pop3Reply("-ERR", "[IN-USE] busy"), b"-ERR [IN-USE] busy\r\n"),
        (Pop3Reply("+"), b"+ \r\n"),
        (Pop3Reply("+OK", "", b""), b"+OK\r\n.\r\n"),
        (Pop3Reply("+OK", "here", LETTER), b"+OK here\r\nSubject: x\r\n\r\n..\r\n...\r\n..dot\r\n\xff\r\n.\r\n"),
        (Pop3Reply("+OK", "x", b"no end"), b"+OK x\r\nno end\r\n.\r\n"),
    ],
)
def test_what_is_written_is_read_back(reply: Pop3Reply, raw: bytes) -> None:
    assert reply.encode() == raw
    assert read(raw) == reply
    assert copy.copy(reply) == pickle.loads(pickle.dumps(reply)) == reply
    assert hash(copy.copy(reply)) == hash(reply)
    assert str(reply).split("\n")[0] == raw.decode("latin-1").split("\r\n")[0]
    assert reply.code == 0 and reply.enhanced is None


def test_its_lines_are_text_with_dots_as_the_author_meant_them() -> None:
    assert Pop3Reply("+OK", "here", LETTER).lines == ("here", "Subject: x", "", ".", "..", ".dot", "\\xff")
    assert Pop3Reply("+OK", "here").lines == ("here",)
    assert "lines=('here',)" in repr(Pop3Reply("+OK", "here"))


@pytest.mark.parametrize(
    ("raw", "outcome"),
    [(b"+ok x\r\n", Outcome.COMPLETION), (b"-Err\n", Outcome.PERMANENT), (b"+ abc\r\n", Outcome.INTERMEDIATE)],
)
def test_either_case_is_read(raw: bytes, outcome: Outcome) -> None:
    reply = read(raw)
    assert reply is not None and reply.outcome is outcome


@pytest.mark.parametrize("raw", [b"OK\r\n", b"+OKAY\r\n", b"250 ok\r\n", b"\r\n", b"-ER\r\n", b" +OK\r\n"])
def test_what_is_no_reply_is_none(raw: bytes) -> None:
    assert read(raw) is None


@pytest.mark.parametrize(("status", "text"), [("OK", ""), ("+ok", ""), ("+OK", "a\r\nb"), ("-ERR", "a\nb"), ("", "")])
def test_what_cannot_be_one_is_refused(status: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"is no status|holds CR or LF"):
        Pop3Reply(status, text)


@pytest.mark.parametrize(
    ("event", "argument", "long"),
    [
        ("RETR", "1", True), ("TOP", "1 2", True), ("CAPA", "", True), ("LIST", "", True), ("LIST", "1", False),
        ("UIDL", "", True), ("UIDL", "2", False), ("STAT", "", False), ("QUIT", "", False), ("", "", False),
        ("(connect)", "", False), ("(unknown verb)", "", False),
    ],
)  # fmt: skip
def test_whether_lines_follow_depends_on_command_and_argument(event: str, argument: str, long: bool) -> None:
    assert has_lines(event, argument) == is_long(event, f"{event} {argument}\r\n".encode()) == long


@pytest.mark.parametrize("sent", [b"LIST\r\n", b"LIST \t \r\n", b"list\n", b"LIST"])
def test_a_listing_is_long_however_it_was_asked_for(sent: bytes) -> None:
    assert is_long("LIST", sent) and not is_long("LIST", sent.rstrip() + b"\t1\r\n")


def test_a_reply_is_whole_with_its_last_octet_and_no_sooner() -> None:
    raw = Pop3Reply("+OK", "here", LETTER).encode()
    for at in range(len(raw)):
        assert reply_end(bytearray(raw[:at]), "RETR", b"RETR 1\r\n") is None
        for searched in range(at):
            assert reply_end(bytearray(raw), "RETR", b"RETR 1\r\n", searched) == len(raw)
    assert reply_end(bytearray(raw + raw), "RETR", b"RETR 1\r\n") == len(raw)
    assert reply_end(bytearray(b"-ERR no\r\n+OK"), "RETR", b"RETR 1\r\n") == len(b"-ERR no\r\n")
