"""The rules that an exercise may ask for, each judged by the record of one session and by nothing else.

A rule is a pure function of an `Attempt` and the argument that the exercise gives it. It answers with a `Finding`:
whether it holds, the steps that show it, and where it does not, a sentence that says what was missed.

Rules by name, with their argument:
    connected = true                       a connection was opened and greeted
    order = ["HELO|EHLO", "503", "DATA"]   accepted in this order; three digits stand for a reply with that code
    letters = 1                            at least so many messages were accepted
    sender = "ada@example.com"             some letter has this reverse-path ("" is the null path)
    recipients = ["alice@example.com"]     some letter has these forward-paths, in any order, and no other
    headers = { Subject = "Hello" }        some letter's header section parses to these values ("*": any text)
    body = "Hello"                         some letter has this body, but for empty lines at its end ("*": any text)
    clean_quit = true                      QUIT was answered 221
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from ...protocol.smtp import SMTP, State
from ...protocol.transcript import Exchange
from .attempt import ACCEPTED, Attempt, Letter, listed


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found. `since` is the step up to which all was well: what went wrong is not before it."""

    holds: bool
    steps: tuple[int, ...] = ()
    message: str = ""
    since: int = 0


Judge = Callable[[Attempt, Any], Finding]
Claim = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Rule:
    """A word of the vocabulary: how it is judged, and how it is claimed in a list of what is asked."""

    name: str
    judge: Judge
    claim: Claim
    takes: str

    def why_not(self, argument: object) -> str:
        """What the rule takes, where this argument is no such thing; "" where it is."""
        return "" if ARGUMENTS[self.takes](argument) else self.takes


def _is_order(argument: object) -> bool:
    events = {*SMTP.by_event}
    return _are_texts(argument) and all(
        re.fullmatch("[2-5][0-9][0-9]", item) or events.issuperset(item.split("|"))
        for item in cast("list[str]", argument)
    )


def _are_texts(argument: object) -> bool:
    return _are(argument, lambda each: isinstance(each, str) and each != "")


def _are(argument: object, what: Callable[[Any], bool]) -> bool:
    given = cast("list[Any]", argument) if isinstance(argument, list) else []
    return bool(given) and all(map(what, given))


def _are_headers(argument: object) -> bool:
    given = cast("dict[str, object]", argument) if isinstance(argument, dict) else {}
    return bool(given) and all(isinstance(value, str) and value for value in given.values())


YES, COUNT, TEXT = "true", "a number from 1", "a text in quotes"
TEXTS, HEADERS = 'a list of texts, ["..."]', 'headers with a text each, { Subject = "..." } ("*" for any)'
EVENTS = 'a list of commands or reply codes, ["HELO|EHLO", "503", "(end of data)"]'
CODES, LISTED = "a list of reply codes, [500, 503]", 'a list, ["..."]'
STATES = 'a list of states, ["READY", "MAIL"]'
ARGUMENTS: Mapping[str, Callable[[object], bool]] = {
    YES: lambda given: given is True,
    COUNT: lambda given: isinstance(given, int) and not isinstance(given, bool) and given > 0,
    TEXT: lambda given: isinstance(given, str),
    TEXTS: _are_texts,
    HEADERS: _are_headers,
    EVENTS: _is_order,
    CODES: lambda given: _are(given, lambda each: isinstance(each, int) and 200 <= each < 600),
    STATES: lambda given: _are(given, lambda each: each in State.__members__),
    LISTED: lambda given: _are(given, lambda each: isinstance(each, str | int)),
}
"""What a rule may take, as a message says it, and whether a value is that."""
KINDS: Mapping[type, str] = {bool: YES, int: COUNT, str: TEXT, list: LISTED, dict: HEADERS}
"""What is meant by a type alone."""

RULES: dict[str, Rule] = {}


def rule(name: str, takes: str | type, claim: Claim) -> Callable[[Judge], Judge]:
    """Adds a rule to the vocabulary: what its argument is, one of ARGUMENTS, and the claim that it makes of it."""

    def add(judge: Judge) -> Judge:
        RULES[name] = Rule(name, judge, claim, takes if isinstance(takes, str) else KINDS[takes])
        return judge

    return add


