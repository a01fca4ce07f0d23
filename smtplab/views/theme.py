"""The look's tokens as data, light and dark, and the CSS custom properties made from them.

Never does: lay anything out. The rules that read these tokens stand in the stylesheet (`widgets/smtplab.css`),
whose head is `css()`; the static picture and matplotlib read the same numbers from here.

Rules:
1. NOW is only ever a ground, with ON_NOW forced on it; CLIENT and SERVER are only ever figure, text or stroke.
   All else is ink, muted or line. There is no other hue, so no meaning hangs on telling red from green.
2. Every meaning has a second sign besides its colour (bold, dashes, a bar, an arrow).
3. Paper and ink are JupyterLab's own where it has them, so that any theme of it fits.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#ffffff",
        "ink": "#16191d",
        "muted": "#59626d",
        "line": "#7d8792",
        "rule": "#868f99",
        "tint": "#f3f5f7",
        "client": "#0b57b0",
        "server": "#a33a06",
        "now": "#ffd54a",
        "on-now": "#111111",
    }
)
"""Colours on a light page: `muted` for notes and what is still to come, `line` for strokes that mean something,
`rule` for lines between panels, `tint` for the one ground besides paper (the mail transaction)."""

DARK: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#111111",
        "ink": "#f2f4f6",
        "muted": "#a4adb8",
        "line": "#7f8995",
        "rule": "#6f7883",
        "tint": "#1c2026",
        "client": "#86b7ff",
        "server": "#ffa776",
        "now": "#f5c842",
        "on-now": "#111111",
    }
)
"""The same names on a dark page."""

JUPYTER: Mapping[str, str] = MappingProxyType({"paper": "--jp-layout-color0", "ink": "--jp-content-font-color1"})
"""The tokens that JupyterLab's theme sets, by its own names."""

SANS = 'var(--jp-ui-font-family, system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif)'
MONO = 'var(--jp-code-font-family, ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace)'
"""Mono is for the bytes of the wire and for nothing else."""

SIZES: Mapping[str, str] = MappingProxyType(
    {
        "t0": "10.5px",
        "t1": "11.5px",
        "t2": "13px",
        "t3": "20px",
        "1": "4px",
        "2": "8px",
        "3": "12px",
        "4": "20px",
        "5": "32px",
        "row": "20px",
    }
)
"""Type: t0 column heads and hex, t1 notes, t2 text and wire, t3 narration. Space in steps of 4 px. One list row."""

STROKES: Mapping[str, float] = MappingProxyType({"there": 1.25, "taken": 2.25, "now": 3.0})
"""Widths of an arrow that is there, was taken, was taken just now."""

_DARK_BY_LAB = '[data-jp-theme-light="false"] .smtplab, .smtplab[data-theme="dark"]'
_DARK_BY_SYSTEM = 'body:not([data-jp-theme-light]) .smtplab:not([data-theme="light"])'


def css() -> str:
    """The custom properties for both themes: dark by JupyterLab's own mark, else by the system's wish."""
    sizes = "".join(f"  --sl-{name}: calc({value} * var(--sl-k));\n" for name, value in SIZES.items())
    dark = _colours(DARK, "    ")
    return (
        f".smtplab {{\n{_colours(LIGHT, '  ')}  --sl-focus: var(--sl-client);\n"
        f"  --sl-sans: {SANS};\n  --sl-mono: {MONO};\n  --sl-lead: 1.5;\n  --sl-k: 1;\n{sizes}  color-scheme: light;\n}}\n"
        f"{_DARK_BY_LAB} {{\n{dark}    color-scheme: dark;\n}}\n"
        f"@media (prefers-color-scheme: dark) {{\n  {_DARK_BY_SYSTEM} {{\n{dark}    color-scheme: dark;\n  }}\n}}\n"
    )


def _colours(tokens: Mapping[str, str], indent: str) -> str:
    lines: list[str] = []
    for name, value in tokens.items():
        shown = f"var({JUPYTER[name]}, {value})" if name in JUPYTER else value
        lines.append(f"{indent}--sl-{name}: {shown};\n")
    return "".join(lines)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two #rrggbb colours, 1 to 21, as WCAG 2 reckons it.

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return round((high + 0.05) / (low + 0.05), 2)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
