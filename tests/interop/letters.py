"""The letter that every client is given to send, with what is hard to carry; and what the clients need besides.

`LETTER` is for clients that send a file as it is; those that build the message themselves get `TEXT` and `OCTETS`.
"""

from __future__ import annotations

import base64
import re

SENDER = "alice@example.com"
NEAR, FAR = "bob@example.com", "zoe@elsewhere.example"
"""A recipient that everybody may write to, and one that the server takes only from who has logged in."""
USER, PASSWORD = "alice", "wonderland"
HELO = "client.example.net"
SUBJECT = "dots, a long line, eight bits"

LONGEST = 998
"""Octets of a text line without its CR LF, at most (RFC 5321 §4.5.3.1.6)."""
TEXT = "\n".join(
    ["plain", ".", "..", ".dot", "", "From the start", "Grüße aus Köln, 用户", "x" * LONGEST, "." * LONGEST, "last", ""]
)
OCTETS = bytes(range(256)) * 9 + b"\r\n.\r\n\n.\n\r.\r"
"""An attachment in which every octet comes, CR LF . CR LF among others."""


def _letter() -> bytes:
    head = (
        f"From: Alice <{SENDER}>\nTo: <{NEAR}>\nSubject: {SUBJECT}\nDate: Wed, 1 Oct 2008 12:00:00 +0000\n"
        "Message-ID: <1@client.example.net>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="=-lab-="\n\n'
        "--=-lab-=\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    )
    attached = (
        "\n--=-lab-=\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
        f"Content-Disposition: attachment; filename=octets.bin\n\n{base64.encodebytes(OCTETS).decode()}\n--=-lab-=--\n"
    )
    return (head + TEXT + attached).encode().replace(b"\n", b"\r\n")


LETTER = _letter()


def typed_lines() -> list[bytes]:
    """The letter as a person types it after 354, without line ends: a dot before each line that begins with one."""
    return [re.sub(rb"^\.", b"..", line) for line in LETTER.removesuffix(b"\r\n").split(b"\r\n")]
