"""A mailbox: the messages that were accepted, and one of them opened, envelope against header, trace lines marked.

Never does: render a letter. A body is shown octet for octet as text, whatever it claims to be; what is long is cut
and counted. The envelope is what MAIL and RCPT said, the header is what the letter says: nothing makes them agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from email.header import decode_header, make_header
from email.parser import HeaderParser
from email.utils import getaddresses

from ..protocol.message import Message
from ..protocol.wire import decode
from .text import esc, visible
from .words import short

LISTED = 30
"""Messages in the list; of more, the latest."""
LINES_SHOWN = 60
"""Lines of a message that are shown; of a longer one the first."""
_LINE_SHOWN, _PATHS_SHOWN, _HEADER_READ = 300, 6, 16_384
_FIELDS = ("From", "To", "Cc", "Subject")


def mailbox(messages: Sequence[Message], opened: int | None = -1) -> str:
    """The list and the message opened (an index; the last unless told otherwise; None for none), as HTML."""
    at = _index(messages, opened)
    title = f'<p class="sl-title"><b>Message {at + 1}</b> envelope and letter</p>' if at is not None else ""
    shown = title + message(messages[at]) if at is not None else '<p class="idle">No message is open.</p>'
    return f'<div class="sl-mailbox">{listed(messages, at)}<div class="sl-message" data-out="message" role="region" aria-label="The message opened">{shown}</div></div>'


def _index(messages: Sequence[Message], opened: int | None) -> int | None:
    """The index counted from the front. Raises IndexError where there is no such message."""
    if opened is None or not messages:
        return None
    return range(len(messages))[opened]


def listed(messages: Sequence[Message], opened: int | None = None) -> str:
    """The list as HTML, each message a button (`data-open`, its index), the newest last."""
    if not messages:
        return '<div class="sl-mails"><p class="sl-title"><b>Mailbox</b></p><p class="idle">No message has been accepted yet.</p></div>'
    first = max(0, len(messages) - LISTED)
    more = f'<p class="cap">{first:,} earlier</p>' if first else ""
    items = "".join(_item(number, each, number == opened) for number, each in enumerate(messages) if number >= first)
    count = f"{len(messages):,} message{'s' if len(messages) != 1 else ''}, the newest last"
    return f'<div class="sl-mails"><p class="sl-title"><b>Mailbox</b> {count}</p>{more}<ol aria-label="Messages">{items}</ol></div>'


def _item(number: int, mail: Message, is_open: bool) -> str:
    fields = fields_of(mail)
    subject = esc(short(fields["Subject"], 60)) if fields.get("Subject") else '<span class="empty">no subject</span>'
    paths = mail.envelope.forward_paths
    others = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    to = f"<code>{_path(paths[0])}</code>{others}" if paths else "nobody"
    return (
        f'<li><button type="button" class="ml" data-open="{number}" aria-pressed="{"true" if is_open else "false"}">'
        f'<span class="num">{number + 1}</span><span class="who"><code>{_path(mail.envelope.reverse_path)}</code> to {to}</span>'
        f'<span class="sub">{subject}</span><span class="oct">{len(mail.raw):,} octets</span></button></li>'
    )


def _path(path: str) -> str:
    return esc(short(path, 40)) if path else "&lt;&gt;"


def message(mail: Message) -> str:
    """One message as HTML: envelope against header, who got it and is not named, and its lines."""
    return f"{_against(mail)}{_lines(mail)}"


# ------------------------------------------------------------------------------------------- envelope and header
def fields_of(mail: Message) -> Mapping[str, str]:
    """The header fields that a mail program shows, encoded words read; the trace lines are left out."""
    head = mail.content[:_HEADER_READ].partition(b"\r\n\r\n")[0]
    parsed = HeaderParser().parsestr(decode(head))
    found: dict[str, str] = {}
    for name in _FIELDS:
        value = parsed.get(name)
        if value is not None:
            found[name] = _decoded(" ".join(str(value).split()))
    return found


def _decoded(value: str) -> str:
    """A field's text with its encoded words read (RFC 2047); as it stands where they are broken."""
    try:
        return str(make_header(decode_header(value))) if "=?" in value else value
    except (LookupError, ValueError, UnicodeError):
        return value


def unnamed(mail: Message) -> tuple[str, ...]:
    """The recipients of the envelope that no To or Cc field names: how a blind copy looks."""
    fields = fields_of(mail)
    named = {address for _, address in getaddresses([fields[name] for name in ("To", "Cc") if name in fields])}
    return tuple(path for path in mail.envelope.forward_paths if path not in named)


