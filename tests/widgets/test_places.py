"""A cell that runs again leaves no widget of its earlier run behind, and takes none that another cell still shows."""

import pytest

from smtplab.widgets.places import Place, Places


class Fake:
    """A widget, as far as Places is concerned."""

    closed = 0

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def places() -> Places:
    return Places()


def run(places: Places, cell: str, number: int, *widgets: Fake) -> None:
    """One run of a cell that makes or shows these widgets."""
    place = Place(cell, f"{cell}/{number}")
    for widget in widgets:
        places.note(widget, place)
    places.ran(place)


def test_a_rerun_closes_what_the_cell_made_before(places: Places) -> None:
    old, new = Fake(), Fake()
    run(places, "a", 1, old)
    assert not old.closed
    run(places, "a", 2, new)
    assert (old.closed, new.closed) == (1, 0)


def test_a_widget_shown_again_by_the_same_cell_stays(places: Places) -> None:
    widget, other = Fake(), Fake()
    run(places, "a", 1, widget, other)
    run(places, "a", 2, other, widget)
    assert (widget.closed, other.closed) == (0, 0)


def test_a_widget_that_another_cell_shows_stays_until_that_cell_runs(places: Places) -> None:
    old, new = Fake(), Fake()
    run(places, "makes", 1, old)
    run(places, "shows", 1, old)
    run(places, "makes", 2, new)
    assert not old.closed
    run(places, "shows", 2, new)
    assert (old.closed, new.closed) == (1, 0)


def test_a_cell_that_no_longer_makes_any_closes_the_last(places: Places) -> None:
    old = Fake()
    run(places, "a", 1, old)
    run(places, "a", 2)
    assert old.closed == 1
    run(places, "a", 3)
    assert old.closed == 1


def test_several_cells_do_not_touch_each_other(places: Places) -> None:
    one, two = Fake(), Fake()
    run(places, "a", 1, one)
    run(places, "b", 1, two)
    run(places, "b", 2)
    assert (one.closed, two.closed) == (0, 1)


def test_a_forgotten_widget_is_not_kept_alive(places: Places) -> None:
    run(places, "a", 1, Fake())
    assert not [widget for widgets in places._has.values() for widget in widgets]
