"""The client that a learner grows: what is shipped works at every point, and what was kept counts."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from smtplab import Server
from smtplab.course import client, keep

ME, LETTER = "me@example.com", "From: me@example.com\nSubject: x\n\nHello.\n.\n..two\n"
THREE = ["alice@example.com", "nobody@example.com", "bob@example.com"]
CELL = """
import time
import email.utils as post

LIMIT = 3

def helper(text):
    return text.upper()

def read_reply(sock):
    return helper("mine") + post.quote(str(time.time() > 0))

def send(address, sender, recipients, letter):
    return "my send"

def polite(sock):
    return hello(sock)

def unheard(sock):
    return LIMIT

def deliver(address, sender, recipients, letter, wait=time.sleep):
    return LATER

def through(sock):
    return mine.say(sock, b"NOOP")

def say(sock):
    return b""

def leave(sock):
    return say(sock)

def ends(sock):
    return leave(sock)

from time import sleep

def patient(wait=sleep):
    return wait

def recursive(n):
    return n and recursive(n - 1)
"""


@pytest.fixture
def cell(tmp_path: Path) -> ModuleType:
    """Functions as a cell defines them."""
    file = tmp_path / "cell.py"
    file.write_text(CELL)
    made = importlib.util.spec_from_file_location("cell", file)
    assert made is not None and made.loader is not None
    module = importlib.util.module_from_spec(made)
    sys.modules["cell"] = module
    made.loader.exec_module(module)
    return module


@pytest.mark.parametrize("notebook", ["08", "10"])
def test_shipped_client_of_the_first_half_sends_a_letter(notebook: str, tmp_path: Path) -> None:
    with Server() as server:
        reply = client(notebook, tmp_path).send(server.address, ME, ["bob@example.com"], LETTER.replace("\n.\n", "\n"))
        assert reply.startswith(b"250") and len(server.mailbox["bob"]) == 1 and server.sessions[-1].remarks == ()


@pytest.mark.parametrize("notebook", ["11", "12", "13", "14"])
def test_shipped_client_of_the_second_half_knows_what_became_of_each_recipient(notebook: str, tmp_path: Path) -> None:
    with Server() as server:
        found = client(notebook, tmp_path).send(server.address, ME, THREE, LETTER)
        assert found == dict(zip(THREE, (250, 550, 250), strict=True))
        assert server.mailbox["bob"][-1].content.endswith(b"\r\n.\r\n..two\r\n")


def test_dots_and_line_ends_are_right_from_notebook_08_on(tmp_path: Path) -> None:
    assert client("09", tmp_path).wired("a\n.\n") == b"a\r\n..\r\n.\r\n"


@pytest.mark.parametrize(
    ("fault", "results", "sessions"),
    [
        ("(connect)=421", (421, 421, 421), 12),
        ("(connect)=554", (554, 554, 554), 1),
        ("EHLO=502", (250, 550, 250), 1),
        ("MAIL=garble", (0, 0, 0), 12),
        ("RCPT:2=421", (421, 421, 421), 12),
        ("DATA=250", (0, 550, 0), 12),
        ("DATA=554", (554, 550, 554), 1),
        ("(end of data)=close", (0, 550, 0), 12),
    ],
)
def test_finished_client_says_what_happened_and_comes_again_where_that_helps(
    fault: str, results: tuple[int, ...], sessions: int, tmp_path: Path
) -> None:
    waits: list[float] = []
    with Server(faults=fault) as server:
        found = client("14", tmp_path).deliver(server.address, ME, THREE, LETTER, wait=waits.append)
        assert found == dict(zip(THREE, results, strict=True))
        assert len(server.sessions) == sessions == len(waits) + 1
        assert waits == [300 * 2**n for n in range(len(waits))]
        assert len({mail.message["Message-ID"] for mail in server.mailbox}) <= 1


def test_finished_client_locks_the_line_and_says_ehlo_again(tmp_path: Path) -> None:
    with Server(tls=True) as server:
        found = client("14", tmp_path).send(server.address, ME, THREE, LETTER, server.client_context())
        events = [exchange.event for exchange in server.sessions[-1].exchanges]
        assert events[1:5] == ["EHLO", "STARTTLS", "(handshake)", "EHLO"] and found["bob@example.com"] == 250


def test_finished_client_tells_a_certificate_that_does_not_hold(tmp_path: Path) -> None:
    import ssl

    with Server(tls=True) as server:
        found = client("14", tmp_path).send(server.address, ME, THREE, LETTER, ssl.create_default_context())
        assert set(found.values()) == {0} and len(server.mailbox) == 0


# ------------------------------------------------------------------------------------------------- what is kept
def test_kept_function_counts_and_is_called_by_shipped_ones(cell: ModuleType, tmp_path: Path) -> None:
    said = keep(cell.read_reply, "04", tmp_path)
    assert said == "client.py has helper and read_reply of notebook 04."
    mine = client("10", tmp_path)
    assert mine.read_reply(None) == "MINETrue"
    assert mine.say.__globals__["read_reply"] is mine.read_reply
    assert "read_reply(sock): of notebook 04, in client.py" in repr(mine)


def test_function_of_an_earlier_notebook_steps_back_for_a_newer_one_of_ours(cell: ModuleType, tmp_path: Path) -> None:
    keep(cell.send, "04", tmp_path)
    assert client("05", tmp_path).send(None, ME, [], "") == "my send"
    with Server() as server:
        assert client("11", tmp_path).send(server.address, ME, THREE[:1], LETTER) == {THREE[0]: 250}
    keep(cell.send, "10", tmp_path)
    assert client("11", tmp_path).send(None, ME, [], "") == "my send"


def test_function_that_the_learner_wrote_into_the_file_always_counts(tmp_path: Path) -> None:
    (tmp_path / "client.py").write_text("def send(*_):\n    return 'by hand'\n")
    assert client("14", tmp_path).send() == "by hand"
    assert "send(*_): your own, in client.py" in repr(client("14", tmp_path))


def test_copies_of_shipped_functions_are_told_from_the_learners(cell: ModuleType, tmp_path: Path) -> None:
    keep(cell.send, "10", tmp_path)
    said = repr(client("11", tmp_path))
    assert "hello(sock): of notebook 08, as shipped" in said
    assert "send(address, sender, recipients, letter): of notebook 10, in client.py" in said
    file = tmp_path / "client.py"
    file.write_text(file.read_text().replace("EHLO me.example.com", "EHLO you.example.com"))
    assert "hello(sock): of notebook 08, in client.py" in repr(client("11", tmp_path))


def test_name_given_by_another_statement_is_the_learners_too(tmp_path: Path) -> None:
    (tmp_path / "client.py").write_text("read_reply = lambda sock: b'mine'\n")
    assert client("10", tmp_path).read_reply(None) == b"mine"
    assert "read_reply(sock): your own, in client.py" in repr(client("10", tmp_path))


def test_of_two_functions_with_one_name_the_last_is_replaced(cell: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "client.py").write_text("def send(*_):\n    return 1\n\n\ndef send(*_):\n    return 2\n")
    keep(cell.send, "10", tmp_path)
    assert client("11", tmp_path).send(1, 2, 3, 4) == "my send"


def test_file_begins_whole_and_keeps_what_else_stands_there(cell: ModuleType, tmp_path: Path) -> None:
    keep(cell.send, "10", tmp_path)
    file = tmp_path / "client.py"
    names: dict[str, Any] = {}
    exec(compile(file.read_text(), "client.py", "exec"), names)
    assert names["wired"]("a\n") == b"a\r\n.\r\n" and names["send"](1, 2, 3, 4) == "my send"
    file.write_text(file.read_text() + "\n\nMINE = 5\n")
    keep(cell.send, "10", tmp_path)
    keep(cell.recursive, "11", tmp_path)
    text = file.read_text()
    assert text.count("MINE = 5") == 1 and text.count("def send(") == 1 and text.count("# Of notebook 10.") == 1


def test_function_may_call_what_is_shipped_though_the_file_has_little(cell: ModuleType, tmp_path: Path) -> None:
    keep(cell.read_reply, "04", tmp_path)
    said = keep(cell.polite, "10", tmp_path)
    assert said == "client.py has polite of notebook 10."
    mine = client("11", tmp_path)
    assert mine.polite.__globals__["hello"] is mine.hello and "def hello" not in (tmp_path / "client.py").read_text()
    assert "polite uses hello" in refusal(lambda: keep(cell.polite, "04", tmp_path)), "04 has none yet"


def test_keeping_twice_changes_nothing(cell: ModuleType, tmp_path: Path) -> None:
    keep(cell.read_reply, "04", tmp_path)
    once = (tmp_path / "client.py").read_text()
    keep(cell.read_reply, "04", tmp_path)
    assert (tmp_path / "client.py").read_text() == once
    assert once.count("import email.utils as post") == 1


# ------------------------------------------------------------------------------------------------- what is refused
def test_what_a_default_needs_is_imported_too(cell: ModuleType, tmp_path: Path) -> None:
    cell.LATER = 1
    (tmp_path / "client.py").write_text("LATER = 1\n")
    keep(cell.deliver, "11", tmp_path)
    assert client("12", tmp_path).deliver(1, 2, 3, 4) == 1
    assert "import time\n" in (tmp_path / "client.py").read_text()


def test_notebook_that_is_run_again_begins_as_it_began(cell: ModuleType, tmp_path: Path) -> None:
    keep(cell.send, "10", tmp_path)
    with Server() as server:
        reply = client("10", tmp_path).send(server.address, ME, ["bob@example.com"], LETTER)
        assert reply.startswith(b"250")


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(ValueError) as refused:
        call()
    return str(refused.value)


def test_what_cannot_stand_in_a_file_is_refused_and_nothing_is_written(cell: ModuleType, tmp_path: Path) -> None:
    assert "unheard uses LIMIT" in refusal(lambda: keep(cell.unheard, "04", tmp_path))
    assert "give one that begins with `def`" in refusal(lambda: keep(lambda: 1, "04", tmp_path))
    assert "give one that begins with `def`" in refusal(lambda: keep(print, "04", tmp_path))
    cell.mine = client("10", tmp_path)
    assert "write `say(...)`, not `mine.say(...)`" in refusal(lambda: keep(cell.through, "10", tmp_path))
    assert "say(sock) cannot be called so" in refusal(lambda: keep(cell.say, "10", tmp_path))
    told = refusal(lambda: keep(cell.ends, "10", tmp_path))
    assert "ends calls your say, and there is a say in the client already; send and hello use it." in told
    assert "patient uses sleep" in refusal(lambda: keep(cell.patient, "10", tmp_path))
    assert "grows in the notebooks 04, 08, 10, 11, 12 and 13: say which" in refusal(
        lambda: keep(cell.send, "01", tmp_path)
    )
    assert "'99' is no notebook" in refusal(lambda: keep(cell.send, "99", tmp_path))
    assert not (tmp_path / "client.py").exists()


def test_file_that_cannot_be_run_is_named_with_a_remedy(cell: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "client.py"
    file.write_text("def send(:\n")
    assert "client.py, line 1" in refusal(lambda: client("10", tmp_path))
    assert "client.py, line 1" in refusal(lambda: keep(cell.send, "10", tmp_path))
    assert file.read_text() == "def send(:\n"
    file.write_text("import nothing_of_that_name\n")
    assert "client.py would not run with it: ModuleNotFoundError" in refusal(lambda: keep(cell.send, "10", tmp_path))
    assert "ModuleNotFoundError" in refusal(lambda: client("10", tmp_path))
    file.write_text("send = 5\n")
    assert "client.py cannot be run: TypeError: send is 5, and should be a function" in refusal(
        lambda: client("10", tmp_path)
    )
    file.write_text("raise SystemExit\n")
    assert "client.py cannot be run: SystemExit" in refusal(lambda: client("10", tmp_path))


def test_what_is_no_notebook_and_what_is_not_there_are_told(tmp_path: Path) -> None:
    assert "is no notebook" in refusal(lambda: client("ten", tmp_path))
    with pytest.raises(AttributeError, match=r"no 'deliver'; it has read_line, read_reply"):
        _ = client("10", tmp_path).deliver
