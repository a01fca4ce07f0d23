"""What a purist would say about a frame of an SMTP client: server and observer remark the same.

Never does: refuse. Lenient manners take most of what is remarked here; a remark is for whoever reads the session.
"""

from __future__ import annotations

from collections.abc import Mapping

from .address import BadSyntax, parse_name, parse_path
from .command import end_remarks, flaws, parse
from .extensions import EXTENSIONS
from .smtp import SMTP
from .table import Facts, Reading
from .wire import Frame


def remarks_on(event: str, frame: Frame, facts: Facts) -> tuple[str, ...]:
    """What a purist would say about a frame of the client, in words; () where all is well."""
    if frame.kind is Reading.DATA:
        if frame.loose_end:
            return ("this server is loose: it took a dot line made with bare LF for the end (RFC 5321 §4.1.1.4)",)
        return ("a dot line made with bare LF is no end of data",) if frame.smuggled_end else ()
    if frame.kind is Reading.RESPONSE:
        return end_remarks(frame.raw)
    line = frame.line
    found = end_remarks(frame.whole_line)
    found += flaws(line, facts.offers("SMTPUTF8"))
    try:
        if event in ("MAIL", "RCPT"):
            path = parse_path(parse(line).argument, "FROM" if event == "MAIL" else "TO")
            found += path.remarks
            if path.parameters:
                found += _not_offered(event, path.parameters, facts)
        elif event in ("HELO", "EHLO"):
            found += parse_name(parse(line).argument)[1]
    except BadSyntax:
        pass  # the reply says so
    keyword = SMTP.by_event[event][0].keyword
    if keyword and not facts.offers(keyword):
        found += (f"{keyword} was not offered",)
    return found


def _not_offered(event: str, parameters: Mapping[str, str], facts: Facts) -> tuple[str, ...]:
    """A remark for each parameter whose extension the latest EHLO reply did not list."""
    found: list[str] = []
    for name in parameters:
        owners = [e.keyword for e in EXTENSIONS.values() if name in e.parameters_of(event)]
        if not any(facts.offers(keyword) for keyword in owners):
            found.append(f"{name} was not offered")
    return tuple(found)
