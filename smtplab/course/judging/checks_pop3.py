"""Rules about a POP3 session, and about what was read with it.

Rules by name, with their argument:
    asks = ["USER", "PASS"]      these commands were answered +OK, in this order
    fetched = [1, 2]             each of these letters was fetched whole, by RETR
    removed = [1]                QUIT removed these letters, and no other
    farewell = true              QUIT was answered +OK
    mentions = { "the sender" = "ada@example.com" }   some letter that was sent names each of these; the key says what it is
    not_mentioned = { "x@y" = "That is ..." }         no letter that was sent names one of these; what to say where one does
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...protocol.command import parse
from ...protocol.transcript import Exchange
from .attempt import ACCEPTED, Attempt, Letter, listed
from .checks import Finding, any_letter, rule


@rule("asks", list, lambda events: f"{listed(list(events))}, answered +OK in this order")
def asks(attempt: Attempt, events: Sequence[str]) -> Finding:
    steps: list[int] = []
    rest = list(attempt.commands)
    for event in events:
        at = next((n for n, e in enumerate(rest) if e.event == event and e.outcome in ACCEPTED), None)
        if at is None:
            since = steps[-1] if steps else 0
            return Finding(False, tuple(steps), _unanswered(attempt, rest, event, events[: len(steps)]), since)
        steps.append(attempt.step(rest[at]))
        rest = rest[at + 1 :]
    return Finding(True, tuple(steps))


def _unanswered(attempt: Attempt, rest: Sequence[Exchange], event: str, before: Sequence[str]) -> str:
    after = f" after {before[-1]}" if before else ""
    for exchange in rest:
        if exchange.event == event and exchange.reply is not None:
            said = exchange.reply.wire_lines()[0]
            return f'Your {event} was answered "{said}" (step {attempt.step(exchange)}).'
    return f"The server saw no {event}{after}."


def number(exchange: Exchange) -> int:
    """The letter that a command names by its number; 0 for none."""
    given = parse(exchange.sent.rstrip(b"\r\n")).argument.partition(" ")[0]
    return int(given) if given.isdigit() else 0


@rule(
    "fetched",
    list,
    lambda numbers: f"letter{'s' if len(numbers) > 1 else ''} {listed([str(n) for n in numbers])} fetched",
)
def fetched(attempt: Attempt, wanted: Sequence[int]) -> Finding:
    got = {number(e): attempt.step(e) for e in attempt.commands if e.event == "RETR" and e.outcome in ACCEPTED}
    missing = [str(n) for n in wanted if n not in got]
    steps = tuple(sorted(got[n] for n in wanted if n in got))
    if not missing:
        return Finding(True, steps)
    top = any(e.event == "TOP" and str(number(e)) in missing and e.outcome in ACCEPTED for e in attempt.commands)
    how = " TOP brings its beginning only." if top else ""
    return Finding(False, steps, f"Letter {listed(missing, 'or')} was not fetched by RETR.{how}")


@rule(
    "removed",
    list,
    lambda numbers: (
        f"letter{'s' if len(numbers) > 1 else ''} {listed([str(n) for n in numbers])} removed, and no other"
    ),
)
def removed(attempt: Attempt, wanted: Sequence[int]) -> Finding:
    marked: set[int] = set()
    step = 0
    for exchange in attempt.commands:
        if exchange.outcome not in ACCEPTED:
            continue
        if exchange.event == "DELE":
            marked.add(number(exchange))
            step = attempt.step(exchange)
        elif exchange.event == "RSET":
            marked.clear()
            step = attempt.step(exchange)
        elif exchange.event == "QUIT" and exchange.before.name == "TRANSACTION":
            return _judged(marked, wanted, attempt.step(exchange))
    if marked:
        return Finding(
            False,
            (),
            f"You marked letter {listed([str(n) for n in sorted(marked)])}, and left without QUIT: nothing was removed.",
            step,
        )
    return Finding(False, (), "No letter was marked with DELE.", step)


def _judged(marked: set[int], wanted: Sequence[int], step: int) -> Finding:
    extra, missing = sorted(marked - set(wanted)), sorted(set(wanted) - marked)
    if extra:
        return Finding(
            False, (), f"QUIT removed letter {listed([str(n) for n in extra])} as well, and that one was to stay.", step
        )
    if missing:
        return Finding(
            False, (), f"At QUIT letter {listed([str(n) for n in missing])} was not marked, so it is still there.", step
        )
    return Finding(True, (step,))


@rule("farewell", bool, lambda _: "QUIT, answered +OK")
def farewell(attempt: Attempt, _: bool) -> Finding:
    said = attempt.find("QUIT", accepted=True)
    if said is not None:
        return Finding(True, (attempt.step(said),))
    if attempt.transcript.exchanges[-1].event == "(eof)":
        return Finding(False, (), "You closed the connection without QUIT.", attempt.last_step)
    return Finding(
        False, (), "You have not said QUIT: the session is open, and the maildrop is locked.", attempt.last_step
    )


@rule("mentions", dict, lambda wanted: f"a letter that names {listed(list(wanted))}")
def mentions(attempt: Attempt, wanted: Mapping[str, str]) -> Finding:
    def judge(letter: Letter) -> str:
        missing = [what for what, value in wanted.items() if value.lower() not in letter.body.lower()]
        return f"The body of your letter does not name {listed(missing, 'or')}." if missing else ""

    return any_letter(attempt, judge)


@rule("not_mentioned", dict, lambda _: "and nothing else in their place")
def not_mentioned(attempt: Attempt, unwanted: Mapping[str, str]) -> Finding:
    for letter in attempt.letters:
        for value, said in unwanted.items():
            if value.lower() in letter.body.lower():
                return Finding(False, (), said, letter.begins)
    return Finding(True)
