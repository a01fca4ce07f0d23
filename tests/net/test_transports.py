"""The same server over TCP and in memory: what is said in all the suite's streams earns the same octets and the same
record on both, and the same as the session has without any transport."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from smtplab.net.dial import dial
from smtplab.net.server import Server
from smtplab.protocol.manners import LENIENT, STRICT, Manners
from smtplab.protocol.message import Message
from smtplab.protocol.persona import MODERN
from smtplab.protocol.session import Session
from smtplab.protocol.transcript import Transcript
from smtplab.protocol.world import ToyClock, counting_ids
from tests.data_of import SESSION_1, octets_of, scripts
from tests.table.test_every_pair import SAID
from tests.talk import TO_STATE
from tests.transports import IN_MEMORY
from tests.wire.sessions import GUIDE_1, GUIDE_2, SESSIONS

pytestmark = pytest.mark.usefixtures("transport")

WAIT_S = 5.0
ALL_OFFERED = replace(LENIENT.offering("AUTH"), auth_in_clear=True)
MANNERS = [
    pytest.param(LENIENT, id="lenient"),
    pytest.param(STRICT, id="strict"),
    pytest.param(ALL_OFFERED, id="all offered"),
]


@dataclass(frozen=True)
class Seen:
    """All that can be seen of a session that is over."""

    replies: bytes
    states: tuple[tuple[str, str, str], ...]
    text: str
    remarks: tuple[str, ...]
    stored: tuple[tuple[str, tuple[str, ...], bytes], ...]


def seen(replies: bytes, transcript: Transcript, stored: Iterable[Message]) -> Seen:
    return Seen(
        replies,
        tuple((exchange.event, exchange.before.name, exchange.after.name) for exchange in transcript.exchanges),
        transcript.text(),
        transcript.remarks,
        tuple((m.envelope.reverse_path, m.envelope.forward_paths, m.raw) for m in stored),
    )


def without_transport(pieces: list[bytes], manners: Manners) -> Seen:
    stored: list[Message] = []
    session = Session(persona=MODERN, manners=manners, store=stored.append, clock=ToyClock(), ids=counting_ids())
    session.connect()
    replies = session.data_to_send()
    for piece in pieces:
        session.receive(piece)
        replies += session.data_to_send()
    session.receive_eof()
    return seen(replies, session.transcript(), stored)


def over_sockets(pieces: list[bytes], manners: Manners) -> Seen:
    """The same said to a server of its own by a client that ends its side and reads to the end."""
    with Server(manners=manners) as server:
        with socket.create_connection(server.address, timeout=WAIT_S) as sock:
            for piece in pieces:
                sock.sendall(piece)
            sock.shutdown(socket.SHUT_WR)
            replies = b""
            while heard := sock.recv(65536):
                replies += heard
        assert server.errors == ()
        return seen(replies, server.sessions[-1], server.mailbox)


@pytest.mark.parametrize("how", ["burst", "lines"])
@pytest.mark.parametrize("manners", MANNERS)
@pytest.mark.parametrize("name", SESSIONS)
def test_every_stream_of_the_wire_tests_is_the_same(name: str, manners: Manners, how: str) -> None:
    stream = SESSIONS[name]
    pieces = [stream] if how == "burst" else stream.splitlines(keepends=True)
    assert over_sockets(pieces, manners) == without_transport(pieces, manners)


@IN_MEMORY
@pytest.mark.parametrize("name", SESSIONS)
def test_every_stream_octet_by_octet_is_the_same(name: str) -> None:
    stream = SESSIONS[name]
    pieces = [stream[at : at + 1] for at in range(len(stream))]
    assert over_sockets(pieces, LENIENT) == without_transport(pieces, LENIENT)


@pytest.mark.parametrize("name", scripts())
def test_every_script_is_the_same(name: str) -> None:
    pieces = [sent for step in scripts()[name]["steps"] if (sent := octets_of(step.get("send", [])))]
    assert over_sockets(pieces, LENIENT) == without_transport(pieces, LENIENT)


@pytest.mark.parametrize("state", TO_STATE)
def test_every_event_of_the_table_in_every_state_is_the_same(state: str) -> None:
    way = [line.encode() + b"\r\n" for line in TO_STATE[state]]
    for event, said in SAID.items():
        pieces = [*way, said]
        assert over_sockets(pieces, ALL_OFFERED) == without_transport(pieces, ALL_OFFERED), event


# ------------------------------------------------------------------------------------------ in lock-step, by hand
def lock_step(sock: Any, stream: bytes) -> bytes:
    """Says line by line, reads one reply to each but within mail data, and gives all that was heard."""
    heard, reader, in_data = b"", sock.makefile("rb"), False
    heard += reader.readline()
    for line in stream.splitlines(keepends=True):
        sock.sendall(line)
        in_data = in_data and line != b".\r\n"
        if not in_data:
            heard += reader.readline()
        in_data = in_data or line == b"DATA\r\n"
    assert reader.read() == b""
    return heard


def test_the_guides_first_session_is_the_same_octet_for_octet() -> None:
    with Server(persona="sendmail-8.9.2") as server:
        for _ in range(2):  # its clock and its ids begin anew with each session
            with socket.create_connection(server.address, timeout=WAIT_S) as sock:
                heard = lock_step(sock, GUIDE_1)
            said_by_the_server = [line[3:] for line in SESSION_1.splitlines() if line.startswith("S:")]
            assert heard == b"".join(line.encode() + b"\r\n" for line in said_by_the_server)
            assert server.sessions[-1].text() == SESSION_1.rstrip("\n")
        assert len(server.sessions[-1]) == 15


def test_the_guides_second_session_arrives_by_a_socket_that_connects_itself() -> None:
    with Server(persona="sendmail-8.9.2") as server, socket.socket() as sock:
        sock.settimeout(WAIT_S)
        sock.connect(server.address)
        lock_step(sock, GUIDE_2)
        assert server.mailbox[-1].message["Subject"] == "Simple standardised email"
        assert server.mailbox["test"] == [server.mailbox[-1]]


def test_a_dialled_session_has_the_servers_own_record() -> None:
    with Server() as server, dial(server.address) as sock:
        lock_step(sock, GUIDE_1)
        assert sock.transcript.text() == server.sessions[-1].text()


def test_two_servers_hear_each_their_own() -> None:
    with Server() as one, Server("foreign") as other:
        assert one.address != other.address
        for server, name in ((one, b"one"), (other, b"other")):
            with socket.create_connection(server.address, timeout=WAIT_S) as sock:
                sock.recv(1000)
                sock.sendall(b"HELO " + name + b"\r\n")
                assert sock.recv(1000).startswith(b"250")
        assert ["HELO one" in one.sessions[0].text(), "HELO other" in other.sessions[0].text()] == [True, True]
        assert len(one.sessions) == len(other.sessions) == 1


def test_a_hundred_connections_at_once() -> None:
    with Server() as server:
        clients = [smtplib.SMTP(*server.address, local_hostname=f"c{n}.example", timeout=WAIT_S) for n in range(100)]
        assert len(server.waiting) == 100
        for number, client in enumerate(clients):
            client.sendmail("a@example.org", ["bob@example.com"], f"Subject: {number}\r\n\r\nhello\r\n")
        for client in reversed(clients):
            client.quit()
        assert [message.message["Subject"] for message in server.mailbox] == [str(number) for number in range(100)]
        assert server.waiting == () and server.errors == ()
