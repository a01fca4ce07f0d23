"""From a click to its paint, as a ratio to a bare button and label that ask the kernel (the floor). See README.md.

    python -m benchmarks.click [--rounds 5] [--presses 30] [--json FILE] [--chromium PATH]

Each round measures the floor, then the stepper, then the floor again, all in one JupyterLab and one Chromium, and
divides by the mean of the two floors: so a machine that is slow, or slow for a while, changes no ratio much.
Limits are printed beside the figures. Nothing fails on a slow machine; a step missed or shown in part exits 1.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from . import rig
from .figures import percentile, spread
from .subjects import (
    CURRENT,
    FAST_STEPS,
    FLOOR,
    FLOOR_NEXT,
    FLOOR_TARGET,
    LONG_STEPS,
    SHORT,
    SHORT_STEPS,
    STEPPER,
    noops,
    stepper,
)

LIMIT_MS = 8000
BUSY_S = 20
FAST = 20
# What is to be reached: the figure's name, its limit, and in words what it is a ratio of.
FIGURES = {
    "mouse": (0.45, "click, median / floor's median"),
    "mouse p95": (0.80, "click, 95th percentile / floor's"),
    "keys": (0.70, "arrow key, median / floor's median"),
    "keys p95": (0.80, "arrow key, 95th percentile / floor's"),
    "busy": (1.30, f"click while the kernel is busy for {BUSY_S} s / click while it is idle"),
    "gone": (1.30, "click after the kernel was shut down / click while it is idle"),
    "long": (1.30, "click in a session of 10,001 steps / in one of 15"),
    "first": (1.50, "first paint of a cell whose imports stand in the cell above / floor's"),
    "all in one": (1.50, "first paint of a cell that imports as well, first in its kernel / floor's"),
    "again": (1.50, "first paint of a cell run again / floor's"),
}


@dataclass
class Tally:
    """Every figure's ratios, one a round, the milliseconds behind them, and what went wrong."""

    ratios: dict[str, list[float]] = field(default_factory=dict)
    ms: dict[str, list[float]] = field(default_factory=dict)
    presses: int = 0
    missed: int = 0
    partly: int = 0
    fast: dict[str, bool] = field(default_factory=dict)

    def ratio(self, name: str, value: float) -> None:
        self.ratios.setdefault(name, []).append(value)

    def took(self, name: str, values: list[float]) -> list[float]:
        self.ms.setdefault(name, []).extend(values)
        return values


def press(page: Page, act: Callable[[], None], target: str, kind: str) -> float | None:
    """Milliseconds from one press to its paint, or None."""
    page.evaluate("([target, kind]) => window.bench.expect(target, kind)", [target, kind])
    act()
    return page.evaluate("(limit) => window.bench.painted(limit)", LIMIT_MS)


def floor(tally: Tally, page: Page, presses: int) -> list[float]:
    """The floor's clicks."""
    page.bring_to_front()
    button, taken = page.locator(FLOOR_NEXT), list[float]()
    for _ in range(presses):
        ms = press(page, button.click, FLOOR_TARGET, "click")
        if ms is None:
            raise SystemExit("the floor itself did not answer: is this machine overloaded?")
        taken.append(ms)
    return tally.took("floor", taken)


def steps(tally: Tally, name: str, page: Page, last: int, count: int, *, by_keys: bool = False) -> list[float]:
    """So many steps forth and back, from where the stepper stands now; each must be painted whole."""
    return tally.took(name, list(_steps(tally, page, last, lambda taken: taken < count, by_keys)))


def _steps(tally: Tally, page: Page, last: int, go_on: Callable[[int], bool], by_keys: bool) -> Iterator[float]:
    page.bring_to_front()
    root = page.locator(STEPPER)
    named = {way: root.get_by_role("button", name=name, exact=True) for way, name in ((1, "Next"), (-1, "Back"))}
    if by_keys:
        named[1].focus()
    at, way, taken = int(root.get_attribute("data-step") or 0), 1, 0
    if at == 0:  # before anything was said no line is current
        named[1].click()
        at = 1
    while go_on(taken):
        way = -1 if at == last else 1 if at == 1 else way
        key = "ArrowRight" if way == 1 else "ArrowLeft"
        act = (lambda key=key: page.keyboard.press(key)) if by_keys else named[way].click
        ms = press(page, act, CURRENT, "keydown" if by_keys else "click")
        at, taken, tally.presses = at + way, taken + 1, tally.presses + 1
        if ms is None:
            tally.missed += 1
            at = int(root.get_attribute("data-step") or 0)
            continue
        tally.partly += not page.evaluate("(step) => window.bench.tells(step)", at)
        yield ms


