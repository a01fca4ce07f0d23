"""A search by coverage, for as long as a test may take; by hand it goes on: `python -m tests.fuzz --seconds 600`."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = int(os.environ.get("SMTPLAB_FUZZ_SECONDS", "30"))
ROOT = Path(__file__).parents[2]
REQUIRED = bool(os.environ.get("SMTPLAB_REQUIRE_FUZZ"))


def test_a_search_by_coverage_breaks_no_promise(tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        why = "atheris is not installed: it has wheels for Linux on x86-64 and CPython 3.11 to 3.13 only"
        pytest.fail(why) if REQUIRED else pytest.skip(why)
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "--seconds", str(SECONDS), "--found", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=SECONDS + 120, check=False,
    )  # fmt: skip
    found = [path.name for path in tmp_path.iterdir()]
    assert done.returncode == 0 and not found, (found, done.stderr[-4000:])
    ran = re.search(r"Done (\d+) runs", done.stderr)
    assert ran and int(ran[1]) > 100, done.stderr[-4000:]
    assert "cov: 0 " not in done.stderr, "nothing of smtplab was instrumented"


def test_without_its_library_the_search_says_what_to_install() -> None:
    code = "import sys; sys.modules['atheris'] = None; from tests.fuzz.__main__ import main; sys.exit(main(['--seconds', '1']))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2 and "pip install atheris" in done.stderr
