"""Every file of examples/ runs as its README says, and the same letter arrives."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from smtplab.course import example
from smtplab.course.examples import shipped_examples
from smtplab.net.server import Server

EXAMPLES = Path(__file__).parents[2] / "examples"
SENDS = sorted(path.name for path in EXAMPLES.glob("send_*"))
TIME_S = 20.0
NEEDS = {
    "send_by_bash.sh": "bash", "send_by_netcat.sh": "nc", "send_by_swaks.sh": "swaks", "send_by_curl.sh": "curl",
}  # fmt: skip


def run(name: str, port: int) -> subprocess.CompletedProcess[str]:
    if shutil.which(needed := NEEDS.get(name, sys.executable)) is None:
        if os.environ.get("SMTPLAB_REQUIRE_CLIENTS"):
            pytest.fail(f"SMTPLAB_REQUIRE_CLIENTS=1, but there is no {needed} here")
        pytest.skip(f"there is no {needed} here")
    with_ = sys.executable if name.endswith(".py") else "bash" if needed == "bash" else "sh"
    quiet = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    command = [with_, str(EXAMPLES / name), "127.0.0.1", str(port)]
    return subprocess.run(command, capture_output=True, text=True, timeout=TIME_S, env=quiet, check=False)


@pytest.mark.parametrize("name", SENDS)
def test_it_sends_the_letter(name: str) -> None:
    with Server() as server:
        done = run(name, server.address[1])
        assert done.returncode == 0, done.stdout + done.stderr
        assert len(server.mailbox) == 1
        mail = server.mailbox[0]
        assert mail.envelope.reverse_path == "user123@example.com"
        assert mail.envelope.forward_paths == ("test@example.com",)
        assert mail.message["Subject"] == "By a script"
        assert mail.message["From"] == "Me <user123@example.com>"
        assert mail.message.get_content().strip() == "Hello."
        assert server.sessions[-1].exchanges[-2].event == "QUIT" or server.sessions[-1].state.name == "CLOSED"


@pytest.mark.parametrize("name", [name for name in SENDS if name != "send_by_netcat.sh"])
def test_one_that_reads_replies_notices_a_refusal(name: str) -> None:
    with Server(faults="RCPT=550") as server:
        assert run(name, server.address[1]).returncode != 0
        assert len(server.mailbox) == 0


def test_one_that_reads_none_believes_that_all_went_well() -> None:
    with Server(faults="RCPT=550") as server:
        assert run("send_by_netcat.sh", server.address[1]).returncode == 0
        assert len(server.mailbox) == 0


def test_a_notebook_can_show_each() -> None:
    assert shipped_examples() == EXAMPLES
    for path in [*EXAMPLES.glob("*.py"), *EXAMPLES.glob("*.sh")]:
        shown = example(path.name)
        assert path.read_text("utf-8").rstrip("\n") in shown.plain and f"examples/{path.name} HOST PORT" in shown.plain
    with pytest.raises(ValueError, match=r"choose one of read_by_curl\.sh"):
        example("send_by_pigeon.sh")


def test_the_readme_names_each_and_no_other() -> None:
    text = (EXAMPLES / "README.md").read_text("utf-8")
    named = {line.split("`")[1] for line in text.splitlines() if line.startswith("| `")}
    assert named == {path.name for path in EXAMPLES.iterdir() if path.name != "README.md"}
