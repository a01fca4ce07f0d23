"""Notebook 01 as shipped, in the real page: run whole, stepped through by mouse and by keys, and spoken to."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.book import BOOK, printed
from tests.browser.conftest import IDLE

SESSION = [
    "HELO me.example.com",
    "MAIL FROM:<me@example.com>",
    "RCPT TO:<bob@example.com>",
    "DATA",
    "hello",
    ".",
    "QUIT",
]
ADD_A_CELL = f"""async () => {{ const book = {BOOK}.content; book.activeCellIndex = book.widgets.length - 1;
    await window.jupyterapp.commands.execute('notebook:insert-cell-below'); }}"""


@pytest.fixture
def page(open_notebook: Callable[..., Page], run_all: Callable[[Page], None]) -> Page:
    """Notebook 01, every cell run, and one more cell at the end to ask the kernel with."""
    opened = open_notebook("01", width=1400)
    run_all(opened)
    opened.evaluate(ADD_A_CELL)
    opened.wait_for_function(IDLE)
    return opened


def shown(page: Page, kind: str) -> Locator:
    """The widget of a kind, scrolled to: JupyterLab draws a cell when it comes into view."""
    at = page.evaluate(
        f"""(kind) => {BOOK}.content.widgets.findIndex((c) => c.model.type === 'code'
            && new RegExp('^' + kind + '\\\\(', 'm').test(c.model.sharedModel.getSource()))""",
        kind.capitalize(),
    )
    page.evaluate(f"async (at) => {{ await {BOOK}.content.scrollToItem(at, 'start'); }}", at)
    found = page.locator(f"[data-smtplab={kind}]").first
    expect(found).to_be_visible()
    return found


def ask(page: Page, expression: str) -> object:
    return json.loads(printed(page, f"import json; print(json.dumps({expression}))"))


def test_the_stepper_walks_the_session_of_the_notebook_by_mouse_and_by_keys(page: Page) -> None:
    states = ask(page, "[first.state_at(n).name for n in range(len(first) + 1)]")
    lines = ask(page, "[step.text for step in first]")
    assert isinstance(states, list) and isinstance(lines, list) and len(lines) == 15
    stepper = shown(page, "stepper")
    for position in range(1, 16):
        stepper.get_by_role("button", name="Next").click()
        expect(stepper).to_have_attribute("data-step", str(position))
        expect(stepper).to_have_attribute("data-state", states[position])
        expect(stepper.locator("[aria-current=step]")).to_contain_text(lines[position - 1].strip() or "empty line")
    for position in range(14, -1, -1):
        page.keyboard.press("ArrowLeft")
        expect(stepper).to_have_attribute("data-step", str(position))
        expect(stepper).to_have_attribute("data-state", states[position])
    page.keyboard.press("End")
    expect(stepper).to_have_attribute("data-state", "CLOSED")


def test_a_session_typed_into_its_console_is_what_its_server_recorded(page: Page) -> None:
    console = shown(page, "console")
    rows = console.get_by_role("log").locator("li")
    expect(rows).to_have_count(1)
    box = console.get_by_role("combobox", name="Command").or_(console.get_by_role("textbox", name="Command"))
    for line in SESSION:
        before = rows.count()
        box.fill(line)
        box.press("Enter")
        expect(rows).not_to_have_count(before)
        expect(rows.last if line == "hello" else rows.nth(before + 1)).to_be_visible()
    expect(console).to_have_attribute("data-state", "CLOSED")
    record = ask(page, "[step.text or 'empty line' for step in server.sessions[-1]]")
    assert [row.inner_text() for row in rows.locator("code").all()] == record
    assert ask(page, "server.mailbox[-1].envelope.forward_paths") == ["bob@example.com"]
