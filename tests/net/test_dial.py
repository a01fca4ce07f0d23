"""The socket that keeps a record."""

import io
import smtplib
import socket
import threading

import pytest

from smtplab.net.dial import dial
from smtplab.net.server import Server
from smtplab.protocol.smtp import State
from tests.transports import IN_MEMORY, ON_TCP

pytestmark = pytest.mark.usefixtures("transport")
WAIT_S = 5.0


@pytest.fixture
def server(transport):
    with Server() as server:
        yield server


def test_it_keeps_what_the_server_keeps(server):
    with dial(server.address) as sock, sock.makefile("rb") as file:
        file.readline()
        for line in (
            b"HELO me",
            b"MAIL FROM:<a@example.org>",
            b"RCPT TO:<bob@example.com>",
            b"DATA",
            b"text\r\n.",
            b"QUIT",
        ):
            sock.sendall(line + b"\r\n")
            file.readline()
        assert file.readline() == b""
        assert sock.transcript.text() == server.sessions[-1].text()
        assert [s.state for s in sock.transcript] == [s.state for s in server.sessions[-1]]
        assert sock.transcript.state is State.CLOSED
    assert "CLOSED" in repr(sock) and str(server.address[1]) not in repr(sock)


def test_every_way_of_sending_and_receiving_is_kept(server):
    with dial(*server.address) as sock:
        sock.recv(3, socket.MSG_PEEK)
        buffer = bytearray(1000)
        sock.recv_into(buffer)
        sock.send(b"HELO me\r\n")
        sock.recv(1000)
        sock.sendmsg([b"NO", b"OP\r\n"])
        sock.recv_into(memoryview(buffer), 1000)
        sock.sendfile(io.BytesIO(b"skip RSET\r\n"), 5)
        sock.recv(1000)
        assert sock.transcript.text() == server.sessions[-1].text()
        assert len(sock.transcript) == 7


def test_smtplib_works_over_it(server):
    client = smtplib.SMTP(local_hostname="me")
    client.sock = dial(server.address)
    client.getreply()
    client.sendmail("a@example.org", ["bob@example.com"], "Subject: x\r\n\r\nhello\r\n")
    client.quit()
    assert len(server.mailbox) == 1 and server.sessions[-1].state is State.CLOSED


def test_closing_is_kept_though_a_file_made_of_it_closes_last(server):
    sock = dial(server.address)
    file = sock.makefile("rb")
    file.readline()
    sock.close()
    assert sock.transcript.state is State.GREETED
    file.close()
    assert sock.transcript.state is State.CLOSED


def expect_timeout(sock, match):
    with pytest.raises(TimeoutError, match=match) as caught:
        sock.recv(1000)
    assert "0.05 s" in str(caught.value)


@ON_TCP
def test_a_time_limit_says_what_was_awaited(server):
    with dial(server.address) as sock:
        sock.recv(1000)
        sock.settimeout(0.05)
        expect_timeout(sock, "Nothing is owed: the server waits for a command: HELO or EHLO")
        sock.sendall(b"HELO me")
        expect_timeout(sock, 'the end of the line "HELO me": CR LF')
        sock.sendall(b"\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n")
        sock.settimeout(WAIT_S)
        heard = b""
        while b"354" not in heard:
            heard += sock.recv(1000)
        sock.settimeout(0.05)
        expect_timeout(sock, "a dot alone on its line")
        sock.sendall(b"text\r\n.\n")
        expect_timeout(sock, "a dot alone on its line|421")


@IN_MEMORY
def test_in_memory_nothing_is_waited_for_and_it_says_so(server):
    with dial(server.address) as sock:
        sock.recv(1000)
        with pytest.raises(TimeoutError, match="^Nothing can come: .* waits for a command: HELO or EHLO"):
            sock.recv(1000)
        sock.sendall(b"HELO me")
        with pytest.raises(TimeoutError, match='waits for the end of the line "HELO me": CR LF'):
            sock.recv(1000)


@ON_TCP
def test_a_server_that_says_nothing_and_one_that_owes_a_reply():
    with socket.create_server(("127.0.0.1", 0)) as mute, dial(mute.getsockname()) as sock:
        other, _ = mute.accept()
        with other:
            sock.settimeout(0.05)
            expect_timeout(sock, "No greeting came")
            other.sendall(b"220 hello\r\n")
            assert sock.recv(1000) == b"220 hello\r\n"
            sock.sendall(b"EHLO me\r\n")
            expect_timeout(sock, "No reply to EHLO came")
            sock.setblocking(False)
            with pytest.raises(BlockingIOError):
                sock.recv(1)


def test_what_cannot_be_reached_is_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        address = sock.getsockname()
    with pytest.raises(ConnectionRefusedError, match="Is the server started"):
        dial(address)
    with pytest.raises(OSError, match="There is no host"):
        dial("no-such-host.invalid", 25)
    for port in (None, 0, 70_000):
        with pytest.raises(ValueError, match="a port is a number"):
            dial("127.0.0.1", port)


@ON_TCP
def test_two_threads_may_use_it(server):
    with dial(server.address) as sock:
        heard = []

        def read():
            while b"221" not in b"".join(heard):
                heard.append(sock.recv(1000))

        reader = threading.Thread(target=read)
        reader.start()
        sock.sendall(b"HELO me\r\n" + b"NOOP\r\n" * 500 + b"QUIT\r\n")
        reader.join(WAIT_S)
        assert sock.transcript.text() == server.sessions[-1].text()
