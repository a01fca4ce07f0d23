"""From nothing to a server that has started and stopped, against asyncio's barest, in new interpreters. See README.md."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping

from .figures import Figures, Limit

LIMITS: Mapping[str, Limit] = {
    "import": Limit(1.6, "import, start, stop / import asyncio, its bare server's start and stop"),
}
TIMES = 5
_CLOCK = "import time\nbegan = time.perf_counter()\n{}\nprint(time.perf_counter() - began)"
_BARE = _CLOCK.format("""\
import asyncio
async def main():
    server = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", 0)
    server.close()
    await server.wait_closed()
asyncio.run(main())""")
_OURS = _CLOCK.format("""\
import smtplab
smtplab.Server().stop()""")


def _took(code: str, compiled: str) -> tuple[float, float]:
    """Seconds of the code by its own clock, and of the whole process. `compiled`: where Python keeps what it compiled."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = compiled
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, timeout=60, env=environment)
    return float(done.stdout), time.perf_counter() - began


def measure(rounds: int, figures: Figures) -> None:
    """Adds each round's figures; of each round the quickest of a few, which other load disturbs least."""
    with tempfile.TemporaryDirectory(prefix="bench-") as compiled:
        _took(_BARE, compiled), _took(_OURS, compiled)  # so that all is compiled, as where a package was installed
        _measure(rounds, figures, compiled)


def _measure(rounds: int, figures: Figures, compiled: str) -> None:
    for _ in range(rounds):
        pairs = [(_took(_BARE, compiled), _took(_OURS, compiled)) for _ in range(TIMES)]
        bare, ours = (min(each[at][0] for each in pairs) for at in (0, 1))
        whole_bare, whole_ours = (min(each[at][1] for each in pairs) for at in (0, 1))
        figures.ratio("import", ours / bare)
        figures.ratio("import, whole process", whole_ours / whole_bare)
        figures.value("import, asyncio, ms", bare * 1e3)
        figures.value("import, smtplab, ms", ours * 1e3)
