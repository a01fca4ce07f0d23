"""Rules about the road of a session: which states it passed, how many commands that took, what was refused.

Rules by name, with their argument:
    passes = ["MAIL", "RCPT"]    the session stood in each of these states, in this order
    most_commands = 5            so many commands were said at most; the lines of a letter are none
    out_of_order = ["DATA"]      each of these commands was answered 503
    earned = [500, 503]          each of these codes was among the replies, in any order
    never = ["DATA"]             none of these commands was said
    dropped = "bob@example.com"  a transaction with this forward-path was open, and RSET, HELO or EHLO dropped it
"""

from __future__ import annotations

from collections.abc import Sequence

from .attempt import ACCEPTED, Attempt, listed
from .checks import CODES, COUNT, EVENTS, STATES, TEXT, Finding, rule


@rule("passes", STATES, lambda states: f"the states {listed(list(states))}, in this order")
def passes(attempt: Attempt, wanted: Sequence[str]) -> Finding:
    steps: list[int] = []
    rest = list(attempt.transcript.exchanges)
    for name in wanted:
        at = next((n for n, exchange in enumerate(rest) if exchange.after.name == name), None)
        if at is None:
            before = f" after {wanted[len(steps) - 1]}" if steps else ""
            stood = attempt.transcript.state.name
            where = f"it ended in {stood}" if stood == "CLOSED" else f"it stands in {stood}"
            return Finding(
                False, tuple(steps), f"The session was never in {name}{before}: {where}.", steps[-1] if steps else 0
            )
        steps.append(attempt.step(rest[at]))
        rest = rest[at + 1 :]
    return Finding(True, tuple(steps))


@rule("most_commands", COUNT, lambda most: f"at most {most} commands")
def most_commands(attempt: Attempt, most: int) -> Finding:
    said = attempt.commands
    if len(said) <= most:
        return Finding(True)
    one = attempt.step(said[most])
    return Finding(
        False, (), f"You said {len(said)} commands, and it can be done with {most}: look at your {most + 1}th.", one
    )


@rule("out_of_order", EVENTS, lambda events: f"503 for {listed(list(events))}")
def out_of_order(attempt: Attempt, events: Sequence[str]) -> Finding:
    steps: list[int] = []
    for event in events:
        refused = [e for e in attempt.commands if e.event == event and e.reply is not None and e.reply.code == 503]
        if not refused:
            return Finding(
                False, tuple(steps), f"Your {event} was answered {_answers(attempt, event)}; a 503 was asked for."
            )
        steps.append(attempt.step(refused[0]))
    return Finding(True, tuple(steps))


@rule("earned", CODES, lambda codes: f"the replies {listed([str(code) for code in codes])}")
def earned(attempt: Attempt, codes: Sequence[int]) -> Finding:
    first: dict[int, int] = {}
    for exchange in attempt.transcript.exchanges:
        if exchange.reply is not None:
            first.setdefault(exchange.reply.code, attempt.step(exchange))
    missing = [str(code) for code in codes if code not in first]
    steps = tuple(sorted(first[code] for code in codes if code in first))
    if not missing:
        return Finding(True, steps)
    had = listed([str(code) for code in first]) if first else "nothing"
    return Finding(False, steps, f"No reply was a {listed(missing, 'or a')}. You have had {had}.")


@rule("never", EVENTS, lambda events: f"no {listed(list(events), 'and no')}")
def never(attempt: Attempt, events: Sequence[str]) -> Finding:
    for exchange in attempt.commands:
        if exchange.event in events:
            at = attempt.step(exchange)
            code = exchange.reply.code if exchange.reply is not None else "not at all"
            return Finding(
                False, (), f"You said {exchange.event} (answered {code}, step {at}), and it had no use any more.", at
            )
    return Finding(True)


@rule("dropped", TEXT, lambda path: f"a letter to <{path}> begun, and dropped")
def dropped(attempt: Attempt, path: str) -> Finding:
    since = 0
    for exchange in attempt.transcript.exchanges:
        if exchange.event == "RCPT" and exchange.outcome in ACCEPTED and path.encode() in exchange.sent:
            since = attempt.step(exchange)
        elif since and exchange.event in ("RSET", "HELO", "EHLO") and exchange.outcome in ACCEPTED:
            return Finding(True, (since, attempt.step(exchange)))
        elif since and exchange.event in ("(end of data)", "BDAT LAST") and exchange.outcome in ACCEPTED:
            at = attempt.step(exchange)
            return Finding(
                False, (since,), f"The letter to <{path}> was not dropped: it was delivered at step {at}.", since
            )
    if not since:
        return Finding(False, (), f"No RCPT for <{path}> was accepted, so there was nothing to drop.")
    return Finding(
        False, (since,), f"The letter to <{path}> was begun at step {since}, and nothing dropped it after that.", since
    )


def _answers(attempt: Attempt, event: str) -> str:
    """The codes that an event earned, as words: "250 and 501", or that it was not said."""
    codes = [str(e.reply.code) for e in attempt.commands if e.event == event and e.reply is not None]
    return listed(codes) if codes else "by nothing, for you never said it"
