"""Explorer and Codes: the state machine and the catalogue of reply codes, to be clicked through; and walked for real.

Everything that can be chosen is drawn once and chosen in the page. "Run it" alone asks the kernel: the lines of a
shortest way are said to a server over a socket, and what came back is shown.

Rules
1. A run takes RUN_S at most, and one reply REPLY_S; what did not come is told. There is no thread here.
2. One lock: some kernels run a page's message beside a running cell.
3. An exception would show nowhere: it goes to the page.
4. Without a server of the reader's, one is started at the first run; it ends with its explorer.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Protocol

import traitlets

from ..net.dial import RecordingSocket, dial
from ..protocol.transcript import Transcript
from ..views import codes, explored, explorer
from ..views.console import is_owed
from ..views.stepper import document
from .base import source
from .panel import CSS, Sheet
from .stepper import Stepper, pack

CONNECT_S, REPLY_S, RUN_S = 2.0, 2.0, 8.0
"""Seconds that connecting, one reply, and a whole run may take: the server is on this machine, mostly."""


class Listens(Protocol):
    """What is talked to: a Server, or anything else with an address."""

    @property
    def address(self) -> tuple[str, int]: ...


class Explorer(Sheet):
    """The state machine to explore: `Explorer()`, `Explorer(server)`, `Explorer(selected="rcpt")`.

    `run()` walks the way to what is named; `transcript` is what was said in the latest run, `stepper` steps through it.
    """

    _esm = source("page.js", "panel.js")
    ran = traitlets.Dict().tag(sync=True)
    walk = traitlets.Bytes(b"").tag(sync=True)
    _own: Any = None

    def __init__(self, server: Listens | None = None, *, selected: str = "state:READY") -> None:
        if server is not None and not hasattr(server, "address"):
            raise TypeError(f"an Explorer talks to a Server, not to {type(server).__name__}: Explorer(Server())")
        self._selected = explored.checked(selected)
        self._given = server
        self._lock = threading.RLock()
        self._runs = 0
        self.transcript = Transcript()
        super().__init__(explored.shown(self._selected), explored.LABEL, ran={}, walk=b"")
        self.on_msg(self._hear)

    @property
    def server(self) -> Listens:
        """Who is talked to: the server given, or one of its own, started when it is first asked for."""
        if self._given is not None:
            return self._given
        if self._own is None:
            from ..net.server import Server

            self._own = Server()
        return self._own

    @property
    def stepper(self) -> Stepper:
        """The latest run, to step through. Raises ValueError where nothing was run."""
        if not self.transcript.steps:
            raise ValueError('nothing was run yet. Press "Run it", or say explorer.run("MAIL").')
        return Stepper(self.transcript)

    def run(self, selected: str | None = None) -> Transcript:
        """Say a shortest way to a state, by its name, or over an arrow, to the server; gives what was said.

        Raises ValueError where nothing can be said to get there, OSError where the server cannot be reached.
        """
        mark = self._selected if selected is None else explored.checked(selected)
        with self._lock:
            self._walk(mark)
            self._tell(mark)
            return self.transcript

    # --------------------------------------------------------------------------------------- the inside
    def _hear(self, _widget: Any, message: dict[str, Any], _buffers: Any) -> None:
        """A message of the page: run what is chosen there."""
        match message:
            case {"do": "run", "of": str(mark)}:
                with self._lock:
                    trouble = ""
                    try:
                        self._walk(explored.checked(mark))
                    except Exception as error:
                        trouble = f"{error or type(error).__name__}"
                    self._tell(mark, trouble)
            case _:
                pass

    def _tell(self, mark: str, trouble: str = "") -> None:
        self._runs += 1
        self.walk = pack(document(self.transcript)) if self.transcript.steps else b""
        self.ran = {**explored.walked(mark, self.transcript, trouble), "run": self._runs}

    def _walk(self, mark: str) -> None:
        way = explored.hops(mark)
        self.transcript = Transcript()
        if not way:
            raise ValueError(f"nothing that a client says leads to {explorer.names()[mark]}.")
        until = time.monotonic() + RUN_S
        with dial(self.server.address, timeout=CONNECT_S) as connection:
            for hop in way:
                if hop.lines:
                    connection.settimeout(REPLY_S)
                    connection.sendall("".join(f"{line}\r\n" for line in hop.lines).encode())
                went_on = _listen(connection, until)
                self.transcript = connection.transcript  # before the socket is closed: that is not a part of the way
                if not went_on or self.transcript.state is not hop.state:
                    return

    # -------------------------------------------------------------------------------------- what it says
    def plain(self) -> str:
        return explorer.plain(self._selected)

    def static(self) -> str:
        return explored.static(self._selected, CSS)

    def close(self) -> None:
        own, self._own = self._own, None
        if own is not None:
            own.stop()
        super().close()

    def __repr__(self) -> str:
        return f"<Explorer of the state machine, at {explorer.names()[self._selected]}>"


def _listen(connection: RecordingSocket, until: float) -> bool:
    """Read until nothing is owed; False where the connection ended, or a reply did not come in time."""
    while is_owed(connection.transcript):
        left = min(REPLY_S, until - time.monotonic())
        if left <= 0:
            return False
        connection.settimeout(left)
        try:
            if not connection.recv(65536):
                return False
        except (TimeoutError, ConnectionError):
            return False
    return True


class Codes(Sheet):
    """The reply codes to explore, by digit, by command, by what to do next: `Codes()`, `Codes(550)`, `Codes(event="RCPT")`.

    Raises ValueError for what is no reply code, and for a command that there is not.
    """

    def __init__(self, code: int = 250, *, event: str | None = None) -> None:
        chosen = "all" if event is None else codes.filter_of(event)
        super().__init__(explored.shown_codes(chosen, code), explored.CODES_LABEL)
        self._event = event

    def plain(self) -> str:
        return codes.plain(event=self._event)

    def static(self) -> str:
        return explored.static_codes()

    def __repr__(self) -> str:
        return "<Codes: explorer of the reply codes>"
