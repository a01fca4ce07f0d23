"""What the explorers' pages need beside their first drawing: all choices, what is announced, and a way that was walked.

Never does: say a line to anybody. Who does hands the transcript in, and here it is told beside what was expected.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..protocol import catalogue
from ..protocol.catalogue import CATALOGUE
from ..protocol.smtp import State
from ..protocol.transcript import Transcript
from . import alone, codes, diagram, diagram_svg, explorer, layout
from .panels import Shown, frame, listed
from .routes import Hop, route
from .text import esc
from .words import capital

LABEL = "Explorer of the state machine"
CODES_LABEL = "Explorer of the reply codes"


def checked(selected: str) -> str:
    """A mark of the explorer, from a mark, or a state's name in any case. Raises ValueError, naming the states."""
    found = selected if selected in explorer.names() else f"state:{selected.upper()}"
    if found not in explorer.names():
        states = ", ".join(state.name for state in State)
        raise ValueError(f"there is nothing called {selected!r} in the state machine. Say one of: {states}.")
    return found


def hops(selected: str) -> tuple[Hop, ...]:
    """A shortest way to what is selected; () where nothing has to be said, or no client can bring it about."""
    kind, _, name = selected.partition(":")
    arrow = next((each for each in diagram.arrows() if each.route.key == name), None)
    if kind == "state":
        found = route(State[name])
    elif arrow is not None:
        found = explorer.way_over(arrow)
    else:
        return ()
    return found if all(hop.is_usual for hop in found) else ()


def shown(selected: str) -> Shown:
    """The explorer, with everything that can be chosen in it."""
    names = explorer.names()
    owners = {
        f"label:{(a.route.owner or a.route.key)}": f"edge:{a.route.owner or a.route.key}" for a in diagram.arrows()
    }
    owners[f"label:{layout.SHUT.key}"] = f"edge:{layout.SHUT.key}"
    told = {mark: f"{capital(name)}. {_meaning(mark)}" for mark, name in names.items()}
    choice = {
        "out": "explorer", "frags": dict(explorer.fragments()), "as": owners, "told": told,
        "wears": {mark: explorer.wears(mark) for mark in names},
    }  # fmt: skip
    return Shown(frame("explorer", LABEL, explorer.explorer(selected), mark=selected), {"mark": choice})


def _meaning(mark: str) -> str:
    kind, _, name = mark.partition(":")
    return f"{capital(State[name].value)}." if kind == "state" else ""


def shown_codes(chosen: str, code: int) -> Shown:
    """The reply-code explorer, with everything that can be chosen in it."""
    lit = {name: list(found) for name, found in codes.filters().items()}
    told = {
        name: f"{len(found)} of {len(CATALOGUE)} codes: {', '.join(map(str, found))}." for name, found in lit.items()
    }
    details = {str(number): text for number, text in codes.details().items()}
    said = {number: f"{number}, {catalogue.entry(int(number)).name}. {_does(int(number))}" for number in details}
    choices: Mapping[str, Any] = {
        "filter": {"lights": "code", "lit": lit, "told": told},
        "code": {"out": "code", "frags": details, "told": said},
    }
    return Shown(frame("codes", CODES_LABEL, codes.codes(chosen, code), filter=chosen, code=str(code)), choices)


def _does(code: int) -> str:
    return catalogue.entry(code).client_action


# --------------------------------------------------------------------------------------------------- a way walked
def outcome(way: tuple[Hop, ...], said: Transcript) -> str:
    """Where a walked way came out, in a sentence or two, beside where the table says that it leads."""
    goal, stands = way[-1].state.name.lower(), said.state.name.lower()
    if said.state is way[-1].state:
        return f"It really leads there: the server's last answer left the session in {stands}."
    asked = next((each for each in reversed(said.exchanges) if each.reply is not None), None)
    if asked is None or asked.reply is None:
        return f"The server has not answered: the session stands in {stands}, not in {goal}."
    what = "the connection" if asked.event == "(connect)" else asked.event.strip("()")
    return (
        f"Not with this server: it answered {asked.reply.code} to {what}, so the session stands in {stands}, not in"
        f" {goal}. The table says what may happen; each server chooses what it offers."
    )


def walked(selected: str, said: Transcript, trouble: str = "") -> dict[str, str]:
    """What a page shows of a walked way: `html`, what is announced (`told`), and what it was a way to (`of`)."""
    sentence = trouble or outcome(hops(selected), said)
    body = f'<div class="sl-said">{listed(said, len(said), lit=False)}</div>' if said.steps else ""
    more = (
        '<button type="button" class="sl-btn" data-act="walk">Step through it</button><div class="sl-walk"></div>'
        if said.steps
        else ""
    )
    html = (
        f'<p class="sl-title"><b>Said to a real server</b> just now</p>{body}<p class="came">{esc(sentence)}</p>{more}'
    )
    return {"of": selected, "html": html, "told": sentence}


# ------------------------------------------------------------------------------------------------- static forms
def static(selected: str, css: str) -> str:
    """The explorer where nothing runs: the diagram with what is selected lit, and the words."""
    drawn = diagram_svg.svg(dict.fromkeys(explorer.wears(selected), _LIT[selected.partition(":")[0]]), key=False)
    name = f"State diagram of SMTP, lit: {explorer.names()[selected]}."
    picture = alone.image(alone.picture(drawn, alone.rules(css, "diagram")), name, 480)
    return f"<p><b>{LABEL}</b></p>\n{picture}\n{alone.typed(explorer.plain(selected))}\n"


_LIT = {"state": "is-current", "edge": "is-now"}


def static_codes() -> str:
    """The reply-code explorer where nothing runs: the whole catalogue, a line each."""
    return f"<p><b>{CODES_LABEL}</b></p>\n{alone.typed(codes.plain())}\n"
