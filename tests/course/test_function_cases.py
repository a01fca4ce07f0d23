"""A function that is called once with a server: everything that a case can ask for is told where it does not hold."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from smtplab.course.clients.own_client import client
from smtplab.course.doing import cases, outcome
from smtplab.course.fields import Fields
from smtplab.course.files.function import Function

ME, BOB, LETTER = "me@example.com", "bob@example.com", "Subject: x\n\nHello.\n"
PART: Mapping[str, Any] = {"function": "send", "takes": "address", "arguments": [ME, [BOB], LETTER], "with": ["wait"]}
Send = Callable[..., Any]


def problem(function: Send, **case: Any) -> str:
    """What is said of a function in a case that asks for this."""
    table = {**PART, "case": [{"name": "the case", "said": "So there.", **case}]}
    form = Function.read(Fields(table, "part 1"))
    [one] = form.cases
    return outcome.problem(one, cases.call(one, function, form.named, "modern", "lenient"))


def deliver(address: Any, *given: Any, wait: Callable[[float], None]) -> Any:
    return client("14").deliver(address, *given, wait=wait)


def once(address: Any, *given: Any, wait: object) -> Any:
    return client("14").send(address, *given)


def again_at_once(address: Any, *given: Any, wait: object) -> Any:
    return [client("14").send(address, *given) for _ in range(3)][-1]


def other_names(address: Any, sender: str, to: list[str], letter: str, *, wait: object) -> Any:
    for number in range(2):
        client("14").send(address, sender, to, f"Message-ID: <{number}@me>\n{letter}")


def before(address: Any, *given: Any, wait: Callable[[float], None]) -> Any:
    wait(60)
    return client("14").send(address, *given)


def after(address: Any, *given: Any, wait: Callable[[float], None]) -> Any:
    found = client("14").send(address, *given)
    wait(60)
    wait(40)
    return found


def in_pieces(address: Any, *given: Any, wait: Callable[[float], None]) -> Any:
    return client("14").deliver(address, *given, wait=lambda seconds: [wait(seconds / 2) for _ in range(2)])


def test_waits_are_those_between_one_try_and_the_next() -> None:
    grey: dict[str, Any] = {"server": {"rules": ["Greylist 900"]}, "waits": [300, 600]}
    assert problem(deliver, **grey) == problem(in_pieces, **grey) == problem(once, waits=[]) == ""


def test_what_cannot_be_waited_is_the_function_s_mistake() -> None:
    assert "raised ValueError: a clock is turned on, never back" in problem(lambda *_, wait: wait(-1))
    assert "raised TypeError: a clock is turned on by seconds, a number" in problem(lambda *_, wait: wait("60"))


def test_sleep_in_place_of_wait_is_told_of_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "CASE_S", 0.3)

    def sleeps(*_: Any, wait: object) -> None:
        while True:
            time.sleep(0.01)

    def sleeps_after_a_wait(*_: Any, wait: Callable[[float], None]) -> None:
        wait(300)
        sleeps(wait=wait)

    assert "call `wait(300)`, the argument, and not `time.sleep(300)`" in problem(sleeps)
    assert "time.sleep" not in problem(sleeps_after_a_wait)


def test_what_holds_is_told_nothing() -> None:
    assert problem(deliver, gives={BOB: 250}, stored={"bob": 1, "alice": 0}, sessions=1) == ""
    assert problem(deliver, server={"rules": ["Greylist 300"]}, sessions=2, not_before_s=300, copies={"bob": 1}) == ""
    assert problem(deliver, faults=["(end of data):1=close"], gives={BOB: 0}, copies={"bob": 12}) == ""
    assert problem(again_at_once, arguments=[ME, ["alice@example.com"], LETTER], stored={"alice": 3}) == ""


def test_faults_end_when_enough_was_waited_and_not_before() -> None:
    cut: dict[str, Any] = {"faults": ["MAIL=close"], "gives": {BOB: 250}}
    assert problem(deliver, **cut, faults_last_s=300, sessions=2) == ""
    assert "connected 3 times; 2 are enough" in problem(deliver, **cut, faults_last_s=301, sessions=2)
    assert "gave 0 for 'bob@example.com'" in problem(deliver, **cut)
    assert "gave 0 for 'bob@example.com'" in problem(again_at_once, **cut, faults_last_s=1)


@pytest.mark.parametrize(
    ("function", "case", "told"),
    [
        (once, {"gives": {BOB: 550}}, "your function gave 250 for 'bob@example.com', and 550 was right."),
        (once, {"gives": {"alice": 250}}, "has nothing for 'alice'; 250 was right."),
        (once, {"gives": {}}, "has 'bob@example.com' in it, which does not belong there."),
        (once, {"gives": True}, "your function gave back {'bob@example.com': 250}, and True was right."),
        (other_names, {"gives": {BOB: 250}}, "your function gave back nothing. It is to give back a dict."),
        (other_names, {"copies": {"bob": 2}}, "the 2 copies for bob have different Message-IDs"),
        (again_at_once, {"copies": {"bob": 3}}, "the 3 copies for bob have no Message-ID"),
        (again_at_once, {"copies": {"bob": 1}}, "there were 3 letters for bob, where 1 at most can be explained."),
        (once, {"copies": {"alice": 1}}, "there was no letter for alice"),
        (again_at_once, {"sessions": 2}, "your function connected 3 times; 2 are enough."),
        (again_at_once, {"not_before_s": 300}, "came again at once, and this server wants 300."),
        (
            deliver,
            {"server": {"rules": ["Greylist 900"]}, "not_before_s": 900},
            "came again after 300 seconds, and this",
        ),
        (again_at_once, {"sessions": 1}, "your function connected 3 times; 1 is enough."),
        (
            deliver,
            {"server": {"rules": ["Greylist 900"]}, "waits": [300]},
            "your waits were 300, 600; asked for were 300 (s",
        ),
        (once, {"waits": [300]}, "your waits were none; asked for were 300 (seconds)."),
        (again_at_once, {"waits": [300, 600]}, "your waits were 0, 0; asked for were 300, 600 (seconds)."),
        (before, {"waits": []}, "you waited 60 seconds before the first try, and nobody had refused you yet."),
        (after, {"waits": []}, "you waited again after the last try: 100 seconds, and nothing came of them."),
        (
            once,
            {"stored": {"bob": 0}},
            "there was 1 letter for bob when your function had returned, where 0 should be.",
        ),
        (lambda *_, **__: None, {}, "nobody came: the function returned, and had not connected to the address."),
        (lambda *_, **__: 1 / 0, {}, "your function raised ZeroDivisionError: division by zero. So there."),
    ],
)
def test_what_does_not_hold_is_told(function: Send, case: dict[str, Any], told: str) -> None:
    said = problem(function, **case)
    assert said.startswith('In the case "the case", ') and told in said and said.endswith("So there.")


def test_function_that_does_not_come_back_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "CASE_S", 0.3)

    def waits(address: Any, *_: Any, wait: object) -> None:
        with socket.create_connection(address, timeout=5) as sock:
            while sock.recv(100):
                time.sleep(0.01)

    assert "had not come back after 0.3 seconds" in problem(waits)


def test_function_of_a_reply_has_the_octets_of_the_whole_reply() -> None:
    case = {"name": "few", "said": "So there.", "server": {"without": ["SIZE"]}, "gives": {"HELP": ""}}
    [one] = Function.read(Fields({"function": "offers", "takes": "reply", "case": [case]}, "part 1")).cases
    called = cases.interpret(one, client("14").offers, "modern", "lenient")
    assert called.given["PIPELINING"] == "" and "SIZE" not in called.given
    assert "has 'PIPELINING' in it" in outcome.problem(one, called)


@pytest.mark.parametrize(
    ("case", "told"),
    [
        ({"server": {"withuot": ["SIZE"]}}, "nothing is called 'withuot'"),
        ({"server": {"rules": ["Greylist soon"]}}, "Greylist takes at most 1 numbers, 0 or more: wait_s"),
        ({"server": {"rules": ["Grey 3"]}}, "'Grey 3' is no rule: write Greylist, RateLimit, FullAfter, BusyFor"),
        ({"stored": {"bob": "one"}}, "'bob' is 'one', and should be a whole number"),
        ({"waits": [300, "600"]}, "'waits' has '600' in it, and lists seconds: waits = [300, 600]"),
        ({"waits": [0]}, "'waits' has 0 in it"),
        ({"waits": 300}, "'waits' is 300, and should be a list"),
        ({"copy": {}}, "nothing is called 'copy' here: did you mean 'copies'?"),
        ({"session": 1}, "nothing is called 'session' here: did you mean 'sessions'?"),
        ({"not_before": 1}, "did you mean 'not_before_s'?"),
        ({"stored": {"bob@example.com": 1}}, "what stands before the @: bob, not 'bob@example.com'"),
        ({"copies": {"bob": 0}}, "'bob' is 0: 1 is the least"),
        ({"faults": "RCPT=450"}, "part 1, case 1: 'faults' is 'RCPT=450', and should be a list"),
    ],
)
def test_what_is_wrong_in_a_case_is_named(case: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=r"^part 1, case 1") as error:
        problem(once, **case)
    assert told in str(error.value)


def test_by_name_only_what_there_is() -> None:
    with pytest.raises(ValueError, match="'with' may name wait and context"):
        Function.read(Fields({**PART, "with": ["clock"]}, "part 1"))


def test_each_case_has_arguments_of_its_own() -> None:
    def empties(address: Any, sender: str, to: list[str], letter: str, *, wait: object) -> None:
        client("14").send(address, sender, to, letter)
        to.clear()

    table = {**PART, "case": [{"name": name, "said": "So there.", "stored": {"bob": 1}} for name in ("one", "two")]}
    form = Function.read(Fields(table, "part 1"))
    for case in form.cases:
        assert outcome.problem(case, cases.call(case, empties, form.named, "modern", "lenient")) == ""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"function": "a b"}, "no function of Python's"),
        ({"with": [], "case": [{"name": "a", "said": "b", "not_before_s": 3}]}, 'with = ["wait"]'),
        ({"case": 2 * [{"name": "a", "said": "b"}]}, "case 2 has the name 'a' of another one"),
    ],
)
def test_what_is_wrong_in_a_part_is_named(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match="^part 1") as error:
        Function.read(Fields({**PART, "case": [{"name": "a", "said": "b"}], **change}, "part 1"))
    assert told in str(error.value)
