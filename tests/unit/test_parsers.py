"""Sessions that were written down elsewhere, read back with their states."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol.transcript import Transcript
from tests.data_of import SESSION_1, SESSION_2

TELNET = """Trying 127.0.0.1...
Connected to localhost.
Escape character is '^]'.
220 mx.example.com ESMTP
EHLO c.example.net
250-mx.example.com
250 SIZE 1000
MAIL FROM:<alice@example.net>
250 ok
RCPT TO:<bob@example.com>
250 ok
DATA
354 go
Subject: hi

250 is my lucky number
.
250 kept
QUIT
221 bye
Connection closed by foreign host.
"""
SWAKS = """=== Trying 127.0.0.1:25...
=== Connected to 127.0.0.1.
<-  220 mx.example.com ESMTP
 -> EHLO c.example.net
<-  250-mx.example.com
<-  250 STARTTLS
 -> MAIL FROM:<alice@example.net>
<-  250 ok
 -> RCPT TO:<nobody@example.com>
<** 550 no such user
 -> QUIT
<-  221 bye
=== Connection closed with remote host.
"""
SWAKS_TLS = """=== Connected to 127.0.0.1.
<-  220 mx.example.com ESMTP
 -> EHLO c.example.net
<-  250-mx.example.com
<-  250 STARTTLS
 -> STARTTLS
<-  220 go
=== TLS started with cipher TLSv1.3:TLS_AES_256_GCM_SHA384:256
 ~> EHLO c.example.net
<~  250 mx.example.com
 ~> QUIT