def appears(page: Page, number: int, target: str) -> float:
    """Milliseconds from running a cell to the first paint of what it shows."""
    page.bring_to_front()
    page.wait_for_timeout(200)  # until it is drawn anew
    rig.select(page, number)
    ms = page.evaluate("([target, limit]) => window.bench.appears(target, limit)", [target, 60_000])
    if ms is None:
        raise SystemExit(f"cell {number} showed no {target} within a minute")
    page.wait_for_function(rig.IDLE)
    return ms


def fast(page: Page) -> bool:
    """Do so many clicks, as fast as they can be made from the first position, end in the right step?"""
    page.bring_to_front()
    root = page.locator(STEPPER)
    if root.get_attribute("data-step") != "0":
        root.get_by_role("button", name="First", exact=True).click()
    button = root.get_by_role("button", name="Next", exact=True)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box
    for _ in range(FAST):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")
    return page.evaluate("(step) => window.bench.tells(step)", FAST)


def first_paints(tally: Tally, lab: rig.Rig, rounds: int) -> None:
    """A new page and kernel for each: the floor's cell; the stepper's, its imports above or in it; then again."""
    whole = stepper(repr(SHORT))
    imports, shows = whole.split("\n", 1)
    pictured = f"{STEPPER} svg"
    kinds = {"floor": (FLOOR_NEXT, FLOOR), "all in one": (pictured, whole), "first": (pictured, imports, shows)}
    for _ in range(rounds):
        took, pages = dict[str, float](), dict[str, Page]()
        for name, (target, *cells) in kinds.items():
            page = pages[name] = lab.open(*cells, "")
            for number in range(len(cells) - 1):
                rig.run(page, number)
            page.wait_for_timeout(500)
            took[name] = appears(page, len(cells) - 1, target)
            tally.took(f"{name}, first", [took[name]])
        tally.ratio("first", took["first"] / took["floor"])
        tally.ratio("all in one", took["all in one"] / took["floor"])
        pairs: list[float] = []
        for _ in range(7):  # turn and turn about, so that both meet the same machine
            floors = tally.took("floor, again", [appears(pages["floor"], 0, FLOOR_NEXT)])
            steppers = tally.took("stepper, again", [appears(pages["first"], 1, pictured)])
            pairs.append(steppers[0] / floors[0])
        tally.ratio("again", statistics.median(pairs))
        for page in pages.values():
            rig.close(page)


def measure(lab: rig.Rig, rounds: int, presses: int) -> Tally:
    """Everything, in the order in which it disturbs itself least."""
    tally, median = Tally(), statistics.median
    first_paints(tally, lab, rounds)
    floors, short = lab.open(FLOOR, ""), lab.open(stepper(repr(SHORT)), "")
    long, middling = lab.open(stepper(noops(LONG_STEPS)), ""), lab.open(stepper(noops(FAST_STEPS)), "")
    for page in (floors, short, long, middling):
        rig.run(page, 0)
    for page in (short, long, middling):
        page.wait_for_selector(f"{STEPPER} svg")
    floor(Tally(), floors, 10)  # to warm up
    for page, last in ((short, SHORT_STEPS), (long, LONG_STEPS)):
        steps(Tally(), "", page, last, 10)
    idle = list[float]()
    for _ in range(rounds):
        before = floor(tally, floors, presses)
        mouse = steps(tally, "mouse", short, SHORT_STEPS, presses)
        keys = steps(tally, "keys", short, SHORT_STEPS, presses, by_keys=True)
        far = steps(tally, "long", long, LONG_STEPS, presses)
        after = floor(tally, floors, presses)
        base, slow = _mean(median, before, after), _mean(lambda v: percentile(v, 0.95), before, after)
        for name, taken in (("mouse", mouse), ("keys", keys)):
            tally.ratio(name, median(taken) / base)
            tally.ratio(f"{name} p95", percentile(taken, 0.95) / slow)
        tally.ratio("long", median(far) / median(mouse))
        idle.append(median(mouse))
    tally.fast = {"41 steps": fast(middling), "10,001 steps": fast(long)}
    _without_a_kernel(tally, short, presses, rounds)
    tally.fast["kernel gone"] = _after(middling)
    for page in (floors, short, long, middling):
        rig.close(page)
    return tally


