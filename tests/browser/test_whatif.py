"""Something else said at a step, in a real JupyterLab: what comes of it beside the session, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.book import button, printed, run, shut_down_kernel, stepper_in, write
from tests.browser.conftest import Lab

SESSION_1 = (Path(__file__).parents[1] / "data/session-1.txt").read_text("utf-8")
LIVE = """import socket
from smtplab.net.server import Server
from smtplab.widgets.stepper import Stepper
server = Server()
sock = socket.create_connection(server.address, timeout=5)
sock.recv(1000)
for line in (b"HELO me", b"MAIL FROM:<a@example.org>", b"RCPT TO:<grey@example.com>", b"RCPT TO:<bob@example.com>"):
    sock.sendall(line + b"\\r\\n")
    sock.recv(1000)
Stepper(server)"""
PASTED = f"""from smtplab.protocol.transcript import Transcript
from smtplab.widgets.stepper import Stepper
Stepper(Transcript.parse({SESSION_1!r}))"""
Open = Callable[..., Page]


@pytest.fixture
def opened(lab: Lab, open_notebook: Open) -> Callable[..., Page]:
    """A function that opens a notebook with a stepper, and an empty cell."""

    def show(cell: str, **how: object) -> Page:
        page = open_notebook(write(lab, cell, ""), **how)
        run(page)
        expect(stepper_in(page)).to_be_visible()
        return page

    return show


def say(page: Page, line: str) -> None:
    """Type it where something else is said, and press Enter."""
    box = stepper_in(page).get_by_role("textbox", name="Say something else")
    box.fill(line)
    box.press("Enter")


def at(page: Page, step: int, of: int, state: str) -> None:
    root = stepper_in(page)
    expect(root).to_have_attribute("data-steps", str(of))
    expect(root).to_have_attribute("data-step", str(step))
    expect(root).to_have_attribute("data-state", state)


def go(page: Page, step: int) -> None:
    stepper_in(page).locator(f"li[data-p='{step}']").click()
    expect(stepper_in(page)).to_have_attribute("data-step", str(step))


def test_something_else_is_drawn_beside_the_session_and_left_again(
    opened: Open, screenshot: Callable[[Page, str], object]
) -> None:
    page = opened(PASTED)
    go(page, 5)
    say(page, "RCPT TO:<nobody@example.com>")
    at(page, 7, 7, "MAIL")
    root = stepper_in(page)
    expect(root.locator(".sl-forkbar")).to_contain_text("What if, after line 5: RCPT TO:<nobody@example.com>")
    expect(root.get_by_role("list", name="The session from there")).to_contain_text("354 Enter mail")
    expect(root.get_by_role("list", name="What if, from there")).to_contain_text("550")
    expect(root.locator("li[aria-current=step]")).to_contain_text("550")
    expect(root.get_by_role("group", name="Side by side")).to_contain_text("They part")
    screenshot(page, "branch")
    page.keyboard.press("Escape")
    button(page, "Back").click()
    at(page, 6, 7, "MAIL")
    go(page, 3)
    at(page, 3, 7, "READY")
    button(page, "Back to the session").click()
    at(page, 5, 15, "MAIL")
    expect(root.locator(".sl-forkbar")).to_have_count(0)
    expect(root.locator(".sl-beside")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    at(page, 6, 15, "MAIL")


def test_a_branch_can_be_said_on_with_from_any_of_its_steps(opened: Open) -> None:
    page = opened(PASTED)
    go(page, 5)
    say(page, "RCPT TO:<bob@example.com>")
    at(page, 7, 7, "RCPT")
    say(page, "DATA")
    at(page, 9, 9, "DATA")
    go(page, 7)
    say(page, "RSET")
    at(page, 9, 9, "READY")
    button(page, "Back to the session").click()
    at(page, 5, 15, "MAIL")


def test_a_prefix_that_earns_another_code_says_so_and_stays(opened: Open) -> None:
    page = opened(LIVE)
    at(page, 9, 9, "RCPT")
    say(page, "DATA")
    expect(stepper_in(page).locator(".sl-why")).to_contain_text(
        "At line 7 the server answered 250 this time, not 450: what follows would not be this session."
    )
    at(page, 9, 9, "RCPT")
    expect(stepper_in(page).locator(".sl-forkbar")).to_have_count(0)


def test_its_new_session_is_real_and_does_not_take_the_place_of_the_one_shown(opened: Open) -> None:
    page = opened(LIVE)
    at(page, 9, 9, "RCPT")
    go(page, 5)
    say(page, "QUIT")
    at(page, 7, 7, "CLOSED")
    assert printed(page, "print(len(server.sessions), server.sessions[-1].state.name)").split() == ["2", "CLOSED"]
    button(page, "Back to the session").click()
    at(page, 5, 9, "MAIL")
    pick = stepper_in(page).get_by_role("combobox", name="Session")
    expect(pick).to_have_value("1")


def test_what_is_said_meanwhile_leaves_the_branch_as_it_is(opened: Open) -> None:
    page = opened(LIVE)
    go(page, 5)
    say(page, "NOOP")
    at(page, 7, 7, "MAIL")
    button(page, "Back").click()
    printed(page, 'sock.sendall(b"RSET\\r\\n"); sock.recv(100)')
    at(page, 6, 7, "MAIL")
    button(page, "Back to the session").click()
    at(page, 5, 11, "MAIL")


def test_keys_typed_into_the_box_do_not_step_and_do_nothing_to_the_notebook(opened: Open) -> None:
    page = opened(PASTED)
    box = stepper_in(page).get_by_role("textbox", name="Say something else")
    box.click()
    page.keyboard.type("abdd")
    for key in ("ArrowLeft", "Home", "ArrowRight", "End", "ArrowLeft"):
        page.keyboard.press(key)
    page.keyboard.type("x")
    expect(box).to_have_value("abdxd")
    at(page, 0, 15, "CONNECTED")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2


def test_lines_without_replies_can_be_sent_to_a_server(opened: Open) -> None:
    only = "C: HELO me\\nC: MAIL FROM:<a@example.org>\\nC: QUIT\\n"
    page = opened(PASTED.replace(repr(SESSION_1), f'"{only}"'))
    button(page, "Send all to a server").click()
    at(page, 7, 7, "CLOSED")


def test_hostile_text_in_a_branch_is_text(opened: Open) -> None:
    page = opened(PASTED)
    go(page, 1)
    say(page, """HELO <img src=x onerror="document.title='run'"></style><script>document.title='run'</script>""")
    expect(stepper_in(page).locator(".sl-forkbar")).to_contain_text("<img src=x")
    expect(stepper_in(page).locator(".sl-forkbar img, .sl-transcript img")).to_have_count(0)
    assert page.title() != "run"


def test_without_a_kernel_the_way_back_still_works_and_the_box_says_what_is_missing(opened: Open) -> None:
    page = opened(PASTED)
    go(page, 5)
    say(page, "NOOP")
    at(page, 7, 7, "MAIL")
    shut_down_kernel(page)
    say(page, "RSET")
    expect(stepper_in(page).locator(".sl-why")).to_contain_text("kernel is not there any more")
    button(page, "Back to the session").click()
    at(page, 5, 15, "MAIL")
