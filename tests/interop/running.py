"""How a real client is run: what it is asked to do, with which limits, and what it must have.

Never does: know any client but nodemailer, which is not on the machine and is fetched by npm for one run.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.interop.letters import FAR, LETTER, NEAR

TIME_S = 10.0
PLAIN, STARTTLS, AUTH = "plain", "STARTTLS", "AUTH"
WAYS = (PLAIN, STARTTLS, AUTH)
"""AUTH is under STARTTLS, but for clients that have no TLS: they log in to a server that takes that in the clear."""
NODEMAILER = "nodemailer@10.6.1"


class Failed(Exception):
    """The client did not do what it was asked to, and why."""


@dataclass(frozen=True)
class Job:
    """What a client is to do: send the letter (`file`, with CR LF; `lf_file`, with LF) along `way`."""

    way: str
    port: int
    ca_file: str
    folder: Path
    has_tls: bool = True
    also: tuple[str, ...] = ()
    """More recipients, of those who send with swaks, curl, msmtp, smtplib or aiosmtplib."""
    limit_s: int = 8
    """Seconds that the client itself waits for a reply, or in all."""

    host = "localhost"

    @property
    def recipient(self) -> str:
        return FAR if self.way == AUTH else NEAR

    @property
    def recipients(self) -> list[str]:
        return [self.recipient, *self.also]

    @property
    def is_secure(self) -> bool:
        return self.has_tls and self.way != PLAIN

    @property
    def logs_in(self) -> bool:
        return self.way == AUTH

    def kept(self, name: str, data: bytes) -> str:
        """The path of a file with these octets."""
        path = self.folder / name
        path.write_bytes(data)
        return str(path)

    @property
    def file(self) -> str:
        return self.kept("letter.eml", LETTER)

    @property
    def lf_file(self) -> str:
        return self.kept("letter-lf.eml", LETTER.replace(b"\r\n", b"\n"))


def environment(folder: Path) -> dict[str, str]:
    """The variables a client sees: none that sends it elsewhere, and a home without settings."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "LC_ALL": "C"}


def ran(job: Job, *words: str, given: bytes = b"") -> bytes:
    """Runs a command to its end, and gives what it printed. Raises Failed."""
    try:
        done = subprocess.run(
            words, input=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIME_S, cwd=job.folder,
            env=environment(job.folder), check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Failed(f"{words[0]} did not end within {TIME_S:g} s") from None
    if done.returncode:
        said = done.stdout.decode("utf-8", "replace").strip().splitlines()
        raise Failed(f"{words[0]} ended with status {done.returncode}: {' / '.join(said[-3:])}")
    return done.stdout


@functools.cache
def perl_has(*modules: str) -> bool:
    words = ["perl", *(f"-M{module}" for module in modules), "-e", "1"]
    return subprocess.run(words, capture_output=True, timeout=TIME_S, check=False).returncode == 0


@functools.cache
def _npm_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="smtplab-npm-")


@functools.cache
def nodemailer_lacks() -> str:
    """Brings nodemailer by npm into a folder that goes with this process; says why where that cannot be done."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        return "nodemailer cannot be fetched: apt-get install nodejs npm"
    folder = Path(_npm_folder().name)
    words = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", NODEMAILER]
    (folder / "package.json").write_text("{}")
    try:
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=15, check=False)
    except subprocess.TimeoutExpired:
        return "nodemailer cannot be fetched: npm did not end within 15 s"
    return "" if done.returncode == 0 else f"nodemailer cannot be fetched: {done.stderr.strip().splitlines()[:1]}"


def nodemailer_folder() -> str:
    return str(Path(_npm_folder().name) / "node_modules" / "nodemailer")
