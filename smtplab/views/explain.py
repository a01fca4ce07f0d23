"""explain(): what a reply code, an enhanced code, a line or a whole session says, in plain words and in HTML.

Never does: speak to a server, or know a code or command itself: catalogue, enhanced and the table do.

Rules:
1. An Explanation is rows of text; str and HTML are two ways to write the same rows.
2. Foreign text goes through visible or esc where it is written, and nowhere before.
3. What cannot be explained is a ValueError of one sentence or two that ends in what to give instead.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from ..protocol import catalogue, enhanced
from ..protocol.catalogue import FIRST_DIGIT, SECOND_DIGIT, THIRD_DIGIT, Digit
from ..protocol.enhanced import Detail
from ..protocol.pop3.machine import POP3
from ..protocol.pop3.replies import Pop3Reply
from ..protocol.replies import EnhancedCode, Outcome, Reply
from ..protocol.smtp import SENTENCE, SMTP, SYNTAX
from ..protocol.transcript import Step, Transcript
from . import explain_pop3
from .explanation import Explanation, Line
from .text import visible

_REMEDY = (
    'Give a reply code (550), an enhanced code ("5.1.1"), a line ("250-SIZE 1000", "MAIL FROM:<a@b>"),'
    " a Reply, or a whole session whose lines begin with C: and S:."
)
_SPEAKER = re.compile(r"\s*[CS]:\s?")
_CODED = re.compile(r"[0-9]{3}(?:[ -]|$)")


Explainable: TypeAlias = int | str | bytes | bytearray | Reply | EnhancedCode | Transcript


def explain(what: Explainable, *, event: str | None = None) -> Explanation:
    """What the thing says, in words: a reply code, an enhanced code, a Reply, one line, or a whole session.

    The event ("MAIL", "(end of data)") says what a reply answers, as one code may ask for different things.
    Raises ValueError, with what to give instead, for anything else.

    >>> print(explain(354))
    354  send the mail data
      3..      positive intermediate: good so far: send the rest
               (others: 2 positive completion, 4 transient negative, 5 permanent negative)
      .5.      mail system: about the mail, or a mailbox
               (others: 0 syntax, 1 information, 2 connections, 3 unspecified, 4 unspecified)
      ..4      a finer difference; it has no meaning of its own
      says     The server now reads mail data, up to a dot alone on its line.
      after    DATA
      client   Send the letter and the dot; no reply comes before it.
      section  RFC 5321 §4.2.3
    """
    place = _checked_event(event)
    if isinstance(what, Transcript):
        return _of_session(what)
    if isinstance(what, Pop3Reply):
        return explain_pop3.of_reply(what, place)
    if isinstance(what, Reply):
        return _of_reply(what, place)
    if isinstance(what, EnhancedCode):
        return _of_enhanced(what)
    if isinstance(what, (bytes, bytearray)):
        what = bytes(what).decode("utf-8", "backslashreplace")
    if isinstance(what, str):
        return _of_text(what, place)
    return Explanation(str(what), catalogue.entry(what).name, tuple(_code_rows(what, _of_smtp(place))))


def _of_text(text: str, event: str | None) -> Explanation:
    """The explanation of whatever the text turns out to be."""
    lines = [line for line in text.replace("\r\n", "\n").strip("\r\n").split("\n") if line.strip()]
    if not lines:
        raise ValueError(f"There is nothing to explain. {_REMEDY}")
    bare = [_SPEAKER.sub("", line, count=1) for line in lines]
    said_by_client = any(line.lstrip().startswith("C:") for line in lines)
    if not said_by_client and (reply := explain_pop3.one_reply(bare)) is not None:
        return explain_pop3.of_reply(reply, event)
    if not said_by_client and all(map(_CODED.match, bare)) and _is_one_reply(bare):
        return _of_reply(Reply.parse("\n".join(bare)), event)
    if len(lines) > 1:
        return _of_session(Transcript.parse(text))
    return _of_line(bare[0].strip(), event)


def _is_one_reply(lines: list[str]) -> bool:
    """Whether the lines are a whole reply with text; a bare code is explained as a code."""
    inner = all(line[3:4] == "-" for line in lines[:-1])
    return inner and lines[-1][3:4] == " " and (len(lines) > 1 or lines[0].strip()[3:] != "")


def _of_line(line: str, event: str | None) -> Explanation:
    """One line that is not a whole reply: a code, an enhanced code, a reply's inner line, or a command."""
    if re.fullmatch(r"-?[0-9]{1,9}", line):
        return explain(int(line), event=event)
    if re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", line):
        return _of_enhanced(EnhancedCode.parse(line))
    if re.match(r"[0-9]{3}-", line):
        told = _of_reply(Reply.parse(f"{line[:3]} {line[4:]}"), event)
        hyphen = Line("-", "The hyphen says that more lines of this reply follow; the last has a space.")
        return Explanation(line, told.name, (hyphen, *told.rows))
    return _of_command(line)


