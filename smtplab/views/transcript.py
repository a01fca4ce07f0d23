"""The transcript as a list: who said what, what a reader should notice, and where each reply led.

Never does: show a secret, or hide a line. A line of 10,000 characters stays whole, in a box of its own that scrolls.
Direction is told by an arrow and by a word for the ear, and only then by a colour.
"""

from __future__ import annotations

import re
from functools import cache

from ..protocol.pop3.replies import Pop3Reply
from ..protocol.table import Table
from ..protocol.transcript import Step, Transcript
from .icons import icon
from .moments import Moment, loose_end, moments
from .text import esc

LONG = 600
"""Characters from which a line scrolls in its own box."""
GROUP = 100
"""Lines in one list of a long session: what is out of sight is then left alone by the page, a list at a time."""
_CODE = re.compile(r"^[2-5][0-9]{2}(?=[ -]|$)", re.MULTILINE)
_STATUS = re.compile(r"^(?:\+OK|-ERR|\+)(?=\s|$)", re.IGNORECASE)
_WHO = {"C": "client", "S": "server"}


def transcript(transcript: Transcript) -> str:
    """The whole list, as HTML. A page marks the line of its position with `aria-current`."""
    return html(moments(transcript), loose_end(transcript))


def html(session: list[Moment], behind: str = "") -> str:
    """The list of the moments' steps, and what there is to say behind the last one."""
    note = f'<p class="sl-after">{esc(behind)}</p>' if behind else ""
    empty = '<p class="idle">Nothing was said.</p>' if len(session) < 2 else ""
    return f"{lists(session, 'Transcript', max(2, len(str(len(session) - 1))))}{empty}{note}"


def lists(session: list[Moment], label: str, digits: int, *, is_still: bool = False) -> str:
    """The moments' steps as one list, or as one for each GROUP of many; `is_still`: a page does not step here."""
    said = [now for now in session if now.step is not None]
    if len(said) <= 2 * GROUP:
        return _list(said, label, digits, is_still, "")
    groups = [said[start : start + GROUP] for start in range(0, len(said), GROUP)]
    return "".join(
        _list(each, f"{label}, lines {each[0].position} to {each[-1].position}", digits, is_still, " is-part")
        for each in groups
    )


def _list(said: list[Moment], label: str, digits: int, is_still: bool, kind: str) -> str:
    rows = sum(1 if now.step is None else now.step.text.count("\n") + 1 for now in said)
    size = f";--rows:{rows}" if kind else ""
    items = "".join(_item(now, is_still) for now in said)
    kind += " has-long-names" if said and _longest_name(said[0].table) > 9 else ""
    return f'<ol class="sl-transcript{kind}" aria-label="{label}" style="--d:{digits}{size}">{items}</ol>'


@cache
def _longest_name(table: Table) -> int:
    """The letters of the longest state's name: the room that the right column has to have."""
    return max(len(state.name) for state in table.states)


def _item(now: Moment, is_still: bool = False) -> str:
    step = now.step
    assert step is not None
    remarks = f'<span class="rem">{esc(brief(step.remarks))}</span>' if step.remarks else ""
    place = "" if is_still else f' data-p="{now.position}"'
    return (
        f'<li class="{step.direction.lower()}"{place}><span class="n">{now.position}</span>'
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
    """One step's text as HTML: the digits or the status of a reply bold, nothing said in words."""
    text = step.shown()
    if not text:
        return '<code class="none">empty line</code>'
    shown = esc(text, breaks=True)
    if step.direction == "S":
        first = _STATUS if isinstance(step.exchange.reply, Pop3Reply) else _CODE
        shown = first.sub(lambda digits: f"<b>{digits[0]}</b>", shown)
    kind = " ".join(
        name for name, worn in (("fold", step.kind in ("fold", "chunk")), ("long", len(text) > LONG)) if worn
    )
    reach = ' tabindex="0"' if len(text) > LONG else ""  # its own box scrolls, by keys as well
    return f'<code class="{kind}"{reach}>{shown}</code>' if kind else f"<code>{shown}</code>"
