"""The gauntlet: a server at which one letter to three recipients meets twelve faults, one after the other.

    with Gauntlet() as run:
        deliver(run.server.address, "me@example.com", THREE, letter, wait=run.wait)
    run.gates           # each gate: what it asks, "held", "failed", "not met" or "waits", and what the server saw
    run.passed          # True where all were held, and the letter has arrived

It offers neither CHUNKING, so that a letter comes by DATA, nor PIPELINING, so that what a client says was said after
what it had heard; and no TLS. Never does: speak to the client, or ask it anything. See docs/gauntlet.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Self

from ...net.server import Server
from ...protocol.faults import FaultsInTurn
from ...protocol.smtp import State
from ...protocol.transcript import Transcript
from ...protocol.world import Clock, ToyClock
from ...views.text import esc, visible
from .gates import HELD, NOT_MET, Gate, in_turn, judge
from .spot import Arrived, arrived

THREE = ("alice@example.com", "bob@example.com", "carol@example.com")
"""Recipients for a letter: any three of example.com will do."""
WITHOUT = ("CHUNKING", "PIPELINING")


class Gauntlet:
    """One run: a server that is started at once, and what it has seen.

    `host`, `port` and `transport` are the server's. `clock`: another than the toy world's, which `wait` turns. Raises
    as `Server` does.
    """

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, clock: Clock | None = None, transport: str | None = None
    ) -> None:
        self._faults = FaultsInTurn(in_turn())
        self._clock = ToyClock() if clock is None else clock
        self._waits: dict[int, float] | None = None
        self._spans: dict[int, tuple[float, float]] = {}
        self._is_stopped = False
        self.server = Server(
            host=host, port=port, clock=self._clock, transport=transport, faults=self._faults, without=WITHOUT,
            on_end=_noted(self._spans),
        )  # fmt: skip

    def wait(self, seconds: float) -> None:
        """Lets that much time go by, on the server's clock and at once; from now on a wait is expected before each try."""
        number = len(self.server.sessions)
        self._waits = {} if self._waits is None else self._waits
        self._waits[number] = self._waits.get(number, 0.0) + seconds
        if isinstance(self._clock, ToyClock):
            self._clock.turn(seconds)

    def expect_waits(self) -> None:
        """Whoever comes again without `wait` has come at once, from now on."""
        self._waits = {} if self._waits is None else self._waits

    def stop(self) -> None:
        """Ends the run: what still waits is decided. Harmless when repeated."""
        self._is_stopped = True
        self.server.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # ------------------------------------------------------------------------------------------ what was seen
    @property
    def gates(self) -> tuple[Gate, ...]:
        """The twelve, in order, by what the server has seen so far."""
        reached = len(self._faults.over)  # first: what has struck by now is in the record that follows
        sessions = list(self.server.sessions)
        is_quiet = all(session.state is State.CLOSED for session in sessions)  # two clients at once: one may still wait
        over = self._is_stopped or (self._is_done(sessions) and is_quiet)
        gaps = None if self._waits is not None else self.gaps
        return judge(sessions, reached=reached, over=over, waits=self._waits, gaps=gaps)

    @property
    def gaps(self) -> dict[int, float]:
        """Seconds, by a real clock, between the end of each session and the beginning of the next, by its number."""
        spans = dict(self._spans)
        return {n: max(0.0, spans[n + 1][0] - spans[n][1]) for n in spans if n + 1 in spans}

    @property
    def letter(self) -> Arrived:
        """What has come of the letter."""
        return arrived(list(self.server.sessions))

    @property
    def arrived(self) -> bool:
        """True where everybody who was named, and not refused for good, has the letter, and all copies are one by name."""
        sessions = list(self.server.sessions)
        return self._is_done(sessions) and len(arrived(sessions).names) == 1

    @property
    def is_done(self) -> bool:
        """True where nothing more is to come: the letter has been acknowledged for all who can have it."""
        return self._is_done(list(self.server.sessions))

    def _is_done(self, sessions: Sequence[Transcript]) -> bool:
        letter = arrived(sessions)
        is_through = len(self._faults.over) == len(self._faults.turns) or len(letter.named) >= len(THREE)
        return letter.is_complete and is_through

    @property
    def passed(self) -> bool:
        """True where every gate was held, and the letter has arrived."""
        return self.arrived and all(gate.verdict == HELD for gate in self.gates)

    @property
    def waited(self) -> Mapping[int, float]:
        """Seconds that were waited by `wait`, by the number of sessions that there were by then."""
        return dict(self._waits or {})

    @property
    def stood(self) -> str:
        """The gate that struck last, and what it asks; "" where none has struck."""
        number = max((n for n, fault in enumerate(self._faults.over, 1) if fault is not None), default=0)
        if not number:
            return ""
        gate = self.gates[number - 1]
        return f"gate {number}, {gate.fault}: {gate.asks} Notebook {gate.notebook} is about this"

    @property
    def failure(self) -> str:
        """The first gate that was not held, or what is missing, in a sentence or two; "" where the run is passed."""
        for gate in self.gates:
            if gate.verdict != HELD:
                how = "was not met" if gate.verdict == NOT_MET else "was not held"
                saw, about = visible(gate.saw), f"Notebook {gate.notebook} is about this."
                return f"gate {gate.number}, {gate.fault}, {how}. The server saw: {saw}. It asks: {gate.asks} {about}"
        return "" if self.arrived else f"{self.summary[0].lower()}{self.summary[1:]}"

    # -------------------------------------------------------------------------------------------- as it is shown
    @property
    def summary(self) -> str:
        """How it stands, in a sentence."""
        count = sum(gate.verdict == HELD for gate in self.gates)
        letter = self.letter
        if self.arrived:
            end = "the letter has arrived."
        elif letter.is_complete and len(letter.names) > 1:
            end = "the letter has arrived, in copies that do not have one Message-ID."
        elif letter.acknowledged or letter.missing:
            end = f"the letter is missing at {', '.join(letter.missing)}."
        else:
            end = "the letter has not arrived."
        return f"{count} of {len(self._faults.turns)} gates held; {visible(end)}"

    def __str__(self) -> str:
        gates = self.gates
        rows = [(f"{gate.number:>2}", gate.fault, gate.verdict, visible(gate.saw)) for gate in gates]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = ["  ".join([*map(str.ljust, row[:3], widths), row[3]]).rstrip() for row in rows]
        return "\n".join([*lines, self.summary])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td>{gate.number}</td><td style="text-align:left"><code>{esc(gate.fault)}</code></td>'
            f'<td style="text-align:left">{esc(gate.asks)}</td><td style="text-align:left">{esc(gate.verdict)}</td>'
            f'<td style="text-align:left">{esc(gate.saw)}</td></tr>'
            for gate in self.gates
        )
        names = ("", "fault", "what it asks", "verdict", "what the server saw")
        head = "".join(f'<th scope="col" style="text-align:left">{name}</th>' for name in names)
        return (
            f'<table data-smtplab="gauntlet"><caption style="text-align:left">{esc(self.summary)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )


def _noted(spans: dict[int, tuple[float, float]]) -> Callable[[int, Transcript], None]:
    """Notes when each session began and ended, by a clock that only goes on. It holds no server, which may be forgotten."""

    def note(number: int, session: Transcript) -> None:
        now = time.monotonic()
        spans[number] = (now - max((each.seconds_replied for each in session.exchanges), default=0.0), now)

    return note
