"""The console in a real JupyterLab: a session is typed, and what is shown is what the server's record says."""

from __future__ import annotations

import json
import re
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.book import BOOK, cells, printed, run, shut_down_kernel, write
from tests.browser.conftest import IDLE, Lab

SHOW = """from smtplab.net.server import Server
from smtplab.widgets.console import Console
server = Server()
console = Console(server)
console"""
LATE = """import socket
from smtplab.widgets.console import Console
listening = socket.create_server(("127.0.0.1", 0))
import threading
def greet():
    global peer
    peer, _ = listening.accept()
    peer.sendall(b"220 slow.example.com\\r\\n")
threading.Thread(target=greet).start()
console = Console(listening.getsockname())
console"""
BUSY = """import pathlib, time
print("busy now", flush=True)
until = time.monotonic() + 60
while not pathlib.Path("go-on").exists() and time.monotonic() < until: time.sleep(0.01)
pathlib.Path("go-on").unlink()"""
ENTER_TO_PAINT = """async () => {
  const root = document.querySelector('[data-smtplab=console]'), input = root.querySelector('input[type=text]'), ol = root.querySelector('[role=log] ol');
  const took = [], tag = Math.random();
  for (let n = 0; n < 20; n++) {
    input.value = `NOOP ${tag} ${n}.`;
    const line = input.value, began = performance.now();
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, composed: true, cancelable: true }));
    while (!ol.children[ol.children.length - 2]?.textContent.includes(line)) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    took.push(performance.now() - began);
  }
  return took;
}"""
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
        run(page, *(n for n, cell in enumerate(cells or (SHOW, "")) if cell != BUSY))
        expect(console_in(page).first).to_have_attribute("data-state", "GREETED")
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


def test_coming_back_to_the_box_shows_what_the_server_said_meanwhile(opened: Open) -> None:
    page = opened()
    say(page, "HELO me", "READY", 3)
    console_in(page).get_by_label("without CR LF").focus()
    printed(page, "server.stop()")
    expect(console_in(page)).to_contain_text("Silent for", timeout=15_000)  # left for a moment only, it asks nothing
    box(page).focus()
    expect(console_in(page)).to_have_attribute("data-state", "CLOSED")
    expect(log(page)).to_contain_text("421")
    expect(console_in(page).get_by_role("status")).to_contain_text("closed the connection: Connect again")


def test_after_a_restart_of_the_kernel_it_says_what_to_do(opened: Open) -> None:
    page = opened()
    page.evaluate(f"async () => {{ await {BOOK}.context.sessionContext.session.kernel.restart(); }}")
    page.wait_for_function(IDLE)
    box(page).fill("NOOP")
    page.keyboard.press("Enter")
    expect(console_in(page).get_by_role("status")).to_contain_text("run the cell again")


def test_a_pasted_script_is_said_line_by_line(opened: Open) -> None:
    page = opened()
    page.evaluate(
        """() => { const paste = new DataTransfer(); paste.setData('text', 'HELO me\\r\\nNOOP\\nMAIL FROM:<a@example.com>\\nRCPT');
        document.querySelector('[data-smtplab=console] input').dispatchEvent(new ClipboardEvent('paste', { clipboardData: paste, cancelable: true })); }"""
    )
    expect(console_in(page)).to_have_attribute("data-state", "MAIL")
    expect(box(page)).to_have_value("RCPT")


def listed(page: Page) -> Locator:
    return console_in(page).get_by_role("listbox", name="What may be said now")


