"""The console without a kernel or a page: real sockets to a real server, what it shows, and how it ends."""

import threading
import time
from collections.abc import Iterator

import ipywidgets
import pytest

from smtplab.net.dial import dial
from smtplab.net.server import Server
from smtplab.widgets.console import Console
from tests.transports import ON_TCP

pytestmark = pytest.mark.usefixtures("transport")

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


def page_says(console: Console, **message: object) -> None:
    """A message as the page sends it."""
    console._handle_custom_msg({"id": "1", **message}, [])


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
        page_says(console, do="say", lines=[line])
        assert console.shown["state"] == server.sessions[-1].state.name
    assert console.transcript.text() == server.sessions[-1].text()
    assert server.mailbox[-1].raw.endswith(b"QUIT\r\n")
    assert not console.shown["is_open"]


def test_octets_go_out_as_they_are_meant(server: Server, console: Console) -> None:
    page_says(console, do="say", lines=[r"HELO me\n"], escapes=True, bare=True)
    assert console.shown["state"] == "READY"
    page_says(console, do="say", lines=["NO"], bare=True)
    assert "no CR LF yet" in console.shown["rows"][-1]
    page_says(console, do="say", lines=["OP"])
    assert console.transcript[-2].raw == b"NOOP\r\n"
    assert server.sessions[-1][1].raw == b"HELO me\n"


def test_a_bad_escape_sends_nothing_and_gives_the_line_back(server: Server, console: Console) -> None:
    page_says(console, do="say", lines=[r"HELO \q"], escapes=True)
    assert r"\q is no escape" in console.shown["status"]
    assert console.shown["back"] == r"HELO \q"
    assert len(server.sessions[-1]) == 1
    page_says(console, do="say", lines=["HELO me"])
    assert console.shown["status"] == "" and console.shown["back"] == ""


def test_a_pasted_script_waits_for_each_reply(server: Server, console: Console) -> None:
    page_says(console, do="say", lines=["EHLO me", "NOOP", "QUIT", "NOOP", "NOOP"])
    assert [e.event for e in server.sessions[-1].exchanges] == ["(connect)", "EHLO", "NOOP", "QUIT"]
    assert "2 of the lines were not sent" in console.shown["status"]


def test_the_page_is_sent_the_news_and_a_new_page_the_last_rows(console: Console) -> None:
    console.say("HELO me")
    for _ in range(200):
        console.say("NOOP")
    assert len(console.shown["rows"]) == 4 and console.shown["first"] == 399
    whole = console.get_state()["shown"]
    assert len(whole["rows"]) == 300 and whole["first"] == 103
    assert whole["rows"][-4:] == console.shown["rows"]


@ON_TCP  # once is enough: it is the console's cost
def test_the_ten_thousandth_row_costs_what_the_tenth_did(console: Console) -> None:
    def seconds(turns: int) -> float:
        began = time.perf_counter()
        for _ in range(turns):
            console.say("NOOP")
        return (time.perf_counter() - began) / turns

    first = min(seconds(50) for _ in range(3))
    seconds(4500)
    assert len(console.transcript) > 9000
    assert min(seconds(50) for _ in range(3)) < 2 * first


def test_an_address_or_a_dialled_socket_will_do(server: Server) -> None:
    by_address = Console(server.address)
    assert by_address.shown["state"] == "GREETED"
    by_address.close()
    with dial(server.address) as dialled:
        console = Console(dialled)
        console.say("HELO me")
        assert dialled.transcript.state.name == console.shown["state"] == "READY"
        console.close()
        dialled.sendall(b"NOOP\r\n")
        assert dialled.recv(100).startswith(b"250"), "a socket that was handed in is not closed"


def test_several_consoles_talk_at_once(server: Server) -> None:
    consoles = [Console(server) for _ in range(3)]
    for number, console in enumerate(consoles):
        console.say(f"HELO name{number}")
    assert [session[1].text for session in server.sessions] == ["HELO name0", "HELO name1", "HELO name2"]
    for console in consoles:
        console.close()
    assert server.waiting == ()


def test_it_offers_only_what_would_be_taken_now(console: Console) -> None:
    assert "HELO" in console.shown["aside"] and "RCPT TO" not in console.shown["aside"]
    console.say("HELO me")
    console.say("MAIL FROM:<a@example.com>")
    assert "RCPT TO" in console.shown["aside"]


def test_connecting_again_begins_a_new_session(server: Server, console: Console) -> None:
    console.say("QUIT")
    page_says(console, do="connect")
    assert console.shown["state"] == "GREETED" and len(console.shown["rows"]) == 1
    assert console.shown["first"] == 0 and console.shown["connection"] == 3
    assert len(server.sessions) == 2


def test_a_line_to_a_closed_connection_is_told_what_to_do(console: Console) -> None:
    console.say("QUIT")
    console.say("NOOP")
    assert "Connect again" in console.shown["status"]


def test_a_server_that_closes_is_told_and_a_goodbye_is_not(server: Server, console: Console) -> None:
    console.say("QUIT")
    assert console.shown["status"] == ""
    console.connect()
    server.stop()
    page_says(console, do="look")
    assert console.shown["status"] == "The server has closed the connection: Connect again."
    assert "421" in console.shown["rows"][-1] and not console.shown["is_open"]


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
        threading.Thread(target=page_says, args=(console,), kwargs={"do": "say", "lines": [f"NOOP {n}"]})
        for n in range(8)
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
