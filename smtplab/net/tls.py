"""TLS for the server: a throwaway authority of this process, and the encryption of one connection.

Never does: touch a socket, or read SMTP. Octets of the wire go in, octets of the session come out, and back; the
connection that carries them stays what it was. (asyncio's own TLS transport cannot end one side alone, and then the
last reply may be lost: rule 3 of `connection`.) Imported only where a server offers STARTTLS, and `ssl` with it.

Rules
1. The authority is made once in a process, when it is first needed, and nobody keeps its key.
2. What cannot be decrypted ends the connection: `has_failed`, never an exception.
"""

from __future__ import annotations

import atexit
import functools
import os
import ssl
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass

import trustme

NAMES = ("mail.example.com", "smtp.example.com", "localhost", "127.0.0.1")
"""Whom the certificate names: the hosts of the toy world, and where they really are."""
READ = 64 * 1024
RECORD = 16 * 1024
"""Octets that one TLS record carries at most (RFC 8446 §5.1): so much is written whole, or not at all."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Who vouches for the servers of this process: `pem` is what a client needs to verify them."""

    pem: bytes
    server_context: ssl.SSLContext

    def client_context(self) -> ssl.SSLContext:
        """A new context that trusts this authority alone, and checks the server's name."""
        return ssl.create_default_context(cadata=self.pem.decode("ascii"))


_one_at_a_time = threading.Lock()


def authority() -> Authority:
    """The authority of this process."""
    with _one_at_a_time:  # client and server threads ask at the same moment
        return _authority()


@functools.cache
def _authority() -> Authority:
    made = trustme.CA(organization_name="smtplab", organization_unit_name="throwaway authority")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 8996: nothing older
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    made.issue_cert(*NAMES, organization_name="smtplab").configure_cert(context)  # pyright: ignore[reportUnknownMemberType]  trustme names pyOpenSSL's type as well
    return Authority(made.cert_pem.bytes(), context)


@functools.cache
def ca_file() -> str:
    """The path of a file with the authority's certificate, for clients that want a file. Gone when Python ends."""
    number, path = tempfile.mkstemp(prefix="smtplab-authority-", suffix=".pem")
    with os.fdopen(number, "wb") as file:
        file.write(authority().pem)
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner and os.path.exists(path):  # not a forked child
            os.unlink(path)

    atexit.register(remove)
    return path


class Tls:
    """The server's end of one encrypted connection."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._object = context.wrap_bio(self._in, self._out, server_side=True)
        self.is_up = False
        """The handshake is done."""
        self.has_failed = False
        """What came was not TLS, or not ours; only an alert in `to_wire` may follow."""
        self.has_ended = False
        """The client said, inside TLS, that nothing more comes."""

    def opened(self, data: bytes) -> bytes:
        """What the octets of the wire hold for the session, often nothing. Afterwards ask `to_wire`."""
        self._in.write(data)
        found = bytearray()
        if not self.is_up:
            self._try(self._shake)
        while self.is_up and not (self.has_failed or self.has_ended) and self._try(lambda: self._read_into(found)):
            pass
        return bytes(found)

    def sealed(self, data: bytes) -> bytes:
        """The octets of the wire that carry this."""
        for start in range(0, len(data), RECORD):
            piece = data[start : start + RECORD]
            self._try(lambda piece=piece: self._object.write(piece))
        return self.to_wire()

    def to_wire(self) -> bytes:
        """What TLS itself has to say: the handshake, an alert."""
        return self._out.read()

    def goodbye(self) -> bytes:
        """The octets of the wire that say that nothing more comes, in a way that nobody can forge."""
        if self.is_up and not self.has_failed:
            self._try(self._object.unwrap)
        return self.to_wire()

    def _shake(self) -> None:
        self._object.do_handshake()
        self.is_up = True

    def _read_into(self, found: bytearray) -> None:
        piece = self._object.read(READ)
        self.has_ended = not piece
        found += piece

    def _try(self, step: Callable[[], object]) -> bool:
        """True where it was done, False where more must come first, or where it failed."""
        try:
            step()
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError:
            self.has_failed = True
            return False
        return True
