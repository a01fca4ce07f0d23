"""One command line, taken apart: its verb, its argument, and what a purist would say about it.

Nothing here knows what a command does. `event_of` is shared by server and observer, so that both call the same
line by the same name. Session, handler and record all ask what a line says, and a client says the same lines again and
again: what is known of the latest ones is remembered.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from . import limits
from .smtp import SMTP
from .table import Facts, Reading
from .wire import Frame, decode, line_limit


class Command(NamedTuple):
    """A command line: `verb` in capitals, `argument` as it was typed (stripped of white space around it)."""

    verb: str
    argument: str
    raw: bytes

    @property
    def text(self) -> str:
        return decode(self.raw)


_WORD = re.compile(r"([A-Za-z]+)(?:[ \t]+(.*))?", re.DOTALL)
_HTTP = re.compile(
    rb"[A-Z]+ \S+ HTTP/\d|(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE) (?:/|\*|https?:)", re.IGNORECASE
)
_BDAT_ARGUMENT = re.compile(r"\d{1,19}(?:[ \t]+(LAST))?", re.IGNORECASE)


@lru_cache(maxsize=256)
def parse(line: bytes) -> Command:
    """The command in a line without its end. A line that begins with no word has the verb ""."""
    text = decode(line).rstrip(" \t")
    word = _WORD.fullmatch(text)
    if word is None:
        return Command("", text, line)
    return Command(word[1].upper(), (word[2] or "").strip(" \t"), line)


def event_of(frame: Frame, facts: Facts) -> str:
    """The event of a frame: the verb, or a happening in parentheses. Verbs match in either case (RFC 5321 §2.4)."""
    if frame.kind is Reading.DATA:
        return "(end of data)"
    if frame.kind is Reading.RESPONSE:
        return "(line too long)" if frame.octets > line_limit("(response)", facts) else "(response)"
    command = parse(frame.line)
    verb = command.verb if command.verb in SMTP.by_event else "(unknown verb)"
    if frame.octets > limits.COMMAND_LINE and frame.kind is Reading.LINE and frame.octets > line_limit(verb, facts):
        return "(line too long)"
    if verb == "BDAT":
        chunk = _BDAT_ARGUMENT.fullmatch(command.argument)
        return "BDAT LAST" if chunk is not None and chunk[1] else "BDAT"
    return verb


def is_http(line: bytes) -> bool:
    """True for the first line of an HTTP request: a browser was pointed here, or made to post mail.

    A line may be so long that its end was dropped, so the beginning tells as well.
    """
    return _HTTP.match(line) is not None


_PRINTABLE = re.compile(rb"[\t -~]*")


@lru_cache(maxsize=256)
def flaws(line: bytes, utf8: bool = False) -> tuple[str, ...]:
    """What is wrong with the octets of a line, its end left out: control characters and non-ASCII, in words.

    With `utf8`, what is well-formed UTF-8 is fine.
    """
    if _PRINTABLE.fullmatch(line):
        return ()
    found: list[str] = []
    if b"\r" in line:
        found.append("bare CR")
    if b"\0" in line:
        found.append("NUL")
    if any(octet < 32 and octet not in (0, 9, 13) or octet == 127 for octet in line):
        found.append("control character")
    if not line.isascii() and not (utf8 and _is_utf8(line)):
        found.append("octet above 127")
    return tuple(found)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def end_remarks(raw: bytes) -> tuple[str, ...]:
    """A remark where a command line ended in a bare LF."""
    if raw.endswith(b"\r\n") or not raw.endswith(b"\n"):
        return ()
    return ("bare LF: a line ends in CR LF (RFC 5321 §2.3.8)",)
