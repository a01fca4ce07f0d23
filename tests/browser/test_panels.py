"""Panels, a mailbox and a comparison in a real page: shown, chosen in by mouse and by keys, hostile text and all widths."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from smtplab.protocol.message import Envelope, Message
from smtplab.protocol.transcript import Transcript
from smtplab.views import panels
from smtplab.widgets.explorer import Codes, Explorer
from smtplab.widgets.panel import Compare, Panel, Sheet
from tests.browser.book import KERNELSPEC, cells, run, shut_down_kernel, write
from tests.browser.conftest import Lab
from tests.views import samples

Open = Callable[..., Page]
MAKE = f"""from smtplab.protocol.message import Envelope, Message
from smtplab.protocol.transcript import Transcript
from smtplab.widgets.panel import Compare, Panel
said = Transcript.parse({samples.MESSY!r})
other = Transcript.parse({samples.SESSION_1!r})
letters = [Message(Envelope("alice@example.com", (f"r{{n}}@example.com",)),
    f"From: alice@example.com\\r\\nTo: r{{n}}@example.com\\r\\nSubject: letter {{n}}\\r\\n\\r\\nbody {{n}}\\r\\n".encode(), b"")
    for n in range(1, 4)]"""
MAILBOX = "Panel('mailbox', letters)"
FIRES = "\"><img src=x onerror=\"document.title='fired'\"><script>document.title='fired'</script>"


@pytest.fixture
def opened(lab: Lab, open_notebook: Open) -> Open:
    """A function that opens a notebook whose cells show these panels, and runs it."""

    def show(*shown: str, **how: object) -> Page:
        page = open_notebook(write(lab, MAKE, *shown), **how)
        run(page)
        expect(page.locator("[data-smtplab]").first).to_be_visible()
        return page

    return show


def mailbox_in(page: Page) -> Locator:
    return page.locator("[data-smtplab=panel][data-kind=mailbox]")


def mail(page: Page, number: int) -> Locator:
    return mailbox_in(page).locator(f"button[data-open='{number - 1}']")


@pytest.mark.parametrize(("theme", "width"), [("light", 1300), ("dark", 1300), ("light", 620)])
def test_every_panel_is_shown_and_can_be_looked_at(
    opened: Open, screenshot: Callable[[Page, str], Path], theme: str, width: int
) -> None:
    kinds = list(panels.KINDS)
    shown = [f"Panel({kind!r}, said, step=17)" for kind in kinds]
    page = opened(
        *shown, MAILBOX, "Compare(said, other, names=('messy', 'guide'))", theme=theme, width=width, height=1000
    )
    for kind in [*kinds, "mailbox"]:
        panel = page.locator(f"[data-smtplab=panel][data-kind={kind}]")
        panel.scroll_into_view_if_needed()
        expect(panel).to_be_visible()
        inner, outer = panel.evaluate("(e) => [e.scrollWidth, e.clientWidth]")
        assert inner <= outer, kind
        screenshot(page, f"{kind}-{theme}-{width}")
    expect(page.locator("[data-smtplab=compare]")).to_contain_text("Side by side")


def test_a_message_is_opened_by_mouse(opened: Open) -> None:
    page = opened(MAILBOX)
    message = mailbox_in(page).get_by_role("region", name="The message opened")
    expect(message).to_contain_text("body 3")
    mail(page, 1).click()
    expect(message).to_contain_text("body 1")
    expect(message).not_to_contain_text("body 3")
    expect(mail(page, 1)).to_have_attribute("aria-pressed", "true")
    expect(mail(page, 3)).to_have_attribute("aria-pressed", "false")
    expect(mailbox_in(page).get_by_role("status")).to_have_text("Message 1 is open.")


def test_a_message_is_opened_by_keys_and_the_notebook_takes_none(opened: Open) -> None:
    page = opened(MAILBOX)
    count = cells(page)
    mail(page, 1).focus()
    page.keyboard.press("ArrowDown")
    expect(mail(page, 2)).to_be_focused()
    page.keyboard.press("Enter")
    expect(mailbox_in(page)).to_contain_text("body 2")
    for key in ("b", "a", "d", "d", "j"):
        page.keyboard.press(key)
    expect(mail(page, 2)).to_be_focused()
    assert cells(page) == count
    page.keyboard.press("Tab")
    expect(mail(page, 3)).to_be_focused()
    page.keyboard.press("Space")
    expect(mailbox_in(page)).to_contain_text("body 3")


def test_a_mailbox_works_without_a_kernel(opened: Open) -> None:
    page = opened(MAILBOX)
    shut_down_kernel(page)
    mail(page, 2).click()
    expect(mailbox_in(page)).to_contain_text("body 2")


def test_a_rerun_leaves_one_panel(opened: Open) -> None:
    page = opened(MAILBOX)
    run(page, *(1,) * 3)
    expect(mailbox_in(page)).to_have_count(1)


def test_a_stored_panel_in_a_notebook_that_is_not_trusted_is_a_picture_and_words(lab: Lab, open_notebook: Open) -> None:
    of = Transcript.parse(samples.SESSION_1)
    forms = [Panel(kind, of, step=7) for kind in panels.KINDS] + [Explorer(selected="rcpt"), Codes()]
    made = [_stored(number, sheet) for number, sheet in enumerate(forms)]
    whole = {"cells": made, "metadata": KERNELSPEC, "nbformat": 4, "nbformat_minor": 5}
    (lab.folder / "stored-panels.ipynb").write_text(json.dumps(whole), "utf-8")
    page = open_notebook("stored-panels.ipynb", height=6000)
    output = page.locator(".jp-OutputArea-output")
    expect(output).to_have_count(len(forms))
    expect(output.locator("pre")).to_have_count(len(forms))
    pictures = output.locator("img")
    expect(pictures).to_have_count(3)
    for at in range(3):
        assert pictures.nth(at).evaluate("(e) => e.complete && e.naturalWidth") > 100
        assert pictures.nth(at).get_attribute("alt")


def _stored(number: int, sheet: Sheet) -> dict[str, object]:
    """A cell as it stands in a committed notebook: static forms, no view."""
    data = {"text/plain": sheet.plain(), "text/html": sheet.static()}
    sheet.close()
    output = {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}
    return {
        "cell_type": "code", "id": f"s{number}", "metadata": {}, "source": "0", "outputs": [output], "execution_count": 1,
    }  # fmt: skip


def hostile() -> dict[str, Sheet]:
    """Every panel over text that would rename the page if any of it ran."""
    said = samples.hostile(FIRES)
    letter = Message(
        Envelope(FIRES, (FIRES, "b" * 10_000)), f"Subject: {FIRES}\r\nX: {'x' * 10_000}\r\n\r\n{FIRES}".encode(), b""
    )
    made: dict[str, Sheet] = {f"{kind} {at}": Panel(kind, said, step=at) for kind in panels.KINDS for at in (3, 9, 16)}
    made |= {f"{kind} long": Panel(kind, samples.long_lines(), step=4) for kind in panels.KINDS}
    made |= {"explorer": Explorer(selected="edge:end"), "codes": Codes(550, event="RCPT")}
    return made | {
        "mailbox": Panel("mailbox", [letter, letter]),
        "compare": Compare(said, samples.long_lines(), (FIRES, "b")),
        "compare many": Compare(
            {FIRES: said, "b" * 100: samples.long_lines()} | {f"name {at}": said for at in range(10)}
        ),
    }


@pytest.mark.parametrize("width", [400, 800, 1920])
def test_hostile_text_runs_nowhere_and_breaks_no_width(open_page: Open, tmp_path: Path, width: int) -> None:
    tab = open_page(width=width)
    for name, sheet in hostile().items():
        sheet.save_html(tmp_path / "a.html")
        static = f"<!doctype html><meta charset=utf-8><title>static</title>{sheet.static()}"
        (tmp_path / "static.html").write_text(static, "utf-8")
        tab.goto((tmp_path / "static.html").as_uri())
        assert tab.title() == "static", name
        tab.goto((tmp_path / "a.html").as_uri())
        if name == "mailbox":
            tab.locator("button[data-open='0']").click()
            expect(tab.locator("[data-out=message]")).to_contain_text("onerror=")
        assert tab.title() != "fired", name
        wide = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name}: the page scrolls sideways by {wide}"
        sheet.close()


def test_a_handed_out_mailbox_can_be_chosen_in(open_page: Open, tmp_path: Path) -> None:
    letters = [
        Message(Envelope("a@example.com", ("b@example.com",)), f"Subject: {n}\r\n\r\nbody {n}\r\n".encode(), b"")
        for n in (1, 2)
    ]
    Panel("mailbox", letters).save_html(tmp_path / "a.html")
    tab = open_page()
    tab.goto((tmp_path / "a.html").as_uri())
    tab.locator("button[data-open='0']").press("Enter")
    expect(tab.locator("[data-out=message]")).to_contain_text("body 1")
