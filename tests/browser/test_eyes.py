"""For eyes that see no colour, little contrast, their own colours only, or want nothing to move.

The greyscale tests look at the picture: Chromium draws the page as somebody without any colour vision sees it.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy
import pytest
from playwright.sync_api import Locator, Page, expect

from smtplab.protocol.transcript import Transcript
from smtplab.views import panels
from smtplab.widgets.explorer import Codes, Explorer
from smtplab.widgets.panel import Compare, Panel
from smtplab.widgets.stepper import Stepper
from tests.views import samples

SESSION = Transcript.parse(samples.SESSION_1)
MESSY = Transcript.parse(samples.MESSY)
Open = Callable[..., Page]
Show = Callable[..., Page]


@pytest.fixture
def show(open_page: Open, tmp_path: Path) -> Show:
    """A function that opens a widget's hand-out: its one page, without any kernel."""

    def shown(widget: Any, **how: Any) -> Page:
        widget.save_html(tmp_path / "widget.html")
        widget.close()
        page = open_page(**how)
        page.goto((tmp_path / "widget.html").as_uri())
        expect(page.locator("[data-smtplab]").first).to_be_visible()
        return page

    return shown


def without_colour(page: Page) -> None:
    """Have the page drawn as somebody without any colour vision sees it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setEmulatedVisionDeficiency", {"type": "achromatopsia"})


def seen(page: Page) -> Any:
    """The whole page as rows of lightness from 0 to 1."""
    pixels = matplotlib.image.imread(io.BytesIO(page.screenshot(full_page=True)))[..., :3]
    assert numpy.ptp(pixels, axis=2).max() < 0.05, "this picture has colours"
    return pixels.mean(axis=2)


def part(picture: Any, place: Locator, around: int = 0) -> Any:
    """What the picture shows of an element; `around`: so many pixels more on each side."""
    left, top, width, height = place.evaluate(
        """(each) => { const box = each.getBoundingClientRect();
        return [box.x + scrollX, box.y + scrollY, box.width, box.height].map(Math.round); }"""
    )
    return picture[max(0, top - around) : top + height + around, max(0, left - around) : left + width + around]


def grey(place: Locator) -> Any:
    """What is seen of an element now."""
    return part(seen(place.page), place)


def ring(picture: Any, place: Locator, *, is_light: bool) -> float:
    """How thick the outline of a state is, in pixels: how much of its middle row, left and right, stands out."""
    row = part(picture, place, 4)
    middle = row[row.shape[0] // 2]
    marks = 1 - middle if is_light else middle
    return float(marks[:9].sum() + marks[-9:].sum()) / 2


def bar(picture: Any, line: Locator) -> float:
    """How much the left edge of a line of the transcript stands out from what is right of it."""
    edge = part(picture, line)[:, :10]
    return float(abs(edge[:, :3].mean() - edge[:, 5:].mean()))


def is_in_sight(line: Locator) -> bool:
    """Is a line of the transcript inside the part of it that its box shows?"""
    return line.evaluate(
        """(line) => { const own = line.getBoundingClientRect(), box = line.closest('.sl-scroll').getBoundingClientRect();
        return own.top >= box.top - 1 && own.bottom <= box.bottom + 1; }"""
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_current_state_and_line_are_told_without_colour(show: Show, theme: str) -> None:
    page = show(Stepper(SESSION), theme=theme, height=1300)
    without_colour(page)
    states = page.locator("svg.sl-diagram .node[data-state]:not(.elsewhere)")
    names = states.evaluate_all("(all) => all.map((each) => each.dataset.state)")
    lines = page.locator(".sl-transcript li")
    for step in (3, 7, len(SESSION)):
        page.evaluate("(step) => { location.hash = `#step-${step}`; }", step)
        root = page.locator("[data-smtplab=stepper]")
        expect(root).to_have_attribute("data-step", str(step))
        picture = seen(page)
        rings = {
            name: ring(picture, states.nth(at).locator("rect").first, is_light=theme == "light")
            for at, name in enumerate(names)
        }
        thickest = max(rings, key=lambda name: rings[name])
        assert thickest == root.get_attribute("data-state"), rings
        bars = {line.get_attribute("data-p"): bar(picture, line) for line in lines.all() if is_in_sight(line)}
        assert max(bars, key=lambda p: bars[p]) == str(step), f"the bar at step {step}: {bars}"


def test_who_speaks_is_told_without_colour_by_arrows_that_point_apart(show: Show) -> None:
    page = show(Stepper(SESSION), height=1300)
    without_colour(page)
    page.evaluate("location.hash = '#step-0'")
    arrows = [grey(page.locator(f"li[data-p='{step}'] .sl-i").first) for step in (4, 5)]
    server, client = arrows if SESSION[3].direction == "S" else reversed(arrows)
    high, wide = (min(one, other) for one, other in zip(server.shape, client.shape, strict=True))
    server, client = server[:high, :wide], client[:high, :wide]

    def leans(picture: Any) -> float:
        """Where the dark of an arrow's head sits: below 0 at the left, above 0 at the right."""
        dark = (1 - picture).clip(0.2) - 0.2
        across = numpy.linspace(-1, 1, dark.shape[1])
        tall = (dark > 0.3).sum(axis=0)
        return float((tall * across).sum())

    assert leans(client) > 0 > leans(server), (leans(client), leans(server))


