"""One client on one TCP connection: octets to the session, the session's octets to the client.

It never reads a protocol and never decides: the session does, and this only carries. It runs in the engine's loop.

Rules
1. What a client sends is given to the session in slices, and only while the client takes what it is told and others
   need not wait. A client that never reads costs at most one reading of the socket and one slice's replies. Where a
   reply may be a whole letter, a slice is one line.
2. The record of a session that ends is complete before its last octets leave.
3. A goodbye must arrive. To close a connection on which octets are still unread makes the system reset it, and the
   client may lose the last reply; so the server ends its own side first, reads on without looking, and closes
   when the client does, or after LINGER_S.
4. From the 220 to STARTTLS on, what crosses the wire goes through `tls`; all other rules stay. What a client sent
   ahead of its handshake is dropped, and one that does not shake hands within HANDSHAKE_S is let go.
5. It has no timer: the engine has one for all, and asks each connection what time it is for (`look_at_clock`).
"""

from __future__ import annotations

import asyncio
from math import inf
from typing import TYPE_CHECKING, Protocol, cast

from .pacing import Pacer, reset

if TYPE_CHECKING:
    from ..protocol.serving import ServerSide
    from .tls import Tls

SLICE = 4 * 1024
"""Octets given to a session at once: its replies to so much are the most that waits beyond WRITE_HIGH."""
TURN_S = 0.01
"""Seconds after which a busy client lets the others have their turn."""
WRITE_HIGH = 64 * 1024
"""Octets of replies that may wait for a client before nothing more is read from it."""
LINGER_S = 2.0
"""Seconds that a client has to take the last reply and close its side."""
HANDSHAKE_S = 30.0
"""Seconds that a client has for the TLS handshake, all of it."""


class Owner(Protocol):
    """What a connection needs of the engine that it belongs to."""

    activity: int
    """Counts what came in from outside; whoever waits for quiet looks at it."""
    buffer: memoryview
    """Where the system puts what comes, for all connections: each has taken it before the next is read."""

    def opened(self, connection: Connection, client_address: str, protocol: str) -> ServerSide: ...
    def tls(self) -> Tls:
        """The server's end of a connection that is to be encrypted."""
        ...

    def wake_at(self, when: float) -> None:
        """By then, in the loop's time, `look_at_clock` is to be called."""
        ...

    def ended(self, connection: Connection) -> None:
        """The session is over: its record is complete."""
        ...

    def said(self, connection: Connection) -> None:
        """Something was said: the record has grown."""
        ...

    def gone(self, connection: Connection) -> None:
        """The socket is closed."""
        ...

    def failed(self, error: BaseException) -> None:
        """A bug showed itself; it is kept, and only this connection pays for it."""
        ...


