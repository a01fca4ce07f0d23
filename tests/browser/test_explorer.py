"""The explorers in a real JupyterLab: chosen in by mouse and by keys, and a way that is really walked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.book import cells, printed, run, shut_down_kernel, write
from tests.browser.conftest import Lab

Open = Callable[..., Page]
EXPLORER = """from smtplab.widgets.explorer import Codes, Explorer
explorer = Explorer()
explorer"""
ON_IT = """(path) => {
  const at = path.getPointAtLength(path.getTotalLength() * 0.8).matrixTransform(path.getScreenCTM());
  return [at.x, at.y];
}"""
CODES = "from smtplab.widgets.explorer import Codes\nCodes(550, event='RCPT')"


@pytest.fixture
def opened(lab: Lab, open_notebook: Open) -> Open:
    """A function that opens a notebook whose first cell shows an explorer, and runs it."""

    def show(source: str, **how: object) -> Page:
        page = open_notebook(write(lab, source, ""), **how)
        run(page)
        expect(page.locator("[data-smtplab]").first).to_be_visible()
        return page

    return show


def explorer_in(page: Page) -> Locator:
    return page.locator("[data-smtplab=explorer]")


def told(page: Page) -> Locator:
    return explorer_in(page).get_by_role("region", name="What it means")


def codes_in(page: Page) -> Locator:
    return page.locator("[data-smtplab=codes]")


def test_a_state_an_arrow_and_a_label_are_chosen_by_mouse(opened: Open) -> None:
    page = opened(EXPLORER)
    explorer_in(page).locator("g.node[data-mark='state:DATA']").click()
    expect(told(page)).to_contain_text("A line of the letter")
    expect(explorer_in(page)).to_have_attribute("data-mark", "state:DATA")
    expect(explorer_in(page).locator(".node.is-chosen")).to_have_attribute("data-state", "DATA")
    explorer_in(page).locator("text[data-mark='label:rcpt']").click()
    expect(told(page)).to_contain_text("mail to rcpt")
    expect(explorer_in(page).get_by_label("State or command")).to_have_value("edge:rcpt")
    arrow = explorer_in(page).locator("g.over[data-mark='edge:end'] .casing")
    arrow.scroll_into_view_if_needed()
    page.mouse.click(*arrow.evaluate(ON_IT))
    expect(told(page)).to_contain_text("data to ready")


def test_everything_is_chosen_by_keys_and_announced(opened: Open) -> None:
    page = opened(EXPLORER)
    count = cells(page)
    box = explorer_in(page).get_by_label("State or command")
    box.focus()
    page.keyboard.press("ArrowDown")
    expect(explorer_in(page)).to_have_attribute("data-mark", "state:MAIL")
    expect(told(page)).to_contain_text("MAIL")
    expect(explorer_in(page).get_by_role("status")).to_contain_text("Mail. ")
    expect(box).to_be_focused()
    page.keyboard.press("Tab")
    expect(explorer_in(page).get_by_role("button", name="Run it")).to_be_focused()
    for key in ("b", "d", "d"):
        page.keyboard.press(key)
    assert cells(page) == count


def test_run_it_says_the_lines_to_a_real_server_and_shows_where_it_came(opened: Open) -> None:
    page = opened(EXPLORER)
    explorer_in(page).get_by_label("State or command").select_option("state:RCPT")
    explorer_in(page).get_by_role("button", name="Run it").press("Enter")
    expect(explorer_in(page).locator(".came")).to_contain_text("left the session in rcpt")
    expect(explorer_in(page).locator(".ran li")).to_have_count(7)
    expect(explorer_in(page).get_by_role("status").first).to_contain_text("really leads there")
    assert (
        printed(page, "print(explorer.server.sessions[-1].exchanges[3].sent, explorer.transcript.state.name)")
        .split("\n")[0]
        .startswith("b'RCPT TO:<bob@example.com>")
    )


def test_what_was_run_can_be_stepped_through_at_once(opened: Open) -> None:
    page = opened(EXPLORER)
    explorer_in(page).get_by_role("button", name="Run it").click()
    explorer_in(page).get_by_role("button", name="Step through it").click()
    stepper = explorer_in(page).locator("[data-smtplab=stepper]")
    expect(stepper).to_have_attribute("data-step", "0")
    page.keyboard.press("ArrowRight")
    expect(stepper).to_have_attribute("data-step", "1")
    expect(stepper.get_by_role("button", name="Next")).to_be_focused()
    explorer_in(page).get_by_label("State or command").select_option("state:MAIL")
    expect(stepper).to_have_count(0)


def test_without_a_kernel_it_explores_and_says_why_nothing_can_be_run(opened: Open) -> None:
    page = opened(EXPLORER)
    shut_down_kernel(page)
    explorer_in(page).get_by_label("State or command").select_option("state:MAIL")
    expect(told(page)).to_contain_text("MAIL")
    explorer_in(page).get_by_role("button", name="Run it").click()
    expect(explorer_in(page).locator(".ran")).to_contain_text("run the cell again")


def test_codes_are_lit_by_command_by_digit_and_by_what_to_do(opened: Open) -> None:
    page = opened(CODES)
    lit = codes_in(page).locator("button.cd.hit")
    expect(lit.filter(has_text="550")).to_have_count(1)
    codes_in(page).get_by_role("button", name="try later").click()
    expect(lit.first).to_contain_text("421")
    expect(lit.filter(has_text="550")).to_have_count(0)
    expect(codes_in(page).get_by_role("status")).to_contain_text("421, ")
    codes_in(page).get_by_role("button", name="3yz").press("Space")
    expect(lit).to_have_count(3)
    codes_in(page).locator("button.cd[data-code='354']").click()
    expect(codes_in(page).get_by_role("region", name="The code chosen")).to_contain_text("354")
    expect(codes_in(page).get_by_role("status")).to_contain_text("354, send the mail data")


def test_arrows_walk_along_the_codes_and_the_notebook_takes_no_key(opened: Open) -> None:
    page = opened(CODES)
    count = cells(page)
    first = codes_in(page).get_by_role("button", name="anything")
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(codes_in(page).get_by_role("button", name="(connect)")).to_be_focused()
    page.keyboard.press("Enter")
    expect(codes_in(page)).to_have_attribute("data-filter", "event:(connect)")
    for key in ("b", "d", "d"):
        page.keyboard.press(key)
    assert cells(page) == count


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 1400), ("light", 620)])
def test_they_can_be_looked_at(opened: Open, screenshot: Callable[[Page, str], Path], theme: str, width: int) -> None:
    page = opened(EXPLORER, theme=theme, width=width, height=1300)
    page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
    explorer_in(page).get_by_label("State or command").select_option("edge:end")
    explorer_in(page).get_by_role("button", name="Run it").click()
    expect(explorer_in(page).locator(".came")).to_be_visible()
    screenshot(page, f"explorer-{theme}-{width}")
    inner, outer = explorer_in(page).evaluate("(e) => [e.scrollWidth, e.clientWidth]")
    assert inner <= outer
