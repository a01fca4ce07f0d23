"""A socket that keeps a record, for servers that are not ours (ours keep their own).

    sock = dial("mail.example.com", 25)
    sock.recv(1000)
    sock.sendall(b"EHLO client.example.org\\r\\n")
    sock.transcript          # what was said so far, with the states

It follows SMTP and POP3: which of them is spoken, the server's first word tells.

Never does: speak, read ahead, or change an octet. It is a `socket.socket`, so `recv`, `sendall`, `makefile` and
`smtplib` work as ever; an observer listens. After a TLS handshake the octets are another socket's, and the record
ends there.

A time limit that runs out raises TimeoutError, and its text says what was awaited and what to do.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any, overload

from ..protocol.observer import Observer
from ..protocol.smtp import SMTP
from ..protocol.table import Reading
from ..protocol.transcript import Transcript
from ..protocol.waiting import waiting_for

if TYPE_CHECKING:
    from socket import _SendableFile  # pyright: ignore[reportPrivateUsage]  the stub names no public type

    from _typeshed import ReadableBuffer, WriteableBuffer

TLS_FIRST = "On ports 465 and 995 it waits for TLS first."
PIECE = 8192
"""Octets of a file that are sent at once."""


@overload
def dial(host: tuple[str, int], port: None = None, timeout: float = 10) -> RecordingSocket: ...
@overload
def dial(host: str, port: int, timeout: float = 10) -> RecordingSocket: ...
def dial(host: str | tuple[str, int], port: int | None = None, timeout: float = 10) -> RecordingSocket:
    """A connected socket that keeps a Transcript; `dial(server.address)` and `dial(server.pop3_address)` work too.

    `timeout`: seconds that connecting, and each wait later, may take. Raises TimeoutError, ConnectionRefusedError or
    another OSError where nobody can be reached, and says what to do; ValueError for what is no address.
    """
    if isinstance(host, tuple):
        host, port = host
    if port is None or not 0 < port < 65536:
        raise ValueError("dial(host, port): a port is a number from 1 to 65535, 25 for mail; or dial(server.address)")
    try:
        plain = socket.create_connection((host, port), timeout)
    except TimeoutError:
        raise TimeoutError(
            f"{host} did not answer within {timeout:g} s. Many networks block port 25 on purpose: try 587, the port"
            " for mail programs, or a server of your own."
        ) from None
    except ConnectionRefusedError:
        raise ConnectionRefusedError(
            f"Nobody listens there on {host}. Is the server started? Is it the right port?"
        ) from None
    except socket.gaierror:
        raise OSError(
            f"There is no host {host!r} that this machine can find. Check the name and the network."
        ) from None
    except OSError as error:
        raise OSError(f"{host} cannot be reached from here. Check the network, or try 127.0.0.1.") from error
    return RecordingSocket(plain, peer=host)


class RecordingSocket(socket.socket):
    """A connected socket whose both directions are observed; `transcript` is what was said so far."""

    def __init__(self, connected: socket.socket, peer: str = "") -> None:
        limit = connected.gettimeout()
        super().__init__(connected.family, connected.type, connected.proto, connected.detach())
        self.settimeout(limit)
        self._observer = Observer(None, peer)
        self._began = time.monotonic()
        self._unended = b""
        """What we said since the last LF."""

    @property
    def transcript(self) -> Transcript:
        """What was said so far, by both sides."""
        return self._observer.transcript()

    def since(self, exchanges: int) -> Transcript:
        """The news: the transcript without its first `exchanges`, at a cost that does not grow with the session."""
        return self._observer.transcript(exchanges)

    @property
    def unread(self) -> bytes:
        """What we said and the transcript does not show yet: a line without its end, or lines said ahead."""
        return self._observer.unread

    # ------------------------------------------------------------------------------------ what we say
    def send(self, data: ReadableBuffer, flags: int = 0, /) -> int:
        with self._explained(self._not_taken):
            count = super().send(data, flags)
        self._said(_octets(data)[:count])
        return count

    def sendall(self, data: ReadableBuffer, flags: int = 0, /) -> None:
        # Kept first: the reply may be read in another thread before this returns.
        self._said(_octets(data))
        with self._explained(self._not_taken):
            super().sendall(data, flags)

    def sendmsg(self, buffers: Iterable[ReadableBuffer], *rest: Any) -> int:
        data = b"".join(map(_octets, buffers))
        with self._explained(self._not_taken):
            count = super().sendmsg([data], *rest)
        self._said(data[:count])
        return count

    def sendfile(self, file: _SendableFile, offset: int = 0, count: int | None = None) -> int:
        # The system's sendfile would pass the record by.
        file.seek(offset)
        sent = 0
        while piece := file.read(PIECE if count is None else min(PIECE, count - sent)):
            self.sendall(piece)
            sent += len(piece)
        return sent

    # ----------------------------------------------------------------------------------- what we hear
    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        with self._explained(self._nothing_heard):
            data = super().recv(bufsize, flags)
        self._heard(data, bufsize, flags)
        return data

    def recv_into(self, buffer: WriteableBuffer, nbytes: int = 0, flags: int = 0) -> int:
        with self._explained(self._nothing_heard):
            count = super().recv_into(buffer, nbytes, flags)
        view = memoryview(buffer).cast("B")
        self._heard(bytes(view[:count]), nbytes or len(view), flags)
        return count

    # --------------------------------------------------------------------------------------- the end
    def close(self) -> None:
        super().close()
        if self.fileno() < 0:  # else a file made of it is still open, and closes it later by this method
            self._observer.client_eof(self._at())

    def __repr__(self) -> str:
        return f"<socket that keeps a record: {len(self.transcript)} steps, {self._observer.state.name}>"

    # ------------------------------------------------------------------------------------- the inside
    def _at(self) -> float:
        return time.monotonic() - self._began

    def _said(self, data: bytes) -> None:
        self._unended = (self._unended + data).rpartition(b"\n")[2]
        self._observer.client(data, self._at())

    def _heard(self, data: bytes, wanted: int, flags: int) -> None:
        if flags & socket.MSG_PEEK:
            return
        if data:
            self._observer.server(data, self._at())
        elif wanted:
            self._observer.server_eof(self._at())

    @contextlib.contextmanager
    def _explained(self, why: Callable[[], str]) -> Generator[None]:
        try:
            yield
        except TimeoutError:
            raise TimeoutError(f"{why()} (Waited {self.gettimeout():g} s.)") from None

    def _not_taken(self) -> str:
        return "The server does not take what is sent: read its replies first, it may wait for that."

    def _nothing_heard(self) -> str:
        """What a read waited for in vain, and what to do."""
        table, state = self._observer.table, self._observer.state
        if state is table.start:
            return f"No greeting came. Is that a mail server? {TLS_FIRST}"
        asked = self._observer.asked
        in_data = table.reading(state) is Reading.DATA
        if asked is not None and (not in_data or asked.sent.endswith(b"\r\n.\r\n") or asked.sent == b".\r\n"):
            section = " (RFC 5321 §4.5.3.2)" if table is SMTP else ""
            return (
                f"No reply to {asked.event} came. A real server may take minutes{section}:"
                " sock.settimeout(300) waits longer."
            )
        if in_data:
            return 'The server waits for the end of the mail data, a dot alone on its line: send b"\\r\\n.\\r\\n".'
        return f"Nothing is owed: the server waits for {waiting_for(state, self._unended, table)}."


def _octets(data: ReadableBuffer) -> bytes:
    return bytes(memoryview(data).cast("B"))
