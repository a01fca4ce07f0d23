"""Clients that do not behave: each costs what it may, and the server goes on."""

import contextlib
import dataclasses
import socket
import struct

import pytest

from smtplab.net import connection as carrying
from smtplab.net.server import Server
from smtplab.protocol.manners import LENIENT
from smtplab.protocol.smtp import State

pytestmark = pytest.mark.usefixtures("transport")
WAIT_S = 5.0
TO_DATA = b"HELO me\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n"


def is_well(server, connect):
    client = connect(server)
    client.reply()
    return client.say(b"QUIT").startswith(b"221 ") and client.rest() == b"" and server.errors == ()


def test_a_disconnect_inside_mail_data_stores_nothing(connect):
    with Server() as server:
        with socket.create_connection(server.address, timeout=WAIT_S) as sock:
            sock.sendall(TO_DATA + b"half a let")
        assert list(server.mailbox) == []
        assert server.sessions[-1].state is State.CLOSED and "half a let" in server.sessions[-1].text()
        assert is_well(server, connect)


def test_a_reset_ends_that_session_alone(connect):
    with Server() as server:
        sock = socket.create_connection(server.address, timeout=WAIT_S)
        sock.recv(999)
        sock.sendall(TO_DATA)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()
        assert server.sessions[-1].state is State.CLOSED and len(server.waiting) == 0
        assert is_well(server, connect)


def test_a_line_without_end_is_refused_when_it_ends(connect):
    with Server() as server:
        client = connect(server)
        client.reply()
        client.socket.sendall(b"x" * 100_000)
        assert len(server.waiting) == 1
        assert client.say(b"").startswith(b"500 ")
        assert client.say(b"HELO me").startswith(b"250 ")
        assert is_well(server, connect)


def test_a_client_that_never_reads_is_not_read_from_for_ever(connect):
    with Server() as server:
        deaf = connect(server)
        deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.socket.settimeout(0.2)
        sent = 0
        try:
            while sent < 64 * 1024 * 1024:
                sent += deaf.socket.send(b"HELP\r\n" * 10_000)
        except TimeoutError:
            pass
        assert sent < 64 * 1024 * 1024, "the server read on though nobody took its replies"
        assert is_well(server, connect)
        deaf.socket.settimeout(WAIT_S)
        assert deaf.reply().startswith(b"220 ") and deaf.reply().startswith(b"214")


def test_a_client_that_was_slow_gets_every_reply(connect):
    with Server() as server:
        slow = connect(server)
        count = 20_000
        slow.socket.setblocking(False)
        burst, sent = b"NOOP\r\n" * count + b"QUIT\r\n", 0
        replies = b""
        while b"\r\n221 " not in replies:
            slow.socket.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                sent += slow.socket.send(burst[sent:])
            slow.socket.settimeout(WAIT_S)
            replies += slow.socket.recv(65536)
        assert replies.count(b"\r\n250 ") == count
        assert server.errors == ()


def test_a_client_that_ends_its_side_is_still_answered(connect):
    with Server() as server:
        client = connect(server)
        client.socket.sendall(TO_DATA + b"text\r\n.\r\nNOOP\r\n")
        client.socket.shutdown(socket.SHUT_WR)
        codes = [line[:3] for line in client.rest().splitlines()]
        assert codes == [b"220", b"250", b"250", b"250", b"354", b"250", b"250"]
        assert len(server.mailbox) == 1 and is_well(server, connect)


def test_the_last_reply_arrives_though_more_was_sent_after_quit(connect):
    with Server() as server:
        for _ in range(20):
            client = connect(server)
            client.socket.sendall(b"QUIT\r\n" + b"NOOP\r\n" * 50_000)
            assert client.rest().count(b"221 ") == 1
        assert is_well(server, connect)


def test_a_browser_is_told_and_sent_away(connect):
    with Server() as server:
        client = connect(server)
        client.socket.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n\r\n" + TO_DATA + b"forged\r\n.\r\n")
        assert client.reply().startswith(b"220 ") and client.reply().startswith(b"421 ") and client.rest() == b""
        assert list(server.mailbox) == [] and is_well(server, connect)


def test_silence_ends_in_421(connect):
    with Server(manners=dataclasses.replace(LENIENT, idle_s=0.1)) as server:
        client = connect(server)
        assert client.reply().startswith(b"220 ") and client.reply().startswith(b"421 ") and client.rest() == b""
        assert server.sessions[-1].state is State.CLOSED and server.errors == ()


def test_stop_says_421_and_records_it(connect):
    server = Server()
    clients = [connect(server) for _ in range(5)]
    for client in clients:
        client.reply()
    server.stop()
    assert all(client.reply().startswith(b"421 ") and client.rest() == b"" for client in clients)
    assert [transcript.state for transcript in server.sessions] == [State.CLOSED] * 5


def test_stop_does_not_wait_for_a_client_that_never_reads(connect):
    server = Server()
    connect(server).say(b"NOOP")
    connect(server).close()
    deaf = connect(server)
    deaf.socket.settimeout(0.2)
    try:
        while True:
            deaf.socket.sendall(b"HELP\r\n" * 10_000)
    except TimeoutError:
        pass
    server.stop()
    assert not server.is_running


def test_a_client_that_keeps_its_side_open_after_quit_is_let_go(connect, monkeypatch):
    monkeypatch.setattr(carrying, "LINGER_S", 0.05)
    monkeypatch.setattr("smtplab.net.memory.connection.LINGER_S", 0.05)
    with Server() as server:
        client = connect(server)
        client.reply()
        assert client.say(b"QUIT").startswith(b"221 ") and client.rest() == b""
        assert len(server.waiting) == 0
        # The server has let go when what is sent to it is answered with a reset.
        try:
            while True:
                client.socket.sendall(b"anybody there?\r\n" * 1000)
        except OSError as error:
            assert isinstance(error, ConnectionError)


def test_a_bug_costs_one_connection_and_is_kept(connect, monkeypatch):
    with Server() as server:
        healthy = connect(server)
        healthy.reply()
        unlucky = connect(server)
        unlucky.reply()
        monkeypatch.setattr("smtplab.protocol.session.Session._answer", lambda *_: 1 / 0)
        unlucky.socket.sendall(b"NOOP\r\n")
        with contextlib.suppress(ConnectionError):
            assert unlucky.reply() == b""
        monkeypatch.undo()
        assert healthy.say(b"NOOP").startswith(b"250 ")
        assert [type(error) for error in server.errors] == [ZeroDivisionError]


def test_a_session_is_told_of_before_its_last_octets_leave(connect):
    ended = []
    with Server(on_end=lambda number, transcript: ended.append((number, transcript.text()))) as server:
        client = connect(server)
        client.reply()
        client.say(b"QUIT")
        assert len(ended) == 1 and ended[0][0] == 1 and "C: QUIT" in ended[0][1]
