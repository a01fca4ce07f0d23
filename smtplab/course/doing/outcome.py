"""What came of calling a function once, against what a case asks for: the first thing that does not hold, in a sentence.

Pure. Each message quotes what was given or seen, and then what the case wanted; what a learner ought to think of it stands in
the case's own `said`, which follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from ...protocol.transcript import Transcript
from ...protocol.wire import decode
from ..fields import shown
from ..files.function import ANY, Case
from ..gauntlet.spot import arrived, named_at
from .cases import Called, where


def problem(case: Case, called: Called) -> str:
    """What is wrong with it, "" where nothing is. The case's `said` stands behind it."""
    if called.problem:
        return called.problem
    found = (
        _sessions(case, called)
        or _early(case, called)
        or _again(case, called)
        or _mailboxes(case, called)
        or _copies(case, called)
    )
    found = found or (_through(called) if case.gauntlet else "")
    found = found or ("" if case.gives is ANY else _given(case.gives, called.given)) or _waits(case, called)
    return f"{where(case)}, {found} {case.said}" if found else ""


def _sessions(case: Case, called: Called) -> str:
    count = len(called.sessions)
    enough = "1 is" if case.sessions == 1 else f"{case.sessions} are"
    return f"your function connected {count} times; {enough} enough." if 0 < case.sessions < count else ""


def _early(case: Case, called: Called) -> str:
    for number in range(1, len(called.sessions)):
        waited = called.waited.get(number, 0.0)
        if waited < case.not_before_s:
            after = f"after {waited:g} seconds" if waited else "at once"
            return f"your function came again {after}, and this server wants {case.not_before_s:g}."
    return ""


def _again(case: Case, called: Called) -> str:
    """Who was asked for in a second session, though what the first said of them had decided."""
    for mailbox in case.once:
        answers = [reply for session in called.sessions if (reply := _answered(session, mailbox)) is not None]
        if len(answers) > 1:
            was = f"was answered {answers[0]}" if answers[0] else "was named"
            return f"{mailbox} {was}, and your function named it again."
    return ""


def _answered(session: Transcript, mailbox: str) -> str | None:
    """The code of the first reply to a RCPT for this mailbox, "" where it had none; None where it was not named."""
    for exchange in session.exchanges:
        if exchange.event == "RCPT" and named_at(exchange).lower() == mailbox.lower():
            return decode(exchange.reply_raw[:3])
    return None


def _waits(case: Case, called: Called) -> str:
    """Waits that are not those asked for. Several between the same two tries count as one."""
    if case.waits is None:
        return ""
    tries = len(called.sessions)
    if before := called.waited.get(0):
        return f"you waited {before:g} seconds before the first try, and nobody had refused you yet."
    if after := sum(seconds for number, seconds in called.waited.items() if number >= tries):
        return f"you waited again after the last try: {after:g} seconds, and nothing came of them."
    had = [called.waited.get(number, 0) for number in range(1, tries)]
    if had == list(case.waits):
        return ""
    return f"your waits were {_seconds(had)}; asked for were {_seconds(case.waits)} (seconds)."


def _seconds(waits: Sequence[float]) -> str:
    return ", ".join(f"{each:g}" for each in waits) or "none"


def _mailboxes(case: Case, called: Called) -> str:
    for name, wanted in case.stored.items():
        count = len(called.mailbox[name])
        if count != wanted:
            return f"{_letters(count)} for {name} when your function had returned, where {wanted} should be."
    return ""


def _copies(case: Case, called: Called) -> str:
    for name, most in case.copies.items():
        letters = called.mailbox[name]
        if not letters:
            return f"there was no letter for {name} when your function had returned."
        if len(letters) > most:
            return f"{_letters(len(letters))} for {name}, where {most} at most can be explained."
        names = {str(letter.message["Message-ID"] or "").strip() for letter in letters}
        if len(letters) > 1 and names == {""}:
            return f"the {len(letters)} copies for {name} have no Message-ID: nobody can tell that they are one letter."
        if len(names) > 1:
            return f"the {len(letters)} copies for {name} have different Message-IDs: they look like different letters."
    return ""


def _through(called: Called) -> str:
    """The waits before each new try in the gauntlet, and what was given back for each recipient."""
    waits = [called.waited[number] for number in sorted(called.waited) if number < len(called.sessions)]
    for before, after in zip(waits, waits[1:], strict=False):
        if after == before:
            return f"your function waited {after:g} seconds twice: wait longer each time."
        if after < before:
            return f"your function waited {before:g} seconds, and before the next try {after:g}: wait longer each time."
    if not isinstance(called.given, Mapping):
        return f"your function gave back {_value(called.given)}. It is to give back a dict with the last code of each recipient."
    given, letter = cast("Mapping[Any, Any]", called.given), arrived(called.sessions)
    for who in sorted(letter.named):
        code, told = 550 if who in letter.refused else 250, given.get(who)
        if not _is_same(code, told):
            return f"{who} was answered {code}, and your function says {_value(told)}."
    return ""


def _letters(count: int) -> str:
    return {0: "there was no letter", 1: "there was 1 letter"}.get(count, f"there were {count} letters")


def _given(wanted: Any, given: Any) -> str:
    if _is_same(wanted, given):
        return ""
    if not isinstance(wanted, dict):
        return f"your function gave back {_value(given)}, and {_value(wanted)} was right."
    if not isinstance(given, dict):
        return f"your function gave back {_value(given)}. It is to give back a dict."
    right, got = cast("Mapping[Any, Any]", wanted), cast("Mapping[Any, Any]", given)
    for key, value in right.items():
        if key not in got:
            return f"what your function gave back has nothing for {key!r}; {_value(value)} was right."
        if not _is_same(value, got[key]):
            return f"your function gave {_value(got[key])} for {key!r}, and {_value(value)} was right."
    more = next(key for key in got if key not in right)
    return f"what your function gave back has {shown(more)} in it, which does not belong there."


def _is_same(wanted: Any, given: Any) -> bool:
    """Equal, and of one kind: True is no 1 here."""
    if isinstance(wanted, tuple | list) and isinstance(given, tuple | list):
        return list(cast("list[Any]", wanted)) == list(cast("list[Any]", given))
    return bool(wanted == given) and isinstance(given, bool) == isinstance(wanted, bool)


def _value(value: Any) -> str:
    return "nothing" if value is None else shown(value)
