"""Sends octets with pauses between them, in order, without blocking the loop: what faults ask for (stall, dribble, cut).

Where nothing asks for a pause, a write happens at once and no timer is made.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..protocol.faults import Delivery


class Pacer:
    """What waits to be written to one client. `write` takes octets; `drained` is called when nothing waits any
    more, with True after a pause."""

    __slots__ = ("_drained", "_loop", "_timer", "_waiting", "_write")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, write: Callable[[bytes], None], drained: Callable[[bool], None]
    ) -> None:
        self._loop, self._write, self._drained = loop, write, drained
        self._waiting: list[Delivery] = []  # short, and mostly empty: an empty deque takes ten times the room
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_busy(self) -> bool:
        """True while octets wait for their time."""
        return self._timer is not None

    def send(self, deliveries: Iterable[Delivery]) -> None:
        """Writes these after what waits already."""
        self._waiting.extend(deliveries)
        if self._timer is None:
            self._go_on(late=False)

    def cancel(self) -> None:
        """Forgets what waits: the client is gone."""
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _go_on(self, *, late: bool) -> None:
        while self._waiting:
            if self._waiting[0].pause_s:
                self._timer = self._loop.call_later(self._waiting[0].pause_s, self._after_pause)
                return
            self._write(self._waiting.pop(0).octets)
        self._drained(late)

    def _after_pause(self) -> None:
        self._timer = None
        self._write(self._waiting.pop(0).octets)
        self._go_on(late=True)


def reset(transport: asyncio.Transport) -> None:
    """Cuts a client off in the middle: it gets RST instead of FIN."""
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
