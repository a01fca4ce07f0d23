"""Real clients, each made to send the same letter to a server of this process: what was stored, against what was given.

    python -m tests.interop.clients        # or `make interop`: prints the table

`CLIENTS` lists them: what each needs, which ways it can go, and the function that makes it send. Nothing but loopback
is spoken to (npm, where it is there, fetches nodemailer once a run).

Rules
1. A client reads no settings of the person who runs this, and has at most TIME_S.
2. Those that type (telnet, netcat, s_client) wait for each reply before they go on: nothing sleeps.
3. A client that cannot do its work raises `Failed`, with its own last words.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from smtplab.net.server import Server
from tests.interop import senders as s
from tests.interop.letters import LETTER, OCTETS, SENDER, SUBJECT, TEXT
from tests.interop.running import AUTH, PLAIN, STARTTLS, WAYS, Failed, Job, nodemailer_lacks, perl_has


@dataclass(frozen=True)
class Client:
    """One client: `command` or `module` is what it needs, `package` what brings it, `build` makes its own message.

    `mangles_from`: what it builds has ">From" at the start of
    a line for "From", as mailboxes in one file want it.
    """

    name: str
    send: Callable[[Job], None]
    command: str = ""
    module: str = ""
    package: str = ""
    ways: Sequence[str] = WAYS
    build: Callable[[Job], None] | None = None
    mangles_from: bool = False

    @property
    def has_tls(self) -> bool:
        return STARTTLS in self.ways

    def lacks(self) -> str:
        """Why it cannot be tried here, with what to do; "" where it can."""
        if self.module and importlib.util.find_spec(self.module) is None:
            return f'{self.name} is not installed: pip install -c constraints.txt -e ".[test]"'
        if self.name == "nodemailer":
            return nodemailer_lacks()
        if self.command and shutil.which(self.command) is None:
            return f"{self.name} is not installed: apt-get install {self.package}"
        if self.command == "perl" and not perl_has("IO::Socket::SSL", "Authen::SASL"):
            return f"{self.name} lacks modules: apt-get install {self.package}"
        return ""


# ------------------------------------------------------------------------------------------------------ the table
PERL_PACKAGES = "perl libio-socket-ssl-perl libauthen-sasl-perl"
TYPED = (PLAIN, AUTH)
CLIENTS = (
    Client("smtplib", s.by_smtplib, build=s.smtplib_builds, mangles_from=True),
    Client("aiosmtplib", s.by_aiosmtplib, module="aiosmtplib", build=s.aiosmtplib_builds),
    Client("swaks", s.by_swaks, "swaks", package="swaks libnet-ssleay-perl", build=s.swaks_builds),
    Client("curl", s.by_curl, "curl", package="curl", build=s.curl_builds),
    Client("msmtp", s.by_msmtp, "msmtp", package="msmtp"),
    Client("telnet", s.by_telnet, "telnet", package="telnet", ways=TYPED),
    Client("netcat -C", s.by_netcat, "nc", package="netcat-openbsd", ways=TYPED),
    Client("openssl s_client", s.by_s_client, "openssl", package="openssl", ways=(STARTTLS, AUTH)),
    Client("Perl Net::SMTP", s.by_perl, "perl", package=PERL_PACKAGES),
    Client("nodemailer", s.by_nodemailer, "node", package="nodejs npm", build=s.nodemailer_builds),
)


# ------------------------------------------------------------------------------------------------------ the trials
def served(client: Client, way: str) -> Server:
    """A server that offers what this way of this client needs."""
    secure = way != PLAIN and client.has_tls
    return Server(tls=secure, auth="toy" if way == AUTH else None, auth_in_clear=way == AUTH and not secure)


def protocol(client: Client, way: str) -> bytes:
    """What the Received line must say (RFC 3848): S for TLS, A for a log in."""
    return b"ESMTP" + (b"S" if way != PLAIN and client.has_tls else b"") + (b"A" if way == AUTH else b"")


def trouble(client: Client, way: str, folder: Path) -> str:
    """Lets the client send the letter this way; "" where what was stored is, octet for octet, what was given."""
    with served(client, way) as server:
        ca_file = server.ca_file if client.has_tls else ""
        job = Job(way, server.address[1], ca_file, folder, client.has_tls)
        try:
            client.send(job)
        except Failed as failed:
            return str(failed)
        return _difference(server, job, protocol(client, way))


def _difference(server: Server, job: Job, with_: bytes) -> str:
    if server.errors:
        return f"a bug in the server: {server.errors[-1]!r}"
    if len(server.mailbox) != 1:
        return f"{len(server.mailbox)} messages were stored, not 1"
    stored = server.mailbox[-1]
    if b" with " + with_ + b" id " not in stored.trace:
        return f"not sent with {with_.decode()}: {stored.trace!r}"
    if (stored.envelope.reverse_path, stored.envelope.forward_paths) != (SENDER, (job.recipient,)):
        return f"another envelope: {stored.envelope}"
    given = LETTER
    if stored.content == given:
        return ""
    pairs = zip(stored.content.split(b"\r\n"), given.split(b"\r\n"), strict=False)
    first = next((pair for pair in pairs if pair[0] != pair[1]), (stored.content[-40:], given[-40:]))
    return f"stored {first[0][:60]!r}, not {first[1][:60]!r}"


def trouble_building(client: Client, folder: Path) -> str:
    """Lets the client build a message of TEXT and OCTETS; "" where these are what the stored one holds."""
    assert client.build is not None
    with Server() as server:
        try:
            client.build(Job(PLAIN, server.address[1], "", folder))
        except Failed as failed:
            return str(failed)
        if server.errors or len(server.mailbox) != 1:
            return f"{len(server.mailbox)} messages were stored, and errors: {server.errors}"
        message = server.mailbox[-1].message
        text, attached = (part for part in message.walk() if not part.is_multipart())
        if message["Subject"] != SUBJECT:
            return f"another subject: {message['Subject']}"
        if attached.get_payload(decode=True) != OCTETS or attached.get_filename() != "octets.bin":
            return "another attachment"
        found = (text.get_payload(decode=True) or b"").decode(text.get_content_charset("utf-8")).replace("\r\n", "\n")
        given = TEXT.replace("\nFrom ", "\n>From ") if client.mangles_from else TEXT
        return "" if found.removesuffix("\n") == given.removesuffix("\n") else f"another text: {found[:80]!r}"


class Named(Protocol):
    """A client, of whichever kind."""

    @property
    def name(self) -> str: ...


def is_wanted(client: Named) -> bool:
    """A client that is not here is a failure: SMTPLAB_REQUIRE_CLIENTS=1 says so, but for nodemailer.

    It comes from a registry at the moment of the test, and a registry that is slow today is no fault of ours.
    """
    return os.environ.get("SMTPLAB_REQUIRE_CLIENTS") == "1" and client.name != "nodemailer"


# ------------------------------------------------------------------------------------------------------- printing
def outcome(client: Client, way: str) -> str:
    """One cell of the table."""
    if way not in client.ways:
        return "cannot"
    with tempfile.TemporaryDirectory() as folder:
        found = trouble(client, way, Path(folder))
    return f"FAILED: {found}" if found else "identical"


def main() -> int:
    """Prints the table; 1 where something failed."""
    rows: list[list[str]] = [["client", *WAYS, "builds its own"]]
    for client in CLIENTS:
        if lack := client.lacks():
            rows.append([client.name, f"{'FAILED' if is_wanted(client) else 'skipped'}: {lack}"])
            continue
        built = "-"
        if client.build is not None:
            with tempfile.TemporaryDirectory() as folder:
                found = trouble_building(client, Path(folder))
            built = f"FAILED: {found}" if found else "equal"
        rows.append([client.name, *(outcome(client, way) for way in WAYS), built])
    for row in rows:
        print("  ".join(cell.ljust(16) for cell in row).rstrip(), flush=True)
    return int(any(cell.startswith("FAILED") for row in rows for cell in row[1:]))


if __name__ == "__main__":
    sys.exit(main())
