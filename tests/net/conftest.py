"""A client for the tests that is nothing but a socket: every wait ends within WAIT_S."""

import socket

import pytest

WAIT_S = 5.0


class Client:
    """Says lines, reads one whole reply for each."""

    def __init__(self, address):
        self.socket = socket.create_connection(address, timeout=WAIT_S)
        self.file = self.socket.makefile("rb")

    def reply(self):
        """One whole reply, or b"" where the server has closed."""
        lines = [self.file.readline()]
        while lines[-1][3:4] == b"-":
            lines.append(self.file.readline())
        return b"".join(lines)

    def say(self, line):
        self.socket.sendall(line + b"\r\n")
        return self.reply()

    def rest(self):
        """Everything until the server closes."""
        return self.file.read()

    def close(self):
        self.file.close()
        self.socket.close()


@pytest.fixture
def connect():
    """Connects clients, and closes them after the test."""
    made = []

    def connected(server):
        made.append(Client(server.address))
        return made[-1]

    yield connected
    for client in made:
        client.close()
