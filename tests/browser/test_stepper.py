"""The stepper in a real JupyterLab: what a reader sees and can do, by mouse and by keys, with and without a kernel."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from smtplab.protocol.transcript import Transcript
from smtplab.widgets.stepper import Stepper
from tests.browser.book import cells, printed, run, shut_down_kernel, write
from tests.browser.conftest import Lab

SESSION_1 = (Path(__file__).parents[1] / "data/session-1.txt").read_text("utf-8")
STATES = ["CONNECTED", *(step.state.name for step in Transcript.parse(SESSION_1))]
LAST = len(STATES) - 1
SHOW = f"""from smtplab.protocol.transcript import Transcript
from smtplab.widgets.stepper import Stepper
text = {SESSION_1!r}
stepper = Stepper(Transcript.parse(text))
stepper"""
Open = Callable[..., Page]


@pytest.fixture
def opened(lab: Lab, open_notebook: Open) -> Callable[..., Page]:
    """A function that opens a notebook with a stepper over the guide's session 1 (or another cell), run."""

    def show(*cells: str, **how: object) -> Page:
        page = open_notebook(write(lab, *(cells or (SHOW, ""))), **how)
        run(page)
        expect(stepper_in(page).first).to_be_visible()
        return page

    return show


def stepper_in(page: Page) -> Locator:
    return page.locator("[data-smtplab=stepper]")


def button(page: Page, name: str) -> Locator:
    return stepper_in(page).get_by_role("button", name=name, exact=True)


def position(page: Page) -> tuple[int, str]:
    """Step and state, as everything that tells them agrees on: attributes, words on top, slider, transcript, diagram."""
    root = stepper_in(page)
    step, state = int(root.get_attribute("data-step") or -1), root.get_attribute("data-state") or ""
    expect(root.locator(".sl-count")).to_contain_text(f"{step} of {LAST}")
    expect(root.locator(".sl-count")).to_contain_text(state.lower())
    expect(root.get_by_role("slider", name="Step")).to_have_value(str(step))
    current = root.locator("li[aria-current=step]")
    expect(current).to_have_count(1 if step else 0)
    if step:
        assert current.get_attribute("data-p") == str(step)
    expect(root.locator("svg .is-current")).to_have_attribute("data-state", state)
    return step, state


def has_focus(page: Page) -> bool:
    return page.evaluate("document.querySelector('[data-smtplab=stepper]').contains(document.activeElement)")


def test_every_step_by_mouse_shows_the_records_state(opened: Open) -> None:
    page = opened()
    seen = [position(page)]
    for _ in range(LAST):
        button(page, "Next").click()
        seen.append(position(page))
    assert seen == list(enumerate(STATES))
    for _ in range(LAST):
        button(page, "Back").click()
        seen.append(position(page))
    assert seen[LAST + 1 :] == list(enumerate(STATES))[-2::-1]
    button(page, "Last").click()
    assert position(page) == (LAST, "CLOSED")
    button(page, "First").click()
    assert position(page) == (0, "CONNECTED")


def test_every_step_by_keys_shows_the_records_state(opened: Open) -> None:
    page = opened()
    button(page, "Next").focus()
    seen = [position(page)]
    for _ in range(LAST):
        page.keyboard.press("ArrowRight")
        seen.append(position(page))
    assert seen == list(enumerate(STATES))
    page.keyboard.press("ArrowLeft")
    assert position(page) == (LAST - 1, STATES[-2])
    page.keyboard.press("Home")
    assert position(page) == (0, "CONNECTED")
    page.keyboard.press("End")
    assert position(page) == (LAST, "CLOSED")
    assert has_focus(page)


def test_the_notebooks_own_keys_do_nothing_while_focus_is_inside(opened: Open) -> None:
    page = opened()
    before = cells(page)
    for place in (
        button(page, "Next"),
        stepper_in(page).get_by_role("slider"),
        stepper_in(page).get_by_role("region", name="Transcript"),
    ):
        place.focus()
        for key in ("b", "a", "x", "d", "d", "m", "y", "ArrowDown", "ArrowRight", "ArrowUp", "k", "Shift+L"):
            page.keyboard.press(key)
        assert has_focus(page)
    assert cells(page) == before
    page.keyboard.press("Escape")
    page.locator(".jp-Notebook .jp-InputPrompt").first.click()
    page.keyboard.press("b")
    page.wait_for_function("(n) => window.jupyterapp.shell.currentWidget.content.widgets.length === n", arg=before + 1)


