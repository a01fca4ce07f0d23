"""The explorers without a page: what they offer, that a run is a real session, and how they end."""

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import ipywidgets
import pytest

from smtplab.net.server import Server
from smtplab.protocol.smtp import State
from smtplab.widgets import explorer as module
from smtplab.widgets.explorer import Codes, Explorer
from smtplab.widgets.panel import Sheet

LIVE = ipywidgets.widgets.widget._instances


def unpacked(sheet: Sheet) -> dict[str, Any]:
    """What the page unpacks."""
    return json.loads(gzip.decompress(sheet.packed))


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    made = Explorer()
    yield made
    made.close()


@pytest.mark.parametrize("name", ["READY", "MAIL", "RCPT", "DATA", "CLOSED"])
def test_a_run_is_a_real_session_that_gets_there(explorer: Explorer, name: str) -> None:
    said = explorer.run(name)
    assert said.state is State[name]
    assert [each.sent for each in explorer.server.sessions[-1].exchanges[: len(said.exchanges)]] == [
        each.sent for each in said.exchanges
    ]
    assert "really leads there" in explorer.ran["told"]


def test_the_letter_of_a_run_arrives(explorer: Explorer) -> None:
    explorer.run("edge:end")
    assert explorer.server.mailbox[-1].envelope.forward_paths == ("bob@example.com",)


def test_what_the_server_does_not_offer_is_told_with_its_code(explorer: Explorer) -> None:
    assert explorer.run("TLS").state is State.READY
    assert "answered 502 to STARTTLS" in explorer.ran["told"]


def test_a_run_that_the_server_refuses_ends_there() -> None:
    with Server(domains="elsewhere.example") as server:
        explorer = Explorer(server)
        said = explorer.run("DATA")
        assert said.state is State.MAIL and not any(each.event == "DATA" for each in said.exchanges)
        explorer.close()
        assert server.is_running, "a server of the reader's is left alone"


def test_nothing_starts_before_the_first_run() -> None:
    before = threading.active_count()
    explorer = Explorer()
    explorer._repr_mimebundle_()
    assert threading.active_count() == before
    explorer.close()


def test_its_own_server_ends_with_it() -> None:
    explorer = Explorer()
    explorer.run("READY")
    server = explorer.server
    explorer.close()
    assert not server.is_running


def test_the_latest_run_can_be_stepped_through(explorer: Explorer) -> None:
    with pytest.raises(ValueError, match='explorer.run\\("MAIL"\\)'):
        _ = explorer.stepper
    explorer.run("MAIL")
    assert explorer.stepper.transcript is explorer.transcript


def test_the_page_asks_by_name_and_nothing_else_is_said(explorer: Explorer) -> None:
    explorer._hear(explorer, {"do": "run", "of": "state:MAIL"}, [])
    assert explorer.ran["of"] == "state:MAIL" and explorer.transcript.state is State.MAIL
    explorer._hear(explorer, {"do": "run", "of": "RSET\r\nQUIT"}, [])
    assert "there is nothing called" in explorer.ran["told"]
    count = explorer.ran["run"]
    explorer._hear(explorer, {"do": "format", "of": "state:MAIL"}, [])
    assert explorer.ran["run"] == count


def test_trouble_is_told_in_the_page() -> None:
    server = Server()
    server.stop()
    explorer = Explorer(server)
    explorer._hear(explorer, {"do": "run", "of": "state:MAIL"}, [])
    assert explorer.ran["told"] and "Said to a real server" in explorer.ran["html"]
    explorer.close()


def test_a_server_that_says_nothing_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REPLY_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:

        class Silent:
            address = silent.getsockname()

        explorer = Explorer(Silent())
        explorer.run("MAIL")
        assert "has not answered" in explorer.ran["told"]
        explorer.close()


def test_a_place_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="CONNECTED, GREETED"):
        Explorer(selected="sending")
    with pytest.raises(TypeError, match=r"Explorer\(Server\(\)\)"):
        Explorer("mail.example.com")  # type: ignore[arg-type]


def test_words_and_static_form_are_the_same_before_and_after_a_run(explorer: Explorer) -> None:
    before = explorer._repr_mimebundle_()[0]
    explorer.run("MAIL")
    after = explorer._repr_mimebundle_()[0]
    for kind in ("text/plain", "text/html"):
        assert before[kind] == after[kind]
    assert "MAIL FROM:<sender>" in before["text/plain"] and "<img alt=" in before["text/html"]


def test_the_codes_are_told_all_or_those_that_a_command_may_earn() -> None:
    assert "45 of 45 codes" in Codes().plain()
    told = Codes(550, event="RCPT").plain()
    assert "550" in told and "354" not in told
    assert 'data-filter="event:RCPT" data-code="550"' in unpacked(Codes(550, event="RCPT"))["shell"]


def test_a_command_is_found_in_its_group_and_another_refused() -> None:
    assert 'data-filter="event:HELO"' in unpacked(Codes(event="EHLO"))["shell"]
    with pytest.raises(ValueError, match="Say one of: .*RCPT"):
        Codes(event="SEND")


def test_closing_leaves_nothing_behind() -> None:
    before = len(LIVE)
    explorer = Explorer()
    explorer.run("READY")
    explorer.close()
    Codes().close()
    assert len(LIVE) == before
