"""How fast the server is: throughput, idle sessions, import; one table. See README.md.

    python -m benchmarks.server [throughput] [idle] [importing] [--rounds 5] [--json FILE]

Needs Linux (memory and CPU of a process are read from /proc). Nothing fails on a slow machine.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from . import idle, importing, throughput
from .figures import Figures

PARTS = {"throughput": throughput, "idle": idle, "importing": importing}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.server", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help=f"what is measured: {', '.join(PARTS)} (all)")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured (5)")
    parser.add_argument("--json", type=Path, help="write all figures to this file as well")
    said = parser.parse_args()
    chosen = [PARTS[name] for name in said.parts or PARTS]
    figures = Figures({name: limit for part in chosen for name, limit in part.LIMITS.items()})
    for part in chosen:
        part.measure(max(1, said.rounds), figures)
    print(figures.table())
    if said.json:
        said.json.write_text(json.dumps(figures.as_json(), indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
