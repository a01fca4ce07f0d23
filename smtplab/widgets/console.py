"""Console: type commands at a real socket, with the state beside them.

Each line goes out with CR LF over a socket of its own to the server's address; what comes back is recorded by
`net.dial` and drawn by `views`. In mail data every line goes out too, as it was typed.

Rules
1. Nothing here blocks for long: a reply that has not come after REPLY_S is said to be late, and the page asks again.
   There is no thread here.
2. One lock: some kernels run a page's message beside a running cell.
3. An exception would show nowhere: it goes to the status line.
4. A connection ends with its widget: closing, or the cell's next run, closes the socket.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Generator
from typing import Any, Protocol

import traitlets

from ..net.dial import RecordingSocket, dial
from ..protocol.transcript import Transcript
from ..views import console as view
from .base import Widget, source

CONNECT_S = 2.0
"""Seconds that connecting may take: the server is on this machine, mostly."""
REPLY_S = 0.5
"""Seconds that a reply is waited for before the page gets its turn again."""
SETTLE_S = 0.02
"""Seconds without news after which an answered command is taken to be answered whole."""


class Listens(Protocol):
    """What is talked to: a Server, or anything else with an address."""

    @property
    def address(self) -> tuple[str, int]: ...


class Console(Widget):
    """A socket to type at: `Console(server)`. `say(line)` types from Python; `transcript` is what was said so far."""

    _esm = source("page.js", "console.js")
    _css = source("smtplab.css", "console.css")
    shown = traitlets.Dict().tag(sync=True)
    _socket: RecordingSocket | None = None

    def __init__(self, server: Listens) -> None:
        if not hasattr(server, "address"):
            raise TypeError(f"a Console needs a server to talk to, not {type(server).__name__}: Console(Server())")
        self.server = server
        self._lock = threading.RLock()
        self._transcript = Transcript()
        self._status = ""
        super().__init__(shown=view.shown(self._transcript, is_open=False, status=""))
        self.on_msg(self._hear)
        self.connect()

    # ------------------------------------------------------------------------------------- from Python
    @property
    def transcript(self) -> Transcript:
        """What was said on the connection that is open now, or was last."""
        with self._lock:
            return self._socket.transcript if self._socket is not None else self._transcript

    def connect(self) -> None:
        """Open a new connection and read the greeting; the one before is closed."""
        with self._lock, self._telling():
            self._hang_up()
            self._transcript, self._status = Transcript(), ""
            self._socket = dial(self.server.address, timeout=CONNECT_S)
            self._listen()

    def say(self, line: str) -> None:
        """Send one line, CR LF added, and read what comes back."""
        with self._lock, self._telling():
            if self._socket is None:
                self._status = "The connection is closed: Connect again."
                return
            self._status = ""
            self._socket.settimeout(REPLY_S)
            self._socket.sendall(line.encode("utf-8", "surrogateescape") + b"\r\n")
            self._listen()

    def look(self) -> None:
        """Read what has come meanwhile."""
        with self._lock, self._telling():
            if self._socket is not None:
                self._listen()

    # --------------------------------------------------------------------------------------- the inside
    def _hear(self, _widget: Any, message: dict[str, Any], _buffers: Any) -> None:
        """A message of the page."""
        match message:
            case {"do": "say", "line": str(line)}:
                self.say(line)
            case {"do": "connect"}:
                self.connect()
            case {"do": "look"}:
                self.look()
            case _:
                pass

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

    def _show(self) -> None:
        self.shown = view.shown(self.transcript, is_open=self._socket is not None, status=self._status)

    def _listen(self) -> None:
        """Read until nothing is owed, at most REPLY_S; a closed connection is noticed."""
        connection = self._socket
        if connection is None:
            return
        until = time.monotonic() + REPLY_S
        while (left := until - time.monotonic()) > 0:
            connection.settimeout(left if view.is_owed(connection.transcript) else SETTLE_S)
            try:
                data = connection.recv(65536)
            except TimeoutError:
                return
            except ConnectionError:
                data = b""  # reset: what the server closed in a hurry is closed all the same
            if not data:
                self._hang_up()
                return

    def _hang_up(self) -> None:
        if self._socket is not None:
            connection, self._socket = self._socket, None
            with contextlib.suppress(OSError):
                connection.close()
            self._transcript = connection.transcript

    # -------------------------------------------------------------------------------------- what it says
    def plain(self) -> str:
        return view.plain(self.transcript)

    def static(self) -> str:
        return view.static(self.transcript)

    def close(self) -> None:
        if self._socket is not None:
            with self._lock:
                self._hang_up()
                self._show()
        super().close()

    def __repr__(self) -> str:
        return f"<Console, {self.transcript.state.name}: {'open' if self._socket else 'closed'}>"
