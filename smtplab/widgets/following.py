"""How a stepper follows a server: when it draws anew, in whose thread, and that nobody waits for anybody.

Rules
1. The server's thread says that there is news. It draws what is short by itself, as a cell that talks to the server
   may keep the kernel busy; of a long session it only counts the news, and the page asks for the drawing.
2. One lock around all that draws or replays. The server's thread never waits for it: what it could not draw is drawn
   by whoever holds the lock, when he is done.
3. The server holds a weak reference: a forgotten stepper is told nothing and kept by nobody.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Callable, Generator
from typing import Any, Protocol

AT_ONCE = 400
"""Steps that are drawn in the server's thread: some 30 ms of it."""


class Follows(Protocol):
    """What draws: `draw(by_server=True)` in the server's thread."""

    def draw(self, *, by_server: bool = False) -> None: ...


class Following:
    """Draws `owner` anew whenever its server has news, once at a time."""

    def __init__(self, owner: Follows) -> None:
        self._owner = weakref.ref(owner)
        self._lock = threading.RLock()
        self._has_news = False
        self._stop: Callable[[], None] | None = None

    @property
    def is_on(self) -> bool:
        return self._stop is not None

    def start(self, server: Any) -> None:
        """Listen to the server; once."""
        if self._stop is not None:
            return
        itself = weakref.ref(self)

        def told() -> None:
            if (following := itself()) is not None:
                following.news()

        stop = server.watch(told)
        self._stop = stop
        weakref.finalize(self, stop).atexit = False

    def stop(self) -> None:
        if self._stop is not None:
            stop, self._stop = self._stop, None
            stop()

    def news(self) -> None:
        """Something changed. Called in the server's thread: draws, unless another holds the lock."""
        self._has_news = True
        self._catch_up(by_server=True)

    @contextlib.contextmanager
    def alone(self) -> Generator[None]:
        """Nobody else draws meanwhile; what came in is drawn afterwards."""
        with self._lock:
            yield
        self._catch_up(by_server=False)

    def _catch_up(self, *, by_server: bool) -> None:
        while self._has_news and self._stop is not None and self._lock.acquire(blocking=False):
            try:
                self._has_news = False
                if (owner := self._owner()) is not None:
                    owner.draw(by_server=by_server)
            finally:
                self._lock.release()
