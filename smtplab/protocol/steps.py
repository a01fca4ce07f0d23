"""One thing said, and one event with its reply: `Step` and `Exchange`, and how the one is cut from the other.

A `Step` is one client line, one whole reply, one chunk; of long mail data the first and last lines each, with one
fold between. TLS and closing are none. Steps are made from exchanges when somebody looks: a record stays small.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from . import limits
from .replies import Outcome, Reply
from .table import Facts, Row
from .wire import decode, split_lines

FOLD_BEYOND, FOLD_HEAD, FOLD_TAIL = 40, 10, 5
MASK = "********"
TAIL_KEPT = 100
NOT_KEPT = "not all of the mail data was kept: the server's record was full"
_LOOSE_END = re.compile(rb"(?<=\n)\.\r?\n\Z")
_OPEN_WORDS = {"AUTH": 2, "PASS": 1, "APOP": 2}
"""How many words of a command are no secret; what follows them is a password, or as good as one."""


@dataclass(slots=True, eq=False)
class Exchange:
    """One event with its reply. `reply` is None while the server has not answered, and for what earns no reply.

    `sent` is every octet that the client said for it. `remarks` are about what the client said, `reply_remarks`
    about the reply. Times are seconds since the session began. `steps` are the client's steps.
    """

    event: str
    sent: bytes
    reply: Reply | None
    reply_raw: bytes
    row: Row | None
    before: Any
    after: Any
    outcome: Outcome | None
    facts: Facts
    """What is known after it."""
    seconds_sent: float = 0.0
    seconds_replied: float = 0.0
    remarks: tuple[str, ...] = ()
    reply_remarks: tuple[str, ...] = ()
    not_kept: tuple[int, int] = (0, 0)
    """(lines, octets) that the record let go of, from the middle of `sent` (`shorten`)."""
    steps: tuple[Step, ...] = field(default=(), repr=False)
    reply_step: Step | None = field(default=None, repr=False)

    @property
    def is_asked(self) -> bool:
        """True while a command waits for its reply."""
        return self.outcome is None and self.event != ""

    @property
    def moved(self) -> bool:
        return self.before is not self.after


@dataclass(slots=True, eq=False)
class Step:
    """One thing said. `raw` has its line end; `text` has not (lines of a multiline reply are joined by LF).

    `state` is the state after it: a client's step never moves one. `folded` counts the lines of mail data that
    this step stands for (1, but in a fold).
    """

    index: int
    direction: str
    """"C" for client to server, "S" for server to client."""
    raw: bytes = field(repr=False)
    text: str
    seconds: float
    state: Any
    exchange: Exchange = field(repr=False)
    remarks: tuple[str, ...] = ()
    folded: int = 1
    kind: str = "line"
    """"line", "reply", "data" (a line of mail data), "end" (the final dot line), "fold", "chunk" or "response"."""

    @property
    def event(self) -> str:
        return self.exchange.event

    @property
    def is_secret(self) -> bool:
        """True where it carries a password, or could."""
        if self.direction != "C" or self.kind not in ("line", "response"):
            return False
        # By its words, not its event: an AUTH that was too long, or misspelt by a blank, gives away as much.
        words = self.text.split()
        return self.kind == "response" or (bool(words) and len(words) > _OPEN_WORDS.get(words[0].upper(), len(words)))

    def shown(self, *, secrets: bool = False) -> str:
        """Its text with a secret masked, unless asked for."""
        if secrets or not self.is_secret:
            return self.text
        words = self.text.split()
        return MASK if self.kind == "response" else " ".join([*words[: _OPEN_WORDS[words[0].upper()]], MASK])


class Segment(NamedTuple):
    """One delivery of octets, as TCP cut the stream: lines may be cut by it, and it may hold many."""

    direction: str
    """"C" for client to server, "S" for server to client."""
    seconds: float
    octets: int


def data_line_remarks(line: bytes) -> tuple[str, ...]:
    """What is unusual about one line of mail data, its CR LF included."""
    found: list[str] = []
    body = line.removesuffix(b"\r\n")
    if b"\n" in body:
        found.append("bare LF: it ends nothing in mail data (RFC 5321 §2.3.8)")
    if b"\r" in body:
        found.append("bare CR: it ends nothing (RFC 5321 §2.3.8)")
    if len(line) - line.startswith(b"..") > limits.TEXT_LINE:  # the dot of transparency is not counted
        found.append("longer than 1,000 octets (RFC 5321 §4.5.3.1.6)")
    return tuple(found)


def shorten(exchange: Exchange) -> int:
    """Lets go of what is long in an exchange, for good: mail data but for its first and last lines, a chunk but for
    its command. Gives the octets that went, 0 for an exchange that has neither; a remark says so."""
    lines = split_lines(exchange.sent)
    if exchange.event in ("BDAT", "BDAT LAST"):
        kept = exchange.sent.partition(b"\n")
        kept = b"".join(kept[:2])
    elif exchange.event == "(end of data)":
        kept = b"".join((*lines[:FOLD_HEAD], *lines[FOLD_HEAD:][-FOLD_TAIL:]))
        if 2 * len(kept) > len(exchange.sent):
            kept = lines[-1][-TAIL_KEPT:]
    else:
        return 0
    gone = len(exchange.sent) - len(kept)
    if gone:
        if exchange.not_kept == (0, 0):
            exchange.remarks = (*exchange.remarks, NOT_KEPT)
        gone_lines = max(1, len(lines) - len(split_lines(kept)))
        exchange.not_kept = (exchange.not_kept[0] + gone_lines, exchange.not_kept[1] + gone)
        exchange.sent = kept
    return gone


def _pieces(exchange: Exchange) -> Iterator[tuple[str, bytes, int]]:
    """(kind, raw, lines that it stands for) of what the client sent in an exchange."""
    sent = exchange.sent
    if exchange.event == "(end of data)":
        lines = split_lines(sent)
        if exchange.reply is not None and lines:
            lines[-1:] = _with_loose_end(lines[-1])
        kinds = ["data"] * len(lines)
        if exchange.reply is not None and lines:
            kinds[-1] = "end"
        if exchange.not_kept[0]:
            head = lines[:-FOLD_TAIL][:FOLD_HEAD]
            yield from (("data", line, 1) for line in head)
            yield "fold", b"", exchange.not_kept[0]
            yield from ((kind, line, 1) for kind, line in zip(kinds[len(head) :], lines[len(head) :], strict=True))
            return
        if len(lines) <= FOLD_BEYOND:
            yield from ((kind, line, 1) for kind, line in zip(kinds, lines, strict=True))
            return
        yield from (("data", line, 1) for line in lines[:FOLD_HEAD])
        yield "fold", b"".join(lines[FOLD_HEAD:-FOLD_TAIL]), len(lines) - FOLD_HEAD - FOLD_TAIL
        yield from ((kind, line, 1) for kind, line in zip(kinds[-FOLD_TAIL:], lines[-FOLD_TAIL:], strict=True))
    elif exchange.event in ("BDAT", "BDAT LAST") and b"\n" in sent:
        line, _, chunk = sent.partition(b"\n")
        yield "line", line + b"\n", 1
        if chunk or exchange.not_kept[0]:
            yield "chunk", chunk, 1
    elif sent:
        yield ("response" if exchange.before.name == "AUTH" else "line"), sent, 1


def _with_loose_end(last: bytes) -> list[bytes]:
    """The last line of mail data, and the dot line apart that a reader saw in it who takes a bare LF for a line's end."""
    end = _LOOSE_END.search(last)
    return [last[: end.start()], last[end.start() :]] if end else [last]


