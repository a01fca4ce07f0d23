"""Where things stand in the state diagram: hand-set coordinates, as data, for SVG and matplotlib alike.

Never does: decide which arrows there are. The table does (`diagram.arrows`); a route here only says how the arrow
from one state to another runs. A route for a pair that the table does not have is never drawn, and a pair without
a route gets a straight line.

Rules:
1. On the left the session, on the right the mail transaction. All ways back enter READY from below, all ways out
   end in CLOSED. The three QUITs on the right share one rail and one label.
2. 384 units wide, and readable at 1:1, so that one layout serves a 400 px cell, a wide page and a projector.
3. BDAT, AUTH and TLS have no place yet: while one of them is current, it stands at ELSEWHERE.
"""

# One route, one physical line.
from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ..protocol.smtp import SMTP, State
from ..protocol.table import Table

WIDTH, HEIGHT = 384, 404
NODE_HEIGHT = 32


@dataclass(frozen=True, slots=True)
class Spot:
    """A state's place: the centre of its pill, and the pill's width."""

    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Route:
    """How one arrow runs, and what its label names.

    `path` is SVG path data in absolute commands; `tip` the head's place and direction in degrees; `label` where the
    label stands and how it is anchored, or None where `owner`'s label serves this arrow too. `names` are the events
    that the label has room for, `code` the reply code beside them where it is not the usual one. `trunk` is the part
    drawn while nothing happens on it, where several arrows share the rest. `stays`: a loop for all that is answered
    and moves nothing.
    """

    key: str
    path: str
    tip: tuple[float, float, float]
    label: tuple[float, float, str] | None = None
    names: tuple[str, ...] = ()
    code: int = 0
    is_stacked: bool = False
    trunk: str = ""
    owner: str = ""
    stays: bool = False
    room: int = 0
    """Characters of step numbers that the label has room for; 0: as many as is usual."""


@dataclass(frozen=True)
class Layout:
    """Where everything stands in the picture of one table. `shut` closes from any state: drawn once, from nowhere;
    `shut_by` says by what. `region` is the ground under what belongs together."""

    width: float
    height: float
    spots: Mapping[Any, Spot]
    elsewhere: Spot
    """Where a state without a place of its own is named, while it is current."""
    routes: Mapping[tuple[Any, Any], Route]
    shut: Route
    shut_by: str
    region: tuple[float, float, float, float]
    """x, y, width and height."""
    region_name: tuple[float, float, str]
    key: tuple[float, float]
    """Where the key of the arrows begins."""

    def route(self, source: Any, target: Any) -> Route:
        """How the arrow from one drawn state to another runs: set by hand, or else a straight line."""
        if (source, target) in self.routes:
            return self.routes[source, target]
        a, b = self.spots[source], self.spots[target]
        angle = math.degrees(math.atan2(b.y - a.y, b.x - a.x))
        middle = ((a.x + b.x) / 2 + 6, (a.y + b.y) / 2, "start")
        key = f"{source.name}-{target.name}".lower()
        return Route(key, f"M{a.x:g} {a.y:g}L{b.x:g} {b.y:g}", (b.x, b.y, angle), middle)


def layout_of(table: Table) -> Layout:
    """The picture of this table. Raises ValueError for one that nobody has laid out."""
    if table is SMTP:
        return SMTP_LAYOUT
    from .layout_pop3 import POP3, POP3_LAYOUT

    if table is POP3:
        return POP3_LAYOUT
    raise ValueError(f"nobody has laid out a picture of {table.name}: views/layout.py shows how it is done")


# ----------------------------------------------------------------------------------------------------------- SMTP

SPOTS: Mapping[State, Spot] = MappingProxyType(
    {
        State.CONNECTED: Spot(70, 24, 92),
        State.REFUSED: Spot(266, 24, 84),
        State.GREETED: Spot(70, 96, 92),
        State.READY: Spot(70, 168, 92),
        State.MAIL: Spot(266, 168, 84),
        State.RCPT: Spot(266, 240, 84),
        State.DATA: Spot(266, 312, 84),
        State.CLOSED: Spot(70, 380, 92),
    }
)
ELSEWHERE = Spot(166, 336, 92)
"""Where a state without a place of its own is named, while it is current."""

REGION = (212, 134, 108, 204)
"""The mail transaction: x, y, width and height of its ground."""
REGION_NAME = (266, 146, "mail transaction")
KEY = (212, 56)
"""Where the key of the arrows begins."""

_RAIL = "H366Q376 {0} 376 {1}V362Q376 372 366 372H116"

