"""The envelope beside the letter: what the server holds at each position, and what the letter's own lines claim.

Never does: read a whole letter. RFC 5321 names three buffers: reverse-path, forward-paths, mail data. They fill on
replies only. Of the mail data no more is kept than the panel shows, so that nothing grows with the session.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from ..protocol.address import BadSyntax, parse_path
from ..protocol.command import parse
from ..protocol.replies import Outcome
from ..protocol.transcript import Transcript
from ..protocol.wire import decode, unstuff
from .header import fields_of
from .moments import Moment, moments
from .text import esc

SHOWN_PATHS = 3
HEADER_KEPT = 8192
"""Octets of a header section that are looked at; the rest only counts."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The buffers at one position. `reverse_path` is None before a MAIL was accepted, "" for the null path."""

    reverse_path: str | None = None
    forward_paths: tuple[str, ...] = ()
    """The first ones; `recipients` counts them all."""
    recipients: int = 0
    lines: int = 0
    octets: int = 0
    first_line: str = ""
    header: bytes = b""
    in_header: bool = True
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    body_line: str = ""
    body_lines: int = 0
    new: str = ""
    """The buffer that this step changed: "reverse", "forward", "data", "cleared" or ""."""
    asked: str = ""
    """A path that waits for its reply."""
    letters: int = 0
    """Letters that the server took in this session so far."""
    taken: str = ""
    """What became of the last letter, in words; "" before there was one."""


def path_of(text: str, event: str) -> str | None:
    """The mailbox in a MAIL or RCPT line, or None where it cannot be read."""
    command = parse(text.encode("utf-8", "surrogateescape"))
    try:
        return parse_path(command.argument, "FROM" if event == "MAIL" else "TO").mailbox
    except BadSyntax:
        return None


def walk(session: Iterable[Moment], now: Envelope | None = None) -> Iterator[Envelope]:
    """The envelope at each moment in turn; `now` is how it stood before."""
    now = now or Envelope()
    for moment in session:
        now = replace(now, new="", asked="")
        if moment.step is None or moment.state is None and not moment.is_data:
            pass
        elif moment.is_data or moment.step.kind == "chunk":
            now = _filled(now, moment)
        elif moment.is_reply:
            now = _answered(now, moment)
        elif moment.event in ("MAIL", "RCPT"):
            now = replace(now, asked=_named(moment))
        yield now


def _named(moment: Moment) -> str:
    assert moment.exchange is not None
    line = moment.exchange.steps[0].text if moment.exchange.steps else ""
    path = path_of(line, moment.event)
    return "<>" if path == "" else path or parse(line.encode("utf-8", "surrogateescape")).argument


def _answered(now: Envelope, moment: Moment) -> Envelope:
    assert moment.exchange is not None
    event, outcome = moment.event, moment.exchange.outcome
    if event in ("(end of data)", "BDAT LAST") and outcome is not Outcome.CLOSING:
        if outcome is Outcome.INTERMEDIATE:  # no server says so; a fault does, and then the mail data goes on
            return now
        if event == "BDAT LAST" and outcome is not Outcome.COMPLETION:
            return now
        return _cleared(now, taken=_fate(now, outcome is Outcome.COMPLETION), letter=outcome is Outcome.COMPLETION)
    if outcome is Outcome.CLOSING or moment.state is moment.table.closed:
        return _cleared(now) if now.reverse_path is not None else now
    if outcome is not Outcome.COMPLETION:
        return now
    if event == "MAIL":
        path = _named(moment)
        return replace(_cleared(now), reverse_path="" if path == "<>" else path, new="reverse")
    if event == "RCPT":
        paths = (*now.forward_paths, _named(moment))[: SHOWN_PATHS + 1]
        return replace(now, forward_paths=paths, recipients=now.recipients + 1, new="forward")
    if event in ("RSET", "HELO", "EHLO") and now.reverse_path is not None:
        return _cleared(now)
    return now


def _fate(now: Envelope, was_taken: bool) -> str:
    if not was_taken:
        return "refused: nobody gets this letter, and the envelope is empty all the same."
    where = _short(now.forward_paths[0]) if now.forward_paths else "its recipients"
    others = f" and {now.recipients - 1} more" if now.recipients > 1 else ""
    return f"for {where}{others}, {now.octets:,} octets. The server puts a Received line on top."


def _cleared(now: Envelope, *, taken: str | None = None, letter: bool = False) -> Envelope:
    return Envelope(new="cleared", letters=now.letters + letter, taken=now.taken if taken is None else taken)


def _filled(now: Envelope, moment: Moment) -> Envelope:
    assert moment.step is not None
    raw = moment.step.raw
    plain = raw if moment.step.kind == "chunk" else unstuff(raw)
    lines = moment.step.folded if moment.step.kind != "chunk" else max(1, raw.count(b"\n"))
    first = now.first_line if now.lines else _first(plain)
    now = replace(now, lines=now.lines + lines, octets=now.octets + len(plain), first_line=first, new="data", taken="")
    if not now.in_header:
        return replace(now, body_lines=now.body_lines + lines, body_line=now.body_line or _first(plain))
    header = now.header + plain[: HEADER_KEPT - len(now.header)]
    head, gap, rest = header.partition(b"\r\n\r\n")
    if header.startswith(b"\r\n"):
        head, gap, rest = b"", b"\r\n", header[2:]
    elif not _is_header(header):
        return replace(now, header=b"", in_header=False, body_lines=now.lines, body_line=first)
    if not gap and len(header) < HEADER_KEPT:
        return replace(now, header=header, fields=fields_of(header))
    return replace(
        now, header=b"", in_header=False, fields=fields_of(head), body_line=_first(rest), body_lines=rest.count(b"\n")
    )


