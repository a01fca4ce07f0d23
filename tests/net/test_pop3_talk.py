"""Talking by hand to a POP3 server, and saying a session of POP3 again: what follows SMTP follows it too."""

import os
import smtplib

import pytest

from smtplab import Server, Transcript, dial
from smtplab.cli import main
from smtplab.cli.conversation import Conversation
from smtplab.net.replay import branch
from smtplab.protocol.pop3.machine import POP3, State

WAIT_S = 10.0


@pytest.fixture
def server():
    with Server(pop3=True, tls=True) as running:
        with smtplib.SMTP(*running.address, timeout=WAIT_S) as smtp:
            smtp.sendmail("a@example.net", ["bob@example.com"], "Subject: hi\r\n\r\n550 in a letter\r\n.dot\r\n")
        yield running


@pytest.fixture
def piped(server, monkeypatch, capsys):
    """Runs `smtplab talk` with these lines coming from a pipe: (status, output)."""

    def run(*lines, words=()):
        reader, writer = os.pipe()
        os.write(writer, "".join(f"{line}\n" for line in lines).encode())
        os.close(writer)
        with open(reader) as stdin:
            monkeypatch.setattr("sys.stdin", stdin)
            status = main(["talk", f"127.0.0.1:{server.pop3_address[1]}", *words])
        return status, capsys.readouterr().out

    return run


def test_a_letter_is_fetched_by_hand(piped, server, tmp_path):
    status, out = piped(
        "USER bob",
        "PASS letmein",
        "? RETR",
        "RETR 1",
        "?",
        "RETR 2",
        "?",
        "QUIT",
        words=["--save", str(tmp_path / "said")],
    )
    assert status == 0 and server.errors == ()
    assert "letmein" not in out and "->  PASS ********" in out
    assert "<-  550 in a letter" in out and "<-  ..dot" in out
    assert "<** -ERR There is no letter 2" in out
    assert "=== RETR number: You fetch a letter, whole." in out
    assert (
        out.count("=== RETR: You fetch a letter, whole.") == 2
        and "+OK: it is done." in out
        and "-ERR: it was refused" in out
    )
    assert "=== The server has closed the connection.\n" in out
    said = Transcript.from_json((tmp_path / "said").read_text())
    assert said.table is POP3 and said.state is State.CLOSED
    assert said.text() == server.sessions[-1].text()


def test_tls_ends_it_with_the_command_that_knows_tls(piped):
    status, out = piped("STLS", "USER bob")
    assert status == 0 and "openssl s_client -starttls pop3 " in out and "USER" not in out


def test_what_may_be_said_and_what_is_waited_for_is_pop3s(server):
    with dial(server.pop3_address, timeout=WAIT_S) as connected:
        talk = Conversation(connected, lambda *_: None, WAIT_S)
        talk.listen()
        assert talk.table is POP3 and talk.state is State.AUTHORIZATION
        assert "QUIT" in [each.syntax for each in talk.may]
        talk.say(b"USER", is_line=False)
        assert 'the end of the line "USER"' in talk.reads
        talk.say(b" bob\r\n", is_line=False)
        assert talk.state is State.USER and not talk.in_data and not talk.is_owed and not talk.is_tls


# -------------------------------------------------------------------------------------------------- said again
@pytest.fixture
def old(server):
    with dial(server.pop3_address, timeout=WAIT_S) as sock, sock.makefile("rb") as file:
        sock.sendall(b"USER bob\r\nPASS letmein\r\nRETR 1\r\nDELE 1\r\nQUIT\r\n")
        file.read()
    with smtplib.SMTP(*server.address, timeout=WAIT_S) as smtp:  # what it removed is there again
        smtp.sendmail("a@example.net", ["bob@example.com"], "Subject: hi\r\n\r\n")
    return server.sessions[1]


@pytest.mark.parametrize("position", range(1, 9))
def test_at_each_step_the_new_session_is_as_the_old_one_so_far(server, old, position):
    made = branch(old, position, ["NOOP"], server)
    assert (made.why_not, made.at, made.transcript.table) == ("", position, POP3)
    assert [step.exchange.event for step in made.transcript[:position]] == [
        step.exchange.event for step in old[:position]
    ]
    assert made.transcript.exchanges[-1].event == "NOOP" and server.errors == ()


def test_it_goes_on_only_where_every_answer_was_the_same(server, old):
    with dial(server.pop3_address, timeout=WAIT_S) as sock, sock.makefile("rb") as file:
        for line in (b"USER bob", b"PASS letmein"):
            sock.sendall(line + b"\r\n")
            file.readline()
        made = branch(old, 7, ["NOOP"], server)
    assert made.why_not.startswith("At line 5 the server answered -ERR this time, not +OK")
    assert "[IN-USE]" in made.transcript.text()


def test_without_a_server_it_is_said_to_one_of_its_own(old):
    made = branch(old, 5, ["STAT"])
    assert made.why_not == "" and made.transcript[-1].text == "+OK 0 0"
    made = branch(old, 7, ["STAT"])
    assert "-ERR this time, not +OK" in made.why_not and "a server of its own" in made.why_not.replace(
        "lenient ", ""
    ).replace("strict ", "")


def test_a_server_that_speaks_no_pop3_is_no_place_for_it(old):
    with Server() as other:
        assert "Server(pop3=True)" in branch(old, 3, ["STAT"], other).why_not
