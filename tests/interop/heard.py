"""A small oracle for recorded sessions, typed from the standards: which state a session is in after each reply.

It never frames octets. It knows from the script where one step ends and the next begins, and so what a reply answers;
an observer knows nothing but the octets. The rules are RFC 5321 §3 and §4.1, RFC 3207 §4, RFC 4954 §4, RFC 3030 §2, and
for servers that accept what is out of order the one rule that an accepted command has its usual effect.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TRUE_END = re.compile(rb"(?:\A|\r\n)\.\r\n")
_ANY_END = re.compile(rb"(?:\A|[\r\n])\.(?:\r\n|\n|\r)")
_CHUNK = re.compile(rb"BDAT +(\d+)( +LAST)?\r\n", re.IGNORECASE)


@dataclass
class Heard:
    """One recorded session, told step by step."""

    state: str = "CONNECTED"
    offers_chunking: bool = False
    said: bytes = b""
    """What the client said and nothing answered yet."""
    unexplained: list[int] = field(default_factory=list)
    """Codes that answered nothing that was said."""

    def step(self, octets: bytes) -> None:
        """The client begins a step. What nobody answered in the step before may still be answered late."""
        self.said += octets

    def handshake(self, ok: bool) -> None:
        self.said = b""
        self.state = "GREETED" if ok else "CLOSED"

    def closed(self) -> None:
        self.state = "CLOSED"

    def reply(self, lines: list[str], still_to_come: list[int]) -> None:
        """One reply; `still_to_come` are the codes that follow it before the client's next step."""
        code = int(lines[-1][:3])
        if code == 421:
            self.state = "CLOSED"
        elif self.state == "CONNECTED":
            self.state = "GREETED" if code == 220 else "REFUSED"
        elif self.state == "DATA":
            # A server that reads on and says 354 again took the first thing that looks like an end for one.
            pattern = _TRUE_END if _TRUE_END.search(self.said) and 354 not in still_to_come else _ANY_END
            end = pattern.search(self.said)
            self.said = self.said[end.end() :] if end else b""
            self.state = "READY"
        elif self.state == "AUTH":
            self._next_line()
            self.state = "AUTH" if code == 334 else "READY"
        else:
            self._answer(code, lines)

    def _answer(self, code: int, lines: list[str]) -> None:
        if not self.said:
            self.unexplained.append(code)
            return
        chunk = _CHUNK.match(self.said) if self.offers_chunking else None
        line = self._next_line()
        if chunk:
            self.said = self.said[int(chunk[1]) :]
        words = line.split()
        verb = words[0].upper().decode("latin-1") if words and line[:1].isalpha() else ""
        if verb == "EHLO" and code == 250:
            self.offers_chunking = any(text[4:].split()[:1] == ["CHUNKING"] for text in lines[1:])
        if verb == "HELO" and code == 250:
            self.offers_chunking = False
        if code < 400:
            self.state = self._accepted(verb, code, is_last=bool(chunk and chunk[2]))

    def _accepted(self, verb: str, code: int, *, is_last: bool) -> str:
        leads = {
            "HELO": "READY",
            "EHLO": "READY",
            "MAIL": "MAIL",
            "RCPT": "RCPT",
            "BDAT": "READY" if is_last else "BDAT",
            "RSET": self.state if self.state == "GREETED" else "READY",
            "QUIT": "CLOSED",
            "STARTTLS": "TLS",
        }
        if verb == "DATA" and code == 354:
            return "DATA"
        if verb == "AUTH":
            return "AUTH" if code == 334 else self.state
        return leads.get(verb, self.state)

    def _next_line(self) -> bytes:
        line, _, self.said = self.said.partition(b"\n")
        return line.rstrip(b"\r")
