"""A command line taken apart, and the name that both ends give it."""

from __future__ import annotations

import pytest

from smtplab.protocol.command import end_remarks, event_of, flaws, is_http, parse
from smtplab.protocol.table import Facts
from smtplab.protocol.wire import Frame, Reading


def frame(line: bytes, kind: Reading = Reading.LINE) -> Frame:
    return Frame(kind, line, len(line))


@pytest.mark.parametrize(
    ("line", "verb", "argument"),
    [
        (b"NOOP", "NOOP", ""),
        (b"noop", "NOOP", ""),
        (b"NOOP   ", "NOOP", ""),
        (b"MAIL FROM:<a@b>", "MAIL", "FROM:<a@b>"),
        (b"EHLO\tc.example.net", "EHLO", "c.example.net"),
        (b"EHLO  c.example.net  ", "EHLO", "c.example.net"),
        (b"NOOP  two  words", "NOOP", "two  words"),
        (b"", "", ""),
        (b" NOOP", "", " NOOP"),
        (b".", "", "."),
        (b"NO\0OP", "", "NO\0OP"),
        (b"RCPT TO:<Bob@Example.COM>", "RCPT", "TO:<Bob@Example.COM>"),
        ("ĤELO x".encode(), "", "ĤELO x"),
        (b"EHLO caf\xe9", "EHLO", "caf\\xe9"),
    ],
)
def test_a_line_has_a_verb_in_capitals_and_an_argument_as_typed(line: bytes, verb: str, argument: str) -> None:
    command = parse(line)
    assert (command.verb, command.argument, command.raw) == (verb, argument, line)


@pytest.mark.parametrize(
    ("line", "event"),
    [
        (b"mail from:<a@b>\r\n", "MAIL"),
        (b"FROB\r\n", "(unknown verb)"),
        (b"\r\n", "(unknown verb)"),
        (b"SEND FROM:<a@b>\r\n", "(unknown verb)"),
        (b"(timeout)\r\n", "(unknown verb)"),
        (b"BDAT 10\r\n", "BDAT"),
        (b"BDAT 10 LAST\r\n", "BDAT LAST"),
        (b"bdat 10 last\r\n", "BDAT LAST"),
        (b"BDAT LAST\r\n", "BDAT"),
        (b"BDAT x LAST\r\n", "BDAT"),
        (b"NOOP " + b"x" * 505 + b"\r\n", "NOOP"),
        (b"NOOP " + b"x" * 506 + b"\r\n", "(line too long)"),
        (b"X" * 511 + b"\r\n", "(line too long)"),
        (b"AUTH PLAIN " + b"x" * 1000 + b"\r\n", "AUTH"),
        (b"AUTH PLAIN " + b"x" * 12300 + b"\r\n", "(line too long)"),
    ],
)
def test_a_line_is_the_event_that_its_verb_and_its_length_make_it(line: bytes, event: str) -> None:
    assert event_of(frame(line), Facts()) == event


def test_what_is_no_line_is_an_event_in_parentheses() -> None:
    assert event_of(frame(b"QUIT\r\n.\r\n", Reading.DATA), Facts()) == "(end of data)"
    assert event_of(frame(b"QUIT\r\n", Reading.RESPONSE), Facts()) == "(response)"
    assert event_of(frame(b"x" * 13000 + b"\r\n", Reading.RESPONSE), Facts()) == "(line too long)"


def test_a_chunk_longer_than_a_line_is_no_line_too_long() -> None:
    assert event_of(frame(b"BDAT 5000 LAST\r\n" + b"x" * 5000, Reading.CHUNK), Facts()) == "BDAT LAST"


@pytest.mark.parametrize("line", [b"GET / HTTP/1.1", b"post /x HTTP/1.0", b"PRI * HTTP/2.0", b"GET /"])
def test_an_http_request_is_known_by_its_first_line(line: bytes) -> None:
    assert is_http(line)


@pytest.mark.parametrize("line", [b"HELO HTTP/1.1", b"NOOP", b"GET", b"GETTY /", b"MAIL FROM:<a@b> HTTP", b""])
def test_smtp_is_not_taken_for_http(line: bytes) -> None:
    assert not is_http(line)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"NOOP \t x", ()),
        (b"NO\rOP", ("bare CR",)),
        (b"NO\0OP", ("NUL",)),
        (b"NO\x07OP", ("control character",)),
        (b"\x7f", ("control character",)),
        (b"caf\xe9", ("octet above 127",)),
        (b"\0\r\xff", ("bare CR", "NUL", "octet above 127")),
    ],
)
def test_what_no_command_may_hold_is_named(line: bytes, found: tuple[str, ...]) -> None:
    assert flaws(line) == found


def test_only_a_bare_lf_is_remarked() -> None:
    assert end_remarks(b"NOOP\r\n") == ()
    assert end_remarks(b"NOOP") == ()
    (remark,) = end_remarks(b"NOOP\n")
    assert remark.startswith("bare LF")
