"""One view alone, by its kind: as the page's HTML, in words, as a static form, as a picture, as a file.

Never does: draw or decide; it names the views and puts a frame around one. `position` counts the steps said so far.
Words and static forms are the same for the same session: no seconds, no ports, nothing of how TCP cut it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ..protocol.message import Message
from ..protocol.transcript import Transcript
from . import alone, diagram, diagram_svg, ladder, ladder_svg, mailbox, moves, reply, static, transcript, wire
from .cuts import deliveries
from .kept import envelope, maildrop
from .moments import moment, moments
from .moves_words import wording
from .plainly import words
from .rulers import rulers
from .rungs import rungs, window
from .score import MOST
from .text import esc, visible
from .words import short

_ITEM = re.compile(r'<li class="([cs])" data-p="(\d+)"')
Drawn = Callable[[Transcript, int], str]


@dataclass(frozen=True)
class Kind:
    """A kind of panel: what it is called, its HTML in a page, its words, and its drawing where it has one."""

    title: str
    html: Drawn
    plain: Drawn
    drawing: Drawn | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    """What a page gets: the frame, and for each control that chooses what it changes (the page's script has the form)."""

    shell: str
    choices: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def to_json(self) -> str:
        return json.dumps({"shell": self.shell, "choices": dict(self.choices)}, separators=(",", ":"))


def kinds() -> tuple[str, ...]:
    """Every kind there is, the mailbox among them."""
    return (*KINDS, "mailbox")


def checked(kind: str) -> str:
    """The kind, if there is such a one. Raises ValueError, naming those that there are."""
    if kind not in kinds():
        raise ValueError(f"there is no panel {kind!r}. Say one of: {', '.join(kinds())}.")
    return kind


def title(kind: str, of: Transcript | Sequence[Message], position: int) -> str:
    """What a panel is called, and which step it shows."""
    if isinstance(of, Transcript) and kind in KINDS:
        whole = kind in ("cuts", "transcript")
        return KINDS[kind].title if whole else f"{KINDS[kind].title}, step {position} of {len(of)}"
    return "Mailbox"


def frame(name: str, label: str, body: str, **data: str) -> str:
    """The root of a widget's page around its body; `data` become its attributes."""
    more = "".join(f' data-{key}="{esc(value)}"' for key, value in data.items())
    return (
        f'<div class="smtplab sl-alone" data-smtplab="{name}" role="group" aria-label="{esc(label)}"{more}>'
        f'<div class="sl-pad">{body}</div><p class="sl-vh" role="status" aria-live="polite" data-out="words"></p></div>'
    )


def shown(kind: str, of: Transcript, position: int) -> Shown:
    """A panel over a transcript. Raises IndexError where it has no such position."""
    body = KINDS[kind].html(of, position)
    label = title(kind, of, position)
    head = (
        ""
        if "sl-title" in body[:200]
        else f'<p class="sl-title"><b>{esc(label)}</b> {esc(_about(kind, of, position))}</p>'
    )
    state = moment(of, position).state_name
    return Shown(frame("panel", label, f"<div>{head}{body}</div>", kind=kind, step=str(position), state=state))


def _about(kind: str, of: Transcript, position: int) -> str:
    """The line that a panel is about, or what a whole session comes to."""
    if kind == "transcript":
        return f"{len(of):,} lines"
    step = moment(of, position).step
    if step is None:
        return "before anything was said"
    who = "client" if step.direction == "C" else "server"
    said = step.shown().splitlines()
    return f"{who}: {short(visible(said[0]))}" if said and said[0] else f"{who}: an empty line"


def shown_mailbox(messages: Sequence[Message], opened: int | None) -> Shown:
    """A mailbox of which any listed message can be opened."""
    first = max(0, len(messages) - mailbox.LISTED)
    frags = {
        str(at): f'<p class="sl-title"><b>Message {at + 1}</b> envelope and letter</p>{mailbox.message(each)}'
        for at, each in enumerate(messages)
        if at >= first
    }
    told = {str(at): f"Message {at + 1} is open." for at in range(first, len(messages))}
    body = mailbox.mailbox(messages, opened)
    choices = {"open": {"out": "message", "frags": frags, "told": told}} if frags else {}
    return Shown(frame("panel", "Mailbox", body, kind="mailbox", open=str(opened)), choices)


def listed(of: Transcript, position: int, *, lit: bool = True) -> str:
    """What was said as a list that scrolls: said so far in full ink, the line of the position lit unless told otherwise."""

    def worn(item: re.Match[str]) -> str:
        at = int(item[2])
        current = ' aria-current="step"' if lit and at == position else ""
        return f'<li class="{item[1]}{" is-past" if at <= position else ""}"{current} data-p="{at}"'

    items = _ITEM.sub(worn, transcript.transcript(of))
    long = " is-long" if len(of) > MOST else ""
    return f'<div class="sl-scroll{long}" tabindex="0" role="region" aria-label="Transcript">{items}</div>'


# -------------------------------------------------------------------------------------------------------- words
def plain(kind: str, of: Transcript, position: int) -> str:
    """A panel in words."""
    return f"{title(kind, of, position)}\n{KINDS[kind].plain(of, position)}"


def _path(of: Transcript, position: int) -> str:
    now = moment(of, position)
    head = f"State {now.state_name}." if now.state is not None else "No replies were recorded, so no state is known."
    marks, _ = diagram.marks(of, position)
    seen = [name.removeprefix("state:") for name, worn in marks.items() if name.startswith("state:") and worn]
    return f"{head}\nStates seen: {', '.join(seen) or 'none'}"


def _octets(of: Transcript, position: int) -> str:
    step = moment(of, position).step
    note = words(wire.wire(of, position).rpartition("</div><p")[2].join(("<p", "")))
    if step is None:
        return "No octet has been sent."
    raw = step.shown().encode("utf-8", "backslashreplace") + b"\r\n" if step.is_secret else step.raw
    raw = raw[: wire.SHOWN]
    rows = [raw[at : at + 16] for at in range(0, len(raw), 16)]
    lines = [f"{at * 16:04x}  {row.hex(' '):<47}  {_seen(row)}" for at, row in enumerate(rows)]
    return "\n".join([*lines, note])


def _moves(of: Transcript, position: int) -> str:
    now = moment(of, position)
    lines = [moves.heading(now)]
    if now.state in wording(now.table).columns and not now.is_asked:
        for event in moves.events(moments(of)):
            code, _ = moves.cell(now.state, event, now.facts, now.table)
            lines.append(
                f"{now.table.syntax[event]:<22} {code:<4}  {moves.why(now.state, event, now.facts, now.table)}"
            )
    return "\n".join(lines)


def _seen(octets: bytes) -> str:
    return "".join(chr(octet) if 32 <= octet < 127 else "." for octet in octets)


def _cut(of: Transcript, _position: int) -> str:
    """What of the cuts is the same in every run: lines and octets. How TCP cut them is in the page alone."""
    rows: list[str] = []
    for who, name in (("C", "client to server"), ("S", "server to client")):
        said = [step for step in of.steps if step.direction == who]
        lines = sum(max(1, step.raw.count(b"\n")) for step in said)
        rows.append(
            f"{name}: {lines:,} line{'' if lines == 1 else 's'}, {sum(len(step.raw) for step in said):,} octets"
        )
    return "\n".join([*rows, "Where TCP ended its segments was measured: that is in the live view."])


def _ladder_drawing(of: Transcript, position: int) -> str:
    rung, _, _ = window(list(rungs(deliveries(of, measured=False))), position, ladder.WINDOW)
    return ladder_svg.svg(of, rung, ladder_svg.WIDE, position, False)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "diagram": Kind("State diagram", diagram_svg.diagram, _path, diagram_svg.diagram, ("diagram",)),
        "ladder": Kind("Ladder", ladder.ladder, ladder.plain, _ladder_drawing, ("ladder",)),
        "reply": Kind("This line, piece by piece", reply.reply, lambda of, at: words(reply.reply(of, at))),
        "wire": Kind("Its bytes", wire.wire, _octets),
        "envelope": Kind("Envelope and letter", envelope, lambda of, at: words(envelope(of, at))),
        "maildrop": Kind("Maildrop", maildrop, lambda of, at: words(maildrop(of, at))),
        "moves": Kind("Moves", moves.moves, _moves),
        "transcript": Kind("What was said", listed, lambda of, _: static.plain(of)),
        "cuts": Kind("One stream, cut twice", lambda of, _: rulers(of), _cut),
    }
)  # fmt: skip
"""Every kind of panel over a transcript."""