def test_what_came_of_a_command_is_told_without_colour(show: Show) -> None:
    page = show(Stepper(MESSY), height=1500)
    without_colour(page)
    drawn, said = {}, {}
    for step in MESSY:
        if step.direction == "S" and step.exchange.event == "RCPT":
            page.evaluate("(step) => { location.hash = `#step-${step}`; }", step.index)
            expect(page.locator("[data-smtplab=stepper]")).to_have_attribute("data-step", str(step.index))
            said[step.text[:3]] = page.locator("[data-swap=narration]").inner_text().split("\n")[0]
            drawn[step.text[:3]] = grey(page.locator("svg.sl-diagram"))
    assert set(said) >= {"550", "450", "250"}
    assert len({said[code] for code in ("550", "450", "250")}) == 3, said
    taken, later, never = (drawn[code] for code in ("250", "450", "550"))
    for refused in (later, never):
        assert (numpy.abs(taken - refused) > 0.15).mean() > 0.001, (
            "an arrow that was taken looks like one that was refused"
        )


def test_what_each_command_would_earn_is_told_by_shape(show: Show) -> None:
    page = show(Stepper(SESSION), width=1400, height=1500)
    without_colour(page)
    page.evaluate("location.hash = '#step-5'")
    filled = grey(page.locator(".sl-moves .lg .m i, .sl-moves .lg.m i").first)
    hollow = grey(page.locator(".sl-moves .lg .s i, .sl-moves .lg.s i").first)
    middle = tuple(side // 2 for side in filled.shape)
    assert filled[middle] < 0.7 < hollow[middle], "a filled dot and a ring look alike"


def widgets() -> dict[str, Callable[[], Any]]:
    """Every widget that has a hand-out."""
    made: dict[str, Callable[[], Any]] = {
        "stepper": lambda: Stepper(MESSY),
        "large": lambda: Stepper(SESSION, large=True),
    }
    made |= {"compare": lambda: Compare(SESSION, MESSY), "explorer": Explorer, "codes": Codes}
    kinds = [kind for kind in panels.kinds() if kind != "mailbox"]
    return made | {kind: lambda kind=kind: Panel(kind, SESSION) for kind in kinds}


# Text and the ground that is really behind it, as computed: what is half transparent counts as it is mixed.
FAINT = """() => {
  const parse = (colour) => { const n = colour.match(/[\\d.]+/g)?.map(Number) ?? [0, 0, 0, 0]; return n.length === 3 ? [...n, 1] : n; };
  const mix = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [.2126, .7152, .0722][n], 0);
  const ground = (e) => { if (!e) return parse(getComputedStyle(document.body).backgroundColor);
    const mine = parse(getComputedStyle(e).backgroundColor); return mine[3] === 1 ? mine : mix(mine, ground(e.parentElement)); };
  const found = new Map();
  const walker = document.createTreeWalker(document.querySelector('[data-smtplab]'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement, style = getComputedStyle(e);
    if (!walker.currentNode.data.trim() || e.closest('svg, .size, .sl-vh, option') || !e.checkVisibility({ visibilityProperty: true })) continue;
    if (style.backgroundImage !== 'none') continue; // a square behind two letters: paper on ink
    const behind = ground(e), ink = mix(parse(style.color), behind);
    const [low, high] = [light(behind), light(ink)].sort((a, b) => a - b), ratio = (high + .05) / (low + .05);
    if (ratio < 4.5) found.set(`${e.className} ${style.color} on ${behind.map(Math.round)}`, ratio.toFixed(2));
  }
  return Object.fromEntries(found);
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_as_drawn_can_be_read(show: Show, theme: str) -> None:
    for name, made in widgets().items():
        page = show(made(), theme=theme, width=1280)
        steps = page.locator("[data-steps]")
        for step in range(0, 1 + int(steps.get_attribute("data-steps") or 0) if steps.count() else 1):
            page.evaluate("(step) => { location.hash = `#step-${step}`; }", step)
            assert page.evaluate(FAINT) == {}, f"{name}, step {step}"
        page.context.close()


def test_where_less_motion_is_wanted_nothing_moves_by_itself(show: Show) -> None:
    moving = """() => [...document.querySelectorAll('[data-smtplab], [data-smtplab] *')].filter((each) => { const style = getComputedStyle(each);
        return parseFloat(style.transitionDuration) > 0 || style.animationName !== 'none' || style.scrollBehavior === 'smooth'; }).length"""
    every = widgets()
    for made in (every[name] for name in ("stepper", "large", "compare", "explorer", "ladder")):
        page = show(made(), width=1280)
        page.emulate_media(reduced_motion="reduce")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
        assert page.evaluate(moving) == 0
        assert page.evaluate("() => document.getAnimations().length") == 0
        page.context.close()


def test_in_a_readers_own_colours_the_current_step_and_every_control_are_seen(
    show: Show, screenshot: Callable[[Page, str], Path]
) -> None:
    page = show(Stepper(SESSION), height=1300)
    page.emulate_media(forced_colors="active")
    page.evaluate("location.hash = '#step-7'")
    assert page.evaluate("() => matchMedia('(forced-colors: active)').matches")
    root = page.locator("[data-smtplab=stepper]")
    expect(root).to_have_attribute("data-step", "7")
    screenshot(page, "forced")
    assert page.evaluate(FAINT) == {}
    for button in root.get_by_role("button").all():
        assert button.evaluate("(each) => parseFloat(getComputedStyle(each).borderTopWidth)") >= 1
    framed = """(each) => { const style = getComputedStyle(each);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || parseFloat(style.borderLeftWidth) >= 3; }"""
    lines = page.locator(".sl-transcript li").all()
    assert [line.get_attribute("data-p") for line in lines if line.evaluate(framed)] == ["7"]
    current = page.locator("svg .node.is-current rect").first
    others = page.locator("svg .node:not(.is-current):not(.elsewhere) rect")
    width = "(each) => parseFloat(getComputedStyle(each).strokeWidth)"
    assert current.evaluate(width) > max(other.evaluate(width) for other in others.all())
    node = page.locator("svg .node.is-current").first
    inked = node.evaluate(
        "(each) => [getComputedStyle(each.querySelector('rect')).fill, getComputedStyle(each.querySelector('text')).fill]"
    )
    assert inked[0] != inked[1], "the current state's name has the colour of its ground"
