"""The console's parts: the log's rows, and beside it where the session stands, who waits, and what may be said.

Never does: connect, send or wait. `tell` makes everything that a console's page shows from the news alone: what was
settled before is folded into `Told`, so that the 10,000th line costs what the tenth did.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ..protocol.limits import SERVER_S
from ..protocol.smtp import STANDARD, State
from ..protocol.steps import Exchange
from ..protocol.table import Facts
from ..protocol.transcript import Transcript
from ..protocol.waiting import waiting_for
from ..protocol.wire import decode
from . import envelope as envelopes
from . import static as static_form
from .completion import Sayable, sayable, suggestions
from .envelope import Envelope
from .icons import icon
from .moments import Moment, moments
from .text import esc, visible
from .transcript import led_to, line
from .words import capital, short

ROWS_KEPT = 300
"""Rows that the page holds; of a longer session the first are left out, and it says so."""
REFUSED_SHOWN = 3
"""Refused recipients that are named, the latest ones."""
_ROAD = (State.CONNECTED, State.GREETED, State.READY, State.MAIL, State.RCPT, State.DATA, State.CLOSED)
_WHO = {"C": "client", "S": "server"}


@dataclass(frozen=True, slots=True)
class Told:
    """What the settled exchanges of a session came to: their number, their rows, and where they left everything."""

    exchanges: int = 0
    rows: int = 0
    facts: Facts = Facts()
    seen: frozenset[Any] = frozenset({State.CONNECTED})
    envelope: Envelope = Envelope()
    refused: tuple[tuple[str, int], ...] = ()
    """Recipients of this transaction that were refused, with the code."""
    name: str = ""
    """What the server calls itself in its greeting."""


def tell(
    told: Told, news: Transcript, *, is_open: bool, status: str = "", unread: bytes = b""
) -> tuple[Told, dict[str, Any]]:
    """(what is settled now, what the page shows), from the exchanges after those that `told` has settled.

    Of what is shown, `rows` stand from row number `first` on; `aside` is HTML, `title` and `status` are plain.
    `unread` is what was sent and stands in no exchange yet, a line without its end mostly. The latest exchange is never settled: it may grow.
    """
    session = moments(news)
    session[0] = replace(session[0], facts=told.facts)
    settled = max(0, len(news.exchanges) - 1)
    after = _settled(told, session, {id(exchange) for exchange in news.exchanges[:settled]}, settled + news.left_out)
    now = _latest(after, session, {id(exchange) for exchange in news.exchanges[settled:]})
    rows = [_row(moment) for moment in session if moment.step is not None]
    if unread and is_open:
        rows.append(_part(unread))
    rows, left_out = rows[-ROWS_KEPT:], max(0, len(rows) - ROWS_KEPT)
    may = sayable(session[-1:]) if is_open and not unread and not is_owed(news) else []
    shown = {
        "state": news.state.name,
        "first": told.rows + left_out,
        "rows": rows,
        "kept": ROWS_KEPT,
        "aside": _aside(now, session[-1], news, may, is_open=is_open, unread=unread),
        "says": suggestions(may),
        "title": _title(news.peer, now.name),
        "status": visible(status),
        "is_open": is_open,
        "is_late": is_open and is_owed(news),
    }
    return after, shown


def is_owed(news: Transcript) -> bool:
    """True while the server owes something: its greeting, a reply, or the end of the connection after goodbye."""
    if news.state is news.table.closed:
        return True
    if not news.exchanges:
        return news.state is news.table.start
    last = news.exchanges[-1]
    return last.is_asked and not (last.event == "(end of data)" and not _is_ended(last))


def ended(news: Transcript) -> str:
    """What to tell once the server has closed the connection; "" after a goodbye that was asked for."""
    last = news.exchanges[-1] if news.exchanges else None
    if last is not None and last.event == "QUIT" and not last.is_asked:
        return ""
    wordless = " without a word" if last is not None and last.event == "(eof)" else ""
    return f"The server has closed the connection{wordless}: Connect again."


def _is_ended(letter: Exchange) -> bool:
    return letter.sent.endswith(b"\r\n.\r\n") or letter.sent == b".\r\n"


# ---------------------------------------------------------------------------------------------------- the fold
def _settled(told: Told, session: list[Moment], which: set[int], count: int) -> Told:
    """`told`, and these exchanges of the session settled."""
    if not count:
        return told
    done = _latest(told, session, which)
    rows = sum(1 for moment in session if moment.step is not None and id(moment.exchange) in which)
    return replace(done, exchanges=told.exchanges + count, rows=told.rows + rows)


def _latest(told: Told, session: list[Moment], which: set[int]) -> Told:
    """Where these exchanges of the session leave everything; no row is counted."""
    now = told
    for moment in session:
        if moment.step is None or id(moment.exchange) not in which:
            continue
        *_, envelope = envelopes.walk([moment], now.envelope)
        refused = () if envelope.new in ("cleared", "reverse") else now.refused
        if moment.event == "RCPT" and moment.is_refused and moment.exchange is not None:
            refused = (*refused, (envelopes.path_of(moment.exchange.steps[0].text, "RCPT") or "?", moment.code))
        name = now.name or (_name(moment) if moment.event == "(connect)" else "")
        seen = now.seen | {moment.state}
        now = Told(now.exchanges, now.rows, moment.facts, seen, envelope, refused[-REFUSED_SHOWN:], name)
    return now


def _name(greeting: Moment) -> str:
    reply = None if greeting.exchange is None else greeting.exchange.reply
    return reply.lines[0].split(" ")[0] if reply is not None and reply.code == 220 and reply.lines else ""


# ------------------------------------------------------------------------------------------------------ the log
def _row(now: Moment) -> str:
    """One thing said, as a list item."""
    step = now.step
    assert step is not None
    remarks = f'<span class="rem">{esc("; ".join(step.remarks))}</span>' if step.remarks else ""
    return _item(step.direction, f"{line(step)}{remarks}", led_to(now))


def _part(unread: bytes) -> str:
    """What was sent and is no whole line yet, or waits for its turn."""
    missing = "not read yet" if unread.endswith(b"\r\n") else "no CR LF yet"
    return _item("C", f'<code>{esc(decode(unread))}</code><span class="rem">{missing}</span>')


def _item(direction: str, said: str, to: str = "") -> str:
    return (
        f'<li class="{direction.lower()} is-past">'
        f'<span class="who">{icon(direction)}<span class="sl-vh">{_WHO[direction]}: </span></span>'
        f'<span class="said">{said}</span><span class="to">{to}</span></li>'
    )


def _title(peer: str, name: str) -> str:
    at = f"at {peer}, " if peer else ""
    return visible(short(f"{at}a real socket to {name or 'the server'}", 120))


# ------------------------------------------------------------------------------------------------ beside the log
def waits(news: Transcript, *, is_open: bool, unread: bytes = b"") -> tuple[str, str, str]:
    """Who waits (a title), for what (a sentence), and what to know while it lasts ("" for nothing). Plain text."""
    if not is_open:
        return "Nobody waits", "The connection is closed.", ""
    last = news.exchanges[-1] if news.exchanges else None
    if is_owed(news):
        if last is None:
            words = "The server has not greeted yet."
        elif news.state is news.table.closed:
            words = "The server has said goodbye and has not closed the connection yet."
        else:
            words = f"The server has not answered {last.event.strip('()')} yet."
        return "You wait for the server", words, "A server may take minutes to answer."
    unread = (last.sent if last is not None and last.is_asked else b"") + unread
    patience = f"It is your turn. A server waits {SERVER_S // 60} minutes ({STANDARD} §4.5.3.2.7)."
    return "The server waits for you", f"{capital(waiting_for(news.state, unread))}.", patience


def _aside(
    told: Told, now: Moment, news: Transcript, may: list[Sayable], *, is_open: bool, unread: bytes
) -> str:  # fmt: skip
    title, words, more = waits(news, is_open=is_open, unread=unread)
    silent = f'<p class="cap">{esc(more)} <span class="silent" data-silent></span></p>' if more else ""
    letter = envelopes.html(told.envelope, now)
    if told.refused:
        names = ", ".join(f"<code>{esc(short(path, 40))}</code> {code}" for path, code in told.refused)
        letter += f'<p class="cap"><b>Refused</b> {names}</p>'
    return (
        _panel("Where you stand", _strip(news.state, told.seen))
        + _panel(title, f"<p>{esc(words)}</p>{silent}")
        + (_panel("You may say", _may_say(may, news.state), "bold leads on, plain stays") if may else "")
        + _panel("Envelope and letter", letter)
    )


def _panel(title: str, body: str, note: str = "") -> str:
    return f'<div class="sl-panel" role="group" aria-label="{title}"><p class="sl-title"><b>{title}</b> {note}</p>{body}</div>'


def _strip(state: State, seen: frozenset[Any]) -> str:
    road = [*_ROAD[:-1], *([state] if state not in _ROAD else []), _ROAD[-1]]
    items = ""
    for each in road:
        worn = "is-current" if each is state else "is-seen" if each in seen else ""
        current = ' aria-current="true"' if each is state else ""
        items += f'<li data-state="{each.name}" class="{worn}"{current}>{each.name.lower()}</li>'
    return f'<ol class="sl-strip" aria-label="State">{items}</ol>'


def _may_say(may: list[Sayable], state: State) -> str:
    items = [
        f"<li><code>{f'<b>{esc(each.syntax)}</b>' if each.leads_on else esc(each.syntax)}</code><span>{esc(each.why)}</span></li>"
        for each in may
        if not each.is_idle
    ]
    if state is State.DATA:
        items.append("<li><span>anything else</span><span>is a line of the letter</span></li>")
    if idle := " ".join(f"<code>{each.event}</code>" for each in may if each.is_idle):
        items.append(f'<li class="idle"><span>{idle}</span><span>change nothing</span></li>')
    return f'<ul class="sl-may">{"".join(items)}</ul>'


# --------------------------------------------------------------------------------------------- where nothing runs
def plain(transcript: Transcript) -> str:
    """The console in words: what was said, where the session stands, and what may be said now."""
    lines = ["Console: once the notebook runs, type commands here.", static_form.plain(transcript)]
    if may := [each.syntax for each in sayable(moments(transcript)) if each.leads_on]:
        lines.append(f"You may say: {', '.join(may)}")
    return "\n".join(lines)


def static(transcript: Transcript) -> str:
    """The same as HTML that needs neither style nor script."""
    return f"<pre>{esc(plain(transcript), breaks=True)}</pre>"
