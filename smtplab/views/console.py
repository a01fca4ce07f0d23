"""The console's parts: the log's rows, and beside it where the session stands, who waits, and what may be said.

Never does: connect, send or wait. `shown` is everything that a console's page shows, for one transcript.
"""

from __future__ import annotations

from typing import Any

from ..protocol.smtp import SYNTAX, State
from ..protocol.transcript import Transcript
from ..protocol.waiting import waiting_for
from . import moves
from . import static as static_form
from .envelope import envelope
from .icons import icon
from .moments import Moment, moments
from .text import esc, visible
from .transcript import led_to, line

ROWS_KEPT = 500
"""Rows that the page holds; of a longer session the first are left out, and it says so."""
_ROAD = (State.CONNECTED, State.GREETED, State.READY, State.MAIL, State.RCPT, State.DATA, State.CLOSED)
_WHO = {"C": "client", "S": "server"}


def shown(transcript: Transcript, *, is_open: bool, status: str) -> dict[str, Any]:
    """What the page shows: `rows` and `aside` are HTML, `status` is plain text."""
    session = moments(transcript)
    return {
        "state": transcript.state.name,
        "rows": rows(session),
        "aside": aside(transcript, session, is_open=is_open),
        "status": visible(status),
        "is_open": is_open,
        "is_late": is_open and is_owed(transcript),
    }


def is_owed(transcript: Transcript) -> bool:
    """True while the server owes something: its greeting, a reply, or the end of the connection after goodbye."""
    if transcript.state is transcript.table.closed:
        return True
    return not transcript.steps or moments(transcript)[-1].is_asked


def waits(transcript: Transcript, *, is_open: bool) -> str:
    """Who waits for what, as one sentence of plain text."""
    if not is_open:
        return "The connection is closed."
    last = transcript.exchanges[-1] if transcript.exchanges else None
    if is_owed(transcript):
        what = last.event.strip("()") if last else ""
        return (
            f"You wait: the server has not answered {what} yet."
            if what
            else "You wait: the server has not greeted yet."
        )
    unread = last.sent if last is not None and last.is_asked else b""
    return f"The server waits for {waiting_for(transcript.state, unread)}."


def rows(session: list[Moment]) -> list[str]:
    """One list item for each step, the latest ROWS_KEPT."""
    said = [now for now in session if now.step is not None]
    left_out = len(said) - ROWS_KEPT
    first = (
        [f'<li class="s is-past"><span class="said">{left_out:,} earlier lines are not shown</span></li>']
        if left_out > 0
        else []
    )
    return first + [_row(now) for now in said[-ROWS_KEPT:]]


def _row(now: Moment) -> str:
    step = now.step
    assert step is not None
    remarks = f'<span class="rem">{esc("; ".join(step.remarks))}</span>' if step.remarks else ""
    return (
        f'<li class="{step.direction.lower()} is-past"><span class="n"></span>'
        f'<span class="who">{icon(step.direction)}<span class="sl-vh">{_WHO[step.direction]}: </span></span>'
        f'<span class="said">{line(step)}{remarks}</span><span class="to">{led_to(now)}</span></li>'
    )


# ------------------------------------------------------------------------------------------------ beside the log
def aside(transcript: Transcript, session: list[Moment], *, is_open: bool) -> str:
    """Where the session stands, who waits, what may be said, and the envelope."""
    may = _may_say(session) if is_open and not is_owed(transcript) else ""
    return (
        _panel("Where you stand", _strip(transcript.state, session))
        + _panel("Who waits", f"<p>{esc(waits(transcript, is_open=is_open))}</p>")
        + (_panel("You may say", may, "bold leads on, plain stays") if may else "")
        + _panel("Envelope and letter", envelope(transcript, len(transcript)))
    )


def _panel(title: str, body: str, note: str = "") -> str:
    return (
        f'<section class="sl-panel" role="group" aria-label="{title}">'
        f'<p class="sl-title"><b>{title}</b> {note}</p>{body}</section>'
    )


def _strip(state: State, session: list[Moment]) -> str:
    seen = {now.state for now in session}
    road = [*_ROAD[:-1], *([state] if state not in _ROAD else []), _ROAD[-1]]
    items = ""
    for each in road:
        worn = "is-current" if each is state else "is-seen" if each in seen else ""
        current = ' aria-current="true"' if each is state else ""
        items += f'<li data-state="{each.name}" class="{worn}"{current}>{each.name.lower()}</li>'
    return f'<ol class="sl-strip" aria-label="State">{items}</ol>'


def sayable(session: list[Moment]) -> list[tuple[str, str, bool]]:
    """(syntax, why, whether it leads on) of everything that would be taken now: forward, then elsewhere, then staying."""
    now, found = session[-1], list[tuple[int, str, str, bool]]()
    order = list(State)
    for event in moves.events(session):
        kind = moves.cell(now.state, event, now.facts, now.table)[1]
        if kind in "ms":
            there = now.table.verdict(now.state, event, now.facts).leads_to
            forward = there is not now.table.closed and order.index(there) > order.index(now.state)
            rank = 0 if forward else 1 if kind == "m" else 2
            found.append((rank, SYNTAX[event], moves.why(now.state, event, now.facts, now.table), kind == "m"))
    return [(syntax, why, leads_on) for _, syntax, why, leads_on in sorted(found, key=lambda each: each[0])]


def _may_say(session: list[Moment]) -> str:
    items = [
        f"<li><code>{f'<b>{esc(syntax)}</b>' if leads_on else esc(syntax)}</code><span>{esc(why)}</span></li>"
        for syntax, why, leads_on in sayable(session)
    ]
    if session[-1].state is State.DATA:
        items.append("<li><span>anything else</span><span>is a line of the letter</span></li>")
    return f'<ul class="sl-say">{"".join(items)}</ul>' if items else ""


# --------------------------------------------------------------------------------------------- where nothing runs
def plain(transcript: Transcript) -> str:
    """The console in words: what was said, where the session stands, and what may be said now."""
    lines = ["Console: once the notebook runs, type commands here.", static_form.plain(transcript)]
    if may := [syntax for syntax, _, leads_on in sayable(moments(transcript)) if leads_on]:
        lines.append(f"You may say: {', '.join(may)}")
    return "\n".join(lines)


def static(transcript: Transcript) -> str:
    """The same as HTML that needs neither style nor script."""
    return f"<pre>{esc(plain(transcript), breaks=True)}</pre>"
