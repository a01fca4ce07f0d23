"""The engine of a server in memory: no thread, no loop, no listening socket. Whoever talks to it or looks at it runs it.

It keeps its sessions as every `Engine` does; what it replaces is how it starts and stops, and who may look when. Of a
connection it uses what Engine does of its own: `is_over`, `shut_down`, `abort`.

Rules
1. One at a time: whatever touches the server holds its lock, so several threads may talk to it, each by a socket of
   its own. A look finds everything answered that was sent before.
2. Watchers are told when nobody is amid anything, in the thread that said something; of what came too soon after the
   last telling, a little later (`Later`).
3. `stop` amid a session, by a callback or by the garbage collector, waits until what is being answered is answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from ..engine import Answer, Engine
from ..listening import IN_BROWSER
from ..running import running
from .connection import MemoryConnection
from .ports import Port, forget_after_fork, hold

if TYPE_CHECKING:
    from ...protocol.serving import ServerSide


class Later:
    """What `Watchers` needs of a loop: its time, and something done at a time, one thing at once.

    What is due is done at once, and what is not by a thread of its own; where there are no threads by the running loop,
    as soon as it has its turn.
    """

    def __init__(self) -> None:
        self._one_at_a_time = threading.RLock()

    def time(self) -> float:
        return time.monotonic()

    def call_at(self, when: float, call: Callable[..., object], /, *args: Any) -> None:
        wait_s = when - self.time()
        if wait_s > 0 and not IN_BROWSER:
            timer = threading.Timer(wait_s, self._call, (call, *args))
            timer.daemon = True
            timer.start()
            return
        if wait_s > 0:
            with contextlib.suppress(RuntimeError):  # no loop runs: nobody would come by later
                asyncio.get_running_loop().call_later(wait_s, call, *args)
                return
        self._call(call, *args)

    def _call(self, call: Callable[..., object], *args: Any) -> None:
        with self._one_at_a_time:
            call(*args)


@dataclass(slots=True, eq=False)
class MemoryEngine(Engine):
    """A server in memory without its handle."""

    _ports: list[Port] = field(default_factory=list[Port], init=False)
    _depth: int = field(default=0, init=False)
    _is_on: bool = field(default=False, init=False)
    _is_to_stop: bool = field(default=False, init=False)
    _has_news: bool = field(default=False, init=False)
    _forgotten: deque[MemoryConnection] = field(default_factory=deque[MemoryConnection], init=False)
    _later: Later = field(default_factory=Later, init=False)

    # ------------------------------------------------------------------------------------ start and stop
    @property
    def is_running(self) -> bool:
        return self._is_on

    def start(self, listen: Callable[[str, int], socket.socket]) -> None:  # noqa: ARG002  nothing listens here
        with self._change:
            if self._is_on:
                return
            self._hold()
            self.address, *more = (port.address for port in self._ports)
            self.pop3_address = more[0] if more else ("", 0)
            self._is_on = True
            running.add(self)

    def _hold(self) -> None:
        """A port for SMTP, and one for POP3 where that is wanted: both or none. Raises OSError."""
        try:
            for protocol, port in (("SMTP", self.port), ("POP3", self.pop3_port)):
                if port is not None:
                    opened = partial(self.opened, protocol=protocol)
                    self._ports.append(hold(self.host, port, partial(self._accept, opened=opened)))
        except OSError:
            self._release()
            raise

    def _release(self) -> None:
        while self._ports:
            self._ports.pop().release()

    def stop(self) -> None:
        running.discard(self)
        with self.alone():
            self._is_to_stop = self._is_on

    def _stop_now(self) -> None:
        self._is_to_stop = self._is_on = False
        self._release()
        for connection in tuple(self._open):
            connection.shut_down()
        self._has_news = True

    def forget_after_fork(self) -> None:
        self._change, self._depth, self._is_on = threading.RLock(), 0, False
        forget_after_fork()

    # --------------------------------------------------------------------------------------- one at a time
    @contextlib.contextmanager
    def alone(self) -> Generator[None]:
        """Nobody else uses the server meanwhile. What waited for quiet is done at the end, and watchers are told."""
        try:
            with self._change:
                self._depth += 1
                try:
                    yield
                finally:
                    if self._depth == 1:
                        self._tidy()
                    self._depth -= 1
        finally:
            if self._has_news and not self._depth:  # else whoever is amid something tells of it
                self._has_news = False
                self.watchers.changed(self._later)

    def _tidy(self) -> None:
        while self._forgotten:
            self._forgotten.popleft().leave()
        if self._is_to_stop:
            self._stop_now()

    def ask(self, question: Callable[[], Answer]) -> Answer:
        with self.alone():
            if self._depth == 1:
                self._tidy()
            return question()

    # --------------------------------------------------------------------------- called by connections
    def _accept(self, client_address: str, opened: Callable[[Any, str], ServerSide]) -> MemoryConnection:
        """A client is there; `opened` gives the session that it shall have."""
        connection = MemoryConnection(self)
        with self.alone():
            if not self._is_on:  # it stopped while this client looked for it
                raise ConnectionRefusedError(errno.ECONNREFUSED, "Nobody listens there any more")
            connection.open(lambda: opened(connection, client_address))
        return connection

    def changed(self) -> None:
        self._has_news = True

    def forgotten(self, connection: MemoryConnection) -> None:
        """A socket was collected, maybe amid anything: it is taken note of, and seen to as soon as may be."""
        self._forgotten.append(connection)
        if self._change.acquire(blocking=False):
            is_quiet = self._depth == 0
            self._change.release()
            if is_quiet:
                with self.alone():
                    pass
