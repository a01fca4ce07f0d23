"""A stepper that follows a server, in a real JupyterLab: what a reader sees while others talk to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.book import button, printed, run, shut_down_kernel, stepper_in, write
from tests.browser.conftest import Lab

START = """import socket
from smtplab.net.server import Server
from smtplab.widgets.stepper import Stepper
server = Server()
socks = []
def connect():
    socks.append(socket.create_connection(server.address, timeout=5))
    socks[-1].recv(1000)
def say(*lines, n=-1):
    for line in lines:
        socks[n].sendall(line.encode() + b"\\r\\n")
        socks[n].recv(1000)"""
SHOW = "Stepper(server)"
Open = Callable[..., Page]


@pytest.fixture
def opened(lab: Lab, open_notebook: Open) -> Callable[..., Page]:
    """A function that opens a notebook with a server, a stepper of it, and a cell to talk in."""

    def show(*, first: str = "", **how: object) -> Page:
        page = open_notebook(write(lab, f"{START}\n{first}", SHOW, ""), **how)
        run(page)
        expect(stepper_in(page)).to_be_visible()
        return page

    return show


def at(page: Page, step: int, of: int, state: str) -> None:
    """Wait until the stepper stands there."""
    root = stepper_in(page)
    expect(root).to_have_attribute("data-steps", str(of))
    expect(root).to_have_attribute("data-step", str(step))
    expect(root).to_have_attribute("data-state", state)
    expect(root.locator("svg .is-current")).to_have_attribute("data-state", state)


def test_before_anybody_has_connected_it_says_what_to_do(opened: Open, screenshot: Callable[..., object]) -> None:
    page = opened()
    at(page, 0, 0, "CONNECTED")
    expect(stepper_in(page).locator(".sl-narration .live")).to_contain_text("Nobody has talked to this server yet")
    expect(stepper_in(page).locator(".sl-narration .live")).to_contain_text("socket.create_connection(server.address")
    screenshot(page, "empty")
    printed(page, "connect()")
    at(page, 1, 1, "GREETED")
    expect(stepper_in(page).locator(".sl-narration .live")).to_contain_text("The server greets you")


def test_what_a_cell_says_is_followed_while_the_cell_still_runs(opened: Open) -> None:
    page = opened(first="connect()")
    at(page, 1, 1, "GREETED")
    page.evaluate(
        """() => { window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.requestExecute(
        { code: 'say("HELO me"); import threading; threading.Event().wait(60)' }); }"""
    )
    at(page, 3, 3, "READY")
    kernel = "window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel"
    assert page.evaluate(f"{kernel}.status") == "busy"
    page.evaluate(f"{kernel}.interrupt()")


def test_looking_back_holds_the_view_and_latest_returns_to_the_end(
    opened: Open, screenshot: Callable[..., object]
) -> None:
    page = opened(first='connect(); say("HELO me", "MAIL FROM:<a@example.org>")')
    at(page, 5, 5, "MAIL")
    expect(button(page, "Latest")).to_have_attribute("aria-disabled", "true")
    button(page, "Back").click()
    button(page, "Back").click()
    at(page, 3, 5, "READY")
    expect(stepper_in(page)).to_contain_text("You look back")
    printed(page, 'say("RCPT TO:<bob@example.com>")')
    at(page, 3, 7, "READY")
    screenshot(page, "held")
    button(page, "Latest").click()
    at(page, 7, 7, "RCPT")
    expect(stepper_in(page)).to_contain_text("as it happens")
    printed(page, 'say("RSET")')
    at(page, 9, 9, "READY")


def test_focus_scroll_and_elements_are_kept_when_something_is_said(opened: Open) -> None:
    page = opened(first='connect(); say("HELO me", *["NOOP"] * 12)')
    at(page, 27, 27, "READY")
    button(page, "Back").focus()
    page.keyboard.press("Home")
    box = stepper_in(page).locator(".sl-scroll")
    box.evaluate("(box) => { box.scrollTop = 37; window.kept = [box, document.activeElement]; }")
    page.evaluate(
        """() => { window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.requestExecute(
        { code: 'say("RSET")' }); }"""
    )
    at(page, 0, 29, "CONNECTED")
    assert page.evaluate("document.querySelector('.sl-scroll') === window.kept[0] && window.kept[0].scrollTop") == 37
    assert page.evaluate("document.activeElement === window.kept[1]")
    page.keyboard.press("ArrowRight")
    at(page, 1, 29, "GREETED")


def test_of_several_sessions_at_once_the_reader_picks_one(opened: Open, screenshot: Callable[..., object]) -> None:
    page = opened(first='connect(); say("HELO first"); connect(); say("EHLO second", "MAIL FROM:<a@example.org>")')
    at(page, 5, 5, "MAIL")
    pick = stepper_in(page).get_by_role("combobox", name="Session")
    assert pick.locator("option").all_inner_texts() == ["the newest, 2", "2: mail, open", "1: ready, open"]
    pick.select_option("1")
    at(page, 3, 3, "READY")
    screenshot(page, "picked")
    expect(stepper_in(page).locator(".sl-transcript")).to_contain_text("HELO first")
    printed(page, 'say("RSET", n=1); say("NOOP", n=0)')
    at(page, 5, 5, "READY")
    expect(stepper_in(page).locator(".sl-transcript")).to_contain_text("NOOP")
    pick.select_option("0")
    at(page, 7, 7, "READY")


def test_a_new_session_waits_while_the_reader_looks_back(opened: Open) -> None:
    page = opened(first='connect(); say("HELO first")')
    at(page, 3, 3, "READY")
    button(page, "First").click()
    printed(page, 'connect(); say("EHLO second", "NOOP")')
    expect(button(page, "Latest")).to_have_attribute("aria-disabled", "false")
    at(page, 0, 3, "CONNECTED")
    button(page, "Last").click()
    at(page, 3, 3, "READY")
    button(page, "Latest").click()
    at(page, 5, 5, "READY")
    expect(stepper_in(page).locator(".sl-transcript")).to_contain_text("EHLO second")


def test_a_long_session_is_followed_to_its_end(opened: Open) -> None:
    page = opened(first='connect(); say("HELO me")')
    at(page, 3, 3, "READY")
    printed(page, 'socks[-1].sendall(b"NOOP\\r\\n" * 1000 + b"QUIT\\r\\n")\nwhile socks[-1].recv(65536): pass')
    at(page, 2005, 2005, "CLOSED")


def test_a_stepper_whose_kernel_is_gone_still_steps(opened: Open) -> None:
    page = opened(first='connect(); say("HELO me")')
    at(page, 3, 3, "READY")
    shut_down_kernel(page)
    at(page, 4, 4, "CLOSED")  # the server's last word, 421, as it goes with the kernel
    button(page, "Back").click()
    at(page, 3, 4, "READY")
    button(page, "Latest").click()
    at(page, 4, 4, "CLOSED")


def test_reruns_leave_one_watcher(opened: Open) -> None:
    page = opened(first="connect()")
    run(page, *(1,) * 10)
    at(page, 1, 1, "GREETED")
    assert printed(page, "print(len(server._engine.watchers))").strip() == "1"
