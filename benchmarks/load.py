"""A load that pipelines (RFC 2920), in a process of its own, the same for every server.

    python -m benchmarks.load PORT MESSAGES CONNECTIONS RECIPIENTS

Each connection says MAIL, all its RCPT and DATA in one write, and the mail data with the next message's commands in the
next: one round trip a message. It reads every reply, and exits 1 where one is not what it has to be. It prints the
seconds from the first MAIL to the last 250.
"""

from __future__ import annotations

import selectors
import socket
import sys
import time

LIMIT_S = 60.0
BODY_OCTETS = 1000


def _message(number_of_recipients: int) -> tuple[bytes, bytes]:
    """One message's group of commands, and its mail data with the final dot."""
    recipients = b"".join(b"RCPT TO:<user%d@example.com>\r\n" % n for n in range(number_of_recipients))
    commands = b"MAIL FROM:<sender@example.net>\r\n" + recipients + b"DATA\r\n"
    line = b"All work and no play makes a dull letter, sixty octets here\r\n"
    header = b"From: <sender@example.net>\r\nTo: <user0@example.com>\r\nSubject: one of many\r\n\r\n"
    return commands, header + line * ((BODY_OCTETS - len(header)) // len(line)) + b".\r\n"


class Talk:
    """One connection: what it has still to send, and which replies it waits for."""

    def __init__(self, port: int, recipients: int) -> None:
        self.left = 0
        self._commands, self._data = _message(recipients)
        self._first, self._later = b"2" * (1 + recipients) + b"3", b"2" * (2 + recipients) + b"3"
        self._awaited = b""
        self._read = b""
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=LIMIT_S)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._hear(b"2")
        self.sock.sendall(b"EHLO client.example.net\r\n")
        self._hear(b"2")

    def begin(self, messages: int) -> None:
        self.left = messages
        self._say(self._commands, self._first)

    def is_done(self) -> bool:
        """Reads what has come; goes on where all that was awaited is there. True at the end."""
        self._take()
        if self._awaited:
            return False
        if not self.left:
            return True
        self.left -= 1
        if self.left:
            self._say(self._data + self._commands, self._later)
        else:
            self._say(self._data, b"2")
        return False

    def _say(self, octets: bytes, awaited: bytes) -> None:
        self._awaited = awaited
        self.sock.sendall(octets)

    def _hear(self, awaited: bytes) -> None:
        self._awaited = awaited
        while self._awaited:
            self._take()

    def _take(self) -> None:
        got = self.sock.recv(65536)
        if not got:
            raise SystemExit("the server closed the connection")
        *lines, self._read = (self._read + got).split(b"\r\n")
        # A line of a multiline reply that is not its last decides nothing.
        heard = b"".join(line[:1] for line in lines if line[3:4] != b"-")
        if not self._awaited.startswith(heard):
            raise SystemExit(f"awaited {self._awaited!r}, heard {lines!r}")
        self._awaited = self._awaited[len(heard) :]


def main(port: int, messages: int, connections: int, recipients: int) -> float:
    """So many messages in all, spread over the connections; the seconds that it took."""
    talks = [Talk(port, recipients) for _ in range(connections)]
    selector, began = selectors.DefaultSelector(), time.perf_counter()
    for number, talk in enumerate(talks):
        selector.register(talk.sock, selectors.EVENT_READ, talk)
        talk.begin(messages // connections + (number < messages % connections))
    while selector.get_map():
        ready = selector.select(LIMIT_S)
        if not ready:
            raise SystemExit(f"nothing came for {LIMIT_S:g} s")
        for key, _ in ready:
            if key.data.is_done():
                selector.unregister(key.fileobj)
    took = time.perf_counter() - began
    for talk in talks:
        talk.sock.close()
    return took


if __name__ == "__main__":
    print(main(*map(int, sys.argv[1:])))
