"""What was said in a session, as the views and the learner read it: exchanges, and in them steps.

An `Exchange` is one event with its reply. A `Step` is one thing said: one per client line, one per whole reply,
one per chunk; of long mail data the first and last lines with one fold between. A `Transcript` is a whole session
or a slice of one. All three are made by a recorder (`record`) or read from text (`parsers`); nothing here listens,
sends or judges.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

from .replies import Outcome, Reply
from .smtp import SMTP, State, learn
from .table import Facts, Row, Table
from .wire import decode, split_lines

FOLD_BEYOND, FOLD_HEAD, FOLD_TAIL = 40, 10, 5
MASK = "********"


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
        return self.direction == "C" and (self.kind == "response" or (self.event == "AUTH" and len(self.text.split()) > 2))

    def shown(self, *, secrets: bool = False) -> str:
        """Its text with a secret masked, unless asked for."""
        if secrets or not self.is_secret:
            return self.text
        return MASK if self.kind == "response" else " ".join([*self.text.split()[:2], MASK])


def data_line_remarks(line: bytes) -> tuple[str, ...]:
    """What is unusual about one line of mail data, its CR LF included."""
    found: list[str] = []
    body = line.removesuffix(b"\r\n")
    if b"\n" in body:
        found.append("bare LF: it ends nothing in mail data (RFC 5321 §2.3.8)")
    if b"\r" in body:
        found.append("bare CR: it ends nothing (RFC 5321 §2.3.8)")
    if len(line) > 1000:
        found.append("longer than 1,000 octets (RFC 5321 §4.5.3.1.6)")
    return tuple(found)


def _pieces(exchange: Exchange) -> Iterator[tuple[str, bytes, int]]:
    """(kind, raw, lines that it stands for) of what the client sent in an exchange."""
    sent = exchange.sent
    if exchange.event == "(end of data)":
        lines = split_lines(sent)
        kinds = ["data"] * len(lines)
        if exchange.reply is not None and lines:
            kinds[-1] = "end"
        if len(lines) <= FOLD_BEYOND:
            yield from ((kind, line, 1) for kind, line in zip(kinds, lines, strict=True))
            return
        yield from (("data", line, 1) for line in lines[:FOLD_HEAD])
        yield "fold", b"".join(lines[FOLD_HEAD:-FOLD_TAIL]), len(lines) - FOLD_HEAD - FOLD_TAIL
        yield from ((kind, line, 1) for kind, line in zip(kinds[-FOLD_TAIL:], lines[-FOLD_TAIL:], strict=True))
    elif exchange.event in ("BDAT", "BDAT LAST") and b"\n" in sent:
        line, _, chunk = sent.partition(b"\n")
        yield "line", line + b"\n", 1
        if chunk:
            yield "chunk", chunk, 1
    elif sent:
        yield ("response" if exchange.before is State.AUTH else "line"), sent, 1


def _client_text(kind: str, raw: bytes, lines: int) -> str:
    if kind == "fold":
        return f"... {lines:,} more lines, {len(raw):,} octets ..."
    if kind == "chunk":
        return f"... {len(raw):,} octets ..."
    return decode(raw.removesuffix(b"\n").removesuffix(b"\r"))


def steps_of(exchanges: Iterable[Exchange]) -> list[Step]:
    """The steps of exchanges in order, numbered from 1; each exchange learns which steps are its own."""
    steps: list[Step] = []
    for exchange in exchanges:
        own: list[Step] = []
        for kind, raw, lines in _pieces(exchange):
            remarks = data_line_remarks(raw) if kind == "data" else ()
            text = _client_text(kind, raw, lines)
            own.append(
                Step(len(steps) + 1, "C", raw, text, exchange.seconds_sent, exchange.before, exchange, remarks, lines, kind)
            )
            steps.append(own[-1])
        if own and exchange.remarks:
            first = own[-1] if exchange.event == "(end of data)" else own[0]
            first.remarks = (*exchange.remarks, *first.remarks)
        exchange.steps = tuple(own)
        if exchange.reply is not None:
            text = decode(exchange.reply_raw).replace("\r\n", "\n").rstrip("\n")
            said = Step(
                len(steps) + 1, "S", exchange.reply_raw, text, exchange.seconds_replied, exchange.after, exchange,
                exchange.reply_remarks, 1, "reply",
            )  # fmt: skip
            exchange.reply_step = said
            steps.append(said)
    return steps


class Transcript(Sequence[Step]):
    """What was said in a session: `steps`, and the `exchanges` that they belong to.

    A slice is a Transcript as well; its steps keep their numbers. `has_states` is False where replies were not
    recorded (as in the guide's second session): then every step's state is where the session began.
    """

    def __init__(
        self,
        exchanges: Iterable[Exchange] = (),
        *,
        peer: str = "",
        table: Table = SMTP,
        has_states: bool = True,
        steps: Sequence[Step] | None = None,
        start: Any = None,
    ) -> None:
        self.exchanges = tuple(exchanges)
        self.peer = peer
        self.table = table
        self.has_states = has_states
        self.steps = tuple(steps_of(self.exchanges) if steps is None else steps)
        self.start = table.start if start is None else start

    def __len__(self) -> int:
        return len(self.steps)

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> Transcript: ...
    def __getitem__(self, index: int | slice) -> Step | Transcript:
        if isinstance(index, int):
            return self.steps[index]
        chosen = self.steps[index]
        kept = {id(step.exchange) for step in chosen}
        exchanges = [e for e in self.exchanges if id(e) in kept]
        first = chosen[0].index - 1 if chosen else 0
        start = self.start if first <= 0 or not self.steps else self.state_at(self._position(first))
        return Transcript(exchanges, peer=self.peer, table=self.table, has_states=self.has_states, steps=chosen, start=start)

    def _position(self, index: int) -> int:
        return next((n for n, step in enumerate(self.steps, 1) if step.index == index), 0)

    def state_at(self, position: int) -> Any:
        """The state after `position` steps; 0 is before anything was said."""
        return self.start if position == 0 else self.steps[position - 1].state

    def facts_at(self, position: int) -> Facts:
        """What is known after `position` steps."""
        if position == 0:
            return Facts()
        step = self.steps[position - 1]
        if step.direction == "S":
            return step.exchange.facts
        number = next(n for n, exchange in enumerate(self.exchanges) if exchange is step.exchange)
        return self.exchanges[number - 1].facts if number else Facts()

    @property
    def state(self) -> Any:
        """Where the session stands after all that is known, a closed connection included."""
        return self.exchanges[-1].after if self.exchanges else self.start

    @property
    def facts(self) -> Facts:
        return self.exchanges[-1].facts if self.exchanges else Facts()

    @property
    def remarks(self) -> tuple[str, ...]:
        """Every remark, in order."""
        return tuple(remark for step in self.steps for remark in step.remarks)

    def text(self, *, secrets: bool = False) -> str:
        """The session as `C:` and `S:` lines. Passwords are masked unless `secrets` is true."""
        lines: list[str] = []
        for step in self.steps:
            lines += [f"{step.direction}: {line}" for line in step.shown(secrets=secrets).split("\n")]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Transcript of {len(self.steps)} steps, {self.state.name}>"

    def to_json(self, *, secrets: bool = False) -> str:
        """The session as JSON, to keep; `from_json` reads it back. Passwords are masked unless `secrets` is true."""
        return json.dumps(
            {
                "smtplab": 1, "peer": self.peer, "table": self.table.name, "has_states": self.has_states,
                "exchanges": [_exchange_to_json(exchange, secrets) for exchange in self.exchanges],
            },
            indent=1,
        )  # fmt: skip

    @classmethod
    def from_json(cls, text: str) -> Transcript:
        """A transcript that `to_json` wrote. Raises ValueError where the text is none."""
        try:
            stored = json.loads(text)
            facts = Facts()
            exchanges: list[Exchange] = []
            for item in stored["exchanges"]:
                exchanges.append(_exchange_from_json(item, facts))
                facts = exchanges[-1].facts
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"this is no transcript that smtplab wrote: {error!r}. Try Transcript.parse(text).") from None
        return cls(exchanges, peer=stored.get("peer", ""), has_states=stored.get("has_states", True))

    @classmethod
    def parse(cls, text: str) -> Transcript:
        """A transcript read from text: `C:`/`S:` lines, a bare telnet log, swaks, or smtplib's debug output.

        The states come from an observer that follows it. Raises ValueError where no session can be seen in it.
        """
        from .parsers import parse

        return parse(text)


def _exchange_to_json(exchange: Exchange, secrets: bool) -> dict[str, Any]:
    sent = exchange.sent
    if not secrets and any(step.is_secret for step in exchange.steps):
        sent = (exchange.steps[0].shown() + "\r\n").encode()
    return {
        "event": exchange.event, "sent": sent.decode("latin-1"), "reply": exchange.reply_raw.decode("latin-1"),
        "before": exchange.before.name, "after": exchange.after.name,
        "outcome": exchange.outcome.name if exchange.outcome else None,
        "seconds": [exchange.seconds_sent, exchange.seconds_replied],
        "remarks": list(exchange.remarks), "reply_remarks": list(exchange.reply_remarks),
    }  # fmt: skip


def _exchange_from_json(item: dict[str, Any], facts: Facts) -> Exchange:
    raw = str(item["reply"]).encode("latin-1")
    reply = Reply.parse(raw) if raw else None
    before, after = State[item["before"]], State[item["after"]]
    outcome = Outcome[item["outcome"]] if item["outcome"] else None
    event = str(item["event"])
    if outcome is not None and (reply is not None or (event == "(handshake)" and outcome is Outcome.COMPLETION)):
        facts = learn(facts, event, reply)
    return Exchange(
        event, str(item["sent"]).encode("latin-1"), reply, raw, SMTP.at.get((before, event)), before, after, outcome, facts,
        float(item["seconds"][0]), float(item["seconds"][1]), tuple(item["remarks"]), tuple(item["reply_remarks"]),
    )  # fmt: skip
