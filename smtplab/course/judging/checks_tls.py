"""Rules about locks: who logged in, by which way, and what was said only after the line was encrypted.

A record that was kept has no passwords in it, so no rule here looks at one.

Rules by name, with their argument:
    logged_in = "LOGIN"                   an AUTH by this way was answered 235 ("*": by any)
    under_tls = ["EHLO", "AUTH", "MAIL"]  these were accepted after the TLS handshake, in this order
    no_secret_in_clear = true             no password, and nothing made of one, was said before TLS
"""

from __future__ import annotations

from collections.abc import Sequence

from ...protocol.replies import Outcome
from ...protocol.transcript import Exchange
from .attempt import ACCEPTED, Attempt, listed
from .checks import EVENTS, Finding, rule


def way(exchange: Exchange) -> str:
    """The way to log in that an AUTH names, "" where it names none."""
    words = exchange.sent.decode("latin-1").split()
    return words[1].upper() if len(words) > 1 else ""


def handshake(attempt: Attempt) -> Exchange | None:
    """The TLS handshake that succeeded, if there was one."""
    for exchange in attempt.transcript.exchanges:
        if exchange.event == "(handshake)" and exchange.outcome in ACCEPTED:
            return exchange
    return None


def _in_some_way(name: str) -> str:
    return "a log-in" if name == "*" else f"a log-in by AUTH {name.upper()}"


@rule("logged_in", str, lambda name: f"{_in_some_way(name)}, answered 235")
def logged_in(attempt: Attempt, wanted: str) -> Finding:
    begun, tried = "", list[str]()
    for exchange in attempt.transcript.exchanges:
        if exchange.event == "AUTH":
            begun = way(exchange)
            tried.append(begun)
        if exchange.event in ("AUTH", "(response)") and exchange.outcome is Outcome.COMPLETION:
            if wanted in ("*", begun) or wanted.upper() == begun:
                return Finding(True, (attempt.step(exchange),))
            said = f"You logged in by AUTH {begun} (step {attempt.step(exchange)}), and not by AUTH {wanted.upper()}."
            return Finding(False, (), said, attempt.step(exchange))
    if not tried:
        return Finding(False, (), "Nobody has logged in: the server saw no AUTH.")
    return Finding(False, (), f"The server saw AUTH {listed(list(dict.fromkeys(tried)))}, and no log-in came of it.")


@rule("under_tls", EVENTS, lambda items: f"{listed([item.replace('|', ' or ') for item in items])} under TLS, accepted")
def under_tls(attempt: Attempt, items: Sequence[str]) -> Finding:
    shaken = handshake(attempt)
    if shaken is None:
        return Finding(False, (), _never_locked(attempt))
    began = next(n for n, exchange in enumerate(attempt.transcript.exchanges) if exchange is shaken)
    rest, steps = list(attempt.transcript.exchanges[began + 1 :]), list[int]()
    for item in items:
        found = next((n for n, e in enumerate(rest) if e.event in item.split("|") and e.outcome in ACCEPTED), None)
        if found is None:
            name, since = item.replace("|", " or "), steps[-1] if steps else 0
            said = f"The server accepted no {name} after the handshake"
            if item == "EHLO":
                said += (
                    ", and what it said before is forgotten on both sides: say EHLO again, and see what is offered now"
                )
            return Finding(False, tuple(steps), f"{said}.", since)
        steps.append(attempt.step(rest[found]))
        rest = rest[found + 1 :]
    return Finding(True, tuple(steps))


def _never_locked(attempt: Attempt) -> str:
    asked = attempt.find("STARTTLS")
    if asked is None:
        return "The line was never locked: the server saw no STARTTLS."
    at = attempt.step(asked)
    if asked.outcome not in ACCEPTED:
        return f"The server refused your STARTTLS (step {at}), so nothing was said under TLS."
    return f"The server agreed to STARTTLS at step {at}, and no handshake was finished after it."


@rule("no_secret_in_clear", bool, lambda _: "no password in the clear")
def no_secret_in_clear(attempt: Attempt, _: bool) -> Finding:
    for exchange in attempt.transcript.exchanges:
        for step in exchange.steps:
            if step.is_secret and not exchange.facts.tls:
                answer = f", whatever the {exchange.reply.code} says" if exchange.reply is not None else ""
                said = f"At step {step.index} a log-in went over the wire in the clear. Who was between has it{answer}."
                return Finding(False, (), said, step.index)
    return Finding(True)
