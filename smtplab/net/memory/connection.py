"""One client of a server in memory: octets to the session, the session's octets to the client, in the client's thread.

Never does: read SMTP or decide (`Session` does), know a socket, or wait. All of it is called by one at a time
(`Owner.alone`).

Rules
1. Nobody waits. A pause that a fault asks for passes at once for a client that would have waited it out, and ends in
   TimeoutError at once for one that would not; each connection keeps its own time by what was so passed over. The
   server's patience (RFC 5321 §4.5.3.2.7) is measured by the same time.
2. What cannot come is not awaited: TimeoutError says what the server waits for.
3. While a reply is held back, or much is unread, what the client sends waits: so the record is in the order of TCP's,
   and memory is bounded.
4. As on TCP, the record of a session is complete before its last octets can be read, what is sent after that is not
   looked at, and a client that goes on sending for LINGER_S is cut off.
"""

from __future__ import annotations

import contextlib
import errno
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

from ...protocol.faults import Delivery

if TYPE_CHECKING:
    from ...protocol.serving import ServerSide

SLICE = 4 * 1024
"""Octets given to a session at once."""
TAKEN = 64 * 1024
"""Octets taken from a client at once; PENDING is passed by less than that."""
UNREAD = 1024 * 1024
"""Octets of replies that may wait for a client before nothing more is read from it; what loopback keeps, about."""
PENDING = 1024 * 1024
"""Octets of a client that may wait to be read."""
LINGER_S = 2.0
"""Seconds, passed over or real, that a client may go on sending after the server has closed."""
SLACK_S = 1e-6


class Owner(Protocol):
    """What a connection needs of the engine that it belongs to."""

    def alone(self) -> AbstractContextManager[None]:
        """Nobody else uses the server meanwhile; afterwards whoever watches is told."""
        ...

    def ended(self, connection: Any) -> None:
        """The session is over: its record is complete."""
        ...

    def said(self, connection: Any) -> None:
        """Something was said: the record has grown."""
        ...

    def gone(self, connection: Any) -> None:
        """Nobody holds the other end any more, or it was cut off."""
        ...

    def failed(self, error: BaseException) -> None: ...
    def forgotten(self, connection: MemoryConnection) -> None:
        """Its client's socket was collected. May be called at any moment: `leave` follows when nobody is amid anything."""
        ...


