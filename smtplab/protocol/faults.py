"""Faults on request: what goes wrong, where, and how often. Certain and placed, so that a lesson can count on them.

As text, `EVENT[:WHICH]=WHAT`. WHICH counts within a session: `2` the second, `/3` every third, none: every one.
WHAT is a reply (`450`, `450 4.2.1 Busy`; 421 closes), `close`, `reset`, `stall SECONDS`, `far SECONDS` (each way, as over
a long line), `dribble OCTETS SECONDS`, `cut N,N,...` (where segments end), `merge` (sent together with the next reply),
or `garble`.

A server of POP3 has faults too: at its own events (`RETR=close`), and at those of both protocols (`QUIT=stall 5` is for
either). Its replies are `-ERR`, `-ERR text`, `+OK` or `+OK text`, and make the fault POP3's alone, as a code makes it SMTP's.

A fault is applied between the handler's reply and its effect: a 450 put in place of a 250 means that nothing was
done. One exception, for the lesson about lost replies: a close or reset at `(end of data)` comes after storing.
Nothing here touches a socket or waits: `apply` says what to send, in which pieces, with which pauses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from .replies import Reply
from .smtp import SMTP
from .table import Table

CUT_PAUSE_S = 0.05
"""Seconds between the segments of a cut: enough for each to travel alone on loopback."""
LONGEST_S = 3600.0
NO_PLACE = frozenset({"(eof)", "(handshake)", "(unasked)", "(timeout)"})
"""Happenings that no client's doing earns a reply for."""

_SPEC = re.compile(r"(?P<event>\([a-z ]+\)|[A-Z]+(?: LAST)?)(?::(?P<which>/?\d+))?=(?P<what>.+)", re.IGNORECASE)
_REPLY = re.compile(r"[2-5]\d\d(?: .*)?")
_POP3_REPLY = re.compile(r"(?P<status>\+OK|-ERR)(?: (?P<text>.*))?")


