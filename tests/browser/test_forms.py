"""Questions, and exercises of other forms, in a real page: answered by mouse and by keys, with and without a kernel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from smtplab.course.doing.question import is_like
from smtplab.widgets.base import source
from tests.browser.book import BOOK, printed, run, shut_down_kernel, write
from tests.browser.conftest import Lab
from tests.browser.test_axe import axe as axe
from tests.browser.test_axe import violations

Open = Callable[..., Page]
QUESTIONS = ("02.a", "04.b", "02.b", "02.e", "05.e")


@pytest.fixture
def opened(lab: Lab, open_notebook: Open) -> Open:
    """A function that opens a notebook of these cells, and a last empty one, and runs it."""

    def show(*cells: str, **how: object) -> Page:
        page = open_notebook(write(lab, *cells, ""), **how)
        run(page)
        expect(page.locator(".jp-OutputArea-output .widget-html, [data-smtplab]").first).to_be_visible()
        return page

    return show


def asked(name: str, then: str = "") -> str:
    return f'from smtplab import question\nquestion("{name}"){then}'


def exercise(name: str) -> str:
    return f'from smtplab import exercise\nex = exercise("{name}")\nex'


def question(page: Page, name: str, nth: int = 0) -> Locator:
    return page.locator(f"[data-smtplab=question][data-name='{name}']").nth(nth)


def answer(box: Locator, *choices: str) -> None:
    for choice in choices:
        box.get_by_text(choice, exact=True).click()
    box.get_by_role("button").click()


def choice(page: Page) -> Locator:
    return page.locator("[data-smtplab=choice]")


def card(page: Page) -> Locator:
    return page.locator(".jp-OutputArea-output").filter(has=page.get_by_role("button", name="Hint")).first


# ------------------------------------------------------------------------------------------------------ questions
def test_recall_says_at_once_what_is_right_and_may_be_tried_again(opened: Open) -> None:
    page = opened(asked("02.a"))
    box = question(page, "02.a")
    status = box.get_by_role("status")
    answer(box)
    expect(status).to_have_text("Choose something first.")
    answer(box, "a dot")
    expect(status).to_contain_text("Not yet. A dot alone on its line ends a letter.")
    expect(status).to_contain_text("Try again.")
    box.get_by_role("radio").first.check()
    answer(box)
    expect(status).to_have_text("Right. Both together, and nothing else.")


def test_recall_is_answered_by_keys_and_the_notebook_keeps_its_cells(opened: Open) -> None:
    page = opened(asked("02.a"))
    box = question(page, "02.a")
    before = page.evaluate(f"{BOOK}.content.widgets.length")
    box.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(box.get_by_role("radio").nth(1)).to_be_checked()
    page.keyboard.press("Enter")
    expect(box.get_by_role("status")).to_contain_text("Not yet.")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    expect(box.get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(box.get_by_role("status")).to_contain_text("Right.")
    page.keyboard.type("bdd")
    assert page.evaluate(f"{BOOK}.content.widgets.length") == before


def test_several_are_right_only_all_together(opened: Open) -> None:
    page = opened(asked("04.b"))
    box = question(page, "04.b")
    answer(box, "what MAIL FROM named")
    expect(box.get_by_role("status")).to_contain_text("An envelope has two sides")
    answer(box, "what RCPT TO named")
    expect(box.get_by_role("status")).to_contain_text("Right. Where a bounce would go. Who gets the letter.")
    answer(box, "the header To:")
    expect(box.get_by_role("status")).to_contain_text("stands on the sheet inside")


def test_what_is_typed_is_taken_leniently(opened: Open) -> None:
    page = opened(asked("02.b"))
    box = question(page, "02.b")
    field = box.get_by_role("textbox")
    field.fill("bye")
    field.press("Enter")
    expect(box.get_by_role("status")).to_contain_text("Friendly, and no command")
    field.fill(' b"quit\\r\\n" ')
    field.press("Enter")
    expect(box.get_by_role("status")).to_contain_text("Right.")
    field.fill("<img src=x onerror=alert(1)>")
    field.press("Enter")
    expect(box.get_by_role("status")).to_contain_text("Look at the last command")


TYPED = ["quit", "QUIT.", " quit\\r\\n", "'QUIT'", 'b"QUIT"', "QU IT", "", ".", "503", "503 no", "it is 503", "5030", "50", "no", "..", "rcpt  to:<x>"]  # fmt: skip


def test_page_and_python_compare_alike(page: Page) -> None:
    script = source("page.js", "asking.js").replace("export default", "window.made =")
    page.set_content(f"<script type=module>{script}\nwindow.isLike = isLike;</script>")
    page.wait_for_function("() => window.isLike")
    for wanted in ("QUIT", "503", ".", "RCPT TO:<x>"):
        for typed in TYPED:
            found = page.evaluate("([typed, wanted]) => window.isLike(typed, wanted)", [typed, wanted])
            assert found == is_like(typed, wanted), (typed, wanted)


def test_prediction_is_noted_and_met_again_below(opened: Open) -> None:
    page = opened(asked("02.e"), asked("02.e", ".compare()"))
    first, then = question(page, "02.e"), question(page, "02.e", 1)
    expect(then).to_contain_text("You have not said what you expect.")
    answer(first, "it refuses the letter")
    expect(first.get_by_role("status")).to_have_text("Noted: you expect it refuses the letter. Now run the next cell.")
    expect(then.get_by_role("status")).to_contain_text("You said: it refuses the letter. It came otherwise.")
    expect(then).to_contain_text("It takes the letter as it is. The envelope is what the server goes by")
    answer(first, "it takes the letter as it is")
    expect(then.get_by_role("status")).to_contain_text("So it came.")
    run(page, 1)  # and a cell that runs later knows it from the kernel
    expect(question(page, "02.e", 1).get_by_role("status")).to_contain_text("So it came.")


def test_what_is_stored_is_the_same_whatever_was_answered(opened: Open) -> None:
    page = opened(asked("02.e"), asked("02.e", ".compare()"))
    stored = f"(n) => JSON.stringify({BOOK}.content.widgets[n].model.outputs.toJSON().map((o) => [o.data['text/plain'], o.data['text/html']]))"
    before = [page.evaluate(stored, n) for n in (0, 1)]
    answer(question(page, "02.e"), "it refuses the letter")
    run(page, 0, 1)
    assert [page.evaluate(stored, n) for n in (0, 1)] == before


def test_the_kernel_hears_the_answer(opened: Open) -> None:
    page = opened(
        "from smtplab.course.doing import question as q\nheard = []\nq.on_answer(lambda *told: heard.append(told))",
        asked("04.b"),
    )
    answer(question(page, "04.b"), "what MAIL FROM named", "the header To:")
    expect(question(page, "04.b").get_by_role("status")).to_contain_text("Not yet.")
    assert printed(page, "print(heard)") == "[('04.b', 'what MAIL FROM named, the header To:')]\n"


def test_questions_work_after_the_kernel_is_gone(opened: Open) -> None:
    page = opened(*(asked(name) for name in ("02.a", "02.e")), asked("02.e", ".compare()"))
    shut_down_kernel(page)
    answer(question(page, "02.a"), "a dot")
    expect(question(page, "02.a").get_by_role("status")).to_contain_text("Not yet.")
    answer(question(page, "02.e"), "it refuses the letter")
    expect(question(page, "02.e").get_by_role("status")).to_contain_text("Noted: you expect")
    expect(question(page, "02.e", 1).get_by_role("status")).to_contain_text("It came otherwise.")


# ---------------------------------------------------------------------------------------------------- put in order
def lines(page: Page) -> Locator:
    return choice(page).get_by_role("list").locator("li")


def shown_order(page: Page) -> list[int]:
    return [int(li.get_attribute("data-n") or 0) for li in lines(page).all()]


def test_lines_are_moved_by_buttons_and_said_to_the_server(opened: Open) -> None:
    page = opened(exercise("06.3"))
    assert shown_order(page) == list(range(1, 11))
    choice(page).get_by_role("button", name="Move up: RCPT TO:<bob@example.com>").click()
    assert shown_order(page)[:3] == [2, 1, 3]
    choice(page).get_by_role("button", name="Move up: RCPT TO:<bob@example.com>").click(force=True)
    assert shown_order(page)[:3] == [2, 1, 3], "it is the first already"
    choice(page).get_by_role("button", name="Say them to the server").click()
    expect(card(page)).to_contain_text("Not yet: the server saw")
    expect(card(page)).to_contain_text("RCPT before HELO or EHLO")
    assert shown_order(page)[:3] == [2, 1, 3], "the order stays as it was put"
    assert printed(page, "print(ex.tries, len(ex.server.sessions), ex.session.exchanges[1].event)") == "1 1 RCPT\n"


def test_lines_are_put_right_by_keys_and_the_server_takes_them(opened: Open) -> None:
    page = opened(exercise("06.3"))
    wanted = [8, 9, 2, 1, 10, 5, 6, 4, 3, 7]
    for place, number in enumerate(wanted):
        line = choice(page).locator(f"li[data-n='{number}'] .ln")
        line.focus()
        moves = shown_order(page).index(number) - place
        if place % 2:
            page.keyboard.press("Space")
            expect(line).to_have_attribute("aria-pressed", "true")
        for _ in range(moves):
            page.keyboard.press("ArrowUp" if place % 2 else "Alt+ArrowUp")
        if place % 2:
            page.keyboard.press("Space")
            expect(line).to_have_attribute("aria-pressed", "false")
        expect(line).to_be_focused()
        assert shown_order(page)[place] == number
    choice(page).get_by_role("button", name="Say them to the server").focus()
    page.keyboard.press("Enter")
    expect(card(page)).to_contain_text("Passed: the server saw it all.")
    assert printed(page, "print(ex.passed)") == "True\n"


def test_arrows_walk_along_the_lines_and_a_move_is_announced(opened: Open) -> None:
    page = opened(exercise("06.3"))
    choice(page).locator(".ln").first.focus()
    page.keyboard.press("ArrowDown")
    expect(choice(page).locator(".ln").nth(1)).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(choice(page).get_by_role("status").first).to_have_text("RCPT TO:<bob@example.com>: place 3 of 10.")
    page.keyboard.press("Space")
    expect(choice(page).get_by_role("status").first).to_contain_text("taken, arrows move it; place 3 of 10.")
    page.keyboard.press("Escape")
    expect(choice(page).locator("[aria-pressed=true]")).to_have_count(0)


def test_a_line_is_dragged_by_mouse(opened: Open) -> None:
    page = opened(exercise("06.3"))
    first, fourth = lines(page).nth(0).locator(".ln"), lines(page).nth(3).locator(".ln")
    start, end = first.bounding_box(), fourth.bounding_box()
    assert start and end
    page.mouse.move(start["x"] + 60, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + end["height"] - 2, steps=8)
    page.mouse.up()
    assert shown_order(page)[:4] == [2, 3, 4, 1]
    expect(choice(page).locator("[aria-pressed=true]")).to_have_count(0)


# ---------------------------------------------------------------------------------------------------- find and sort
def test_a_step_is_chosen_and_the_next_part_takes_its_place(opened: Open) -> None:
    page = opened(exercise("02.3"))
    button = choice(page).get_by_role("button", name="This step")
    button.click()
    expect(choice(page).get_by_role("status")).to_have_text("Choose a step first.")
    choice(page).get_by_role("radio").nth(12).check()
    button.click()
    expect(card(page)).to_contain_text("where it shows, not where it went wrong")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card(page)).to_contain_text("Part 1 of 2 passed: that is the step.")
    expect(card(page)).to_contain_text("Part 2 of 2.")
    expect(choice(page)).to_have_count(0)


def test_things_are_sorted_by_select_boxes(opened: Open) -> None:
    page = opened(exercise("05.1"))
    button = choice(page).get_by_role("button", name="Check all")
    button.click()
    expect(choice(page).get_by_role("status")).to_have_text("Choose for each of them: 8 are still open.")
    boxes = choice(page).get_by_role("combobox")
    expect(boxes.first).to_be_focused()
    for n, word in enumerate(
        ["go on", "try again", "give up", "give up", "give up", "try again", "try again", "give up"]
    ):
        boxes.nth(n).select_option(word)
    button.click()
    expect(card(page)).to_contain_text("Not yet: 7 of 8 are right.")
    expect(card(page)).to_contain_text("It sounds like a refusal.")
    boxes.nth(3).select_option("go on")
    button.click()
    expect(card(page)).to_contain_text("Part 1 of 2 passed: all 8 are right.")


def test_check_finds_the_function_of_the_notebook(opened: Open) -> None:
    page = opened(exercise("04.2"), "def read_reply(sock):\n    return sock.makefile('rb', buffering=0).readline()")
    card(page).get_by_role("button", name="Check").click()
    expect(card(page)).to_contain_text("Not yet: it held in 1 of 8 cases")
    expect(card(page)).to_contain_text("has a space behind its code")


def test_a_form_says_so_when_the_kernel_is_gone(opened: Open) -> None:
    page = opened(exercise("06.3"))
    shut_down_kernel(page)
    choice(page).get_by_role("button", name="Move up: NOOP").click()
    choice(page).get_by_role("button", name="Say them to the server").click()
    expect(choice(page).get_by_role("status").last).not_to_be_empty()


# ------------------------------------------------------------------------------------------------------------ looks
@pytest.mark.parametrize("name", ["02.3", "05.1", "06.3"])
def test_axe_finds_nothing_in_the_exercise(opened: Open, axe: str, name: str) -> None:
    page = opened(exercise(name))
    assert violations(page, choice(page), axe) == []
    choice(page).get_by_role("button").last.click()
    assert violations(page, choice(page), axe) == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_axe_finds_nothing_in_the_question(opened: Open, axe: str, name: str) -> None:
    page = opened(asked(name))
    assert violations(page, question(page, name), axe) == []
    box = question(page, name)
    if box.get_by_role("textbox").count():
        box.get_by_role("textbox").fill("421")
    else:
        box.locator("input").first.check()
    box.get_by_role("button").click()
    expect(box).to_have_attribute("data-answered", "yes")
    assert violations(page, box, axe) == []


@pytest.mark.parametrize(("theme", "width"), [("light", 1100), ("dark", 1100), ("light", 660)])
def test_everything_is_shown_without_scrolling_sideways(
    opened: Open, screenshot: Callable[[Page, str], Path], theme: str, width: int
) -> None:
    for name in ("02.3", "05.1", "06.3"):
        page = opened(exercise(name), theme=theme, width=width, height=1300)
        if name == "06.3":
            choice(page).locator(".ln").nth(2).focus()
            page.keyboard.press("Space")
        choice(page).get_by_role("button").last.click()
        box = choice(page)
        assert box.evaluate("(e) => e.scrollWidth <= e.clientWidth")
        screenshot(page, f"{name}-{theme}-{width}")
    page = opened(
        *(asked(name) for name in QUESTIONS),
        asked("02.e", ".compare()"),
        'question("02.d", large=True)',
        theme=theme,
        width=width,
        height=1300,
    )
    answer(question(page, "02.a"), "a dot")
    answer(question(page, "02.e"), "it refuses the letter")
    for box in page.locator("[data-smtplab=question]").all():
        assert box.evaluate("(e) => e.scrollWidth <= e.clientWidth")
    page.locator("[data-smtplab=question]").first.scroll_into_view_if_needed()
    screenshot(page, f"questions-{theme}-{width}")
    question(page, "02.d").scroll_into_view_if_needed()
    screenshot(page, f"questions-end-{theme}-{width}")
