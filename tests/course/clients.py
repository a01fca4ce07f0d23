"""Three kinds of client for the exercises: one that waits for each reply, one that never waits, and one that stays."""

from __future__ import annotations

import socket

Address = tuple[str, int]
TIMEOUT_S = 5.0

Answered = list[bytes]


def connect(address: Address) -> socket.socket:
    """A connection whose greeting has been read."""
    sock = socket.create_connection(address, timeout=TIMEOUT_S)
    reply(sock)
    return sock


def reply(sock: socket.socket) -> bytes:
    """One whole reply, b"" where the other end is closed."""
    data = b""
    while chunk := sock.recv(4096):
        data += chunk
        last = data.splitlines()[-1]
        if data.endswith(b"\r\n") and last[3:4] != b"-":
            break
    return data


def lock_step(address: Address, *said: bytes) -> Answered:
    """Says each of these and waits for its reply; closes at the end."""
    with connect(address) as sock:
        replies: Answered = []
        for octets in said:
            sock.sendall(octets)
            replies.append(reply(sock))
        return replies


def burst(address: Address, *said: bytes) -> bytes:
    """Says everything at once, ends its side, and reads until the server has closed: all that came back."""
    with socket.create_connection(address, timeout=TIMEOUT_S) as sock:
        sock.sendall(b"".join(said))
        sock.shutdown(socket.SHUT_WR)
        answered = b""
        while chunk := sock.recv(4096):
            answered += chunk
        return answered


def stay(address: Address, *said: bytes) -> socket.socket:
    """Says everything at once and stays connected; the caller closes."""
    sock = connect(address)
    sock.sendall(b"".join(said))
    return sock