class Connection(asyncio.BufferedProtocol):
    """One client. All methods are called in the loop's thread."""

    # A buffer of the engine's: asyncio's own, 256 KB for each reading, costs more than the rest. Slots: many may be idle.
    __slots__ = ("_began", "_client_ended", "_heard", "_is_held", "_is_over", "_leaves_at", "_loop", "_owner",
                 "_pacer", "_pending", "_protocol", "_session", "_shaking", "_tls", "_transport")  # fmt: skip

    def __init__(self, owner: Owner, loop: asyncio.AbstractEventLoop, protocol: str = "SMTP") -> None:
        self._owner = owner
        self._loop = loop
        self._protocol = protocol
        self._began = self._heard = loop.time()
        self._pending = b""
        self._is_held = False
        self._client_ended = False
        self._is_over = False
        self._leaves_at = inf
        self._pacer = Pacer(loop, self._write, self._drained)
        self._tls: Tls | None = None
        self._shaking: asyncio.TimerHandle | None = None

    # ------------------------------------------------------------------------------ called by the loop
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio has set TCP_NODELAY: a reply is never held back to wait for more.
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=WRITE_HIGH)
        self._owner.activity += 1
        peer = transport.get_extra_info("peername")
        try:
            self._session = self._owner.opened(self, str(peer[0]) if peer else "127.0.0.1", self._protocol)
            self._session.connect(at=0.0)
            self._say()
            self._owner.wake_at(self.look_at_clock(self._began))
        except Exception as error:
            self._break_off(error)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002  asyncio's signature
        return self._owner.buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._owner.activity += 1
        if self._is_over:
            return
        data = bytes(self._owner.buffer[:nbytes])
        self._heard = self._loop.time()
        self._pending += data if self._tls is None else self._opened(self._tls, data)
        self._feed()

    def eof_received(self) -> bool:
        self._owner.activity += 1
        self._client_ended = True
        if not self._is_over:
            self._feed()
        elif not self._pacer.is_busy:  # else a fault delays the last words, and `_drained` closes after them
            self._transport.close()
        return True  # the client ended its side only; what it has asked is still answered

    def pause_writing(self) -> None:
        self._is_held = True
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._is_held = False
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        # Closed, reset or cut off: the session learns that the client is gone, and no more.
        self._owner.activity += 1
        self._pacer.cancel()
        self._cancel_shaking()
        if not self._is_over:
            self._is_over = True
            self._session.receive_eof(at=self._at())
            self._owner.ended(self)
        self._owner.gone(self)

    # ---------------------------------------------------------------------------- called by the engine
    @property
    def is_over(self) -> bool:
        """True when the session has ended, though the socket may still wait for the client to close."""
        return self._is_over

    def shut_down(self) -> None:
        """Says that the server goes away (421, RFC 5321 §3.8; POP3 has no word for it), where the client can hear it."""
        if not self._is_over:
            if self._session.wants_handshake:  # nothing can be said now
                self._give_up_handshake()
            else:
                self._session.shut_down(at=self._at())
                self._say()
        self._transport.close()

    def abort(self) -> None:
        """Closes the socket now; what was not sent yet is lost."""
        self._transport.abort()

    def look_at_clock(self, now: float) -> float:
        """Does what is due: 421 after the client's silence, and out with one that does not close. When to look again."""
        if self._is_over:
            if now >= self._leaves_at:
                self._transport.abort()
            return self._leaves_at if now < self._leaves_at else inf
        limit = self._session.deadline()
        try:
            if limit is not None and now >= self._heard + limit:
                self._heard = now
                if self._session.wants_handshake:
                    self._give_up_handshake()
                    return inf
                self._session.timed_out(at=self._at())
                self._say()
        except Exception as error:
            self._break_off(error)
        return inf if limit is None else self._heard + limit

    # -------------------------------------------------------------------------------------- the inside
    def _at(self) -> float:
        return self._loop.time() - self._began

    def _feed(self) -> None:
        """Gives the session what has come, as long as the client takes what it is told and its turn lasts."""
        data, start, now = self._pending, 0, self._loop.time()
        until = now + TURN_S
        while start < len(data) and self._may_read and (start == 0 or (now := self._loop.time()) < until):
            end = (data.find(b"\n", start, start + SLICE) + 1 if self._session.is_line_by_line else 0) or start + SLICE
            self._session.receive(data[start:end], at=now - self._began, came=self._heard - self._began)
            start = end
            self._say()
            if self._session.wants_handshake:  # rule 4: the session only counts what came ahead
                self._session.receive(data[start:], at=self._at())
                start = len(data)
        self._pending = b"" if self._is_over else data[start:]
        if self._pending:
            self._transport.pause_reading()
            if self._may_read:
                self._loop.call_soon(self._go_on)
        elif self._client_ended and not self._pending and not self._is_over:
            self._session.receive_eof(at=self._at())
            self._say()

    def _go_on(self) -> None:
        """The client takes what it is told again, or has its next turn."""
        self._owner.activity += 1
        if self._is_held:
            return
        try:
            if not self._is_over:
                self._feed()
        except Exception as error:
            self._break_off(error)
        if not self._is_held and not self._pending:
            self._transport.resume_reading()

    @property
    def _may_read(self) -> bool:
        """False while the client does not take what it is told, or a fault delays it: what comes meanwhile waits."""
        return not (self._is_held or self._is_over or self._pacer.is_busy)

    def _say(self) -> None:
        said = self._session.deliveries()
        is_closing = self._session.is_closing
        if is_closing and not self._is_over:
            self._is_over = True
            self._owner.ended(self)  # rule 2
        self._pacer.send(said)
        self._owner.said(self)

    def _drained(self, late: bool) -> None:
        """All that was to be said is on its way; `late` after a pause."""
        if self._session.is_closing:
            self._hang_up()
            return
        if self._session.wants_handshake and self._tls is None:
            self._tls = self._owner.tls()
            self._shaking = self._loop.call_later(HANDSHAKE_S, self._give_up_handshake)
        if late:
            self._loop.call_soon(self._go_on)

    def _write(self, octets: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(self._tls.sealed(octets) if self._tls is not None and self._tls.is_up else octets)

    def _opened(self, tls: Tls, data: bytes) -> bytes:
        """What encrypted octets hold for the session, which hears of the handshake first."""
        was_up = tls.is_up
        found = tls.opened(data)
        if not self._transport.is_closing():
            self._transport.write(tls.to_wire())
        if tls.is_up and not was_up:
            self._session.handshake(True, at=self._at())
            self._cancel_shaking()
            self._owner.said(self)
        elif tls.has_failed:
            self._give_up_handshake()
        self._client_ended = self._client_ended or tls.has_ended or (was_up and tls.has_failed)
        return found

    def _cancel_shaking(self) -> None:
        if self._shaking is not None:
            self._shaking.cancel()
            self._shaking = None

    def _give_up_handshake(self) -> None:
        self._cancel_shaking()
        if self._session.wants_handshake and not self._is_over:
            self._session.handshake(False, at=self._at())
            self._say()

    def _hang_up(self) -> None:
        if self._session.is_reset:
            reset(self._transport)
            return
        self._leaves_at = self._loop.time() + LINGER_S
        self._owner.wake_at(self._leaves_at)
        if self._tls is not None and not self._transport.is_closing():
            self._transport.write(self._tls.goodbye())
        if self._client_ended or self._transport.is_closing():
            self._transport.close()
            return
        self._transport.write_eof()  # rule 3
        self._transport.resume_reading()

    def _break_off(self, error: Exception) -> None:
        self._owner.failed(error)
        self._transport.abort()
