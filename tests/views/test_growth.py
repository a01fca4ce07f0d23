"""The picture of lines: what it draws is what it was given, what it says as well, and no line needs its colour."""

from __future__ import annotations

from typing import Any, cast

import pytest

from smtplab.views.plots import growth

LINES: dict[str, dict[int, float]] = {"one by one": {1: 6, 10: 15, 100: 105}, "in groups": {1: 4, 10: 4, 100: 4}}


def axes_of(lines: dict[str, dict[int, float]]) -> Any:
    [axes] = cast(Any, growth(lines, "recipients", "trips")).axes
    return axes


def test_its_words_have_every_value() -> None:
    assert repr(growth(LINES, "recipients", "trips")) == (
        "trips by recipients:\n  one by one: 6 at 1, 15 at 10, 105 at 100\n  in groups: 4 at 1, 4 at 10, 4 at 100"
    )


def test_what_is_drawn_is_what_was_given() -> None:
    axes = axes_of(LINES)
    drawn = [dict(zip(line.get_xdata(), line.get_ydata(), strict=True)) for line in axes.get_lines()]
    assert drawn == list(LINES.values())
    assert [text.get_text() for text in axes.texts] == list(LINES)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("recipients", "trips")


def test_lines_differ_in_more_than_colour() -> None:
    axes = axes_of({**LINES, "other": {1: 2.5}})
    for look in ("get_marker", "get_linestyle"):
        assert len({getattr(line, look)() for line in axes.get_lines()}) == 3


def test_a_notebook_gets_a_picture_and_the_same_one_each_time() -> None:
    one, other = (cast(Any, growth(LINES, "recipients", "trips"))._repr_png_() for _ in range(2))
    assert one.startswith(b"\x89PNG") and one == other


@pytest.mark.parametrize("lines", [{}, {"none": {}}, {str(n): {1: 1} for n in range(4)}])
def test_what_cannot_be_drawn_is_refused(lines: dict[str, dict[int, float]]) -> None:
    with pytest.raises(ValueError, match="one to 3 lines"):
        growth(lines, "recipients", "trips")
