"""Transparency (RFC 5321 §4.5.2), and the one end of mail data (§4.1.1.4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol.wire import split_lines, stuff, unstuff
from tests.talk import Talk, talk

LINES = st.lists(
    st.sampled_from([b"", b".", b"..", b"...", b".x", b"x.", b"x", b". ", b"\r", b"\r.", b"\0.", b"\xff"]), max_size=8
)


def _in_data() -> Talk:
    return talk().into("DATA")


@given(st.binary(max_size=200))
def test_what_is_stuffed_comes_back_as_it_was(content: bytes) -> None:
    assert unstuff(stuff(content)) == content


@given(LINES)
def test_lines_full_of_dots_come_back_as_they_were(lines: list[bytes]) -> None:
    content = b"".join(line + b"\r\n" for line in lines)
    assert unstuff(stuff(content)) == content
    assert b"\r\n.\r\n" not in b"\r\n" + stuff(content)


@given(LINES, st.integers(0, 80))
def test_mail_data_is_stored_as_its_author_meant_it(lines: list[bytes], cut: int) -> None:
    content = b"".join(line + b"\r\n" for line in lines)
    sent = stuff(content) + b".\r\n"
    session = _in_data()
    answers = session.say(sent[:cut]) + session.say(sent[cut:])
    assert answers == [250]
    assert session.stored[-1].content == content


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (b"..\r\n", b".\r\n"),
        (b"...\r\n", b"..\r\n"),
        (b".profile\r\n", b"profile\r\n"),
        (b"a\r\n..b\r\n..c\r\n", b"a\r\n.b\r\n.c\r\n"),
        (b"a..b\r\n", b"a..b\r\n"),
        (b"a\r\n..\r\n..\r\nb\r\n", b"a\r\n.\r\n.\r\nb\r\n"),
        (b"a\n..b\r\n", b"a\n..b\r\n"),
        (b"a\r..b\r\n", b"a\r..b\r\n"),
        (b"", b""),
    ],
)
def test_only_the_first_dot_of_a_line_is_taken_away(sent: bytes, meant: bytes) -> None:
    assert unstuff(sent) == meant


def test_two_stuffed_lines_in_a_row_both_lose_one_dot() -> None:
    session = _in_data()
    assert session.say(b"..a\r\n..b\r\n....\r\n.\r\n") == [250]
    assert session.stored[-1].content == b".a\r\n.b\r\n...\r\n"


@pytest.mark.parametrize("end", [b".\r\n", b"x\r\n.\r\n", b"\r\n.\r\n", b"..\r\n.\r\n"])
def test_the_end_of_data_may_be_cut_anywhere(end: bytes) -> None:
    for cut in range(len(end)):
        session = _in_data()
        assert session.say(end[:cut]) == []
        assert session.state == "DATA"
        assert session.say(end[cut:]) == [250]
        assert session.state == "READY"


@pytest.mark.parametrize(
    "almost",
    [
        b". \r\n",
        b" .\r\n",
        b".x\r\n",
        b"x.\r\n",
        b"..\r\n",
        b"\0.\r\n",
        b".\0\r\n",
        b"\r.\r\r\n",
        b"x\r.\r\n",
        b"x\r.\r",
        b".\r.\r\n",
    ],
)
def test_what_is_almost_the_end_is_none(almost: bytes) -> None:
    session = _in_data()
    assert session.say(b"x\r\n" + almost) == []
    assert session.state == "DATA"
    assert session.say(b"\r\n.\r\n") == [250]
    assert unstuff(b"x\r\n" + almost + b"\r\n") == session.stored[-1].content


@pytest.mark.parametrize("after", [b".\r\n", b"\r\n"])
def test_what_follows_the_end_is_the_next_command(after: bytes) -> None:
    session = _in_data()
    assert session.say(b"x\r\n.\r\n" + after) == [250, 500]


@given(st.binary(max_size=120))
def test_lines_of_mail_data_are_ended_by_cr_lf_alone_and_lose_nothing(data: bytes) -> None:
    lines = split_lines(data)
    assert b"".join(lines) == data
    assert all(line.endswith(b"\r\n") for line in lines[:-1])
    assert all(b"\r\n" not in line[:-2] for line in lines)
