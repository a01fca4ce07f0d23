"""Messages a second and server CPU per message, against aiosmtpd and Postfix's `smtp-sink`. See README.md.

Every row is said to each server in turn, each in a fresh process, round after round: what slows one slows all. Ratios
are taken within a round. The load is Postfix's `smtp-source`, which cannot pipeline, so that row has `load.py`.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from . import postfix
from .figures import Figures, Limit
from .servers import NAMES, Serving, serving

SESSIONS = 5
"""Connections at once."""
SECONDS = 1.5
"""How long each measurement shall take: so many messages are sent."""
WARM_UP = 100
WITHIN_S = 120.0


@dataclass(frozen=True)
class Row:
    """One way of sending, and how many times aiosmtpd's rate it is to reach. `options` are smtp-source's; without
    them it is the load that pipelines, with so many `recipients` a message."""

    name: str
    reach: float
    options: tuple[str, ...] = ()
    recipients: int = 1

    def send(self, server: Serving, messages: int) -> float:
        """Sends so many; the seconds that it took."""
        port = server.address[1]
        if not self.options:
            arguments = map(str, (port, messages, SESSIONS, self.recipients))
            command = [sys.executable, "-m", "benchmarks.load", *arguments]
            return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=WITHIN_S).stdout)
        began = time.perf_counter()
        postfix.run(
            "smtp-source", *self.options, "-m", str(messages), "-s", str(SESSIONS), "-l", "1000",
            "-f", "sender@example.net", "-t", "user@example.com", "-M", "client.example.net", f"127.0.0.1:{port}",
            within_s=WITHIN_S,
        )  # fmt: skip
        return time.perf_counter() - began


ROWS = (
    Row("one a connection", 3.0, ("-C", "5")),
    Row("many a connection", 4.0, ("-C", "5", "-d")),
    Row("PIPELINING", 10.0),
    Row("PIPELINING, to 10", 10.0, recipients=10),
)

LIMITS: Mapping[str, Limit] = {
    **{row.name: Limit(row.reach, "messages a second / aiosmtpd's", least=True) for row in ROWS},
    **{f"{row.name} / C": Limit(0.4, "messages a second / smtp-sink's", least=True) for row in ROWS if row.options},
    **{f"{row.name}: CPU": Limit(1 / row.reach, "server CPU a message / aiosmtpd's") for row in ROWS},
}


def _rate(row: Row, server: Serving, messages: int) -> tuple[float, float]:
    """(messages a second, microseconds of server CPU a message)."""
    cpu = server.cpu_s()
    took = row.send(server, messages)
    return messages / took, (server.cpu_s() - cpu) / messages * 1e6


def measure(rounds: int, figures: Figures) -> None:
    """Adds each round's figures."""
    counts: dict[tuple[str, str], int] = {}
    for number in range(rounds):
        for row in ROWS:
            found: dict[str, tuple[float, float]] = {}
            turn = NAMES[number % len(NAMES) :] + NAMES[: number % len(NAMES)]
            for name in turn:
                with serving(name) as server:
                    row.send(server, WARM_UP)
                    if (row.name, name) not in counts:
                        counts[row.name, name] = max(WARM_UP, int(_rate(row, server, 500)[0] * SECONDS))
                    found[name] = _rate(row, server, counts[row.name, name])
            ours, theirs, in_c = (found[name] for name in NAMES)
            figures.ratio(row.name, ours[0] / theirs[0])
            figures.ratio(f"{row.name} / C", ours[0] / in_c[0])
            figures.ratio(f"{row.name}: CPU", ours[1] / theirs[1])
            for name in NAMES:
                figures.value(f"{row.name}: {name}, messages/s", found[name][0])
                figures.value(f"{row.name}: {name}, CPU us/message", found[name][1])
