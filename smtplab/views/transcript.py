"""The transcript as a list: who said what, what a reader should notice, and where each reply led.

Never does: show a secret, or hide a line. A line of 10,000 characters stays whole, in a box of its own that scrolls.
Direction is told by an arrow and by a word for the ear, and only then by a colour.
"""

from __future__ import annotations

import re

from ..protocol.transcript import Step, Transcript
from .icons import icon
from .moments import Moment, loose_end, moments
from .text import esc

LONG = 600
"""Characters from which a line scrolls in its own box."""
_CODE = re.compile(r"^[2-5][0-9]{2}(?=[ -]|$)", re.MULTILINE)
_WHO = {"C": "client", "S": "server"}


def transcript(transcript: Transcript) -> str:
    """The whole list, as HTML. A page marks the line of its position with `aria-current`."""
    return html(moments(transcript), loose_end(transcript))


def html(session: list[Moment], behind: str = "") -> str:
    """The list of the moments' steps, and what there is to say behind the last one."""
    items = "".join(_item(now) for now in session if now.step is not None)
    note = f'<p class="sl-after">{esc(behind)}</p>' if behind else ""
    empty = '<p class="idle">Nothing was said.</p>' if not items else ""
    digits = max(2, len(str(len(session) - 1)))
    return f'<ol class="sl-transcript" aria-label="Transcript" style="--d:{digits}">{items}</ol>{empty}{note}'


def _item(now: Moment) -> str:
    step = now.step
    assert step is not None
    remarks = f'<span class="rem">{esc(brief(step.remarks))}</span>' if step.remarks else ""
    return (
        f'<li class="{step.direction.lower()}" data-p="{now.position}"><span class="n">{now.position}</span>'
        f'<span class="who">{icon(step.direction)}<span class="sl-vh">{_WHO[step.direction]}: </span></span>'
        f'<span class="said">{line(step)}{remarks}</span><span class="to">{led_to(now)}</span></li>'
    )


def brief(remarks: tuple[str, ...]) -> str:
    """Remarks in one line: each up to its colon or its section; the anatomy says them in full."""
    return "; ".join(re.split(r": | \(RFC ", remark, maxsplit=1)[0] for remark in remarks)


def led_to(now: Moment) -> str:
    """Where the step led, in two words: "now rcpt", or "still mail" where a reply refused; else ""."""
    if now.state is None or now.step is None:
        return ""
    if now.state is not now.earlier:
        return f"now {now.state.name.lower()}"
    return f"still {now.state.name.lower()}" if now.is_refused else ""


def line(step: Step) -> str:
    """One step's text as HTML: the digits of a reply bold, nothing said in words."""
    text = step.shown()
    if not text:
        return '<code class="none">empty line</code>'
    shown = esc(text, breaks=True)
    if step.direction == "S":
        shown = _CODE.sub(lambda digits: f"<b>{digits[0]}</b>", shown)
    kind = " ".join(
        name for name, worn in (("fold", step.kind in ("fold", "chunk")), ("long", len(text) > LONG)) if worn
    )
    return f'<code class="{kind}">{shown}</code>' if kind else f"<code>{shown}</code>"
