"""The few small pictures, drawn: emoji arrows are empty boxes on bare machines."""

from __future__ import annotations

_PATHS = {
    "first": "M4 3v10M13 3L6.5 8l6.5 5z",
    "back": "M11.5 3L5 8l6.5 5z",
    "next": "M4.5 3L11 8l-6.5 5z",
    "last": "M12 3v10M3 3l6.5 5L3 13z",
    "play": "M4 2.5v11L13 8z",
    "C": "M1 8h11M8.5 4.5L12.5 8l-4 3.5",
    "S": "M15 8H4M7.5 4.5L3.5 8l4 3.5",
}
_WHO = ("C", "S")
DOWN = '<svg viewBox="0 0 10 16" class="sl-i"><path d="M5 1v12M1.5 9.5L5 13.5l3.5-4"/></svg>'
UP = '<svg viewBox="0 0 10 16" class="sl-i"><path d="M5 15V3M1.5 6.5L5 2.5l3.5 4"/></svg>'


def icon(name: str) -> str:
    """One icon as inline SVG, for the eye only: `C` points to the server, `S` to the client."""
    filled = ' class="fill"' if name not in _WHO else ""
    return f'<svg class="sl-i" viewBox="0 0 16 16" aria-hidden="true"><path d="{_PATHS[name]}"{filled}/></svg>'
