"""Mistakes with locks: a log-in refused, a log-in too early, a handshake that came to nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ...protocol.replies import Outcome
from .attempt import Attempt
from .checks_tls import handshake
from .naming import Said, answered, at, mistake


@mistake("log-in refused")
def log_in_refused(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 535):
        yield Said(
            attempt.step(e),
            f"The log-in was refused with 535 (step {attempt.step(e)}): name or password is wrong, and the server does "
            "not say which of them. Take them apart once more, NUL by NUL.",
        )


@mistake("not base64")
def not_base64(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 501, "AUTH", "(response)"):
        yield Said(
            attempt.step(e),
            f"The server could not read your answer as this log-in's (501, step {attempt.step(e)}). Name and password go "
            "over the wire in base64, each in a line of its own, or all in one for PLAIN.",
        )


@mistake("no such way to log in")
def no_such_way(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 504, "AUTH"):
        yield Said(attempt.step(e), f"The server does not know this way to log in: 504 {at(attempt, e)}.")


@mistake("AUTH before TLS")
def auth_before_tls(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 538, "AUTH"):
        yield Said(
            attempt.step(e),
            f"You said AUTH in the clear: the server answered 538 {at(attempt, e)}. What stood in that line has been on "
            "the wire all the same. Lock first, log in after.",
        )


@mistake("handshake failed")
def handshake_failed(attempt: Attempt) -> Iterator[Said]:
    for e in attempt.transcript.exchanges:
        if e.event == "(handshake)" and e.outcome is Outcome.PERMANENT:
            yield Said(
                attempt.last_step,
                "The handshake was not finished. After the 220 the next octets are TLS's, nothing else; and your side "
                "may have turned the certificate down: does your context know who vouches for this server, and by "
                "which name did you ask for it?",
            )


@mistake("no EHLO after TLS")
def no_ehlo_after_tls(attempt: Attempt) -> Iterator[Said]:
    shaken = handshake(attempt)
    for e in answered(attempt, 503, "AUTH", "MAIL"):
        if shaken is not None and e.facts.tls and not e.facts.hello:
            yield Said(
                attempt.step(e),
                f"The server saw {e.event} right after the handshake: it answered 503 {at(attempt, e)}. To TLS both "
                "begin anew, so EHLO is said again.",
            )
