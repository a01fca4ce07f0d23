"""A POP3 session in the real page: its states, its diagram, its maildrop, and the way from an SMTP session to it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from smtplab.protocol.transcript import Transcript
from tests.browser.book import button, printed, run, stepper_in, write
from tests.browser.conftest import Lab
from tests.views import samples

STATES = ["CONNECTED", *(step.state.name for step in Transcript.parse(samples.POP3))]
LAST = len(STATES) - 1
SHOW = f"""from smtplab import Stepper, Transcript
text = {samples.POP3!r}
stepper = Stepper(Transcript.parse(text))
stepper"""
# A server whose latest session is whatever is put into it: SMTP first, then POP3.
FOLLOW = f"""from types import SimpleNamespace as Thing
from smtplab import Stepper, Transcript
class Speaks:
    address = ("127.0.0.1", 0)
    sessions = [Transcript.parse({samples.SESSION_1!r})]
    told = staticmethod(lambda: None)
    def watch(self, told):
        self.told = told
        return lambda: None
    def look(self, picked):
        number = len(self.sessions)
        head = Thing(number=number, state=self.sessions[-1].state.name, is_open=False)
        return Thing(number=number, transcript=self.sessions[-1], heads=[head])
server = Speaks()
stepper = Stepper(server)
stepper"""
THEN = f"server.sessions.append(Transcript.parse({samples.POP3!r})); server.told(); print('told')"
Open = Callable[..., Page]


def position(page: Page) -> tuple[int, str]:
    """Step and state, as everything that tells them agrees on."""
    root = stepper_in(page)
    step, state = int(root.get_attribute("data-step") or -1), root.get_attribute("data-state") or ""
    expect(root.locator(".sl-count")).to_contain_text(f"{step} of {LAST}")
    expect(root.locator(".sl-count")).to_contain_text(state.lower())
    expect(root.locator("svg .is-current")).to_have_attribute("data-state", state)
    return step, state


def test_every_step_by_mouse_and_by_keys_shows_the_state(lab: Lab, open_notebook: Open) -> None:
    page = open_notebook(write(lab, SHOW, ""))
    run(page)
    seen = [position(page)]
    for _ in range(LAST):
        button(page, "Next").click()
        seen.append(position(page))
    assert seen == list(enumerate(STATES))
    page.keyboard.press("Home")
    assert position(page) == (0, "CONNECTED")
    button(page, "Last").click()
    assert position(page) == (LAST, "CLOSED")
    page.keyboard.press("ArrowLeft")
    assert position(page) == (LAST - 1, "TRANSACTION")


def test_a_mark_is_seen_in_the_maildrop_and_on_the_loop_of_the_diagram(lab: Lab, open_notebook: Open) -> None:
    page = open_notebook(write(lab, SHOW, ""))
    run(page)
    root = stepper_in(page)
    root.locator("li", has_text="Letter 1 is marked; QUIT removes it").click()
    maildrop = root.get_by_role("group", name="Maildrop")
    expect(maildrop.get_by_role("row", name="1 107 Grüße fetched, marked")).to_be_visible()
    expect(maildrop).to_contain_text("1 letter is marked: QUIT removes it, nothing else does.")
    expect(root.locator(".edge.over.is-now:not(.key)")).to_have_attribute("data-mark", "edge:letters")
    button(page, "Last").click()
    expect(maildrop).to_contain_text("1 letter removed")
    expect(root.locator(".edge.over.is-now:not(.key)")).to_have_attribute("data-mark", "edge:quit-transaction")


def test_something_else_is_said_to_a_new_session(lab: Lab, open_notebook: Open) -> None:
    page = open_notebook(write(lab, SHOW, ""))
    run(page)
    expect(stepper_in(page).get_by_role("textbox", name="Say something else")).to_be_visible()
    said = printed(page, "stepper.say_else(1, 'STAT'); print(stepper.branch.text())")
    assert "C: STAT\nS: -ERR STAT is out of sequence" in said


def test_a_followed_server_may_turn_from_smtp_to_pop3(lab: Lab, open_notebook: Open) -> None:
    page = open_notebook(write(lab, FOLLOW, THEN, ""))
    run(page, 0)
    root = stepper_in(page)
    expect(root).to_have_attribute("data-state", "CLOSED")
    expect(root.get_by_role("group", name="Envelope and letter")).to_be_visible()
    run(page, 1)
    expect(root).to_have_attribute("data-steps", str(LAST))
    expect(root.get_by_role("group", name="Maildrop")).to_be_visible()
    expect(root.get_by_role("group", name="Envelope and letter")).to_have_count(0)
    button(page, "First").click()
    assert position(page) == (0, "CONNECTED")
    for _ in range(5):
        button(page, "Next").click()
    assert position(page) == (5, STATES[5])
    expect(root.locator("svg [data-state=GREETED]")).to_have_count(0)
