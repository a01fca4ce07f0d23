"""Sessions with a server, by plain socket, dial and the standard library's clients: what came of them, as JSON.

    python -m tests.pyodide.conversations [tcp|memory]

Run by CPython on both transports, and by Pyodide, where nothing is said about the transport; the three must print the
same under "sessions". Nothing here may need pytest, a thread or another process.
"""

from __future__ import annotations

import json
import poplib
import re
import smtplib
import socket
import sys
from collections.abc import Callable
from typing import Any

from smtplab import Server, check, dial
from tests.wire.sessions import GUIDE_1, GUIDE_2, SESSIONS

WAIT_S = 5.0
TRANSPORT = sys.argv[1] if len(sys.argv) > 1 else None


def lock_step(server: Server, stream: bytes) -> bytes:
    """Says line by line, reads one reply to each but within mail data, and gives all that was heard."""
    with socket.create_connection(server.address, timeout=WAIT_S) as sock, sock.makefile("rb") as reader:
        heard, in_data = reader.readline(), False
        for line in stream.splitlines(keepends=True):
            sock.sendall(line)
            in_data = in_data and line != b".\r\n"
            heard += b"" if in_data else reader.readline()
            in_data = in_data or line == b"DATA\r\n"
        return heard + reader.read()


def burst(server: Server, stream: bytes) -> bytes:
    """Says it all at once, ends its side, and reads to the end."""
    with socket.socket() as sock:
        sock.settimeout(WAIT_S)
        sock.connect(server.address)
        sock.sendall(stream)
        sock.shutdown(socket.SHUT_WR)
        heard = b""
        while piece := sock.recv(65536):
            heard += piece
        return heard


LETTER = "Subject: dots and eight bits\r\n\r\n.\r\n..\r\nGrüße\r\n".encode() + b"x" * 900 + b"\r\n"


def with_smtplib(server: Server) -> str:
    with smtplib.SMTP(*server.address, local_hostname="client.example.org", timeout=WAIT_S) as smtp:
        smtp.sendmail("alice@example.org", ["bob@example.com"], LETTER, mail_options=["BODY=8BITMIME"])
        try:
            smtp.starttls()
        except smtplib.SMTPNotSupportedError as error:
            return str(error)
    return ""


def with_poplib(server: Server) -> list[str]:
    """What bob reads of a letter that smtplib sent, and how many are left when it was deleted."""
    with_smtplib(server)
    mailbox = poplib.POP3(*server.pop3_address, timeout=WAIT_S)
    mailbox.user("bob")
    mailbox.pass_("letmein")
    lines = [line.decode("latin-1") for line in mailbox.retr(1)[1]]
    mailbox.dele(1)
    mailbox.quit()
    return [*lines, f"{len(server.mailbox['bob'])} left"]


def with_dial(server: Server) -> list[str]:
    with dial(server.address) as sock:
        sock.recv(1000)
        for line in (b"HELO me", b"MAIL FROM:<a@example.org>", b"RCPT TO:<nobody@example.com>", b"QUIT"):
            sock.sendall(line + b"\r\n")
            sock.recv(1000)
        return [f"{step.direction} {step.state.name} {step.text}" for step in sock.transcript]


def told(server: Server, heard: Any) -> dict[str, Any]:
    """What was heard, and all that the server has to show of it."""
    transcript = server.sessions[-1]
    return {
        "heard": heard.decode("latin-1") if isinstance(heard, bytes) else heard,
        # smtplib of 3.14 writes `from:` and `to:` small.
        "text": re.sub(r"(?<=C: mail )FROM:|(?<=C: rcpt )TO:", lambda word: word[0].lower(), transcript.text()),
        "states": [(exchange.event, exchange.before.name, exchange.after.name) for exchange in transcript.exchanges],
        "remarks": transcript.remarks,
        "stored": [message.raw.decode("latin-1") for message in server.mailbox],
        "errors": [repr(error) for error in server.errors],
    }


def sessions() -> dict[str, Any]:
    made: dict[str, Any] = {}

    def keep(name: str, talk: Callable[[Server], Any], **settings: Any) -> None:
        with Server(transport=TRANSPORT, **settings) as server:
            made[name] = told(server, talk(server))

    keep("session 1", lambda server: lock_step(server, GUIDE_1), persona="sendmail-8.9.2")
    keep("session 2", lambda server: lock_step(server, GUIDE_2), persona="sendmail-8.9.2")
    keep("smtplib", with_smtplib)
    keep("poplib", with_poplib, pop3=True)
    keep("dial", with_dial)
    for name, stream in SESSIONS.items():
        for manners in ("lenient", "strict"):
            keep(f"{name}, {manners}", lambda server, stream=stream: burst(server, stream), manners=manners)
    return made


def refusal(attempt: Callable[[], Any]) -> str:
    try:
        attempt()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "it went well"


def here() -> dict[str, Any]:
    """What only this place can tell: which transport it chose, and what it refuses in which words."""
    server = Server()
    sock = socket.create_connection(server.address, timeout=WAIT_S)
    sock.recv(1000)
    found = {
        "python": sys.version_info[:2],
        "platform": sys.platform,
        "transport": server.transport,
        "waits in vain": refusal(lambda: sock.recv(1000)) if server.transport == "memory" else "",
        "TLS": refusal(lambda: Server(tls=True)),
        "certificate": refusal(lambda: server.ca_file),
        "TCP": refusal(lambda: Server(transport="tcp")),
        "ready": {line.name: line.problem for line in check()},
    }
    server.stop()
    found["nobody there"] = refusal(lambda: socket.create_connection(("127.0.0.1", 9), timeout=WAIT_S))
    found["dialled"] = (
        refusal(lambda: dial("mail.example.com", 25, timeout=WAIT_S)) if sys.platform == "emscripten" else ""
    )
    return found


async def later() -> None:
    """Who watches is told of the last that was said, by the browser's own loop."""
    import asyncio

    print(json.dumps({"sessions": sessions(), "here": here(), "watched": await watched(asyncio.Event())}))


async def watched(last: Any) -> list[int]:
    seen: list[int] = []
    server = Server(transport=TRANSPORT)

    def watcher() -> None:
        seen.append(len(server.look().transcript))
        if seen[-1] == 41:
            last.set()

    server.watch(watcher)
    with socket.create_connection(server.address, timeout=WAIT_S) as sock:
        sock.recv(1000)
        for _ in range(20):
            sock.sendall(b"NOOP\r\n")
            sock.recv(1000)
        await last.wait()
    server.stop()
    return seen


if __name__ == "__main__" and sys.platform != "emscripten":
    print(json.dumps({"sessions": sessions()}))
