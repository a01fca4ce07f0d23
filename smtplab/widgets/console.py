"""Console: type commands at a real socket, with the state beside them.

    console = Console(server)       # a Server, or ("127.0.0.1", 2525), or a socket that dial() made
    console.transcript              # what was said on the connection that is open, or was last
    console.say("NOOP")             # types from Python

Each line goes out as octets over a socket of its own; what comes back is recorded by `net.dial` and drawn by `views`.
In mail data every line goes out too, as it was typed: no dot is added.

Rules
1. Nothing here blocks for long: a reply that has not come after REPLY_S is said to be late, and the page asks again.
   There is no thread here.
2. One lock: some kernels run a page's message beside a running cell.
3. An exception would show nowhere: it goes to the status line.
4. A connection that was opened here ends with its widget: closing, or the cell's next run, closes the socket. A socket
   that was handed in stays its owner's.
5. The page is sent the news only; who asks for everything (`get_state`: a page made anew) gets the last rows too.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import deque
from collections.abc import Generator
from typing import Any, Protocol

import traitlets

from ..net.dial import RecordingSocket, dial
from ..protocol.transcript import Transcript
from ..views import console as view
from ..views import typed
from .base import Widget, source

CONNECT_S = 2.0
"""Seconds that connecting may take: the server is on this machine, mostly."""
REPLY_S = 0.5
"""Seconds that a reply is waited for before the page gets its turn again."""
LOOK_S = 0.05
"""Seconds that a late reply is waited for when the page asks again."""
SETTLE_S = 0.001
"""Seconds without news after which an answered command is taken to be answered whole."""
TURN_S = 1.0
"""Seconds that a pasted script may take before the page gets its turn again."""


class Listens(Protocol):
    """What is talked to: a Server, or anything else with an address."""

    @property
    def address(self) -> tuple[str, int]: ...


class Console(Widget):
    """A socket to type at: `Console(server)`. `say(line)` types from Python; `transcript` is what was said so far."""

    _esm = source("page.js", "console.js")
    _css = source("smtplab.css", "console.css")
    shown = traitlets.Dict().tag(sync=True)
    _is_open = False

    def __init__(self, server: Listens | tuple[str, int] | RecordingSocket) -> None:
        self.server = server
        self._lock = threading.RLock()
        self._socket = server if isinstance(server, RecordingSocket) else None
        self._address = _address_of(server)
        self._is_open = self._socket is not None
        self._is_ours = False
        self._status, self._heard, self._back = "", "", ""
        self._connection = 0
        self._queue: deque[bytes] = deque()
        self._begin_record()
        super().__init__(shown=self._news())
        self.on_msg(self._hear)
        if self._socket is None:
            self.connect()
        else:
            self.look()

    # ------------------------------------------------------------------------------------- from Python
    @property
    def transcript(self) -> Transcript:
        """What was said on the connection that is open now, or was last."""
        with self._lock:
            return self._socket.transcript if self._socket is not None else Transcript()

    def connect(self) -> None:
        """Open a new connection and read the greeting; the one before is closed."""
        with self._lock, self._telling():
            self._hang_up()
            self._socket, self._status = None, ""
            self._begin_record()
            if not isinstance(self.server, RecordingSocket):
                self._address = _address_of(self.server)  # a server that was started again may have another
            self._socket = dial(self._address, timeout=CONNECT_S)
            with contextlib.suppress(OSError):  # a line is never held back to wait for more
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._is_open = self._is_ours = True
            self._listen(REPLY_S)

    def say(self, line: str) -> None:
        """Send one line, CR LF added, and read what comes back."""
        self.send(typed.octets(line))

    def send(self, octets: bytes) -> None:
        """Send octets as they are, and read what comes back."""
        with self._lock, self._telling():
            self._say([octets])

    def look(self) -> None:
        """Read what has come meanwhile, and send what still waits to be said."""
        with self._lock, self._telling():
            self._listen(LOOK_S)
            self._go_on()

    # --------------------------------------------------------------------------------------- the inside
    def _hear(self, _widget: Any, message: dict[str, Any], _buffers: Any) -> None:
        """A message of the page; its id goes back with what is shown, so that the page knows that it was heard."""
        with self._lock:
            self._back = ""
            match message:
                case {"do": "say", "lines": [*lines], "id": str(number)}:
                    self._heard = number
                    self._type([str(line) for line in lines], bool(message.get("escapes")), not message.get("bare"))
                case {"do": "connect", "id": str(number)}:
                    self._heard = number
                    self.connect()
                case {"do": "look", "id": str(number)}:
                    self._heard = number
                    self.look()
                case _:
                    pass

    def _type(self, lines: list[str], escapes: bool, end: bool) -> None:
        with self._telling():
            try:
                octets = [typed.octets(line, escapes=escapes, end=end) for line in lines]
            except typed.BadEscape as error:
                self._status, self._back = str(error), lines[0] if len(lines) == 1 else ""
                return
            self._say(octets)

    def _say(self, lines: list[bytes]) -> None:
        """Send the first line at once, the others each when the one before was answered."""
        if not self._is_open:
            self._status = "The connection is closed: Connect again."
            return
        self._status = ""
        is_first = not self._queue
        self._queue.extend(line for line in lines if line)
        if is_first and self._queue:
            self._utter(self._queue.popleft())
        self._go_on()

    def _go_on(self) -> None:
        """Send what waits, line by line, as long as each is answered and the turn lasts."""
        until = time.monotonic() + TURN_S
        while self._queue and self._is_open and not self._is_owed() and time.monotonic() < until:
            self._utter(self._queue.popleft())
        if self._queue and not self._is_open:
            self._status = f"The connection closed, and {len(self._queue)} of the lines were not sent."
            self._queue.clear()

    def _utter(self, octets: bytes) -> None:
        assert self._socket is not None
        self._socket.settimeout(REPLY_S)
        try:
            self._socket.sendall(octets)
        except ConnectionError:
            self._listen(SETTLE_S)  # the server may have said why, before it left
            if self._is_open:
                raise
            return
        self._listen(REPLY_S)

    @contextlib.contextmanager
    def _telling(self) -> Generator[None]:
        """Show how things stand afterwards, and any exception in the status line."""
        try:
            yield
        except Exception as error:
            self._status = f"{error or type(error).__name__}"
            if isinstance(error, OSError):
                self._hang_up()
        finally:
            self._show()

    def _is_owed(self) -> bool:
        return self._socket is not None and view.is_owed(self._socket.since(self._told.exchanges))

    def _listen(self, limit_s: float) -> None:
        """Read until nothing is owed, at most so long; a closed connection is noticed."""
        connection = self._socket
        if connection is None or not self._is_open:
            return
        until = time.monotonic() + limit_s
        while (left := until - time.monotonic()) > 0:
            connection.settimeout(left if self._is_owed() else SETTLE_S)
            try:
                data = connection.recv(65536)
            except TimeoutError:
                return
            except ConnectionError:
                data = b""  # reset: what the server closed in a hurry is closed all the same
            if not data:
                self._hang_up()
                self._status = view.ended(connection.since(self._told.exchanges))
                return

    def _hang_up(self) -> None:
        if self._is_open and self._is_ours and self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
        self._is_open = False

    # ------------------------------------------------------------------------------------ what is shown
    def _begin_record(self) -> None:
        self._told = view.Told()
        self._rows, self._rows_from = list[str](), 0
        self._connection += 1
        self._queue.clear()

    def _show(self) -> None:
        self.shown = self._news()

    def _news(self) -> dict[str, Any]:
        """What changed, drawn; the latest rows are kept for a page that begins anew."""
        news = Transcript() if self._socket is None else self._socket.since(self._told.exchanges)
        unread = b"" if self._socket is None else self._socket.unread
        self._told, shown = view.tell(self._told, news, is_open=self._is_open, status=self._status, unread=unread)
        first, rows = shown["first"], shown["rows"]
        self._rows = [*self._rows[: max(0, first - self._rows_from)], *rows][-view.ROWS_KEPT :]
        self._rows_from = first + len(rows) - len(self._rows)
        is_late = shown["is_late"] or bool(self._queue)
        return {**shown, "is_late": is_late, "connection": self._connection, "heard": self._heard, "back": self._back}

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        state = super().get_state(key=key, drop_defaults=drop_defaults)
        if key is None and "shown" in state:
            state["shown"] = {**state["shown"], "first": self._rows_from, "rows": list(self._rows)}
        return state

    def plain(self) -> str:
        return view.plain(self.transcript)

    def static(self) -> str:
        return view.static(self.transcript)

    def close(self) -> None:
        if self._is_open:
            with self._lock:
                self._hang_up()
                self._show()
        super().close()

    def __repr__(self) -> str:
        return f"<Console, {self.transcript.state.name}: {'open' if self._is_open else 'closed'}>"


def _address_of(server: Any) -> tuple[str, int]:
    """Where to connect to. Raises TypeError, with what to give instead."""
    if isinstance(server, RecordingSocket):
        return server.getpeername()[:2]
    match getattr(server, "address", server):
        case [str(host), int(port)]:
            return host, port
        case _:
            raise TypeError(
                f"a Console needs somebody to talk to, not {type(server).__name__}: Console(Server()), Console((host, port))"
                " or Console(dial(host, port))"
            )
