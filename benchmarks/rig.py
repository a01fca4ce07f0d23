"""JupyterLab and Chromium for a measurement: started, opened on notebooks made here, and ended again.

Everything that Jupyter writes goes to a folder of its own that is removed at the end; nothing leaves this machine.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

START_S = 90
PAGE_MS = 90_000
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PROBE = Path(__file__).with_name("probe.js")
BOOK = "window.jupyterapp.shell.currentWidget"
KERNEL = f"{BOOK}?.context?.sessionContext?.session?.kernel"
IDLE = f"() => window.jupyterapp && {KERNEL}?.status === 'idle'"


class Rig:
    """A running JupyterLab and a Chromium; `open(*cells)` gives the page of a new notebook."""

    def __init__(self, browser: Browser, origin: str, token: str, folder: Path) -> None:
        self._browser, self._origin, self._token, self._folder = browser, origin, token, folder
        self._made = 0

    def open(self, *cells: str) -> Page:
        """The page of a new notebook of these cells, in a browser profile of its own, its kernel idle."""
        self._made += 1
        name = f"bench-{self._made}"
        _write(self._folder / f"{name}.ipynb", cells)
        page = self._browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
        page.set_default_timeout(PAGE_MS)
        page.add_init_script(path=PROBE)
        page.goto(f"{self._origin}/lab/workspaces/{name}/tree/{name}.ipynb?token={self._token}&reset")
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
        page.wait_for_function(IDLE)
        return page


def select(page: Page, number: int) -> None:
    """Make this cell the active one."""
    page.evaluate(f"(n) => {{ const b = {BOOK}.content; b.deselectAll(); b.activeCellIndex = n; }}", number)


def run(page: Page, number: int) -> None:
    """Run this cell, and wait until the kernel is idle again."""
    select(page, number)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell')")
    page.wait_for_function(IDLE)


def start_in_kernel(page: Page, code: str) -> None:
    """Have the kernel do something, and return once it is at it."""
    page.evaluate(f"(code) => {{ {KERNEL}.requestExecute({{ code }}); }}", code)
    page.wait_for_function(f"() => {KERNEL}.status === 'busy'")


def is_busy(page: Page) -> bool:
    """Is the kernel at work?"""
    return page.evaluate(f"() => {KERNEL}?.status === 'busy'")


def shut_down(page: Page) -> None:
    """End the kernel, as the menu does."""
    page.evaluate(f"() => {BOOK}.context.sessionContext.shutdown()")
    page.wait_for_function(f"() => !{KERNEL}")


def close(page: Page) -> None:
    """End the page, and its kernel if it still has one."""
    with contextlib.suppress(Exception):
        shut_down(page)
    page.context.close()


@contextlib.contextmanager
def rig(chromium: str | None = None) -> Generator[Rig]:
    """JupyterLab from this environment, and the Chromium that is named or found."""
    found = chromium or next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    if found is None or not Path(found).exists():
        raise SystemExit(f"no Chromium at {chromium or 'any usual place'}: install chromium, or say --chromium PATH")
    with (
        tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as home,
        _lab(Path(home)) as (at, token),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM_ARGS)
        yield Rig(browser, at, token, Path(home) / "notebooks")
        browser.close()


@contextlib.contextmanager
def _lab(home: Path) -> Generator[tuple[str, str]]:
    """Origin and token of a JupyterLab that keeps everything under `home`."""
    (home / "notebooks").mkdir()
    settings = home / "config/lab/user-settings/@jupyterlab/docmanager-extension/plugin.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"autosave": False}), "utf-8")
    places = {"CONFIG": "config", "DATA": "data", "RUNTIME": "runtime"}
    environment = os.environ | {f"JUPYTER_{name}_DIR": str(home / place) for name, place in places.items()}
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1",
         "--ServerApp.port=0", f"--ServerApp.root_dir={home / 'notebooks'}", "--LabApp.expose_app_in_browser=True"],
        env=environment | {"IPYTHONDIR": str(home / "ipython")}, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield _address(server)
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _address(server: subprocess.Popen[bytes]) -> tuple[str, str]:
    """Origin and token, as JupyterLab prints them when it is ready."""
    assert server.stderr is not None
    too_late = threading.Timer(START_S, server.kill)
    too_late.start()
    said: list[str] = []
    for line in server.stderr:
        said.append(line.decode("utf-8", "replace"))
        if found := re.search(r"(http://127\.0\.0\.1:\d+)/\S*token=(\w+)", said[-1]):
            too_late.cancel()
            threading.Thread(target=server.stderr.read, daemon=True).start()
            return found[1], found[2]
    too_late.cancel()
    raise SystemExit("JupyterLab did not start:\n" + "".join(said[-30:]))


def _write(path: Path, cells: tuple[str, ...]) -> None:
    made = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": cell, "outputs": [], "execution_count": None}
        for n, cell in enumerate(cells)
    ]
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.write_text(json.dumps({"cells": made, "metadata": spec, "nbformat": 4, "nbformat_minor": 5}), "utf-8")