def _of_reply(reply: Reply, event: str | None) -> Explanation:
    """A whole reply: its code, its enhanced code, and its text, which a program does not read."""
    rows = list(_code_rows(reply.code, _of_smtp(event)))
    if reply.enhanced is not None:
        rows += _enhanced_rows(reply.enhanced)
    shown = [Line("text" if at == 0 else "", line, True) for at, line in enumerate(reply.lines) if line]
    what = str(reply) if not reply.is_multiline else f"{reply.code} in {len(reply.lines)} lines"
    return Explanation(what, catalogue.entry(reply.code).name, (*rows, *shown))


def _code_rows(code: int, event: str | None) -> Iterator[Line]:
    """The rows of a reply code: its three digits, what it says and after what, what a client does."""
    entry = catalogue.entry(code)
    first, second, third = str(code)
    yield from _digit_rows(f"{first}..", int(first), FIRST_DIGIT)
    yield from _digit_rows(f".{second}.", int(second), SECOND_DIGIT)
    yield Line(f"..{third}", THIRD_DIGIT)
    yield Line("says", entry.meaning)
    if event is not None:
        yield from _event_rows(code, event)
    elif entry.used_by:
        yield Line("after", ", ".join(entry.used_by))
    yield Line("client", catalogue.action(code, event))
    if event is None:
        yield from (Line(at, what) for at, what in catalogue.actions(code).items())
    yield Line("section", entry.section)


def _digit_rows(label: str, digit: int, digits: Mapping[int, Digit]) -> Iterator[Line]:
    """What one digit says, and the others that could stand there."""
    yield Line(label, _said(digits.get(digit), "a digit without a meaning"))
    others = ", ".join(f"{each.digit} {each.name}" for each in digits.values() if each.digit != digit)
    yield Line("", f"(others: {others})")


def _said(known: Digit | Detail | None, otherwise: str) -> str:
    return f"{known.name}: {known.meaning}" if known else otherwise


def _event_rows(code: int, event: str) -> Iterator[Line]:
    """What the code does after this event: whether it is expected there, and where it leads."""
    yield Line("after", f"{event}: {SENTENCE.get(event, '')}".rstrip(": "))
    rows = SMTP.by_event[event]
    if not any(code in row.codes for row in rows):
        yield Line("", f"The standard does not list {code} for {event}; the first digit decides all the same.")
    outcome = Outcome.of(code)
    leads = dict.fromkeys(row.leads[outcome].name for row in rows if outcome in row.leads)
    if outcome is Outcome.CLOSING:
        leads = {SMTP.closed.name: None}
    yield Line("state", f"moves to {' or '.join(leads)}" if leads else "stays as it is")


def _of_enhanced(code: EnhancedCode) -> Explanation:
    return Explanation(str(code), enhanced.detail(code).name, tuple(_enhanced_rows(code)))