def _words(item: str, article: str = "") -> str:
    if item.isdigit():
        return f"{article}reply {item}"
    return f"{article}letter" if item == "(end of data)" else item.replace("|", " or ")


# ------------------------------------------------------------------------------------------------ the session
@rule("connected", YES, lambda _: "one connection, opened by you")
def connected(attempt: Attempt, _: bool) -> Finding:
    first = attempt.transcript.exchanges[0] if attempt.transcript.exchanges else None
    if first is None or first.reply is None:
        return Finding(False, (), "Nobody has connected to this server yet.")
    return Finding(True, (attempt.step(first),))


def _in_order(items: Sequence[str]) -> str:
    said = listed([_words(item, "a ") for item in items])
    return f"{said}, accepted" if len(items) == 1 else f"{said}, in this order"


@rule("order", EVENTS, _in_order)
def order(attempt: Attempt, items: Sequence[str]) -> Finding:
    steps: list[int] = []
    before = ""
    rest = list(attempt.transcript.exchanges)
    for item in items:
        at = next((n for n, exchange in enumerate(rest) if _is(exchange, item)), None)
        if at is None:
            since = steps[-1] if steps else 0
            return Finding(False, tuple(steps), _missed(attempt, rest, item, before), since)
        steps.append(attempt.step(rest[at]))
        rest, before = rest[at + 1 :], item
    return Finding(True, tuple(steps))


def _is(exchange: Exchange, item: str) -> bool:
    if item.isdigit():
        return exchange.reply is not None and exchange.reply.code == int(item)
    return exchange.event in item.split("|") and exchange.outcome in ACCEPTED


def _missed(attempt: Attempt, rest: Sequence[Exchange], item: str, before: str) -> str:
    """What to say of an item that was not seen after `before`, in what was left of the session."""
    after = " after " + _words(before, "the ") if before else ""
    if item.isdigit():
        return f"No reply{after} was a {item}."
    for exchange in rest:
        if exchange.event in item.split("|") and exchange.reply is not None:
            at = attempt.step(exchange)
            said = f"The server answered your {exchange.event} with {exchange.reply.code} (step {at})"
            return f"{said}, and accepted none{after}."
    for exchange in attempt.transcript.exchanges:
        if before and _is(exchange, item):
            return f"The server accepted {_words(item, 'a ')} at step {attempt.step(exchange)}, and none{after}."
    return f"The server saw no {_words(item)}{after}."


@rule("clean_quit", YES, lambda _: "QUIT, answered 221")
def clean_quit(attempt: Attempt, _: bool) -> Finding:
    said = attempt.find("QUIT", accepted=True)
    if said is not None:
        return Finding(True, (attempt.step(said),))
    return Finding(False, (), _not_left(attempt), attempt.last_step)


def _not_left(attempt: Attempt) -> str:
    """How a session without a QUIT that was answered 221 stands, or ended."""
    last = attempt.transcript.exchanges[-1]
    if last.event == "(eof)":
        return "You closed the connection without QUIT: the server had to find out by itself that you were gone."
    if attempt.transcript.state is State.CLOSED and last.reply is not None:
        return f"The server ended the session with {last.reply.code}, before any QUIT."
    return "You have not said QUIT: the session is open, and the server waits for a command."


# ------------------------------------------------------------------------------------------------ the letters
@rule("letters", COUNT, lambda n: "one letter accepted" if n == 1 else f"{n} letters accepted")
def letters(attempt: Attempt, wanted: int) -> Finding:
    found = tuple(attempt.step(letter.exchange) for letter in attempt.letters)
    if len(found) >= wanted:
        return Finding(True, found)
    began = [e for e in attempt.transcript.exchanges if e.event == "DATA" and e.outcome in ACCEPTED]
    since = attempt.step(began[-1]) if began else 0
    counted = "no letter" if not found else "one letter" if len(found) == 1 else f"{len(found)} letters"
    return Finding(False, found, f"The server accepted {counted} in this session; {wanted} was asked for.", since)


def any_letter(attempt: Attempt, judge: Callable[[Letter], str]) -> Finding:
    """Holds where `judge` has nothing to say about some letter; else what it says about the last."""
    if not attempt.letters:
        return Finding(False, (), "The server accepted no letter in this session, so there is none to read.")
    said = ""
    for letter in attempt.letters:
        said = judge(letter)
        if not said:
            return Finding(True, (attempt.step(letter.exchange),))
    last = attempt.letters[-1]
    return Finding(False, (attempt.step(last.exchange),), said, last.begins)


