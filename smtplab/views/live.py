"""What a stepper that follows a server shows besides the session: which one it is, the way back to its end, and what
to do before anybody has connected.

Never does: know a server. It is told of sessions by number, state and whether they are open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .text import esc
from .words import Said

NOBODY = Said(
    "Nobody has talked to this server yet.",
    "Connect to it from any cell: sock = socket.create_connection(server.address, timeout=5). What is said then"
    " appears here, line by line.",
    "",
)
FOLLOWING = "What is said appears here as it happens."
HELD = "You look back: what is said now waits behind Latest."


@dataclass(frozen=True, slots=True)
class Live:
    """`number` is the session shown, 0 for none yet; `picked` the one that was asked for, 0 for whichever is newest.

    `sessions`: (number, state in capitals, whether it is open), in the order of connecting.
    """

    number: int = 0
    picked: int = 0
    sessions: Sequence[tuple[int, str, bool]] = ()


def bar(live: Live) -> str:
    """The row of controls, as HTML."""
    newest = f"the newest, {live.sessions[-1][0]}" if live.sessions else "the newest"
    options = [_option(0, newest, live.picked)]
    options += [
        _option(number, f"{number}: {state.lower()}, {'open' if is_open else 'over'}", live.picked)
        for number, state, is_open in reversed(live.sessions)
    ]
    return (
        f'<div class="sl-live" data-session="{live.number}" data-picked="{live.picked}">'
        f'<label>Session <select class="sl-pick">{"".join(options)}</select></label>'
        '<button type="button" class="sl-btn" data-act="latest" aria-disabled="true">Latest</button>'
        f'<p class="cap" data-held="{HELD}" data-following="{FOLLOWING}">{FOLLOWING}</p></div>'
    )


def _option(number: int, words: str, picked: int) -> str:
    return f'<option value="{number}"{" selected" if number == picked else ""}>{esc(words)}</option>'


def plain() -> str:
    """What a server without a session says, in words."""
    return f"{NOBODY.say} {NOBODY.more}"
