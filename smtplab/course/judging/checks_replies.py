"""Rules about how a client took the replies that it had.

Rules by name, with their argument:
    unrefused = true     no line was answered 4yz or 5yz
    heeded = true        what was answered 4yz was said again, and a RCPT that was answered 5yz was not
    not_again = true     no RCPT that was refused, for now or for good, was said again
    in_order = true      nothing was answered 503
    no_strays = true     no line came that is no command: an empty one, or one of a letter
"""

from __future__ import annotations

from ...protocol.replies import Outcome
from ...protocol.transcript import Exchange
from ...protocol.wire import decode
from .attempt import ACCEPTED, Attempt
from .checks import Finding, rule


@rule("unrefused", bool, lambda _: "no line refused")
def unrefused(attempt: Attempt, _: bool) -> Finding:
    for exchange in attempt.transcript.exchanges:
        if exchange.reply is not None and exchange.outcome not in ACCEPTED:
            at = attempt.step(exchange)
            message = f'The server refused "{_line(exchange)}" with {exchange.reply.code} (step {at}).'
            return Finding(False, (), message, at)
    return Finding(True)


@rule("heeded", bool, lambda _: "what was refused for now said again, what was refused for good not")
def heeded(attempt: Attempt, _: bool) -> Finding:
    for number, exchange in enumerate(attempt.commands):
        rest = attempt.commands[number + 1 :]
        again = next((later for later in rest if _line(later).lower() == _line(exchange).lower()), None)
        at, code = attempt.step(exchange), 0 if exchange.reply is None else exchange.reply.code
        if exchange.outcome is Outcome.TRANSIENT and again is None:
            message = (
                f'"{_line(exchange)}" was answered {code} (step {at}), and you have not said it again: a 4 means later.'
            )
            return Finding(False, (), message, at)
        if exchange.outcome is Outcome.PERMANENT and exchange.event == "RCPT" and again is not None:
            more = f"again at step {attempt.step(again)}, and it had been answered {code}: a 5 means no."
            return Finding(False, (), f'You said "{_line(exchange)}" {more}', at)
    return Finding(True)


@rule("not_again", bool, lambda _: "nobody named again who was refused")
def not_again(attempt: Attempt, _: bool) -> Finding:
    refused: dict[str, Exchange] = {}
    for exchange in attempt.commands:
        if exchange.event != "RCPT" or exchange.reply is None:
            continue
        line = _line(exchange).lower()
        if line in refused:
            first, at = refused[line], attempt.step(exchange)
            code = first.reply.code if first.reply is not None else 0
            when = "later, not in this session" if first.outcome is Outcome.TRANSIENT else "no, however often you ask"
            message = (
                f'You said "{_line(exchange)}" again at step {at}. It had been answered {code}: that means {when}.'
            )
            return Finding(False, (), message, at)
        if exchange.outcome not in ACCEPTED and exchange.reply.code != 503:  # 503 is about the moment, not about whom
            refused[line] = exchange
    return Finding(True)


@rule("in_order", bool, lambda _: "nothing said that could not work any more")
def in_order(attempt: Attempt, _: bool) -> Finding:
    for exchange in attempt.commands:
        if exchange.reply is not None and exchange.reply.code == 503:
            at = attempt.step(exchange)
            message = f'You said "{_line(exchange)}" when it could not work any more: it was answered 503 (step {at}).'
            return Finding(False, (), message, at)
    return Finding(True)


@rule("no_strays", bool, lambda _: "no line said that is no command")
def no_strays(attempt: Attempt, _: bool) -> Finding:
    before = ""
    for exchange in attempt.transcript.exchanges:
        if exchange.event == "(unknown verb)" and exchange.reply is not None:
            at, what = attempt.step(exchange), _line(exchange)
            after = (
                "After the dot" if before == "(end of data)" else f"After {before}" if before else "At the beginning"
            )
            said = f'the line "{what}"' if what.strip() else "an empty line"
            message = f"{after} you sent {said}, and it was answered {exchange.reply.code} (step {at})."
            return Finding(False, (), message, at)
        before = "" if exchange.event == "(connect)" else exchange.event
    return Finding(True)


def _line(exchange: Exchange) -> str:
    """What was said first in an exchange, as text."""
    return decode(exchange.sent.split(b"\n")[0].rstrip(b"\r"))