def _is_header(lines: bytes) -> bool:
    """True while the first line so far looks like a header field: a name without spaces, and a colon."""
    name, colon, _ = lines.partition(b"\r\n")[0].partition(b":")
    return bool(colon) and bool(name) and all(33 <= octet <= 126 for octet in name)


def _first(lines: bytes) -> str:
    return decode(lines[:400].partition(b"\r\n")[0])


# -------------------------------------------------------------------------------------------------------- panel
def envelope(transcript: Transcript, position: int) -> str:
    """The panel at a position, as HTML."""
    session = moments(transcript)[: range(len(transcript) + 1)[position] + 1]
    *_, last = walk(session)
    return html(last, session[-1])


def html(now: Envelope, moment: Moment) -> str:
    """The panel: three rows, envelope beside letter, and who gets it."""
    rows = (
        ("from", _reverse(now, moment), _field(now, "From")),
        ("to", _forward(now, moment), _field(now, "To")),
        ("content", _content(now), _letter(now)),
    )
    if moment.state is None:
        rows = tuple((name, _UNKNOWN if name != "content" else left, right) for name, left, right in rows)
    body = "".join(f'<tr><th scope="row">{name}</th><td>{left}</td><td>{right}</td></tr>' for name, left, right in rows)
    title, words = _delivery(now, moment)
    return (
        '<div class="sl-envelope"><table><thead><tr><td></td><th scope="col"><b>Envelope</b> for servers</th>'
        f'<th scope="col"><b>Letter</b> for people</th></tr></thead><tbody>{body}</tbody></table>'
        f'<p class="cap"><b>{title}</b> {esc(words)}</p></div>'
    )


_UNKNOWN = '<span class="empty">not known</span>'
_EMPTY = '<span class="empty">empty</span>'


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _path(path: str, new: bool) -> str:
    shown = esc(_short(path or "<>"))
    return f'<code class="new">{shown}</code>' if new else f"<code>{shown}</code>"


def _asked(path: str) -> str:
    return f'<span class="asked">asked: <code>{esc(_short(path, 30))}</code></span>'


def _reverse(now: Envelope, moment: Moment) -> str:
    if now.reverse_path is not None:
        return _path(now.reverse_path, now.new == "reverse")
    return _asked(now.asked) if now.asked and moment.event == "MAIL" else _EMPTY


def _forward(now: Envelope, moment: Moment) -> str:
    shown = [_path(path, False) for path in now.forward_paths[:SHOWN_PATHS]]
    if now.new == "forward" and now.recipients <= SHOWN_PATHS:
        shown[-1] = _path(now.forward_paths[-1], True)
    if now.recipients > SHOWN_PATHS:
        more = f"and {now.recipients - SHOWN_PATHS:,} more"
        shown.append(f'<span class="newt">{more}</span>' if now.new == "forward" else more)
    if now.asked and moment.event == "RCPT":
        shown.append(_asked(now.asked))
    return "<br>".join(shown) or _EMPTY


def _content(now: Envelope) -> str:
    if not now.lines:
        return _EMPTY
    words = f"{now.lines:,} line{'s' if now.lines > 1 else ''}, {now.octets:,} octets"
    return f'<span class="newt">{words}</span>' if now.new == "data" else words


def _field(now: Envelope, name: str) -> str:
    if not now.lines:
        return '<span class="empty">nothing yet</span>'
    if name in now.fields:
        return f"<code>{esc(_short(now.fields[name]))}</code>"
    return f'<span class="empty">no <code>{name}:</code> line</span>'


def _letter(now: Envelope) -> str:
    if not now.lines:
        return '<span class="empty">nothing yet</span>'
    parts = [f"<code>{esc(_short(now.fields['Subject']))}</code>"] if "Subject" in now.fields else []
    if now.body_lines or not now.in_header:
        first = f"<code>{esc(_short(now.body_line, 30))}</code>" if now.body_line else "an empty line"
        more = f", {now.body_lines - 1:,} more" if now.body_lines > 1 else ""
        parts.append(first + more if now.body_lines else '<span class="empty">body to come</span>')
    return "<br>".join(parts) or '<span class="empty">header so far</span>'


def _delivery(now: Envelope, moment: Moment) -> tuple[str, str]:
    if moment.state is None and moment.position:
        return "Delivery", "not known: no reply was recorded."
    if now.taken and now.reverse_path is None:
        return ("Not delivered" if now.taken.startswith("refused") else "Handed over"), now.taken
    if not now.recipients:
        return "Delivery", "nobody gets anything yet: there is no recipient."
    who = _short(now.forward_paths[0]) if now.recipients == 1 else f"{now.recipients:,} recipients"
    return "Delivery", f"{who} would get it; the envelope decides, not the letter."
