"""The package in the browser's Python (CPython 3.14, no threads, no network): the same sessions, the same records."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.data_of import SESSION_1

ROOT = Path(__file__).parents[2]
TALKS = "tests/pyodide/conversations.py"
PURE = ["tests/oracle", "tests/table", "tests/wire", "tests/unit"]
NOT_PURE = re.compile(r"^(?:from|import) (?:hypothesis|subprocess|tests\.wire\.anything)", re.MULTILINE)
Run = Callable[..., str]


@pytest.fixture(scope="module")
def there(pyodide: Run) -> dict[str, Any]:
    """What came of the conversations in Pyodide."""
    return json.loads(pyodide(TALKS))


@pytest.mark.parametrize("transport", ["tcp", "memory"])
def test_the_sessions_are_those_of_this_machine(there: dict[str, Any], transport: str) -> None:
    command = [sys.executable, "-m", "tests.pyodide.conversations", transport]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=ROOT, check=True)
    ours = json.loads(done.stdout)["sessions"]
    assert there["sessions"].keys() == ours.keys() and len(ours) > 50
    for name, session in ours.items():
        assert there["sessions"][name] == session, name
        assert session["errors"] == []


def test_the_guides_first_session_is_the_same_octet_for_octet(there: dict[str, Any]) -> None:
    session = there["sessions"]["session 1"]
    said_by_the_server = [line[3:] for line in SESSION_1.splitlines() if line.startswith("S:")]
    assert session["heard"] == "".join(f"{line}\r\n" for line in said_by_the_server)
    assert session["text"] == SESSION_1.rstrip("\n")


def test_smtplib_sends_what_is_stored(there: dict[str, Any]) -> None:
    (stored,) = there["sessions"]["smtplib"]["stored"]
    assert stored.startswith("Return-Path: <alice@example.org>\r\n") and "\r\n.\r\n..\r\nGr" in stored
    assert "not supported by server" in there["sessions"]["smtplib"]["heard"]


def test_it_chooses_the_memory_by_itself_and_says_what_it_has_not(there: dict[str, Any]) -> None:
    here = there["here"]
    assert (here["python"], here["platform"], here["transport"]) == ([3, 14], "emscripten", "memory")
    assert here["waits in vain"].startswith("TimeoutError: Nothing can come: the server has answered")
    assert "no TLS" in here["TLS"] and "in the browser there is none" in here["TLS"]
    assert "In the browser there is no TLS" in here["certificate"]
    assert "In the browser there is no TCP" in here["TCP"]
    assert "there is no network here" in here["nobody there"]
    assert "there is no network here" in here["dialled"]


def test_the_check_looks_for_what_a_browser_has(there: dict[str, Any]) -> None:
    ready = there["here"]["ready"]
    assert [name for name, problem in ready.items() if not problem] == ["Python", "sockets", "kernel", "browser"]
    assert "%pip install ipywidgets" in ready["widgets"] and "%pip install matplotlib" in ready["pictures"]


def test_who_watches_is_told_of_the_last_word(there: dict[str, Any]) -> None:
    assert there["watched"][0] == 1 and there["watched"][-1] == 41 and len(there["watched"]) < 20


def test_a_stepper_follows_live_and_an_exercise_is_judged(pyodide: Run) -> None:
    shown = json.loads(pyodide("tests/pyodide/widgets.py"))
    assert shown["lengths"][0] == 1 and shown["lengths"][-1] == 5
    assert shown["plain"].startswith("SMTP session, 5 lines, state CLOSED.")
    assert shown["before"].startswith("Nobody has spoken") and shown["passed"]


def test_importing_loads_nothing_that_needs_threads(pyodide: Run) -> None:
    assert pyodide("tests/pyodide/importing.py") == "nothing\n"


def test_the_protocols_own_tests_pass(pyodide: Run) -> None:
    files = [path for folder in PURE for path in sorted((ROOT / folder).glob("test_*.py"))]
    chosen = [path.relative_to(ROOT).as_posix() for path in files if not NOT_PURE.search(path.read_text("utf-8"))]
    # Every cut of every stream takes minutes there, and shows no more than the streams themselves; sections of RFCs
    # are no matter of Python's.
    printed = pyodide("tests/pyodide/suite.py", *chosen, "-k", "not cut and not citation")
    passed = re.search(r"^(\d+) passed", printed, re.MULTILINE)
    assert passed is not None and int(passed[1]) > 5000, printed[-500:]
