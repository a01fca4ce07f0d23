"""The ladder: a sequence diagram, time running down, one arrow for each thing said, client left and server right.

Never does: read the wire, or show a secret. What crossed when, and how TCP cut it, comes from `cuts`; a session too
long for one picture is shown around the position, and what is above and below is counted.

| sign | says |
|---|---|
| solid arrow to the right, dashed arrow to the left | the client said it; the server did |
| a bracket beside a lane | one segment: what stands beside it crossed together |
| a bar outside the bracket | a line; dotted where the next segment brings the rest |
| an arrow that stops half way, with a stroke | its last octets have not come: nothing was said yet |
| the line at the right | the state, and how long it held |

Two drawings of the same lie in one another: `wide` has the words beside the lanes, `narrow` on the arrows; the
stylesheet shows one. `measured` False leaves out what a clock or TCP decided, so that the same session makes the
same text on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..protocol.transcript import Transcript
from .cuts import deliveries, is_measured, round_trips, tally
from .ladder_svg import NARROW, WIDE, svg
from .moments import loose_end
from .rungs import Rung, fit, rungs, window
from .text import esc, visible

__all__ = ["ladder", "plain", "round_trips"]

WINDOW = 60
"""Rungs that one picture has; of a longer session, those around the position."""


def ladder(transcript: Transcript, position: int | None = None, *, measured: bool = True) -> str:
    """The picture as HTML: a heading, both drawings, what was left out. `position` is lit; None lights nothing."""
    given = deliveries(transcript, measured=measured)
    shown, above, below = window(list(rungs(given)), position, WINDOW)
    timed = measured and (is_measured(transcript) or any(step.seconds for step in transcript.steps))
    drawn = "".join(svg(transcript, shown, shape, position, timed) for shape in (WIDE, NARROW))
    behind = loose_end(transcript) if not below else ""
    notes = [f"{below:,} more below"] if below else []
    notes += [behind] if behind else []
    return (
        f'<div class="sl-ladder"><p class="sl-title"><b>Ladder</b> {esc(heading(transcript, measured=measured))}</p>'
        f"{_note(f'{above:,} more above') if above else ''}{drawn}{''.join(map(_note, notes))}</div>"
    )


def _note(text: str) -> str:
    return f'<p class="cap">{esc(text)}</p>'


def heading(transcript: Transcript, *, measured: bool = True) -> str:
    """What there is to see, in a sentence or two."""
    if not transcript.steps:
        return "Nothing was said."
    if not measured or not is_measured(transcript):
        return "Order runs down; each arrow is one thing said."
    trips = round_trips(transcript)
    told = f"Time runs down, not to scale. {trips} round trip{'' if trips == 1 else 's'}"
    tallies = [tally(transcript, who) for who in "CS"]
    many, cut = sum(each.holding_many for each in tallies), sum(each.cut_lines for each in tallies)
    found = [f"{many} segment{' holds' if many == 1 else 's hold'} many lines"] if many else []
    found += [f"{cut} end{'s' if cut == 1 else ''} inside a line"] if cut else []
    return f"{told}; {', '.join(found)}." if found else f"{told}; every line had a segment of its own."


# -------------------------------------------------------------------------------------------------------- plain
def plain(transcript: Transcript, position: int | None = None) -> str:
    """The ladder in words and ASCII arrows: no seconds, and nothing of how TCP cut, so always the same."""
    shown, above, below = window(list(rungs(deliveries(transcript, measured=False))), position, WINDOW)
    lines = [f"{'':>5} {'client':<38}{'':8}server"]
    lines += [f"{'':>5} ... {above:,} more above"] if above else []
    for rung in shown:
        lines += _plain_rung(rung, position)
    lines += [f"{'':>5} ... {below:,} more below"] if below else []
    behind = loose_end(transcript) if not below else ""
    return "\n".join(line.rstrip() for line in [*lines, *([behind] if behind else [])])


def _plain_rung(rung: Rung, position: int | None) -> Iterator[str]:
    mark = ">" if rung.index == position else " "
    moved = f"  [now {rung.moved_to}]" if rung.moved_to else ""
    for at, line in enumerate(rung.lines):
        number = f"{mark}{rung.index:>4}" if at == 0 else f"{'':>5}"
        text = visible(line.text) or f"({line.absent})"
        tail = moved if at == len(rung.lines) - 1 else ""
        if rung.delivery.direction == "C":
            yield f"{number} {fit(text, 38):<38} ---->"
        else:
            yield f"{number} {'':<38} {'<- - ' if at == 0 else '     '}  {fit(text, 60)}{tail}"
