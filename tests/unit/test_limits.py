"""Sizes and time-outs: the numbers, typed here a second time from RFC 5321 §4.5.3 (and those that are ours), and their form."""

from __future__ import annotations

import pytest

from smtplab.protocol import limits
from smtplab.protocol.limits import LIMITS

# name: (value, section of RFC 5321 unless it says otherwise)
TYPED_AGAIN = {
    "LOCAL_PART": (64, "RFC 5321 §4.5.3.1.1"),
    "DOMAIN": (255, "RFC 5321 §4.5.3.1.2"),
    "PATH": (256, "RFC 5321 §4.5.3.1.3"),
    "COMMAND_LINE": (512, "RFC 5321 §4.5.3.1.4"),
    "REPLY_LINE": (512, "RFC 5321 §4.5.3.1.5"),
    "TEXT_LINE": (1000, "RFC 5321 §4.5.3.1.6"),
    "CONTENT": (64 * 1024, "RFC 5321 §4.5.3.1.7"),
    "RECIPIENTS": (100, "RFC 5321 §4.5.3.1.8"),
    "RESPONSE_LINE": (12288, "RFC 4954 §4"),
    "ERRORS": (10_000, "RFC 5321 §7.8"),
    "COMMANDS_WITHOUT_MAIL": (100_000, "RFC 5321 §7.8"),
    "CONNECTIONS": (10_000, "RFC 5321 §3.8"),
    "GREETING_S": (5 * 60, "RFC 5321 §4.5.3.2.1"),
    "MAIL_S": (5 * 60, "RFC 5321 §4.5.3.2.2"),
    "RCPT_S": (5 * 60, "RFC 5321 §4.5.3.2.3"),
    "DATA_S": (2 * 60, "RFC 5321 §4.5.3.2.4"),
    "DATA_BLOCK_S": (3 * 60, "RFC 5321 §4.5.3.2.5"),
    "END_OF_DATA_S": (10 * 60, "RFC 5321 §4.5.3.2.6"),
    "SERVER_S": (5 * 60, "RFC 5321 §4.5.3.2.7"),
    "RETRY_S": (30 * 60, "RFC 5321 §4.5.4.1"),
    "GIVE_UP_S": (4 * 24 * 3600, "RFC 5321 §4.5.4.1"),
}
MINIMA = {"CONTENT", "RECIPIENTS", "RESPONSE_LINE"}
UNITS = {
    "RECIPIENTS": "recipients",
    "ERRORS": "commands",
    "COMMANDS_WITHOUT_MAIL": "commands",
    "CONNECTIONS": "connections",
}


def test_nothing_is_missing_and_nothing_was_added_unseen() -> None:
    assert set(LIMITS) == set(TYPED_AGAIN)


@pytest.mark.parametrize("name", TYPED_AGAIN)
def test_a_limit_has_the_standards_number_and_section(name: str) -> None:
    limit = LIMITS[name]
    assert (limit.value, limit.section) == TYPED_AGAIN[name]
    assert limit.name == name and getattr(limits, name) == limit.value


@pytest.mark.parametrize("name", TYPED_AGAIN)
def test_a_limit_carries_its_unit_and_its_reason(name: str) -> None:
    limit = LIMITS[name]
    assert limit.unit == ("seconds" if name.endswith("_S") else UNITS.get(name, "octets"))
    assert limit.is_minimum == (name.endswith("_S") or name in MINIMA)
    assert limit.why.endswith(".") and len(limit.why) > 30


def test_no_constant_stands_outside_the_list() -> None:
    constants = {name for name, value in vars(limits).items() if name.isupper() and isinstance(value, int)}
    assert constants == set(LIMITS)
