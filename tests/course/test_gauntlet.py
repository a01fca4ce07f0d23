"""The gauntlet: every gate is held by a good client and failed by one that is bad there, and nobody gets stuck in it."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.course.clients import after_12, after_13
from smtplab.course.doing import cases, outcome
from smtplab.course.fields import Fields
from smtplab.course.files.function import Function
from smtplab.course.gauntlet.gates import FAILED, GATES, HELD, NOT_MET, WAITS
from smtplab.course.gauntlet.gauntlet import THREE, Gauntlet
from smtplab.course.gauntlet.spot import arrived
from smtplab.protocol.world import ToyClock
from tests.course.runs import (
    DATA,
    EARLY,
    EHLO,
    GOOD,
    HELO,
    LEFT,
    LETTER,
    MAIL,
    NAMELESS,
    OTHER,
    QUIT,
    R1,
    R2,
    R3,
    RSET,
    Run,
    Said,
    but,
    over_a_socket,
    ran,
)  # fmt: skip


def test_the_good_client_holds_all_twelve() -> None:
    run = ran(GOOD)
    assert [(gate.number, gate.verdict) for gate in run.gates()] == [(n, HELD) for n in range(1, 13)]
    assert arrived(run.sessions).is_complete
    assert [message.envelope.forward_paths for message in run.stored] == [("alice@example.com", "bob@example.com")] * 2


BAD: list[tuple[int, tuple[Said, ...], str]] = [
    (1, GOOD[:1], "never came again after the 421"),
    (2, but(2, EHLO, EARLY + MAIL, QUIT), "spoke before the reply was whole"),
    (2, but(2, EHLO, QUIT), "said QUIT after a reply that was slow, and good"),
    (2, but(2, EHLO, HELO, MAIL, QUIT), "said HELO after a reply that was slow, and good"),
    (2, but(2, EHLO, LEFT), "left in the middle of it"),
    (3, but(2, EHLO, MAIL, R1, R2, R3, QUIT), "went on with RCPT, though nothing had accepted the sender"),
    (3, but(2, EHLO, MAIL, DATA, QUIT), "went on with DATA, though nothing had accepted the sender"),
    (3, GOOD[:2], "never came again after what was no reply"),
    (4, but(3, EHLO, QUIT), "said QUIT in place of HELO"),
    (4, but(3, EHLO, MAIL, QUIT), "said MAIL in place of HELO"),
    (4, but(3, EHLO, LEFT), "left, and did not try HELO"),
    (5, but(3, EHLO, HELO, MAIL, R1, R2, QUIT), "gave up the letter for all, after one 450"),
    (5, but(3, EHLO, HELO, MAIL, R1, R2, R3, RSET, QUIT), "gave up the letter for all, after one 450"),
    (5, (*GOOD[:3], (EHLO, MAIL, R1), (EHLO, MAIL, R1, R3, DATA)), "went on with the others, and never named bob@example.com again"),
    (5, but(3, EHLO, HELO, MAIL, R1, R2, DATA, QUIT), "sent the letter without naming carol@example.com in this try, after one 450"),
    (6, but(3, EHLO, HELO, MAIL, R1, R2, R3, DATA, LETTER, QUIT), "sent its letter to a 451: 5 lines were taken for commands"),
    (6, GOOD[:3], "never came again after the 451"),
    (7, GOOD[:4], "never came again after the connection was cut"),
    (8, but(5, EHLO, MAIL, R1, R2, R3, DATA, LETTER, QUIT), "sent its letter to a 250: 5 lines were taken for commands"),
    (8, GOOD[:5], "never came again after the 250 that was no 354"),
    (9, but(6, EHLO, MAIL, R1, R2, R3, QUIT), "gave up the letter for all, after one 550"),
    (9, but(8, EHLO, MAIL, R1, R2, R3, DATA, LETTER), "named carol@example.com again after a 550"),
    (10, but(6, EHLO, MAIL, R1, R2, R3, DATA, EARLY + LETTER), "sent its letter before the 354 was there"),
    (10, but(6, EHLO, MAIL, R1, R2, R3, DATA, LEFT), "left before the 354 was there"),
    (11, GOOD[:6], "never sent the letter again after the 452"),
    (12, GOOD[:7], "never sent the letter again, and knows nothing of the one that is stored"),
    (12, but(8, EHLO, MAIL, R1, R2, DATA, OTHER), "sent the letter again with another Message-ID: the two look like different letters"),
    (12, but(8, EHLO, MAIL, R1, R2, DATA, NAMELESS), "sent the letter again without a Message-ID: nobody can tell that the two are one"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "client", "saw"), BAD, ids=[f"{number} {saw}" for number, _, saw in BAD])
def test_a_client_that_is_bad_at_one_gate_fails_it_and_holds_all_before(
    number: int, client: tuple[Said, ...], saw: str
) -> None:
    gates = ran(client).gates()
    named_again = len(client) > 4  # who ends before has failed gate 5 too
    assert {gate.verdict for gate in gates[: number - 1] if gate.number != 5 or named_again} <= {HELD}
    assert (gates[number - 1].verdict, gates[number - 1].saw) == (FAILED, saw)


def test_every_gate_is_failed_somewhere() -> None:
    assert {number for number, _, _ in BAD} == set(range(1, 13))


@pytest.mark.parametrize(
    ("number", "session"), [(1, 1), (3, 2), (6, 3), (7, 4), (8, 5), (11, 6), (12, 7)], ids=lambda n: str(n)
)
def test_whoever_comes_again_at_once_fails_where_waits_are_told(number: int, session: int) -> None:
    waits = dict.fromkeys(range(1, 8), 300.0)
    assert {gate.verdict for gate in ran(GOOD).gates(waits=waits)} == {HELD}
    del waits[session]
    gate = ran(GOOD).gates(waits=waits)[number - 1]
    assert gate.verdict == FAILED and "at once" in gate.saw


def test_a_try_in_the_same_session_is_at_once_too() -> None:
    client = (*GOOD[:2], (EHLO, HELO, MAIL, R1, R2, R3, DATA, RSET, MAIL, R1), *GOOD[4:])
    assert {gate.verdict for gate in ran(client).gates()} == {HELD}
    waits = dict.fromkeys(range(1, 7), 300.0)
    gate = ran(client).gates(waits=waits)[5]
    assert (gate.verdict, gate.saw) == (FAILED, "came again after the 451 at once, in the same session")


# ------------------------------------------------------------------------------------------------- while it goes on
def test_what_is_not_decided_waits_until_the_run_is_over() -> None:
    run, seen = Run(), list[tuple[str, ...]]()
    for said in GOOD:
        run.say(said)
        seen.append(tuple(gate.verdict for gate in run.gates(over=False)))
    assert seen[0] == (WAITS,) * 12
    assert seen[1] == (HELD, HELD, *(WAITS,) * 10)
    assert seen[-1] == (*(HELD,) * 8, WAITS, *(HELD,) * 3)
    assert all(
        after == before or before == WAITS
        for a, b in zip(seen, seen[1:], strict=False)
        for before, after in zip(a, b, strict=True)
    )


@pytest.mark.parametrize(
    ("client", "missed"),
    [
        ([tuple(line.replace("EHLO", "HELO") for line in said if line != HELO or n != 2) for n, said in enumerate(GOOD)], {4}),
        ([tuple(line for line in said if line != R3) for said in GOOD], {9}),
        ([tuple(line for line in said if line not in (R2, R3)) for said in GOOD], {5, 9}),
    ],
    ids=["says HELO", "two recipients", "one recipient"],
)  # fmt: skip
def test_a_gate_that_a_client_does_not_come_by_is_not_met_and_holds_nobody_up(
    client: list[Said], missed: set[int]
) -> None:
    run = ran(client)
    gates = run.gates(over=False)
    assert {gate.number for gate in gates if gate.verdict == NOT_MET} == missed
    assert {gate.verdict for gate in run.gates()} == {HELD, NOT_MET}
    assert run.say((EHLO, MAIL, R1, DATA, LETTER, QUIT)) == [220, 250, 250, 250, 354, 250, 221]


LINES = (EHLO, HELO, MAIL, R1, R2, R3, DATA, LETTER, RSET, QUIT, "NOOP", "BDAT 3 LAST", LEFT)


@given(
    st.lists(st.lists(st.sampled_from(LINES), max_size=9), max_size=12),
    st.integers(1, 3),
    st.sampled_from([EHLO, HELO]),
)
def test_whoever_keeps_coming_meets_each_fault_once_at_most_and_gets_through(
    before: list[list[str]], recipients: int, hello: str
) -> None:
    run = ran(before)
    for _ in range(len(GATES) + 1):
        codes = run.say(
            (hello, *((HELO,) if hello == EHLO else ()), MAIL, *(R1, R2, R3)[:recipients], DATA, LETTER, QUIT)
        )
        if codes[-2:] == [250, 221]:
            break
    else:
        pytest.fail(f"it is still going on: {run.faults.over}")
    marks = [mark for session in run.sessions for mark in session.remarks if mark.startswith("fault ")]
    assert len(marks) == len(set(marks)) <= len(GATES)
    assert len(run.gates()) == len(GATES)


# ------------------------------------------------------------------------------------------------ with real sockets
@pytest.mark.parametrize("transport", ["tcp", "memory"])
def test_the_good_client_passes_over_a_connection(transport: str) -> None:
    with Gauntlet(transport=transport) as run:
        over_a_socket(run.server.address, GOOD[:-1])
        assert not run.is_done and not run.passed
        over_a_socket(run.server.address, GOOD[-1:])
        assert run.is_done and run.arrived and run.passed and run.server.errors == ()
        assert len(run.server.mailbox["alice"]) == len(run.server.mailbox["bob"]) == 2
        assert str(run).endswith("12 of 12 gates held; the letter has arrived.")
        assert str(run).splitlines()[3].split() == [
            "4",
            "EHLO=502",
            "held",
            "said",
            "HELO",
            "in",
            "the",
            "same",
            "session",
        ]


@pytest.mark.parametrize("transport", ["tcp", "memory"])
def test_a_letter_before_the_354_is_seen_though_the_server_reads_it_later(transport: str) -> None:
    with Gauntlet(transport=transport) as run:
        over_a_socket(run.server.address, but(6)[:5])
        with socket.create_connection(run.server.address, timeout=10) as sock, sock.makefile("rb") as file:
            for line in ("", EHLO, MAIL, R1, R2, R3):
                sock.sendall(line.encode() + b"\r\n" if line else b"")
                while file.readline()[3:4] == b"-":
                    pass
            sock.sendall(b"DATA\r\n")
            sock.sendall(LETTER.encode() + b"\r\n")
            assert [file.readline()[:3], file.readline()[:3]] == [b"354", b"452"]
        assert run.gates[9].saw == "sent its letter before the 354 was there"


def test_waits_are_those_that_it_was_told_of_and_turn_the_toy_clock() -> None:
    clock = ToyClock()
    began = clock.now()
    with Gauntlet(transport="memory", clock=clock) as run:
        for said in GOOD:
            over_a_socket(run.server.address, [said])
            run.wait(300)
        assert run.passed and run.waited == dict.fromkeys(range(1, 9), 300)
        assert (clock.now() - began).total_seconds() >= 8 * 300
    with Gauntlet(transport="memory") as run:
        run.expect_waits()
        over_a_socket(run.server.address, GOOD)
        assert run.gates[0].saw == "came again after the 421 at once" and run.arrived and not run.passed


def test_without_waits_the_real_clock_is_told_and_held_against_nobody() -> None:
    with Gauntlet() as run:
        over_a_socket(run.server.address, GOOD[:2])
        assert run.gates[0].verdict == HELD
        assert re.fullmatch(r"came again after the 421, \S+ s later, and said EHLO", run.gates[0].saw)


def test_copies_with_two_names_have_arrived_as_two_letters() -> None:
    with Gauntlet(transport="memory") as run:
        over_a_socket(run.server.address, but(8, EHLO, MAIL, R1, R2, DATA, OTHER, QUIT))
        assert run.is_done and not run.arrived
        assert run.summary == "11 of 12 gates held; the letter has arrived, in copies that do not have one Message-ID."


def test_who_has_nothing_yet_is_named() -> None:
    with Gauntlet(transport="memory") as run:
        assert run.summary == "0 of 12 gates held; the letter has not arrived."
        over_a_socket(run.server.address, GOOD[:7])
        assert run.summary == "10 of 12 gates held; the letter is missing at alice@example.com, bob@example.com."


def test_wire_text_is_escaped() -> None:
    bad = 'RCPT TO:<"<img/src=x>&\x1b[31m"@example.com>'
    client = [
        tuple(bad if line == R3 else line for line in said) for said in but(8, EHLO, MAIL, R1, R2, R3, DATA, LETTER)
    ]
    with Gauntlet(transport="memory") as run:
        over_a_socket(run.server.address, client)
        html, text = run._repr_html_(), str(run)
    assert "<img" not in html and "\x1b" not in html and "\x1b" not in text
    assert len(ElementTree.fromstring(html).findall(".//tr")) == 13


# ------------------------------------------------------------------------------------------- of a learner's function
GAUNTLET: dict[str, Any] = {
    "function": "deliver",
    "takes": "address",
    "with": ["wait"],
    "arguments": ["me@example.com", list(THREE), "Subject: x\n\nHello.\n"],
    "case": [{"name": "the gauntlet", "said": "So there.", "gauntlet": True, "copies": {"alice": 2}}],
}


def problem(function: Callable[..., Any], **part: Any) -> str:
    """What is said of a function that is sent through it."""
    form = Function.read(Fields({**GAUNTLET, **part}, "part 1"))
    [case] = form.cases
    return outcome.problem(case, cases.call(case, function, form.named, "modern", "lenient"))


@pytest.mark.parametrize("module", [after_12, after_13])
def test_the_client_that_the_course_ends_with_passes(module: Any) -> None:
    assert problem(module.deliver) == ""


def test_the_first_gate_that_is_not_held_is_told() -> None:
    def at_once(address: Any, *given: Any, wait: object) -> Any:
        return after_12.deliver(address, *given, wait=lambda _: None)

    assert problem(at_once) == (
        'In the case "the gauntlet", gate 1, (connect)=421, was not held. The server saw: came again after the 421 at'
        " once. It asks: Leave, and come again later. (The server hangs up after a 421: a QUIT may have no reply.)"
        " Notebook 11 is about this. So there."
    )


CODES = dict(zip(THREE, (250, 250, 550), strict=True))
"""What the good client has been answered at last."""


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        (None, "your function gave back nothing. It is to give back a dict with the last code of each recipient."),
        (True, "your function gave back True. It is to give back a dict"),
        ({**CODES, "carol@example.com": 250}, "carol@example.com was answered 550, and your function says 250."),
        ({"alice@example.com": 250, "carol@example.com": 550}, "bob@example.com was answered 250, and your function says nothing."),
    ],
)  # fmt: skip
def test_what_is_given_back_must_be_what_was_answered(codes: Any, told: str) -> None:
    def all_of_it(address: Any, *_: Any) -> Any:
        over_a_socket(address, GOOD)
        return codes

    assert told in problem(all_of_it, **{"with": []})


@pytest.mark.parametrize(
    ("waits", "told"),
    [
        ([300] * 8, "your function waited 300 seconds twice: wait longer each time."),
        ([600, 300, *range(700, 710)], "your function waited 600 seconds, and before the next try 300: wait longer each time."),
    ],
)  # fmt: skip
def test_the_waits_must_grow(waits: list[int], told: str) -> None:
    def deliver(address: Any, *given: Any, wait: Callable[[float], None]) -> Any:
        left = iter(waits)
        return after_12.deliver(address, *given, wait=lambda _: wait(next(left)))

    assert told in problem(deliver)


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.fault)
def test_every_gate_names_a_notebook_that_stands_before_it(gate: Any) -> None:
    assert "04" <= gate.notebook <= "12"
    [page] = (Path(__file__).parents[2] / "notebooks").glob(f"{gate.notebook}-*.ipynb")
    code = re.search(r"\d{3}", gate.fault)
    assert code is None or code[0] in page.read_text("utf-8")


def test_without_waits_the_letter_and_the_gates_count() -> None:
    def all_of_it(address: Any, *_: Any) -> dict[str, int]:
        over_a_socket(address, GOOD)
        return CODES

    assert problem(all_of_it, **{"with": []}) == ""


def test_who_raises_or_never_comes_back_is_told_how_far_it_had_come(monkeypatch: pytest.MonkeyPatch) -> None:
    def raises(address: Any, *_: Any) -> None:
        over_a_socket(address, but(2, EHLO, LEFT)[:1])
        raise ValueError("no reply")

    def stays(address: Any, *_: Any) -> None:
        over_a_socket(address, GOOD[:2])
        with socket.create_connection(address, timeout=10) as sock:
            while sock.recv(1000):
                pass
        while True:
            pass

    monkeypatch.setattr(cases, "GAUNTLET_S", 0.5)
    end = " So there. It had come to gate"
    assert problem(raises, **{"with": []}) == (
        f'In the case "the gauntlet", your function raised ValueError: no reply.{end} 1, (connect)=421: Leave, and come again'
        " later. (The server hangs up after a 421: a QUIT may have no reply.) Notebook 11 is about this."
    )
    told = problem(stays, **{"with": []})
    assert "had not come back after 0.5 seconds" in told and f"{end} 3, MAIL=garble: " in told


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"takes": "socket"}, "is for a function that takes"),
        ({"case": [{"name": "x", "said": "y", "gauntlet": True, "faults": ["MAIL=450"]}]}, "brings its own server"),
        ({"case": [{"name": "x", "said": "y", "gauntlet": True, "server": {"max_size": 9}}]}, "brings its own server"),
        ({"case": [{"name": "x", "said": "y", "gauntlet": 1}]}, "gauntlet"),
    ],
)
def test_what_does_not_go_with_it_is_refused(part: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Function.read(Fields({**GAUNTLET, **part}, "part 1"))


def test_nothing_is_decided_for_good_while_another_client_is_still_there() -> None:
    with Gauntlet() as run:
        with socket.create_connection(run.server.address, timeout=5) as first:  # meets gate 1, and goes
            while first.recv(1024):
                pass
        with socket.create_connection(run.server.address, timeout=5) as second:
            second.recv(1024)
            after_13.deliver(
                run.server.address, "me@example.com", [*THREE], "Subject: x\n\nHello.\n", wait=lambda _: None
            )
            assert run.is_done and run.gates[8].verdict == "waits"
            second.sendall(b"QUIT\r\n")
            while second.recv(1024):
                pass
        assert run.gates[8].verdict == "held"