def _against(mail: Message) -> str:
    fields, envelope = fields_of(mail), mail.envelope
    shown = envelope.forward_paths[:_PATHS_SHOWN]
    more = (
        [f"and {len(envelope.forward_paths) - len(shown):,} more"] if len(envelope.forward_paths) > len(shown) else []
    )
    to = "<br>".join([*(f"<code>{_path(path)}</code>" for path in shown), *more]) or '<span class="empty">nobody</span>'
    copies = f"<br>{_field(fields, 'Cc')}" if "Cc" in fields else ""
    rows = (
        ("from", f"<code>{_path(envelope.reverse_path)}</code>", _field(fields, "From")),
        ("to", to, _field(fields, "To") + copies),
        ("about", '<span class="empty">an envelope has no subject</span>', _field(fields, "Subject")),
    )
    body = "".join(f'<tr><th scope="row">{name}</th><td>{left}</td><td>{right}</td></tr>' for name, left, right in rows)
    return (
        '<div class="sl-envelope"><table><thead><tr><td></td><th scope="col"><b>Envelope</b> for servers</th>'
        f'<th scope="col"><b>Letter</b> for people</th></tr></thead><tbody>{body}</tbody></table>'
        f'<p class="cap">{esc(_remark(mail))}</p></div>'
    )


def _field(fields: Mapping[str, str], name: str) -> str:
    if name not in fields:
        return f'<span class="empty">no <code>{name}:</code> line</span>'
    prefix = "Cc: " if name == "Cc" else ""
    return f"{prefix}<code>{esc(short(fields[name], 120))}</code>"


def _remark(mail: Message) -> str:
    """What envelope and header, laid side by side, show."""
    missing = unnamed(mail)
    if not missing:
        return "Every recipient of the envelope is named in the letter."
    who = short(missing[0], 40) + (f" and {len(missing) - 1} more" if len(missing) > 1 else "")
    return f"{who} got it, and no To or Cc line says so: the envelope decides."


# --------------------------------------------------------------------------------------------------------- lines
def _cut(mail: Message) -> tuple[list[tuple[bool, str]], int]:
    """(added by the server, text) of each line that is shown, and how many are not."""
    trace, content = _split(mail.trace), _split(mail.content)
    lines = [*((True, line) for line in trace), *((False, line) for line in content)]
    return [(added, _text(line)) for added, line in lines[:LINES_SHOWN]], max(0, len(lines) - LINES_SHOWN)


def _split(octets: bytes) -> list[bytes]:
    lines = octets.split(b"\r\n")
    return lines[:-1] if lines[-1] == b"" else lines


def _text(line: bytes) -> str:
    rest = len(line) - _LINE_SHOWN
    return decode(line[:_LINE_SHOWN]) + (f"… and {rest:,} more octets" if rest > 0 else "")


def _lines(mail: Message) -> str:
    shown, more = _cut(mail)
    items = "".join(
        f'<li{" class=added" if added else ""}><span class="by">{"server" if added else ""}</span>'
        f"<code>{esc(text) or '&nbsp;'}</code></li>"
        for added, text in shown
    )
    note = f'<p class="cap">{more:,} more lines</p>' if more else ""
    title = f"{len(mail.raw):,} octets; the lines marked server were put on top by it"
    return f'<p class="sl-title"><b>As it is kept</b> {title}</p><ol class="sl-mail-lines" aria-label="The message">{items}</ol>{note}'


# --------------------------------------------------------------------------------------------------------- plain
def plain(messages: Sequence[Message], opened: int | None = -1) -> str:
    """The list and the message opened, in words; lines that the server added begin with `+`."""
    if not messages:
        return "No message has been accepted yet."
    at = _index(messages, opened)
    first = max(0, len(messages) - LISTED)
    lines = [f"... {first:,} earlier"] if first else []
    for number, mail in enumerate(messages[first:], first):
        subject = visible(short(fields_of(mail).get("Subject", "(no subject)"), 50))
        to = ", ".join(visible(path) for path in mail.envelope.forward_paths[:_PATHS_SHOWN])
        mark = ">" if number == at else " "
        lines.append(
            f"{mark}{number + 1:>3}  <{visible(mail.envelope.reverse_path)}> to {to}  {subject}  {len(mail.raw):,} octets"
        )
    return "\n".join([*lines, *(_plain_message(messages[at]) if at is not None else ())])


def _plain_message(mail: Message) -> Iterator[str]:
    yield ""
    yield f"envelope from <{visible(mail.envelope.reverse_path)}>"
    for path in mail.envelope.forward_paths[:_PATHS_SHOWN]:
        yield f"envelope to   <{visible(path)}>"
    yield _remark_plain(mail)
    shown, more = _cut(mail)
    for added, text in shown:
        yield f"{'+' if added else ' '} {visible(text)}".rstrip()
    if more:
        yield f"  ... {more:,} more lines"


def _remark_plain(mail: Message) -> str:
    return visible(_remark(mail))
