"""The console without a kernel or a page: real sockets to a real server, what it shows, and how it ends."""

import threading
import time
from collections.abc import Iterator

import ipywidgets
import pytest

from smtplab.net.server import Server
from smtplab.widgets.console import Console

LIVE = ipywidgets.widgets.widget._instances


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def console(server: Server) -> Iterator[Console]:
    console = Console(server)
    yield console
    console.close()


def page_says(console: Console, **message: str) -> None:
    """A message as the page sends it."""
    console._handle_custom_msg(message, [])


def test_it_reads_the_greeting_when_it_is_made(console: Console) -> None:
    assert console.shown["state"] == "GREETED"
    assert "220" in console.shown["rows"][0]
    assert console.shown["is_open"] and not console.shown["is_late"]


def test_a_session_is_the_servers_record_line_by_line(server: Server, console: Console) -> None:
    lines = [
        "EHLO me",
        "MAIL FROM:<a@example.com>",
        "RCPT TO:<bob@example.com>",
        "DATA",
        "Subject: x",
        "",
        "QUIT",
        ".",
        "QUIT",
    ]
    for line in lines:
        page_says(console, do="say", line=line)
        assert console.shown["state"] == server.sessions[-1].state.name
    assert console.transcript.text() == server.sessions[-1].text()
    assert server.mailbox[-1].raw.endswith(b"QUIT\r\n")
    assert not console.shown["is_open"]


def test_it_offers_only_what_would_be_taken_now(console: Console) -> None:
    assert "HELO" in console.shown["aside"] and "RCPT TO" not in console.shown["aside"]
    console.say("HELO me")
    console.say("MAIL FROM:<a@example.com>")
    assert "RCPT TO" in console.shown["aside"]


def test_connecting_again_begins_a_new_session(server: Server, console: Console) -> None:
    console.say("QUIT")
    page_says(console, do="connect")
    assert console.shown["state"] == "GREETED" and len(console.shown["rows"]) == 1
    assert len(server.sessions) == 2


def test_a_line_to_a_closed_connection_is_told_what_to_do(console: Console) -> None:
    console.say("QUIT")
    console.say("NOOP")
    assert "Connect again" in console.shown["status"]


def test_trouble_is_told_in_the_status_line(server: Server, console: Console) -> None:
    server.stop()
    page_says(console, do="connect")
    assert "Is the server started?" in console.shown["status"]
    assert not console.shown["is_open"]


def test_a_message_that_is_none_changes_nothing(console: Console) -> None:
    before = console.shown
    page_says(console, do="dance")
    console._handle_custom_msg("nonsense", [])
    assert console.shown == before


def test_messages_on_two_threads_do_not_mix(server: Server, console: Console) -> None:
    console.say("HELO me")
    threads = [
        threading.Thread(target=page_says, args=(console,), kwargs={"do": "say", "line": f"NOOP {n}"}) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert console.transcript.text() == server.sessions[-1].text()
    assert len(console.transcript) == 3 + 16


def test_a_silent_server_blocks_nobody_for_long() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        listener = type("Silent", (), {"address": silent.getsockname()})()
        began = time.monotonic()
        console = Console(listener)
        assert time.monotonic() - began < 2
        assert console.shown["is_late"] and "has not greeted yet" in console.shown["aside"]
        peer, _ = silent.accept()
        with peer:
            peer.sendall(b"220 late.example.com\r\n")
            page_says(console, do="look")
            assert console.shown["state"] == "GREETED" and not console.shown["is_late"]
        console.close()


def test_closing_closes_the_socket_and_the_widget(server: Server) -> None:
    before = len(LIVE)
    console = Console(server)
    console.close()
    console.close()
    assert len(LIVE) == before
    assert server.waiting == ()
    assert not console.shown["is_open"]


def test_its_plain_text_says_everything_but_the_port(server: Server, console: Console) -> None:
    console.say("HELO me")
    data, _ = console._repr_mimebundle_()
    assert "HELO me" in data["text/plain"] and "READY" in data["text/plain"] and "MAIL FROM" in data["text/plain"]
    assert str(server.address[1]) not in data["text/plain"] + data["text/html"]
    with Server() as another:
        same = Console(another)
        same.say("HELO me")
        assert same.plain() == console.plain()
        same.close()


def test_hostile_text_is_escaped(console: Console) -> None:
    console.say("HELO <img src=x onerror=alert(1)>")
    console.say("MAIL FROM:<script>alert(1)</script>")
    shown = "".join(console.shown["rows"]) + console.shown["aside"] + console.static()
    assert "<img src" not in shown and "<script" not in shown


def test_something_without_an_address_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Console\(Server\(\)\)"):
        Console("mail.example.com")  # type: ignore[arg-type]
