"""The widgets in Notebook 7, which hears keys before any widget does, unless a widget hears them first."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.book import write
from tests.browser.conftest import PAGE_TIMEOUT_MS, Lab

pytest.importorskip("notebook", reason="Notebook 7 is not installed: pip install --editable '.[test]'")

CELLS = (
    """import socket
from smtplab import Console, Server, Stepper
from smtplab.widgets.panel import Panel
server = Server()
with socket.create_connection(server.address, timeout=5) as client:
    replies = client.makefile("rb")
    for line in (b"", b"HELO me\\r\\n", b"MAIL FROM:<a@example.com>\\r\\n", b"QUIT\\r\\n"):
        client.sendall(line)
        replies.readline()
Stepper(server.sessions[0])""",
    "Console(server)",
    "Panel('ladder', server.sessions[0])",
)
STATES = ["CONNECTED", "GREETED", "GREETED", "READY", "READY", "MAIL", "MAIL", "CLOSED"]


@pytest.fixture
def page(lab: Lab, open_page: Callable[..., Page]) -> Page:
    """Notebook 7 on these cells, run. The server that shows JupyterLab shows it as well, at an address of its own."""
    page = open_page(width=1100, height=1000)
    name = write(lab, *CELLS)
    address = f"{lab.origin}/notebooks/{name}?token={lab.token}"
    assert urllib.request.urlopen(address, timeout=30).status == 200
    with page.expect_websocket(lambda made: "/channels" in made.url):
        page.goto(address)
    expect(page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute("data-status", "idle")
    page.locator(".jp-CodeCell .jp-InputPrompt").first.click()
    for _ in CELLS:
        page.keyboard.press("Shift+Enter")
    expect(stepper_in(page)).to_be_visible(timeout=PAGE_TIMEOUT_MS)
    expect(console_in(page)).to_have_attribute("data-state", "GREETED")
    return page


def stepper_in(page: Page) -> Locator:
    return page.locator("[data-smtplab=stepper]")


def console_in(page: Page) -> Locator:
    return page.locator("[data-smtplab=console]")


def test_every_widget_works_by_mouse_and_by_keys_and_notebook_7_takes_no_key_away(
    page: Page, page_errors: list[str]
) -> None:
    before = page.locator(".jp-Cell").count()
    root, nxt = stepper_in(page), stepper_in(page).get_by_role("button", name="Next", exact=True)
    for step, state in enumerate(STATES[1:4], 1):
        nxt.click()
        expect(root).to_have_attribute("data-step", str(step))
        expect(root).to_have_attribute("data-state", state)
    for step, state in enumerate(STATES[4:], 4):
        page.keyboard.press("ArrowRight")
        expect(root).to_have_attribute("data-step", str(step))
        expect(root).to_have_attribute("data-state", state)
    page.keyboard.press("Home")
    expect(root).to_have_attribute("data-step", "0")
    for key in ("b", "a", "d", "d", "x", "m", "y", "j", "k", "ArrowDown", "0", "0", "Enter"):
        page.keyboard.press(key)
    assert root.evaluate("(root) => root.contains(document.activeElement)"), "the focus has left the stepper"
    expect(page.get_by_role("dialog")).to_have_count(0)
    box = console_in(page).get_by_role("textbox", name="Command")
    box.click()
    page.keyboard.type("HELO badd.xx")
    expect(box).to_have_value("HELO badd.xx")
    page.keyboard.press("Enter")
    expect(console_in(page)).to_have_attribute("data-state", "READY")
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value("HELO badd.xx")
    assert page.locator(".jp-Cell").count() == before
    expect(page.get_by_role("group", name="Ladder").or_(page.locator("[data-smtplab=panel]")).first).to_be_visible()
    # and outside a widget the notebook's own keys do what they do
    page.keyboard.press("Escape")
    page.locator(".jp-CodeCell .jp-InputPrompt").first.click()
    page.keyboard.press("b")
    expect(page.locator(".jp-Cell")).to_have_count(before + 1)
    # Notebook 7 itself throws this one when it looks for settings that only JupyterLab has
    page_errors[:] = [error for error in page_errors if "reading 'schema'" not in error]
