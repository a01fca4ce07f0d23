"""A server has so many sessions at once and no more: the next client is told so by a 421 greeting (RFC 5321 §3.8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smtplab import Server
from smtplab.protocol.manners import LENIENT

TWO = replace(LENIENT, max_connections=2)


@pytest.fixture
def server():
    with Server(manners=TWO) as server:
        yield server


def greeting(client):
    return client.reply()[:3]


def test_one_client_too_many_is_greeted_with_421_and_closed_and_recorded(server, connect):
    first, second = connect(server), connect(server)
    assert greeting(first) == greeting(second) == b"220"
    third = connect(server)
    words = third.rest()
    assert words.startswith(b"421 ") and b"2 clients" in words
    assert server.sessions[-1].text() == f"S: {words.decode().strip()}"
    assert server.sessions[-1].state.name == "CLOSED"
    assert first.say(b"NOOP")[:3] == second.say(b"NOOP")[:3] == b"250"


def test_the_place_of_a_client_that_left_is_free_again(server, connect):
    first, second = connect(server), connect(server)
    assert greeting(first) == greeting(second) == b"220"
    assert first.say(b"QUIT")[:3] == b"221"  # its socket stays open: the session is what counts
    third = connect(server)
    assert greeting(third) == b"220"
    second.close()
    assert len(server.waiting) == 1  # the server has seen it go
    assert greeting(connect(server)) == b"220"
    assert greeting(connect(server)) == b"421"


def test_clients_that_are_turned_away_take_nobodys_place(server, connect):
    first, second = connect(server), connect(server)
    assert greeting(first) == greeting(second) == b"220"
    for _ in range(20):
        assert greeting(connect(server)) == b"421"
    first.close()
    assert len(server.waiting) == 1
    assert greeting(connect(server)) == b"220"


def test_the_number_may_be_changed_while_it_runs(server, connect):
    for _ in range(2):
        assert greeting(connect(server)) == b"220"
    server.manners = replace(TWO, max_connections=3)
    assert greeting(connect(server)) == b"220"
    assert greeting(connect(server)) == b"421"


def test_too_many_errors_end_a_session_with_421_and_the_server_lives_on(connect):
    with Server(manners=replace(LENIENT, max_errors=3)) as server:
        client = connect(server)
        assert greeting(client) == b"220"
        for _ in range(3):
            assert client.say(b"FROB")[:3] == b"500"
        client.socket.sendall(b"FROB\r\n" * 100)
        words = client.rest()
        assert words.startswith(b"421 ") and b"3 refused" in words and words.count(b"\n") == 1
        assert greeting(connect(server)) == b"220"
        assert server.sessions[0].steps[-1].text == words.decode().rstrip()
