"""A step's octets, each in hex under its character: CR and LF shown, the code's digits and stuffed dots marked.

Never does: show a secret, or more than the head of something long. What is cut is counted.
"""

from __future__ import annotations

from ..protocol.pop3.replies import Pop3Reply
from ..protocol.transcript import Transcript
from .moments import Moment, moment
from .reply_pop3 import dotted, wire_marks
from .text import esc

SHOWN = 224
"""Octets shown; of anything longer, this many and a count of the rest."""


def _cell(octet: int) -> str:
    """One octet's cell: character above, hex below."""
    if octet in (10, 13):
        return f'<u class="ctl">{"LF" if octet == 10 else "CR"}<i>{octet:02x}</i></u>'
    if octet == 32:
        return f'<u class="sp">·<i>{octet:02x}</i></u>'
    if 32 < octet < 127:
        return f"<u>{esc(chr(octet))}<i>{octet:02x}</i></u>"
    return f'<u class="sp">.<i>{octet:02x}</i></u>'


_CELLS = tuple(_cell(octet) for octet in range(256))
_MARKED = tuple(cell.replace("<u", '<u class="digit"', 1) if cell.startswith("<u>") else cell for cell in _CELLS)


def wire(transcript: Transcript, position: int) -> str:
    """The octets of the step at a position, as HTML."""
    return html(moment(transcript, position))


def html(now: Moment) -> str:
    """The panel."""
    step = now.step
    if step is None:
        return '<div class="sl-bytes"><p class="idle">No octet has been sent.</p></div>'
    raw = step.shown().encode("utf-8", "backslashreplace") + b"\r\n" if step.is_secret else step.raw
    head = raw[:SHOWN]
    cells = [_CELLS[octet] for octet in head]
    for at in _marked(now, head):
        cells[at] = _MARKED[head[at]]
    more = f", the first {SHOWN} shown" if len(raw) > SHOWN else ""
    way = "server to client" if step.direction == "S" else "client to server"
    notes = [f"{len(raw):,} octets{more}, {way}"]
    if step.is_secret:
        notes = [f"a secret is masked here, {way}"]
    elif not raw.endswith(b"\r\n") and step.kind not in ("chunk", "fold"):
        notes.append("no CR LF at its end" if not raw.endswith(b"\n") else "LF alone at its end, no CR")
    elif _stuffed(now, raw):
        notes.append("the first dot is transparency’s: the server takes it off")
    elif dots := _added(now):
        notes.append(
            f"{dots:,} dot{' is' if dots == 1 else 's are'} transparency’s: the client takes {'it' if dots == 1 else 'them'} off"
        )
    return f'<div class="sl-bytes"><div class="grid" role="img" aria-label="{_said(raw)}">{"".join(cells)}</div><p class="cap">{". ".join(notes)}</p></div>'


def _said(raw: bytes) -> str:
    """The octets for an ear: their number, and the beginning of their text."""
    text = raw[:80].decode("utf-8", "backslashreplace").replace("\r\n", " CR LF ").replace("\n", " LF ").strip()
    return esc(f"{len(raw)} octets: {text}{' and so on' if len(raw) > 80 else ''}")


def _stuffed(now: Moment, raw: bytes) -> bool:
    return now.is_data and raw.startswith(b".") and raw != b".\r\n"


def _added(now: Moment) -> int:
    """Dots that were added to the lines of a reply."""
    reply = now.exchange.reply if now.is_reply and now.exchange is not None else None
    return dotted(reply) if isinstance(reply, Pop3Reply) else 0


def _marked(now: Moment, head: bytes) -> list[int]:
    """Where the octets stand that mean something by their place."""
    if now.is_end or _stuffed(now, head):
        return [0]
    if not now.is_reply:
        return []
    if now.exchange is not None and isinstance(now.exchange.reply, Pop3Reply):
        return wire_marks(head)
    starts = [0] + [at + 1 for at, octet in enumerate(head[:-3]) if octet == 10]
    return [at for start in starts for at in range(start, start + 3) if at < len(head) and 48 <= head[at] <= 57]
