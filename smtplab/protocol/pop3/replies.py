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

from ..replies import Outcome, Reply
from ..wire import decode, split_lines, stuff, unstuff

_STATUS = re.compile(rb"(\+OK|-ERR|\+)(?:[ \t](.*))?", re.IGNORECASE | re.DOTALL)
_OUTCOMES = {"+OK": Outcome.COMPLETION, "+": Outcome.INTERMEDIATE, "-ERR": Outcome.PERMANENT}
_LONG = frozenset({"RETR", "TOP", "CAPA"})
_LONG_WITHOUT_ARGUMENT = frozenset({"LIST", "UIDL"})
_END = b"\r\n.\r\n"


@dataclass(frozen=True, slots=True, init=False)
class Pop3Reply(Reply):
    """One whole reply: `status` is "+OK", "-ERR" or "+"; `code` is 0, for POP3 has none.

    `body`: the octets of the lines that follow the first, dots unstuffed, CR LF line ends, the lone dot left out; None
    for a reply of one line. `lines` is the text of all lines, the first one without its status. Raises ValueError for
    another status, and for CR or LF in the text.
    """

    status: str
    body: bytes | None

    def __init__(self, status: str, text: str = "", body: bytes | None = None) -> None:
        if status not in _OUTCOMES:
            raise ValueError(f"{status!r} is no status of POP3: it is +OK, -ERR or +")
        if "\r" in text or "\n" in text:
            raise ValueError(f"{text!r} holds CR or LF, which end a line on the wire: give further lines as body")
        if body is not None and body and not body.endswith(b"\r\n"):
            body += b"\r\n"
        more = () if body is None else tuple(decode(line.removesuffix(b"\r\n")) for line in split_lines(body))
        object.__setattr__(self, "code", 0)
        object.__setattr__(self, "lines", (text, *more))
        object.__setattr__(self, "enhanced", None)
        object.__setattr__(self, "status", status)
        object.__setattr__(self, "body", body)

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

    @property
    def text_of_first(self) -> str:
        """The words of the first line, without its status."""
        return self.lines[0]

    def __str__(self) -> str:
        return "\n".join(self.wire_lines())


def has_lines(event: str, argument: str) -> bool:
    """True where lines and a lone dot follow an +OK to this command (RFC 1939 §5, §7; RFC 2449 §5).

    >>> has_lines("LIST", ""), has_lines("LIST", "1"), has_lines("RETR", "1")
    (True, False, True)
    """
    return event in _LONG or (event in _LONG_WITHOUT_ARGUMENT and not argument)


def reply_end(octets: bytearray, event: str, sent: bytes) -> int | None:
    """The offset behind the first whole reply to `event`, which was said as `sent`; None where more is to come."""
    first = octets.find(b"\n") + 1
    if first == 0:
        return None
    if bytes(octets[:3]).upper() != b"+OK" or not has_lines(event, _argument(sent)):
        return first
    end = octets.find(_END, max(0, first - 2))
    return None if end < 0 else end + len(_END)


def _argument(sent: bytes) -> str:
    return decode(sent.strip().partition(b" ")[2]).strip()


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
