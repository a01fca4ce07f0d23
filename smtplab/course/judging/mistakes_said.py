"""Mistakes in commands: out of sequence, badly formed, to the wrong mailbox, and in how one leaves."""

from __future__ import annotations

from collections.abc import Iterator

from ...protocol.address import NO_BRACKETS
from ...protocol.smtp import SYNTAX, State
from .attempt import ACCEPTED, Attempt
from .naming import Said, answered, at, code, line, mistake


# ---------------------------------------------------------------------------------------------- out of sequence
@mistake("no hello")
def no_hello(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 503, "MAIL", "RCPT", "DATA"):
        if e.before is State.GREETED:
            yield Said(
                attempt.step(e),
                f"The server saw {e.event} before HELO or EHLO: it answered 503 {at(attempt, e)}. "
                "It wants to know first who is speaking.",
            )


@mistake("RCPT before MAIL")
def rcpt_before_mail(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 503, "RCPT"):
        if e.before is State.READY:
            yield Said(
                attempt.step(e),
                f"The server saw RCPT while no sender was known: it answered 503 {at(attempt, e)}. MAIL comes first.",
            )


@mistake("DATA before RCPT")
def data_before_rcpt(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 503, "DATA"):
        if e.before in (State.READY, State.MAIL):
            refused = next(
                (r for r in attempt.transcript.exchanges if r.event == "RCPT" and r.outcome not in ACCEPTED), None
            )
            why = f"your RCPT was answered {code(refused)}" if refused is not None else "no RCPT had been said"
            yield Said(
                attempt.step(e),
                f"The server saw DATA while no recipient was accepted ({why}): it answered 503 {at(attempt, e)}.",
            )


@mistake("second MAIL")
def second_mail(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 503, "MAIL"):
        if e.before in (State.MAIL, State.RCPT):
            yield Said(
                attempt.step(e),
                f"The server saw MAIL while a mail transaction was open: it answered 503 {at(attempt, e)}. "
                "One letter has one sender; RSET drops a transaction.",
            )


# ----------------------------------------------------------------------------------------------- lines and form
@mistake("bare LF")
def bare_lf(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 500):
        if e.sent.endswith(b"\n") and not e.sent.endswith(b"\r\n"):
            verb = e.event if not e.event.startswith("(") else "line"
            yield Said(
                attempt.step(e),
                f"Your {attempt.nth(e)} command ended with LF alone. This server is strict: it answered 500 and did not "
                f"take your {verb}. One byte is missing, the CR before the LF.",
            )


@mistake("no brackets")
def no_brackets(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 501, "MAIL", "RCPT"):
        if NO_BRACKETS in e.remarks:
            yield Said(
                attempt.step(e),
                f"The address in your {e.event} stands without angle brackets. This server is strict: it answered 501 "
                f"{at(attempt, e)}. Write {SYNTAX[e.event]}.",
            )


@mistake("space after the colon")
def space_after_colon(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 501, "MAIL", "RCPT"):
        if NO_BRACKETS not in e.remarks and any(r.startswith("space after the colon") for r in e.remarks):
            yield Said(
                attempt.step(e),
                f"Your {e.event} has a space after its colon. This server is strict: it answered 501 "
                f"{at(attempt, e)}. Write {SYNTAX[e.event]}, with no space in it but the first.",
            )


@mistake("bad argument")
def bad_argument(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 501, "HELO", "EHLO", "MAIL", "RCPT"):
        if not e.remarks:
            yield Said(
                attempt.step(e),
                f'The server could not read what stands behind {e.event} in "{line(e)}": it answered 501 '
                f"{at(attempt, e)}. Write {SYNTAX[e.event]}.",
            )


@mistake("argument not wanted")
def argument_not_wanted(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 501, "DATA", "QUIT", "RSET"):
        yield Said(
            attempt.step(e),
            f'{e.event} stands alone on its line, and yours was "{line(e)}": the server answered 501 {at(attempt, e)}.',
        )


@mistake("unknown verb")
def unknown_verb(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 500, "(unknown verb)"):
        if e.sent.endswith(b"\r\n") or not e.remarks:
            yield Said(attempt.step(e), f'"{line(e)}" is no command of SMTP: the server answered 500 {at(attempt, e)}.')


@mistake("spoke HTTP")
def spoke_http(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 421):
        if b"HTTP/" in e.sent:
            yield Said(
                attempt.step(e), "You spoke HTTP, as a browser does: a mail server answers 421 to that and hangs up."
            )


# -------------------------------------------------------------------------------------------------- recipients
@mistake("no relaying")
def no_relaying(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 550, "RCPT"):
        if "@example.com" not in line(e).lower():
            yield Said(
                attempt.step(e),
                f'"{line(e)}" names a mailbox that is not at example.com. This server takes no mail for others: '
                f"it answered 550 {at(attempt, e)}.",
            )


@mistake("no such mailbox")
def no_such_mailbox(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 550, "RCPT"):
        if "@example.com" in line(e).lower():
            yield Said(
                attempt.step(e), f'The mailbox in "{line(e)}" does not exist: the server answered 550 {at(attempt, e)}.'
            )


# ----------------------------------------------------------------------------------------------------- leaving
@mistake("line never ended")
def line_never_ended(attempt: Attempt) -> Iterator[Said]:
    if any("the last line was never ended" in e.remarks for e in attempt.transcript.exchanges):
        yield Said(
            attempt.last_step,
            "Your last line was never ended: no CR LF came, so for the server it was no line yet, and it said nothing.",
        )


@mistake("silent")
def silent(attempt: Attempt) -> Iterator[Said]:
    if attempt.is_silent:
        yield Said(attempt.last_step, "You connected, the server greeted you, and no whole line of yours has come.")
