"""Text off the wire that would be code is shown as text: in every widget, panel and hand-out, and the layout holds.

The canary is a function of the page, `canary`. Whoever lets a script, a handler or a `</style>` through calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from smtplab.protocol.transcript import Transcript
from smtplab.views import panels
from smtplab.widgets.explorer import Explorer
from smtplab.widgets.panel import Compare, Panel
from smtplab.widgets.stepper import Stepper
from tests.browser.book import run, write
from tests.browser.conftest import Lab

CODE = (
    "<script>canary('script')</script>",
    '"><img src=x onerror="canary(1)">',
    "'><svg onload=canary(2)>",
    "</style></script></pre></code></svg><img src=x onerror=canary(3)>",
    "&lt;img src=x onerror=canary(4)&gt;",
    "javascript:canary(5)",
    "${canary(6)} {{canary(7)}} `canary(8)`",
)
UNSEEN = "\u202eright to left\u2066\x07\x1b[31m\x00\x9b"
LONG = "x" * 10_000
BAD = " ".join((*CODE, UNSEEN))
CANARY = "window.canary = (name) => { (window.sung = window.sung ?? []).push([String(name), new Error().stack]); };"
KINDS = panels.kinds()

# A letter is really sent, so that server, mailbox, console and live stepper have it from the wire.
SAY = f"""import socket
from IPython.display import display
from smtplab.views.panels import kinds
from smtplab import Console, Server, Stepper, exercise
from smtplab.widgets.explorer import Explorer
from smtplab.widgets.panel import Compare, Panel
BAD, LONG = {BAD!r}, {LONG!r}
letter = f"From: {{BAD}}\\r\\nSubject: {{BAD}}\\r\\nX-{{LONG[:900]}}: 1\\r\\n\\r\\n{{BAD}}\\r\\n{{LONG[:990]}}\\r\\n."
server = Server()
lines = [f"HELO {{BAD}}"[:500], "HELO me", "MAIL FROM:<a@example.com>", 'RCPT TO:<"<img src=x onerror=canary(9)>"@example.com>', "RCPT TO:<bob@example.com>", "DATA", letter, f"NOOP {{BAD}}"[:500], "NOOP " + LONG]
def say(server):
    with socket.create_connection(server.address, timeout=10) as client:
        replies = client.makefile("rb")
        for line in [None, *lines]:
            if line is not None:
                client.sendall(line.encode() + b"\\r\\n")
            while replies.readline()[3:4] == b"-":
                pass
