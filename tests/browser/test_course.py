"""An exercise in the real page: a check that misses something shows that session below it, in a stepper at that step."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.book import BOOK, printed, run, write
from tests.browser.conftest import Lab

SETUP = r"""import socket
from smtplab import exercise
ex = exercise("01.1")
def say(*lines):
    with socket.create_connection(ex.server.address, timeout=5) as sock:
        replies = sock.makefile("rb")
        for line in (b"", *lines):
            sock.sendall(line)
            while replies.readline()[3:4] == b"-":
                pass
HELO, MAIL, RCPT = b"HELO me\r\n", b"MAIL FROM:<me@example.com>\r\n", b"RCPT TO:<bob@example.com>\r\n"
"""
MISSED = "say(HELO, RCPT)\nex.check()"
AGAIN = "say(HELO, MAIL, b'DATA\\r\\n')\nex.check()"
COUNT = "import json, ipywidgets; print(json.dumps(sum(hasattr(w, 'packed') for w in ipywidgets.widgets.widget._instances.values())))"


def steppers(page: Page, number: int) -> dict[str, str]:
    """The steppers in a cell's output, as step and state of each."""
    return page.evaluate(
        f"""(n) => [...{BOOK}.content.widgets[n].node.querySelectorAll('[data-smtplab=stepper]')]
        .map((each) => each.dataset.step + ' ' + each.dataset.state)""",
        number,
    )


def test_a_miss_shows_its_session_at_its_step_until_the_next_check(
    lab: Lab, open_notebook: Callable[..., Page]
) -> None:
    page = open_notebook(write(lab, SETUP, MISSED, AGAIN, "ex", ""), width=1300)
    run(page, 0, 1)
    stepper = page.locator("[data-smtplab=stepper]")
    expect(stepper).to_have_count(1)
    expect(stepper).to_have_attribute("data-step", "5")
    assert steppers(page, 1) == ["5 READY"]
    words = page.locator(".jp-OutputArea-output", has_text="The server saw RCPT while no sender was known")
    expect(words).to_contain_text("Below is this session, at step 5.")
    stepper.get_by_role("button", name="Back").click()
    expect(stepper).to_have_attribute("data-step", "4")
    run(page, 2)
    expect(stepper).to_have_count(1)
    assert steppers(page, 1) == [] and steppers(page, 2) == ["7 MAIL"]
    expect(words).to_contain_text("MAIL comes first")
    expect(words).not_to_contain_text("Below is this session")
    assert json.loads(printed(page, COUNT)) == 1


def test_the_buttons_show_it_as_well(lab: Lab, open_notebook: Callable[..., Page]) -> None:
    page = open_notebook(write(lab, SETUP, "ex", "say(HELO, RCPT)", "say(HELO, MAIL, b'DATA\\r\\n')", ""), width=1300)
    run(page, 0, 1, 2)
    card = page.locator(".jp-OutputArea-output", has=page.get_by_role("button", name="Check"))
    stepper = card.locator("[data-smtplab=stepper]")
    card.get_by_role("button", name="Check").click()
    expect(stepper).to_have_count(1)
    expect(stepper).to_have_attribute("data-step", "5")
    run(page, 3)
    card.get_by_role("button", name="Check").click()
    expect(stepper).to_have_attribute("data-step", "7")
    expect(stepper).to_have_count(1)
    expect(card).to_contain_text("at step 7")
    card.get_by_role("button", name="Hint").click()
    expect(card).to_contain_text("Hint 1")
    expect(stepper).to_have_count(1)
    assert json.loads(printed(page, COUNT)) == 1
