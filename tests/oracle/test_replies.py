"""The catalogue beside the standards, which were typed a second time into standards/replies.json.

The file calls things in the standards' words, so a few names are translated here; every other difference stands
in DIFFERENCES with its reason, and one that is no longer there is an error as well.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smtplab.protocol import enhanced
from smtplab.protocol.catalogue import ANY, CATALOGUE, FIRST_DIGIT, SECOND_DIGIT, entry
from smtplab.protocol.replies import EnhancedCode, Outcome, Reply, split_reply

STANDARDS: dict[str, Any] = json.loads(
    Path(__file__).with_name("standards").joinpath("replies.json").read_text("utf-8")
)
CODES: dict[int, dict[str, Any]] = {each["code"]: each for each in STANDARDS["codes"]}
ENHANCED: dict[str, dict[str, Any]] = {each["code"]: each for each in STANDARDS["enhanced"]["codes"]}

# Our events are finer: one verb of the standard is several of ours.
AS_THE_STANDARD_SAYS = {
    "(connect)": "<connect>",
    ANY: "<any>",
    "(end of data)": "DATA",
    "(response)": "AUTH",
    "BDAT LAST": "BDAT",
}

WITHDRAWN = frozenset({"SEND", "SOML", "SAML", "TURN"})
DIFFERENCES: dict[int, tuple[frozenset[str], frozenset[str], str]] = {
    # code: (only in the standard, only in the catalogue, why)
    250: (WITHDRAWN, frozenset(), "RFC 5321 withdrew these verbs; no learner meets them"),
    501: (frozenset(), frozenset({"AUTH"}), "the note says so: also after a response that is no base64, or a *"),
    502: (WITHDRAWN, frozenset(), "RFC 5321 withdrew these verbs; (any command) covers them"),
}


def test_every_code_of_the_standards_is_in_the_catalogue_and_no_other() -> None:
    assert len(CODES) == 45
    assert set(CATALOGUE) == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_used_by_the_commands_that_the_standards_name(code: int) -> None:
    ours = {AS_THE_STANDARD_SAYS.get(event, event) for event in CATALOGUE[code].used_by}
    theirs = set(CODES[code]["used_by"])
    missing, added, _ = DIFFERENCES.get(code, (frozenset(), frozenset(), ""))
    assert (theirs - ours, ours - theirs) == (missing, added)


@pytest.mark.parametrize("code", CODES)
def test_a_code_cites_an_rfc_that_the_standards_name_for_it(code: int) -> None:
    _, number, *_ = CATALOGUE[code].section.split()
    assert f"RFC {number}" in CODES[code]["source"]


@pytest.mark.parametrize("code", CODES)
def test_the_first_digit_says_the_severity_and_the_second_the_category(code: int) -> None:
    first, second = FIRST_DIGIT[code // 100], SECOND_DIGIT[code // 10 % 10]
    assert first.name == CODES[code]["severity"]
    assert second.name == CODES[code]["category"].split(" (")[0]


@pytest.mark.parametrize("code", CODES)
def test_the_outcome_agrees_with_the_permanence(code: int) -> None:
    expected = {
        "done": Outcome.COMPLETION,
        "more input wanted": Outcome.INTERMEDIATE,
        "temporary: retry later": Outcome.TRANSIENT,
    }
    permanence = CODES[code]["permanence"]
    assert Outcome.of(code) is (Outcome.CLOSING if code == 421 else expected.get(permanence, Outcome.PERMANENT))
    assert permanence in expected or code // 100 == 5


@pytest.mark.parametrize("code", [each for each, told in CODES.items() if told["group"] == "field"])
def test_a_code_without_a_protocol_of_its_own_is_taken_by_its_first_digit(code: int) -> None:
    assert entry(code).client_action == "Go by the first digit."


def test_the_digits_are_those_of_the_standards_and_no_others() -> None:
    assert {each.digit: each.name for each in FIRST_DIGIT.values()} == {
        int(told["digit"]): told["name"] for told in STANDARDS["digits"]["first"]
    }
    assert {each.digit: each.name for each in SECOND_DIGIT.values()} == {
        int(told["digit"]): told["name"].split(" (")[0] for told in STANDARDS["digits"]["second"]
    }
    assert all(each.digit == digit and each.meaning for digit, each in (*FIRST_DIGIT.items(), *SECOND_DIGIT.items()))


def test_the_decisive_words_are_in_what_a_client_does() -> None:
    """The two columns are worded apart; what must not be lost is typed here."""
    words = {
        221: "Close", 250: "Go on", 251: "Go on as after 250", 252: "send the mail", 334: "base64", 354: "dot",
        421: "connect again later", 450: "half an hour", 454: "Wait", 500: "Correct", 503: "missing", 521: "for good",
        530: "STARTTLS or AUTH", 535: "password", 538: "STARTTLS", 550: "tell the sender", 555: "without",
    }  # fmt: skip
    assert {code: word in entry(code).client_action for code, word in words.items()} == dict.fromkeys(words, True)


# ---------------------------------------------------------------------------------------- enhanced codes


def _key(code: str) -> tuple[int, int]:
    _, subject, detail = code.split(".")
    return int(subject), int(detail)


def test_every_enhanced_code_of_the_registry_is_there_and_no_other() -> None:
    assert len(ENHANCED) == 81
    assert set(enhanced.DETAILS) == {_key(code) for code in ENHANCED}


@pytest.mark.parametrize("code", ENHANCED)
def test_an_enhanced_code_stands_beside_the_reply_codes_of_the_registry(code: str) -> None:
    theirs = {int(each) for each in ENHANCED[code]["basic_codes"] if each != "any"}
    assert set(enhanced.DETAILS[_key(code)].codes) == theirs


@pytest.mark.parametrize("code", [each for each, told in ENHANCED.items() if told["checked"]])
def test_an_enhanced_code_cites_the_rfc_that_registered_it(code: str) -> None:
    _, number, *_ = enhanced.DETAILS[_key(code)].section.split()
    assert f"RFC {number}" in ENHANCED[code]["source"]


def test_classes_and_subjects_are_those_of_the_standard() -> None:
    assert {str(digit) for digit in enhanced.CLASSES} == {told["cls"] for told in STANDARDS["enhanced"]["classes"]}
    assert {str(digit) for digit in enhanced.SUBJECTS} == {
        told["subject"] for told in STANDARDS["enhanced"]["subjects"]
    }
    words = {1: "address", 2: "mailbox", 3: "mail system", 4: "network", 5: "protocol", 6: "content", 7: "security"}
    assert all(word in enhanced.SUBJECTS[subject].name for subject, word in words.items())


# --------------------------------------------------------------------------- the form of replies, F1 to F12


def test_f1_to_f3_a_reply_goes_on_while_code_and_hyphen_do() -> None:
    raw = b"250-mail.example.com\r\n250-234 is text\r\n250 HELP\r\n"
    assert split_reply(raw + b"354 go\r\n") == len(raw)
    assert Reply.parse(raw).lines == ("mail.example.com", "234 is text", "HELP")
    with pytest.raises(ValueError, match="Line 2"):
        Reply.parse(b"250-one\r\n251 two\r\n")


def test_f5_an_unknown_code_is_taken_by_its_first_digit() -> None:
    assert Reply(299, "x").outcome is Outcome.COMPLETION and 299 not in CATALOGUE


@pytest.mark.parametrize("raw", [b"250\r\n", b"250 \r\n"])
def test_f6_a_bare_code_is_accepted_and_never_sent(raw: bytes) -> None:
    assert Reply.parse(raw) == Reply(250, "")
    assert Reply(250, "").encode() == b"250 \r\n"


@pytest.mark.parametrize("raw", [b"100 x\r\n", b"600 x\r\n", b"000 x\r\n"])
def test_f7_and_f12_a_first_digit_beyond_2_to_5_is_no_reply(raw: bytes) -> None:
    with pytest.raises(ValueError, match="2 to 5"):
        Reply.parse(raw)


def test_f11_an_enhanced_code_has_the_class_of_the_code_and_3yz_has_none() -> None:
    assert Reply(550, "no", EnhancedCode(5, 1, 1)).encode() == b"550 5.1.1 no\r\n"
    for code in (250, 354, 450):
        with pytest.raises(ValueError, match="cannot carry"):
            Reply(code, "no", EnhancedCode(5, 1, 1))
