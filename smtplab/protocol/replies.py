"""Replies: what a server says, as a value, and as the bytes on the wire.

Never does: decide what a code means (catalogue), hold a limit (limits), or know a command.

Rules:
1. One value, one spelling. An enhanced code that every line carries is split off when the reply is made,
   whoever makes it, so ``Reply.parse(reply.encode()) == reply`` for every reply there can be.
2. A reply is complete at the first line that is not three digits and a hyphen (RFC 5321 §4.2.1): whatever
   a server sends, every line feed brings the reader further.
3. Strict in what is made (``Reply(...)`` refuses), lenient in what is read: a bare LF, several CRs before
   it, a code without its space or text (RFC 5321 §4.2), and octets that are not UTF-8 are all taken.

>>> reply = Reply(250, ("mail.example.com", "SIZE 1000"))
>>> reply.encode()
b'250-mail.example.com\\r\\n250 SIZE 1000\\r\\n'
>>> Reply.parse(b"550 5.1.1 no such user\\r\\n").outcome
<Outcome.PERMANENT: 'permanent negative'>
"""

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self

FIRST_CODE, LAST_CODE = 200, 599
"""No reply of SMTP begins with another digit than 2, 3, 4 or 5 (RFC 5321 §4.2)."""

_LINE = re.compile(r"(?P<code>[2-5][0-9]{2})(?:(?P<mark>[ -])(?P<text>[^\r\n]*))?")
_LOOSE_CODE = re.compile(r"[2-5][0-9]{2}(?![0-9])")
_NUMBER = r"(?:0|[1-9][0-9]{0,2})"
_ENHANCED = re.compile(rf"[245]\.{_NUMBER}\.{_NUMBER}")
_ENHANCED_FIRST = re.compile(rf"(?P<code>[245]\.{_NUMBER}\.{_NUMBER})(?: |\Z)")


class Outcome(enum.Enum):
    """What a reply decides, all that a client must know of it (RFC 5321 §4.2.1, §4.3.2)."""

    COMPLETION = "positive completion"
    INTERMEDIATE = "positive intermediate"
    TRANSIENT = "transient negative"
    PERMANENT = "permanent negative"
    CLOSING = "closing"
    """421: refused for now, and the connection ends (RFC 5321 §3.8)."""

    @classmethod
    def of(cls, code: int) -> "Outcome":
        """The outcome of a code of 200 to 599, known or not: its first digit, but for 421.

        >>> Outcome.of(250).name, Outcome.of(299).name, Outcome.of(421).name
        ('COMPLETION', 'COMPLETION', 'CLOSING')
        """
        return _OUTCOMES[checked_code(code)]

    __hash__ = object.__hash__  # each member is one object; what `enum` has takes longer, and every reply asks for it


