"""Pyodide (CPython for the browser) under Node, for tests that show that the package works there.

Fixture `pyodide(script, *arguments)`: runs a file of this checkout in Pyodide and gives what it printed; fails where it
ends in an error. Pyodide comes from npm, in the exact version of `package-lock.json`, once, into the folder `.pyodide`
of the checkout (SMTPLAB_PYODIDE names another). Without Node, npm or a network the tests are skipped, with the reason;
with SMTPLAB_REQUIRE_PYODIDE=1, as .ci/run sets it, a test here that is skipped counts as failed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import required

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
INSTALL_S = 180
RUN_S = 600
Run = Callable[..., str]


def is_required() -> bool:
    """Must every test here run?"""
    return required.is_required("SMTPLAB_REQUIRE_PYODIDE")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Where these tests are required, a skipped one is a failed one."""
    return required.failed_if_skipped((yield), "SMTPLAB_REQUIRE_PYODIDE")


def installed() -> Path:
    """The folder with Pyodide in it, brought by npm where it is missing or of another version."""
    folder = Path(os.environ.get("SMTPLAB_PYODIDE") or ROOT / ".pyodide")
    home, lock = folder / "node_modules" / "pyodide", HERE / "package-lock.json"
    if not shutil.which("node"):
        pytest.skip("there is no node: sudo apt-get install nodejs npm")
    if (home / "pyodide.mjs").exists() and (folder / lock.name).read_bytes() == lock.read_bytes():
        return home
    npm = shutil.which("npm")
    if not npm:
        pytest.skip("there is no npm: sudo apt-get install nodejs npm")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "package.json", folder)
    shutil.copy(lock, folder)
    try:
        done = subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=folder, capture_output=True, text=True, timeout=INSTALL_S,
        )  # fmt: skip
        problem = "" if done.returncode == 0 else " ".join(done.stderr.split())[:300]
    except subprocess.TimeoutExpired:
        problem = f"npm took more than {INSTALL_S} s"
    if problem:
        (folder / lock.name).unlink()
        pytest.skip(f"Pyodide cannot be brought here by npm: {problem}")
    return home


@pytest.fixture(scope="session")
def pyodide() -> Run:
    """Runs a file of this checkout in Pyodide; see above."""
    home = installed()
    settings = {
        "mounts": {"/checkout": str(ROOT), "/packages": str(Path(pytest.__file__).parents[1])},
        "path": ["/checkout"],
        "cwd": "/checkout",
        "env": {"HOME": "/home/pyodide", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    }

    def run(script: str, *arguments: str) -> str:
        command = ["node", str(HERE / "run.mjs"), str(home), json.dumps(settings), script, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_S, cwd=HERE)
        assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    return run
