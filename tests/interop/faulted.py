"""What each fault does to real clients: what they say of it, and what was stored.

    python -m tests.interop.faulted        # or `make interop`: prints the table of docs/faults.md

A client is given one letter for two recipients, and waits LIMIT_S at most. It says that it has sent the letter, or that
it has failed; whether it is right is another matter, and that is the lesson.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from smtplab.net.server import Server
from tests.interop.clients import CLIENTS, Client, is_wanted
from tests.interop.running import PLAIN, Failed, Job

LIMIT_S = 2
TWO = ("carol@example.com",)
TRIED = tuple(client for client in CLIENTS if client.name in ("smtplib", "swaks", "curl", "msmtp"))
FAULTS = (
    "(connect)=421",
    "(connect)=554",
    "EHLO=502",
    "RCPT:2=450",
    "RCPT=550",
    "DATA=451",
    "DATA=250",
    "MAIL=cut 1,2,3",
    "MAIL=dribble 1 0.01",
    "MAIL=merge",
    "MAIL=garble",
    "RCPT=reset",
    "(end of data)=451",
    "(end of data)=close",
    "(end of data)=stall 60",
)


def came_to(client: Client, fault: str, folder: Path) -> str:
    """What the client says in the end, and for how many of its two recipients the letter was stored."""
    with Server(faults=fault) as server:
        try:
            client.send(Job(PLAIN, server.address[1], "", folder, also=TWO, limit_s=LIMIT_S))
            said = "sent"
        except Failed:
            said = "failed"
        stored = sum(len(message.envelope.forward_paths) for message in server.mailbox)
        assert server.errors == (), f"a bug in the server: {server.errors[-1]!r}"
    return f"{said}, {stored} stored"


def row(fault: str) -> list[str]:
    """One line of the table: the fault, and what it came to with each client."""
    cells = [f"`{fault}`"]
    for client in TRIED:
        with tempfile.TemporaryDirectory() as folder:
            cells.append("-" if client.lacks() else came_to(client, fault, Path(folder)))
    return cells


def line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Prints the table; 1 where a client is missing that must be here."""
    print(line(["fault", *(client.name for client in TRIED)]))
    print("|---" * (len(TRIED) + 1) + "|")
    for fault in FAULTS:
        print(line(row(fault)), flush=True)
    lacking = [client.lacks() for client in TRIED if client.lacks()]
    print("\n".join(f"skipped: {lack}" for lack in lacking))
    return int(any(client.lacks() and is_wanted(client) for client in TRIED))


if __name__ == "__main__":
    sys.exit(main())
