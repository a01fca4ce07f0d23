"""The observer's own rules. (What it makes of whole sessions is in `tests/wire`, `tests/interop` and `tests/oracle`.)"""

from __future__ import annotations

import pytest

from smtplab.protocol.observer import LOOSER_END, Observer

HELLO = (b"EHLO c.example.net\r\n", b"250-mx\r\n250-CHUNKING\r\n250-STARTTLS\r\n250 AUTH LOGIN\r\n")
ENVELOPE = (
    (b"", b"220 mx\r\n"),
    HELLO,
    (b"MAIL FROM:<a@b.example>\r\n", b"250 ok\r\n"),
    (b"RCPT TO:<bob@example.com>\r\n", b"250 ok\r\n"),
)


def overhear(*said: tuple[bytes, bytes]) -> Observer:
    observer = Observer()
    for client, server in said:
        observer.client(client)
        observer.server(server)
    return observer


def test_a_command_moves_nothing_before_its_reply_is_whole() -> None:
    observer = overhear(ENVELOPE[0])
    observer.client(b"EHLO c.example.net\r\n")
    assert (observer.state.name, observer.facts.hello, observer.is_answered) == ("GREETED", "", False)
    observer.server(b"250-mx\r\n250-SIZE 10\r\n250 HE")
    assert (observer.state.name, observer.facts.hello) == ("GREETED", "")
    observer.server(b"LP\r\n")
    assert (observer.state.name, observer.facts.hello, observer.is_answered) == ("READY", "EHLO", True)
    assert dict(observer.facts.keywords) == {"SIZE": "10", "HELP": ""}


def test_the_command_that_waits_is_in_the_transcript() -> None:
    observer = overhear(*ENVELOPE)
    observer.client(b"DATA\r\n")
    transcript = observer.transcript()
    assert [step.text for step in transcript][-1] == "DATA"
    assert transcript.exchanges[-1].is_asked
    assert transcript.state.name == "RCPT"


def test_mail_data_on_its_way_is_in_the_transcript() -> None:
    observer = overhear(*ENVELOPE, (b"DATA\r\n", b"354 go\r\n"))
    observer.client(b"line one\r\nline tw")
    assert [step.text for step in observer.transcript()][-1] == "line one"
    assert observer.state.name == "DATA"


def test_pipelined_commands_are_answered_in_order() -> None:
    observer = overhear(ENVELOPE[0])
    observer.client(
        b"EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<x@example.com>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n"
    )
    seen = []
    for code in (250, 250, 550, 250, 354):
        observer.server(f"{code} so\r\n".encode())
        seen.append(observer.state.name)
    assert seen == ["READY", "MAIL", "MAIL", "RCPT", "DATA"]


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r"])
def test_a_reply_in_mail_data_without_its_end_means_that_the_server_took_a_looser_one(end: bytes) -> None:
    observer = overhear(*ENVELOPE, (b"DATA\r\n", b"354 go\r\n"), (b"x" + end, b""))
    assert observer.state.name == "DATA"
    observer.server(b"250 kept\r\n")
    assert observer.state.name == "READY"
    assert LOOSER_END in observer.transcript().exchanges[-1].remarks
    observer.client(b"QUIT\r\n")
    observer.server(b"221 bye\r\n")
    assert observer.state.name == "CLOSED"


def test_421_in_mail_data_ends_the_session_and_no_letter() -> None:
    observer = overhear(*ENVELOPE, (b"DATA\r\n", b"354 go\r\n"), (b"x\n.\n", b"421 4.5.0 bare LF\r\n"))
    assert observer.state.name == "CLOSED"
    assert [e.event for e in observer.transcript().exchanges][-2:] == ["(end of data)", "(unasked)"]
    assert [e.reply for e in observer.transcript().exchanges][-2] is None


def test_421_out_of_the_blue_is_unasked_and_closes() -> None:
    observer = overhear(*ENVELOPE, (b"", b"421 shutting down\r\n"))
    assert observer.state.name == "CLOSED"
    assert observer.transcript().exchanges[-1].event == "(unasked)"


def test_221_to_rubbish_closes_nothing_and_the_end_of_the_connection_does() -> None:
    observer = overhear(*ENVELOPE, (b"FROB\r\n", b"221 enough\r\n"))
    assert observer.state.name == "RCPT"
    observer.server_eof()
    assert observer.state.name == "CLOSED"


def test_a_line_that_is_no_reply_moves_nothing_and_is_remarked() -> None:
    observer = overhear(*ENVELOPE)
    observer.server(b"* what is this\r\n")
    assert observer.state.name == "RCPT"
    assert any("no reply" in remark for remark in observer.transcript().exchanges[-1].reply_remarks)


@pytest.mark.parametrize(
    "raw", [b"250 ok\n", b"250\r\n", b"250 \r\n", b"250 caf\xe9\r\n", b"250 a\rb\r\n", b"250-a\n250 b\r\n"], ids=repr
)
def test_a_reply_that_is_nearly_right_counts_as_one(raw: bytes) -> None:
    observer = overhear(*ENVELOPE[:1])
    observer.client(b"HELO c\r\n")
    observer.server(raw)
    assert observer.state.name == "READY"


# ------------------------------------------------------------------------------------------------------ chunks
def test_chunks_are_followed_to_the_last() -> None:
    observer = overhear(*ENVELOPE, (b"BDAT 6\r\n.\r\n\r\nx", b"250 6 octets\r\n"))
    assert observer.state.name == "BDAT"
    observer.client(b"BDAT 5 LAST\r\nQUIT\n")
    observer.server(b"250 kept\r\n")
    assert observer.state.name == "READY"
    assert [(step.kind, step.direction) for step in observer.transcript()][-3:] == [
        ("line", "C"),
        ("chunk", "C"),
        ("reply", "S"),
    ]


