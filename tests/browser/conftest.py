"""A real JupyterLab and a real Chromium, for tests that prove what the reader sees.

Fixtures:
- `chromium_path`: where Chromium is. Without one the test is skipped, with the line that installs it.
- `browser`: Chromium, one for the whole run; Playwright never downloads its own.
- `lab`: JupyterLab as `smtplab lab` starts it, one for the whole run, on a copy of the notebooks and with settings,
  runtime files and progress of its own. `lab.folder` takes more notebooks; `lab.url("01-x.ipynb")` is an address.
- `page_errors`: what the page's scripts threw; a test fails if it is not empty at the end.
- `open_page(theme=..., width=..., height=...)`: a page of a fresh browser profile; `page` is one, light and 1100 wide.
- `open_notebook("01", theme=..., width=...)`: the page with that notebook open and its kernel idle.

With SMTPLAB_REQUIRE_BROWSER=1, as .ci/run sets it, a test here that is skipped counts as failed.
SMTPLAB_CHROMIUM names a Chromium that is not found by itself. SMTPLAB_SCREENSHOTS names a folder to look into afterwards.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests import required

ROOT = Path(__file__).parents[2]
START_TIMEOUT_S = 90
PAGE_TIMEOUT_MS = 60_000
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# The page's colours follow the browser's wish, light or dark; nothing is saved behind a test's back.
SETTINGS = {
    "@jupyterlab/apputils-extension/themes": {"adaptive-theme": True},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}
IDLE = "() => window.jupyterapp?.shell.currentWidget?.context?.sessionContext?.session?.kernel?.status === 'idle'"


def is_required() -> bool:
    """Must every browser test run?"""
    return required.is_required("SMTPLAB_REQUIRE_BROWSER")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Where browser tests are required, a skipped one is a failed one."""
    return required.failed_if_skipped((yield), "SMTPLAB_REQUIRE_BROWSER", "browser test")


def find_chromium() -> str | None:
    """Where Chromium is, or None."""
    candidates = [os.environ.get("SMTPLAB_CHROMIUM"), *NAMES, MAC]
    return next((found for name in candidates if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where Chromium is; the test is skipped where it is not."""
    found = find_chromium()
    if found is None:
        pytest.skip("no Chromium found; install it: sudo apt-get install chromium")
    return found


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_ARGS)
        yield chromium
        chromium.close()


@dataclass
class Lab:
    """A running JupyterLab: its address, its token and the folder that it shows."""

    origin: str
    token: str
    folder: Path
    opened: int = 0

    def url(self, name: str) -> str:
        """The address of a notebook, in a workspace that no other page uses (else JupyterLab opens its tabs too)."""
        self.opened += 1
        return f"{self.origin}/lab/workspaces/test-{self.opened}/tree/{name}?token={self.token}&reset"

    def find(self, number: str) -> str:
        """The name of the notebook with this number; a whole name is taken as it is."""
        return next(path.name for path in sorted(self.folder.glob("*.ipynb")) if path.name.startswith(number))


@pytest.fixture(scope="session")
def lab(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab as `smtplab lab` starts it, from this environment, on a port that it finds free."""
    home = tmp_path_factory.mktemp("lab")
    folder = home / "notebooks"
    command = [sys.executable, "-m", "smtplab", "lab", "--dir", str(folder), "--", "--no-browser"]
    more = ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--LabApp.expose_app_in_browser=True"]
    with open(home / "lab.log", "wb") as log:
        server = subprocess.Popen(
            [*command, *more],
            cwd=ROOT,
            env=_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.PIPE,
        )
        try:
            origin, token = _wait_for_address(server)
            _wait_until_it_listens(server, origin)
            yield Lab(origin, token, folder)
        finally:
            server.terminate()
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


@pytest.fixture
def page_errors() -> list[str]:
    """What the page's scripts threw and did not catch. A test that provokes it looks at it here, and clears it."""
    return []


@pytest.fixture
def open_page(browser: Browser, page_errors: list[str]) -> Iterator[Callable[..., Page]]:
    """A function that opens a page of a fresh browser profile; errors in the page's scripts fail the test."""
    contexts = []

    def opened(*, theme: str = "light", width: int = 1100, height: int = 900) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PAGE_TIMEOUT_MS)
        page.on("pageerror", lambda error: page_errors.append(str(error)))
        page.on("console", _show)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not page_errors, "scripts in the page failed: " + "; ".join(page_errors)


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """An empty page, light and 1100 pixels wide."""
    return open_page()


@pytest.fixture
def open_notebook(lab: Lab, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """A function that opens a notebook, by number or name, and waits until its kernel is idle."""

    def opened(number: str = "01", **how: Any) -> Page:
        page = open_page(**how)
        page.goto(lab.url(lab.find(number)))
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
        page.wait_for_function(IDLE)
        return page

    return opened


@pytest.fixture
def run_all() -> Callable[[Page], None]:
    """A function that runs every cell of the open notebook, and waits until the kernel is done; a failing cell fails."""

    def run(page: Page) -> None:
        done = page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        assert done is not False, "a cell failed"
        page.wait_for_function(IDLE)

    return run


@pytest.fixture
def screenshot(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Page, str], Path]:
    """A function that stores a picture of the page under a name, for looking at; gives its path."""

    def store(page: Page, name: str) -> Path:
        folder = Path(os.environ.get("SMTPLAB_SCREENSHOTS", tmp_path))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{request.node.originalname}-{name}.png"
        page.screenshot(path=path)
        return path

    return store


def _environment(home: Path) -> dict[str, str]:
    """This environment, with every place that Jupyter writes to under `home`."""
    for name, settings in SETTINGS.items():
        path = home / "config/lab/user-settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings), "utf-8")
    (home / "progress").mkdir()
    return os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
        "SMTPLAB_DATA": str(home / "progress"),
    }


def _wait_for_address(server: subprocess.Popen[bytes]) -> tuple[str, str]:
    """Origin and token, read from what JupyterLab prints when it is ready; what it prints later is read and dropped."""
    assert server.stderr is not None
    too_late = threading.Timer(START_TIMEOUT_S, server.kill)
    too_late.start()
    said: list[str] = []
    for line in server.stderr:
        said.append(line.decode("utf-8", "replace"))
        if found := re.search(r"(http://127\.0\.0\.1:\d+)/\S*token=(\w+)", said[-1]):
            too_late.cancel()
            threading.Thread(target=server.stderr.read, daemon=True).start()
            return found[1], found[2]
    too_late.cancel()
    raise RuntimeError("JupyterLab did not start:\n" + "".join(said))


def _wait_until_it_listens(server: subprocess.Popen[bytes], origin: str) -> None:
    """Return once JupyterLab takes connections: it prints its address a moment earlier."""
    address = urllib.parse.urlsplit(origin)
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection((address.hostname, address.port), timeout=5).close()
            return
        except ConnectionRefusedError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(0.05)
                break
    raise RuntimeError(f"JupyterLab does not listen at {origin}")


def _show(message: ConsoleMessage) -> None:
    """Print what the page's scripts complain about; pytest shows it beside a failing test."""
    if message.type == "error":
        print("console:", message.text)