@rule("sender", TEXT, lambda path: f"sender <{path}>")
def sender(attempt: Attempt, path: str) -> Finding:
    def judge(letter: Letter) -> str:
        said = letter.message.envelope.reverse_path
        return "" if _same_path(said, path) else f"MAIL named the sender <{said}>, not <{path}>."

    return any_letter(attempt, judge)


def _to(paths: Sequence[str]) -> str:
    return f"recipient{'s' if len(paths) > 1 else ''} {listed([f'<{path}>' for path in paths])}"


@rule("recipients", TEXTS, _to)
def recipients(attempt: Attempt, paths: Sequence[str]) -> Finding:
    def judge(letter: Letter) -> str:
        said = letter.message.envelope.forward_paths
        missing = [f"<{path}>" for path in paths if not any(_same_path(path, other) for other in said)]
        extra = [f"<{path}>" for path in said if not any(_same_path(path, other) for other in paths)]
        if missing:
            those = "that mailbox" if len(missing) == 1 else "those mailboxes"
            return f"No RCPT for {listed(missing, 'or')} was accepted: {those} got no letter."
        return f"RCPT also named {listed(extra)}, and that was not asked for." if extra else ""

    found = any_letter(attempt, judge)
    return found if found.holds else _by_several(attempt, paths) or found


def _by_several(attempt: Attempt, paths: Sequence[str]) -> Finding | None:
    """What is to be said where all of these got a letter, and no letter went to them all and to nobody else."""
    said = [path for letter in attempt.letters for path in letter.message.envelope.forward_paths]
    if (
        len(paths) < 2
        or len(attempt.letters) < 2
        or not all(any(_same_path(path, other) for other in said) for path in paths)
    ):
        return None
    steps = tuple(attempt.step(letter.exchange) for letter in attempt.letters)
    whom = f"all of {listed([f'<{path}>' for path in paths])}"
    message = f"You sent {len(steps)} letters, and none went to {whom} and to nobody else. One letter is enough: name all its recipients between MAIL and DATA."
    return Finding(False, steps, message, attempt.letters[-1].begins)


def _same_path(one: str, other: str) -> bool:
    """The same mailbox: the domain in either case, the local-part as it is written (RFC 5321 §2.4)."""
    (name, _, domain), (name2, _, domain2) = one.rpartition("@"), other.rpartition("@")
    return name == name2 and domain.lower() == domain2.lower()


def _headed(wanted: Mapping[str, str]) -> str:
    return f"the letter's {listed(list(wanted))} header{'s' if len(wanted) > 1 else ''}"


@rule("headers", HEADERS, _headed)
def headers(attempt: Attempt, wanted: Mapping[str, str]) -> Finding:
    def judge(letter: Letter) -> str:
        message = letter.message.message
        for name, value in wanted.items():
            # As it was written: the parsed value of a date or an address may be spelled anew.
            said = next((str(v) for k, v in message.raw_items() if k.lower() == name.lower()), None)
            if said is None:
                there = [k for k, _ in message.raw_items()]
                seen = f"its headers are {listed(there)}" if there else "it has no header at all"
                return f"The stored letter has no {name} header: {seen}."
            if not said.strip():
                return f"The stored letter's {name} header is empty."
            if value != "*" and " ".join(said.split()) != value:
                return f"The stored letter's {name} header is {' '.join(said.split())!r}, not {value!r}."
        return ""

    return any_letter(attempt, judge)


@rule("body", TEXT, lambda text: "a body below the headers" if text == "*" else f"the body {text!r}")
def body(attempt: Attempt, text: str) -> Finding:
    def judge(letter: Letter) -> str:
        said = letter.body.rstrip("\r\n").replace("\r\n", "\n")
        if text == "*":
            none = "The stored letter has headers and no body: nothing stands below an empty line."
            return "" if said.strip() else none
        return "" if said == text.rstrip("\n") else f"The stored letter's body is {said!r}, not {text!r}."

    return any_letter(attempt, judge)
