"""One timer for all connections of a server, set to the earliest time that any of them asks for.

A timer for each would be made, kept and cancelled with every connection; nearly all of them for nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from math import inf


class Alarm:
    """`clocks` gives what to call with the time, each of which says when it is to be called again (`inf`: never)."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, clocks: Callable[[], Iterable[Callable[[float], float]]]
    ) -> None:
        self._loop, self._clocks = loop, clocks
        self._timer: asyncio.TimerHandle | None = None
        self._at = inf

    def by(self, when: float) -> None:
        """Go off at this time of the loop's at the latest."""
        if when >= self._at:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._at, self._timer = when, self._loop.call_at(when, self._go_off)

    def _go_off(self) -> None:
        self._at, now = inf, self._loop.time()
        self.by(min((clock(now) for clock in self._clocks()), default=inf))