def test_a_chunk_that_is_refused_before_it_is_whole_is_taken_as_far_as_it_came() -> None:
    observer = overhear(*ENVELOPE, (b"BDAT 5000 LAST\r\nbegin", b"552 too big\r\n"))
    assert observer.state.name == "RCPT"
    assert observer.facts.chunk_failed
    assert "before the whole chunk" in observer.transcript().exchanges[-1].remarks[0]


def test_where_chunking_was_not_offered_the_octets_are_commands() -> None:
    observer = overhear((b"", b"220 mx\r\n"), (b"EHLO c\r\n", b"250 mx\r\n"))
    observer.client(b"BDAT 6 LAST\r\nNOOP\r\n")
    observer.server(b"500 what\r\n250 ok\r\n")
    assert [e.event for e in observer.transcript().exchanges][-2:] == ["BDAT LAST", "NOOP"]


# --------------------------------------------------------------------------------------------------- AUTH, TLS
def test_a_verb_at_a_challenge_is_a_response() -> None:
    observer = overhear(*ENVELOPE[:2], (b"AUTH LOGIN\r\n", b"334 VXNlcm5hbWU6\r\n"), (b"QUIT\r\n", b"535 no\r\n"))
    assert observer.state.name == "READY"
    assert observer.transcript().exchanges[-1].event == "(response)"
    assert not observer.facts.authenticated


def test_a_log_in_in_two_rounds_is_followed() -> None:
    observer = overhear(
        *ENVELOPE[:2], (b"AUTH LOGIN\r\n", b"334 VXNlcm5hbWU6\r\n"), (b"YWxpY2U=\r\n", b"334 UGFzc3dvcmQ6\r\n")
    )
    assert observer.state.name == "AUTH"
    observer.client(b"d29uZGVybGFuZA==\r\n")
    observer.server(b"235 in\r\n")
    assert (observer.state.name, observer.facts.authenticated) == ("READY", True)
    assert "d29uZGVybGFuZA==" not in str(observer.transcript())
    assert "d29uZGVybGFuZA==" in observer.transcript().text(secrets=True)


def test_what_was_said_ahead_of_a_handshake_is_forgotten() -> None:
    observer = overhear(*ENVELOPE[:2], (b"STARTTLS\r\nRSET\r\nNOOP injected\r\n", b"220 go\r\n"))
    assert observer.state.name == "TLS"
    observer.handshake(True)
    assert (observer.state.name, observer.facts.tls, observer.facts.hello) == ("GREETED", True, "")
    observer.client(b"EHLO c\r\n")
    observer.server(b"250 mx\r\n")
    assert observer.transcript().exchanges[-1].event == "EHLO"


# --------------------------------------------------------------------------------------------------------- ends
@pytest.mark.parametrize("who", ["client_eof", "server_eof"])
def test_either_end_may_close_and_once_is_enough(who: str) -> None:
    observer = overhear(*ENVELOPE)
    observer.client(b"NOOP\r\n")
    getattr(observer, who)()
    exchanges = observer.transcript().exchanges
    assert observer.state.name == "CLOSED"
    assert [(e.event, e.reply) for e in exchanges][-2:] == [("NOOP", None), ("(eof)", None)]
    getattr(observer, who)()
    assert len(observer.transcript().exchanges) == len(exchanges)


def test_an_observer_that_heard_nothing_has_an_empty_transcript() -> None:
    assert len(Observer().transcript()) == 0
    assert Observer().state.name == "CONNECTED"


# --------------------------------------------------------------------------------------- which protocol is spoken
def test_the_servers_first_word_tells_the_protocol() -> None:
    for greeting, name in ((b"220 mx\r\n", "SMTP"), (b"+OK ready\r\n", "POP3"), (b"-ERR busy\r\n", "POP3")):
        observer = Observer(None)
        assert observer.table.name == "SMTP"
        for at in range(len(greeting)):
            observer.server(greeting[at : at + 1])
        assert observer.table.name == observer.transcript().table.name == name
        assert observer.transcript().exchanges[0].reply_raw == greeting


def test_what_was_said_before_the_protocol_was_known_is_followed() -> None:
    observer = Observer(None)
    observer.client(b"USER bob\r\nQUIT\r\n", at=1.0)
    observer.server(b"", at=1.5)
    observer.server(b"+OK ready\r\n+OK\r\n+OK bye\r\n", at=2.0)
    said = observer.transcript()
    assert [e.event for e in said.exchanges] == ["(connect)", "USER", "QUIT"]
    assert observer.state.name == "CLOSED"
    assert [(s.direction, s.seconds, s.octets) for s in said.segments] == [("C", 1.0, 16), ("S", 2.0, 25)]


def test_a_long_letter_that_comes_in_many_pieces_is_one_reply() -> None:
    observer = Observer(None)
    observer.client(b"USER bob\r\nPASS x\r\nRETR 1\r\n")
    observer.server(b"+OK\r\n+OK\r\n+OK\r\n")
    letter = b"+OK\r\n" + b"x\r\n..\r\n" * 4000 + b".\r\n"
    for at in range(0, len(letter), 7):
        assert observer.transcript(since=3).exchanges[-1].is_asked
        observer.server(letter[at : at + 7])
    (fetched,) = observer.transcript(since=3).exchanges
    assert fetched.reply_raw == letter and fetched.event == "RETR"
