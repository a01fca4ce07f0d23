"""Faults on the wire: what a client at a real socket meets."""

from __future__ import annotations

import socket
import time

import pytest

from smtplab.net.dial import dial
from smtplab.net.server import Server
from tests.transports import ON_TCP

pytestmark = pytest.mark.usefixtures("transport")


def connect(server: Server) -> socket.socket:
    return socket.create_connection(server.address, timeout=5)


def test_a_cut_reply_comes_in_its_pieces() -> None:
    with Server(faults="(connect)=cut 3,10") as server, connect(server) as sock:
        assert [len(sock.recv(1000)), len(sock.recv(1000))] == [3, 7]


def test_a_dribbled_reply_comes_whole_and_in_order() -> None:
    with Server(faults="(connect)=dribble 1 0.001") as server, connect(server) as sock:
        reader = sock.makefile("rb")
        assert reader.readline() == b"220 mail.example.com ESMTP smtplab at your service\r\n"


@ON_TCP
def test_a_stalled_reply_comes_late_and_what_was_sent_meanwhile_is_answered_after_it() -> None:
    with Server(faults="NOOP:1=stall 0.3") as server, connect(server) as sock:
        sock.recv(1000)
        began = time.monotonic()
        sock.sendall(b"NOOP\r\n")
        sock.sendall(b"HELO me\r\n")
        reader = sock.makefile("rb")
        assert reader.readline().startswith(b"250 Nothing") and time.monotonic() - began >= 0.3
        assert reader.readline().startswith(b"250 mail.example.com greets")
        assert [e.event for e in server.sessions[-1].exchanges] == ["(connect)", "NOOP", "HELO"]


def test_a_reset_is_a_reset() -> None:
    with Server(faults="HELO=reset") as server, connect(server) as sock:
        sock.recv(1000)
        sock.sendall(b"HELO me\r\n")
        with pytest.raises(ConnectionResetError):
            sock.recv(1000)
        assert server.errors == ()


def test_a_close_gives_no_reply() -> None:
    with Server(faults="(connect)=close") as server, connect(server) as sock:
        assert sock.recv(1000) == b""


def test_a_server_stops_while_a_reply_stalls() -> None:
    server = Server(faults="(connect)=stall 60")
    with connect(server):
        assert len(server.sessions) == 1
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 10 and not server.is_running


def test_new_faults_are_for_new_sessions() -> None:
    with Server() as server:
        with connect(server) as sock:
            assert sock.recv(1000).startswith(b"220")
        server.faults = "(connect)=421"
        with connect(server) as sock:
            assert sock.recv(1000).startswith(b"421")
        assert str(server.faults[0]) == "(connect)=421"


LETTER = (
    b"EHLO me", b"MAIL FROM:<a@example.com>", b"RCPT TO:<bob@example.com>", b"RCPT TO:<carol@example.com>", b"DATA",
    b"Subject: hi", b"", b"hello", b".", b"QUIT",
)  # fmt: skip


@pytest.mark.parametrize(
    "fault",
    [
        "(connect)=421", "(connect)=554", "EHLO=502", "MAIL=cut 3,9", "MAIL=dribble 5 0.001", "RCPT:2=450", "RCPT:/2=421",
        "DATA=stall 0.05", "DATA=garble", "DATA=250", "(end of data)=452", "(end of data)=close", "RCPT:1=reset", "QUIT=merge",
    ],
)  # fmt: skip
def test_a_client_that_records_and_the_server_keep_the_same_session(fault: str) -> None:
    with Server(faults=fault) as server, dial(*server.address) as sock:
        reader = sock.makefile("rb")

        def replied() -> bool:
            """Reads one reply, whatever it is; False where the connection ended."""
            while (line := reader.readline())[3:4] == b"-":
                pass
            return bool(line)

        try:
            going = replied()
            for line in LETTER:
                if not going:
                    break
                sock.sendall(line + b"\r\n")
                going = replied() if line == b"." or sock.transcript.state.name != "DATA" else True
        except OSError:
            assert fault.endswith(("=reset", "=close")) or "421" in fault  # or said into a connection that had ended
        theirs, ours = sock.transcript, server.sessions[-1]
        assert theirs.text() == ours.text()
        states = [[e.after for e in each.exchanges if e.event != "(eof)"] for each in (theirs, ours)]
        assert states[0] == states[1]


def test_a_last_reply_that_is_late_reaches_a_client_that_has_ended_its_side() -> None:
    with Server(faults="QUIT=stall 0.2") as server, connect(server) as sock:
        sock.sendall(b"QUIT\r\n")
        sock.shutdown(socket.SHUT_WR)
        assert [line[:3] for line in sock.makefile("rb")] == [b"220", b"221"]