class Delivery(NamedTuple):
    """Octets to send, after a pause of so many seconds."""

    octets: bytes
    pause_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `nth` 2 is the second of its event in a session, `every` 3 each third; both 0: each one.

    Raises ValueError, saying how it is written, where event or deed is not understood, or are of two protocols.

    >>> Fault.parse("RCPT:2=450 4.2.1 Busy")
    Fault(event='RCPT', what='450 4.2.1 Busy', nth=2, every=0)
    """

    event: str
    what: str
    nth: int = 0
    every: int = 0

    def __post_init__(self) -> None:
        if not any(_has_place(table, self.event) for table in _tables(self.event)):
            raise ValueError(
                f"{self.event!r} is no place for a fault. Name a verb, or (connect), (end of data), (response),"
                " (unknown verb) or (line too long)."
            )
        if self.nth < 0 or self.every < 0 or (self.nth and self.every):
            raise ValueError("WHICH is a number (2: the second), or a slash and one (/3: every third).")
        _checked_deed(self.what)
        if not any(self.is_for(table) for table in _tables(self.event, self.what)):
            wanted = "-ERR text" if self.event not in SMTP.by_event else "450, or 450 text"
            raise ValueError(f"{self.event} and {self.what!r} are of two protocols: write a reply as {wanted}.")

    @classmethod
    def parse(cls, spec: str) -> Self:
        """The fault that a text describes: EVENT[:WHICH]=WHAT."""
        found = _SPEC.fullmatch(spec.strip())
        if found is None:
            none = "" if spec.strip() else " For none at all: server.faults = ()."
            raise ValueError(
                f"{spec!r} is no fault. Write EVENT[:WHICH]=WHAT, as in RCPT:2=450 or (end of data)=close.{none}"
            )
        event = found["event"].lower() if found["event"].startswith("(") else found["event"].upper()
        which = found["which"] or "0"
        number = int(which.removeprefix("/"))
        if found["which"] and number == 0:
            raise ValueError("WHICH counts from 1.")
        every = which.startswith("/")
        return cls(event, found["what"].strip(), 0 if every else number, number if every else 0)

    def __str__(self) -> str:
        which = f":{self.nth}" if self.nth else f":/{self.every}" if self.every else ""
        return f"{self.event}{which}={self.what}"

    def is_at(self, count: int) -> bool:
        """True for the `count`-th of its event in a session, counted from 1."""
        return count % self.every == 0 if self.every else self.nth in (0, count)

    def is_for(self, table: Table) -> bool:
        """True where a server of this protocol can have it: its table has the event, and the reply, if one, is its own."""
        other = _POP3_REPLY if table is SMTP else _REPLY
        return _has_place(table, self.event) and other.fullmatch(self.what) is None

    @property
    def closes(self) -> bool:
        """True where the connection ends in place of a reply."""
        return self.what in ("close", "reset")

    @property
    def is_far(self) -> bool:
        """True where the reply is late by the length of the line, which replies to one piece cross together."""
        return self.what.startswith("far ")

    @property
    def pop3_reply(self) -> tuple[str, str] | None:
        """Status and text of the reply that it puts in place of a POP3 server's; None where it puts none."""
        found = _POP3_REPLY.fullmatch(self.what)
        return None if found is None else (found["status"], found["text"] or "")

    def reply(self, words: str) -> Reply | None:
        """The reply that it puts in place of an SMTP server's, in `words` where it has none of its own; else None."""
        if not _REPLY.fullmatch(self.what):
            return None
        return Reply(int(self.what[:3]), self.what[4:] or words)

    def deliveries(self, raw: bytes) -> Sequence[Delivery]:
        """A reply's octets as they shall leave: in pieces, late, or mangled; as they are for any other fault."""
        word, _, rest = self.what.partition(" ")
        if word == "stall":
            return (Delivery(raw, float(rest)),)
        if word == "far":
            return (Delivery(raw, 2 * float(rest)),)
        if word == "dribble":
            size, pause = int(rest.split()[0]), float(rest.split()[1])
            pieces = [raw[at : at + size] for at in range(0, len(raw), size)]
            return [Delivery(piece, pause if at else 0.0) for at, piece in enumerate(pieces)]
        if word == "cut":
            ends = [0, *(int(end) for end in rest.split(",") if int(end) < len(raw)), len(raw)]
            pieces = [raw[start:end] for start, end in zip(ends, ends[1:], strict=False)]
            return [Delivery(piece, CUT_PAUSE_S if at else 0.0) for at, piece in enumerate(pieces)]
        if word == "garble":
            # The three digits, or +OK, are what a client reads: without them no line is a reply. Its end stays, so that
            # the client hears something whole. Lines that would follow an +OK are left out: nothing asked for them.
            lines = raw.splitlines(keepends=True) if raw[:1].isdigit() else [raw.partition(b"\n")[0] + b"\n"]
            return (Delivery(b"".join(b"###" + line[3:] for line in lines)),)
        return (Delivery(raw),)


def _tables(event: str, what: str = "") -> Iterable[Table]:
    """The protocols that may have this event, and this deed; POP3's is loaded only where it is wanted."""
    yield SMTP
    if event not in SMTP.by_event or _POP3_REPLY.fullmatch(what):
        from .pop3.machine import POP3

        yield POP3


def _has_place(table: Table, event: str) -> bool:
    return event in table.by_event and event not in NO_PLACE


def _checked_deed(what: str) -> None:
    word, _, rest = what.partition(" ")
    try:
        if word in ("stall", "far"):
            good = 0 <= float(rest) <= LONGEST_S
        elif word == "dribble":
            octets, seconds = rest.split()
            good = int(octets) >= 1 and 0 <= float(seconds) <= LONGEST_S
        elif word == "cut":
            ends = [int(end) for end in rest.split(",")]
            good = ends == sorted(set(ends)) and ends[0] >= 1
        elif word in ("close", "reset", "merge", "garble"):
            good = not rest
        elif _POP3_REPLY.fullmatch(what):
            good = what.isascii() and what.isprintable()
        else:
            good = _REPLY.fullmatch(what) is not None and bool(Reply(int(what[:3]), what[4:]).lines)
    except (ValueError, IndexError):
        good = False
    if not good:
        raise ValueError(
            f"{what!r} is nothing that a fault can do. Write a reply (450, or 450 4.2.1 Busy; for POP3 -ERR, or -ERR"
            " text), close, reset, stall SECONDS, far SECONDS, dribble OCTETS SECONDS, cut N,N (rising), merge or garble."
        )


