"""Mistakes of a client that was refused for now: it has not waited, or has come again as somebody else."""

from __future__ import annotations

from collections.abc import Iterator

from ...protocol.replies import Outcome
from ...protocol.transcript import Exchange
from .attempt import ACCEPTED, Attempt, listed
from .naming import Said, at, code, line, mistake


def _put_off(attempt: Attempt) -> list[Exchange]:
    """The RCPT answered 4yz, where none was accepted behind the last of them."""
    found = [e for e in attempt.transcript.exchanges if e.event == "RCPT" and e.reply is not None]
    return (
        []
        if not found or found[-1].outcome is not Outcome.TRANSIENT
        else [e for e in found if e.outcome is Outcome.TRANSIENT]
    )


def _senders(attempt: Attempt, refused: list[Exchange]) -> list[str]:
    """What the MAIL lines before these said, each once."""
    named: dict[str, None] = {}
    mail = ""
    for e in attempt.transcript.exchanges:
        if e.event == "MAIL" and e.outcome in ACCEPTED:
            mail = line(e)
        elif any(e is each for each in refused):
            named[mail] = None
    return list(named)


@mistake("asked as two")
def asked_as_two(attempt: Attempt) -> Iterator[Said]:
    refused = _put_off(attempt)
    senders = _senders(attempt, refused)
    if len(senders) > 1:
        said = listed([f'"{each}"' for each in senders])
        yield Said(
            attempt.step(refused[-1]),
            f"You asked after {said}. A server that waits for you to come again knows sender, recipient and machine "
            "together: with another sender you are a stranger again.",
        )


@mistake("put off")
def put_off(attempt: Attempt) -> Iterator[Said]:
    if refused := _put_off(attempt):
        last = refused[-1]
        often = (
            f"You asked {len(refused)} times, and hardly any time went by for the server. " if len(refused) > 1 else ""
        )
        yield Said(
            attempt.step(last),
            f'The server refused "{line(last)}" for now: it answered {code(last)} {at(attempt, last)}. {often}'
            "Turn its clock on, and come again with the same sender.",
        )