def test_a_list_offers_what_may_be_said_now_and_tab_or_right_takes_it(opened: Open) -> None:
    page = opened()
    box(page).click()
    page.keyboard.type("eh")
    expect(listed(page).get_by_role("option")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(box(page)).to_have_value("EHLO ")
    expect(listed(page)).to_be_hidden()
    page.keyboard.type("me")
    page.keyboard.press("Enter")
    expect(console_in(page)).to_have_attribute("data-state", "READY")
    page.keyboard.type("mail")
    expect(listed(page).get_by_role("option")).to_contain_text(["250, then mail"])
    page.keyboard.press("ArrowRight")
    page.keyboard.type("a@example.com")
    expect(box(page)).to_have_value("MAIL FROM:<a@example.com>")
    page.keyboard.press("Enter")
    expect(console_in(page)).to_have_attribute("data-state", "MAIL")


def test_down_chooses_enter_takes_and_escape_closes_without_leaving(opened: Open) -> None:
    page = opened()
    box(page).click()
    page.keyboard.press("ArrowDown")
    options = listed(page).get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    chosen = box(page).get_attribute("aria-activedescendant")
    assert chosen == options.first.get_attribute("id")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(listed(page)).to_be_hidden()
    expect(box(page)).to_be_focused()
    page.keyboard.type("h")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value("HELO ")
    expect(log(page).locator("li")).to_have_count(1)


def test_enter_sends_what_was_typed_though_the_list_is_open(opened: Open) -> None:
    page = opened()
    box(page).click()
    page.keyboard.type("EHL")
    expect(listed(page)).to_be_visible()
    page.keyboard.press("Enter")
    expect(log(page).locator("li").last).to_contain_text("500")
    expect(log(page).locator("li").nth(1)).to_contain_text("EHL")


def test_every_control_is_reached_by_tab_and_tab_leaves_the_box(opened: Open) -> None:
    page = opened()
    log(page).focus()
    reached = []
    for _ in range(5):
        page.keyboard.press("Tab")
        names = "() => document.activeElement.labels?.[0]?.innerText || document.activeElement.innerText"
        reached.append(" ".join(page.evaluate(names).split()))
    assert reached == ["Command", "Send", "without CR LF", "read \\r \\n \\x00 as bytes", "Step through it"]


def test_octets_are_sent_on_purpose_and_a_bad_escape_is_not(opened: Open) -> None:
    page = opened()
    console_in(page).get_by_label("as bytes").check()
    console_in(page).get_by_label("without CR LF").check()
    say(page, r"HELO me\n", "READY", 3)
    expect(log(page)).to_contain_text("bare LF")
    box(page).fill(r"NOOP \q")
    page.keyboard.press("Enter")
    expect(console_in(page).get_by_role("status")).to_contain_text("is no escape here")
    expect(box(page)).to_have_value(r"NOOP \q")
    say(page, "NO", "READY", 4)
    expect(console_in(page)).to_contain_text('The end of the line "NO": CR LF')
    say(page, r"OP\r\n", "READY", 5)
    assert (
        printed(page, "print([s.raw for s in server.sessions[-1] if s.direction == 'C'])").strip()
        == r"[b'HELO me\n', b'NOOP\r\n']"
    )


def test_a_silent_server_is_told_with_the_seconds_it_has_been_silent(opened: Open) -> None:
    page = opened()
    waits = console_in(page).get_by_role("group", name="The server waits for you")
    expect(waits).to_contain_text("It is your turn.")
    expect(waits).to_contain_text(re.compile(r"Silent for [3-9] s\."), timeout=15_000)


def test_a_late_reply_is_waited_for_and_shown_when_it_comes(opened: Open) -> None:
    page = opened(LATE, "")
    say(page, "HELO me", "GREETED", 2)
    expect(console_in(page).get_by_role("group", name="You wait for the server")).to_contain_text(
        "has not answered HELO yet"
    )
    printed(page, "peer.sendall(b'250 at last\\r\\n')")
    expect(console_in(page)).to_have_attribute("data-state", "READY")
    expect(log(page).locator("li")).to_have_count(3)


def test_while_the_kernel_is_busy_it_says_so_and_sends_afterwards(opened: Open, lab: Lab) -> None:
    page = opened(SHOW, BUSY, "")
    page.evaluate(
        f"() => {{ {BOOK}.content.activeCellIndex = 1; window.jupyterapp.commands.execute('notebook:run-cell'); }}"
    )
    page.wait_for_function("() => document.body.innerText.includes('busy now')")
    box(page).fill("HELO me")
    page.keyboard.press("Enter")
    expect(console_in(page).get_by_role("status")).to_contain_text("kernel is busy")
    (lab.folder / "go-on").touch()
    expect(console_in(page)).to_have_attribute("data-state", "READY")
    expect(console_in(page).get_by_role("status")).to_have_text("")


def test_a_session_of_thousands_of_lines_keeps_the_last_few_hundred_in_the_page(opened: Open) -> None:
    page = opened()
    printed(page, "console.say('HELO me')\nfor _ in range(600): console.say('NOOP')")
    expect(log(page).locator("li")).to_have_count(300)
    expect(log(page)).to_contain_text("903 earlier lines are not shown")
    box(page).fill("NOOP last")
    page.keyboard.press("Enter")
    expect(log(page).locator("li").nth(298)).to_contain_text("NOOP last")
    expect(log(page).locator("li")).to_have_count(300)


def test_several_consoles_stand_beside_each_other(opened: Open) -> None:
    page = opened(SHOW, "other = Console(server)\nother", "")
    first, second = (page.locator("[data-smtplab=console]").nth(n) for n in range(2))
    second.get_by_role("textbox", name="Command").fill("HELO second")
    page.keyboard.press("Enter")
    expect(second).to_have_attribute("data-state", "READY")
    expect(first).to_have_attribute("data-state", "GREETED")
    ids = page.evaluate("() => [...document.querySelectorAll('[data-smtplab=console] [id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))


def test_it_says_how_to_step_through_what_was_said(opened: Open) -> None:
    page = opened()
    console_in(page).get_by_role("button", name="Step through it").click()
    expect(console_in(page)).to_contain_text("Stepper(console.transcript)")
    assert (
        printed(page, "from smtplab import Stepper; print(len(Stepper(console.transcript).transcript))").strip() == "1"
    )


def test_enter_to_painted_reply_is_felt_as_at_once_also_after_10_000_lines(opened: Open) -> None:
    page = opened()
    say(page, "HELO me", "READY", 3)
    box(page).focus()
    short = statistics.median(page.evaluate(ENTER_TO_PAINT))
    printed(page, "for _ in range(5000): console.say('NOOP')")
    expect(log(page).locator("li")).to_have_count(300)
    box(page).focus()
    long = statistics.median(page.evaluate(ENTER_TO_PAINT))
    print(f"Enter to painted reply: {short:.0f} ms, after 10,000 lines {long:.0f} ms")
    assert short < 250 and long < 1.5 * short


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