def test_a_click_anywhere_inside_brings_the_keys_here(opened: Open) -> None:
    page = opened()
    stepper_in(page).locator(".sl-narration").click()
    page.keyboard.press("ArrowRight")
    assert position(page) == (1, "GREETED")


def test_a_click_on_a_line_of_the_transcript_steps_there(opened: Open) -> None:
    page = opened()
    stepper_in(page).locator("li", has_text="test@example.com Recipient ok").click()
    assert position(page) == (7, "RCPT")
    page.keyboard.press("ArrowLeft")
    assert position(page) == (6, "MAIL")


def test_the_slider_steps_by_mouse_and_keys(opened: Open) -> None:
    page = opened()
    slider = stepper_in(page).get_by_role("slider", name="Step")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] - 4, box["y"] + box["height"] / 2)
    assert position(page)[0] == LAST
    page.keyboard.press("ArrowDown")
    assert position(page)[0] == LAST - 1
    assert "State ready" in (slider.get_attribute("aria-valuetext") or "")


def test_twenty_fast_clicks_end_in_the_right_step(opened: Open) -> None:
    lines = "".join(f"C: NOOP {n}\nS: 250 2.0.0 Ok\n" for n in range(30))
    text = f"S: 220 mail.example.com\nC: EHLO me\nS: 250 mail.example.com\n{lines}"
    page = opened(SHOW.replace(repr(SESSION_1), repr(text)), "")
    button(page, "Next").scroll_into_view_if_needed()
    box = button(page, "Next").bounding_box()
    assert box
    for _ in range(20):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(stepper_in(page)).to_have_attribute("data-step", "20")
    expect(stepper_in(page).locator("li[aria-current=step]")).to_contain_text("NOOP 8")


def test_play_goes_on_by_itself_and_stops_at_a_key(opened: Open) -> None:
    page = opened()
    button(page, "Play").click()
    expect(button(page, "Play")).to_have_attribute("aria-pressed", "true")
    expect(stepper_in(page)).to_have_attribute("data-step", "2")
    page.keyboard.press("Home")
    expect(button(page, "Play")).to_have_attribute("aria-pressed", "false")
    assert position(page) == (0, "CONNECTED")


def test_the_step_is_announced_in_words(opened: Open) -> None:
    page = opened()
    status = stepper_in(page).get_by_role("status")
    expect(status).to_have_text("")
    button(page, "Next").click()
    expect(status).to_have_text("Step 1 of 15. The server greets you: 220, ready. State greeted.")
    expect(status).to_have_attribute("aria-live", "polite")


def test_stepping_keeps_focus_and_the_pages_scroll(opened: Open) -> None:
    page = opened(SHOW, *("1",) * 20, height=700)
    button(page, "Next").scroll_into_view_if_needed()
    button(page, "Next").focus()
    where = "document.querySelector('.jp-WindowedPanel-outer, .jp-Notebook').scrollTop"
    before = page.evaluate(where)
    for key in ("ArrowRight",) * LAST + ("Home", "End"):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.innerText") == "Next"
    assert page.evaluate(where) == before


def test_it_steps_on_when_the_kernel_is_busy_and_when_it_is_gone(opened: Open) -> None:
    page = opened()
    page.evaluate(
        """() => { const b = window.jupyterapp.shell.currentWidget;
        b.context.sessionContext.session.kernel.requestExecute({ code: 'import time; time.sleep(3)' }); }"""
    )
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.status === 'busy'"
    )
    button(page, "Next").click()
    assert position(page) == (1, "GREETED")
    shut_down_kernel(page)
    for _ in range(LAST - 1):
        page.keyboard.press("ArrowRight")
    assert position(page) == (LAST, "CLOSED")
    button(page, "Back").click()
    assert position(page) == (LAST - 1, "READY")


def test_a_name_that_is_a_script_is_shown_and_not_run(opened: Open) -> None:
    name = """<img src=x onerror="document.title='run'"><script>document.title='run'</script></style>"""
    text = f"S: 220 {name}\nC: HELO {name}\nS: 250 hello {name}\nC: MAIL FROM:<{name}>\nS: 550 {name}\nC: QUIT\nS: 221 {name}\n"
    page = opened(SHOW.replace(repr(SESSION_1), repr(text)), "")
    for _ in range(7):
        button(page, "Next").click()
    page.wait_for_timeout(300)  # a script that was let in would run by now
    assert page.title() != "run"
    expect(stepper_in(page).locator("li[data-p='2']")).to_contain_text("HELO <img src=x onerror=")


