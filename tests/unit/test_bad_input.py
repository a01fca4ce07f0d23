"""Bad input, each with the reply that names it, and the session sane after it: a whole mail goes through."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from smtplab.protocol.manners import LENIENT, STRICT, Manners
from smtplab.protocol.replies import Reply
from tests.talk import HELLO, RECIPIENT, SENDER, talk

BOTH_MANNERS = [pytest.param(LENIENT, id="lenient"), pytest.param(STRICT, id="strict")]


@dataclass(frozen=True)
class Bad:
    what: str
    sent: bytes
    code: int
    says: str
    """A word that the reply must have, in the default persona."""
    event: str
    after: tuple[str, ...] = (HELLO,)
    state: str = "READY"


BAD = [
    Bad("an unknown verb", b"FROB\r\n", 500, "no command", "(unknown verb)"),
    Bad("an unknown verb that is long", b"X" * 100 + b"\r\n", 500, "no command", "(unknown verb)"),
    Bad("a word in another tongue", "ĤELO\r\n".encode(), 500, "ASCII", "(unknown verb)"),
    Bad("a missing argument", b"MAIL\r\n", 501, "FROM:<", "MAIL"),
    Bad("a missing name", b"EHLO\r\n", 501, "name", "EHLO"),
    Bad("a name that is none", b"EHLO !!!$$$\r\n", 501, "name", "EHLO"),
    Bad("a missing word for VRFY", b"VRFY\r\n", 501, "VRFY", "VRFY"),
    Bad("an argument too many", b"RSET now\r\n", 501, "no argument", "RSET"),
    Bad("a path without its end", b"MAIL FROM:<alice@example.net\r\n", 501, ">", "MAIL"),
    Bad("a path with two @", b"MAIL FROM:<alice@@example.net>\r\n", 501, "local-part@domain", "MAIL"),
    Bad("a path without a domain", b"MAIL FROM:<alice>\r\n", 501, "local-part@domain", "MAIL"),
    Bad("two brackets", b"MAIL FROM:<<alice@example.net>>\r\n", 501, "<", "MAIL"),
    Bad("a word behind the path", b"MAIL FROM:<alice@example.net> some junk\r\n", 555, "SOME", "MAIL"),
    Bad("a word glued to the path", b"MAIL FROM:<alice@example.net>junk\r\n", 501, "<", "MAIL"),
    Bad("a parameter without its word", b"MAIL FROM:<alice@example.net> =1\r\n", 501, "KEYWORD", "MAIL"),
    Bad("a local-part that is too long", b"MAIL FROM:<" + b"a" * 65 + b"@example.net>\r\n", 501, "64", "MAIL"),
    Bad("a recipient that is null", b"RCPT TO:<>\r\n", 501, "empty", "RCPT", (HELLO, SENDER), "MAIL"),
    Bad(
        "two recipients in one command",
        b"RCPT TO:<a@example.com>,<b@example.com>\r\n",
        501,
        "TO:<",
        "RCPT",
        (HELLO, SENDER),
        "MAIL",
    ),
    Bad("RCPT before MAIL", RECIPIENT.encode() + b"\r\n", 503, "no sender", "RCPT"),
    Bad("DATA before MAIL", b"DATA\r\n", 503, "no sender", "DATA"),
    Bad("DATA before RCPT", b"DATA\r\n", 503, "no recipient", "DATA", (HELLO, SENDER), "MAIL"),
    Bad("MAIL before HELO", SENDER.encode() + b"\r\n", 503, "no HELO", "MAIL", (), "GREETED"),
    Bad("MAIL twice", SENDER.encode() + b"\r\n", 503, "transaction is open", "MAIL", (HELLO, SENDER), "MAIL"),
    Bad("600 octets in a line", b"NOOP " + b"x" * 593 + b"\r\n", 500, "512", "(line too long)"),
    Bad("100,000 octets in a line", b"NOOP " + b"x" * 99_993 + b"\r\n", 500, "512", "(line too long)"),
    Bad("100,000 octets of rubbish in a line", b"\xff" * 100_000 + b"\r\n", 500, "512", "(line too long)"),
    Bad("NUL in a verb", b"NO\0OP\r\n", 500, "NUL", "(unknown verb)"),
    Bad("NUL in an argument", b"MAIL FROM:<ali\0ce@example.net>\r\n", 501, "NUL", "MAIL"),
    Bad("Latin-1 in a name", b"EHLO caf\xe9.example\r\n", 501, "ASCII", "EHLO"),
    Bad("UTF-8 in a path", "MAIL FROM:<renée@example.net>\r\n".encode(), 553, "SMTPUTF8", "MAIL"),
    Bad("Latin-1 in a path", b"MAIL FROM:<ren\xe9e@example.net> SMTPUTF8\r\n", 501, "ASCII", "MAIL"),
    Bad("a control character", b"NOO\bOOP\r\n", 500, "control", "(unknown verb)"),
    Bad("an escape sequence", b"\x1b[ANOOP\r\n", 500, "control", "(unknown verb)"),
    Bad("a bare CR in a command", b"NOOP\rRSET\r\n", 500, "CR", "(unknown verb)"),
    Bad("a bare CR in an argument", b"MAIL FROM:<alice@example.net>\rRCPT\r\n", 501, "CR", "MAIL"),
    Bad("an empty line", b"\r\n", 500, "no command", "(unknown verb)"),
    Bad("a line of spaces", b"    \r\n", 500, "no command", "(unknown verb)"),
    Bad("a space before the verb", b" NOOP\r\n", 500, "no command", "(unknown verb)"),
    Bad("a lone dot outside mail data", b".\r\n", 500, "no command", "(unknown verb)"),
    Bad("a verb of another age", b"TURN\r\n", 502, "TURN", "(unknown verb)"),
    Bad("a verb that is not offered", b"STARTTLS\r\n", 502, "STARTTLS", "STARTTLS"),
]


def test_the_long_lines_are_as_long_as_they_say() -> None:
    lengths = {bad.what: len(bad.sent) for bad in BAD}
    assert lengths["600 octets in a line"] == 600
    assert lengths["100,000 octets in a line"] == 100_000


@pytest.mark.parametrize("manners", BOTH_MANNERS)
@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.what)
def test_bad_input_earns_a_reply_that_names_it_and_a_whole_mail_goes_through_afterwards(
    bad: Bad, manners: Manners
) -> None:
    session = talk(manners=manners)
    session.say(*bad.after)
    answer = Reply.parse(session.raw(bad.sent))
    assert answer.code == bad.code
    assert bad.says in answer.text
    assert session.session.transcript().exchanges[-1].event == bad.event
    assert session.state == bad.state
    assert session.stored == []
    session.mail()


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.what)
def test_bad_input_is_never_echoed_before_it_was_parsed(bad: Bad) -> None:
    session = talk()
    session.say(*bad.after)
    answer = session.raw(bad.sent)
    assert answer.isascii()
    assert len(answer) < 300
    assert b"alice" not in answer and b"\0" not in answer


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.what)
def test_bad_input_leaves_the_envelope_as_it_was(bad: Bad) -> None:
    session = talk()
    session.say(HELLO, SENDER, RECIPIENT)
    before = session.session.transaction
    if session.say(bad.sent) == [250]:  # RCPT is in order here; a refusal is not
        assert bad.what == "RCPT before MAIL"
        return
    assert session.session.transaction is before
    assert before.forward_paths == ["bob@example.com"]


@pytest.mark.parametrize("manners", BOTH_MANNERS)
def test_bare_lf_at_the_end_of_a_command_is_remarked_or_refused_and_the_session_goes_on(manners: Manners) -> None:
    session = talk(manners=manners)
    assert session.say(b"NOOP\n") == ([500] if manners.strict else [250])
    session.mail()


# --------------------------------------------------------------------------------------------------- browsers
HTTP_POST = (
    b"POST / HTTP/1.1\r\nHost: mail.example.com\r\nContent-Length: 120\r\n\r\n"
    b"HELO x\r\nMAIL FROM:<evil@example.net>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n\r\nx\r\n.\r\nQUIT\r\n"
)


@pytest.mark.parametrize(
    "request_line",
    ["GET / HTTP/1.1", "POST /x HTTP/1.0", "OPTIONS * HTTP/1.1", "get /a?b=c http/1.1", "PRI * HTTP/2.0"],
)
def test_an_http_request_is_told_so_and_hung_up_on_at_once(request_line: str) -> None:
    session = talk()
    answer = Reply.parse(session.raw(request_line))
    assert answer.code == 421
    assert "HTTP" in answer.text
    assert session.state == "CLOSED"
    assert session.session.is_closing


def test_a_browser_cannot_post_mail() -> None:
    session = talk()
    assert session.say(HTTP_POST) == [421]
    assert session.stored == []
    assert [exchange.event for exchange in session.session.transcript().exchanges] == ["(connect)", "(unknown verb)"]


def test_a_browser_cannot_post_mail_octet_by_octet_either() -> None:
    session = talk()
    codes = [code for octet in HTTP_POST for code in session.say(bytes([octet]))]
    assert codes == [421]
    assert session.stored == []


@pytest.mark.parametrize("length", [600, 20_000, 100_000])
def test_a_browser_cannot_post_mail_behind_a_very_long_url(length: int) -> None:
    stream = HTTP_POST.replace(b"POST / ", b"POST /" + b"x" * length + b" ")
    session = talk()
    codes = [code for at in range(0, len(stream), 1000) for code in session.say(stream[at : at + 1000])]
    assert codes == [421]
    assert session.stored == []


@pytest.mark.parametrize("first", [b"\r\n", b"NOOP\r\n", b"FROB\r\n"])
def test_an_http_request_that_is_not_first_is_found_as_well(first: bytes) -> None:
    session = talk()
    session.raw(first)
    assert session.say(HTTP_POST) == [421]
    assert session.stored == []


def test_what_only_looks_like_http_in_mail_data_is_text() -> None:
    session = talk().into("DATA")
    assert session.say(b"GET / HTTP/1.1\r\n.\r\n") == [250]


# ------------------------------------------------------------------------------------------------ disconnects
@pytest.mark.parametrize("sent", [b"", b"half", b"a whole line\r\n", b"x\r\n.", b"x\r\n.\r", b"x\r\n..\r\n"], ids=repr)
def test_a_disconnect_inside_mail_data_stores_nothing(sent: bytes) -> None:
    session = talk().into("DATA")
    assert session.say(sent) == []
    session.session.receive_eof()
    assert session.state == "CLOSED"
    assert session.stored == []
    assert session.session.transaction.reverse_path is None
    assert session.session.data_to_send() == b""


@pytest.mark.parametrize("state", ["GREETED", "READY", "MAIL", "RCPT"])
def test_a_disconnect_between_commands_closes_and_drops_the_transaction(state: str) -> None:
    session = talk().into(state)
    session.session.receive(b"NOO")
    session.session.receive_eof()
    assert session.state == "CLOSED"
    assert session.session.is_closing
    assert session.session.transaction.reverse_path is None
    assert session.stored == []
    session.session.receive_eof()
    assert session.state == "CLOSED"
