"""The servers that are measured, each in a process of its own: ours, aiosmtpd, and Postfix's `smtp-sink`.

    with serving("smtplab") as server: server.address, server.cpu_s(), server.memory_kb()

All keep to loopback. Ours records every session and keeps every message in memory, as always; aiosmtpd and
smtp-sink keep nothing, which is in their favour.
"""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from . import postfix

START_S = 30.0
NAMES = ("smtplab", "aiosmtpd", "smtp-sink")


@dataclass(frozen=True)
class Serving:
    """A server that runs."""

    name: str
    address: tuple[str, int]
    pid: int

    def cpu_s(self) -> float:
        """Seconds of CPU that it has used, its own and the system's on its behalf."""
        text = Path(f"/proc/{self.pid}/stat").read_text("ascii")
        own, system = text.rpartition(")")[2].split()[11:13]
        return (int(own) + int(system)) / os.sysconf("SC_CLK_TCK")

    def memory_kb(self) -> float:
        """Its share of memory (PSS) in units of 1,024 octets. Sockets' buffers are the system's, and no part of it."""
        text = Path(f"/proc/{self.pid}/smaps_rollup").read_text("ascii")
        return float(next(line for line in text.splitlines() if line.startswith("Pss:")).split()[1])


@contextlib.contextmanager
def serving(name: str) -> Generator[Serving]:
    """A server of that name, listening; ended at the end."""
    if name == "smtp-sink":
        port = _free_port()
        child = postfix.start("smtp-sink", *postfix.AS_NOBODY, f"127.0.0.1:{port}", "128")
    else:
        child = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.servers", name], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        port = int(child.stdout.readline() or 0)
        if not port:
            raise SystemExit(f"{name} did not start")
    try:
        _wait_for_greeting(name, port)
        yield Serving(name, ("127.0.0.1", port), child.pid)
    finally:
        child.kill()
        child.wait()


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def _wait_for_greeting(name: str, port: int) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=START_S) as sock:
            if sock.recv(3) == b"220":
                return
        time.sleep(0.02)
    raise SystemExit(f"{name} gave no greeting within {START_S:g} s")


def raise_limit(files: int) -> None:
    """Lets this process, and those it starts, have so many files and sockets open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= files:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, max(hard, files)))
    except (ValueError, OSError):
        raise SystemExit(f"this needs {files} open files, and {hard} are allowed: ulimit -n {files}") from None


def _serve_smtplab() -> int:
    from smtplab import Server

    global _kept  # a server that nothing refers to stops
    _kept = Server()
    return _kept.address[1]


def _serve_aiosmtpd() -> int:
    from aiosmtpd.controller import Controller
    from aiosmtpd.handlers import Sink

    global _kept
    _kept = Controller(Sink(), hostname="127.0.0.1", port=_free_port())
    _kept.start()
    return _kept.port


_kept: object = None

if __name__ == "__main__":
    print({"smtplab": _serve_smtplab, "aiosmtpd": _serve_aiosmtpd}[sys.argv[1]](), flush=True)
    sys.stdin.read()  # until whoever started it is gone
