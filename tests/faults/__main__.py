"""`python -m tests.faults [NAME]...`: plants each seeded fault in turn, in a process of its own, and says who noticed.

Fails if a fault goes unnoticed, and if one of the tests that should notice fails without any fault. `--list` lists.
About half a second a fault: no pytest plugin is loaded, and each stops at the first test that fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.seeded import FAULTS, Fault, named

ROOT = Path(__file__).parents[2]
AT_ONCE = min(4, os.cpu_count() or 1)
FAILED_TESTS, ALL_PASSED = 1, 0
SECONDS = 120


def run(tests: tuple[str, ...], fault: str) -> tuple[int, str]:
    """Runs tests with a fault planted ("" for none), up to the first failure: pytest's exit code and its last lines."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", "--tb=line", *tests]
    environment = {**os.environ, "SMTPLAB_FAULT": fault, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("SMTPLAB_HYPOTHESIS", None)
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    return done.returncode, "\n".join((done.stdout + done.stderr).splitlines()[-12:])


def try_fault(fault: Fault) -> tuple[Fault, int, str]:
    return fault, *run(fault.noticed_by, fault.name)


def main(arguments: list[str], *, control: bool = True) -> int:
    """Tries the faults named. `control`: whether to run the same tests without any fault too."""
    if arguments == ["--list"]:
        for fault in FAULTS.values():
            print(f"{fault.name:38} {fault.breaks}")
        return 0
    unknown = [name for name in arguments if name not in FAULTS]
    if unknown:
        print(f"no fault is named {', '.join(unknown)}; --list lists them", file=sys.stderr)
        return 2
    faults, began, wrong = named(arguments), time.monotonic(), 0
    without = tuple(dict.fromkeys(test for fault in faults for test in fault.noticed_by))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        unhurt = pool.submit(run, without, "") if control else None
        for fault, code, output in pool.map(try_fault, faults):
            noticed = code == FAILED_TESTS
            wrong += not noticed
            print(f"{'noticed  ' if noticed else 'UNNOTICED'} {fault.name}: {fault.breaks}", flush=True)
            if not noticed:
                print(output)
        code, output = unhurt.result() if unhurt else (ALL_PASSED, "")
    print(f"{len(faults)} faults, {len(faults) - wrong} noticed, {time.monotonic() - began:.0f} s")
    if code != ALL_PASSED:
        print(f"without any fault these tests do not pass, so they prove nothing:\n{output}")
    return 1 if wrong or code != ALL_PASSED else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
