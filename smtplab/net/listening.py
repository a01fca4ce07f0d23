"""A listening socket, or a sentence that says why there is none and what to do.

Never does: accept a connection, or pass on an operating system's words for what went wrong (they differ everywhere).
"""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Callable, Mapping

from ..protocol.manners import Manners

BACKLOG = 128
_REACHED_AT: dict[str, str] = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Where a server that listens everywhere is reached from this machine."""

Listen = Callable[[str, int], socket.socket]
"""Makes a socket that listens on a host's port; raises OSError."""
IN_BROWSER = sys.platform == "emscripten"
"""Pyodide: nothing can listen there, and there are no threads, no network and no TLS."""


class CannotListen(OSError):
    """The server cannot have that address. Its text says why and what to do; `errno` is the system's number."""

    def __init__(self, text: str, number: int | None = None) -> None:
        super().__init__(text)
        self.errno = number


def checked_port(port: int) -> int:
    """The port, 0 for any free one. Raises ValueError for what is none."""
    if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65535:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(f"a port is a number from 1 to 65535, or 0 for any free one, not {port!r}")
    return port


def is_loopback(host: str) -> bool:
    """True where the host is this machine, by its name or address; nothing is looked up."""
    import ipaddress  # a server that starts has no need of it

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def checked_for(host: str, manners: Manners) -> Manners:
    """The manners, where a server that listens there may have them. Raises ValueError for a loose one that others reach."""
    if not host:
        raise ValueError("host is empty: leave it out for 127.0.0.1, this machine; 0.0.0.0 is every address it has")
    if manners.data_end == "loose" and not is_loopback(host):
        raise ValueError(
            f"data_end='loose' can be made to take mail that nobody sent, so it is for lessons on this machine alone, not"
            f" for {host!r}: leave host out, or data_end."
        )
    return manners


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises CannotListen."""
    # As octets where that can be: a name in characters loads what knows all of Unicode's names.
    name = host.encode() if host.isascii() else host
    try:
        found = socket.getaddrinfo(name or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise CannotListen(f"There is no host {host!r} here. Leave host out for 127.0.0.1, this machine.") from None
    family, kind, proto, _, address = found[0]
    sock = socket.socket(family, kind, proto)
    try:
        if sys.platform == "win32":
            # There the other option would let two servers share a port.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(BACKLOG)
        sock.setblocking(False)
    except OSError as error:
        sock.close()
        raise CannotListen(_reason(error, host, port), error.errno) from None
    return sock


def listen_all(listen: Listen, host: str, ports: Mapping[str, int | None]) -> dict[str, socket.socket]:
    """A socket for each port, by the same names; all or none. Those whose port is None are left out. Raises OSError."""
    made: dict[str, socket.socket] = {}
    try:
        for name, port in ports.items():
            if port is not None:
                made[name] = listen(host, port)
    except OSError:
        close_all(made)
        raise
    return made


def close_all(listeners: dict[str, socket.socket]) -> None:
    """Closes them, and forgets them."""
    while listeners:
        listeners.popitem()[1].close()


def reached(listener: socket.socket) -> tuple[str, int]:
    """(host, port) where a listening socket is reached from this machine."""
    name, port = listener.getsockname()[:2]
    return _REACHED_AT.get(str(name), str(name)), int(port)


def busy(port: int) -> CannotListen:
    """What is raised where another program has that port."""
    return CannotListen(
        f"Port {port} is busy: another program listens on it. Stop that program, choose another port,"
        " or leave port out for a free one.",
        errno.EADDRINUSE,
    )


def _reason(error: OSError, host: str, port: int) -> str:
    if error.errno in (errno.EACCES, errno.EPERM) and 0 < port < 1024:
        return (
            f"Port {port} is one of those below 1024, which only the system's administrator may listen on."
            " Choose one above, such as 2525, or leave port out for a free one."
        )
    if error.errno in (errno.EADDRINUSE, errno.EACCES, errno.EPERM):
        return str(busy(port))
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine. Leave host out for 127.0.0.1, this machine."
    return f"Nothing can listen on {host!r} here ({errno.errorcode.get(error.errno or 0, 'unknown')}). Try 127.0.0.1."
