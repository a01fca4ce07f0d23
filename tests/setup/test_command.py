"""The command `smtplab`: costs little to start, and answers wrong use with one line that says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from smtplab.cli import COMMANDS, main
from smtplab.protocol.transcript import Transcript

ROOT = Path(__file__).parents[2]
COSTLY = [
    "matplotlib",
    "ipywidgets",
    "anywidget",
    "jupyterlab",
    "jupyter_server",
    "IPython",
    "asyncio",
    "ssl",
    "trustme",
    "prompt_toolkit",
    "rich",
]


def modules_after(code: str) -> set[str]:
    """The modules that this code imports besides those that a bare interpreter has here; fails if it starts a thread."""
    tail = "import sys, _thread; assert _thread._count() == 0; print(*sys.modules)"

    def run(text: str) -> set[str]:
        return set(
            subprocess.run(
                [sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=True
            ).stdout.split()
        )

    return run(f"{code}; {tail}") - run(tail)


@pytest.mark.parametrize("name", ["smtplab", "smtplab.cli"])
def test_importing_starts_nothing_and_costs_little(name: str):
    assert modules_after(f"import {name}").isdisjoint(COSTLY)


def test_no_subcommand_is_imported_before_it_is_called():
    imported = modules_after("import smtplab.cli; smtplab.cli.main(['--version'])")
    assert {name for name in imported if name.startswith("smtplab.")} == {"smtplab.cli"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0
    assert f"usage: smtplab {name}" in capsys.readouterr().out


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_other_than_lab_costs_no_jupyter(name: str):
    code = f"import smtplab.cli, contextlib\nwith contextlib.suppress(SystemExit), contextlib.redirect_stdout(None): smtplab.cli.main(['{name}', '--help'])\npass"
    assert modules_after(code).isdisjoint(
        {"jupyterlab", "jupyter_server", "IPython", "matplotlib", "prompt_toolkit", "rich"}
    )


@pytest.mark.parametrize("words", [[], ["sevre"], ["--serve"], ["127.0.0.1:25"]])
def test_wrong_use_is_one_line_and_status_2(words: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "lab" in said.err, "says what there is"


@pytest.mark.parametrize("words", [["lab", "--nonsense"], ["lab", "--port", "many"], ["lab", "--di", "x"]])
def test_a_wrong_option_is_one_line_and_status_2(words: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "smtplab lab --help" in said


@pytest.mark.parametrize("word", ["-h", "--help", "help"])
def test_help_names_every_command(word: str, capsys: pytest.CaptureFixture[str]):
    assert main([word]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in COMMANDS)


def test_python_m_smtplab_is_the_same_command():
    done = subprocess.run([sys.executable, "-m", "smtplab", "explain"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr.split(":")[0]) == (2, "smtplab explain")


@pytest.mark.skipif(os.name != "posix", reason="a pipe whose reader is gone is told by a signal's error there")
def test_a_reader_that_has_seen_enough_gets_no_traceback() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "smtplab", "explain", "550"], stdout=writer, stderr=subprocess.PIPE, cwd=ROOT, timeout=60
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_session_kept_as_json_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "session-000001.json"
    kept.write_text(Transcript.parse("S: 220 hi\nC: HELO me\nS: 250 ok\n").to_json(), "utf-8")
    assert main(["explain", str(kept)]) == 0
    assert "HELO me" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--host", "--maildir"])
def test_an_empty_value_is_refused(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", option, ""]) == 2
    assert "leave it out" in capsys.readouterr().err
