"""What a server remembers is bounded: the longest mail data of the oldest sessions goes first, and the record says so."""

import pytest

from smtplab.net import record
from smtplab.net.replay import branch
from smtplab.net.server import Server
from smtplab.protocol.smtp import State
from smtplab.protocol.steps import NOT_KEPT
from smtplab.protocol.transcript import Transcript

LINES = [b"line %d of a long letter" % number for number in range(1000)]
LETTER = b"Subject: long\r\n\r\n" + b"\r\n".join(LINES) + b"\r\n.\r\n"


@pytest.fixture
def small(monkeypatch):
    """A server whose record holds some three such letters."""
    monkeypatch.setattr(record, "OCTETS_KEPT", 3 * len(LETTER) + 20_000)
    with Server() as server:
        yield server


def letter(client, data=LETTER):
    for line in (b"MAIL FROM:<a@example.org>", b"RCPT TO:<bob@example.com>", b"DATA"):
        client.say(line)
    client.socket.sendall(data)
    return client.reply()


def session(connect, server, data=LETTER):
    client = connect(server)
    client.reply(), client.say(b"HELO me")
    assert letter(client, data).startswith(b"250 ")
    assert client.say(b"QUIT").startswith(b"221 ")
    client.rest(), client.close()


def test_the_oldest_mail_data_goes_first_and_the_transcript_says_how_much(small, connect):
    for _ in range(4):
        session(connect, small)
    first, *_, last = small.sessions
    assert first.remarks == (NOT_KEPT,) and last.remarks == ()
    (exchange,) = [e for e in first.exchanges if e.event == "(end of data)"]
    lines, octets = exchange.not_kept
    # Ten lines at the beginning and five at the end stay, the dot line among them, as a fold shows them.
    assert lines == 2 + len(LINES) + 1 - 15 and octets == len(LETTER) - len(exchange.sent)
    assert f"... {lines:,} more lines, {octets:,} octets, not kept ..." in first.text()
    assert first.text().count("line 7 of a long letter") == 1 and "line 500 of" not in first.text()
    assert first.text().endswith("\nC: QUIT\nS: 221 mail.example.com says goodbye") and first.state is State.CLOSED
    assert [step.index for step in first] == list(range(1, len(first) + 1))
    # Nothing of it is missing where it was accepted, nor in the sessions that came later.
    assert all(message.content == LETTER[:-3] for message in small.mailbox)
    assert [e.sent for e in last.exchanges if e.event == "(end of data)"] == [LETTER] and small.sessions.gone == 0


def test_a_shortened_transcript_is_written_and_read_back_as_it_is(small, connect):
    for _ in range(4):
        session(connect, small)
    first = small.sessions[0]
    again = Transcript.from_json(first.to_json())
    assert again.text() == first.text() and again.remarks == first.remarks


def test_what_was_not_kept_cannot_be_said_again(small, connect):
    for _ in range(4):
        session(connect, small)
    first = small.sessions[0]
    assert "not kept" in branch(first, len(first) - 2, ["NOOP"]).why_not


def test_a_letter_of_one_line_keeps_its_end(small, connect):
    for _ in range(4):
        session(connect, small, b"x" * len(LETTER) + b"\r\n.\r\n")
    first = small.sessions[0]
    assert [step.text for step in first if step.kind == "end"] == ["."] and "xxx" not in first.text()


def test_of_a_chunk_its_command_stays(small, connect):
    for _ in range(4):
        client = connect(small)
        client.reply(), client.say(b"EHLO me")
        client.say(b"MAIL FROM:<a@example.org>"), client.say(b"RCPT TO:<bob@example.com>")
        client.socket.sendall(b"BDAT %d LAST\r\n" % len(LETTER) + LETTER)
        assert client.reply().startswith(b"250 ")
    said = small.sessions[0].text()
    assert f"C: BDAT {len(LETTER)} LAST\nC: ... {len(LETTER):,} octets, not kept ...\nS: 250 " in said


def test_then_whole_sessions_go_the_oldest_first(small, connect):
    count = 0
    while small.sessions.gone < 3:
        session(connect, small, b"short\r\n.\r\n")
        count += 1
    left = small.sessions
    assert len(left) + left.gone == count and all(len(each) == 14 for each in left)
    assert repr(left).endswith(f" and {left.gone} older, not kept")
    assert small.look(0).number == count and small.look(count - 1).number == count - 1


def test_a_session_that_goes_on_forgets_what_was_said_long_ago(small, connect):
    client = connect(small)
    client.reply(), client.say(b"EHLO me")
    asked = 0
    while not (said := small.sessions[0]).remarks:
        client.socket.sendall(b"NOOP\r\n" * 50)
        for _ in range(50):
            assert client.reply().startswith(b"250 ")
        asked += 50
    assert said.left_out == asked + 2 - len(said.exchanges) > 40
    assert said.remarks == (f"{said.left_out} exchanges before this one are no longer kept",)
    assert said[0].text.startswith("220 ") and said.state is State.READY and said.facts.offers("PIPELINING")
    assert client.say(b"MAIL FROM:<a@example.org>").startswith(b"250 ")
    assert small.errors == () and small.sessions[0].state is State.MAIL


def test_so_much_at_most_is_remembered(small, connect):
    client = connect(small)
    client.reply(), client.say(b"HELO me")
    for size in (10, 100_000, 1000, 50_000, 10, 20_000, 5) * 2:
        assert letter(client, b"y" * size + b"\r\n.\r\n").startswith(b"250 ")
        session(connect, small, (b"z" * 70 + b"\r\n") * (size // 70) + b".\r\n")
        records = small._engine.archive
        small.sessions.gone  # noqa: B018  lets the server take in what was sent
        assert records.octets == sum(each.recorder.exchanges.weight for each in records.records) <= record.OCTETS_KEPT


def test_of_more_sessions_than_are_kept_the_oldest_go(monkeypatch, connect):
    monkeypatch.setattr(record, "SESSIONS_KEPT", 3)
    with Server() as server:
        oldest = connect(server)
        oldest.reply(), oldest.say(b"HELO oldest")
        for number in range(4):
            connect(server).say(b"HELO me%d" % number)
        assert len(server.sessions) == 3 and server.sessions.gone == 2
        assert oldest.say(b"NOOP").startswith(b"250 ") and server.errors == ()
        assert "oldest" not in "".join(each.text() for each in server.sessions)
