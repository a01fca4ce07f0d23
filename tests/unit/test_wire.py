"""Framing: what is read next depends on the state, and what comes out is whole. (Cuts are tried in `tests/wire`.)"""

from __future__ import annotations

import pytest

from smtplab.protocol import limits
from smtplab.protocol.replies import Reply
from smtplab.protocol.smtp import SMTP, State, learn
from smtplab.protocol.table import Facts, Reading
from smtplab.protocol.wire import LINE_KEPT, Frame, Inbox, decode, line_limit, split_lines

CHUNKING = learn(Facts(), "EHLO", Reply(250, ("mx", "CHUNKING")))


def take(
    octets: bytes, state: State = State.READY, facts: Facts | None = None, *, observed: bool = False
) -> Frame | None:
    inbox = Inbox(stops_at_loose_end=not observed)
    inbox.feed(octets)
    return inbox.take(SMTP.reading(state), facts or Facts())


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (State.GREETED, Reading.LINE),
        (State.READY, Reading.LINE),
        (State.BDAT, Reading.LINE),
        (State.REFUSED, Reading.LINE),
        (State.DATA, Reading.DATA),
        (State.AUTH, Reading.RESPONSE),
        (State.TLS, Reading.NOTHING),
        (State.CLOSED, Reading.NOTHING),
    ],
)
def test_the_state_says_what_is_read(state: State, what: Reading) -> None:
    assert SMTP.reading(state) is what


def test_a_line_is_taken_with_its_end_and_read_without_it() -> None:
    frame = take(b"NOOP x\r\nQUIT\r\n")
    assert frame is not None
    assert (frame.raw, frame.line, frame.octets, frame.is_cut) == (b"NOOP x\r\n", b"NOOP x", 8, False)


@pytest.mark.parametrize(
    ("raw", "line"), [(b"A\n", b"A"), (b"A\r\r\n", b"A\r"), (b"\r\n", b""), (b"\n", b""), (b"A\rB\r\n", b"A\rB")]
)
def test_one_cr_lf_or_one_lf_is_the_end_and_no_more(raw: bytes, line: bytes) -> None:
    frame = take(raw)
    assert frame is not None and frame.line == line


@pytest.mark.parametrize("octets", [b"", b"NOOP", b"NOOP\r", b"\r"])
def test_nothing_is_taken_before_the_lf(octets: bytes) -> None:
    assert take(octets) is None


def test_a_line_too_long_keeps_its_length_and_not_its_octets() -> None:
    frame = take(b"NOOP " + b"x" * 100_000 + b"\r\n")
    assert frame is not None
    assert frame.octets == 100_007
    assert len(frame.raw) <= 100_007


def test_a_line_too_long_that_dribbles_in_is_cut() -> None:
    inbox = Inbox()
    for _ in range(100):
        inbox.feed(b"x" * 1000)
        assert inbox.take(Reading.LINE, Facts()) is None
    inbox.feed(b"\r\nQUIT\r\n")
    frame = inbox.take(Reading.LINE, Facts())
    assert frame is not None
    assert (frame.octets, frame.is_cut) == (100_002, True)
    assert len(frame.raw) <= LINE_KEPT + 10
    after = inbox.take(Reading.LINE, Facts())
    assert after is not None and after.raw == b"QUIT\r\n"


def test_in_tls_nothing_is_taken() -> None:
    assert take(b"QUIT\r\n", State.TLS) is None
    assert take(b"QUIT\r\n", State.CLOSED) is None


def test_what_was_cleared_is_gone() -> None:
    inbox = Inbox()
    inbox.feed(b"RSET\r\n")
    inbox.clear()
    assert (len(inbox), inbox.peek(), inbox.take(Reading.LINE, Facts())) == (0, b"", None)


# ------------------------------------------------------------------------------------------------- mail data
def test_mail_data_is_one_frame_with_its_dot_line() -> None:
    frame = take(b"a\r\n..b\r\n.\r\nQUIT\r\n", State.DATA)
    assert frame is not None
    assert (frame.kind, frame.raw) == (Reading.DATA, b"a\r\n..b\r\n.\r\n")


@pytest.mark.parametrize("loose", [b"\n.\n", b"\n.\r\n"])
def test_a_server_stops_at_a_loose_end_and_an_observer_does_not(loose: bytes) -> None:
    octets = b"a" + loose + b"b\r\n.\r\n"
    server, observer = take(octets, State.DATA), take(octets, State.DATA, observed=True)
    assert server is not None and server.smuggled_end and server.raw == b"a" + loose
    assert observer is not None and not observer.smuggled_end and observer.raw == octets


