"""Run inside Pyodide: a stepper that follows a server in memory, and an exercise; prints what they show."""

from __future__ import annotations

import asyncio
import json
import socket
import sys

sys.path.append("/packages")  # this machine's: the widgets are Python alone, on this side

from smtplab import Server, Stepper, exercise


async def later() -> None:
    server, is_shown = Server(), asyncio.Event()
    stepper = Stepper(server)
    lengths: list[int] = []

    def drawn(_: object) -> None:
        lengths.append(len(stepper.transcript))
        if stepper.transcript.state.name == "CLOSED":
            is_shown.set()

    stepper.observe(drawn, "packed")
    with socket.create_connection(server.address, timeout=5) as sock:
        sock.recv(1000)
        for line in (b"HELO me", b"QUIT"):
            sock.sendall(line + b"\r\n")
            sock.recv(1000)
    await is_shown.wait()

    task = exercise("00.1")
    before = task.check().plain
    with socket.create_connection(task.server.address, timeout=5) as sock:
        sock.recv(1000)
        sock.sendall(b"QUIT\r\n")
        sock.recv(1000)
    print(json.dumps({"lengths": lengths, "plain": stepper.plain(), "before": before, "passed": task.check().passed}))
