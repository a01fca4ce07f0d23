"""Stepping moves nothing: every box of the stepper stays where it is, at every width, in any session."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from smtplab.protocol.transcript import Transcript
from smtplab.views.page import page
from tests.views import samples

WIDGETS = Path(__file__).parents[2] / "smtplab" / "widgets"
SESSIONS = {
    "session 1": Transcript.parse(samples.SESSION_1),
    "session 2": Transcript.parse(samples.SESSION_2),
    "messy": Transcript.parse(samples.MESSY),
    "extended": Transcript.parse(samples.EXTENDED),
    "hostile": samples.hostile(samples.CANARIES[0]),
    "long lines": samples.long_lines(),
    "long": samples.many_lines(120),
    "pop3": Transcript.parse(samples.POP3),
    "pop3 sasl": Transcript.parse(samples.POP3_SASL),
    "pop3 retries": samples.pop3_retries(),
    "hostile pop3": samples.hostile_pop3(samples.CANARIES[0]),
    "pop3 long": samples.long_fetched(),
}
BOXES = """() => JSON.stringify([...document.querySelectorAll(
  '.sl-panel,.sl-btn,.sl-count b,.sl-count .st,.sl-score,.sl-score .col,.sl-score .band,.node rect,.sl-narration,'
  + '.sl-transcript li,.sl-title,.mv,.mv th,.mv .why'
)].map((e) => {
  const box = e.getBoundingClientRect(), down = e.matches('li') ? document.querySelector('.sl-scroll').scrollTop : 0;
  const unlit = box.width === 0 && box.height === 0;
  return unlit ? 0 : [box.x, box.y + down, box.width, box.height].map((v) => Math.round(v * 2) / 2);
}))"""
OVERFLOWING = """() => [...document.querySelectorAll('.sl-stepper:not(.is-long) .live')].filter(
  (e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 || e.scrollHeight > e.parentElement.clientHeight + 1
).map((e) => e.dataset.swap ?? e.dataset.text)"""


@pytest.mark.parametrize("width", [400, 760, 1100, 1920, "large"])
@pytest.mark.parametrize("name", SESSIONS)
def test_no_box_moves_while_stepping(
    open_page: Callable[..., Any], tmp_path: Path, name: str, width: int | str
) -> None:
    css, script = ((WIDGETS / file).read_text(encoding="utf-8") for file in ("smtplab.css", "page.js"))
    transcript, large = SESSIONS[name], width == "large"
    file = tmp_path / "stepper.html"
    file.write_text(page(transcript, css, script, large=large), encoding="utf-8")
    tab = open_page(width=1280 if large else width, height=720)
    tab.goto(file.as_uri())
    tab.locator("[data-act=next]").focus()
    first = json.loads(tab.evaluate(BOXES))
    for position in range(len(transcript) + 1):
        assert tab.get_attribute("[data-smtplab]", "data-step") == str(position)
        moved = [(a, b) for a, b in zip(first, json.loads(tab.evaluate(BOXES)), strict=True) if not _same(a, b)]
        assert not moved, f"at {position}: {moved[:3]}"
        assert tab.evaluate(OVERFLOWING) == [], f"at {position}"
        tab.keyboard.press("ArrowRight")
    wide = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "the page scrolls sideways"


def _same(one: Any, other: Any) -> bool:
    """True where no side is off by more than half a pixel; a column that is hidden now has no box to compare."""
    return one == 0 or other == 0 or all(abs(a - b) <= 0.5 for a, b in zip(one, other, strict=True))


COLLIDING = """() => {
  const drawing = document.querySelector('.sl-diagram'), found = [];
  const texts = [...drawing.querySelectorAll('text.label,text.keytext,text.region-name')].filter((t) => t.textContent.trim());
  const boxes = texts.map((t) => { const b = t.getBBox(); return { x: b.x, y: b.y + 2, w: b.width, h: b.height - 4, n: t.textContent }; });
  const hit = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => { if (hit(a, b)) found.push([a.n, b.n]); }));
  for (const node of drawing.querySelectorAll('.node:not(.elsewhere) rect, .node.elsewhere.is-current rect')) {
    const b = node.getBBox(), box = { x: b.x, y: b.y, w: b.width, h: b.height };
    for (const a of boxes) if (hit(a, box)) found.push([a.n, node.parentNode.dataset.state]);
  }
  // The lines are the same at every step: their points are measured once.
  const lines = (window.linesOfTheDrawing ??= [...drawing.querySelectorAll('.base .line')].map((path) => {
    const points = [], long = path.getTotalLength();
    for (let at = 0; at <= long; at += 1.5) { const k = path.getPointAtLength(at); points.push([k.x, k.y]); }
    return { mark: path.parentNode.dataset.mark, points };
  }));
  for (const { mark, points } of lines) for (const a of boxes) {
    if (points.some(([x, y]) => x > a.x - 1 && x < a.x + a.w + 1 && y > a.y && y < a.y + a.h)) found.push([a.n, mark]);
  }
  return found;
}"""


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("name", ["session 1", "messy", "extended", "pop3", "pop3 sasl", "pop3 retries"])
def test_no_label_of_the_diagram_touches_another_a_state_or_a_line(
    open_page: Callable[..., Any], tmp_path: Path, name: str, large: bool
) -> None:
    css, script = ((WIDGETS / file).read_text(encoding="utf-8") for file in ("smtplab.css", "page.js"))
    file = tmp_path / "stepper.html"
    file.write_text(page(SESSIONS[name], css, script, large=large), encoding="utf-8")
    for family in ("DejaVu Sans", "Liberation Sans"):
        tab = open_page(width=1280 if large else 1100, height=720)
        tab.goto(file.as_uri())
        tab.add_style_tag(content=f".smtplab{{--jp-ui-font-family:'{family}'}}")
        tab.locator("[data-act=next]").focus()
        for position in range(len(SESSIONS[name]) + 1):
            assert tab.evaluate(COLLIDING) == [], f"at {position} in {family}"
            tab.keyboard.press("ArrowRight")