<~  221 bye
=== Connection closed with remote host.
"""
SMTPLIB = r"""connect: ('127.0.0.1', 25)
reply: b'220 mx.example.com ESMTP\r\n'
reply: retcode (220); Msg: b'mx.example.com ESMTP'
connect: b'mx.example.com ESMTP'
send: 'ehlo [127.0.0.1]\r\n'
reply: b'250-mx.example.com\r\n'
reply: b'250 SIZE 1000\r\n'
reply: retcode (250); Msg: b'mx.example.com\nSIZE 1000'
send: 'mail FROM:<alice@example.net>\r\n'
reply: b'250 OK\r\n'
reply: retcode (250); Msg: b'OK'
send: 'rcpt TO:<bob@example.com>\r\n'
reply: b'250 OK\r\n'
reply: retcode (250); Msg: b'OK'
send: 'data\r\n'
reply: b'354 go\r\n'
reply: retcode (354); Msg: b'go'
data: (354, b'go')
send: b'Subject: hi\r\n\r\nhello\r\n.\r\n'
reply: b'250 OK\r\n'
reply: retcode (250); Msg: b'OK'
data: (250, b'OK')
send: 'quit\r\n'
reply: b'221 Bye\r\n'
reply: retcode (221); Msg: b'Bye'
"""


def states(transcript: Transcript) -> list[str]:
    return [exchange.after.name for exchange in transcript.exchanges]


WHOLE = ["GREETED", "READY", "MAIL", "RCPT", "DATA", "READY", "CLOSED"]


def test_the_guides_first_session_has_its_states() -> None:
    transcript = Transcript.parse(SESSION_1)
    assert transcript.has_states
    assert states(transcript) == WHOLE
    assert transcript.text() == SESSION_1.rstrip("\n")


def test_the_guides_second_session_has_no_replies_and_so_no_states() -> None:
    transcript = Transcript.parse(SESSION_2)
    assert not transcript.has_states
    assert {step.state.name for step in transcript} == {"CONNECTED"}
    assert transcript.text() == SESSION_2.rstrip("\n")
    assert [exchange.event for exchange in transcript.exchanges] == [
        "HELO",
        "MAIL",
        "RCPT",
        "DATA",
        "(end of data)",
        "QUIT",
    ]


def test_a_bare_telnet_log_is_read_and_mail_data_may_look_like_replies() -> None:
    transcript = Transcript.parse(TELNET)
    assert states(transcript) == WHOLE
    data = transcript.exchanges[-2]
    assert data.sent == b"Subject: hi\r\n\r\n250 is my lucky number\r\n.\r\n"


def test_a_bare_log_of_a_terminal_with_cr_lf_is_the_same() -> None:
    assert Transcript.parse(TELNET.replace("\n", "\r\n")).text() == Transcript.parse(TELNET).text()


def test_what_swaks_prints_is_read_refusals_too() -> None:
    transcript = Transcript.parse(SWAKS)
    assert states(transcript) == ["GREETED", "READY", "MAIL", "MAIL", "CLOSED"]
    assert [exchange.reply.code for exchange in transcript.exchanges if exchange.reply] == [220, 250, 250, 550, 221]


def test_what_swaks_prints_over_tls_is_read_with_its_handshake() -> None:
    transcript = Transcript.parse(SWAKS_TLS)
    assert states(transcript) == ["GREETED", "READY", "TLS", "GREETED", "READY", "CLOSED"]
    assert transcript.facts.tls


def test_what_smtplib_prints_is_read() -> None:
    transcript = Transcript.parse(SMTPLIB)
    assert states(transcript) == WHOLE
    assert transcript.exchanges[-2].sent == b"Subject: hi\r\n\r\nhello\r\n.\r\n"
    assert dict(transcript.exchanges[1].facts.keywords) == {"SIZE": "1000"}


@pytest.mark.parametrize(
    "text",
    [
        "S: 220 mx\nC: HELO c\nS: 250 ok",
        "  S: 220 mx\n  C: HELO c\n  S: 250 ok\n",
        "A session:\nS: 220 mx\nthen\nC: HELO c\nS: 250 ok\n",
        "220 mx\nHELO c\n250 ok",
        "\n\n220 mx\nHELO c\n250 ok\n\n",
    ],
)
def test_a_short_session_in_any_dress_is_read(text: str) -> None:
    assert states(Transcript.parse(text)) == ["GREETED", "READY"]


@pytest.mark.parametrize("text", ["", "\n", "hello there", "Dear Bob,\n\nhow are you?\n", "C: ", "123456"])
def test_text_without_a_session_says_what_can_be_read(text: str) -> None:
    with pytest.raises(ValueError, match="no session can be seen"):
        Transcript.parse(text)


def test_a_client_that_speaks_alone_in_a_bare_log_has_no_states() -> None:
    transcript = Transcript.parse("HELO c\nMAIL FROM:<a@b.example>\nQUIT\n")
    assert not transcript.has_states
    assert [step.direction for step in transcript] == ["C", "C", "C"]


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(
            [
                "S: 220 x",
                "C: DATA",
                "S: 354 x",
                "C: .",
                "220 x",
                "HELO x",
                "-> x",
                "<- 250 x",
                "send: 'x'",
                "reply: b'250 x'",
            ]
        ),
        max_size=12,
    ).map("\n".join)
)
def test_no_text_makes_it_raise_anything_but_value_error(text: str) -> None:
    try:
        transcript = Transcript.parse(text)
    except ValueError:
        return
    assert len(transcript) >= 1


def test_what_python_printed_of_its_bytes_is_read_as_the_bytes() -> None:
    text = "S: b'220 mx ready\\r\\n'\nC: b'HELO me\\r\\n'\nS: b'250 hello\\r\\n'"
    assert Transcript.parse(text).text() == "S: 220 mx ready\nC: HELO me\nS: 250 hello"


def test_prose_with_a_command_word_in_it_is_no_session() -> None:
    with pytest.raises(ValueError, match="no session"):
        Transcript.parse("A guide to mail\nHELP is on the way\nand much more text\nthat nobody would say to a server")


def test_a_log_that_begins_after_the_greeting_has_its_states_right() -> None:
    text = "C: HELO me\nS: 250 hello\nC: MAIL FROM:<a@example.com>\nS: 250 ok"
    session = Transcript.parse(text)
    assert [step.state.name for step in session] == ["GREETED", "READY", "READY", "MAIL"]
    assert session.start.name == "GREETED" and session.state.name == "MAIL"


def test_a_pasted_pop3_session_is_followed_by_its_own_table() -> None:
    text = """+OK ready
USER bob
+OK
PASS secret
+OK 1 letter
LIST
+OK
1 120
.
RETR 1
+OK 120 octets
Subject: x

250 is no reply here
.
QUIT
+OK bye
"""
    session = Transcript.parse(text)
    assert session.table.name == "POP3" and session.state.name == "CLOSED"
    assert [exchange.event for exchange in session.exchanges] == ["(connect)", "USER", "PASS", "LIST", "RETR", "QUIT"]
    assert "secret" not in session.text()
