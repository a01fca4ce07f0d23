"""The client's end of a connection in memory: a socket that has connected to a server of this process.

    sock = socket.create_connection(server.address, timeout=5)      # is one, where that server is in memory
    sock.sendall(b"HELO me\\r\\n")        # the server's session runs now, in this thread
    sock.recv(1000)

It was a plain `socket.socket` until it connected (`ports`), and still is an instance of it, or of the subclass that it
had: only its class is another, so that every socket that is not in memory stays untouched.

Rules
1. Every call returns at once. A read that would wait for what cannot come raises TimeoutError, with what the server
   waits for; so does a write where replies must be read first.
2. There is no descriptor: `fileno` raises, and so do select, asyncio and TLS, which need one.
3. A socket that is collected without being closed closes its connection, as on TCP.
"""

from __future__ import annotations

import errno
import io
import itertools
import socket
import types
import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Never, Self

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

    from .connection import MemoryConnection

_DONTWAIT = getattr(socket, "MSG_DONTWAIT", 0)  # Windows has none
_client_ports = itertools.cycle(range(49152, 65536))  # RFC 6335 §6: those for clients


class End:
    """What a socket in memory holds."""

    __slots__ = ("connection", "name", "peer", "reads_no_more", "timeout", "when_collected")

    def __init__(self, connection: MemoryConnection, peer: tuple[Any, ...], timeout: float | None) -> None:
        self.connection, self.peer, self.timeout = connection, peer, timeout
        self.name = (peer[0], next(_client_ports), *peer[2:])
        self.reads_no_more = False
        self.when_collected: weakref.finalize[Any, Any] | None = None


_ends: weakref.WeakKeyDictionary[socket.socket, End] = weakref.WeakKeyDictionary()