# fmt: off
ROUTES: Mapping[tuple[State, State], Route] = MappingProxyType(
    {
        (State.CONNECTED, State.GREETED): Route("connect", "M70 40V80", (70, 80, 90), (80, 64, "start")),
        (State.CONNECTED, State.REFUSED): Route("refuse", "M116 24H224", (224, 24, 0), (170, 17, "middle"), code=554),
        (State.GREETED, State.READY): Route("hello", "M70 112V152", (70, 152, 90), (80, 136, "start"), ("HELO", "EHLO")),
        (State.READY, State.MAIL): Route("mail", "M116 161H224", (224, 161, 0), (166, 154, "middle")),
        (State.MAIL, State.READY): Route("rset-mail", "M224 175H116", (116, 175, 180), (170, 191, "middle"), ("RSET", "EHLO")),
        (State.MAIL, State.RCPT): Route("rcpt", "M266 184V224", (266, 224, 90), (279, 208, "start")),
        (State.RCPT, State.RCPT): Route("rcpt-again", "M308 245C332 245 330 274 296 258", (294, 257, 206), (332, 254, "start"), is_stacked=True),
        (State.RCPT, State.READY): Route("rset-rcpt", "M224 240H116Q106 240 106 230V184", (106, 184, 270), (165, 233, "middle"), ("RSET", "EHLO")),
        (State.RCPT, State.DATA): Route("data", "M266 256V296", (266, 296, 90), (252, 281, "end")),
        (State.DATA, State.READY): Route("end", "M224 312H88Q78 312 78 302V184", (78, 184, 270), (150, 305, "middle")),
        (State.GREETED, State.CLOSED): Route("quit-greeted", "M24 96H20Q10 96 10 106V370Q10 380 20 380H24", (24, 380, 0), (17, 128, "start"), is_stacked=True),
        (State.READY, State.CLOSED): Route("quit-ready", "M44 184V364", (44, 364, 90), (57, 340, "start")),
        (State.MAIL, State.CLOSED): Route("quit-mail", "M308 168" + _RAIL.format(168, 178), (116, 372, 180), (238, 365, "middle")),
        (State.RCPT, State.CLOSED): Route("quit-rcpt", "M308 232" + _RAIL.format(232, 242), (116, 372, 180), trunk="M308 232H366Q376 232 376 242", owner="quit-mail"),
        (State.REFUSED, State.CLOSED): Route("quit-refused", "M308 24" + _RAIL.format(24, 34), (116, 372, 180), trunk="M308 24H366Q376 24 376 34V178", owner="quit-mail"),
    }
)
# fmt: on
SHUT = Route("shut", "M176 389H116", (116, 389, 180), (182, 393, "start"), code=421)
"""421 closes from anywhere: drawn once, as an arrow from nowhere."""


SMTP_LAYOUT = Layout(WIDTH, HEIGHT, SPOTS, ELSEWHERE, ROUTES, SHUT, str(SHUT.code), REGION, REGION_NAME, KEY)


# ---------------------------------------------------------------------------------------------------------- paths
Point = tuple[float, float]
_TOKEN = re.compile(r"[MLHVQC]|-?\d+(?:\.\d+)?")


def points(path: str) -> list[Point]:
    """A route's path as points, its curves in twelve pieces each.

    >>> points("M0 0H10V5")
    [(0.0, 0.0), (10.0, 0.0), (10.0, 5.0)]
    """
    tokens = _TOKEN.findall(path)
    found: list[Point] = []
    at, letter = 0, "M"
    while at < len(tokens):
        if tokens[at].isalpha():
            letter, at = tokens[at], at + 1
        count = {"H": 1, "V": 1, "M": 2, "L": 2, "Q": 4, "C": 6}[letter]
        numbers = [float(number) for number in tokens[at : at + count]]
        at += count
        if letter == "H":
            found.append((numbers[0], found[-1][1]))
        elif letter == "V":
            found.append((found[-1][0], numbers[0]))
        elif count == 2:
            found.append((numbers[0], numbers[1]))
        else:
            pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
            found += [_bezier([found[-1], *pairs], piece / 12) for piece in range(1, 13)]
    return found


def _bezier(control: list[Point], t: float) -> Point:
    """A point of a curve, by de Casteljau: between neighbours, again and again, until one is left."""
    while len(control) > 1:
        control = [
            (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in zip(control, control[1:], strict=False)
        ]
    return control[0]


def midway(path: str) -> tuple[float, float, float]:
    """The point half way along a path, and the direction there in degrees."""
    line = points(path)
    pieces = list(zip(line, line[1:], strict=False))
    left = sum(math.dist(a, b) for a, b in pieces) / 2
    for a, b in pieces:
        length = math.dist(a, b)
        if length >= left:
            share = left / length
            angle = math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))
            return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, angle
        left -= length
    return (*line[-1], 0.0)
