"""The engine of a server: one thread, one asyncio loop of its own, what it listens on, the connections, the record.

Never the loop of a notebook's kernel, and nothing a user touches: `Server` is the handle, and the thread holds the
engine, not the handle, so that a forgotten server can be noticed and stopped.

Rules
1. Everything that changes is changed in the loop's thread. Others look in by `ask`, which runs in the loop too, after
   the loop has taken in what has already been delivered: no sleeps, no polling, no locks around the record.
2. It says nothing, on no stream and in no log: bugs are kept in `errors`.
3. It ends within STOP_S whatever its clients do, and with the interpreter in any case.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import socket
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ..protocol.manners import Manners
from ..protocol.persona import Persona
from ..protocol.world import Clock, World, counting_ids
from .alarm import Alarm
from .connection import Connection
from .listening import Listen, close_all, listen_all, reached
from .mailbox import Mailbox
from .record import Archive, Look, Record, look
from .running import running
from .watch import Watchers

if TYPE_CHECKING:
    from ..protocol.faults import Fault
    from ..protocol.serving import ServerSide
    from ..protocol.session import Session
    from ..protocol.transcript import Transcript
    from .maildrops import MailboxDrops
    from .tls import Tls

Answer = TypeVar("Answer")

QUIET_HOPS = 6
"""Turns of the loop without news after which nothing delivered can be unread. From a connection in the listening
queue to its first octets in the session it takes four: accept, make the transport, greet, read."""
ASK_S = 5.0
"""Seconds that a look waits at most for quiet: a client that never stops sending hides nothing for longer."""
GRACE_S = 1.0
"""Seconds that clients have to take the 421 of a server that stops."""
STOP_S = 5.0
BACKLOG = 128


@dataclass(slots=True, eq=False)
class Engine:
    """A server without its handle. `start` and `stop` may be called from any thread, any number of times."""

    host: str
    port: int
    persona: Persona
    manners: Manners
    clock: Clock
    mailbox: Mailbox
    world: World = field(default_factory=World)
    faults: tuple[Fault, ...] = ()
    ids: Callable[[], str] = field(default_factory=counting_ids)
    on_end: Callable[[int, Transcript], None] | None = None
    """Told the number and the transcript of each session when it is over, in the loop's thread."""
    pop3_port: int | None = None
    """Where POP3 is spoken, 0 for any free port; None for nowhere."""

    address: tuple[str, int] = field(default=("", 0), init=False)
    pop3_address: tuple[str, int] = field(default=("", 0), init=False)
    archive: Archive = field(default_factory=Archive, init=False)
    errors: deque[BaseException] = field(default_factory=lambda: deque(maxlen=100), init=False)
    activity: int = field(default=0, init=False)
    buffer: memoryview = field(default_factory=lambda: memoryview(bytearray(64 * 1024)), init=False)
    _going_on: int = field(
        default=0, init=False
    )  # sessions that are not over, as those are that wait for a client's end
    _open: dict[Connection, Record] = field(default_factory=dict[Connection, Record], init=False)
    _listeners: dict[str, socket.socket] = field(default_factory=dict[str, socket.socket], init=False)
    """By the name of the protocol that is spoken there."""
    _maildrops: MailboxDrops | None = field(default=None, init=False)
    _loop: asyncio.AbstractEventLoop | None = field(default=None, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)
    _stopping: asyncio.Event | None = field(default=None, init=False)
    _all_gone: asyncio.Event | None = field(default=None, init=False)
    _alarm: Alarm | None = field(default=None, init=False)
    _change: Any = field(default_factory=threading.RLock, init=False)
    watchers: Watchers = field(init=False)

    def __post_init__(self) -> None:
        self.watchers = Watchers(self.failed)
        self.mailbox.before_looking = self.take_in

    # ------------------------------------------------------------------------------------ start and stop
    @property
    def is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self, listen: Listen) -> None:
        """Listens and serves from now on; nothing happens where it does already. `listen` may raise OSError."""
        with self._change:
            if self.is_running:
                return
            self._listeners = listen_all(listen, self.host, {"SMTP": self.port, "POP3": self.pop3_port})
            self.address, *more = map(reached, self._listeners.values())
            self.pop3_address = more[0] if more else ("", 0)
            # Not the platform's default: Windows' other loop reports what has arrived by another road, and rule 1
            # needs that one turn of the loop sees it.
            self._loop = asyncio.SelectorEventLoop()
            self._loop.set_debug(False)  # PYTHONASYNCIODEBUG would log
            self._alarm = Alarm(self._loop, lambda: [each.look_at_clock for each in self._open])
            self._loop.set_exception_handler(self._keep_error)
            self._thread = threading.Thread(target=self._run, args=(self._loop, ready := threading.Event()),
                                            name="smtplab server", daemon=True)  # fmt: skip
            self._thread.start()
            ready.wait(STOP_S)
            if not self.is_running:
                raise self.errors[-1]
            running.add(self)

    def stop(self) -> None:
        """Says 421 to whoever is connected, closes everything, and waits for the thread, STOP_S seconds at most."""
        if self._thread is threading.current_thread():
            self._stop_soon()  # a forgotten server noticed by its own thread, which cannot wait for itself
            running.discard(self)
            return
        with self._change:
            running.discard(self)
            if (loop := self._loop) is None or (thread := self._thread) is None:
                return
            with contextlib.suppress(RuntimeError):  # where the loop has closed by itself, all is closed
                loop.call_soon_threadsafe(self._stop_soon)
            thread.join(STOP_S)
            self._loop = self._thread = None

    def forget_after_fork(self) -> None:
        """In a forked child there is no thread: lets go of the listening sockets, which are the parent's."""
        close_all(self._listeners)
        self._loop = self._thread = None
        self._change = threading.RLock()

    def _run(self, loop: asyncio.AbstractEventLoop, ready: threading.Event) -> None:
        try:
            loop.run_until_complete(self._serve(loop, ready))
            if asked := asyncio.all_tasks(loop):  # questions that came while it stopped
                loop.run_until_complete(asyncio.wait(asked, timeout=GRACE_S))
        except BaseException as error:  # whatever it is, it must not be printed by the thread's hook
            self.errors.append(error)
        finally:
            ready.set()
            close_all(self._listeners)
            loop.close()

    async def _serve(self, loop: asyncio.AbstractEventLoop, ready: threading.Event) -> None:
        self._stopping, self._all_gone = asyncio.Event(), asyncio.Event()
        servers = [
            await loop.create_server(partial(Connection, self, loop, protocol), sock=sock, backlog=BACKLOG)
            for protocol, sock in self._listeners.items()
        ]
        ready.set()
        await self._stopping.wait()
        await self._until_quiet(loop)
        for server in servers:
            server.close()
        self._all_gone.clear()
        for connection in tuple(self._open):
            connection.shut_down()
        if self._open:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._all_gone.wait(), GRACE_S)
        for connection in tuple(self._open):
            connection.abort()
        await self._until_quiet(loop)
        self.watchers.tell(loop)

    def _stop_soon(self) -> None:
        if self._stopping is not None:
            self._stopping.set()

    async def _until_quiet(self, loop: asyncio.AbstractEventLoop) -> None:
        """Waits until the loop has taken in all that loopback has delivered."""
        latest, seen, quiet = loop.time() + ASK_S / 2, self.activity, 0
        while quiet < QUIET_HOPS and loop.time() < latest:
            await asyncio.sleep(0)  # not a wait: one turn of the loop, which looks at every socket
            seen, quiet = self.activity, quiet + 1 if seen == self.activity else 0

    # ------------------------------------------------------------------------------- a look from outside
    def ask(self, question: Callable[[], Answer]) -> Answer:
        """The answer to a question put in the loop's thread, after all that was delivered before has been read."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None or not thread.is_alive() or thread is threading.current_thread():
            return question()
        asked: concurrent.futures.Future[Answer] = concurrent.futures.Future()

        async def answer() -> None:
            await self._until_quiet(loop)
            try:
                asked.set_result(question())
            except BaseException as error:
                asked.set_exception(error)

        try:
            loop.call_soon_threadsafe(lambda: loop.create_task(answer()))
            return asked.result(ASK_S)
        except (RuntimeError, concurrent.futures.TimeoutError):
            return question()  # the server stopped meanwhile: nothing changes any more

    def take_in(self) -> None:
        """Returns when all that was delivered before has been read."""
        self.ask(lambda: None)

    # --------------------------------------------------------------------------- called by connections
    def opened(self, connection: Connection, client_address: str, protocol: str = "SMTP") -> ServerSide:
        session = self._pop3_session(client_address) if protocol == "POP3" else self._smtp_session(client_address)
        self._going_on += 1
        self._open[connection] = self.archive.add(session)
        return session

    def _smtp_session(self, client_address: str) -> Session:
        from ..protocol.session import Session  # SMTP is loaded for the first client: a server starts in half the time

        domains = self.manners.domains
        return Session(
            persona=self.persona, manners=self.manners, world=self.world, clock=self.clock, ids=self.ids,
            store=lambda message: self.mailbox.store(message, domains), client_address=client_address,
            faults=self.faults, is_full=self._is_full,
        )  # fmt: skip

    def _pop3_session(self, client_address: str) -> ServerSide:
        from ..protocol.pop3.session import Pop3Session  # POP3 costs a server without it nothing
        from .maildrops import MailboxDrops

        self._maildrops = self._maildrops or MailboxDrops(self.mailbox)
        return Pop3Session(
            self._maildrops, persona=self.persona, manners=self.manners, world=self.world, clock=self.clock,
            client_address=client_address, faults=self.faults, is_full=self._is_full,
        )  # fmt: skip

    @property
    def _is_full(self) -> bool:
        return self._going_on >= self.manners.max_connections

    def tls(self) -> Tls:
        from .tls import Tls, authority  # ssl costs a server that offers no TLS nothing

        return Tls(authority().server_context)

    def wake_at(self, when: float) -> None:
        if self._alarm is not None:
            self._alarm.by(when)

    def ended(self, connection: Connection) -> None:
        self._going_on -= 1
        if self.on_end is not None and (record := self._open.get(connection)) is not None:
            try:
                self.on_end(record.number, record.transcript())
            except Exception as error:  # whoever listens must not cost the client its last reply
                self.errors.append(error)

    def said(self, connection: Connection) -> None:
        if connection in self._open:
            self.archive.grew(self._open[connection])
        self.changed()

    def changed(self) -> None:
        if self._loop is not None:
            self.watchers.changed(self._loop)

    def gone(self, connection: Connection) -> None:
        record = self._open.pop(connection, None)
        if record is not None:
            record.close()
        self.changed()
        if not self._open and self._all_gone is not None:
            self._all_gone.set()

    def failed(self, error: BaseException) -> None:
        self.errors.append(error)

    def waiting(self) -> list[tuple[int, str]]:
        """(number, what the server waits for) of each session that goes on. To be called in the loop's thread."""
        return [
            (record.number, record.session.waiting)
            for connection, record in self._open.items()
            if record.session is not None and not connection.is_over
        ]

    def look(self, number: int, most: int) -> Look:
        """One session and the latest `most` in brief (see `record.look`). To be called in the loop's thread."""
        return look(self.archive.records, number, most)

    def _keep_error(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.errors.append(context.get("exception") or RuntimeError(str(context.get("message"))))
