"""Real clients in the gauntlet: each is run again and again, with all three recipients, until it says that it has sent.

    python -m tests.interop.gauntlet       # or `make interop`: prints the table of docs/gauntlet.md, and why

None of these programs comes again by itself: that is their caller's work, and the loop here is a simple caller. It looks at
nothing but whether the program says that it has sent the letter, and ends after RUNS.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from smtplab.course.gauntlet.gates import GATES, HELD, Gate
from smtplab.course.gauntlet.gauntlet import Gauntlet
from tests.interop.clients import CLIENTS, Client, is_wanted
from tests.interop.faulted import line
from tests.interop.running import PLAIN, Failed, Job

RUNS = 20
LIMIT_S = 3
"""Seconds that a client waits for a reply, or in all: more than the gauntlet's longest pause."""
ALSO = ("carol@example.com", "dave@example.com")
TRIED = tuple(client for client in CLIENTS if client.name in ("smtplib", "aiosmtplib", "swaks", "curl", "msmtp"))


@dataclass(frozen=True)
class Came:
    """How a client came through: its gates, how often it was run, whether it said "sent", and the letter arrived."""

    gates: tuple[Gate, ...]
    runs: int
    has_sent: bool
    has_arrived: bool

    @property
    def cells(self) -> list[str]:
        """Its column of the table."""
        end = f"{'sent' if self.has_sent else 'gave up'} in run {self.runs}"
        arrived = "arrived" if self.has_arrived else "not arrived"
        return [*(gate.verdict for gate in self.gates), f"{end}, {arrived}"]


def came(client: Client, folder: Path) -> Came:
    """Runs a client until it says that it has sent the letter."""
    with Gauntlet() as run:
        job = Job(PLAIN, run.server.address[1], "", folder, also=ALSO, limit_s=LIMIT_S)
        runs, has_sent = 0, False
        while not has_sent and runs < RUNS:
            runs += 1
            try:
                client.send(job)
                has_sent = True
            except Failed:
                continue
    assert run.server.errors == (), f"a bug in the server: {run.server.errors[-1]!r}"
    return Came(run.gates, runs, has_sent, run.arrived)


def rows(found: list[Came]) -> list[list[str]]:
    """The table without its head: a row for each gate, and how it ended."""
    names = [f"{number} `{placed.fault.replace(' or ', '` or `')}`" for number, placed in enumerate(GATES, 1)]
    return [list(row) for row in zip([*names, "in the end"], *(each.cells for each in found), strict=True)]


def main() -> int:
    """Prints the table and what was seen; 1 where a client is missing that must be here."""
    here = [client for client in TRIED if not client.lacks()]
    found = list[Came]()
    for client in here:
        with tempfile.TemporaryDirectory() as folder:
            found.append(came(client, Path(folder)))
    print(line(["gate", *(client.name for client in here)]))
    print("|---" * (len(here) + 1) + "|")
    for row in rows(found):
        print(line(row), flush=True)
    for client, each in zip(here, found, strict=True):
        for gate in each.gates:
            if gate.verdict != HELD:
                print(f"{client.name}, gate {gate.number}, {gate.verdict}: {gate.saw}")
    lacking = [client for client in TRIED if client.lacks()]
    print("\n".join(f"skipped: {client.lacks()}" for client in lacking))
    return int(any(is_wanted(client) for client in lacking))


if __name__ == "__main__":
    sys.exit(main())
