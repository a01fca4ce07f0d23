"""What the commands that run a server share: real time, an end by signals, and the line that says where it is."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ..net.listening import is_loopback

LONGEST_WAIT_S = 0.5 if sys.platform == "win32" else 3600.0
"""Seconds for one wait: on Windows a signal is only looked at between two."""


class RealClock:
    """The time of this machine, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def tick(self) -> None:
        """A real clock needs nobody to turn it."""


def on_signals(ended: threading.Event) -> Sequence[tuple[int, Any]]:
    """Lets SIGINT and SIGTERM set it; gives the handlers as they were, for `restore`."""
    if threading.current_thread() is not threading.main_thread():
        return ()

    def end(*_: object) -> None:
        ended.set()

    return [(number, signal.signal(number, end)) for number in (signal.SIGINT, signal.SIGTERM)]


def restore(earlier: Sequence[tuple[int, Any]]) -> None:
    """Puts the handlers back."""
    for number, handler in earlier:
        signal.signal(number, handler)


def shown_host(asked: str, reached: str) -> str:
    """The host as an address is written: what was reached on loopback, else what was asked for; IPv6 in brackets."""
    shown = reached if is_loopback(asked) else asked
    return f"[{shown}]" if ":" in shown else shown


def complain(command: str, status: int, line: str) -> int:
    """One line on standard error, and the exit status given."""
    print(f"smtplab {command}: {line}", file=sys.stderr, flush=True)
    return status
