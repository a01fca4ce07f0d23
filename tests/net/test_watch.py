"""Looking on while a server talks: who is told, how often, and what a look shows. Sockets, no sleeps."""

from __future__ import annotations

import queue
import socket
import threading
import weakref
from collections.abc import Iterator

import pytest

from smtplab.net.server import Server
from smtplab.net.watch import TELL_S
from tests.transports import ON_TCP

pytestmark = pytest.mark.usefixtures("transport")
TIMEOUT_S = 5


class Teller:
    """A watcher that keeps what it saw at each telling, and can be waited for."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.seen: queue.Queue[tuple[int, int, str]] = queue.Queue()
        self.threads: set[str] = set()

    def __call__(self) -> None:
        look = self._server.look()
        self.threads.add(threading.current_thread().name)
        self.seen.put((look.number, len(look.transcript), look.transcript.state.name))

    def until(self, wanted: tuple[int, int, str]) -> int:
        """How many tellings it took until this was seen."""
        count = 1
        while self.seen.get(timeout=TIMEOUT_S) != wanted:
            count += 1
        return count


@pytest.fixture
def server(transport: str) -> Iterator[Server]:
    with Server() as made:
        yield made


def say(sock: socket.socket, line: bytes) -> bytes:
    sock.sendall(line + b"\r\n")
    return sock.recv(4096)


def test_a_watcher_is_told_of_a_connection_of_each_reply_and_of_the_end(server: Server) -> None:
    teller = Teller(server)
    server.watch(teller)
    with socket.create_connection(server.address, timeout=TIMEOUT_S) as sock:
        sock.recv(100)
        teller.until((1, 1, "GREETED"))
        say(sock, b"HELO me")
        teller.until((1, 3, "READY"))
    teller.until((1, 3, "CLOSED"))
    assert server.errors == ()


@ON_TCP
def test_it_is_told_in_the_servers_thread(server: Server) -> None:
    teller = Teller(server)
    server.watch(teller)
    with socket.create_connection(server.address, timeout=TIMEOUT_S) as sock:
        sock.recv(100)
        teller.until((1, 1, "GREETED"))
    assert teller.threads == {"smtplab server"}


def test_it_is_told_once_of_what_is_said_at_once(server: Server) -> None:
    teller = Teller(server)
    server.watch(teller)
    with socket.create_connection(server.address, timeout=TIMEOUT_S) as sock:
        sock.sendall(b"HELO me\r\n" + b"NOOP\r\n" * 200 + b"QUIT\r\n")
        while sock.recv(65536):
            pass
        assert teller.until((1, 405, "CLOSED")) <= 4


def test_it_is_told_no_more_after_it_said_so(server: Server) -> None:
    first, second = Teller(server), Teller(server)
    stop = server.watch(first)
    server.watch(second)
    stop()
    stop()
    with socket.create_connection(server.address, timeout=TIMEOUT_S) as sock:
        sock.recv(100)
        second.until((1, 1, "GREETED"))
    assert first.seen.empty()


def test_a_watcher_that_fails_costs_no_client_anything(server: Server) -> None:
    def broken() -> None:
        raise RuntimeError("a watcher's own trouble")

    teller = Teller(server)
    server.watch(broken)
    server.watch(teller)
    with socket.create_connection(server.address, timeout=TIMEOUT_S) as sock:
        assert sock.recv(100).startswith(b"220")
        teller.until((1, 1, "GREETED"))
        assert say(sock, b"NOOP").startswith(b"250")
    assert "a watcher's own trouble" in str(server.errors[0])


def test_a_slow_watcher_leaves_the_server_most_of_its_time(server: Server) -> None:
    began: list[float] = []
    slow = threading.Event()

    def watcher() -> None:
        slow.wait(TELL_S)  # as a drawing that takes so long
        began.append(0)

    server.watch(watcher)
    with socket.create_connection(server.address, timeout=TIMEOUT_S) as sock:
        sock.recv(100)
        for _ in range(200):
            say(sock, b"NOOP")
    assert len(began) <= 3


def test_what_is_told_last_is_the_end_when_the_server_stops(server: Server) -> None:
    teller = Teller(server)
    server.watch(teller)
    with socket.create_connection(server.address, timeout=TIMEOUT_S) as sock:
        sock.recv(100)
        server.stop()
        teller.until((1, 2, "CLOSED"))
    server.start()
    with socket.create_connection(server.address, timeout=TIMEOUT_S) as sock:
        sock.recv(100)
        teller.until((2, 1, "GREETED"))


def test_a_look_names_the_sessions_and_takes_one_by_its_number(server: Server) -> None:
    assert server.look().number == 0
    with socket.create_connection(server.address, timeout=TIMEOUT_S) as sock:
        sock.recv(100)
        say(sock, b"HELO first")
    with socket.create_connection(server.address, timeout=TIMEOUT_S) as sock:
        sock.recv(100)
        look = server.look()
        assert [(head.number, head.state, head.is_open) for head in look.heads] == [
            (1, "CLOSED", False),
            (2, "GREETED", True),
        ]
        assert look.number == 2
        assert "HELO first" in server.look(1).transcript.text()
        assert server.look(7).number == 2
        assert len(server.look(most=1).heads) == 1


def test_watching_keeps_no_server_alive() -> None:
    server = Server()
    server.watch(lambda: None)
    engine, alive = server._engine, weakref.ref(server)
    del server
    assert alive() is None
    engine.stop()
