"""Nothing accepted is lost: whatever moment `kill -9` finds, every message that was answered 250 is there, whole, once.

The server is another process, killed without warning while several clients send as fast as they are answered, some of
them pipelining. Its folder is then read as any mail program would, and the next round's server uses it again.
"""

from __future__ import annotations

import contextlib
import mailbox
import random
import re
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

WAIT_S = 20.0
ROUNDS = 20
LONGEST_RUN_S = 0.12
"""A server is killed at some moment up to so many seconds after its first 250."""
USERS = ("alice", "bob", "staff")  # the last one is a list of three
MEMBERS = {"alice": ("alice",), "bob": ("bob",), "staff": ("alice", "bob", "carol")}
IN_A_GROUP = 8

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there no process is killed by a signal")


def letter(number: str) -> bytes:
    """Mail data as it crosses the wire, its size told by its number, with dots at the starts of lines."""
    lines = int(re.sub(r"\D", "", number)) % 97
    return b"Subject: %s\r\n\r\n%s..end of %s\r\n.\r\n" % (
        number.encode(),
        b"a line of text\r\n" * lines,
        number.encode(),
    )


def content(number: str) -> bytes:
    return letter(number)[:-3].replace(b"\r\n..", b"\r\n.")


@dataclass
class Sender:
    """One client on one connection. `acknowledged` has the numbers of the messages that were answered 250."""

    address: tuple[str, int]
    name: str
    pipelines: bool
    first_250: threading.Event
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    sent: int = 0

    def run(self) -> None:
        with contextlib.suppress(OSError, EOFError):  # the server was killed: what was answered is known
            self._send()

    def _send(self) -> None:
        with socket.create_connection(self.address, timeout=WAIT_S) as sock, sock.makefile("rb") as file:
            self._codes(file, 1)
            sock.sendall(b"EHLO client.example.net\r\n")
            self._codes(file, 1)
            while True:
                group = [self._next() for _ in range(IN_A_GROUP if self.pipelines else 1)]
                for number, user in group:
                    envelope = [b"MAIL FROM:<alice@example.net>\r\n", b"RCPT TO:<%s@example.com>\r\n" % user.encode()]
                    said = [*envelope, b"DATA\r\n", letter(number)]
                    if self.pipelines:
                        sock.sendall(b"".join(said))
                        continue
                    for octets in said:
                        sock.sendall(octets)
                        code = self._codes(file, 1)
                    self._keep(code, number, user)
                if self.pipelines:
                    for number, user in group:
                        self._keep(self._codes(file, 4), number, user)

    def _next(self) -> tuple[str, str]:
        self.sent += 1
        return f"{self.name}-{self.sent}", USERS[self.sent % len(USERS)]

    def _keep(self, code: bytes, number: str, user: str) -> None:
        assert code == b"250"
        self.acknowledged.append((number, user))
        self.first_250.set()

    @staticmethod
    def _codes(file: object, replies: int) -> bytes:
        """Reads so many replies, and gives the code of the last."""
        line = b""
        for _ in range(replies):
            while True:
                line = file.readline()  # type: ignore[attr-defined]
                if not line.endswith(b"\n"):
                    raise EOFError
                if line[3:4] != b"-":
                    break
        return line[:3]


def serve(folder: Path) -> tuple[subprocess.Popen[str], tuple[str, int]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "smtplab", "serve", "--maildir", str(folder)], text=True, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    found = re.fullmatch(r"smtplab: listening on 127\.0\.0\.1:(\d+)\n", process.stdout.readline())
    assert found
    return process, ("127.0.0.1", int(found[1]))


def killed_amid_sending(folder: Path, name: str, after_s: float) -> list[tuple[str, str]]:
    """What was acknowledged by a server that is killed `after_s` seconds after its first 250."""
    process, address = serve(folder)
    first_250 = threading.Event()
    senders = [Sender(address, f"{name}-{n}", n % 2 == 1, first_250) for n in range(4)]
    threads = [threading.Thread(target=sender.run) for sender in senders]
    try:
        for thread in threads:
            thread.start()
        assert first_250.wait(WAIT_S), "no message was accepted"
        threading.Event().wait(after_s)  # not for anything to happen: the moment of the kill is what is tried
    finally:
        process.kill()
        process.communicate(timeout=WAIT_S)
        for thread in threads:
            thread.join(WAIT_S)
    assert not any(thread.is_alive() for thread in threads)
    return [one for sender in senders for one in sender.acknowledged]


def found_in(folder: Path) -> dict[tuple[str, str], list[bytes]]:
    """(number, user) -> the messages with that number in the user's mailbox, trace lines left out."""
    found: dict[tuple[str, str], list[bytes]] = {}
    for user in ("alice", "bob", "carol"):
        box = mailbox.Maildir(folder / user, create=False)
        for key in box.keys():  # noqa: SIM118  a mailbox iterates over messages, not keys
            raw = box.get_bytes(key)
            at = raw.find(b"Subject: ")
            number = raw[at:].split(b"\n", 1)[0].removeprefix(b"Subject: ").strip().decode()
            found.setdefault((number, user), []).append(raw[at:])
    return found


def test_every_acknowledged_message_is_there_whole_and_once_after_any_kill(tmp_path: Path) -> None:
    chance = random.Random(20)
    folder = tmp_path / "mail"
    acknowledged: list[tuple[str, str]] = []
    for n in range(ROUNDS):
        acknowledged += killed_amid_sending(folder, str(n), chance.uniform(0, LONGEST_RUN_S))
    assert len(acknowledged) > ROUNDS
    assert any(number.split("-")[1] == "1" for number, _ in acknowledged), "nobody pipelined"
    found = found_in(folder)
    for number, user in acknowledged:
        for member in MEMBERS[user]:
            assert found.get((number, member)) == [content(number)]
    assert all(len(copies) == 1 for copies in found.values())
    assert all(copies == [content(number)] for (number, _), copies in found.items()), "half a message was kept"


def test_a_folder_that_a_killed_server_left_is_used_again(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    before = killed_amid_sending(folder, "1", 0.05)
    process, address = serve(folder)
    try:
        with socket.create_connection(address, timeout=WAIT_S) as sock, sock.makefile("rb") as file:
            said = b"HELO c\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n" + letter("9") + b"QUIT\r\n"
            sock.sendall(said)
            assert [line[:3] for line in file] == [b"220", b"250", b"250", b"250", b"354", b"250", b"221"]
    finally:
        process.kill()
        process.communicate(timeout=WAIT_S)
    found = found_in(folder)
    assert found["9", "bob"] == [content("9")]
    assert all((number, member) in found for number, user in before for member in MEMBERS[user])