class MemoryConnection:
    """The server's end. `give`, `take`, `end` and `leave` are the client's, `shut_down` and `abort` the engine's."""

    _session: ServerSide

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self._began, self._skipped, self._heard = time.monotonic(), 0.0, 0.0
        self._unread = bytearray()
        self._delayed: deque[Delivery] = deque()
        self._left_at = 0.0
        """When the octets before the first that is delayed left."""
        self._pending = b""
        self._client_ended = self._is_deaf = self._is_over = self._is_gone = self._was_reset = False
        self._over_at = 0.0

    def open(self, begin: Callable[[], ServerSide]) -> None:
        """The client has connected to the session that `begin` gives: the greeting is there to be read."""
        try:
            self._session = begin()
            self._session.connect(at=0.0)
            self._say()
        except Exception as error:
            self._break_off(error)

    # ---------------------------------------------------------------------------- called by the client's end
    def give(self, data: bytes | memoryview) -> int:
        """Takes octets from the client and answers them; how many, 0 while it reads no replies. Raises BrokenPipeError."""
        if self._client_ended:
            raise BrokenPipeError(errno.EPIPE, "This socket has ended its side (shutdown), so nothing more can be sent")
        if self._is_gone or (self._has_ended and self._at() > self._over_at + LINGER_S):
            raise BrokenPipeError(errno.EPIPE, "The server has closed this connection: connect anew to say more")
        if self._is_over:
            return len(data)
        self._go_on()
        if len(self._pending) >= PENDING:
            return 0
        self._heard = self._at()
        self._pending += data[:TAKEN]
        self._go_on()
        return min(len(data), TAKEN)

    def take(self, size: int, timeout: float | None, *, peek: bool = False) -> bytes:
        """Octets for the client, b"" where the server has closed.

        Raises TimeoutError where none can come within `timeout` seconds (None: ever), BlockingIOError where it is 0,
        ConnectionResetError once where the connection was reset.
        """
        self._go_on()
        while not self._unread:
            if self._was_reset:
                self._was_reset = False
                raise ConnectionResetError(errno.ECONNRESET, "The server has cut this connection off, by a reset")
            if self._has_ended or self._is_gone:
                return b""
            timeout = self._pass_time(timeout)
            self._go_on()
        found = bytes(self._unread[:size])
        if not peek:
            del self._unread[: len(found)]
        return found

    def end(self) -> None:
        """The client sends nothing more; what it has asked is still answered."""
        self._client_ended = True
        self._go_on()

    def leave(self) -> None:
        """The client has closed: what it has sent is read, and nobody hears the replies. Harmless when repeated.

        Of one that has left many replies unread the rest is dropped, as TCP's reset would do.
        """
        if len(self._unread) >= UNREAD:
            self._pending = b""
        self._is_deaf = self._client_ended = True
        self._unread.clear()
        self._delayed.clear()
        self._go_on()
        self._go()

    # --------------------------------------------------------------------------------- called by the engine
    @property
    def is_over(self) -> bool:
        """True when the session has ended, though the client may not have closed yet."""
        return self._is_over

    def shut_down(self) -> None:
        """Says that the server goes away (421, RFC 5321 §3.8), where the client can still hear it, and closes."""
        try:
            if not self._is_over:
                self._session.shut_down(at=self._at())
                self._say()
        except Exception as error:
            self._break_off(error)
        self._delayed.clear()
        self._go()

    def abort(self) -> None:
        """The server goes away without a word."""
        self._delayed.clear()
        self._end_session()
        self._go()

    # -------------------------------------------------------------------------------------- the inside
    def _at(self) -> float:
        return time.monotonic() - self._began + self._skipped

    @property
    def _has_ended(self) -> bool:
        """True where the client reads the end after what is unread."""
        return self._is_over and not self._delayed

    @property
    def _may_read(self) -> bool:
        return not self._is_over and (self._is_deaf or (not self._delayed and len(self._unread) < UNREAD))

    def _go_on(self) -> None:
        """Lets out what is due, and gives the session what has come, as far as the client takes what it is told."""
        if self._is_gone:
            return
        data, start = self._pending, 0
        try:
            self._let_out()
            while start < len(data) and self._may_read:
                start += SLICE
                self._session.receive(data[start - SLICE : start], at=self._at(), came=self._heard)
                if self._session.wants_handshake:  # there is no TLS here; Server refuses to offer it
                    self._session.handshake(False, at=self._at())
                self._say()
            if self._client_ended and self._may_read and start >= len(data):
                self._session.receive_eof(at=self._at())
                self._say()
        except Exception as error:
            self._break_off(error)
        finally:  # an interrupted cell must not say anything twice
            self._pending = b"" if self._is_over else data[start:]

    def _say(self) -> None:
        said = self._session.deliveries()
        if self._session.is_closing:
            self._close_record()
        if not self._is_deaf:
            if not self._delayed:
                self._left_at = self._at()
            self._delayed.extend(said)
            self._let_out()
        self.owner.said(self)

    def _let_out(self) -> None:
        """What is due can be read."""
        while self._delayed and self._due_s() <= SLACK_S:
            self._left_at += self._delayed[0].pause_s
            self._unread += self._delayed.popleft().octets
        if self._has_ended and self._session.is_reset and not self._is_gone:
            self._was_reset = True
            self._go()

    def _due_s(self) -> float:
        """Seconds until the next octets leave."""
        return self._left_at + self._delayed[0].pause_s - self._at()

    def _pass_time(self, timeout: float | None) -> float | None:
        """Passes over the time until something comes by itself, and gives what is left of `timeout`. Raises as `take`."""
        if timeout == 0:
            raise BlockingIOError(errno.EAGAIN, "Nothing is there to be read now")
        comes_s = self._due_s() if self._delayed else self._patience_s(timeout)
        if comes_s is None or (timeout is not None and comes_s > timeout):
            why = self._why(comes_s, timeout)
            self._skipped += timeout or 0.0
            raise TimeoutError(why)
        self._skipped += max(0.0, comes_s)
        if not self._delayed:
            self._session.timed_out(at=self._at())
            self._say()
        return None if timeout is None else max(SLACK_S, timeout - comes_s)

    def _patience_s(self, timeout: float | None) -> float | None:
        """Seconds until the server loses patience; None where it has no end, or the client's has none."""
        limit = self._session.deadline()
        return None if limit is None or timeout is None else max(0.0, self._heard + limit - self._at())

    def _why(self, comes_s: float | None, timeout: float | None) -> str:
        if self._delayed and comes_s is not None and timeout is not None:
            return (
                f"The reply is late by a fault: it comes in {comes_s:.3g} s, and this socket waits {timeout:g} s."
                f" sock.settimeout({comes_s + 1:.0f}) waits longer."
            )
        waiting = self._session.waiting
        return f"Nothing can come: the server has answered all that it was sent, and waits for {waiting}."

    def _close_record(self) -> None:
        if not self._is_over:
            self._is_over, self._over_at = True, self._at()
            self.owner.ended(self)

    def _end_session(self) -> None:
        if not self._is_over:
            try:
                self._session.receive_eof(at=self._at())
            finally:
                self._close_record()

    def _go(self) -> None:
        if not self._is_gone:
            self._is_gone = True
            self.owner.gone(self)

    def _break_off(self, error: Exception) -> None:
        """A bug costs this connection alone; the client finds it closed."""
        self.owner.failed(error)
        with contextlib.suppress(Exception):
            self._end_session()
        self._is_over = True
        self._delayed.clear()
        self._go()
