"""One session as an exercise reads it: its commands, the letters that it delivered, and its steps by number.

Everything is read from the record (`Transcript`), letters too, so that a record that was kept can be judged again.
Nothing here judges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ...protocol.address import BadSyntax, parse_path
from ...protocol.command import parse
from ...protocol.message import Envelope, Message
from ...protocol.replies import Outcome
from ...protocol.smtp import State
from ...protocol.transcript import Exchange, Transcript
from ...protocol.wire import unstuff

IN_TRANSACTION = frozenset({State.MAIL, State.RCPT, State.DATA, State.BDAT})
ACCEPTED = (Outcome.COMPLETION, Outcome.INTERMEDIATE)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that the server accepted in this session, and the exchange that ended it."""

    message: Message
    exchange: Exchange

    @property
    def begins(self) -> int:
        """The step of its first line."""
        return self.exchange.steps[0].index

    @property
    def is_unparted(self) -> bool:
        """True where no empty line parts the header section from what follows (RFC 5322 §2.1)."""
        from email.errors import MissingHeaderBodySeparatorDefect

        return any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in self.message.message.defects)

    @property
    def body(self) -> str:
        """What stands below the header section, its transfer encoding undone; "" for a letter of several parts."""
        if self.is_unparted:
            return ""
        payload = self.message.message.get_payload(decode=True)
        return payload.decode("utf-8", "backslashreplace") if isinstance(payload, bytes) else ""


class Attempt:
    """One session as the server recorded it, read for judging."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript

    @cached_property
    def commands(self) -> tuple[Exchange, ...]:
        """The exchanges that a command line began."""
        return tuple(e for e in self.transcript.exchanges if e.sent and e.event not in ("(end of data)", "(response)"))

    @cached_property
    def letters(self) -> tuple[Letter, ...]:
        return tuple(_letters(self.transcript))

    @property
    def last_step(self) -> int:
        return self.transcript.steps[-1].index if self.transcript.steps else 0

    @property
    def is_silent(self) -> bool:
        """True where no line of the client's has come, not even the beginning of one as it left."""
        said = any(step.direction == "C" for step in self.transcript.steps)
        return not said and not any("the last line was never ended" in e.remarks for e in self.transcript.exchanges)

    def step(self, exchange: Exchange) -> int:
        """The step that shows how an exchange came out: its reply, or the last thing said before it ended."""
        if exchange.reply_step is not None:
            return exchange.reply_step.index
        return exchange.steps[-1].index if exchange.steps else self.last_step

    def nth(self, exchange: Exchange) -> str:
        """Which of the client's commands began an exchange: "3rd"."""
        return ordinal(next((n for n, e in enumerate(self.commands, 1) if e is exchange), 0))

    def find(self, event: str, *, accepted: bool | None = None) -> Exchange | None:
        """The first exchange of an event, if wanted one that was accepted or was not."""
        for exchange in self.transcript.exchanges:
            if exchange.event == event and accepted in (None, exchange.outcome in ACCEPTED):
                return exchange
        return None


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def _letters(transcript: Transcript) -> list[Letter]:
    """The letters that were accepted, from what was said alone."""
    found: list[Letter] = []
    reverse_path, chunks = "", b""
    forward_paths: list[str] = []
    for exchange in transcript.exchanges:
        accepted = exchange.outcome in ACCEPTED
        if exchange.event == "MAIL" and accepted:
            reverse_path, forward_paths, chunks = path_of(exchange, "FROM"), [], b""
        elif exchange.event == "RCPT" and accepted:
            forward_paths.append(path_of(exchange, "TO"))
        elif exchange.event in ("BDAT", "BDAT LAST") and accepted:
            chunks += exchange.sent.partition(b"\n")[2]
        if exchange.event in ("(end of data)", "BDAT LAST") and exchange.outcome is Outcome.COMPLETION:
            content = chunks if exchange.event == "BDAT LAST" else unstuff(exchange.sent.removesuffix(b".\r\n"))
            found.append(Letter(Message(Envelope(reverse_path, tuple(forward_paths)), content, b""), exchange))
        if exchange.after not in IN_TRANSACTION:
            reverse_path, forward_paths, chunks = "", [], b""
    return found


def path_of(exchange: Exchange, keyword: str) -> str:
    """The path in a MAIL ("FROM") or a RCPT ("TO"), as the server took it."""
    argument = parse(exchange.sent.rstrip(b"\r\n")).argument
    try:
        return parse_path(argument, keyword).mailbox
    except BadSyntax:  # a server of other manners took it all the same
        return argument
