"""Mistakes in a POP3 session: the wrong door, the wrong language, letters asked for before the log-in."""

from __future__ import annotations

from collections.abc import Iterator

from ...protocol.smtp import SMTP
from .attempt import ACCEPTED, Attempt
from .naming import Said, at, mistake

_SMTP_ONLY = frozenset(SMTP.verbs) - {"QUIT", "RSET", "NOOP", "AUTH"}


@mistake("wrong door")
def wrong_door(attempt: Attempt) -> Iterator[Said]:
    if attempt.transcript.table is SMTP and not attempt.is_silent:
        yield Said(
            attempt.last_step, "This session was with the SMTP door. Letters are fetched at `ex.server.pop3_address`."
        )


@mistake("spoke SMTP")
def spoke_smtp(attempt: Attempt) -> Iterator[Said]:
    if attempt.transcript.table is SMTP:
        return
    for exchange in attempt.commands:
        word = exchange.sent.split()[0].decode("ascii", "replace").upper() if exchange.sent.split() else ""
        if exchange.event == "(unknown verb)" and word in _SMTP_ONLY:
            yield Said(
                attempt.step(exchange),
                f"{word} is a word of SMTP, and this door speaks POP3: you log in by USER and PASS.",
            )


@mistake("not logged in")
def not_logged_in(attempt: Attempt) -> Iterator[Said]:
    for exchange in attempt.commands:
        is_early = exchange.before.name == "AUTHORIZATION" and exchange.row is None
        if is_early and exchange.outcome not in ACCEPTED and not exchange.event.startswith("("):
            yield Said(
                attempt.step(exchange),
                f"You said {exchange.event} before anybody had logged in {at(attempt, exchange)}: USER and PASS come first.",
            )
            return