_BY_FIRST_DIGIT = {
    2: Outcome.COMPLETION,
    3: Outcome.INTERMEDIATE,
    4: Outcome.TRANSIENT,
    5: Outcome.PERMANENT,
}
_OUTCOMES = {code: _BY_FIRST_DIGIT[code // 100] for code in range(FIRST_CODE, LAST_CODE + 1)} | {421: Outcome.CLOSING}


@dataclass(frozen=True, slots=True, order=True)
class EnhancedCode:
    """An enhanced status code, three numbers (RFC 3463 §2); a class other than 2, 4, 5 is a ValueError.

    >>> str(EnhancedCode.parse("5.1.1"))
    '5.1.1'
    """

    class_: int
    subject: int
    detail: int

    def __post_init__(self) -> None:
        if not _ENHANCED.fullmatch(str(self)):
            raise ValueError(
                f"{self} is no enhanced code. Give a class of 2, 4 or 5, then subject and detail"
                " of 0 to 999, as in 5.1.1."
            )

    @classmethod
    @lru_cache(maxsize=256)
    def parse(cls, text: str) -> Self:
        """The code that the whole text is; leading zeros, spaces or anything else are a ValueError."""
        if not _ENHANCED.fullmatch(text):
            raise ValueError(
                f"{text!r} is no enhanced code. Write class.subject.detail, the class 2, 4 or 5, each"
                " number of at most three digits without leading zeros, as in 5.1.1."
            )
        class_, subject, detail = map(int, text.split("."))
        return cls(class_, subject, detail)

    def __str__(self) -> str:
        return f"{self.class_}.{self.subject}.{self.detail}"


@dataclass(frozen=True, slots=True, init=False)
class Reply:
    """One whole reply: its code, the text of its lines, the enhanced code if all lines carry one.

    The lines are characters, without code, hyphen, enhanced code and CRLF. A single line may be given as a
    str. Refused with a ValueError: CR or LF in a line, no line at all, a code outside 200 to 599, an enhanced
    code of another class than the code's first digit (RFC 2034 §4).

    >>> Reply(250, "2.1.5 Recipient ok").enhanced
    EnhancedCode(class_=2, subject=1, detail=5)
    """

    code: int
    lines: tuple[str, ...]
    enhanced: EnhancedCode | None = None
    _octets: bytes = field(default=b"", repr=False, compare=False)

    def __init__(self, code: int, lines: str | Iterable[str], enhanced: EnhancedCode | None = None) -> None:
        texts = _checked_lines(lines)
        if enhanced is None:
            enhanced, texts = _split_enhanced(checked_code(code), texts)
        elif enhanced.class_ != checked_code(code) // 100:
            raise ValueError(
                f"{code} cannot carry {enhanced}: the class is the code's first digit, and 3yz codes carry"
                " none. Change one of the two, or leave the enhanced code out."
            )
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "lines", texts)
        object.__setattr__(self, "enhanced", enhanced)
        object.__setattr__(self, "_octets", b"")

    @property
    def outcome(self) -> Outcome:
        """What the reply decides."""
        return _OUTCOMES[self.code]

    @property
    def text(self) -> str:
        """The lines' text, joined by a line feed."""
        return "\n".join(self.lines)

    @property
    def is_multiline(self) -> bool:
        """Whether there is more than one line."""
        return len(self.lines) > 1

    def wire_lines(self) -> tuple[str, ...]:
        """The lines as they are sent, without CRLF: all but the last have a hyphen after the code.

        The space stays where there is no text, as a 334 with an empty challenge needs it (RFC 4954 §4).
        """
        inner = "" if self.enhanced is None else f"{self.enhanced} "
        last = len(self.lines) - 1
        return tuple(f"{self.code}{' ' if at == last else '-'}{inner}{line}" for at, line in enumerate(self.lines))

    def encode(self) -> bytes:
        """The octets on the wire, each line with its CRLF (RFC 5321 §4.2, §4.2.1)."""
        if not self._octets:
            object.__setattr__(self, "_octets", "".join(f"{line}\r\n" for line in self.wire_lines()).encode())
        return self._octets

    def __str__(self) -> str:
        return "\n".join(self.wire_lines())

    @classmethod
    def parse(cls, raw: bytes | bytearray | str) -> Self:
        """The one whole reply that raw holds, with or without its final CRLF.

        Octets that are not UTF-8 become ``\\xNN``. Raises ValueError, naming the line, where a line has no
        code, the codes differ, the last line is missing, or more follows it; nothing else.
        """
        text = raw if isinstance(raw, str) else raw.decode("utf-8", "backslashreplace")
        lines = [line.rstrip("\r") for line in text.removesuffix("\n").split("\n")]
        matches = [_matched(number, line) for number, line in enumerate(lines, start=1)]
        for number, match in enumerate(matches, start=1):
            _check_place(number, match, matches[0]["code"], is_last=number == len(matches))
        return cls(int(matches[0]["code"]), tuple(match["text"] or "" for match in matches))


@lru_cache(maxsize=128)
def reply_of(code: int, lines: str | tuple[str, ...], enhanced: str = "") -> Reply:
    """The reply of these, its enhanced code as text. A server says few different ones, and each of them often."""
    return Reply(code, lines, EnhancedCode.parse(enhanced) if enhanced else None)


def read_loosely(raw: bytes) -> Reply | None:
    """What a client makes of a malformed reply: the code of its last line, a CR inside made visible; None for no code.

    For recorded sessions: servers echo what they were sent, and their lines' codes may differ (RFC 5321 §4.2).

    >>> read_loosely(b"500 no NOOP\\rRSET here\\r\\n")
    Reply(code=500, lines=('no NOOP\\\\x0dRSET here',), enhanced=None)
    """
    lines = [line.rstrip("\r") for line in raw.decode("utf-8", "backslashreplace").removesuffix("\n").split("\n")]
    if _LOOSE_CODE.match(lines[-1]) is None:
        return None
    return Reply(int(lines[-1][:3]), tuple(line[4:].replace("\r", "\\x0d") for line in lines))


def read(raw: bytes) -> Reply | None:
    """A reply as a client reads it: strictly where that can be, else by its code; None where it has none."""
    try:
        return Reply.parse(raw)
    except ValueError:
        return read_loosely(raw)


def checked_code(code: int) -> int:
    """The code itself; anything but a whole number of 200 to 599 is a ValueError (RFC 5321 §4.2)."""
    if type(code) is not int or not FIRST_CODE <= code <= LAST_CODE:
        raise ValueError(
            f"{code!r} is no reply code. Give a whole number from {FIRST_CODE} to {LAST_CODE}, such as 250."
        )
    return code


def split_reply(buffer: bytes | bytearray, start: int = 0) -> int | None:
    """The offset just behind the first complete reply at or after start, or None where more is to come.

    Never raises and never waits for more than a line feed: a line that is no ``250-...`` ends a reply,
    whatever it holds (RFC 5321 §4.2.1). Time is linear in what it looks at.

    >>> split_reply(b"250-a\\r\\n250 b\\r\\n354 go"), split_reply(b"354 go")
    (14, None)
    """
    while (end := buffer.find(b"\n", start)) >= 0:
        head = buffer[start : start + 4]
        if not (head[:3].isdigit() and head[3:] == b"-"):
            return end + 1
        start = end + 1
    return None


def _checked_lines(lines: str | Iterable[str]) -> tuple[str, ...]:
    """The lines as a tuple; lone surrogates, which UTF-8 cannot carry, as ``\\udcNN``."""
    texts = (lines,) if isinstance(lines, str) else tuple(lines)
    if not texts:
        raise ValueError('A reply has at least one line. Give "" for a reply without text.')
    for line in texts:
        if "\r" in line or "\n" in line:
            raise ValueError(
                f"{line!r} holds CR or LF, which end a line on the wire."
                ' Give each line as an item of a tuple: Reply(250, ("one", "two")).'
            )
    return tuple(line.encode("utf-8", "backslashreplace").decode() for line in texts)


def _split_enhanced(code: int, lines: tuple[str, ...]) -> tuple[EnhancedCode | None, tuple[str, ...]]:
    """The enhanced code that every line begins with, and the lines without it; or None and the lines."""
    matches = [match for line in lines if (match := _ENHANCED_FIRST.match(line))]
    found = {match["code"] for match in matches}
    if len(matches) != len(lines) or len(found) != 1:
        return None, lines
    enhanced = EnhancedCode.parse(found.pop())
    if enhanced.class_ != code // 100:
        return None, lines
    return enhanced, tuple(match.string[match.end() :] for match in matches)


def _matched(number: int, line: str) -> re.Match[str]:
    """The parts of one line, or a ValueError that names it (RFC 5321 §4.2)."""
    if (match := _LINE.fullmatch(line)) is None:
        raise ValueError(
            f"Line {number} of the reply, {line[:60]!r}, is malformed: it must be three digits, the first"
            " of 2 to 5, then a space or a hyphen, then text without CR."
        )
    return match


def _check_place(number: int, match: re.Match[str], code: str, *, is_last: bool) -> None:
    """Nothing, or a ValueError where a line does not fit those around it (RFC 5321 §4.2.1)."""
    where = f"Line {number} of the reply, {match[0][:60]!r},"
    if match["code"] != code:
        raise ValueError(f"{where} has another code than the first: every line must carry {code}.")
    if match["mark"] == "-" and is_last:
        raise ValueError(
            f"{where} promises another line by its hyphen, and none follows."
            f" Put a space after the code of the last line: {code} text."
        )
    if match["mark"] != "-" and not is_last:
        raise ValueError(
            f"{where} has no hyphen, so it is the last, and more follows."
            " Give one reply at a time; split_reply finds where it ends."
        )
