"""The corpus that a search begins from: the recorded scripts, the sessions that are cut elsewhere, and what they earned.

Made anew each time, so that nothing binary is kept in the repository and new scripts are in it by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.data_of import SESSION_1, SESSION_2, octets_of, recordings, scripts
from tests.fuzz.targets import FAULTS, MANNERS, TARGETS, any_target
from tests.talk import talk
from tests.wire.sessions import SESSIONS

LONGEST = 1024
"""Octets of an input: what is longer is tried elsewhere, and many short ones find more than a few long ones."""
POP3_STREAMS = (
    b"CAPA\r\nUSER alice\r\nPASS wonderland\r\nSTAT\r\nLIST\r\nLIST 2\r\nUIDL\r\nRETR 1\r\nTOP 1 1\r\nDELE 1\r\nRSET\r\nQUIT\r\n",
    b"STLS\r\nUSER bob\r\nPASS no\r\nUSER bob\r\nPASS letmein\r\nRETR 9\r\nTOP 1\r\nDELE 3\r\nNOOP\r\nFROB\r\nQUIT\r\n",
    b"APOP alice 0123456789abcdef0123456789abcdef\r\nAUTH PLAIN\r\n*\r\nAUTH\r\nUSER\nPASS x\r\nLIST\r\n"
    + b"x" * 300
    + b"\r\n",
)
HOW = bytes([2, 0, 70])
"""All is offered, nothing goes wrong, and the stream comes in one piece."""


def _streams() -> Iterator[tuple[str, bytes]]:
    yield from SESSIONS.items()
    for name, script in scripts().items():
        yield name, b"".join(octets_of(step.get("send", [])) for step in script["steps"])


def seeds() -> Iterator[tuple[str, bytes]]:
    """(name, input for `any_target`) of every seed."""
    number = {target.__name__: bytes([at]) for at, target in enumerate(TARGETS)}
    for name, stream in _streams():
        yield f"session {name}", number["session"] + HOW + stream[:LONGEST]
        yield f"dots {name}", number["dots"] + stream[:512]
        for at, line in enumerate(stream.splitlines(keepends=True)[:6]):
            yield f"line {at} {name}", number["lines"] + line[:600]
    for at in range(max(len(MANNERS), len(FAULTS))):
        yield f"settings {at}", number["session"] + bytes([at, at, 70]) + SESSIONS["chunks"]
    for at, text in enumerate((SESSION_1, SESSION_2, SESSION_1.replace("C: ", "").replace("S: ", ""))):
        yield f"text {at}", number["texts"] + text.encode()
    made = talk()
    made.mail()
    yield "json", number["stored_json"] + made.session.transcript().to_json().encode()
    yield "observer", number["observer"] + b"\0" + _both_ends(made.heard)
    for at, stream in enumerate(POP3_STREAMS):
        yield f"pop3 {at}", number["pop3"] + bytes([2 + 4 * (at % 2), 70]) + stream
    for name, servers in recordings().items():
        for reply in (r for step in next(iter(servers.values()))["steps"] for r in step):
            yield f"reply {name}", number["replies"] + reply["text"].replace("\n", "\r\n").encode() + b"\r\n"


def _both_ends(heard: bytes) -> bytes:
    """Both sides of the guide's session for the observer's target: a control octet before each piece."""
    said = b"".join(line[3:].encode() + b"\r\n" for line in SESSION_1.splitlines() if line.startswith("C: "))
    pieces = [(1, piece) for piece in heard.splitlines(keepends=True)] + [(0, said)]
    return b"".join(
        bytes([len(piece[at : at + 60]) * 4 + who]) + piece[at : at + 60]
        for who, piece in pieces
        for at in range(0, len(piece), 60)
    )


def write(folder: Path) -> int:
    """Writes the corpus into a folder, one file a seed, and gives their number."""
    count = 0
    for count, (_, data) in enumerate(seeds(), start=1):
        any_target(data)
        folder.joinpath(f"seed-{count:05d}").write_bytes(data)
    return count
