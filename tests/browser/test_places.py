"""The same widget in any place: JupyterLab from 400 to 1920 pixels, an untrusted notebook, a page without any kernel."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Page, expect

from smtplab.net.server import Server
from smtplab.protocol.transcript import Transcript
from smtplab.widgets.console import Console
from smtplab.widgets.explorer import Codes, Explorer
from smtplab.widgets.panel import Compare, Panel
from smtplab.widgets.stepper import Stepper
from tests.browser.book import run, write
from tests.browser.conftest import Lab
from tests.views import samples

SESSION = Transcript.parse(samples.SESSION_1)
WIDTHS = (400, 760, 1100, 1920)
"""Of the page; its cell is some 120 px narrower, and 400 px is the least that a widget is made for."""
SETUP = f"""from IPython.display import display
from smtplab import Console, Server, Stepper, Transcript
from smtplab.widgets.explorer import Codes, Explorer
from smtplab.widgets.panel import Compare, Panel
server, said = Server(), Transcript.parse({samples.SESSION_1!r})"""
BOXES = """() => [...document.querySelectorAll('[data-smtplab=stepper] :is(button, .sl-panel, .sl-score, .sl-narration, svg.sl-diagram, svg.sl-diagram .node rect, li, .mv)')]
    .map((each) => { const box = each.getBoundingClientRect(), down = each.matches('li') ? each.closest('.sl-scroll').scrollTop : 0;
    return [box.x, box.y + down, box.width, box.height].map(Math.round).join(); })"""
Open = Callable[..., Page]


def test_stepping_in_jupyterlab_moves_nothing_at_any_width(lab: Lab, open_notebook: Open) -> None:
    page = open_notebook(write(lab, SETUP, "Stepper(said)", "Stepper(said, large=True)"), width=1400, height=1300)
    page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
    run(page, 0)
    for cell, widths in ((1, WIDTHS), (2, (1440,))):
        run(page, cell)
        root = page.locator("[data-smtplab=stepper]").last
        for width in widths:
            page.set_viewport_size({"width": width, "height": 1300})
            root.get_by_role("button", name="Next", exact=True).focus()
            page.keyboard.press("Home")
            root.scroll_into_view_if_needed()
            page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            still = page.evaluate(BOXES)
            for step in range(1, len(SESSION) + 1):
                page.keyboard.press("ArrowRight")
                moved = [(a, b) for a, b in zip(still, page.evaluate(BOXES), strict=True) if not _same(a, b)]
                assert not moved, f"at step {step}, {width} px wide: {moved[:4]}"
            wide, room = root.evaluate("(each) => [each.scrollWidth, each.clientWidth]")
            assert wide <= room + 1, f"{wide} px in {room} px"


def _same(one: str, other: str) -> bool:
    pairs = list(zip(map(int, one.split(",")), map(int, other.split(",")), strict=True))
    return all(a == 0 for a, _ in pairs) or all(b == 0 for _, b in pairs) or all(abs(a - b) <= 1 for a, b in pairs)


def test_every_widget_fits_a_narrow_cell_and_a_wide_one(
    lab: Lab, open_notebook: Open, screenshot: Callable[[Page, str], Path]
) -> None:
    every = "display(Stepper(said), Console(server), *(Panel(kind, said) for kind in kinds() if kind != 'mailbox'), Compare(said, said), Explorer(server), Codes())"
    page = open_notebook(write(lab, SETUP + "\nfrom smtplab.views.panels import kinds\n" + every), height=1000)
    run(page)
    expect(page.locator("[data-mime-type='application/vnd.jupyter.error']")).to_have_count(0)
    expect(page.locator("[data-smtplab=codes], [data-smtplab=explorer]").first).to_be_attached()
    page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
    for width in (520, *WIDTHS[1:]):
        page.set_viewport_size({"width": width, "height": 1000})
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        for wide, room, name in page.locator("[data-smtplab]").evaluate_all(
            "(all) => all.map((each) => [each.scrollWidth, each.clientWidth, `${each.dataset.smtplab} ${each.dataset.kind ?? ''}`])"
        ):
            assert wide <= room + 1, f"{name} needs {wide} px and has {room} px in a page of {width} px"
        screenshot(page, str(width))


@pytest.fixture(scope="module")
def forms() -> dict[str, dict[str, str]]:
    """What a stored notebook holds of each widget: its words, its static form, and no view."""
    with Server() as server:
        made: list[Any] = [Stepper(SESSION), Panel("ladder", SESSION), Panel("envelope", SESSION, 7)]
        made += [Compare(SESSION, SESSION), Explorer(), Codes(), Console(server)]
        names = ["stepper", "ladder", "envelope", "compare", "explorer", "codes", "console"]
        found = {
            name: {"text/plain": widget.plain(), "text/html": widget.static()}
            for name, widget in zip(names, made, strict=True)
        }
        for widget in made:
            widget.close()
    return found


def stored(forms: dict[str, dict[str, str]]) -> str:
    """A notebook with these outputs, as `make notebooks` stores them."""
    cells = [
        nbformat.v4.new_code_cell(
            f"# {name}",
            execution_count=n,
            outputs=[nbformat.v4.new_output("execute_result", form, execution_count=n)],
        )
        for n, (name, form) in enumerate(forms.items(), 1)
    ]
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=spec))


def test_an_untrusted_notebook_shows_every_static_form(
    lab: Lab, open_notebook: Open, forms: dict[str, dict[str, str]], screenshot: Callable[[Page, str], Path]
) -> None:
    (lab.folder / "stored.ipynb").write_text(stored(forms), "utf-8")
    page = open_notebook("stored.ipynb", height=1000)
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.model.cells.get(0).trusted") is False
    for at, (name, form) in enumerate(forms.items()):
        cell = page.locator(".jp-CodeCell").nth(at)
        cell.scroll_into_view_if_needed()
        output = cell.locator(".jp-OutputArea-output")
        expect(output, name).to_have_count(1)
        expect(output, name).not_to_have_text("")
        seen = output.inner_text()
        words = [line.split()[0] for line in form["text/plain"].split("\n")[1:8] if line.split()]
        pictures = output.locator("img").evaluate_all(
            "(all) => all.map((each) => [each.complete && each.naturalWidth > 0, each.alt.length])"
        )
        assert all(is_drawn and alt for is_drawn, alt in pictures), name
        assert pictures or all(word in seen for word in words), f"{name}: {seen[:200]}"
        if name == "stepper":
            assert pictures and "MAIL FROM" in seen
    screenshot(page, "untrusted")


def test_nbconvert_shows_every_static_form_without_any_network(
    open_page: Open, tmp_path: Path, forms: dict[str, dict[str, str]]
) -> None:
    html, _ = HTMLExporter(template_name="classic").from_notebook_node(nbformat.reads(stored(forms), 4))
    (tmp_path / "book.html").write_text(html, "utf-8")
    page = open_page()
    page.context.route(
        "**/*", lambda route: route.continue_() if route.request.url.startswith(("file:", "data:")) else route.abort()
    )
    page.goto((tmp_path / "book.html").as_uri(), wait_until="domcontentloaded")
    for at, name in enumerate(forms):
        output = page.locator(".output_area").nth(at)
        box = output.bounding_box()
        assert box and box["height"] > 40, f"{name} is {box}"
    assert page.locator("img[src^='data:image/svg+xml;base64,']").first.evaluate("(each) => each.naturalWidth") > 0
    expect(page.locator("body")).to_contain_text("SMTP session, 15 lines")


def test_static_forms_are_one_kind_of_picture_and_words(forms: dict[str, dict[str, str]]) -> None:
    for name, form in forms.items():
        html = form["text/html"]
        assert "<style" not in html and "<script" not in html and "<svg" not in html, name
        for picture in html.split('src="data:image/svg+xml;base64,')[1:]:
            assert base64.b64decode(picture.split('"')[0]).startswith(b"<svg"), name
