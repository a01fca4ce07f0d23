"""Foreign text made safe to show: the one place where what came off the wire is escaped.

Never does: draw, wrap, or decide what to show. Every other view puts foreign text through ``esc`` (HTML) or
``visible`` (plain text), exactly once, where it meets the markup.

Rules:
1. What cannot be seen is written out: control characters, marks that turn the reading direction round, lone
   surrogates, line separators other than LF. So a letter cannot look other than it is.
2. A tab stays, as it deceives nobody. LF is written out too, unless ``breaks`` lets lines break there.
"""

from __future__ import annotations

import html
import re

_NAMED = {"\n": r"\n", "\r": r"\r"}
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNSEEN = re.compile(f"[\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ufeff\\ud800-\\udfff{_BIDI}]")


def visible(text: str, *, breaks: bool = False) -> str:
    r"""The text with unseen characters written out; LF stays only where breaks is True. No HTML escaping.

    >>> visible("a\x07b\r\n"), visible("a\u202eb"), visible("a\nb", breaks=True)
    ('a\\x07b\\r\\n', 'a\\u202eb', 'a\nb')
    """
    return _UNSEEN.sub(lambda found: found[0] if breaks and found[0] == "\n" else _written(found[0]), text)


def esc(text: str, *, breaks: bool = False) -> str:
    """The text for HTML, elements and quoted attributes: & < > " ' escaped, unseen characters written out.

    >>> esc('<b title="x">')
    '&lt;b title=&quot;x&quot;&gt;'
    """
    return html.escape(visible(text, breaks=breaks), quote=True)


def _written(character: str) -> str:
    point = ord(character)
    return _NAMED.get(character) or (f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}")
