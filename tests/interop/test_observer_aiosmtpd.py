"""smtplib talks to aiosmtpd, neither of them ours, and an observer on the wire names the state after every reply.

The two are joined by a pair of sockets, so there is no port; the client's end writes down what passes. smtplib
waits for each reply, so each step is exact.
"""

from __future__ import annotations

import asyncio
import io
import smtplib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from smtplab.protocol.observer import Observer

aiosmtpd_smtp = pytest.importorskip("aiosmtpd.smtp")

SECONDS = 10.0
"""For any one step; a step takes milliseconds."""


class Mailbox:
    """The handler that aiosmtpd asks: nobody@ is refused, busy@ is told to come again, the rest is kept."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        if address.startswith("busy@"):
            return "450 come again"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if b"refuse me" in envelope.content:
            return "554 not this one"
        self.kept.append(envelope.content)
        return "250 kept"


class Tapped:
    """The client's end of the wire; what passes is told to the observer."""

    def __init__(self, wire: socket.socket, observer: Observer) -> None:
        self._wire = wire
        self._observer = observer

    def sendall(self, data: bytes) -> None:
        self._observer.client(bytes(data))
        self._wire.sendall(data)

    def makefile(self, _mode: str) -> TappedFile:
        return TappedFile(self._wire.makefile("rb"), self._observer)

    def close(self) -> None:
        self._wire.close()


class TappedFile:
    def __init__(self, file: io.BufferedReader, observer: Observer) -> None:
        self._file = file
        self._observer = observer

    def readline(self, limit: int = -1) -> bytes:
        line = self._file.readline(limit)
        self._observer.server(line)
        return line

    def close(self) -> None:
        self._file.close()


class Client(smtplib.SMTP):
    """smtplib as it is, on a wire that is there already."""

    def __init__(self, wire: socket.socket, observer: Observer) -> None:
        self._tapped = Tapped(wire, observer)
        super().__init__("aiosmtpd", 1, local_hostname="client.example.net", timeout=SECONDS)

    def _get_socket(self, _host: str, _port: int, _timeout: float) -> Any:
        return self._tapped


