"""What sessions that say nothing cost: memory of each, and a NOOP among 5,000 of them. See README.md."""

from __future__ import annotations

import contextlib
import socket
import statistics
import time
from collections.abc import Mapping

from .figures import Figures, Limit
from .servers import Serving, raise_limit, serving

HELD = 5_000
NOOPS = 2_000
LIMIT_S = 30.0
LIMITS: Mapping[str, Limit] = {
    "idle session, KB": Limit(6.0, f"memory of each of {HELD:,} sessions, in 1,024 octets"),
    "NOOP among them": Limit(1.1, f"median answer to NOOP among {HELD:,} sessions / with none"),
}


def _open(server: Serving) -> socket.socket:
    """A session that has said EHLO and has been answered."""
    sock = socket.create_connection(server.address, timeout=LIMIT_S)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _reply(sock)
    sock.sendall(b"EHLO client.example.net\r\n")
    _reply(sock)
    return sock


def _reply(sock: socket.socket) -> None:
    """Reads one reply, all its lines."""
    got = b""
    while not got.endswith(b"\r\n") or got[got.rfind(b"\r\n", 0, -2) + 2 :][3:4] == b"-":
        more = sock.recv(4096)
        if not more:
            raise SystemExit("the server closed an idle session")
        got += more


def _noop(sock: socket.socket) -> float:
    """Seconds of one answer."""
    began = time.perf_counter()
    sock.sendall(b"NOOP\r\n")
    sock.recv(4096)
    return time.perf_counter() - began


def measure(rounds: int, figures: Figures) -> None:
    """Adds each round's figures."""
    raise_limit(HELD + 200)
    for _ in range(rounds):
        for name in ("smtplab", "aiosmtpd"):
            each, alone, among = _measured(name)
            if name == "smtplab":
                figures.ratio("idle session, KB", each)
                figures.ratio("NOOP among them", among / alone)
            figures.value(f"idle session: {name}, KB", each)
            figures.value(f"NOOP: {name}, us", alone * 1e6)
            figures.value(f"NOOP among {HELD:,}: {name}, us", among * 1e6)


def _measured(name: str) -> tuple[float, float, float]:
    """(KB a session, median seconds of a NOOP with no other session, and among all): two servers asked in turn."""
    with serving(name) as empty, serving(name) as full, contextlib.ExitStack() as held:
        lonely, other = held.enter_context(_open(empty)), held.enter_context(_open(full))
        before = full.memory_kb()
        for _ in range(HELD):
            held.enter_context(_open(full))
        each = (full.memory_kb() - before) / HELD
        pairs = [(_noop(lonely), _noop(other)) for _ in range(NOOPS)]
        alone, among = (statistics.median(taken) for taken in zip(*pairs, strict=True))
        return each, alone, among