def _enhanced_rows(code: EnhancedCode) -> Iterator[Line]:
    """The rows of an enhanced code: class, subject, detail, and the reply codes it stands beside."""
    exact = enhanced.DETAILS.get((code.subject, code.detail))
    yield Line(f"{code.class_}.x.x", _said(enhanced.CLASSES[code.class_], ""))
    yield Line(f"x.{code.subject}.x", _said(enhanced.SUBJECTS.get(code.subject), "not registered"))
    yield Line(f"x.x.{code.detail}", _said(exact, "not registered"))
    if exact and (beside := ", ".join(str(each) for each in exact.codes if each // 100 == code.class_)):
        yield Line("beside", beside)
    yield Line("section", enhanced.detail(code).section)


def _of_command(line: str) -> Explanation:
    """A command line, by its verb (RFC 5321 §4.1.1)."""
    verb = line.split(maxsplit=1)[0].upper()
    event = "BDAT LAST" if verb == "BDAT" and line.upper().split()[-1] == "LAST" else verb
    if line == ".":
        event = "(end of data)"
    if event not in SYNTAX and event in POP3.syntax:
        return explain_pop3.of_command(line, event)
    if event not in SYNTAX:
        raise ValueError(f"{_quoted(line)} is nothing known here.{_suggestion(verb)} {_REMEDY}")
    rows = SMTP.by_event[event]
    codes = dict.fromkeys(code for row in rows for code in row.codes)
    replies = ", ".join(f"{code} {catalogue.entry(code).name}" for code in codes)
    told = [Line("syntax", SYNTAX[event]), Line("says", SENTENCE[event]), Line("replies", replies)]
    if rows[0].keyword:
        told.append(Line("needs", f"a server whose reply to EHLO offers {rows[0].keyword}"))
    told.append(Line("section", rows[0].section))
    return Explanation(line, "a command" if event == verb else event, tuple(told))


def _suggestion(verb: str) -> str:
    known = [each for each in (*SYNTAX, *POP3.syntax) if each.isalpha()]
    near = difflib.get_close_matches(verb, known, n=1)
    return f" Is it {near[0]}?" if near else ""


def _of_session(session: Transcript) -> Explanation:
    """Every line of a session, each reply explained in a line under it."""
    rows: list[Line] = []
    for step in session.steps:
        shown = step.shown().split("\n")
        rows += [Line(f"{step.direction}:", line, True) for line in shown]
        if (step.direction == "S" or not session.has_states) and (told := _in_a_line(step)):
            rows.append(Line("", told))
    replies = sum(step.direction == "S" for step in session.steps)
    return Explanation("A session", f"{len(session.steps)} steps, {replies} of them replies", tuple(rows))


def _in_a_line(step: Step) -> str:
    """What one step says: a reply's name, what a client does on it, and the state; a command's sentence."""
    event, reply = step.exchange.event, step.exchange.reply
    if isinstance(reply, Pop3Reply):
        return explain_pop3.in_a_line(step, reply)
    if step.direction == "C" or reply is None:
        return SENTENCE.get(event, "") if step.kind != "data" or step.text == "." else ""
    state = f" State: {step.state.name}." if step.state is not None else ""
    name = catalogue.entry(reply.code).name
    return f"{reply.code} after {event}: {name}. {catalogue.action(reply.code, event)}{state}"


def _checked_event(event: str | None) -> str | None:
    known = (*SMTP.by_event, *(each for each in POP3.by_event if each not in SMTP.by_event))
    if event is None or event in known:
        return event
    if event.upper() in known:
        return event.upper()
    raise ValueError(f"{_quoted(event)} is no event. Give one of: {', '.join(known)}.")


def _of_smtp(event: str | None) -> str | None:
    """The event, if a reply code may answer it. Raises ValueError for one of POP3's, which has no codes."""
    if event is None or event in SMTP.by_event:
        return event
    raise ValueError(f'{event} is POP3\'s, which has no reply codes. Give its reply: "+OK ..." or "-ERR ...".')


def _quoted(text: str) -> str:
    """Foreign text for a message: short, and with nothing in it that cannot be seen."""
    return f'"{visible(text if len(text) <= 60 else text[:57] + "...")}"'
