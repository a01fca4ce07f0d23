"""`docs/faults.md` is true: every example is played, the side by side is run, the table of clients is what they do."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path
from typing import Any

import pytest

from smtplab.net.server import Server
from smtplab.protocol.faults import NO_PLACE, Delivery, Fault, faults
from smtplab.protocol.manners import LENIENT
from smtplab.protocol.message import Message
from smtplab.protocol.session import Session
from smtplab.protocol.smtp import SMTP
from tests.interop import faulted
from tests.interop.clients import Client, is_wanted

PAGE = (Path(__file__).parents[2] / "docs" / "faults.md").read_text("utf-8")
BLOCKS = re.findall(r"```text\n(--fault '(.+?)'\n.*?)```", PAGE, re.DOTALL)
SAID = (
    "EHLO me.example.com", "MAIL FROM:<alice@example.com>", "RCPT TO:<bob@example.com>", "RCPT TO:<carol@example.com>",
    "DATA", "Subject: hi\r\n\r\nhello\r\n.", "QUIT",
)  # fmt: skip
WAITS = ("merge", "stall", "garble")
"""Faults at which a client sits out its whole patience: tried with the first client alone."""


def shown(delivery: Delivery) -> list[str]:
    """What comes in one delivery, a line each."""
    lines = [f"S: {line}".rstrip() for line in delivery.octets.decode().split("\r\n") if line]
    return [lines[0].replace("S: ", f"S: after {delivery.pause_s:g} s: ", 1), *lines[1:]] if delivery.pause_s else lines


def played(spec: str) -> str:
    """The letter said to a server with this fault: what the client gets where it strikes, and what was stored."""
    stored: list[Message] = []
    session = Session(manners=LENIENT.offering("STARTTLS"), faults=faults(spec), store=stored.append)
    lines, owed = [f"--fault '{spec}'"], False
    session.connect()
    for said in ("", *SAID):
        if said:
            session.receive(said.encode() + b"\r\n")
        marks = [*session.transcript().exchanges[-1].reply_remarks, *session.transcript().exchanges[-1].remarks]
        if session.is_closing and len(session.transcript().exchanges) > 1:
            marks += session.transcript().exchanges[-2].remarks  # behind it stands that the connection ended
        pieces = session.deliveries()
        if owed or f"fault {spec}" in marks:
            lines += [f"C: {said.splitlines()[-1]}"] if said else []
            lines += [line for piece in pieces for line in shown(piece)] or ["S: nothing yet"] * (
                not session.is_closing
            )
            owed = not pieces and not session.is_closing
            if session.is_closing and said != "QUIT":
                lines.append("S: resets the connection" if session.is_reset else "S: closes the connection")
        if session.is_closing:
            break
    paths = [path for message in stored for path in message.envelope.forward_paths]
    return "\n".join([*lines, f"stored for {' and '.join(paths)}" if paths else "nothing stored", ""])


def test_every_kind_of_fault_has_an_example() -> None:
    deeds = {Fault.parse(spec).what.split()[0] for _, spec in BLOCKS}
    assert {"close", "reset", "stall", "far", "dribble", "cut", "merge", "garble", "421", "450"} <= deeds


@pytest.mark.parametrize(("block", "spec"), BLOCKS)
def test_an_example_is_what_happens(block: str, spec: str) -> None:
    assert block == played(spec)


def test_every_event_that_a_fault_can_be_placed_at_is_named() -> None:
    grammar = PAGE.partition("## How it is written\n")[2].partition("\n## ")[0]
    assert [event for event in SMTP.by_event if event not in NO_PLACE and f"`{event}`" not in grammar] == []


def test_the_side_by_side_is_what_the_page_shows() -> None:
    code, told = re.findall(
        r"```python\n(.*?)```.*?```text\n(.*?)```", PAGE.partition("## Side by side\n")[2], re.DOTALL
    )[0]
    *lines, last = ast.parse(code).body
    names: dict[str, Any] = {}
    exec(compile(ast.Module(lines, []), "docs/faults.md", "exec"), names)
    assert isinstance(last, ast.Expr)
    both = eval(compile(ast.Expression(last.value), "docs/faults.md", "eval"), names)
    names["server"].stop()
    assert both.plain() + "\n" == told


def test_the_first_lines_of_the_page_run() -> None:
    names: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0], names)
    assert names["server"].faults == ()
    names["server"].stop()


def test_the_same_fault_in_code_and_as_text_is_one() -> None:
    with Server(faults=["RCPT:2=450 4.2.1 Busy", Fault("DATA", "close")]) as server:
        assert [str(fault) for fault in server.faults] == ["RCPT:2=450 4.2.1 Busy", "DATA=close"]
        assert server.faults[0] == Fault("RCPT", "450 4.2.1 Busy", nth=2)


TABLE = {
    cells[0].strip("`"): cells[1:]
    for row in PAGE.partition("## What real clients make of it\n")[2].splitlines()
    if row.startswith("| `") and (cells := [cell.strip() for cell in row.split("|")[1:-1]])
}


def test_the_table_has_every_fault_that_is_tried() -> None:
    assert list(TABLE) == list(faulted.FAULTS) and {len(cells) for cells in TABLE.values()} == {len(faulted.TRIED)}


@pytest.mark.parametrize(
    ("client", "fault"),
    [
        pytest.param(client, fault, id=f"{client.name} {fault}")
        for client in faulted.TRIED
        for fault in faulted.FAULTS
        if client is faulted.TRIED[0] or not any(word in fault for word in WAITS)
    ],
)
def test_a_client_meets_the_fault_and_what_is_stored_is_what_was_acknowledged(
    client: Client, fault: str, tmp_path: Path
) -> None:
    if lack := client.lacks():
        if is_wanted(client):
            pytest.fail(f"SMTPLAB_REQUIRE_CLIENTS=1, but {lack}")
        pytest.skip(lack)
    found = faulted.came_to(client, fault, tmp_path)
    assert found != "sent, 0 stored"  # a client that believes so was told so
    # Another release of a client may take a fault otherwise; the ones that the whole check installs are on the page.
    if client.name == "smtplib" or os.environ.get("SMTPLAB_REQUIRE_CLIENTS") == "1":
        assert found == TABLE[fault][faulted.TRIED.index(client)], "python -m tests.interop.faulted prints the table"
