"""The octets of the client's side of the wire, cut into frames: what to read next depends on state and facts.

A frame is a line; in DATA all mail data up to its end; after BDAT, where CHUNKING was offered, the line and the
octets that it counts; in AUTH a response. In TLS nothing on the wire is ours. Lines cannot be cut before the
state is known, so nothing here looks ahead. Server and observer read with the same functions.

This module never judges: it says how a line ended and how long it was, and others decide.

Line ends: CR LF ends a line (RFC 5321 §2.3.8). A bare LF ends a command line too, with a remark made elsewhere.
In mail data only CR LF . CR LF ends (RFC 5321 §4.1.1.4). A dot line made with bare LFs is never an end: it is
found and told, because two readers that disagree about it can be made to see two different messages. One reader
here is loose on purpose, for the lesson that shows this (`Manners.data_end`): it ends at any dot line.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from . import limits
from .table import Facts, Reading


class Frame(NamedTuple):
    """One thing that the client said, whole.

    `raw` is every octet of it, line ends and the final dot line included, but bounded: of a line or mail data
    over its limit the rest is counted in `octets` and dropped (`is_cut`). `smuggled_end` is True where mail data
    stopped at a dot line made with bare LFs (LF . LF or LF . CR LF): not an end, and not safe to read on from.
    """

    kind: Reading
    raw: bytes
    octets: int
    is_cut: bool = False
    smuggled_end: bool = False
    loose_end: bool = False
    """True where a loose reader took a dot line made with a bare LF for the end of mail data."""

    @property
    def content(self) -> bytes:
        """Mail data without its final dot line, dots still stuffed."""
        return self.raw.removesuffix(b"\n").removesuffix(b"\r").removesuffix(b".")

    @property
    def whole_line(self) -> bytes:
        """The first line with its end: all of the frame, but where a chunk or mail data follows."""
        return self.raw[: self.raw.find(b"\n") + 1] or self.raw

    @property
    def line(self) -> bytes:
        """The first line without its end."""
        end = self.raw.find(b"\n")
        return (self.raw if end < 0 else self.raw[:end]).removesuffix(b"\r")


_DATA_END = re.compile(rb"\r\n\.\r\n|(?<!\r)\n\.\r?\n")
_ANY_END = re.compile(rb"\r?\n\.\r?\n")
_TRUE_END = re.compile(rb"\r\n\.\r\n")
_LOOSER_END = re.compile(rb"(?:\A|[\r\n])\.(?:\r\n|\n|\r)")
_BDAT = re.compile(rb"BDAT[ \t]+(\d{1,19})(?:[ \t]+LAST)?[ \t]*\r?\n?", re.IGNORECASE)

LINE_KEPT = limits.RESPONSE_LINE + 4096
"""Octets kept of a line that never ends: more than any line may have; the rest is only counted."""


class Inbox:
    """Octets that came from the client and were not taken yet. Memory is bounded by the two limits.

    `data_limit`: octets of mail data kept; the end is still looked for beyond it. A server stops at a dot line made
    with bare LFs; an observer (`stops_at_loose_end` false) leaves it to the server's replies; a reader that is loose
    on purpose (`ends_at_loose_end`) takes it for the end.
    """

    __slots__ = ("_data_limit", "_dropped", "_end", "_ends_at_loose_end", "_lf_before_data", "_octets", "_scanned",
                 "_stops_at_loose_end")  # fmt: skip

    def __init__(
        self, data_limit: int = 64 * 1024 * 1024, *, stops_at_loose_end: bool = True, ends_at_loose_end: bool = False
    ) -> None:
        self._octets = bytearray()
        self._scanned = 0
        self._dropped = 0
        self._data_limit = data_limit
        self._lf_before_data = False
        self._stops_at_loose_end = stops_at_loose_end
        self._ends_at_loose_end = ends_at_loose_end
        self._end = _ANY_END if ends_at_loose_end else _DATA_END if stops_at_loose_end else _TRUE_END

    def __len__(self) -> int:
        return len(self._octets)

    def feed(self, data: bytes) -> None:
        self._octets += data

    def peek(self) -> bytes:
        """The octets that are there and not yet taken."""
        return bytes(self._octets)

    def clear(self) -> None:
        """Forgets everything (before a TLS handshake nothing said ahead may be read, RFC 3207 §4.2)."""
        self._octets.clear()
        self._scanned = self._dropped = 0

    def take(self, kind: Reading, facts: Facts) -> Frame | None:
        """The next whole frame of that kind (`Table.reading`), or None while it is not complete.

        A line may bring a chunk with it (RFC 3030 §2), where an EHLO reply offered CHUNKING.
        """
        if kind is Reading.NOTHING or not self._octets:
            return None
        if kind is Reading.DATA:
            return self._take_data()
        return self._take_line(kind, facts)

    def _take_line(self, kind: Reading, facts: Facts) -> Frame | None:
        end = self._octets.find(b"\n", self._scanned)
        if end < 0:
            self._scanned = len(self._octets)
            self._drop_beyond(LINE_KEPT)
            return None
        if kind is Reading.LINE and _takes_chunks(facts):
            chunk = _BDAT.fullmatch(self._octets, 0, end + 1)
            if chunk is not None:
                return self._take_chunk(end + 1, int(chunk[1]))
        frame = self._cut(kind, self._trimmed(end + 1, LINE_KEPT))
        self._lf_before_data = not frame.raw.endswith(b"\r\n")
        return frame

    def _take_chunk(self, line: int, count: int) -> Frame | None:
        """A BDAT line and the octets it counts. What is over the data limit is dropped as it comes."""
        missing = line + count - len(self._octets) - self._dropped
        if missing <= 0:
            return self._cut(Reading.CHUNK, self._trimmed(line + count - self._dropped, line + self._data_limit))
        self._drop_beyond(line + self._data_limit)
        return None

    def _take_data(self) -> Frame | None:
        """Mail data up to its end. Only what is new is scanned, so that dribbled data costs no more."""
        if self._scanned == 0 and self._dropped == 0:
            first = self._first_line_dot()
            if first is not None:
                return first
        start = max(0, self._scanned - 5)
        dot = self._octets.find(b"\n.", start)  # every end has one, and two octets are found sooner than a pattern
        found = None if dot < 0 else self._end.search(self._octets, max(start, dot - 1))
        if found is not None:
            end, is_loose = found.end(), found[0] != b"\r\n.\r\n"
            return self._cut(Reading.DATA, self._trimmed(end, self._data_limit), is_loose=is_loose)
        # While the first line may still be a lone dot, it is looked at again from the start.
        self._scanned = len(self._octets) if len(self._octets) > 3 else 0
        self._drop_beyond(self._data_limit)
        return None

    def _first_line_dot(self) -> Frame | None:
        """Mail data that is nothing but the dot line: the CR LF before it is the one that ended DATA."""
        if self._octets.startswith(b".\r\n"):
            return self._cut(Reading.DATA, 3, is_loose=self._lf_before_data and self._stops_at_loose_end)
        stops = self._lf_before_data and self._stops_at_loose_end
        if self._octets.startswith(b".\n") and (stops or self._ends_at_loose_end):
            return self._cut(Reading.DATA, 2, is_loose=True)
        return None

    def take_looser_end(self) -> Frame | None:
        """For an observer: mail data up to the first dot line of any make, where the server took that for its end."""
        found = _LOOSER_END.search(self._octets)
        return None if found is None else self._cut(Reading.DATA, found.end())

    def is_amid_chunk(self, facts: Facts) -> bool:
        """True where a BDAT line has come and not all of the octets that it counts."""
        return _takes_chunks(facts) and _BDAT.match(self._octets) is not None and b"\n" in self._octets

    def take_all(self, kind: Reading) -> Frame | None:
        """Whatever is there, for an observer whose server answered something that looks incomplete."""
        return self._cut(kind, len(self._octets)) if self._octets else None

    def _drop_beyond(self, kept: int) -> None:
        # The last five octets stay: an end may be cut across two deliveries.
        self._trimmed(len(self._octets), kept)
        self._scanned = min(self._scanned, len(self._octets))

    def _trimmed(self, end: int, kept: int) -> int:
        """Where a frame ends that reached to `end`, once what it has beyond `kept` octets is gone, but for its last five."""
        extra = max(0, end - kept - 5)
        if extra:
            del self._octets[kept : kept + extra]
            self._dropped += extra
        return end - extra

    def _cut(self, kind: Reading, end: int, *, is_loose: bool = False) -> Frame:
        raw = bytes(self._octets[:end])
        del self._octets[:end]
        dropped, self._dropped, self._scanned = self._dropped, 0, 0
        ends = is_loose and self._ends_at_loose_end
        return Frame(kind, raw, len(raw) + dropped, dropped > 0, is_loose and not ends, ends)


def is_chunk(sent: bytes, facts: Facts) -> bool:
    """True for a BDAT line that counts octets, whether or not they follow; what they say is never looked at."""
    return _takes_chunks(facts) and _BDAT.fullmatch(sent, 0, sent.find(b"\n") + 1) is not None


def _takes_chunks(facts: Facts) -> bool:
    """True where a BDAT line counts octets that follow it: after an EHLO, never in another protocol."""
    return facts.hello == "EHLO" and facts.offers("CHUNKING")


_LINE_GROWS = {
    "MAIL": {"SIZE": 26, "8BITMIME": 17, "SMTPUTF8": 10, "DSN": 200, "AUTH": 500},
    "RCPT": {"DSN": 500},
}
"""Octets that an extension allows on top (RFC 1870 §3, RFC 6152 §2, RFC 6531 §3.1, RFC 3461 §4, RFC 4954 §3)."""


def line_limit(event: str, facts: Facts) -> int:
    """Octets that a command line may have, CR LF included (RFC 5321 §4.5.3.1.4 and what extensions add)."""
    if event in ("(response)", "AUTH"):
        return limits.RESPONSE_LINE
    grows = _LINE_GROWS.get(event, {})
    return limits.COMMAND_LINE + sum(octets for keyword, octets in grows.items() if facts.offers(keyword))


def unstuff(data: bytes) -> bytes:
    """Mail data as its author meant it: every line that begins with a dot loses that one dot (RFC 5321 §4.5.2).

    `data` is what crossed the wire, its final dot line left out, CR LF kept.

    >>> unstuff(b"..a\\r\\nb\\r\\n.c\\r\\n")
    b'.a\\r\\nb\\r\\nc\\r\\n'
    """
    data = data[1:] if data.startswith(b".") else data
    # Only a dot right after CR LF is at a line's start; each such place is met once, left to right.
    return data.replace(b"\r\n.", b"\r\n")


def stuff(content: bytes) -> bytes:
    """Mail data as it must cross the wire: a line that begins with a dot gets one more; no final dot line is added.

    >>> stuff(b".a\\r\\nb\\r\\n")
    b'..a\\r\\nb\\r\\n'
    """
    content = b"." + content if content.startswith(b".") else content
    return content.replace(b"\r\n.", b"\r\n..")


def decode(raw: bytes) -> str:
    """Text of octets from the wire, decoded once: UTF-8, and what is not stays visible as \\xNN."""
    return raw.decode("utf-8", "backslashreplace")


def split_lines(data: bytes) -> list[bytes]:
    """The lines of mail data, each with its CR LF; a bare LF ends none. What follows the last CR LF is one more."""
    lines = [piece + b"\r\n" for piece in data.split(b"\r\n")]
    last = lines.pop()[:-2]
    return [*lines, last] if last else lines
