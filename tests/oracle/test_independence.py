"""The oracle is a second source: it never reads the table that it judges."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.py"))
DOOR = "machine.py"
MODULES_THAT_ARE_THE_TABLE = {"smtplab.protocol.table", "smtplab.protocol.smtp", "smtplab.protocol.pop3.machine"}
NAMES_OF_THE_TABLE = {"ROWS", "SMTP", "POP3", "SYNTAX", "SENTENCE", "Table", "Row", "Guard", "lacking", "learn"}
PACKAGES = {"smtplab.protocol", "smtplab.protocol.pop3"}
ATTRIBUTES_OF_THE_TABLE = {"at", "by_event", "verdict", "lists", "rows", "leads", "guards"}


def _faults(tree: ast.AST, *, is_door: bool) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
            if node.module == "smtplab.protocol.smtp" and is_door and names <= {"State", "next_state"}:
                continue
            from_package = node.module in PACKAGES and names & {"smtp", "table", "machine"}
            if node.module in MODULES_THAT_ARE_THE_TABLE or from_package:
                yield f"line {node.lineno} imports {', '.join(sorted(names))} from {node.module}"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in MODULES_THAT_ARE_THE_TABLE:
                    yield f"line {node.lineno} imports {alias.name}"
        elif isinstance(node, ast.Name) and node.id in NAMES_OF_THE_TABLE:
            yield f"line {node.lineno} uses {node.id}"
        elif isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES_OF_THE_TABLE:
            yield f"line {node.lineno} reads .{node.attr}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_oracle_reads_the_table(path: Path) -> None:
    found = list(_faults(ast.parse(path.read_text("utf-8")), is_door=path.name == DOOR))
    assert not found, f"{path.name}: {'; '.join(found)}. Type it from the standards instead."


@pytest.mark.parametrize(
    "code",
    [
        "from smtplab.protocol.smtp import SMTP",
        "from smtplab.protocol.smtp import ROWS as r",
        "from smtplab.protocol import table",
        "import smtplab.protocol.table",
        "print(transcript.table.at)",
        "from smtplab.protocol.smtp import learn",
        "from smtplab.protocol.pop3.machine import State",
        "from smtplab.protocol.pop3 import machine",
        "import smtplab.protocol.pop3.machine",
    ],
)
def test_the_rule_would_notice(code: str) -> None:
    assert list(_faults(ast.parse(code), is_door=True))
