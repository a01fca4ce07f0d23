"""Is this machine ready? The same lines of "ok" wherever all is well, and what to do where something is not.

Never does: print a version, a path or a port where all is well (a notebook's stored output has these lines), install
anything, or raise: whatever goes wrong in a check is that check's finding.
"""

from __future__ import annotations

import importlib
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from ..net.listening import IN_BROWSER

OLDEST_PYTHON = (3, 11)
WAIT_S = 5.0
PAIRS = {"8": "3", "7": "1"}
"""The major version of jupyterlab_widgets (the half in the page) that each of ipywidgets (the half here) needs."""
BROWSERS = (
    "firefox", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "brave-browser",
    "microsoft-edge", "msedge", "epiphany", "konqueror", "falkon", "opera", "vivaldi", "x-www-browser", "wslview",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `problem` says what is wrong and what to do, "" where it is well."""

    name: str
    problem: str

    def __str__(self) -> str:
        return f"{self.name:<10}{self.problem or 'ok'}"


class Ready(tuple[Check, ...]):
    """All that was looked at; printed, a line each and a last one that sums up."""

    @property
    def is_ready(self) -> bool:
        return not any(check.problem for check in self)

    def __repr__(self) -> str:
        wrong = sum(bool(check.problem) for check in self)
        end = (
            "This machine is ready."
            if not wrong
            else f"{wrong} of {len(self)} need help: do as the lines say, then look again."
        )
        return "\n".join([*map(str, self), end])

    __str__ = __repr__


def check() -> Ready:
    """Whether Python, sockets, the kernel, widgets, pictures and the browser work here: lines of "ok" where they do.

    Takes about a second. Raises nothing.
    """
    looks: dict[str, Callable[[], str]] = {
        "Python": _python,
        "sockets": _sockets,
        "kernel": _kernel,
        "widgets": _widgets,
        "pictures": _pictures,
        "browser": _browser,
    }
    return Ready(Check(name, _finding(look)) for name, look in looks.items())


def _finding(look: Callable[[], str]) -> str:
    try:
        return look()
    except Exception as error:
        return f"the check itself failed: {type(error).__name__}: {error}"


def _python() -> str:
    if sys.version_info >= OLDEST_PYTHON:
        return ""
    return "too old: install Python 3.11 or later, and make the environment anew with it"


def _sockets() -> str:
    """Speaks to a server of ours over loopback, and asks whether it saw what was said."""
    from ..net.server import Server

    advice = "a firewall or sandbox may forbid connections to 127.0.0.1: allow them for Python"
    try:
        with Server() as server, socket.create_connection(server.address, timeout=WAIT_S) as sock:
            sock.sendall(b"QUIT\r\n")
            heard = b""
            while piece := sock.recv(4096):
                heard += piece
            seen = server.sessions[-1].text()
    except OSError:
        return f"no session on this machine's own address: {advice}"
    codes = [line[:3] for line in heard.split(b"\r\n") if line]
    if codes != [b"220", b"221"] or "C: QUIT" not in seen:
        return f"the server was not heard as it spoke, something stands between: {advice}"
    return ""


def _kernel() -> str:
    if IN_BROWSER:  # the page itself runs the notebook
        return ""
    return _imports("ipykernel", "notebooks cannot run")


def _widgets() -> str:
    missing = _imports("ipywidgets", "no stepper can be shown") or _imports("anywidget", "no stepper can be shown")
    if missing:
        return missing
    half, major = PAIRS.get(version("ipywidgets").split(".")[0]), _major("jupyterlab_widgets")
    if _major("jupyterlab") and half and major != half:
        return f"JupyterLab has not the half that ipywidgets needs: pip install 'jupyterlab_widgets=={half}.*', then reload the page"
    return ""


def _pictures() -> str:
    return _imports("matplotlib.figure", "no plot can be drawn")


def _browser() -> str:
    """A notebook that runs is looked at in a browser already; else there must be one to open."""
    if _in_kernel() or IN_BROWSER or sys.platform in ("win32", "darwin"):
        return ""
    if any(map(shutil.which, BROWSERS)):
        return ""
    return "none found here: open the address that `smtplab lab` prints in a browser on your own machine"


def _in_kernel() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def _imports(module: str, without_it: str) -> str:
    try:
        importlib.import_module(module)
    except Exception as error:  # a broken install raises anything
        package = module.partition(".")[0]
        why = "is missing" if isinstance(error, ModuleNotFoundError) else f"does not load ({type(error).__name__})"
        remedy = f"%pip install {package}" if IN_BROWSER else f"pip install --force-reinstall {package}"
        return f"{package} {why}, so {without_it}: {remedy}"
    return ""


def _major(package: str) -> str:
    try:
        return version(package).split(".")[0]
    except PackageNotFoundError:
        return ""
