"""Notebooks made by a test, and what a test does with an open one. Fixtures are in conftest."""

from __future__ import annotations

import json
from uuid import uuid4

from playwright.sync_api import Locator, Page

from tests.browser.conftest import IDLE, Lab

BOOK = "window.jupyterapp.shell.currentWidget"
KERNELSPEC = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def write(lab: Lab, *cells: str) -> str:
    """A new notebook of these cells in the lab's folder; gives its name, for `open_notebook`."""
    made = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": cell, "outputs": [], "execution_count": None}
        for n, cell in enumerate(cells)
    ]
    name = f"made-{uuid4().hex[:8]}.ipynb"
    whole = {"cells": made, "metadata": KERNELSPEC, "nbformat": 4, "nbformat_minor": 5}
    (lab.folder / name).write_text(json.dumps(whole), "utf-8")
    return name


def run(page: Page, *numbers: int) -> None:
    """Run these cells, or all, one after the other, until the kernel is idle again."""
    for number in numbers or range(cells(page)):
        page.evaluate(
            f"""async (n) => {{ const book = {BOOK}.content; book.deselectAll(); book.activeCellIndex = n;
            await window.jupyterapp.commands.execute('notebook:run-cell'); }}""",
            number,
        )
    page.wait_for_function(IDLE)


def cells(page: Page) -> int:
    """How many cells the notebook has."""
    return page.evaluate(f"{BOOK}.content.widgets.length")


def printed(page: Page, source: str) -> str:
    """What a program prints in the notebook's kernel: its last cell is set to it, and run."""
    last = cells(page) - 1
    page.evaluate(f"([n, text]) => {BOOK}.content.widgets[n].model.sharedModel.setSource(text)", [last, source])
    run(page, last)
    return page.evaluate(
        f"""(n) => {BOOK}.content.widgets[n].model.outputs.toJSON()
        .map((o) => o.text ?? (o.traceback ?? []).join("\\n")).join("")""",
        last,
    )


def shut_down_kernel(page: Page) -> None:
    """End the kernel, as the menu does."""
    page.evaluate(f"{BOOK}.context.sessionContext.shutdown()")
    page.wait_for_function(f"() => !{BOOK}.context.sessionContext.session?.kernel")


def stepper_in(page: Page) -> Locator:
    """The stepper in the page."""
    return page.locator("[data-smtplab=stepper]")


def button(page: Page, name: str) -> Locator:
    """The stepper's button of this name."""
    return stepper_in(page).get_by_role("button", name=name, exact=True)
