"""Rules that react: they learn from answers that were really given, on a clock that a lesson turns."""

from __future__ import annotations

from typing import Any

import pytest

from smtplab.protocol.faults import faults
from smtplab.protocol.rules import BusyFor, FullAfter, Greylist, RateLimit, Rule
from smtplab.protocol.rules import rules as rules_of
from smtplab.protocol.session import Session
from smtplab.protocol.world import ToyClock, World


class Lesson:
    """A world with rules, and a clock to turn."""

    def __init__(self, *rules: Rule) -> None:
        self.world, self.clock = World(rules=rules), ToyClock()

    def ask(
        self, *recipients: str, sender: str = "alice@example.net", client: str = "192.0.2.1", fault: str = ""
    ) -> list[int]:
        session = Session(
            world=self.world, clock=self.clock, client_address=client, faults=faults(fault) if fault else ()
        )
        session.connect()
        session.receive(f"HELO me\r\nMAIL FROM:<{sender}>\r\n".encode())
        for name in recipients:
            session.receive(f"RCPT TO:<{name}@example.com>\r\n".encode())
        return [e.reply.code for e in session.transcript().exchanges if e.event == "RCPT" and e.reply]


def test_greylisting_takes_the_same_three_when_they_come_again_late_enough() -> None:
    lesson = Lesson(Greylist(wait_s=300))
    assert lesson.ask("bob") == [450]
    assert lesson.ask("bob") == [450], "too early"
    lesson.clock.turn(300)
    assert lesson.ask("bob") == [250]
    assert lesson.ask("carol") == [450], "another recipient"
    assert lesson.ask("bob", sender="eve@example.net") == [450], "another sender"
    assert lesson.ask("bob", client="192.0.2.2") == [450], "another client"


def test_a_refusal_that_a_fault_kept_back_teaches_nothing() -> None:
    lesson = Lesson(Greylist(wait_s=0))
    assert lesson.ask("bob", fault="RCPT=250") == [250]
    assert lesson.ask("bob") == [450], "greylisting has not heard of them"


def test_a_rate_limit_forgets_with_time() -> None:
    lesson = Lesson(RateLimit(most=2, per_s=60))
    assert lesson.ask("bob", "carol", "dave") == [250, 250, 450]
    assert lesson.ask("bob", client="192.0.2.2") == [250]
    lesson.clock.turn(60)
    assert lesson.ask("dave") == [250]


def test_a_mailbox_is_full_after_its_count() -> None:
    lesson = Lesson(FullAfter(2))
    assert lesson.ask("bob", "bob", "bob", "carol") == [250, 250, 552, 250]


def test_busy_ends_when_the_clock_is_turned() -> None:
    lesson = Lesson(BusyFor(60))
    assert lesson.ask("bob", "carol") == [450, 450]
    lesson.clock.turn(60)
    assert lesson.ask("bob") == [250]


def test_rules_are_asked_for_our_own_domain_only() -> None:
    session = Session(world=World(rules=(BusyFor(60),)))
    session.connect()
    session.receive(b"HELO me\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<x@other.example>\r\n")
    reply = session.transcript().exchanges[-1].reply
    assert reply is not None and reply.code == 550


@pytest.mark.parametrize("wanted", [[5], [None], [["Greylist 300"]], "Greylist soon", "Grey"])
def test_what_is_no_rule_is_told_with_a_remedy(wanted: Any) -> None:
    with pytest.raises(ValueError, match="Greylist|wait_s"):
        rules_of(wanted)
