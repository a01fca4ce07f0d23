"""The console in a real JupyterLab: a session is typed, and what is shown is what the server's record says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.book import cells, printed, run, shut_down_kernel, write
from tests.browser.conftest import Lab

SHOW = """from smtplab.net.server import Server
from smtplab.widgets.console import Console
server = Server()
console = Console(server)
console"""
SESSION = [
    ("EHLO me.example.com", "READY"), ("MAIL FROM:<me@example.com>", "MAIL"), ("DATA", "MAIL"), ("RCPT TO:<nobody@example.com>", "MAIL"),
    ("RCPT TO:<alice@example.com>", "RCPT"), ("DATA", "DATA"), ("Subject: hello", "DATA"), ("", "DATA"), ("QUIT", "DATA"), (".", "READY"),
]  # fmt: skip
Open = Callable[..., Page]


@pytest.fixture
def opened(lab: Lab, open_notebook: Open) -> Callable[..., Page]:
    """A function that opens a notebook with a console, run and connected."""

    def show(*cells: str, **how: object) -> Page:
        page = open_notebook(write(lab, *(cells or (SHOW, ""))), **how)
        run(page)
        expect(console_in(page)).to_have_attribute("data-state", "GREETED")
        return page

    return show


def console_in(page: Page) -> Locator:
    return page.locator("[data-smtplab=console]")


def box(page: Page) -> Locator:
    return console_in(page).get_by_role("textbox", name="Command")


def log(page: Page) -> Locator:
    return console_in(page).get_by_role("log")


def say(page: Page, line: str, state: str, wait_for: int) -> None:
    """Type a line and wait until the log has so many rows."""
    box(page).fill(line)
    page.keyboard.press("Enter")
    expect(log(page).locator("li")).to_have_count(wait_for)
    expect(console_in(page)).to_have_attribute("data-state", state)


def test_a_typed_session_is_shown_as_the_server_recorded_it(opened: Open) -> None:
    page = opened()
    box(page).click()
    count = 1
    for line, state in SESSION:
        count += 1 if state == "DATA" and line != "DATA" else 2
        say(page, line, state, count)
    record = json.loads(
        printed(page, "import json; print(json.dumps([[s.direction, s.text] for s in server.sessions[-1]]))")
    )
    shown = (
        log(page)
        .locator("li")
        .evaluate_all(
            "(rows) => rows.map((r) => [r.querySelector('.sl-vh').innerText.startsWith('client') ? 'C' : 'S', r.querySelector('code').textContent])"
        )
    )
    assert [[who, "" if text == "empty line" else text] for who, text in shown] == record
    assert (
        printed(page, "print(console.transcript.text() == server.sessions[-1].text(), len(server.mailbox))").strip()
        == "True 1"
    )
    assert printed(page, "print(server.mailbox[-1].message['Subject'])").strip() == "hello"


def test_what_may_be_said_now_and_who_waits_stand_beside_it(opened: Open) -> None:
    page = opened()
    expect(console_in(page)).to_contain_text("HELO or EHLO with a name")
    say(page, "HELO me.example.com", "READY", 3)
    may = console_in(page).get_by_role("group", name="You may say")
    expect(may).to_contain_text("MAIL FROM")
    expect(may).not_to_contain_text("RCPT TO")
    say(page, "MAIL FROM:<a@example.com>", "MAIL", 5)
    expect(may).to_contain_text("RCPT TO")
    expect(console_in(page).locator(".sl-strip [aria-current]")).to_have_text("mail")


def test_enter_sends_and_the_arrows_recall(opened: Open) -> None:
    page = opened()
    say(page, "HELO one", "READY", 3)
    say(page, "NOOP two", "READY", 5)
    page.keyboard.press("ArrowUp")
    expect(box(page)).to_have_value("NOOP two")
    page.keyboard.press("ArrowUp")
    expect(box(page)).to_have_value("HELO one")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(box(page)).to_have_value("")


def test_typing_is_not_taken_for_the_notebooks_keys(opened: Open) -> None:
    page = opened()
    before = cells(page)
    box(page).click()
    page.keyboard.type("bad dx")
    expect(box(page)).to_have_value("bad dx")
    assert cells(page) == before


def test_the_send_button_sends_and_gives_the_focus_back(opened: Open) -> None:
    page = opened()
    box(page).fill("HELO me")
    console_in(page).get_by_role("button", name="Send").click()
    expect(console_in(page)).to_have_attribute("data-state", "READY")
    expect(box(page)).to_be_focused()


def test_after_goodbye_it_offers_to_connect_again(opened: Open) -> None:
    page = opened()
    again = console_in(page).get_by_role("button", name="Connect again")
    expect(again).to_be_hidden()
    say(page, "QUIT", "CLOSED", 3)
    expect(console_in(page)).to_contain_text("The connection is closed.")
    again.click()
    expect(console_in(page)).to_have_attribute("data-state", "GREETED")
    expect(log(page).locator("li")).to_have_count(1)
    assert printed(page, "print(len(server.sessions))").strip() == "2"


def test_a_server_that_is_gone_is_told_in_words(opened: Open) -> None:
    page = opened()
    printed(page, "server.stop()")
    box(page).fill("NOOP")
    page.keyboard.press("Enter")
    expect(console_in(page)).to_have_attribute("data-state", "CLOSED")
    console_in(page).get_by_role("button", name="Connect again").click()
    expect(console_in(page).get_by_role("status")).to_contain_text("Is the server started?")


def test_a_pasted_script_is_said_line_by_line(opened: Open) -> None:
    page = opened()
    page.evaluate(
        """() => { const paste = new DataTransfer(); paste.setData('text', 'HELO me\\r\\nNOOP\\nMAIL FROM:<a@example.com>\\nRCPT');
        document.querySelector('[data-smtplab=console] input').dispatchEvent(new ClipboardEvent('paste', { clipboardData: paste, cancelable: true })); }"""
    )
    expect(console_in(page)).to_have_attribute("data-state", "MAIL")
    expect(box(page)).to_have_value("RCPT")


def test_hostile_text_is_shown_and_not_run(opened: Open) -> None:
    page = opened()
    say(page, """HELO <img src=x onerror="document.title='run'">""", "GREETED", 3)
    say(page, "<script>document.title='run'</script>", "GREETED", 5)
    page.wait_for_timeout(300)  # a script that was let in would run by now
    assert page.title() != "run"
    expect(log(page)).to_contain_text("<img src=x onerror=")


def test_a_rerun_closes_the_old_socket_and_widget(opened: Open) -> None:
    page = opened(SHOW.replace("server = Server()", "server = globals().get('server') or Server()"), "")
    count = "import ipywidgets; print(len(ipywidgets.widgets.widget._instances), len(server.waiting))"
    one = printed(page, count)
    run(page, *(0,) * 5)
    assert printed(page, count) == one
    expect(console_in(page)).to_have_count(1)


def test_without_a_kernel_it_says_so_and_what_to_do(opened: Open) -> None:
    page = opened()
    say(page, "HELO me", "READY", 3)
    shut_down_kernel(page)
    expect(console_in(page)).to_have_attribute("data-state", "READY")
    box(page).fill("NOOP")
    page.keyboard.press("Enter")
    expect(console_in(page).get_by_role("status")).to_contain_text("run the cell again")
    expect(log(page).locator("li")).to_have_count(3)


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 1400), ("light", 560)])
def test_it_can_be_looked_at(opened: Open, screenshot: Callable[[Page, str], Path], theme: str, width: int) -> None:
    page = opened(theme=theme, width=width, height=1200)
    page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
    count = 1
    for line, state in SESSION[:5]:
        count += 2
        say(page, line, state, count)
    screenshot(page, f"{theme}-{width}")
    width_of = "(e) => [e.scrollWidth, e.clientWidth]"
    inner, outer = console_in(page).evaluate(width_of)
    assert inner <= outer
