"""The 153 scripted sessions, said to our own server: every answer is one that the standard has.

Each step of a script has the patterns of its right answers, typed by hand from the standards: `250`, `5xx`, `a|b`,
`a@KEY` where EHLO must have offered KEY for it, `a@!KEY` where it must not, `-` nothing may come, `~` more may come,
`~5` more refusals may come, `*` anything.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from smtplab.protocol.manners import LENIENT, STRICT, Manners
from tests.data_of import octets_of, scripts
from tests.talk import talk

FURTHER = {"-", "~", "~5"}
_CONDITION = re.compile(r"(.+?)@(!?)([A-Z0-9]+)(?:<(\d+))?")

BOTH_MANNERS = [pytest.param(LENIENT, id="lenient"), pytest.param(STRICT, id="strict")]


def choices(pattern: str, offered: dict[str, str]) -> list[str]:
    """The alternatives of a pattern that count here."""
    found: list[str] = []
    for alternative in pattern.split("|"):
        condition = _CONDITION.fullmatch(alternative)
        if condition is None:
            found.append(alternative)
            continue
        answer, isnt, key, limit = condition.groups()
        holds = key in offered and (not limit or 0 < int(offered[key] or 0) < int(limit))
        if holds != bool(isnt):
            found.append(answer)
    return found


def fits(code: int, alternatives: list[str]) -> bool:
    return any(a == "*" or (a != "-" and re.fullmatch(a.replace("x", r"\d"), str(code))) for a in alternatives)


def wrong_answer(wanted: list[str], codes: list[int], offered: dict[str, str]) -> str:
    """What is wrong with the answers of one step; "" where nothing is."""
    patterns = [choices(pattern, offered) for pattern in wanted if pattern not in FURTHER]
    if "-" in wanted and not patterns:
        return f"{codes} where nothing may come" if codes else ""
    for at, alternatives in enumerate(patterns):
        if at >= len(codes):
            if not {"-", "*"} & set(alternatives):
                return f"no answer, {alternatives} is right"
        elif not fits(codes[at], alternatives):
            return f"{codes[at]}, {alternatives} is right"
    beyond = codes[len(patterns) :]
    allowed = "~" in wanted or ("~5" in wanted and all(code >= 400 for code in beyond)) or patterns[-1:] == [["*"]]
    return f"{beyond} beyond what may come" if wanted and beyond and not allowed else ""


def play(script: dict[str, Any], manners: Manners) -> list[str]:
    """Says a script to a fresh session; what was wrong, step by step."""
    session, wrong = talk(manners=manners), list[str]()
    for number, step in enumerate(script["steps"]):
        offered = dict(session.session.facts.keywords)
        sent = octets_of(step.get("send", []))
        pieces = [sent[at : at + 1] for at in range(len(sent))] if step["op"] == "bytewise" else [sent]
        codes = [220] if number == 0 else []
        for piece in pieces:
            codes += session.say(piece)
        if step["op"] == "close":
            session.session.receive_eof()
        elif fault := wrong_answer(step["want"], codes, offered):
            wrong.append(f"step {number}, {sent[:60]!r}: {fault}")
    return wrong


@pytest.mark.parametrize("manners", BOTH_MANNERS)
@pytest.mark.parametrize("name", scripts())
def test_every_answer_is_one_of_the_standards(name: str, manners: Manners) -> None:
    assert play(scripts()[name], manners) == []


def test_the_patterns_would_notice() -> None:
    assert wrong_answer(["250"], [250], {}) == ""
    assert wrong_answer(["250"], [251], {})
    assert wrong_answer(["5xx"], [555], {}) == ""
    assert wrong_answer(["250"], [], {})
    assert wrong_answer(["250"], [250, 250], {})
    assert wrong_answer(["250", "~5"], [250, 500], {}) == ""
    assert wrong_answer(["250", "~5"], [250, 250], {})
    assert wrong_answer(["-"], [], {}) == "" and wrong_answer(["-"], [250], {})
    assert wrong_answer(["250|5xx@!SIZE"], [555], {}) == "" and wrong_answer(["250|5xx@!SIZE"], [555], {"SIZE": "1"})
