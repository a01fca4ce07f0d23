"""Real clients, each made to fetch by POP3 what was sent by SMTP: what they got, against what was stored.

    python -m tests.interop.readers        # or `make interop`: prints the table

Rules: those of `clients`. A client's own changes to what it writes down (line ends of this system, a Received line of its
own) are taken back by the function that runs it, and stand in its docstring.
"""

from __future__ import annotations

import poplib
import re
import shutil
import smtplib
import ssl
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from smtplab.net.server import Server
from tests.interop.clients import is_wanted
from tests.interop.letters import HELO, LETTER, PASSWORD, SENDER, USER
from tests.interop.running import TIME_S, Failed, Job, ran

PLAIN, STLS = "plain", "STLS"
WAYS = (PLAIN, STLS)
SECOND = b"Subject: short, and dots\r\n\r\n.\r\n..\r\n.dot\r\n+OK\r\n-ERR\r\n"
LETTERS = (LETTER, SECOND, b"Subject: nothing in it\r\n\r\n")


@dataclass(frozen=True)
class Reader:
    """One client: `command` is what it needs, `package` what brings it. `fetch` gives the letters that it got."""

    name: str
    fetch: Callable[[Job], Sequence[bytes]]
    command: str = ""
    package: str = ""
    removes: bool = False
    """True where it has the letters removed once it has them."""

    def lacks(self) -> str:
        """Why it cannot be tried here, with what to do; "" where it can."""
        if self.command and shutil.which(self.command) is None:
            return f"{self.name} is not installed: apt-get install {self.package}"
        return ""


def by_poplib(job: Job) -> list[bytes]:
    """poplib, of the Python that runs this; it removes what it has fetched."""
    try:
        with closing(poplib.POP3(job.host, job.port, timeout=TIME_S)) as pop:
            if job.is_secure:
                pop.stls(ssl.create_default_context(cafile=job.ca_file))
            pop.user(USER)
            pop.pass_(PASSWORD)
            count = pop.stat()[0]
            got = [b"".join(line + b"\r\n" for line in pop.retr(n)[1]) for n in range(1, count + 1)]
            for n in range(1, count + 1):
                pop.dele(n)
            pop.quit()
            return got
    except (poplib.error_proto, OSError) as error:
        raise Failed(repr(error)) from error


def by_curl(job: Job) -> list[bytes]:
    """curl: one call lists, one more fetches each letter."""
    words = [
        "curl",
        "--silent",
        "--show-error",
        "--max-time",
        str(TIME_S),
        "--noproxy",
        "*",
        "--user",
        f"{USER}:{PASSWORD}",
    ]
    if job.is_secure:
        words += ["--ssl-reqd", "--cacert", job.ca_file]
    url = f"pop3://{job.host}:{job.port}/"
    listed = ran(job, *words, url).decode("ascii", "replace").split("\r\n")[:-1]
    return [ran(job, *words, url + line.split()[0]) for line in listed]


def by_mpop(job: Job) -> list[bytes]:
    """mpop, into a Maildir; it removes what it has. It adds a Received line on top, and writes LF for a line's end."""
    folder = job.folder / "fetched"
    for part in ("new", "cur", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    tls = ["tls on", "tls_starttls on", f"tls_trust_file {job.ca_file}"] if job.is_secure else ["tls off"]
    settings = [
        "account lab", f"host {job.host}", f"port {job.port}", f"user {USER}", f"password {PASSWORD}", "auth user",
        *tls, f"delivery maildir {folder}", f"uidls_file {job.folder / 'uidls'}", "keep off", "",
    ]  # fmt: skip
    file = Path(job.kept("mpoprc", "\n".join(settings).encode()))
    file.chmod(0o600)
    ran(job, "mpop", f"--file={file}", "--quiet", "lab")
    letters = [path.read_bytes().replace(b"\n", b"\r\n") for path in (folder / "new").iterdir()]
    return [re.sub(rb"\AReceived:[^\r]*\r\n(?:[ \t][^\r]*\r\n)*", b"", letter) for letter in letters]


READERS = (
    Reader("poplib", by_poplib, removes=True),
    Reader("curl", by_curl, "curl", "curl"),
    Reader("mpop", by_mpop, "mpop", "mpop", removes=True),
)


# ------------------------------------------------------------------------------------------------------ the trials
def trouble(reader: Reader, way: str, folder: Path) -> str:
    """Lets the client fetch the letters this way; "" where what it got is, octet for octet, what was stored."""
    with Server(pop3=True, tls=way == STLS) as server:
        with smtplib.SMTP(*server.address, local_hostname=HELO, timeout=TIME_S) as smtp:
            for letter in LETTERS:
                smtp.sendmail(SENDER, [SENDER], letter, mail_options=["BODY=8BITMIME"])
        stored = [message.raw for message in server.mailbox[USER]]
        if len(stored) != len(LETTERS) or not all(map(bytes.endswith, stored, LETTERS)):
            return f"{len(stored)} letters were stored, or others than were sent"
        job = Job(
            "STARTTLS" if way == STLS else "plain",
            server.pop3_address[1],
            server.ca_file if way == STLS else "",
            folder,
        )
        try:
            got = reader.fetch(job)
        except Failed as failed:
            return str(failed)
        return _difference(reader, way, server, stored, got)


def _difference(reader: Reader, way: str, server: Server, stored: list[bytes], got: Sequence[bytes]) -> str:
    said = [session for session in server.sessions if session.table.name == "POP3"]
    if server.errors:
        return f"a bug in the server: {server.errors[-1]!r}"
    if any(session.facts.tls != (way == STLS) for session in said):
        return "not under TLS" if way == STLS else "under TLS"
    if sorted(got) != sorted(stored):
        pairs = zip(sorted(got), sorted(stored), strict=False)
        first = next((pair for pair in pairs if pair[0] != pair[1]), (b"", b""))
        lines = zip(first[0].split(b"\r\n"), first[1].split(b"\r\n"), strict=False)
        other = next((pair for pair in lines if pair[0] != pair[1]), (first[0][-40:], first[1][-40:]))
        return f"{len(got)} of {len(stored)} letters, and got {other[0][:60]!r}, not {other[1][:60]!r}"
    left = len(server.mailbox[USER])
    if left != (0 if reader.removes else len(stored)):
        return f"{left} letters are left"
    return ""


def outcome(reader: Reader, way: str) -> str:
    """One cell of the table."""
    with tempfile.TemporaryDirectory() as folder:
        found = trouble(reader, way, Path(folder))
    return f"FAILED: {found}" if found else "identical"


def main() -> int:
    """Prints the table; 1 where something failed."""
    rows: list[list[str]] = [["fetches by POP3", *WAYS]]
    for reader in READERS:
        if lack := reader.lacks():
            rows.append([reader.name, f"{'FAILED' if is_wanted(reader) else 'skipped'}: {lack}"])
            continue
        rows.append([reader.name, *(outcome(reader, way) for way in WAYS)])
    for row in rows:
        print("  ".join(cell.ljust(16) for cell in row).rstrip(), flush=True)
    return int(any(cell.startswith("FAILED") for row in rows for cell in row[1:]))


if __name__ == "__main__":
    sys.exit(main())