class MemorySocket(socket.socket):
    """A socket whose other end is in this process. Made by `settle`, never by itself."""

    __slots__ = ()

    # ------------------------------------------------------------------------------------------- sending
    def send(self, data: ReadableBuffer, flags: int = 0, /) -> int:
        return _send(self, memoryview(data).cast("B"), flags)

    def sendall(self, data: ReadableBuffer, flags: int = 0, /) -> None:
        octets = memoryview(data).cast("B")
        while octets:
            octets = octets[_send(self, octets, flags) :]

    def sendto(self, data: ReadableBuffer, *rest: Any) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]  its two forms
        return _send(self, memoryview(data).cast("B"), *rest[:-1])

    def sendmsg(self, buffers: Iterable[ReadableBuffer], *rest: Any) -> int:  # the ancillary data go nowhere
        octets = b"".join(bytes(memoryview(piece).cast("B")) for piece in buffers)
        return _send(self, octets, rest[1] if len(rest) > 1 else 0)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        file.seek(offset)
        octets: bytes = file.read() if count is None else file.read(count)
        MemorySocket.sendall(self, octets)
        return len(octets)

    # ----------------------------------------------------------------------------------------- receiving
    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        return _receive(self, bufsize, flags)

    def recv_into(self, buffer: WriteableBuffer, nbytes: int = 0, flags: int = 0) -> int:
        view = memoryview(buffer).cast("B")
        found = _receive(self, nbytes or len(view), flags)
        view[: len(found)] = found
        return len(found)

    def recvfrom(self, bufsize: int, flags: int = 0, /) -> tuple[bytes, Any]:
        return _receive(self, bufsize, flags), None  # as a connected TCP socket has it

    def recvfrom_into(self, buffer: WriteableBuffer, nbytes: int = 0, flags: int = 0) -> tuple[int, Any]:
        return MemorySocket.recv_into(self, buffer, nbytes, flags), None

    def recvmsg(self, bufsize: int, ancbufsize: int = 0, flags: int = 0, /) -> tuple[bytes, list[Any], int, Any]:  # noqa: ARG002  a socket's signature
        return _receive(self, bufsize, flags), [], 0, None

    def recvmsg_into(self, buffers: Iterable[WriteableBuffer], *rest: Any) -> tuple[int, list[Any], int, Any]:  # noqa: ARG002  a socket's signature
        views = [memoryview(buffer).cast("B") for buffer in buffers]
        found = _receive(self, sum(map(len, views)))
        left = found
        for view in views:
            piece, left = left[: len(view)], left[len(view) :]
            view[: len(piece)] = piece
        return len(found), [], 0, None

    # --------------------------------------------------------------------------------------- time limits
    def settimeout(self, value: float | None, /) -> None:
        if value is not None and value < 0:
            raise ValueError("Timeout value out of range")
        _end_of(self).timeout = value

    def setblocking(self, flag: bool, /) -> None:
        self.settimeout(None if flag else 0.0)

    def gettimeout(self) -> float | None:
        return _end_of(self).timeout

    def getblocking(self) -> bool:
        return _end_of(self).timeout != 0

    @property
    def timeout(self) -> float | None:
        return _end_of(self).timeout

    # ------------------------------------------------------------------------------------- names and options
    def getsockname(self) -> Any:
        return _end_of(self).name

    def getpeername(self) -> Any:
        return _end_of(self).peer

    def setsockopt(self, *_: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  its two forms
        """Taken, and of no effect: nothing here has buffers, delays or routes."""
        _end_of(self)

    def getsockopt(self, level: int, optname: int, buflen: int = 0, /) -> Any:
        _end_of(self)
        is_type = (level, optname) == (socket.SOL_SOCKET, socket.SO_TYPE)
        return bytes(buflen) if buflen else int(socket.SOCK_STREAM) if is_type else 0

    # ------------------------------------------------------------------------------------- start and end
    def connect(self, address: Any, /) -> None:  # noqa: ARG002  a socket's signature
        _end_of(self)
        raise OSError(errno.EISCONN, "This socket is connected already: make another one")

    def connect_ex(self, address: Any, /) -> int:  # noqa: ARG002  a socket's signature
        _end_of(self)
        return errno.EISCONN

    def shutdown(self, how: int, /) -> None:
        end = _end_of(self)
        if how not in (socket.SHUT_RD, socket.SHUT_WR, socket.SHUT_RDWR):
            raise OSError(errno.EINVAL, "shutdown takes socket.SHUT_RD, SHUT_WR or SHUT_RDWR")
        end.reads_no_more = end.reads_no_more or how != socket.SHUT_WR
        if how != socket.SHUT_RD:
            with end.connection.owner.alone():
                end.connection.end()

    def _real_close(self, *_: Any) -> None:
        """What `close` does when no file made of this socket is open any more."""
        end = _ends.pop(self, None)
        if end is not None:
            assert end.when_collected is not None
            end.when_collected.detach()
            with end.connection.owner.alone():
                end.connection.leave()

    def fileno(self) -> int:
        """-1 once it is closed. Raises io.UnsupportedOperation before: there is no descriptor."""
        if self in _ends:
            _no_descriptor()
        return -1

    def detach(self) -> int:
        _no_descriptor()

    def dup(self) -> Self:
        _no_descriptor()

    def __repr__(self) -> str:
        return f"<a socket in memory, {'open' if self in _ends else 'closed'}>"


# What a subclass overrides (`dial` does, to keep its record) is called by its user alone, never from in here: so the
# work is done by functions.


def _send(sock: socket.socket, data: bytes | memoryview, flags: int = 0) -> int:
    end = _end_of(sock)
    with end.connection.owner.alone():
        count = end.connection.give(data)
    if data and not count:
        if end.timeout == 0 or flags & _DONTWAIT:
            raise BlockingIOError(errno.EAGAIN, "The server does not take what is sent now")
        raise TimeoutError("The server takes no more before its replies are read: recv some first.")
    return count


def _receive(sock: socket.socket, bufsize: int, flags: int = 0) -> bytes:
    end = _end_of(sock)
    if bufsize < 0:
        raise ValueError("negative buffersize in recv")
    if bufsize == 0 or end.reads_no_more:
        return b""
    timeout = 0 if flags & _DONTWAIT else end.timeout
    with end.connection.owner.alone():
        return end.connection.take(bufsize, timeout, peek=bool(flags & socket.MSG_PEEK))


def settle(sock: socket.socket, connection: MemoryConnection, peer: tuple[Any, ...]) -> None:
    """Makes a socket, which is not connected yet, the client's end of this connection. Its own descriptor is closed."""
    end = End(connection, peer, sock.gettimeout())
    socket.close(sock.detach())
    _take_over(sock, end)


def hand_over(old: MemorySocket, new: socket.socket) -> None:
    """Makes another socket, which is not connected, the client's end in place of the old one, which is closed by that."""
    end = _end_of(old)
    del _ends[old]
    assert end.when_collected is not None
    end.when_collected.detach()
    old.close()
    socket.close(new.detach())
    _take_over(new, end)


def _take_over(sock: socket.socket, end: End) -> None:
    _ends[sock] = end
    end.when_collected = weakref.finalize(sock, end.connection.owner.forgotten, end.connection)
    end.when_collected.atexit = False  # the server sees to its own end
    sock.__class__ = _class_for(type(sock))
    sock._closed = False  # pyright: ignore[reportAttributeAccessIssue]  detach says that it is


def _class_for(cls: type[socket.socket]) -> type[socket.socket]:
    """The class of a socket of that class once it is in memory: what it overrides stays in force."""
    if cls is socket.socket:
        return MemorySocket
    return types.new_class(
        cls.__name__, (cls, MemorySocket), exec_body=lambda body: body.update(__slots__=(), __module__=cls.__module__)
    )


def _end_of(sock: socket.socket) -> End:
    try:
        return _ends[sock]
    except KeyError:
        raise OSError(errno.EBADF, "This socket is closed: connect anew to say more") from None


def _no_descriptor() -> Never:
    raise io.UnsupportedOperation(
        "A socket in memory has no descriptor, which select, asyncio and TLS need. Where this machine has a network,"
        ' Server(transport="tcp") is reached with one that has.'
    )
