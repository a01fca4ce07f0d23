"""`python -m tests.fuzz --seconds 600`: a search by coverage for octets that break a promise; `FILE...`: tries these again.

Needs atheris, which has wheels for Linux on x86-64 and CPython 3.11 to 3.13. What it finds is written to a file named
`crash-...` or `timeout-...` below --found, with the traceback on standard error and an exit status that is not 0.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
from pathlib import Path

SLOW_S = 20
"""Seconds after which one input counts as a hang. It has 1,024 octets at most."""
MEMORY_MB = 2048


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE", help="inputs to be tried again, without a search")
    parser.add_argument("--seconds", type=int, default=600, help="how long to search (600)")
    parser.add_argument("--seed", type=int, default=0, help="of the search's chance; 0 for another each time")
    parser.add_argument("--found", default=".", metavar="DIR", help="where what was found is written (.)")
    args = parser.parse_args(words)
    if args.files:
        from tests.fuzz.targets import any_target

        for name in args.files:
            any_target(Path(name).read_bytes())
        return 0
    if importlib.util.find_spec("atheris") is None:
        print("python -m tests.fuzz: atheris is not installed; pip install atheris", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        _search(Path(folder), args.seconds, args.seed, Path(args.found))
    return 0


def _search(folder: Path, seconds: int, seed: int, found: Path) -> None:
    import atheris  # pyright: ignore[reportMissingImports]

    with atheris.instrument_imports(include=["smtplab.protocol"]):
        from tests.fuzz.targets import any_target
    from tests.fuzz import seeds

    print(f"{seeds.write(folder)} seeds", file=sys.stderr)
    options = [
        f"-max_total_time={seconds}", f"-max_len={seeds.LONGEST}", f"-timeout={SLOW_S}", f"-rss_limit_mb={MEMORY_MB}",
        f"-seed={seed}", f"-artifact_prefix={found.resolve()}/", "-print_final_stats=1", "-verbosity=1",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(folder)], any_target)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
