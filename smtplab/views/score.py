"""The score: the session laid on its side, client above, server below, states along the foot; it is the slider too.

Never does: step. A range input lies invisibly over the lanes; a page moves it. A session too long for lanes gets a
plain slider, which shows.
"""

from __future__ import annotations

from collections.abc import Iterator

from .icons import DOWN, UP
from .moments import Moment
from .text import esc

MOST = 40
"""Steps that fit into lanes."""
_ROOMY = 22
"""Steps with room for a word at every line of mail data."""
_LANES_PX, _LETTER_PX = 1000, 6.6


def score(session: list[Moment]) -> str:
    """Lanes for a short session, a plain slider for a long one. Position 0 is worn as the current one."""
    steps = len(session) - 1
    slider = f'<input class="sl-range" type="range" aria-label="Step" min="0" max="{steps}" value="0" step="1">'
    if steps > MOST:
        return f'<div class="sl-score is-plain">{slider}</div>'
    names = "".join(
        f'<span class="lane-name {kind}">{name}</span>'
        for kind, name in (("c", "client"), ("s", "server"), ("st", "state"))
    )
    columns = "".join(_column(now, steps) for now in session)
    bands = "".join(_bands(session))
    return f'<div class="sl-score" style="--n:{steps + 1}"><div class="lanes" aria-hidden="true">{names}{columns}{bands}</div>{slider}</div>'


def _column(now: Moment, steps: int) -> str:
    place = f'data-p="{now.position}" style="grid-column:{now.position + 2}"'
    if now.step is None:
        return f'<span class="col o" {place}><b class="t">·</b></span>'
    data = " data" if now.is_data or now.is_end else ""
    word = f'<b class="t{data}">{esc(caption(now, steps))}</b>'
    lane, arrow = ("s", UP) if now.step.direction == "S" else ("c", DOWN)
    return f'<span class="col {lane}" {place}>{word}{arrow}</span>'


def caption(now: Moment, steps: int) -> str:
    """A step in one short word: its code, its verb, or how the line begins."""
    assert now.step is not None
    if now.is_reply:
        return now.answer
    text = now.step.shown()
    if now.is_data:
        if steps > _ROOMY:
            return ""
        word = {"fold": "lines"}.get(now.step.kind) or (text[:5] if text.strip() else "empty")
        return word + "…" if len(text) > 6 and now.step.kind != "fold" and steps <= 16 else word
    if now.is_end or now.step.kind in ("chunk", "response"):
        return {"chunk": "octets", "response": "****"}.get(now.step.kind, ".")
    return (text.split() or ["empty"])[0][: 8 if steps <= 16 else 5 if steps <= _ROOMY else 4].upper()


def _bands(session: list[Moment]) -> Iterator[str]:
    """One band for each stay in a state; named where the name has room."""
    last = len(session) - 1
    start = 0
    for at in range(len(session)):
        if at < last and session[at + 1].state is session[at].state:
            continue
        name = session[start].state_name.lower()
        room = (at - start + 1) * _LANES_PX / (last + 1)
        fits = room >= len(name) * _LETTER_PX or (start == 0 and last < 24)
        edge = "" if at - start > 1 else " at-start" if start == 0 else " at-end" if at == last else ""
        shown = f"<i>{name}</i>" if fits else f'<i class="tight">{name}</i>'
        yield f'<span class="band{edge}" data-from="{start}" data-to="{at}" style="grid-column:{start + 2}/{at + 3}">{shown}</span>'
        start = at + 1