class Wire:
    """Both of them joined, and the observer between."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        here, there = socket.socketpair()
        here.settimeout(SECONDS)
        self.mailbox = Mailbox()
        self.observer = Observer()
        serve = loop.create_connection(
            lambda: aiosmtpd_smtp.SMTP(self.mailbox, hostname="mx.example.com", loop=loop), sock=there
        )
        asyncio.run_coroutine_threadsafe(serve, loop).result(SECONDS)
        self.client = Client(here, self.observer)

    @property
    def state(self) -> str:
        return self.observer.state.name

    def states(self) -> list[tuple[str, str]]:
        """(event, state after it) of everything so far."""
        return [(exchange.event, exchange.after.name) for exchange in self.observer.transcript().exchanges]


async def _end_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    running = asyncio.new_event_loop()
    thread = threading.Thread(target=running.run_forever, daemon=True)
    thread.start()
    yield running
    asyncio.run_coroutine_threadsafe(_end_all(), running).result(SECONDS)
    running.call_soon_threadsafe(running.stop)
    thread.join(SECONDS)
    running.close()


@pytest.fixture
def wire(loop: asyncio.AbstractEventLoop) -> Iterator[Wire]:
    joined = Wire(loop)
    yield joined
    joined.client.close()


def test_the_state_is_right_after_every_reply_of_a_whole_session(wire: Wire) -> None:
    client = wire.client
    assert wire.state == "GREETED"
    assert client.docmd("MAIL", "FROM:<alice@example.net>")[0] == 503
    assert wire.state == "GREETED"
    assert client.docmd("EHLO", "client.example.net")[0] == 250
    assert wire.state == "READY"
    assert client.docmd("STARTTLS")[0] == 454  # not offered
    assert wire.state == "READY"
    assert client.docmd("RCPT", "TO:<bob@example.com>")[0] == 503
    assert wire.state == "READY"
    assert client.docmd("MAIL", "FROM:<alice@example.net>")[0] == 250
    assert wire.state == "MAIL"
    assert client.docmd("DATA")[0] == 503
    assert wire.state == "MAIL"
    assert client.docmd("RCPT", "TO:<nobody@example.com>")[0] == 550
    assert wire.state == "MAIL"
    assert client.docmd("RCPT", "TO:<bob@example.com>")[0] == 250
    assert wire.state == "RCPT"
    assert client.docmd("RCPT", "TO:<busy@example.com>")[0] == 450
    assert wire.state == "RCPT"
    assert client.docmd("MAIL", "FROM:<carol@example.net>")[0] == 503
    assert wire.state == "RCPT"
    assert client.docmd("NOOP")[0] == 250
    assert client.docmd("VRFY", "bob")[0] == 252
    assert client.docmd("FROB")[0] == 500
    assert wire.state == "RCPT"
    assert client.docmd("DATA")[0] == 354
    assert wire.state == "DATA"
    client.send(b"Subject: x\r\n\r\nRSET\r\n..dot\r\n")
    assert wire.state == "DATA"
    client.send(b".\r\n")
    assert client.getreply()[0] == 250
    assert wire.state == "READY"
    assert client.docmd("MAIL", "FROM:<>")[0] == 250
    assert client.docmd("RSET")[0] == 250
    assert wire.state == "READY"
    assert client.docmd("QUIT")[0] == 221
    assert wire.state == "CLOSED"
    assert wire.mailbox.kept == [b"Subject: x\r\n\r\nRSET\r\n.dot\r\n"]


def test_sendmail_is_followed_through_both_of_its_messages(wire: Wire) -> None:
    wire.client.sendmail(
        "alice@example.net", ["bob@example.com", "carol@example.com"], "Subject: one\r\n\r\n.first\r\n"
    )
    wire.client.sendmail("alice@example.net", ["bob@example.com"], "Subject: two\r\n\r\nsecond\r\n")
    wire.client.quit()
    assert wire.states() == [
        ("(connect)", "GREETED"), ("EHLO", "READY"), ("MAIL", "MAIL"), ("RCPT", "RCPT"), ("RCPT", "RCPT"), ("DATA", "DATA"),
        ("(end of data)", "READY"), ("MAIL", "MAIL"), ("RCPT", "RCPT"), ("DATA", "DATA"), ("(end of data)", "READY"), ("QUIT", "CLOSED"),
    ]  # fmt: skip
    assert wire.mailbox.kept == [b"Subject: one\r\n\r\n.first\r\n", b"Subject: two\r\n\r\nsecond\r\n"]


def test_a_refused_recipient_alone_ends_in_the_reset_that_smtplib_says(wire: Wire) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        wire.client.sendmail("alice@example.net", ["nobody@example.com"], "x")
    assert wire.states()[-3:] == [("MAIL", "MAIL"), ("RCPT", "MAIL"), ("RSET", "READY")]


def test_refused_mail_data_leads_back_to_ready_like_accepted_mail_data(wire: Wire) -> None:
    with pytest.raises(smtplib.SMTPDataError):
        wire.client.sendmail("alice@example.net", ["bob@example.com"], "refuse me")
    assert wire.states()[-2:] == [("(end of data)", "READY"), ("RSET", "READY")]
    assert wire.mailbox.kept == []


def test_helo_takes_away_what_ehlo_offered(wire: Wire) -> None:
    wire.client.ehlo()
    assert wire.observer.facts.hello == "EHLO"
    assert set(wire.observer.facts.keywords) == {name.upper() for name in wire.client.esmtp_features}
    wire.client.helo()
    assert (wire.observer.facts.hello, dict(wire.observer.facts.keywords)) == ("HELO", {})


def test_a_second_ehlo_drops_the_transaction(wire: Wire) -> None:
    wire.client.ehlo()
    wire.client.docmd("MAIL", "FROM:<alice@example.net>")
    assert wire.state == "MAIL"
    wire.client.ehlo()
    assert wire.state == "READY"
    assert wire.client.docmd("RCPT", "TO:<bob@example.com>")[0] == 503


def test_a_client_that_goes_away_closes_the_session_wherever_it_stands(wire: Wire) -> None:
    wire.client.ehlo()
    wire.client.docmd("MAIL", "FROM:<alice@example.net>")
    wire.observer.client_eof()
    assert wire.state == "CLOSED"
