"""`smtplab lab` as the learner first sees it: notebook 01, ready, nothing in the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Lab


def test_opens_on_notebook_01_with_its_kernel_and_without_any_question(
    lab: Lab, open_page: Callable[..., Page], screenshot: Callable[[Page, str], object]
):
    page = open_page()
    page.goto(f"{lab.origin}/?token={lab.token}")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
    expect(page.get_by_role("tab", name="01-")).to_be_visible()
    expect(page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute("data-status", "idle")
    expect(page.locator(".jp-KernelName")).to_contain_text("Python 3")
    # JupyterLab asks its questions once it has read its settings and restored itself; then it would ask about news.
    page.evaluate("() => window.jupyterapp.restored")
    page.evaluate(
        "() => window.jupyterapp.serviceManager.settings.fetch('@jupyterlab/apputils-extension:notification')"
    )
    page.wait_for_load_state("networkidle")
    screenshot(page, "first-look")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Would you like")).to_have_count(0)
    expect(page.get_by_text("Select Kernel")).to_have_count(0)


def test_asks_nothing_of_the_internet(lab: Lab, open_page: Callable[..., Page]):
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{lab.origin}/?token={lab.token}")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith((lab.origin, "data:", "blob:"))] == []
    assert not [url for url in asked if url.endswith(("/lab/api/news", "/lab/api/update"))]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_follows_the_theme_that_a_test_asks_for(open_notebook: Callable[..., Page], theme: str):
    page = open_notebook("01", theme=theme)
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", str(theme == "light").lower())
