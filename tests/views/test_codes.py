"""The reply-code explorer has every code once, and its filters agree with the catalogue and the table."""

from __future__ import annotations

import pytest

from smtplab.protocol import catalogue
from smtplab.protocol.catalogue import CATALOGUE
from smtplab.protocol.smtp import SMTP
from smtplab.views import codes
from tests.views.marks import Page


def test_every_code_is_in_exactly_one_class_of_what_to_do_next() -> None:
    found = [code for held in codes.classes().values() for code in held]
    assert sorted(found) == list(CATALOGUE)
    assert all(held for held in codes.classes().values())


def test_every_action_of_the_catalogue_begins_as_one_class_expects_or_leaves_it_to_the_digit() -> None:
    for code, entry in CATALOGUE.items():
        fits = [name for name, (_, begins, _) in codes._NEXT.items() if entry.client_action.startswith(begins)]
        by_digit = entry.client_action.startswith("Go by the first digit")
        assert len(fits) == (0 if by_digit else 1), (code, entry.client_action, fits)


def test_a_class_never_contradicts_the_first_digit() -> None:
    for name, held in codes.classes().items():
        digits = {code // 100 for code in held}
        good = {"go on": {2}, "close": {2}, "send more": {3}, "try later": {4}}
        assert digits <= good.get(name, {4, 5}), name


def test_a_code_that_nobody_lists_goes_by_its_digit() -> None:
    assert [codes.what_next(code) for code in (299, 399, 499, 599)] == ["go on", "send more", "try later", "give up"]


def test_whatever_the_table_lists_for_an_event_is_found_by_it() -> None:
    for row in SMTP.rows:
        found = {entry.code for entry in codes.find(event=row.event)}
        assert set(row.codes) <= found, row.event


def test_a_command_may_earn_what_any_command_may() -> None:
    for verb in SMTP.verbs:
        assert {421, 500, 501} <= {entry.code for entry in codes.find(event=verb)}
    assert not codes.may_answer(354, "RCPT") and not codes.may_answer(250, "(connect)")


def test_filters_narrow_one_another() -> None:
    assert [e.code for e in codes.find(first=5, second=5, event="RCPT", then="correct it")] == [553, 555]
    assert codes.find(first=3, second=0) == ()
    assert codes.find() == tuple(CATALOGUE.values())
    with pytest.raises(ValueError, match="go on, close, send more"):
        codes.find(then="despair")


def test_digits_part_the_catalogue() -> None:
    for kind, digits in (("first", range(2, 6)), ("second", range(6))):
        found = [code for digit in digits for code in codes.filters()[f"{kind}:{digit}"]]
        assert sorted(found) == list(CATALOGUE)


@pytest.mark.parametrize("chosen", codes.filters())
def test_the_map_has_every_code_once_and_lights_those_that_fit(chosen: str) -> None:
    page = Page(codes.codes(chosen, 550))
    buttons = [attrs for tag, attrs in page.elements if tag == "button" and "cd" in (attrs.get("class") or "").split()]
    assert sorted(int(attrs["data-code"] or 0) for attrs in buttons) == list(CATALOGUE)
    lit = [int(attrs["data-code"] or 0) for attrs in buttons if "hit" in (attrs.get("class") or "").split()]
    assert sorted(lit) == sorted(codes.filters()[chosen])
    assert [attrs["data-code"] for attrs in buttons if attrs["aria-pressed"] == "true"] == ["550"]


def test_every_filter_but_the_empty_ones_can_be_chosen() -> None:
    offered = set(Page(codes.codes()).all("data-filter"))
    assert offered == {name for name, held in codes.filters().items() if held}


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_code_is_told_with_all_that_the_catalogue_says(code: int) -> None:
    entry, page = catalogue.entry(code), Page(codes.details()[code])
    for part in (entry.meaning, entry.client_action, entry.section, codes.what_next(code)):
        assert part in page.text


@pytest.mark.parametrize("code", [200, 299, 345, 447, 499, 568, 599])
def test_a_code_that_nobody_lists_is_told_by_its_digits(code: int) -> None:
    assert "first digit" in Page(codes.codes("all", code)).text


def test_the_plain_form_has_a_line_for_each_code_and_the_count() -> None:
    lines = codes.plain(event="RCPT", then="try later").splitlines()
    assert [int(line[:3]) for line in lines[:-1]] == [421, 450, 451, 452, 455]
    assert lines[-1] == "5 of 45 codes"
