"""The stepper, assembled: a shell that is drawn once, and for every position what changes in it.

Never does: step. A page's script keeps the position; it toggles the classes of `marks`, sets the `texts`, swaps the
`frags`, and knows nothing of any protocol:

- `data-mark="edge:rcpt"`: an element that wears `marks["edge:rcpt"]` at a position, and nothing where it is absent;
- `data-text="at:rcpt"`: an element whose text is `texts["at:rcpt"]`, or empty;
- `data-swap="anatomy"`: an element whose inside is `frags["anatomy"]`;
- `data-p`, `data-from`, `data-to`: positions of lines, columns and bands; `data-act`: what a control does;
- `data-out`: where position, state and words are told.

Nothing moves by a pixel: under every live fragment the tallest ones of the session lie unseen, and a session too
long for that gets boxes of a fixed height that scroll inside. No fragment grows with the session.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..protocol.transcript import Transcript
from . import branch, diagram, diagram_svg, kept, live, moves, narrate, reply, score, transcript, wire
from .branch import Fork
from .document import Document, Names, Position
from .icons import icon
from .live import Live
from .moments import Moment, loose_end, moments
from .static import plain, static
from .text import visible
from .words import Said

__all__ = ["document", "plain", "static"]


@dataclass(frozen=True, slots=True)
class Around:
    """What there is around the session: a server that is followed, whether something else may be said, a branch."""

    live: Live | None = None
    asks: bool = False
    fork: Fork | None = None


NOTHING = Around()


def document(of: Transcript, *, large: bool = False, around: Around = NOTHING) -> Document:
    """The stepper of a transcript; `large` for a projector, 1280 x 720, with fewer panels.

    Where there is a fork, `of` is the branch.
    """
    session = moments(of)
    rows, base = moves.events(session), session[-1].facts
    steps = [
        _position(now, held, drawn, could, large)
        for now, held, drawn, could in zip(
            session, kept.walk(session), diagram.walk(session), moves.walk(session, rows, base), strict=True
        )
    ]
    if around.live is not None and not around.live.number:
        steps[0].frags["narration"] = narrate.html(live.NOBODY)
    is_long = len(session) - 1 > score.MOST
    panels = _panels(of, session, steps, rows, large, is_long, around)
    return Document(_shell(session, panels, large, is_long, around), tuple(steps))


def _position(
    now: Moment, held: kept.Kept, drawn: tuple[Names, Names], could: tuple[Names, Names], large: bool
) -> Position:
    told = narrate.said(now, held)
    frags = {"narration": narrate.html(told), "anatomy": reply.html(now)}
    if not large:
        frags |= {"bytes": wire.html(now), kept.name(now.table): kept.html(held, now)}
    layers = (drawn,) if large else (drawn, could)
    marks, texts = zip(*layers, strict=True)
    return Position(now.state_name, _told(now, told), marks, texts, frags)


def _told(now: Moment, told: Said) -> str:
    """A position in words, for a screen reader."""
    return f"{visible(told.say)} {'State not known' if now.state is None else f'State {now.state_name.lower()}'}."


# -------------------------------------------------------------------------------------------------------- shell
def _shell(session: list[Moment], panels: dict[str, str], large: bool, is_long: bool, around: Around) -> str:
    last = session[-1].position
    classes = f"smtplab sl-stepper{' large' if large else ''}{' is-long' if is_long else ''}"
    state = session[0].state_name
    bars = live.bar(around.live) if around.live is not None else ""
    bars += branch.bar(around.fork) if around.fork is not None else ""
    classes += " has-branch" if around.fork is not None else ""
    return (
        f'<div class="{classes}" data-smtplab="stepper" data-step="0" data-steps="{last}" data-state="{state}"'
        ' role="group" aria-label="Session stepper">'
        f'<div class="sl-top">{_controls(last, state)}{bars}{score.score(session)}</div>'
        f'<div class="sl-grid">{"".join(panels.values())}</div>'
        '<p class="sl-vh" role="status" aria-live="polite" data-out="words" data-keep></p></div>'
    )


def _controls(last: int, state: str) -> str:
    def button(name: str, kind: str = "") -> str:
        act = name.lower()
        return f'<button type="button" class="sl-btn{kind}" data-act="{act}" aria-label="{name}">{icon(act)}<span>{name}</span></button>'

    buttons = button("First") + button("Back") + button("Next", " primary") + button("Last") + button("Play")
    return (
        f'<div class="sl-controls"><div class="sl-btns">{buttons}</div><p class="sl-count"><span class="sl-vh">step </span>'
        f'<b style="width:{max(2, len(str(last))) * 0.75:g}em" data-out="step">0</b> of {last}'
        f'<span class="st" data-out="state">{state.lower()}</span></p></div>'
    )


def _panels(
    of: Transcript, session: list[Moment], steps: list[Position], rows: list[str], large: bool, is_long: bool,
    around: Around,
) -> dict[str, str]:  # fmt: skip
    def swap(name: str) -> str:
        return _swap(name, [step.frags[name] for step in steps], is_long)

    fork, behind = around.fork, loose_end(of)
    said = transcript.html(session, behind) if fork is None else branch.beside(session, fork, behind)
    listed = f'<div class="sl-scroll" tabindex="0" role="region" aria-label="Transcript">{said}</div>'
    if around.asks and not large:
        listed += branch.ask(len(of), is_only_said=not of.has_states)
    unknown = "" if of.has_states else '<p class="cap">No replies were recorded, so no state is lit here.</p>'
    drawn = diagram_svg.svg(steps[0].marks[0], steps[0].texts[0], table=of.table) + unknown
    panels = {
        "narration": f'<div class="sl-narration" style="grid-area:narration">{swap("narration")}</div>',
        "diagram": _panel("diagram", "Where the session stands", "", drawn),
        "transcript": _panel("transcript", "What was said", f"{len(session) - 1:,} lines", listed),
        "anatomy": _panel("anatomy", "This line, piece by piece", "", swap("anatomy"), scrolls=large),
    }
    if large:
        return panels
    sizes = {} if is_long else _sizes(step.texts[1] for step in steps)
    table = moves.table(rows, session[-1].facts, steps[0].marks[1], steps[0].texts[1], sizes, of.table)
    beside = kept.name(of.table)
    return (
        panels
        | {
            beside: _panel(beside, kept.title(of.table), "", swap(beside), area="envelope"),
            "bytes": _panel("bytes", "Its bytes", "", swap("bytes")),
            "moves": _panel("moves", "Moves", None, table),
        }
        | ({} if fork is None else {"compare": _panel("compare", "Side by side", None, branch.compared(of, fork))})
    )


def _panel(name: str, title: str, beside: str | None, body: str, *, scrolls: bool = False, area: str = "") -> str:
    """One panel; where its box may have to scroll, it can be reached and scrolled by keys."""
    heading = "" if beside is None else f'<p class="sl-title"><b>{title}</b> {beside}</p>'
    reach = ' tabindex="0"' if scrolls else ""
    return (
        f'<section class="sl-panel" data-panel="{name}" style="grid-area:{area or name}" role="group" aria-label="{title}"'
        f"{reach}>"
        f"{heading}{body}</section>"
    )


_BARE = re.compile(r' (?:role|aria-label|data-text|data-mark)="[^"]*"')


def _swap(name: str, fragments: list[str], is_long: bool) -> str:
    """A live fragment with all the others unseen under it, so that its box is as large as the largest."""
    distinct = [] if is_long else sorted(set(fragments), key=lambda text: (-len(text), text))
    under = "".join(f'<div class="sz">{_BARE.sub("", text)}</div>' for text in distinct)
    size = f'<div class="size" aria-hidden="true">{under}</div>' if under else ""
    return f'<div class="sl-swap sw-{name}"><div class="live" data-swap="{name}">{fragments[0]}</div>{size}</div>'


def _sizes(texts: Iterable[Names]) -> dict[str, list[str]]:
    """All the texts that a place of the moves table holds in this session, the longest first."""
    found: dict[str, set[str]] = {}
    for step in texts:
        for name, text in step.items():
            if name == "moves" or name.startswith("why:"):
                found.setdefault(name, set()).add(text)
    return {name: sorted(held, key=lambda text: (-len(text), text))[:8] for name, held in found.items()}
