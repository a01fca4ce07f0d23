"""What if: the session beside what would have come of saying something else, and the box to say it in.

Never does: replay anything. It is given both transcripts and at which position they part.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..protocol.transcript import Transcript
from . import transcript as lines
from .compare import compare
from .moments import Moment, loose_end, moments
from .text import esc, visible
from .words import short

BESIDE = 200
"""Lines of the session that are drawn beside a branch; of more, the rest is counted."""
NAMES = ("the session", "what if")


@dataclass(frozen=True, slots=True)
class Fork:
    """The session that was left, and the position up to which the branch is the same; `said` in words, if it is known."""

    main: Transcript
    at: int
    said: str = ""


def ask(last: int, *, is_only_said: bool) -> str:
    """The text box and its status line, as HTML; `last` is the last position. `is_only_said`: no replies are known, so all of it can be sent."""
    send = '<button type="submit" class="sl-btn">Say it</button>'
    whole = '<button type="button" class="sl-btn" data-act="send">Send all to a server</button>' if is_only_said else ""
    room = max(2, len(str(last))) * 0.75
    return (
        '<form class="sl-else"><label>Say something else <input type="text" autocomplete="off" autocapitalize="off"'
        ' spellcheck="false" class="sl-say"></label><span class="cap">after line'
        f' <b style="min-width:{room:g}em" data-out="step">0</b></span>{send}{whole}</form>'
        '<p class="sl-why" aria-live="polite" data-keep></p>'
    )


def bar(fork: Fork) -> str:
    """What was said instead, and the way back, as HTML."""
    said = f": <code>{esc(short(fork.said, 60))}</code>" if fork.said else ""
    return (
        f'<div class="sl-forkbar"><p><b>What if</b>, after line {fork.at}{said}</p>'
        '<button type="button" class="sl-btn" data-act="leave">Back to the session</button></div>'
    )


def beside(session: list[Moment], fork: Fork, behind: str = "") -> str:
    """What was said: the lines that both have, then the session's own beside the branch's, as HTML."""
    main = moments(fork.main)
    digits = max(2, len(str(max(len(session), len(main)) - 1)))
    both, own = session[: fork.at + 1], session[fork.at + 1 :]
    left = main[fork.at + 1 :]
    more = f'<p class="sl-after">and {len(left) - BESIDE:,} more lines</p>' if len(left) > BESIDE else ""
    return (
        f"{lines.lists(both, 'Transcript', digits)}"
        f'<div class="sl-beside"><div class="main"><p class="cap">{NAMES[0]}</p>'
        f"{lines.lists(left[:BESIDE], 'The session from there', digits, is_still=True)}{more}"
        f'{_note(loose_end(fork.main))}</div><div class="branch"><p class="cap">{NAMES[1]}</p>'
        f"{lines.lists(own, 'What if, from there', digits)}{_note(behind)}</div></div>"
    )


def _note(text: str) -> str:
    return f'<p class="sl-after">{esc(text)}</p>' if text else ""


def compared(of: Transcript, fork: Fork) -> str:
    """Both side by side, exchange by exchange, as HTML."""
    return compare(fork.main, of, NAMES)


def plain(of: Transcript, fork: Fork) -> str:
    """The branch in words."""
    return f"What if, after line {fork.at}: {visible(fork.said)}\n{of.text()}"
