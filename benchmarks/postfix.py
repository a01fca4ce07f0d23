"""Postfix's two test programs, `smtp-source` (a load) and `smtp-sink` (a server that keeps nothing), both in C.

Taken from where Postfix is installed; else unpacked from the Debian package, which is not installed, into build/.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "build" / "postfix"
AS_NOBODY = ("-u", "nobody") if os.geteuid() == 0 else ()
"""smtp-sink wants to be told who to be where it is started by the system's administrator."""
_REMEDY = "Install Postfix (its test programs are all that is used: no server is started), and run this again."


@functools.cache
def _programs() -> tuple[Path, Mapping[str, str]]:
    """The folder that the programs stand in, and the environment in which they run."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    settings = FOLDER / "settings"
    settings.mkdir(exist_ok=True)
    (settings / "main.cf").write_text("compatibility_level = 3.6\ninet_protocols = ipv4\n", "ascii")
    environment = {**os.environ, "MAIL_CONFIG": str(settings)}
    for folder in (*os.get_exec_path(), "/usr/sbin", "/usr/local/sbin"):
        if shutil.which("smtp-source", path=folder):
            return Path(folder), environment
    if not (FOLDER / "usr/sbin/smtp-source").exists():
        _unpack()
    libraries = [str(FOLDER / "usr/lib/postfix"), *map(str, (FOLDER / "usr/lib").glob("*-linux-*"))]
    return FOLDER / "usr/sbin", {**environment, "LD_LIBRARY_PATH": ":".join(libraries)}


def _unpack() -> None:
    """Fetches the packages by the system's own tool, from the sources that it knows, and takes them apart."""
    needed = ("postfix", *(name for name, library in _LIBRARIES.items() if not _has(library)))
    try:
        subprocess.run(["apt-get", "download", *needed], cwd=FOLDER, check=True, capture_output=True, timeout=120)
        for package in FOLDER.glob("*.deb"):
            subprocess.run(["dpkg-deb", "--extract", package.name, "."], cwd=FOLDER, check=True, timeout=120)
            package.unlink()
    except (OSError, subprocess.SubprocessError) as error:
        raise SystemExit(
            f"Postfix's smtp-source is missing and its package cannot be fetched: {error}. {_REMEDY}"
        ) from None


_LIBRARIES = {"libdb5.3": "libdb-5.3.so", "libnsl2": "libnsl.so.2", "libtirpc3": "libtirpc.so.3"}
"""What Debian's build of it wants besides, by package; what is there already is not fetched."""


def _has(library: str) -> bool:
    found = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, timeout=60)
    return library in found.stdout


def start(program: str, *arguments: str) -> subprocess.Popen[bytes]:
    """One of the two, started."""
    folder, environment = _programs()
    return subprocess.Popen([str(folder / program), *arguments], env=environment, stdin=subprocess.DEVNULL)


def run(program: str, *arguments: str, within_s: float) -> None:
    """One of the two, run to its end. Exits with a sentence where it fails."""
    child = start(program, *arguments)
    try:
        code = child.wait(within_s)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        raise SystemExit(f"{program} {' '.join(arguments)} was not done within {within_s:g} s") from None
    if code:
        raise SystemExit(f"{program} {' '.join(arguments)} failed ({code})")
