"""POP3's replies: `+OK` or `-ERR` and words for people, on some commands with lines that a lone dot ends (RFC 1939 §3).

No codes: what a reply decides is in its first character. Whether lines follow an `+OK` depends on what was asked, so
it cannot be read from the reply alone.

>>> Pop3Reply("+OK", "2 letters").encode()
b'+OK 2 letters\\r\\n'
>>> Pop3Reply("+OK", "here it is", b"Subject: x\\r\\n\\r\\n.dot\\r\\n").encode()
b'+OK here it is\\r\\nSubject: x\\r\\n\\r\\n..dot\\r\\n.\\r\\n'
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..command import parse
from ..replies import Outcome, Reply
from ..wire import decode, split_lines, stuff, unstuff

_STATUS = re.compile(rb"(\+OK|-ERR|\+)(?:[ \t](.*))?", re.IGNORECASE | re.DOTALL)
_OUTCOMES = {"+OK": Outcome.COMPLETION, "+": Outcome.INTERMEDIATE, "-ERR": Outcome.PERMANENT}
_LONG = frozenset({"RETR", "TOP", "CAPA"})
_LONG_WITHOUT_ARGUMENT = frozenset({"LIST", "UIDL"})
_END = b"\r\n.\r\n"


@dataclass(frozen=True, init=False)
class Pop3Reply(Reply):
    """One whole reply: `status` is "+OK", "-ERR" or "+"; `code` is 0, for POP3 has none.

    `body`: the octets of the lines that follow the first, dots unstuffed, CR LF line ends, the lone dot left out; None
    for a reply of one line. `lines` is the text of all lines, the first one without its status. Raises ValueError for
    another status, and for CR or LF in the text.
    """

    __slots__ = ("body", "status", "text_of_first")  # by hand: the decorator would take the property `lines` away

    status: str
    text_of_first: str
    """The words of the first line, without its status."""
    body: bytes | None

    def __init__(self, status: str, text: str = "", body: bytes | None = None) -> None:
        if status not in _OUTCOMES:
            raise ValueError(f"{status!r} is no status of POP3: it is +OK, -ERR or +")
        if "\r" in text or "\n" in text:
            raise ValueError(f"{text!r} holds CR or LF, which end a line on the wire: give further lines as body")
        if body is not None and body and not body.endswith(b"\r\n"):
            body += b"\r\n"
        object.__setattr__(self, "code", 0)
        object.__setattr__(self, "enhanced", None)
        object.__setattr__(self, "status", status)
        object.__setattr__(self, "text_of_first", text)
        object.__setattr__(self, "body", body)

    @property
    def lines(self) -> tuple[str, ...]:  # pyright: ignore[reportIncompatibleVariableOverride]  made when somebody looks
        """The text of all lines: a letter's would cost more than the letter, and few look."""
        more = () if self.body is None else split_lines(self.body)
        return (self.text_of_first, *(decode(line.removesuffix(b"\r\n")) for line in more))

    def __reduce__(self) -> tuple[type[Pop3Reply], tuple[str, str, bytes | None]]:
        return Pop3Reply, (self.status, self.text_of_first, self.body)  # how it is copied

    @property
    def outcome(self) -> Outcome:
        """What the reply decides."""
        return _OUTCOMES[self.status]

    def wire_lines(self) -> tuple[str, ...]:
        """The lines as they are sent, decoded and without CR LF, the lone dot included."""
        lines = self.encode().split(b"\r\n")[:-1]
        return tuple(decode(line) for line in lines)

    def encode(self) -> bytes:
        """The octets on the wire; a line of the body that begins with a dot gets one more (RFC 1939 §3)."""
        # A continuation keeps its space where there is no text, as RFC 5034 §4 writes it.
        first = f"{self.status} {self.text_of_first}" if self.text_of_first or self.status == "+" else self.status
        octets = first.encode() + b"\r\n"
        return octets if self.body is None else octets + stuff(self.body) + b".\r\n"

    def __str__(self) -> str:
        return "\n".join(self.wire_lines())


def has_lines(event: str, argument: str) -> bool:
    """True where lines and a lone dot follow an +OK to this command (RFC 1939 §5, §7; RFC 2449 §5).

    >>> has_lines("LIST", ""), has_lines("LIST", "1"), has_lines("RETR", "1")
    (True, False, True)
    """
    return event in _LONG or (event in _LONG_WITHOUT_ARGUMENT and not argument)


def reply_end(octets: bytearray, event: str, sent: bytes, searched: int = 0) -> int | None:
    """The offset behind the first whole reply to `event`, which was said as `sent`; None where more is to come.

    In the first `searched` octets there is no end: a long letter comes in many pieces.
    """
    first = octets.find(b"\n") + 1
    if first == 0:
        return None
    if bytes(octets[:3]).upper() != b"+OK" or not is_long(event, sent):
        return first
    end = octets.find(_END, max(0, first - 2, searched - len(_END)))
    return None if end < 0 else end + len(_END)


def is_long(event: str, sent: bytes) -> bool:
    """True where lines follow an +OK to what was sent, the line end included or not."""
    return has_lines(event, parse(sent.rstrip(b"\r\n")).argument)


def read(raw: bytes) -> Pop3Reply | None:
    """A whole reply as a client reads it, in either case; None for a line that is no reply.

    >>> read(b"+OK 1 120\\r\\n").lines, read(b"hello\\r\\n")
    (('1 120',), None)
    """
    line, _, rest = raw.partition(b"\n")
    found = _STATUS.fullmatch(line.rstrip(b"\r"))
    if found is None:
        return None
    text = decode(found[2] or b"").replace("\r", "\\r")
    body = unstuff(rest.removesuffix(b".\r\n")) if rest else None
    return Pop3Reply(found[1].decode().upper(), text, body)