say(server)"""
CELLS = (
    "Stepper(server.sessions[0])",
    "Stepper(server)",
    "console = Console(server)\nfor line in lines: console.say(line)\nconsole",
    "display(*(Panel(kind, server) for kind in kinds()))",
    "Compare(server.sessions[0], server.sessions[0], names=(BAD, BAD))",
    "ex = exercise('01.2')\nsay(ex.server)\ndisplay(ex, ex.check(), ex.hint())\nex",
)
Open = Callable[..., Page]


def session() -> Transcript:
    """Both sides say what is bad wherever a session has room for it."""
    return Transcript.parse(
        f"S: 220-{BAD}\nS: 220 {BAD}\nC: HELO {BAD}\nS: 250 {BAD}\nC: {BAD}\nS: 500 5.5.1 {BAD}\nC: MAIL FROM:<{CODE[0]}> {BAD}\nS: 250 {BAD}\n"
        f"C: RCPT TO:<{CODE[1]}@example.com>\nS: 550 5.1.1 {BAD}\nC: RCPT TO:<bob@example.com>\nS: 250 {LONG}\nC: DATA\nS: 354 {BAD}\n"
        f"C: Subject: {BAD}\nC: From: {CODE[3]}\nC: {CODE[0]}: {BAD}\nC: {LONG}: {LONG}\nC:\nC: {BAD}\nC: {LONG}\nC: .\nS: 250 {BAD}\n"
        f"C: NOOP {LONG}\nS: 421 {LONG}\n"
    )


def pop3_session() -> Transcript:
    """The same of POP3: a greeting, listings and a letter that are bad."""
    return Transcript.parse(
        f"S: +OK {BAD}\nC: CAPA\nS: +OK {BAD}\nS: {BAD}\nS: .\nC: USER {BAD}\nS: +OK {BAD}\nC: PASS {BAD}\nS: +OK {BAD}\nC: UIDL\nS: +OK\nS: 1 {CODE[0]}\nS: .\n"
        f"C: LIST\nS: +OK {LONG}\nS: 1 {BAD}\nS: 2 99\nS: .\nC: RETR 1\nS: +OK {BAD}\nS: Subject: {BAD}\nS:\nS: ..{CODE[3]}\nS: {LONG}\nS: .\n"
        f"C: DELE 1\nS: +OK {BAD}\nC: DELE {BAD}\nS: -ERR [{CODE[0]}] {BAD}\nC: {BAD}\nS: -ERR {LONG}\nC: QUIT\nS: -ERR {BAD}\n"
    )


SESSIONS = {"SMTP": session, "POP3": pop3_session}


def nothing_fired(page: Page) -> None:
    """Nothing called the canary, though an image made now, that does, has had the time to."""
    page.evaluate(
        "() => { const image = new Image(); image.onerror = () => { window.sentinel = true; }; image.src = 'x'; document.body.append(image); }"
    )
    page.wait_for_function("() => window.sentinel === true")
    assert page.evaluate("() => window.sung ?? []") == []
    inside = page.evaluate(
        """() => [...document.querySelectorAll('[data-smtplab], .smtplab-exercise, .smtplab')].flatMap((root) =>
        [...root.querySelectorAll('script, img:not([src^="data:"]), iframe, [onerror], [onload], a[href^="javascript"]')].map((each) => each.outerHTML.slice(0, 80)))"""
    )
    assert inside == []


def holds(roots: Locator) -> None:
    """No root is wider than its place."""
    for wide, width, name in roots.evaluate_all(
        "(all) => all.map((each) => [each.scrollWidth, each.clientWidth, each.dataset.smtplab ?? each.className])"
    ):
        assert wide <= width + 1, f"{name} is {wide} px wide in {width} px"


def walk(page: Page) -> None:
    """Step through every stepper on the page, by keys."""
    for stepper in page.locator("[data-smtplab=stepper]").all():
        stepper.get_by_role("button", name="Next", exact=True).focus()
        page.keyboard.press("Home")
        for _ in range(int(stepper.get_attribute("data-steps") or 0)):
            page.keyboard.press("ArrowRight")


def test_what_is_really_said_to_a_server_is_text_in_every_widget(
    lab: Lab, open_notebook: Open, screenshot: Callable[[Page, str], Path]
) -> None:
    page = open_notebook(write(lab, SAY, *CELLS, ""), width=1100)
    page.evaluate(f"() => {{ {CANARY} }}")
    run(page)
    expect(page.locator("[data-mime-type='application/vnd.jupyter.error']")).to_have_count(0)
    expect(page.locator("[data-smtplab=panel]")).to_have_count(len(KINDS))
    expect(page.locator("[data-smtplab=stepper]")).to_have_count(3)  # a session, a server, and what a check missed
    page.locator("[data-smtplab=console]").get_by_role("textbox", name="Command").fill(BAD)
    page.keyboard.press("Enter")
    expect(page.locator("[data-smtplab=console]").get_by_role("log")).to_contain_text(
        "<script>canary('script')</script>"
    )
    for name in ("Check", "Hint", "Solution"):
        page.get_by_role("button", name=name, exact=True).first.click()
    walk(page)
    expect(page.locator("[data-smtplab=stepper]").first).to_contain_text("<img src=x onerror=")
    nothing_fired(page)
    holds(page.locator("[data-smtplab]"))
    screenshot(page, "notebook")


@pytest.mark.parametrize("protocol", SESSIONS)
@pytest.mark.parametrize("width", [400, 1100])
def test_hand_outs_hold_it_as_text_and_their_layout(open_page: Open, tmp_path: Path, width: int, protocol: str) -> None:
    said = SESSIONS[protocol]()
    made = {
        "stepper": Stepper(said),
        "large": Stepper(said, large=True),
        "compare": Compare(said, said, names=(BAD, LONG)),
    }
    made |= {kind: Panel(kind, said, len(said) - 2) for kind in KINDS if kind != "mailbox"}
    page = open_page(width=width)
    page.add_init_script(CANARY)
    for name, widget in made.items():
        file = tmp_path / f"{name}.html"
        widget.save_html(file)
        page.goto(file.as_uri())
        expect(page.locator("[data-smtplab]").first).to_be_visible()
        walk(page)
        nothing_fired(page)
        if name != "large":
            holds(page.locator("[data-smtplab]"))
        widget.close()


@pytest.mark.parametrize("protocol", SESSIONS)
def test_static_forms_and_pictures_hold_it_as_text(open_page: Open, tmp_path: Path, protocol: str) -> None:
    said = SESSIONS[protocol]()
    widgets = [Stepper(said), Compare(said, said, names=(BAD, BAD)), Explorer()]
    widgets += [Panel(kind, said, 9) for kind in KINDS if kind != "mailbox"]
    page = open_page()
    page.add_init_script(CANARY)
    for widget in widgets:
        file = tmp_path / "static.html"
        file.write_text(f"<!doctype html><meta charset=utf-8>{widget.static()}", "utf-8")
        page.goto(file.as_uri())
        nothing_fired(page)
        if hasattr(widget, "save_svg"):
            widget.save_svg(tmp_path / "picture.svg")
            page.goto((tmp_path / "picture.svg").as_uri())
            assert page.evaluate("() => document.documentElement.tagName") == "svg"
            assert page.evaluate(
                "() => [window.sung ?? [], document.querySelectorAll('script, image, [onload]').length]"
            ) == [[], 0]
        widget.close()
