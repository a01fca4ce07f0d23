"""POP3's command lines: the event of a frame, and what a purist would say about one (RFC 1939 §3)."""

from __future__ import annotations

from ..command import end_remarks, flaws, parse
from ..table import Facts, Reading
from ..wire import Frame
from .machine import POP3

COMMAND_LINE = 255
"""Octets of a command with its CR LF (RFC 2449 §4)."""
RESPONSE_LINE = 12288


def event_of(frame: Frame, _: Facts) -> str:
    """The event of a frame: the verb, or a happening in parentheses. Verbs match in either case (RFC 1939 §3)."""
    if frame.kind is Reading.RESPONSE:
        return "(line too long)" if frame.octets > RESPONSE_LINE else "(response)"
    verb = parse(frame.line).verb
    if frame.octets > (RESPONSE_LINE if verb == "AUTH" else COMMAND_LINE):
        return "(line too long)"
    return verb if verb in POP3.by_event else "(unknown verb)"


def remarks_on(event: str, frame: Frame, facts: Facts) -> tuple[str, ...]:
    """What a purist would say about a frame of the client, in words; () where all is well."""
    if frame.kind is Reading.RESPONSE:
        return end_remarks(frame.raw)
    found = [*end_remarks(frame.raw), *flaws(frame.line)]
    if event == "PASS" and not facts.tls:
        found.append("the password crossed the wire in the clear")
    keyword = POP3.by_event[event][0].keyword
    if keyword == "STLS" and facts.keywords and not facts.offers(keyword):
        found.append("STLS was not offered")
    return tuple(found)