def _without_a_kernel(tally: Tally, page: Page, presses: int, rounds: int) -> None:
    """The same clicks while the kernel is busy, and when it is gone, each against clicks just before."""
    median = statistics.median
    idle = median(steps(tally, "mouse", page, SHORT_STEPS, presses))
    rig.start_in_kernel(page, f"import time; time.sleep({BUSY_S})")
    until = time.monotonic() + BUSY_S - 1
    busy = list(_steps(tally, page, SHORT_STEPS, lambda _: time.monotonic() < until, False))
    assert rig.is_busy(page), "the kernel was to be busy all the while"
    tally.took("busy", busy)
    for part in range(rounds):
        tally.ratio("busy", median(busy[part::rounds]) / idle)
    page.wait_for_function(rig.IDLE)
    idle = median(steps(tally, "mouse", page, SHORT_STEPS, presses))
    rig.shut_down(page)
    for _ in range(rounds):
        tally.ratio("gone", median(steps(tally, "gone", page, SHORT_STEPS, presses)) / idle)


def _after(page: Page) -> bool:
    rig.shut_down(page)
    return fast(page)


def _mean(of: Callable[[list[float]], float], *rounds: list[float]) -> float:
    return statistics.mean(of(taken) for taken in rounds)


def report(tally: Tally) -> str:
    """The figures as a table: the median of the rounds, the lowest and the highest, the limit."""
    lines = [f"{'':10} {'ratio':>6}  {'lowest - highest':>17}  limit  what"]
    for name, (limit, words) in FIGURES.items():
        each = tally.ratios[name]
        middle = statistics.median(each)
        mark = "over" if middle > limit else ""
        lines.append(
            f"{name:10} {middle:6.2f}  {min(each):8.2f} - {max(each):5.2f}   {limit:.2f}  {words}  {mark}".rstrip()
        )
    lines.append("")
    lines += [
        f"{name:14} median {statistics.median(each):7.1f} ms  95th percentile {percentile(each, 0.95):7.1f} ms  of {len(each)}"
        for name, each in tally.ms.items()
    ]
    right = ", ".join(f"{name}: {'right' if ok else 'WRONG'}" for name, ok in tally.fast.items())
    lines += ["", f"{FAST} clicks as fast as they can be made: {right}"]
    lines.append(f"of {tally.presses} presses missed {tally.missed}, painted in part at first {tally.partly}")
    return "\n".join(lines)


def main() -> int:
    """Measure and print; 1 when a step was missed, shown in part, or the wrong one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.click", description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured (5)")
    parser.add_argument("--presses", type=int, default=30, help="presses a round (30)")
    parser.add_argument("--json", type=Path, help="write all figures to this file as well")
    parser.add_argument("--chromium", help="where Chromium is, if it is not found by itself")
    said = parser.parse_args()
    with rig.rig(said.chromium) as lab:
        tally = measure(lab, max(1, said.rounds), max(5, said.presses))
    print(report(tally))
    if said.json:
        found = {
            "ratios": {name: spread(each) for name, each in tally.ratios.items()},
            "limits": {name: limit for name, (limit, _) in FIGURES.items()},
            "milliseconds": {name: spread(each) | {"p95": percentile(each, 0.95)} for name, each in tally.ms.items()},
            "presses": tally.presses, "missed": tally.missed, "partly": tally.partly, "fast": tally.fast,
        }  # fmt: skip
        said.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    return int(bool(tally.missed or tally.partly or not all(tally.fast.values())))


if __name__ == "__main__":
    sys.exit(main())
