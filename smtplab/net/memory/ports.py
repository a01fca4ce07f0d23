"""Where servers in memory are found: ports of this process, and a `connect` that looks there first.

    port = hold("127.0.0.1", 0, accept)     # from now on socket.create_connection(port.address) calls `accept`
    port.release()

Never does: touch a socket that connects elsewhere. Importing this changes nothing. While at least one port is held,
`socket.socket.connect` and `connect_ex` are ours, and pass on to what stood there before every address that is not
held; nothing else is replaced, no class and no function of the module, so `isinstance`, subclasses and names that were
imported earlier stay as they are.

Rules
1. A port held here is one that no other program has: where the system has ports it is bound, without listening, so
   that nobody else gets it, and who comes from outside is refused.
2. Where there is no network (Pyodide, whose sockets only pretend to connect) an address that is not held is refused,
   and what refuses stays in place.
"""

from __future__ import annotations

import errno
import itertools
import os
import socket
import threading
from collections.abc import Callable
from typing import Any, cast

from ..listening import IN_BROWSER, CannotListen, busy
from .connection import MemoryConnection
from .sockets import settle

HAS_NETWORK = not IN_BROWSER
_free = itertools.cycle(range(49152, 65536))
"""Ports that are anybody's (RFC 6335 §6), each in its turn: an address that is out of date leads nowhere for long."""
_LOOPBACK = {"": "127.0.0.1", "localhost": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}

Accept = Callable[[str], MemoryConnection]
"""Takes the address of a client and gives the server's end of its connection, greeted."""


class Port:
    """An address of this process that is held until `release`."""

    def __init__(self, host: str, number: int, accept: Accept, reserved: socket.socket | None) -> None:
        self.address = (host, number)
        self.accept = accept
        self._reserved = reserved

    def release(self) -> None:
        """Nobody is let in any more; who is inside stays. Harmless when repeated."""
        with _lock:
            if _held.get(self.address) is self:
                del _held[self.address]
            if not _held and HAS_NETWORK:
                _take_out()
        self.close()

    def close(self) -> None:
        """Lets go of the system's port alone."""
        if self._reserved is not None:
            self._reserved.close()
            self._reserved = None


_held: dict[tuple[str, int], Port] = {}
_lock = threading.RLock()  # a forgotten server may be collected, and let go, amid `hold`


def hold(host: str, number: int, accept: Accept) -> Port:
    """The port of that number, or any free one for 0, as one of this process. Raises CannotListen."""
    host = _LOOPBACK.get(host, host)
    if host != "::1" and not host.startswith("127."):
        raise CannotListen(
            f"A server in memory is reached in this process alone, not at {host!r}. Leave host out for 127.0.0.1."
        )
    with _lock:
        reserved = _reserve(host, number) if HAS_NETWORK else None
        if reserved is not None:
            number = int(reserved.getsockname()[1])
        elif number == 0:
            number = next(n for n in _free if (host, n) not in _held)
        if (host, number) in _held:
            raise busy(number)
        port = _held[host, number] = Port(host, number, accept, reserved)
        _put_in()
    return port


def guard() -> None:
    """Where there is no network: sees to it that an address that is not held is refused. Elsewhere does nothing."""
    if not HAS_NETWORK:
        _put_in()


def forget_after_fork() -> None:
    """In a forked child: no port is held. The parent's stay its own."""
    global _lock
    _lock = threading.RLock()
    for port in _held.values():
        port.close()
    _held.clear()
    _take_out()


def _reserve(host: str, number: int) -> socket.socket | None:
    """A socket that is bound there, so that nobody else is; None where this process may not. Raises CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for option in (None, socket.SO_REUSEADDR):  # with it a port counts as free on which connections are just ending
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError:
            return None
        try:
            if option is not None and os.name == "posix":
                sock.setsockopt(socket.SOL_SOCKET, option, 1)
            sock.bind((host, number))
            return sock
        except OSError as error:
            sock.close()
            if error.errno != errno.EADDRINUSE:
                return None  # below 1024, or no such address: in memory anybody may have it
    raise busy(number)


# ------------------------------------------------------------------------------------------------ finding
def _is_reached(sock: socket.socket, address: Any) -> bool:
    """True where that address is held: the socket is connected then. Raises OSError where there is no network."""
    if sock.type != socket.SOCK_STREAM or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    found = _wanted(address, is_6=sock.family == socket.AF_INET6)
    port = _held.get(found) if found else None
    if port is None:
        if not HAS_NETWORK:
            raise ConnectionRefusedError(
                errno.ECONNREFUSED,
                "Nobody listens there: there is no network here, only the servers of this process. Start one, and"
                " connect to server.address",
            )
        return False
    if hasattr(sock, "do_handshake"):
        raise OSError(errno.EPROTONOSUPPORT, "There is no TLS in memory: connect with a plain socket")
    client, *_ = port.address
    settle(sock, port.accept(client), (*port.address, 0, 0) if sock.family == socket.AF_INET6 else port.address)
    return True


def _wanted(address: Any, *, is_6: bool) -> tuple[str, int] | None:
    match address:
        case (str(host), int(number), *_):
            return ("::1" if host == "localhost" else host) if is_6 else _LOOPBACK.get(host, host), number
        case _:
            return None


def _connect(self: socket.socket, address: Any, /) -> None:
    if not _is_reached(self, address):
        _before("connect")(self, address)


def _connect_ex(self: socket.socket, address: Any, /) -> int:
    try:
        return 0 if _is_reached(self, address) else int(_before("connect_ex")(self, address))
    except ConnectionRefusedError:
        return errno.ECONNREFUSED


_OURS: dict[str, Callable[..., Any]] = {"connect": _connect, "connect_ex": _connect_ex}
_found: dict[str, Callable[..., Any]] = {}
"""What stood in the class before us: nothing, unless another library put it there."""
_inside: set[str] = set()


def _before(name: str) -> Callable[..., Any]:
    return _found.get(name) or cast(Callable[..., Any], getattr(super(socket.socket, socket.socket), name))


def _put_in() -> None:
    for name, ours in _OURS.items():
        now = vars(socket.socket).get(name)
        if now is ours or (now is not None and name in _inside):
            continue  # it is there, by itself or called by a library that came after us
        _inside.add(name)
        if now is not None:
            _found[name] = now
        setattr(socket.socket, name, ours)


def _take_out() -> None:
    for name, ours in _OURS.items():
        if vars(socket.socket).get(name) is not ours:
            continue  # a library that came after us calls us: we pass everything on
        _inside.discard(name)
        if name in _found:
            setattr(socket.socket, name, _found.pop(name))
        else:
            delattr(socket.socket, name)