def test_fifty_reruns_leave_no_more_widgets_than_one(opened: Open) -> None:
    page = opened()
    count = "import ipywidgets; print(len(ipywidgets.widgets.widget._instances))"
    one = printed(page, count)
    run(page, *(0,) * 50)
    assert printed(page, count) == one
    expect(stepper_in(page)).to_have_count(1)
    button(page, "Next").click()
    assert position(page) == (1, "GREETED")


def test_a_second_cell_shows_the_same_stepper_until_it_runs_again(opened: Open) -> None:
    page = opened(SHOW, "stepper", "")
    expect(stepper_in(page)).to_have_count(2)
    run(page, 0)
    expect(stepper_in(page)).to_have_count(2)
    run(page, 1)
    expect(stepper_in(page)).to_have_count(2)
    stepper_in(page).nth(1).get_by_role("button", name="Last").click()
    expect(stepper_in(page).nth(1)).to_have_attribute("data-state", "CLOSED")
    expect(stepper_in(page).nth(0)).to_have_attribute("data-state", "CONNECTED")


def test_reduced_motion_moves_nothing_by_itself(opened: Open) -> None:
    page = opened()
    page.emulate_media(reduced_motion="reduce")
    button(page, "Last").click()
    running = page.evaluate("document.querySelector('[data-smtplab=stepper]').getAnimations({ subtree: true }).length")
    assert running == 0
    assert position(page) == (LAST, "CLOSED")


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 1400), ("light", 560)])
def test_nothing_moves_when_stepping(
    opened: Open, screenshot: Callable[[Page, str], Path], theme: str, width: int
) -> None:
    page = opened(theme=theme, width=width, height=1500)
    page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
    boxes = """() => [...document.querySelectorAll('[data-smtplab=stepper] :is(.sl-btn, .sl-panel, .sl-score, .sl-narration, svg.sl-diagram, li)')]
        .map((e) => { const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height].map((v) => Math.round(v * 10) / 10).join(); })"""
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    stepper_in(page).locator(".sl-scroll").evaluate("(box) => { box.scrollTop = 0; }")
    button(page, "Next").focus()
    still = page.evaluate(boxes)
    for n in range(1, LAST + 1):
        page.keyboard.press("ArrowRight")
        stepper_in(page).locator(".sl-scroll").evaluate("(box) => { box.scrollTop = 0; }")
        assert page.evaluate(boxes) == still, f"something moved at step {n}"
        if n in (6, 7):
            screenshot(page, f"{theme}-{width}-{n}")


def test_on_a_laptop_controls_diagram_narration_and_the_current_line_are_in_view_at_once(
    opened: Open, screenshot: Callable[[Page, str], Path]
) -> None:
    page = opened(width=1366, height=768)  # the file browser is open, as it is from the start
    expect(page.locator(".jp-DirListing-content")).to_be_visible()
    button(page, "Next").focus()
    stepper_in(page).evaluate("(root) => root.scrollIntoView()")
    page.keyboard.press("Home")
    for step in range(LAST + 1):
        hidden = page.evaluate(
            """() => {
                const seen = document.querySelector(".jp-WindowedPanel-outer").getBoundingClientRect();
                const root = document.querySelector("[data-smtplab=stepper]"), box = root.querySelector(".sl-scroll").getBoundingClientRect();
                const inside = (r, frame) => r.top >= frame.top - 1 && r.bottom <= frame.bottom + 1 && r.left >= frame.left && r.right <= frame.right + 1;
                const out = [".sl-controls", ".sl-score", ".sl-diagram", ".sl-narration", ".sl-scroll", ".sl-else"]
                    .filter((name) => !inside(root.querySelector(name).getBoundingClientRect(), seen));
                const line = root.querySelector("li[aria-current]");
                return line && !inside(line.getBoundingClientRect(), box) ? [...out, "the current line"] : out;
            }"""
        )
        assert hidden == [], f"out of view at step {step}"
        if step == 7:
            screenshot(page, "laptop")
        page.keyboard.press("ArrowRight")


LONG = 5000


@pytest.fixture
def stands_alone(open_page: Open, tmp_path: Path) -> Callable[..., Page]:
    """A function that opens a stepper's own page, written by save_html."""

    def show(text: str, step: int = 0, **how: object) -> Page:
        large = bool(how.pop("large", False))
        Stepper(Transcript.parse(text), large=large).save_html(tmp_path / "session.html")
        page = open_page(**how)
        page.route("http*://**", lambda route: pytest.fail(f"asked the network for {route.request.url}"))
        page.goto(f"{(tmp_path / 'session.html').as_uri()}#step-{step}")
        expect(stepper_in(page)).to_have_attribute("data-step", str(step))
        return page

    return show