def _client_text(kind: str, raw: bytes, lines: int, not_kept: int) -> str:
    octets = f"{not_kept:,} octets, not kept" if not_kept else f"{len(raw):,} octets"
    if kind == "fold":
        return f"... {lines:,} more lines, {octets} ..."
    if kind == "chunk":
        return f"... {octets} ..."
    return decode(raw.removesuffix(b"\n").removesuffix(b"\r"))


def _reply_text(raw: bytes) -> str:
    """The text of a reply, its lines joined by LF; of one that brings a long letter the middle is folded."""
    lines = decode(raw).replace("\r\n", "\n").rstrip("\n").split("\n")
    left_out = len(lines) - FOLD_HEAD - FOLD_TAIL
    if len(lines) > FOLD_BEYOND:
        lines[FOLD_HEAD:-FOLD_TAIL] = [f"... {left_out:,} more lines ..."]
    return "\n".join(lines)


def steps_of(exchanges: Iterable[Exchange]) -> list[Step]:
    """The steps of exchanges in order, numbered from 1; each exchange learns which steps are its own."""
    steps: list[Step] = []
    for exchange in exchanges:
        own: list[Step] = []
        for kind, raw, lines in _pieces(exchange):
            remarks = data_line_remarks(raw) if kind == "data" else ()
            text = _client_text(kind, raw, lines, exchange.not_kept[1])
            own.append(
                Step(
                    len(steps) + 1,
                    "C",
                    raw,
                    text,
                    exchange.seconds_sent,
                    exchange.before,
                    exchange,
                    remarks,
                    lines,
                    kind,
                )
            )
            steps.append(own[-1])
        if own and exchange.remarks:
            first = own[-1] if exchange.event == "(end of data)" else own[0]
            first.remarks = (*exchange.remarks, *first.remarks)
        exchange.steps = tuple(own)
        if exchange.reply is not None:
            text = _reply_text(exchange.reply_raw)
            said = Step(
                len(steps) + 1, "S", exchange.reply_raw, text, exchange.seconds_replied, exchange.after, exchange,
                exchange.reply_remarks, 1, "reply",
            )  # fmt: skip
            exchange.reply_step = said
            steps.append(said)
    return steps
