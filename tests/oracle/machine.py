"""The one door between these tests and the machine: its two functions, with states named by strings.

Everything else in this folder is typed from the standards. Rows, guards and sentences are never read here
(`test_independence` makes sure): an error in the table must not be able to excuse itself.
"""

from __future__ import annotations

from smtplab.protocol.replies import Outcome
from smtplab.protocol.smtp import State, next_state

FIRST_DIGIT = {
    2: Outcome.COMPLETION,
    3: Outcome.INTERMEDIATE,
    4: Outcome.TRANSIENT,
    5: Outcome.PERMANENT,
}


def outcome_of(code: int) -> Outcome:
    """What a code decides, typed from RFC 5321 §4.2.1 and §3.8 (421 closes)."""
    return Outcome.CLOSING if code == 421 else FIRST_DIGIT[code // 100]


def after(state: str, event: str, outcome: Outcome) -> str:
    """The state after `event` was answered in `state`, all in names."""
    return next_state(State[state], event, outcome).name