@pytest.mark.parametrize("end", [b"\n.\n", b"\r\n.\n", b"\n.\r\n", b"\r.\r", b"\r.\r\n"])
def test_an_observer_can_be_told_to_take_the_looser_end(end: bytes) -> None:
    inbox = Inbox(stops_at_loose_end=False)
    inbox.feed(b"a" + end + b"NOOP\r\n")
    assert inbox.take(Reading.DATA, Facts()) is None
    frame = inbox.take_looser_end()
    assert frame is not None and frame.raw == b"a" + end
    assert inbox.peek() == b"NOOP\r\n"


def test_there_is_no_looser_end_where_there_is_no_dot_line() -> None:
    inbox = Inbox(stops_at_loose_end=False)
    inbox.feed(b"a.\r\nb")
    assert inbox.take_looser_end() is None


# ---------------------------------------------------------------------------------------------------- chunks
def test_a_chunk_is_its_line_and_the_octets_that_it_counts() -> None:
    frame = take(b"BDAT 5\r\na\r\n.\rQUIT\r\n", State.RCPT, CHUNKING)
    assert frame is not None
    assert (frame.kind, frame.raw, frame.line) == (Reading.CHUNK, b"BDAT 5\r\na\r\n.\r", b"BDAT 5")


@pytest.mark.parametrize("line", [b"BDAT 0\r\n", b"BDAT 0 LAST\r\n", b"bdat 0 last\r\n", b"BDAT 0 LAST \r\n"])
def test_an_empty_chunk_is_its_line_alone(line: bytes) -> None:
    frame = take(line + b"x", State.RCPT, CHUNKING)
    assert frame is not None and (frame.kind, frame.raw) == (Reading.CHUNK, line)


def test_a_chunk_is_not_taken_before_its_last_octet() -> None:
    assert take(b"BDAT 5\r\nabcd", State.RCPT, CHUNKING) is None
    inbox = Inbox()
    inbox.feed(b"BDAT 5\r\nabcd")
    assert inbox.is_amid_chunk(CHUNKING)
    assert not inbox.is_amid_chunk(Facts())


def test_where_chunking_was_not_offered_a_chunk_is_lines() -> None:
    frame = take(b"BDAT 5\r\nabcde", State.RCPT)
    assert frame is not None and (frame.kind, frame.raw) == (Reading.LINE, b"BDAT 5\r\n")


@pytest.mark.parametrize(
    "line", [b"BDAT\r\n", b"BDAT x\r\n", b"BDAT -1\r\n", b"BDAT 5 FIRST\r\n", b"BDAT " + b"9" * 30 + b"\r\n"]
)
def test_a_chunk_without_a_good_number_is_a_line(line: bytes) -> None:
    frame = take(line + b"abc", State.RCPT, CHUNKING)
    assert frame is not None and frame.kind is Reading.LINE and frame.raw == line


def test_a_chunk_over_the_limit_is_counted_and_not_kept() -> None:
    inbox = Inbox(data_limit=1000)
    inbox.feed(b"BDAT 100000 LAST\r\n")
    for _ in range(100):
        assert inbox.take(Reading.LINE, CHUNKING) is None
        inbox.feed(b"x" * 1000)
        assert len(inbox) < 4000
    inbox.feed(b"QUIT\r\n")
    frame = inbox.take(Reading.LINE, CHUNKING)
    assert frame is not None and frame.is_cut and frame.octets == 100_018
    after = inbox.take(Reading.LINE, CHUNKING)
    assert after is not None and after.raw == b"QUIT\r\n"


# ---------------------------------------------------------------------------------------------------- limits
def test_a_command_line_has_512_octets_and_extensions_add_theirs() -> None:
    sized = learn(Facts(), "EHLO", Reply(250, ("mx", "SIZE 10", "SMTPUTF8")))
    assert line_limit("NOOP", sized) == 512
    assert line_limit("MAIL", Facts()) == 512
    assert line_limit("MAIL", sized) == 512 + 26 + 10
    assert line_limit("(response)", Facts()) == line_limit("AUTH", Facts()) == limits.RESPONSE_LINE == 12288


def test_octets_that_are_not_utf_8_stay_visible() -> None:
    assert decode(b"caf\xe9 \xc3\xa9") == "caf\\xe9 é"


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"a", [b"a"]),
        (b"a\r\n", [b"a\r\n"]),
        (b"a\nb\r\nc", [b"a\nb\r\n", b"c"]),
        (b"\r\n\r\n", [b"\r\n", b"\r\n"]),
    ],
)
def test_lines_of_mail_data_end_in_cr_lf(data: bytes, lines: list[bytes]) -> None:
    assert split_lines(data) == lines
