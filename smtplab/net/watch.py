"""Who looks on while a server talks: told that something changed, a few times a second, in the server's thread.

Never does: hand over what changed. Whoever is told looks for himself (`Server.look`), so a hundred lines said at once
cost one look.

Rules
1. A watcher is told at once, then not again for TELL_S, nor for SHARE times as long as the last telling took: however
   much is said and however long a watcher draws, the server has most of its time for its clients.
2. What a watcher raises is kept as the server's error, and costs no client anything.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Protocol

TELL_S = 0.1
"""Seconds between two tellings, at least."""
SHARE = 9
"""How many times as long as a telling took the server has for its clients before the next."""


class Loop(Protocol):
    """What is needed of the server's loop."""

    def time(self) -> float: ...
    def call_at(self, when: float, callback: Callable[..., object], /, *args: Any) -> object: ...


class Watchers:
    """The watchers of one server. `add` and `remove` may be called from any thread, the rest in the server's."""

    def __init__(self, failed: Callable[[BaseException], None]) -> None:
        self._failed = failed
        self._watching: tuple[Callable[[], None], ...] = ()
        self._is_due = False
        self._free_at = 0.0

    def __len__(self) -> int:
        return len(self._watching)

    def add(self, watcher: Callable[[], None]) -> None:
        self._watching = (*self._watching, watcher)

    def remove(self, watcher: Callable[[], None]) -> None:
        """Tell it no more; harmless where it was not told."""
        self._watching = tuple(each for each in self._watching if each is not watcher)

    def changed(self, loop: Loop) -> None:
        """Something was said, or a connection came or went."""
        if self._watching and not self._is_due:
            self._is_due = True
            loop.call_at(max(loop.time(), self._free_at), self.tell, loop)

    def tell(self, loop: Loop) -> None:
        """Tell them now."""
        self._is_due = False
        began = loop.time()
        for watcher in self._watching:
            try:
                watcher()
            except Exception as error:
                with contextlib.suppress(Exception):
                    self._failed(error)
        self._free_at = loop.time() + max(TELL_S, SHARE * (loop.time() - began))
