"""Messages of the page that arrive on other threads, beside a running cell: nothing is lost, mixed up or blocked.

Some kernels (ipykernel 7.0 to 7.2) hand them over so; here many threads do, all at once. No browser is needed.
"""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

from smtplab.net.server import Server
from smtplab.widgets.base import Widget
from smtplab.widgets.console import Console
from smtplab.widgets.explorer import Explorer
from smtplab.widgets.stepper import Stepper

THREADS, LINES = 6, 5
numbers = itertools.count()
LIMIT_S = 30


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def page_says(widget: Widget, **message: object) -> None:
    """A message as the page sends it, with a number of its own."""
    widget._handle_custom_msg({"id": str(next(numbers)), **message}, [])


def types(console: Console, line: str) -> None:
    """A line typed in the page."""
    page_says(console, do="say", lines=[line])


def at_once(*each: Callable[[], None]) -> None:
    """Do all of these, each in a thread of its own, begun together; what one raises fails the test, and so does a hang."""
    begin, failed = threading.Barrier(len(each)), list[BaseException]()

    def run(act: Callable[[], None]) -> None:
        begin.wait(LIMIT_S)
        try:
            act()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(act,), daemon=True) for act in each]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT_S)
        assert not thread.is_alive(), f"still waiting after {LIMIT_S} s: messages of the page block each other"
    assert not failed, failed


def test_lines_typed_from_many_threads_are_each_said_once_and_answered(server: Server) -> None:
    console = Console(server)
    said = {f"NOOP {thread} {n}" for thread in range(THREADS) for n in range(LINES)}

    def type_them(thread: int) -> None:
        for n in range(LINES):
            types(console, f"NOOP {thread} {n}")

    def cell() -> None:
        for n in range(LINES):
            console.say(f"NOOP cell {n}")
            assert console.plain()
            assert console.transcript.steps

    at_once(cell, *(lambda thread=thread: type_them(thread) for thread in range(THREADS)))
    steps = [(step.direction, step.text) for step in console.transcript]
    assert [who for who, _ in steps] == ["S", *"CS" * (THREADS + 1) * LINES]
    heard = [text for who, text in steps if who == "C"]
    assert sorted(heard) == sorted(said | {f"NOOP cell {n}" for n in range(LINES)})
    assert console.transcript.text() == server.sessions[-1].text()
    assert console.shown["state"] == "GREETED" and not console.shown["is_late"]
    console.close()


def test_connecting_again_from_many_threads_leaves_one_connection(server: Server) -> None:
    console = Console(server)

    def press() -> None:
        page_says(console, do="connect")
        types(console, "HELO me")
        page_says(console, do="look")

    at_once(*(press,) * THREADS, console.connect, lambda: page_says(console, do="nonsense"))
    assert console.shown["is_open"]
    assert len(server.waiting) == 1, server.waiting
    console.close()
    assert len(server.waiting) == 0


def test_a_console_closed_while_the_page_talks_to_it_ends(server: Server) -> None:
    consoles = [Console(server) for _ in range(3)]

    def talk(console: Console) -> None:
        for n in range(LINES):
            types(console, f"NOOP {n}")

    at_once(*(lambda each=each: talk(each) for each in consoles), *(each.close for each in consoles))
    assert len(server.waiting) == 0, server.waiting


def test_ways_walked_from_many_threads_each_earn_an_answer(server: Server) -> None:
    explorer = Explorer(server)

    def walk(state: str) -> None:
        for _ in range(2):
            page_says(explorer, do="run", of=f"state:{state}")

    states = ("READY", "MAIL", "RCPT", "GREETED")
    at_once(*(lambda state=state: walk(state) for state in states), lambda: explorer.run("MAIL") and None)
    assert explorer.ran["run"] == 2 * len(states) + 1
    assert len(server.sessions) == 2 * len(states) + 1
    assert len(server.waiting) == 0, server.waiting
    explorer.close()


def test_a_live_stepper_is_drawn_told_and_closed_beside_a_running_cell(server: Server) -> None:
    first = Console(server)
    stepper = Stepper(server)

    def cell() -> None:
        for n in range(LINES):
            first.say(f"NOOP {n}")

    def page() -> None:
        for message in ({"do": "look"}, {"do": "nonsense"}, {}, {"do": "say", "line": 3}):
            page_says(stepper, **message)
        assert stepper.plain() and stepper.static()

    at_once(cell, *(page,) * THREADS)
    at_once(cell, page, stepper.close)
    first.close()


def test_widgets_made_and_closed_in_many_threads_leave_no_thread_and_no_connection(server: Server) -> None:
    before = threading.active_count()

    def work() -> None:
        for _ in range(3):
            console = Console(server)
            console.say("HELO me")
            stepper = Stepper(console.transcript)
            stepper.close()
            console.close()

    at_once(*(work,) * THREADS)
    assert len(server.waiting) == 0, server.waiting
    assert threading.active_count() <= before


def test_a_real_kernel_hands_over_what_is_typed_beside_a_running_cell(tmp_path: Path) -> None:
    """On a subshell, as JupyterLab sends it, where this kernel has them: then a thread of its own handles it."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(tmp_path))
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        comm = _printed(
            client,
            "from smtplab import Console, Server\nserver = Server()\nconsole = Console(server)\nprint(console.comm.comm_id)",
        )
        subshell = _subshell(client)
        cell = client.execute("for n in range(40): console.say(f'NOOP cell {n}')\nprint('done')")
        for n in range(LINES):
            data = {"method": "custom", "content": {"do": "say", "id": str(n), "lines": [f"NOOP page {n}"]}}
            message = client.session.msg("comm_msg", {"comm_id": comm, "data": data})
            if subshell:
                message["header"]["subshell_id"] = subshell
            client.shell_channel.send(message)
        _reply_to(client, cell)
        ask = "console.look()\nsaid = [s.text for s in console.transcript if s.direction == 'C']\nprint(sorted(said) == sorted({*said}), len(said), console.transcript.text() == server.sessions[-1].text())"
        deadline = time.monotonic() + LIMIT_S
        while (answer := _printed(client, ask)) != f"True {40 + LINES} True":
            assert time.monotonic() < deadline, answer
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _subshell(client: Any) -> str | None:
    """A new subshell's name, or None where the kernel has none."""
    request = client.session.msg("create_subshell_request", {})
    client.control_channel.send(request)
    try:
        return client.get_control_msg(timeout=3)["content"].get("subshell_id")
    except queue.Empty:
        return None


def _reply_to(client: Any, request: str) -> dict[str, Any]:
    while True:
        reply = client.get_shell_msg(timeout=LIMIT_S)
        if reply["parent_header"].get("msg_id") == request:
            return reply


def _printed(client: Any, code: str) -> str:
    """What a program prints in the kernel."""
    said: list[str] = []
    client.execute_interactive(
        code, timeout=LIMIT_S, output_hook=lambda message: said.append(message["content"].get("text", ""))
    )
    return "".join(said).strip()
