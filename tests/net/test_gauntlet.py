"""`smtplab gauntlet`, as somebody's script calls it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.course.runs import DATA, EHLO, GOOD, LETTER, MAIL, R1, R2, R3, but, over_a_socket

WAIT_S = 20.0
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no signal ends a process politely there")


class Run:
    """A running `smtplab gauntlet`; its port is read from the first line that it prints."""

    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "smtplab", "gauntlet", *words],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        found = re.fullmatch(r"smtplab: listening on 127\.0\.0\.1:(\d+)\n", self.line)
        assert found, (self.line, self.process.communicate(timeout=WAIT_S))
        self.address = ("127.0.0.1", int(found[1]))

    def said(self) -> str:
        """The next line of standard output."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def end(self, number: int = 0) -> tuple[int, str, str]:
        """(status, the rest of standard output, standard error), after a signal or by itself."""
        if number:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=WAIT_S)
        return self.process.returncode, out, err


@pytest.fixture
def gauntlet() -> Generator[Callable[..., Run]]:
    made: list[Run] = []

    def running(*words: str) -> Run:
        made.append(Run(*words))
        return made[-1]

    yield running
    for each in made:
        if each.process.poll() is None:
            each.process.kill()
            each.process.communicate(timeout=WAIT_S)


def test_a_good_client_ends_it_with_status_0(gauntlet: Callable[..., Run], tmp_path: Path) -> None:
    run = gauntlet("--port-file", str(tmp_path / "port"))
    assert (tmp_path / "port").read_text() == f"{run.address[1]}\n"
    over_a_socket(run.address, GOOD)
    status, out, err = run.end()
    told, _, table = out.partition("\n\n")
    assert status == 0 and len(told.splitlines()) == 12 and len(table.splitlines()) == 13
    assert table.endswith("12 of 12 gates held; the letter has arrived.\n")
    assert re.search(r"^ 1 .* came again after the 421, \S+ s later, and said EHLO$", table, re.MULTILINE)
    assert "alice@example.com" in err and all(line.startswith("smtplab gauntlet: ") for line in err.splitlines())


def test_a_bad_client_ends_it_with_status_1(gauntlet: Callable[..., Run]) -> None:
    run = gauntlet()
    over_a_socket(run.address, but(8, EHLO, MAIL, R1, R2, R3, DATA, LETTER))
    status, out, _ = run.end()
    assert status == 1 and "\n 9  RCPT:3=550  failed: named carol@example.com again after a 550\n" in out
    assert out.endswith("11 of 12 gates held; the letter has arrived.\n")


def test_a_verdict_is_told_as_soon_as_it_is_known(gauntlet: Callable[..., Run]) -> None:
    run = gauntlet()
    over_a_socket(run.address, GOOD[:1])
    with socket.create_connection(run.address, timeout=WAIT_S) as sock, sock.makefile("rb") as file:
        file.readline()
        sock.sendall(b"EHLO me\r\n")
        assert run.said() == " 1  (connect)=421  held: came again after the 421, and said EHLO\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_what_was_seen_so_far(gauntlet: Callable[..., Run], number: int) -> None:
    run = gauntlet()
    over_a_socket(run.address, GOOD[:3])
    status, out, err = run.end(number)
    assert status == 1 and "Traceback" not in err
    assert re.search(r"^ 6  DATA=451 +failed +never came again after the 451$", out, re.MULTILINE)
    assert re.search(r"^12  \(end of data\)=close +not met ", out, re.MULTILINE)


def test_when_the_time_is_over_it_says_so(gauntlet: Callable[..., Run]) -> None:
    status, out, err = gauntlet("--minutes", "0.001").end()
    assert status == 1 and "--minutes gives a client that waits longer more time" in err
    assert out.endswith("0 of 12 gates held; the letter has not arrived.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--minutes", "0"], "--minutes is a number"), (["--minutes", "nan"], "--minutes is a number"),
        (["--minutes", "x"], "invalid float"), (["--port", "70000"], "a port is a number"), (["127.0.0.1:25"], "unrecognized"),
        (["--host", ""], "leave it out"),
    ],
)  # fmt: skip
def test_wrong_use_is_one_line_and_status_2(words: list[str], said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "smtplab", "gauntlet", *words], capture_output=True, text=True, timeout=WAIT_S
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("smtplab gauntlet: ") and said in done.stderr


def test_a_busy_port_is_one_line_and_status_1() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        words = [sys.executable, "-m", "smtplab", "gauntlet", "--port", str(other.getsockname()[1])]
        done = subprocess.run(words, capture_output=True, text=True, timeout=WAIT_S)
    assert done.returncode == 1 and "is busy" in done.stderr
