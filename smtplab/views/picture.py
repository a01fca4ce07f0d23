"""A figure of matplotlib's with its words: what a notebook shows as PNG, and says as text. Imported when one is asked for."""

# matplotlib types its keyword arguments as unknown.
# pyright: reportUnknownMemberType=false
from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def picture(words: str) -> type[Figure]:
    """A figure that a notebook shows as PNG beside its words, whether or not pyplot was ever imported."""
    from matplotlib.figure import Figure

    class Picture(Figure):
        def _repr_png_(self) -> bytes:
            octets = io.BytesIO()
            self.savefig(octets, format="png", dpi=144, metadata={"Software": None})
            return octets.getvalue()

        def __repr__(self) -> str:
            return words

    return Picture
