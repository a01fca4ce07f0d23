"""`docs/gauntlet.md` is true: its gates are those that stand there, its example runs, its table is what the clients do."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from smtplab.cli import gauntlet as command
from smtplab.course.gauntlet.gates import FAILED, GATES, HELD
from tests.interop import gauntlet
from tests.interop.clients import Client, is_wanted

PAGE = (Path(__file__).parents[2] / "docs" / "gauntlet.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    """The rows of the table below a heading, its head apart."""
    text = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    table = [line for line in text.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in table]


def test_the_gates_are_those_that_stand_there() -> None:
    written = [(number, fault.replace("`", ""), section) for number, fault, _, _, section in rows("The gates")]
    assert written == [(str(number), placed.fault, placed.section) for number, placed in enumerate(GATES, 1)]


def test_the_example_runs_and_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # nobody's own client
    names: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0], names)
    assert names["run"].passed


def test_what_the_command_takes_is_named() -> None:
    assert f"stays for {command.MINUTES:g} minutes" in PAGE
    assert all(f"`--{option}`" in PAGE for option in ("minutes", "host", "port", "port-file"))


TABLE = rows("What real clients make of it")


def column(client: Client) -> list[str]:
    """What the page says of a client."""
    return [row[1 + gauntlet.TRIED.index(client)] for row in TABLE]


def test_the_table_has_every_gate_and_every_client() -> None:
    assert [row[0] for row in TABLE] == [row[0] for row in gauntlet.rows([])] and len(TABLE) == len(GATES) + 1
    head = next(line for line in PAGE.splitlines() if line.startswith("| gate |"))
    assert head == gauntlet.line(["gate", *(client.name for client in gauntlet.TRIED)])


@pytest.mark.parametrize("client", gauntlet.TRIED, ids=lambda client: client.name)
def test_a_client_comes_through_as_the_table_says(client: Client, tmp_path: Path) -> None:
    if lack := client.lacks():
        if is_wanted(client):
            pytest.fail(f"SMTPLAB_REQUIRE_CLIENTS=1, but {lack}")
        pytest.skip(lack)
    found = gauntlet.came(client, tmp_path)
    # Whatever the client is: it meets every gate, the loop gets it through, and a loop that knows no better fails the ninth.
    assert {gate.verdict for gate in found.gates} <= {HELD, FAILED} and found.gates[8].verdict == FAILED
    assert found.has_sent and found.has_arrived
    # Another release of a client may fare otherwise; the ones that the whole check installs are on the page.
    if client.name in ("smtplib", "aiosmtplib") or os.environ.get("SMTPLAB_REQUIRE_CLIENTS") == "1":
        assert found.cells == column(client), "python -m tests.interop.gauntlet prints the table"