# ------------------------------------------------------------------------------------------------------- pictures
def svg(kind: str, of: Transcript, position: int, css: str) -> str:
    """A panel as an SVG file: its drawing, or its words where it has none. `css` is our whole stylesheet."""
    known = KINDS[kind]
    if known.drawing is None:
        return alone.typeset(title(kind, of, position), known.plain(of, position))
    return alone.picture(known.drawing(of, position), alone.rules(css, *known.rules))


def static_form(kind: str, of: Transcript, position: int, css: str) -> str:
    """A panel as HTML for a stored output: a picture where there is a drawing, and the words."""
    told = alone.typed(KINDS[kind].plain(of, position))
    head = f"<p><b>{esc(title(kind, of, position))}</b></p>\n"
    if KINDS[kind].drawing is None:
        return f"{head}{told}\n"
    width = 480 if kind == "diagram" else 960
    lit = _path(of, position).replace("\n", " ")
    name = (
        f"State diagram. {lit}." if kind == "diagram" else f"Sequence diagram of this session; step {position} is lit."
    )
    return f"{head}{alone.image(svg(kind, of, position, css), name, width)}\n{told}\n"


# ----------------------------------------------------------------------------------------------------------- page
_BODY = "html,body{margin:0}body{background:#fff}[data-act=run]{display:none!important}@media (prefers-color-scheme:dark){body{background:#111}}"
_BOOT = """
const data = JSON.parse(document.querySelector(".sl-data").textContent);
choosing(document.querySelector("[data-smtplab]"), data, new AbortController().signal, () => {});
"""


def page(drawn: Shown, name: str, css: str, script: str) -> str:
    """A panel as one HTML file that needs no network and no kernel. `script` defines `choosing(root, document)`."""
    data = drawn.to_json().replace("<", "\\u003c")
    code = (script + _BOOT).replace("</script", "<\\/script")
    style = css.replace("</", "<\\/")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{esc(name)}</title><style>{_BODY}\n{style}</style></head><body><main>{drawn.shell}</main>"
        f'<script type="application/json" class="sl-data">{data}</script><script type="module">{code}</script></body></html>\n'
    )