def test_a_session_of_ten_thousand_lines_steps_by_keys_by_clicks_and_by_its_lines(
    stands_alone: Callable[..., Page],
) -> None:
    short = "S: 220 mail.example.com\nC: EHLO me\nS: 250 mail.example.com\n"
    noops = "".join(f"C: NOOP {n}\nS: 250 2.0.0 Ok\n" for n in range(LONG))
    page = stands_alone(short + noops, 2 * LONG - 100)
    expect(stepper_in(page).locator("li[aria-current=step]")).to_be_in_viewport(ratio=0.95)
    box = button(page, "Next").bounding_box()
    assert box
    for _ in range(20):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(stepper_in(page)).to_have_attribute("data-step", str(2 * LONG - 80))
    stepper_in(page).locator(f"li[data-p='{2 * LONG - 78}']").click()
    expect(stepper_in(page)).to_have_attribute("data-step", str(2 * LONG - 78))
    for key, step in (("End", 2 * LONG + 3), ("ArrowLeft", 2 * LONG + 2), ("Home", 0)):
        button(page, "Next").press(key)
        expect(stepper_in(page)).to_have_attribute("data-step", str(step))
    button(page, "Last").click()
    current = stepper_in(page).locator("li[aria-current=step]")
    expect(current).to_contain_text("250 2.0.0 Ok")
    expect(current).to_be_in_viewport(ratio=0.95)


def test_the_page_by_itself_steps_by_keys_and_links(stands_alone: Callable[..., Page]) -> None:
    page = stands_alone(SESSION_1, 7)
    assert position(page) == (7, "RCPT")
    stepper_in(page).locator(".sl-narration").click()
    page.keyboard.press("ArrowRight")
    assert position(page) == (8, "RCPT")
    page.evaluate("location.hash = '#step-15'")
    expect(stepper_in(page)).to_have_attribute("data-step", "15")
    assert position(page) == (15, "CLOSED")
    expect(stepper_in(page).get_by_role("textbox")).to_have_count(0)


def test_it_prints_as_a_summary_or_as_a_page_for_each_step(stands_alone: Callable[..., Page]) -> None:
    page = stands_alone(SESSION_1, 7, theme="dark")

    def sheets() -> int:
        return len(re.findall(rb"/Type ?/Page\b", page.pdf(format="A4")))

    assert sheets() == 1
    page.get_by_label("a page for each step").check()
    assert sheets() == LAST + 1
    assert position(page) == (7, "RCPT")
    expect(stepper_in(page)).to_have_count(1)


def test_a_projector_shows_all_of_it_at_once_in_large_type(
    stands_alone: Callable[..., Page], screenshot: Callable[[Page, str], Path]
) -> None:
    page = stands_alone(SESSION_1, 0, width=1280, height=720, large=True)
    stepper_in(page).locator(".sl-narration").click()
    for _ in range(LAST):
        page.keyboard.press("ArrowRight")
        for part in (".sl-controls", ".sl-score", ".sl-diagram", ".sl-narration", "li[aria-current]", ".sl-anatomy"):
            expect(stepper_in(page).locator(part).first).to_be_in_viewport()
        small = page.evaluate(
            """() => [...document.querySelectorAll("[data-smtplab=stepper] :is(.say, .more, code, .sl-btn, dd, .st)")]
            .filter((e) => e.offsetParent && !e.closest(".size") && parseFloat(getComputedStyle(e).fontSize) < 15).length"""
        )
        assert small == 0
    assert page.evaluate("document.querySelector('[data-smtplab=stepper]').getBoundingClientRect().bottom") <= 720
    screenshot(page, "large")


def test_a_refused_command_draws_half_an_arrow_that_a_bar_ends(stands_alone: Callable[..., Page]) -> None:
    text = "S: 220 x\nC: HELO me\nS: 250 x\nC: MAIL FROM:<a@x.org>\nS: 250 x\nC: RCPT TO:<nobody@x.org>\nS: 550 no\n"
    page = stands_alone(text, 7)
    refused = stepper_in(page).locator(".sl-diagram .over.is-refused")
    for part, display in ((".bar", "inline"), (".half", "inline"), (".line", "none"), (".head", "none")):
        expect(refused.locator(part).first).to_have_css("display", display)
    button(page, "Back").click()
    expect(refused).to_have_count(0)
