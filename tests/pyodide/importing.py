"""Run inside Pyodide: what `import smtplab` loads of the modules that are for threads, sockets and loops."""

from __future__ import annotations

import sys

before = set(sys.modules)
import smtplab  # noqa: E402

assert smtplab.__version__
heavy = {"threading", "asyncio", "socket", "ssl", "select", "concurrent.futures", "smtplab.net"}
print(sorted(heavy & (set(sys.modules) - before)) or "nothing")
