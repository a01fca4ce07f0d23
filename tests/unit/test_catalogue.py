"""The catalogue and the enhanced codes as data: whole, in order, in step with the table, never without an answer."""

from __future__ import annotations

import pytest

from smtplab.protocol import catalogue, enhanced
from smtplab.protocol.catalogue import ANY, CATALOGUE, FIRST_DIGIT, SECOND_DIGIT, action, actions, entry
from smtplab.protocol.replies import EnhancedCode
from smtplab.protocol.smtp import SMTP

NOT_IN_THE_TABLE = {ANY, "ETRN"}


def test_codes_stand_in_the_order_of_the_numbers_each_once() -> None:
    codes = [each.code for each in catalogue._ENTRIES]
    assert codes == sorted(set(codes)) == list(CATALOGUE)


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_entry_says_all_it_has_to_in_sentences(code: int) -> None:
    each = CATALOGUE[code]
    assert each.code == code and each.used_by and len(set(each.used_by)) == len(each.used_by)
    assert each.name and not each.name.endswith(".") and len(each.name) <= 32
    assert each.meaning.endswith(".") and each.client_action.endswith(".")
    assert each.section.startswith("RFC ")
    assert int(str(code)[0]) in FIRST_DIGIT and int(str(code)[1]) in SECOND_DIGIT


@pytest.mark.parametrize("code", CATALOGUE)
def test_the_catalogue_calls_events_as_the_table_does(code: int) -> None:
    assert set(CATALOGUE[code].used_by) <= set(SMTP.by_event) | NOT_IN_THE_TABLE
    assert set(actions(code)) <= set(SMTP.by_event)


def test_every_code_that_the_table_lists_is_in_the_catalogue() -> None:
    assert {code for row in SMTP.rows for code in row.codes} <= set(CATALOGUE)


def test_250_after_the_mail_data_moves_the_duty_and_elsewhere_does_not() -> None:
    assert action(250, "(end of data)") == action(250, "BDAT LAST")
    assert "server's duty" in action(250, "(end of data)")
    assert "duty" not in action(250) + action(250, "RCPT") + action(250, "NOOP")


def test_552_is_tried_again_after_rcpt_and_given_up_after_the_mail_data() -> None:
    assert "452" in action(552, "RCPT")
    assert "Give up" in action(552, "(end of data)")


@pytest.mark.parametrize("code", range(200, 600))
def test_every_possible_code_gets_an_answer_from_its_first_digit_at_least(code: int) -> None:
    told = entry(code)
    assert told.code == code and told.client_action and action(code, "RCPT").endswith(".")
    if code not in CATALOGUE:
        assert told.name == FIRST_DIGIT[code // 100].name
        assert told.client_action == action(code, "MAIL")
        assert told.client_action.startswith({2: "Go on", 3: "Send", 4: "Keep", 5: "Give up"}[code // 100])


@pytest.mark.parametrize("code", [0, 99, 199, 600, -250, 1000])
def test_what_is_no_code_is_refused(code: int) -> None:
    with pytest.raises(ValueError, match="Give a whole number from 200 to 599"):
        action(code)


def test_a_detail_is_found_by_its_numbers_and_every_subject_has_an_other_one() -> None:
    assert all((each.subject, each.detail) == key for key, each in enhanced.DETAILS.items())
    assert len(enhanced.DETAILS) == len(enhanced._BASE) + len(enhanced._SECURITY)
    assert all((subject, 0) in enhanced.DETAILS for subject in enhanced.SUBJECTS)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("5.1.1", "no such mailbox"),
        ("4.2.2", "mailbox full"),
        ("5.7.99", "other policy trouble"),
        ("2.9.1", "other"),
    ],
)
def test_an_enhanced_code_is_explained_by_detail_or_subject_or_class(code: str, name: str) -> None:
    assert enhanced.detail(EnhancedCode.parse(code)).name == name


def test_mappings_cannot_be_changed() -> None:
    for mapping in (CATALOGUE, FIRST_DIGIT, SECOND_DIGIT, enhanced.DETAILS, enhanced.CLASSES, enhanced.SUBJECTS):
        with pytest.raises(TypeError):
            mapping[1] = None  # type: ignore[index]