class Faults:
    """The faults of one session, with its counts: how many of each event there were."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._faults = tuple(faults)
        self._counts: dict[str, int] = {}

    def at(self, event: str) -> Fault | None:
        """The fault for this event, which is counted; the first that fits, None for most."""
        if not self._faults:
            return None
        count = self._counts[event] = self._counts.get(event, 0) + 1
        return next((fault for fault in self._faults if fault.event == event and fault.is_at(count)), None)


class FaultsInTurn(tuple[Fault, ...]):
    """Faults that strike one after the other, each once, in whichever session its place comes: `Server(faults=...)`.

    A turn is a fault, or several of which the first that comes strikes. It waits until the one before it is over with,
    over as many sessions as that takes. One whose place was gone through without it (the client said HELO, and it
    waited at EHLO) is passed over: nobody gets stuck. WHICH counts within a mail transaction here, and a place that
    was behind when the turn began comes again with the next transaction or session.
    """

    turns: tuple[tuple[Fault, ...], ...]
    over: list[Fault | None]
    """What struck, for each turn that is over with; None where it was passed over."""

    def __new__(cls, turns: Iterable[str | Fault | Sequence[str | Fault]]) -> Self:
        several = tuple(faults(turn) for turn in turns)
        made = super().__new__(cls, (fault for turn in several for fault in turn))
        made.turns, made.over = several, []
        return made

    def in_session(self, table: Table) -> Turns:
        """The turns as one session of this protocol meets them."""
        return Turns(self, table)


_PLACES = {
    "(connect)": 0, "HELO": 1, "EHLO": 1, "STARTTLS": 2, "AUTH": 2, "MAIL": 3, "RCPT": 4, "DATA": 5, "BDAT": 5,
    "(end of data)": 6, "BDAT LAST": 7,
}  # fmt: skip
"""The order in which a session comes to a letter's events: who is further has gone through all that stand before."""


class Turns:
    """One session's way through `FaultsInTurn`: what it has come to, and which turn it was as it came there."""

    def __init__(self, all_: FaultsInTurn, table: Table) -> None:
        self._all, self._table = all_, table
        self._counts: dict[str, int] = {}
        self._reached = -1
        self._began: dict[int, int] = {}

    def at(self, event: str) -> Fault | None:
        """The fault for this event, which is counted; None for most."""
        place = _PLACES.get(event, -1)
        if place >= 0:
            self._come_to(event, place)
        count = self._counts[event] = self._counts.get(event, 0) + 1
        turns, over = self._all.turns, self._all.over
        while len(over) < len(turns):
            turn = turns[len(over)]
            fits = (f for f in turn if f.event == event and f.is_at(count) and f.is_for(self._table))
            if (fault := next(fits, None)) is not None:
                over.append(fault)
                return fault
            if not all(self._has_missed(fault, place) for fault in turn):
                return None
            over.append(None)
        return None

    def _come_to(self, event: str, place: int) -> None:
        if event in ("EHLO", "HELO", "MAIL"):  # what is counted begins anew
            self._counts = {name: n for name, n in self._counts.items() if _PLACES.get(name, -1) <= place}
        if place != self._reached:
            for each in range(min(self._reached + 1, place), place + 1):
                self._began[each] = len(self._all.over)
            self._reached = place

    def _has_missed(self, fault: Fault, place: int) -> bool:
        """True where its turn had begun when the session came to its place, and the session is further now."""
        own = _PLACES.get(fault.event, place)
        return own < place and self._began.get(own) == len(self._all.over)


def in_session(all_: Iterable[Fault], table: Table) -> Faults | Turns:
    """The faults as one session of this protocol meets them."""
    if isinstance(all_, FaultsInTurn):
        return all_.in_session(table)
    return Faults(fault for fault in all_ if fault.is_for(table))


def faults(wanted: str | Fault | Iterable[str | Fault] | None) -> tuple[Fault, ...]:
    """Faults, given as text or as they are, one or several. Raises ValueError as `Fault` does."""
    if wanted is None:
        return ()
    if isinstance(wanted, FaultsInTurn):
        return wanted
    several = (wanted,) if isinstance(wanted, str | Fault) else tuple(wanted)
    return tuple(fault if isinstance(fault, Fault) else Fault.parse(fault) for fault in several)
