"""What is so in memory alone: how its sockets are found, what they refuse and in which words, and that nobody waits."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import gc
import io
import poplib
import select
import smtplib
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from smtplab.net.memory import connection as carrying
from smtplab.net.memory import engine as running_it
from smtplab.net.memory import ports
from smtplab.net.server import Server
from smtplab.protocol.manners import LENIENT
from smtplab.protocol.session import Session
from smtplab.protocol.smtp import State

WAIT_S = 5.0


def memory(*args: Any, **settings: Any) -> Server:
    return Server(*args, transport="memory", **settings)


@pytest.fixture
def server() -> Iterator[Server]:
    with memory() as made:
        yield made
        assert made.errors == ()


def connect(server: Server, timeout: float | None = WAIT_S) -> socket.socket:
    """A connection whose greeting was read."""
    sock = socket.create_connection(server.address, timeout=timeout)
    assert sock.recv(1000).startswith(b"220 ")
    return sock


def say(sock: socket.socket, line: bytes) -> bytes:
    sock.sendall(line + b"\r\n")
    return sock.recv(65536)


def is_ours() -> bool:
    return "connect" in vars(socket.socket)


# ---------------------------------------------------------------------------------------------- what is touched
def test_importing_changes_nothing_and_a_server_only_while_it_runs() -> None:
    code = (
        "import socket, threading\n"
        "before = dict(vars(socket.socket)), dict(vars(socket))\n"
        "import smtplab.net.memory.engine, smtplab.net.dial\n"
        "from smtplab import Server\n"
        "same = lambda: (dict(vars(socket.socket)), dict(vars(socket))) == before\n"
        "assert same()\n"
        "one = Server(transport='memory'); assert not same() and 'connect' in vars(socket.socket)\n"
        "two = Server(transport='memory'); one.stop(); assert not same()\n"
        "two.stop(); assert same()\n"
        "two.start(); assert not same(); del two; assert same()\n"
        "assert threading.active_count() == 1\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_socket_that_connects_elsewhere_is_as_ever(server: Server) -> None:
    with Server() as on_tcp, socket.create_connection(on_tcp.address, timeout=WAIT_S) as sock:
        assert type(sock) is socket.socket and sock.fileno() >= 0
        assert sock.recv(1000).startswith(b"220 ")
    assert isinstance(connect(server), socket.socket)


def test_another_librarys_connect_is_called_and_left_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    plain = socket.socket.connect

    def theirs(self: socket.socket, address: Any) -> None:
        seen.append(address)
        plain(self, address)

    monkeypatch.setattr(socket.socket, "connect", theirs)
    with Server() as on_tcp, memory() as server:
        connect(on_tcp).close()
        connect(server).close()
        assert seen == [on_tcp.address]
    assert vars(socket.socket)["connect"] is theirs


def test_a_library_that_comes_later_is_not_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    first = memory()
    ours = socket.socket.connect

    def theirs(self: socket.socket, address: Any) -> None:
        ours(self, address)

    monkeypatch.setattr(socket.socket, "connect", theirs)
    first.stop()
    assert vars(socket.socket)["connect"] is theirs
    with memory() as second, Server() as on_tcp:
        connect(second).close()
        connect(on_tcp).close()
    monkeypatch.undo()
    with memory() as third:
        connect(third).close()
    assert not is_ours()


def test_an_address_that_nobody_holds_goes_to_the_system(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        nobody = other.getsockname()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(nobody, timeout=WAIT_S)
    with socket.socket() as sock:
        assert sock.connect_ex(nobody) != 0
        assert sock.connect_ex(server.address) == 0
        assert sock.connect_ex(server.address) != 0
        with pytest.raises(OSError, match="connected already"):
            sock.connect(server.address)


def test_where_there_is_no_network_it_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "HAS_NETWORK", False)
    try:
        with memory() as one, memory() as other:
            assert one.address[1] != other.address[1]
            connect(one).close()
        assert memory().address not in (one.address, other.address)
        with pytest.raises(ConnectionRefusedError, match=r"there is no network here.* server\.address"):
            socket.create_connection(one.address, timeout=WAIT_S)
        with socket.socket() as sock:
            assert sock.connect_ex(one.address) != 0
        with memory(port=25) as server:
            assert server.address == ("127.0.0.1", 25)
            connect(server).close()
    finally:
        ports._take_out()


def test_localhost_finds_it_and_a_name_that_is_not_here_is_no_place_for_it(server: Server) -> None:
    with socket.create_connection(("localhost", server.address[1]), timeout=WAIT_S) as sock:
        assert sock.recv(4) == b"220 "
    with socket.socket() as sock:
        sock.connect(("localhost", server.address[1]))
        assert sock.recv(4) == b"220 "
    with pytest.raises(OSError, match=r"in this process alone.* Leave host out"):
        memory(host="192.0.2.1")
    assert memory(host="0.0.0.0").address[0] == "127.0.0.1"


def test_a_version_6_address_is_one_too() -> None:
    with memory(host="::1") as server, socket.create_connection(server.address, timeout=WAIT_S) as sock:
        assert sock.family == socket.AF_INET6 and sock.recv(4) == b"220 "
        assert sock.getpeername()[:2] == server.address


# ------------------------------------------------------------------------------------------------------- ports
def test_nobody_else_gets_its_port(server: Server) -> None:
    with socket.socket() as other, pytest.raises(OSError):
        other.bind(server.address)
    with pytest.raises(OSError, match="is busy"), socket.create_server(("127.0.0.1", 0)) as other:
        memory(port=other.getsockname()[1])


@pytest.mark.parametrize("transports", [("memory", "memory"), ("tcp", "memory"), ("memory", "tcp")], ids="-".join)
def test_the_newer_one_on_a_port_takes_over_whatever_carries_them(transports: tuple[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    older = Server(port=port, transport=transports[0])
    client = connect(older)
    newer = Server("foreign", port=port, transport=transports[1])
    assert not older.is_running and client.recv(1000).startswith(b"421 ")
    with newer, socket.create_connection(newer.address, timeout=WAIT_S) as sock:
        assert b"bonvenon" in sock.recv(1000)
    client.close()


def test_a_port_on_which_connections_are_just_ending_is_free() -> None:
    with Server() as server:
        client = connect(server)
        client.sendall(b"QUIT\r\n")
        while client.recv(1000):
            pass
        client.close()
    with memory(port=server.address[1]) as again:
        connect(again).close()


# ----------------------------------------------------------------------------------------- what cannot be had
def test_what_it_has_not_is_refused_when_it_is_asked_for() -> None:
    with pytest.raises(ValueError, match=r"has no TLS.* Leave tls out"):
        memory(tls=True)
    with pytest.raises(ValueError, match="has no TLS"):
        memory(manners=LENIENT.offering("STARTTLS"))
    with memory() as server, pytest.raises(ValueError, match="has no TLS"):
        server.manners = LENIENT.offering("STARTTLS")
    with pytest.raises(ValueError, match=r'transport is "tcp" or "memory"'):
        Server(transport="carrier pigeon")
    assert memory().transport == "memory" and Server().transport == "tcp"


def test_select_tls_and_descriptors_are_refused_in_words(server: Server) -> None:
    with connect(server) as sock:
        for ask in (
            lambda: select.select([sock], [], [], 0),
            sock.fileno,
            sock.detach,
            sock.dup,
            lambda: ssl.create_default_context().wrap_socket(sock, server_hostname="mail.example.com"),
        ):
            with pytest.raises(io.UnsupportedOperation, match=r"no descriptor, which select, asyncio and TLS need"):
                ask()
        assert say(sock, b"NOOP").startswith(b"250")
    assert sock.fileno() == -1
    with (
        ssl.create_default_context().wrap_socket(socket.socket(), server_hostname="localhost") as sock,
        pytest.raises(OSError, match="no TLS in memory"),
    ):
        sock.connect(server.address)


# ---------------------------------------------------------------------------------------------- nobody waits
TALK = [
    (b"", "a command: HELO or EHLO with a name"),
    (b"HELO m", 'the end of the line "HELO m": CR LF'),
    (b"e\r\n", "a command: MAIL FROM:<...>, or QUIT"),
    (b"MAIL FROM:<a@example.org>\r\n", "a command: RCPT TO:<...>"),
    (b"RCPT TO:<bob@example.com>\r\n", "a command: one more RCPT TO:<...>, or DATA"),
    (b"DATA\r\n", "more mail data (0 lines so far): a dot alone on its line, CR LF . CR LF, ends it"),
    (b"text\r\n", "more mail data (1 line so far)"),
]


@pytest.mark.parametrize("timeout", [None, 3600.0])
def test_a_read_that_would_wait_in_vain_says_at_once_what_the_server_waits_for(
    server: Server, timeout: float | None
) -> None:
    server.manners = dataclasses.replace(LENIENT, idle_s=1e9)
    with connect(server, timeout) as sock:
        for said, words in TALK:
            sock.sendall(said)
            with contextlib.suppress(TimeoutError):
                sock.recv(1000)
            with pytest.raises(TimeoutError) as caught:
                sock.recv(1000)
            assert str(caught.value).startswith("Nothing can come: the server has answered all that it was sent")
            assert words in str(caught.value) and server.waiting[0] in str(caught.value)


def test_a_file_made_of_it_says_so_too(server: Server) -> None:
    with connect(server) as sock, sock.makefile("rb") as file, pytest.raises(TimeoutError, match="Nothing can come"):
        file.readline()


def test_who_does_not_block_is_told_so_as_ever(server: Server) -> None:
    with connect(server) as sock:
        sock.setblocking(False)
        assert sock.gettimeout() == 0.0 and not sock.getblocking()
        with pytest.raises(BlockingIOError):
            sock.recv(1)
        assert say(sock, b"NOOP").startswith(b"250")


def test_a_stall_passes_at_once_for_who_would_wait_and_is_told_to_who_would_not() -> None:
    began = time.monotonic()
    with memory(faults="NOOP=stall 600") as server:
        with connect(server, timeout=1000) as patient:
            assert say(patient, b"NOOP").startswith(b"250")
        with connect(server, timeout=200) as hasty:
            hasty.sendall(b"NOOP\r\n")
            hasty.sendall(b"HELO me\r\n")
            for left in (r"600 s, and this socket waits 200 s", "400 s"):
                with pytest.raises(TimeoutError, match=f"late by a fault: it comes in {left}.*settimeout"):
                    hasty.recv(1000)
            assert "HELO" not in server.sessions[-1].text()  # what is sent meanwhile is read afterwards, as on TCP
            assert [line[:8] for line in hasty.recv(1000).splitlines()] == [b"250 Noth", b"250 mail"]
            hasty.sendall(b"NOOP\r\n")
            hasty.setblocking(False)
            with pytest.raises(BlockingIOError):
                hasty.recv(1)
        with connect(server, timeout=None) as boundless:
            assert say(boundless, b"NOOP").startswith(b"250")
        assert server.errors == ()
    assert time.monotonic() - began < 300


def test_the_servers_patience_is_shorter_than_a_patient_clients() -> None:
    with memory(manners=dataclasses.replace(LENIENT, idle_s=300)) as server:
        with connect(server, timeout=100) as hasty:
            for _ in range(2):
                with pytest.raises(TimeoutError, match="Nothing can come"):
                    hasty.recv(1000)
            assert hasty.recv(1000).startswith(b"421 ") and hasty.recv(1000) == b""
        assert server.sessions[-1].state is State.CLOSED


def test_a_client_that_closes_amid_a_stall_has_said_what_it_said() -> None:
    with memory(faults="NOOP=stall 600") as server:
        with connect(server) as sock:
            sock.sendall(b"NOOP\r\nHELO me\r\nMAIL FRO")
        record = server.sessions[-1]
        assert [exchange.event for exchange in record.exchanges] == ["(connect)", "NOOP", "HELO", "(eof)"]
        assert record.state is State.CLOSED and server.waiting == ()


def test_after_a_reset_it_says_so_once_and_then_is_closed() -> None:
    with memory(faults="HELO=reset") as server, connect(server) as sock:
        sock.sendall(b"HELO me\r\n")
        with pytest.raises(ConnectionResetError, match="cut this connection off"):
            sock.recv(1000)
        assert sock.recv(1000) == b""
        with pytest.raises(BrokenPipeError, match="connect anew"):
            sock.sendall(b"NOOP\r\n")


def test_who_reads_no_replies_is_told_to_and_costs_a_bounded_amount(server: Server) -> None:
    with connect(server) as deaf:
        with pytest.raises(TimeoutError, match="recv some first"):
            for _ in range(100):
                deaf.sendall(b"HELP\r\n" * 10_000)
        deaf.setblocking(False)
        with pytest.raises(BlockingIOError):
            deaf.send(b"x")
        held: Any = next(iter(server._engine._open))
        assert len(held._unread) + len(held._pending) < carrying.UNREAD + carrying.PENDING + 2 * carrying.TAKEN + 2**20


# ------------------------------------------------------------------------------------------ a socket's small print
def test_a_socket_has_what_sockets_have(server: Server) -> None:
    with connect(server) as sock:
        assert sock.getpeername() == server.address and sock.getsockname()[0] == "127.0.0.1"
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_STREAM
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
        sock.settimeout(7)
        assert sock.timeout == sock.gettimeout() == 7 and sock.getblocking()
        sock.sendmsg([b"NO", b"OP\r\n"])
        pieces = [bytearray(3), bytearray(100)]
        assert sock.recvmsg_into(pieces)[0] > 3 and pieces[0] == b"250"
        sock.sendto(b"NOOP\r\n", server.address)
        assert sock.recvfrom(3) == (b"250", None) and sock.recvmsg(1)[0] == b" "
        sock.sendfile(io.BytesIO(b"RSET\r\n"))
        assert b"Nothing" in sock.recv(1000, socket.MSG_PEEK) and b"Nothing" in sock.recv(1000)
        assert str(server.address[1]) not in repr(sock) and "open" in repr(sock)
        sock.shutdown(socket.SHUT_WR)
        with pytest.raises(BrokenPipeError, match="ended its side"):
            sock.send(b"NOOP\r\n")
        assert sock.recv(1000) == b"" and server.sessions[-1].state is State.CLOSED
    assert "closed" in repr(sock)
    for ask in (lambda: sock.recv(1), lambda: sock.send(b"x"), sock.getpeername, lambda: sock.settimeout(1)):
        with pytest.raises(OSError, match="is closed: connect anew"):
            ask()


def test_a_class_of_ones_own_keeps_what_it_overrides(server: Server) -> None:
    class Shouting(socket.socket):
        heard = 0

        def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
            self.heard += 1
            return super().recv(bufsize, flags).upper()

    sock = Shouting()
    sock.connect(server.address)
    assert isinstance(sock, Shouting) and sock.recv(1000).startswith(b"220 MAIL.EXAMPLE.COM") and sock.heard == 1
    with sock.makefile("rb") as file:
        sock.sendall(b"NOOP\r\n")
        assert file.readline().startswith(b"250 Nothing")
    sock.close()


def test_a_socket_that_is_forgotten_closes_its_connection_once_no_file_of_it_is_left(server: Server) -> None:
    sock = connect(server)
    file = sock.makefile("rb")
    del sock
    gc.collect()
    assert len(server.waiting) == 1
    del file
    gc.collect()
    assert len(server.waiting) == 0 and server.sessions[-1].state is State.CLOSED


def test_a_forgotten_server_leaves_nothing_and_tells_whoever_is_connected() -> None:
    server = memory()
    client, address = connect(server), server.address
    del server
    gc.collect()
    assert not is_ours() and client.recv(1000).startswith(b"421 ") and client.recv(1000) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=WAIT_S)
    client.close()


def test_poplib_reads_what_smtplib_sent() -> None:
    with Server(transport="memory", pop3=True) as server:
        with smtplib.SMTP(*server.address, timeout=WAIT_S) as client:
            client.sendmail("ada@example.com", ["bob@example.com"], "Subject: two doors\r\n\r\nhello\r\n.dot\r\n")
        mailbox = poplib.POP3(*server.pop3_address, timeout=WAIT_S)
        mailbox.user("bob")
        mailbox.pass_("letmein")
        assert mailbox.stat()[0] == 1 and mailbox.retr(1)[1][-2:] == [b"hello", b".dot"]
        mailbox.dele(1)
        mailbox.quit()
        assert server.mailbox["bob"] == [] and [session.table.name for session in server.sessions] == ["SMTP", "POP3"]
    with pytest.raises(ConnectionRefusedError):
        poplib.POP3(*server.pop3_address, timeout=WAIT_S)


def test_a_cell_that_is_interrupted_has_said_nothing_twice(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with connect(server) as sock:
        answer = Session._answer

        def interrupted(self: Session, *rest: Any) -> None:
            answer(self, *rest)
            raise KeyboardInterrupt

        monkeypatch.setattr(Session, "_answer", interrupted)
        with pytest.raises(KeyboardInterrupt):
            sock.sendall(b"NOOP\r\n")
        monkeypatch.undo()
        assert say(sock, b"RSET").startswith(b"250 ")
    assert [exchange.event for exchange in server.sessions[-1].exchanges] == ["(connect)", "NOOP", "RSET", "(eof)"]


# -------------------------------------------------------------------------------------- amid something, and threads
def test_a_server_stopped_by_its_own_callback_first_answers(server: Server) -> None:
    stopping = memory(on_end=lambda *_: stopping.stop())
    one, other = connect(stopping), connect(stopping)
    one.sendall(b"NOOP\r\nQUIT\r\nNOOP\r\n")
    assert [line[:3] for line in one.recv(1000).splitlines()] == [b"250", b"221"] and one.recv(1) == b""
    assert not stopping.is_running and other.recv(1000).startswith(b"421 ")
    one.close(), other.close()


def test_many_threads_each_with_a_socket_of_its_own(server: Server) -> None:
    def send(name: str) -> None:
        with connect(server) as sock:
            assert say(sock, b"HELO " + name.encode()).startswith(b"250")
            for _ in range(20):
                sock.sendall(b"MAIL FROM:<a@example.org>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n")
                assert sock.recv(65536).count(b"\r\n") == 3
                assert say(sock, b"from " + name.encode() + b"\r\n.").startswith(b"250")
            assert say(sock, b"QUIT").startswith(b"221")
        done.append(name)

    done: list[str] = []
    threads = [threading.Thread(target=send, args=(f"t{number}.example",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(done) == 8 and len(server.mailbox) == 160 and len(server.sessions) == 8
    assert all(len(session.exchanges) == 83 for session in server.sessions)


# ------------------------------------------------------------------------------------------------- who watches
def test_what_happened_is_told_though_the_call_that_saw_to_it_failed(server: Server) -> None:
    engine: Any = server._engine
    with connect(server), connect(server) as other:
        first, _ = engine._open
        told: list[bool] = []
        server.watch(lambda: told.append(server.look(1).heads[0].is_open))
        engine._forgotten.append(first)  # as if it had been collected while somebody else was amid something
        with pytest.raises(TimeoutError):
            other.recv(1000)
        assert told == [False]


def test_a_browsers_loop_tells_a_little_later_what_came_too_soon(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running_it, "IN_BROWSER", True)
    told: list[int] = []

    async def cell() -> None:
        last = asyncio.Event()

        def watcher() -> None:
            told.append(len(server.look().transcript))
            if told[-1] == 43:
                last.set()

        stop = server.watch(watcher)
        with connect(server) as sock:
            for _ in range(20):
                say(sock, b"NOOP")
            sock.sendall(b"HELO me\r\n")
            await asyncio.wait_for(last.wait(), WAIT_S)
        stop()

    asyncio.run(cell())
    assert told[-1] == 43 and len(told) < 10


def test_without_any_loop_a_browser_is_told_at_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running_it, "IN_BROWSER", True)
    told: list[int] = []
    server.watch(lambda: told.append(len(server.look().transcript)))
    with connect(server) as sock:
        say(sock, b"NOOP")
        say(sock, b"NOOP")
    assert told[:3] == [1, 3, 5]
