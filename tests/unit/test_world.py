"""The toy world: who lives there, its clock, its ids."""

from __future__ import annotations

import locale
from datetime import UTC, datetime, timedelta, timezone

import pytest

from smtplab.protocol.world import HOST, RESIDENTS, ToyClock, World, counting_ids, mail_date


@pytest.mark.parametrize("name", [*RESIDENTS, "staff", "anyone", "Bob", "a.b+c", '"odd one"'])
def test_everybody_is_taken(name: str) -> None:
    assert World().refuses(name, "alice@example.net", "127.0.0.1") is None


@pytest.mark.parametrize(
    ("name", "code"), [("nobody", 550), ("full", 552), ("busy", 450), ("NoBody", 550), ("FULL", 552)]
)
def test_but_for_the_teaching_ones(name: str, code: int) -> None:
    refusal = World().refuses(name, "alice@example.net", "127.0.0.1")
    assert refusal is not None
    assert (refusal.code, refusal.enhanced[0]) == (code, str(code)[0])


def test_a_clock_is_turned_on_and_says_where_it_stands() -> None:
    clock = ToyClock()
    clock.turn(90)
    clock.turn(0.5)
    assert repr(clock) == "<ToyClock at 2008-10-01 12:01:30>"


@pytest.mark.parametrize("given", ["60", None, True, timedelta(seconds=60)])
def test_a_clock_is_turned_by_a_number(given: object) -> None:
    with pytest.raises(TypeError, match=r"by seconds, a number: turn\(300\), not turn\("):
        ToyClock().turn(given)  # type: ignore[arg-type]


@pytest.mark.parametrize("given", [-300, -0.1, float("nan"), float("inf")])
def test_a_clock_is_never_turned_back(given: float) -> None:
    clock = ToyClock()
    with pytest.raises(ValueError, match="never back"):
        clock.turn(given)
    assert clock.now() == ToyClock().now()


def test_grey_is_refused_once_and_then_taken() -> None:
    world = World()
    refusal = world.refuses("grey", "alice@example.net", "127.0.0.1")
    assert refusal is not None and refusal.code == 450
    assert world.refuses("grey", "alice@example.net", "127.0.0.1") is not None, "asking alone teaches it nothing"
    world.remember("grey", "alice@example.net", "127.0.0.1")
    assert world.refuses("grey", "alice@example.net", "127.0.0.1") is None
    assert world.refuses("Grey", "alice@example.net", "127.0.0.1") is None


def test_grey_knows_client_and_sender_apart() -> None:
    world = World()
    world.remember("grey", "alice@example.net", "127.0.0.1")
    assert world.refuses("grey", "carol@example.net", "127.0.0.1") is not None
    assert world.refuses("grey", "alice@example.net", "127.0.0.2") is not None
    assert World().refuses("grey", "alice@example.net", "127.0.0.1") is not None


def test_staff_is_a_list_of_three() -> None:
    assert World().expands("staff") == World().expands("STAFF") == ("alice", "bob", "carol")
    assert World().expands("bob") == ()


def test_the_clock_moves_one_second_with_each_command_and_never_by_itself() -> None:
    clock = ToyClock(datetime(2020, 1, 1, tzinfo=UTC))
    assert clock.now() == clock.now()
    clock.tick()
    assert clock.now() == datetime(2020, 1, 1, 0, 0, 1, tzinfo=UTC)


def test_ids_count_up() -> None:
    next_id = counting_ids("MAA", 31024)
    assert [next_id(), next_id()] == ["MAA31024", "MAA31025"]
    assert counting_ids()() == "A00001"


@pytest.mark.parametrize(
    ("when", "zone", "text"),
    [
        (
            datetime(2001, 6, 9, 12, 27, 28, tzinfo=timezone(timedelta(hours=1))),
            "BST",
            "Sat, 9 Jun 2001 12:27:28 +0100 (BST)",
        ),
        (datetime(2008, 10, 1, 12, 0, 0, tzinfo=UTC), "", "Wed, 1 Oct 2008 12:00:00 +0000"),
        (
            datetime(2024, 2, 29, 0, 0, 0, tzinfo=timezone(-timedelta(hours=3, minutes=30))),
            "",
            "Thu, 29 Feb 2024 00:00:00 -0330",
        ),
    ],
)
def test_a_date_is_written_as_mail_writes_it(when: datetime, zone: str, text: str) -> None:
    assert mail_date(when, zone) == text


def test_a_date_is_english_in_every_locale() -> None:
    before = locale.setlocale(locale.LC_TIME)
    try:
        for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8", "C"):
            try:
                locale.setlocale(locale.LC_TIME, name)
            except locale.Error:
                continue
            assert mail_date(datetime(2024, 3, 5, tzinfo=UTC)) == "Tue, 5 Mar 2024 00:00:00 +0000"
    finally:
        locale.setlocale(locale.LC_TIME, before)


def test_the_host_is_the_one_that_the_notebooks_name() -> None:
    assert HOST == "mail.example.com"
