"""A whole session or a slice of one, as the views and the learner read it.

A recorder makes one (`recorder`), an observer does, or it is read from text (`parsers`) or JSON; nothing here
listens, sends or judges. Its parts are in `steps`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any, overload

from .language import Language, language_named
from .replies import Outcome, Reply
from .smtp import SMTP
from .steps import Exchange, Segment, Step, steps_of
from .table import Facts, Table

__all__ = ["Exchange", "Segment", "Step", "Transcript"]


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
        segments: Iterable[Segment] = (),
        left_out: int = 0,
    ) -> None:
        self.exchanges = tuple(exchanges)
        self.peer = peer
        self.table = table
        self.has_states = has_states
        self.steps = tuple(steps_of(self.exchanges) if steps is None else steps)
        self.start = table.start if start is None else start
        self.segments = tuple(segments)
        """How TCP cut the two streams, in order; () where that was not recorded, and in a slice."""
        self.left_out = left_out
        """Exchanges in its middle that are no longer kept, as in a very long session; a remark stands where they were."""

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
        return Transcript(
            exchanges, peer=self.peer, table=self.table, has_states=self.has_states, steps=chosen, start=start
        )

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
        import json  # costs every start of a server as much as a room of ours, and few keep sessions

        return json.dumps(
            {
                "smtplab": 1, "peer": self.peer, "table": self.table.name, "has_states": self.has_states,
                "left_out": self.left_out, "exchanges": self._exchanges_to_json(secrets),
                "segments": [[s.direction, s.seconds, s.octets] for s in self.segments],
            },
            indent=1,
        )  # fmt: skip

    def _exchanges_to_json(self, secrets: bool) -> list[dict[str, Any]]:
        """The exchanges; what is known after one stands there where it does not follow from those before it."""
        items: list[dict[str, Any]] = []
        facts = Facts()
        for e in self.exchanges:
            items.append(_exchange_to_json(e, secrets))
            if _learned(facts, self.table, e.event, e.outcome, e.reply, e.before, e.sent) != e.facts:
                items[-1]["facts"] = {**asdict(replace(e.facts, keywords={})), "keywords": dict(e.facts.keywords)}
            facts = e.facts
        return items

    @classmethod
    def from_json(cls, text: str) -> Transcript:
        """A transcript that `to_json` wrote. Raises ValueError where the text is none."""
        import json

        try:
            stored = json.loads(text)
            language = language_named(str(stored["table"]))
            facts, left_out = Facts(), int(stored.get("left_out", 0))
            exchanges: list[Exchange] = []
            for item in stored["exchanges"]:
                exchanges.append(_exchange_from_json(item, facts, language))
                facts = exchanges[-1].facts
            segments = [Segment(str(who), float(at), int(octets)) for who, at, octets in stored.get("segments", ())]
            peer, has_states = str(stored.get("peer", "")), bool(stored.get("has_states", True))
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
            raise ValueError(
                f"this is no transcript that smtplab wrote: {error!r}. Try Transcript.parse(text)."
            ) from None
        return cls(
            exchanges, peer=peer, table=language.table, has_states=has_states, segments=segments, left_out=left_out,
        )  # fmt: skip

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
        **({"not_kept": list(exchange.not_kept)} if exchange.not_kept[0] else {}),
    }  # fmt: skip


def _exchange_from_json(item: dict[str, Any], facts: Facts, language: Language) -> Exchange:
    table = language.table
    raw = str(item["reply"]).encode("latin-1")
    reply = language.read(raw) if raw else None
    if raw and reply is None:
        raise ValueError(f"{raw[:60]!r} is no reply")
    before, after = table.states[item["before"]], table.states[item["after"]]
    outcome = Outcome[item["outcome"]] if item["outcome"] else None
    event, sent, gone = str(item["event"]), str(item["sent"]).encode("latin-1"), item.get("not_kept", (0, 0))
    known = item.get("facts")
    facts = _facts(known) if known else _learned(facts, table, event, outcome, reply, before, sent)
    return Exchange(
        event, sent, reply, raw, table.at.get((before, event)), before, after, outcome, facts,
        float(item["seconds"][0]), float(item["seconds"][1]), tuple(map(str, item["remarks"])), tuple(map(str, item["reply_remarks"])),
        (int(gone[0]), int(gone[1])),
    )  # fmt: skip


def _facts(known: dict[str, Any]) -> Facts:
    keywords = {str(keyword): str(value) for keyword, value in known["keywords"].items()}
    flags = {name: bool(known[name]) for name in ("tls", "authenticated", "chunk_failed")}
    return Facts(hello=str(known["hello"]), keywords=keywords, **flags)


def _learned(
    facts: Facts, table: Table, event: str, outcome: Outcome | None, reply: Reply | None, before: Any, sent: bytes
) -> Facts:
    """The facts after an exchange, where those before it are known."""
    teaches = outcome is not None and (reply is not None or (event == "(handshake)" and outcome is Outcome.COMPLETION))
    return table.learn(facts, event, reply, before, sent) if teaches else facts
