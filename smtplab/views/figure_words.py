"""Words as a PNG picture, by matplotlib, for panels that have no drawing. Beside `figures`, which draws the diagram.

Never does: take part in a click. matplotlib is imported when a picture is asked for, not before.
"""

# matplotlib types its keyword arguments as unknown.
# pyright: reportUnknownMemberType=false
from __future__ import annotations

import io

from .alone import bounded
from .text import visible
from .theme import LIGHT

_CELL, _LINE, _EDGE, _WIDEST = 6.2, 15, 14, 200
"""Points of a character, of a line and of the edge; characters of a line that are shown."""


def png(title: str, text: str) -> bytes:
    """The title and the lines, in type of one width, as a PNG; of very many lines the first and the last."""
    from matplotlib.figure import Figure

    lines = [visible(line)[:_WIDEST] for line in bounded(text).expandtabs(4).split("\n")]
    width = max([len(title), *map(len, lines)]) * _CELL + 2 * _EDGE
    height = (len(lines) + 1) * _LINE + 2 * _EDGE
    made = Figure(figsize=(width / 72, height / 72), facecolor=LIGHT["paper"])
    for at, line in enumerate([title, *lines]):
        made.text(
            _EDGE / width, 1 - (_EDGE + (at + 0.8) * _LINE) / height, line, family="monospace", fontsize=10,
            color=LIGHT["ink"], weight="normal" if at else "bold", parse_math=False,
        )  # fmt: skip
    octets = io.BytesIO()
    made.savefig(octets, format="png", dpi=144, metadata={"Software": None})
    return octets.getvalue()
