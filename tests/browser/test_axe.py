"""axe-core finds nothing wrong in any of our widgets, in a real JupyterLab, before and after they are used.

Only what is ours is looked at: a widget's root, or a card's output area. Contrast is not judged here (inside JupyterLab
axe gives no figures): it is computed in tests/views/test_theme.py.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from smtplab.views.panels import kinds
from tests.browser.book import run, write
from tests.browser.conftest import Lab
from tests.views import samples

TALK = """import socket
from smtplab import Server, Transcript
server = Server()
with socket.create_connection(server.address, timeout=5) as s:
    s.recv(1000)
    for line in [b"EHLO me", b"MAIL FROM:<a@example.com>", b"DATA", b"RCPT TO:<no@example.org>", b"RCPT TO:<bob@example.com>", b"DATA",
                 b"Subject: x\\r\\n\\r\\n..hello\\r\\n.", b"QUIT"]:
        s.sendall(line + b"\\r\\n"); s.recv(1000)
said = server.sessions[-1]
"""
LINES = 'Transcript.parse("S: 220 x\\nC: HELO me\\nS: 250 ok\\n" + "C: NOOP\\nS: 250 ok\\n" * 60)'
Use = Callable[[Page, Locator], None]


def step(page: Page, root: Locator) -> None:
    root.get_by_role("button", name="First").focus()
    page.keyboard.press("Home")
    expect(root).to_have_attribute("data-step", "0")
    root.get_by_role("button", name="Next").click()
    for _ in range(8):
        page.keyboard.press("ArrowRight")


def fill_the_list(page: Page, root: Locator) -> None:
    box = root.get_by_role("textbox", name="Command")
    box.fill("HELO me")
    page.keyboard.press("Enter")
    expect(root).to_have_attribute("data-state", "READY")
    root.get_by_role("button", name="Step through it").click()
    box.click()
    page.keyboard.press("ArrowDown")
    expect(root.get_by_role("option").first).to_be_visible()


def say_goodbye(page: Page, root: Locator) -> None:
    root.get_by_role("textbox", name="Command").fill("QUIT")
    page.keyboard.press("Enter")
    expect(root.get_by_role("button", name="Connect again")).to_be_visible()


def check(page: Page, root: Locator) -> None:
    root.get_by_role("button", name="Check").click()
    expect(root).to_contain_text("Nobody has spoken")


def press_what_can_be_pressed(page: Page, root: Locator) -> None:
    for n in range(min(3, root.get_by_role("button").count())):
        root.get_by_role("button").nth(n).click()


WIDGETS: dict[str, tuple[str, str, tuple[Use, ...]]] = {
    "stepper": ("from smtplab import Stepper\nStepper(said)", "[data-smtplab=stepper]", (step,)),
    "stepper of a long session": (f"from smtplab import Stepper\nStepper({LINES})", "[data-smtplab=stepper]", (step,)),
    "stepper without replies": ('from smtplab import Stepper\nStepper(Transcript.parse("C: HELO me"))', "[data-smtplab=stepper]", ()),
    "stepper of a line that scrolls": ('from smtplab import Stepper\nStepper(Transcript.parse("S: 220 x\\nC: HELO " + "me" * 5000))', "[data-smtplab=stepper]", ()),
    "stepper for a projector": ("from smtplab import Stepper\nStepper(said, large=True)", "[data-smtplab=stepper]", (step,)),
    "stepper of a POP3 session": (f"from smtplab import Stepper, Transcript\nStepper(Transcript.parse({samples.POP3!r}))", "[data-smtplab=stepper]", (step,)),
    "live stepper": ("from smtplab import Stepper\nStepper(server)", "[data-smtplab=stepper]", (step,)),
    "console": ("from smtplab import Console\nconsole = Console(server)\nconsole", "[data-smtplab=console]", (fill_the_list, say_goodbye)),
    "exercise": ('from smtplab import exercise\nexercise("01.1")', ".jp-OutputArea-output", (check,)),
    "explorer": ("from smtplab.widgets.explorer import Explorer\nExplorer(server)", "[data-smtplab]", (press_what_can_be_pressed,)),
    "codes": ("from smtplab.widgets.explorer import Codes\nCodes()", "[data-smtplab]", (press_what_can_be_pressed,)),
    "compare": ("from smtplab.widgets.panel import Compare\nCompare(said, said)", "[data-smtplab]", ()),
    "compare of many": ('from smtplab import Compare, recorded\nCompare(recorded(script="smug-pipelined"))', "[data-smtplab]", ()),
}  # fmt: skip


def panels(of: str = "said") -> str:
    return "\n".join(
        ["from IPython.display import display", "from smtplab.widgets.panel import Panel"]
        + [f'display(Panel("{kind}", {"server" if kind == "mailbox" else of}))' for kind in kinds()]
    )


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core, out of the wheel that brings it."""
    pytest.importorskip("axe_playwright_python", reason="axe-core is missing; make setup installs it")
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def violations(page: Page, root: Locator, axe: str) -> list[str]:
    """What axe finds wrong inside the element, a line each: the rule, the element, what to do."""
    page.evaluate(f"() => {{ if (!window.axe) {{ {axe} }} }}")
    found: list[dict[str, Any]] = root.evaluate(
        "async (root) => (await axe.run(root, { resultTypes: ['violations'], rules: { 'color-contrast': { enabled: false } } })).violations"
    )
    return [
        f"{rule['id']}: {node['html'][:160]} ({node['failureSummary'].splitlines()[-1].strip()})"
        for rule in found
        for node in rule["nodes"]
    ]


def shown(page: Page, selector: str, nth: int = 0) -> Locator:
    """The widget of the second cell, in view."""
    cells = "window.jupyterapp.shell.currentWidget.content"
    page.evaluate(f"async () => {{ await {cells}.scrollToItem(1, 'start'); }}")
    root = page.locator(f".jp-Cell >> nth=1 >> {selector}").nth(nth)
    expect(root).to_be_visible()
    return root


@pytest.mark.parametrize("name", WIDGETS)
def test_axe_finds_nothing_in_the(name: str, lab: Lab, open_notebook: Callable[..., Page], axe: str) -> None:
    cell, selector, uses = WIDGETS[name]
    page = open_notebook(write(lab, TALK, cell))
    run(page)
    root = shown(page, selector)
    assert violations(page, root, axe) == []
    for use in uses:
        use(page, root)
        assert violations(page, root, axe) == [], f"after {use.__name__.replace('_', ' ')}"


@pytest.mark.parametrize("of", ["said", f"Transcript.parse({samples.POP3!r})"], ids=["SMTP", "POP3"])
def test_axe_finds_nothing_in_a_panel(lab: Lab, open_notebook: Callable[..., Page], axe: str, of: str) -> None:
    page = open_notebook(write(lab, TALK, panels(of)))
    run(page)
    found: list[str] = []
    for n, kind in enumerate(kinds()):
        found += [f"{kind}: {line}" for line in violations(page, shown(page, "[data-smtplab]", n), axe)]
    assert found == []


def test_axe_would_find_what_is_wrong(page: Page, axe: str) -> None:
    page.set_content("<main><div id=root><img src='x.png'><button></button></div></main>")
    found = violations(page, page.locator("#root"), axe)
    assert any(line.startswith("image-alt") for line in found) and any(line.startswith("button-name") for line in found)
