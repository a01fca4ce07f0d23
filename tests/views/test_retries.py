"""The picture of retries: every try is drawn where it was, its kind is told by shape and in words, as given by a server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from matplotlib.axes import Axes

from smtplab.views import plots
from smtplab.views.theme import LIGHT

FIRST = datetime(2008, 10, 1, 12, 0, tzinfo=UTC)


def tries(*minutes: float, is_taken: bool = True) -> list[tuple[datetime, bool]]:
    """Tries at these minutes, all refused but perhaps the last."""
    last = len(minutes) - 1
    return [(FIRST + timedelta(minutes=m), is_taken and n == last) for n, m in enumerate(minutes)]


def drawn(axes: Axes) -> list[tuple[str, str, list[float]]]:
    """Each set of marks: its shape, its colour, and where they are."""
    return [
        (str(line.get_marker()), str(line.get_color()), [float(x) for x in line.get_xdata()])  # type: ignore[union-attr]
        for line in axes.lines
    ]


def test_refused_and_taken_differ_in_shape_and_in_colour_and_stand_where_they_were() -> None:
    [axes] = plots.retries({"back-off": tries(0, 5, 15)}).axes
    assert drawn(axes) == [("|", LIGHT["server"], [0, 5]), ("o", LIGHT["client"], [15])]


def test_each_client_has_a_row_of_its_own_with_its_name_and_count() -> None:
    [axes] = plots.retries({"flood": tries(0, 1, 2), "back-off": tries(0, 5), "once": tries(0)}).axes
    rows = [set(line.get_ydata()) for line in axes.lines]  # type: ignore[arg-type]
    assert rows == [{0}, {0}, {1}, {1}, set(), {2}]
    assert [text.get_text() for text in axes.texts] == ["flood: 3 tries", "back-off: 2 tries", "once: 1 try"]


def test_each_client_is_counted_from_its_own_first_try() -> None:
    later = [(when + timedelta(days=1), is_taken) for when, is_taken in tries(0, 5)]
    [axes] = plots.retries({"today": tries(0, 5), "tomorrow": later}).axes
    assert [where for _, _, where in drawn(axes)] == [[0], [5], [0], [5]]


def test_words_say_what_the_picture_shows() -> None:
    flood = tries(*range(61))
    said = repr(
        plots.retries({"flood": flood, "back-off": tries(0, 5.1, 15, 35, 75), "gone": tries(0, 5, is_taken=False)})
    )
    assert said.splitlines() == [
        "When each client tried, in minutes after its first try.",
        "flood: 61 tries: refused 60 times, from 0 to 59; taken at 60.",
        "back-off: 5 tries: refused at 0, 5, 15, 35; taken at 75.",
        "gone: 2 tries: refused at 0, 5; never taken.",
    ]


def test_it_draws_on_axes_of_the_learners_own() -> None:
    from matplotlib.figure import Figure

    mine = Figure()
    axes = mine.add_subplot()
    assert plots.retries({"back-off": tries(0, 5)}, axes=axes) is mine and axes.lines


@pytest.mark.parametrize(("seen", "said"), [({}, "no tries to draw"), ({"back-off": []}, "'back-off' has no tries")])
def test_nothing_to_draw_is_an_error_that_says_what_to_give(seen: dict[str, plots.Tries], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        plots.retries(seen)
