"""A rule about what may share a piece: after some commands a client has to wait (RFC 2920 §3.1).

Rules by name, with their argument:
    waits_at = ["EHLO", "DATA"]   what followed these did not come in one piece with them
"""

from __future__ import annotations

from collections.abc import Sequence

from .attempt import ACCEPTED, Attempt, listed
from .checks import EVENTS, Finding, rule


@rule("waits_at", EVENTS, lambda events: f"a wait after {listed(list(events))}")
def waits_at(attempt: Attempt, events: Sequence[str]) -> Finding:
    if not attempt.transcript.segments:
        return Finding(True)  # how it was cut was not recorded: nothing is claimed
    ends, at = set[int](), 0
    for segment in attempt.transcript.segments:
        if segment.direction == "C":
            at += segment.octets
            ends.add(at)
    said = 0
    for exchange in attempt.transcript.exchanges:
        said += len(exchange.sent)
        if exchange.event in events and exchange.outcome in ACCEPTED and said not in ends:
            step = attempt.step(exchange)
            name = exchange.event
            return Finding(
                False, (), f"Something came in one piece with {name}, before its reply (step {step}) could be read. "
                f"What you say after {name} depends on that reply: wait for it.", step,
            )  # fmt: skip
    return Finding(True)
