r"""What a typed line becomes on the wire: its octets, and CR LF behind them; or with escapes, octet for octet.

Never does: send, or guess. An escape that is none is refused whole, so that nothing half meant goes out.
"""

from __future__ import annotations

import re

_SIMPLE = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\"}
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|.|$)", re.DOTALL)
KNOWN = r"\r \n \t \0 \x00 \\"
"""The escapes, as a learner is told of them."""


class BadEscape(ValueError):
    """An escape that is none. Its text says which, and which there are."""


def octets(line: str, *, escapes: bool = False, end: bool = True) -> bytes:
    r"""The octets of a line as UTF-8, with CR LF behind them where `end` is True. Raises BadEscape.

    >>> octets("NOOP"), octets(r"NOOP\n", escapes=True, end=False), octets(r"\xff\x00", escapes=True)
    (b'NOOP\r\n', b'NOOP\n', b'\xff\x00\r\n')
    """
    body = _unescaped(line) if escapes else line.encode("utf-8", "surrogatepass")
    return body + b"\r\n" if end else body


def _unescaped(line: str) -> bytes:
    made, at = b"", 0
    for found in _ESCAPE.finditer(line):
        made += line[at : found.start()].encode("utf-8", "surrogatepass") + _octet(found[1])
        at = found.end()
    return made + line[at:].encode("utf-8", "surrogatepass")


def _octet(name: str) -> bytes:
    if len(name) == 3:
        return bytes([int(name[1:], 16)])
    if name in _SIMPLE:
        return _SIMPLE[name].encode()
    if name == "x":
        raise BadEscape(r"\x needs two hex digits, such as \x00. Nothing was sent.")
    if not name:
        raise BadEscape(r"The line ends in a lone \: write \\ for one. Nothing was sent.")
    raise BadEscape(rf"\{name} is no escape here; these are: {KNOWN}. Nothing was sent.")
