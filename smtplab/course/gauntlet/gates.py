"""The twelve gates of the gauntlet: what goes wrong at each, what it asks of a client, and what the server saw there.

    gates = judge(server.sessions, reached=len(in_turn.over), over=False)
    gates[0].verdict        # "held", "failed", "not met" or "waits"
    gates[0].saw            # "came again after the 421, and said EHLO"

Pure: a function of the record. Each exchange that a fault struck is remarked "fault ...", so a gate is found again in it.

Rules
1. Nothing is held against a client that the server did not see. What it waited is known where it is told (`waits`).
2. A verdict that may still change is "waits", until the run is over; whoever never came again has failed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ...protocol.faults import Fault
from ...protocol.transcript import Transcript
from .spot import Spot, Verdict, again, found, held, message_id, named_at

HELD, FAILED, NOT_MET, WAITS = "held", "failed", "not met", "waits"


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate as it stands in a run."""

    number: int
    fault: str
    """As it is written: "RCPT:2=450"."""
    asks: str
    """What a client must do, in a sentence."""
    section: str
    """Where the standard says so."""
    verdict: str
    saw: str
    """What the server saw, in a few words."""
    notebook: str
    """The number of the notebook that is about this."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One gate as it is placed: the fault, or several of which the first that comes strikes."""

    faults: tuple[str, ...]
    asks: str
    section: str
    notebook: str
    judge: Callable[[Spot], Verdict]

    @property
    def fault(self) -> str:
        return " or ".join(self.faults)


# ------------------------------------------------------------------------------------------------- what was seen
def _greeting(spot: Spot) -> Verdict:
    return again(spot, "after the 421")


def _dribble(spot: Spot) -> Verdict:
    if spot.was_early(len(spot.exchange.reply_raw) - 1):
        return FAILED, "spoke before the reply was whole"
    if (said := spot.next_said) is None:
        return spot.settled("left in the middle of it")
    if said in ("EHLO", "HELO", "QUIT"):
        return FAILED, f"said {said} after a reply that was slow, and good"
    return HELD, f"read the reply to its end, and went on with {said}"


def _garble(spot: Spot) -> Verdict:
    if went_on := [each.event for each in spot.transaction if each.event in ("RCPT", "DATA", "BDAT", "BDAT LAST")]:
        return FAILED, f"went on with {went_on[0]}, though nothing had accepted the sender"
    return again(spot, "after what was no reply")


def _no_ehlo(spot: Spot) -> Verdict:
    if (said := spot.next_said) is None:
        return spot.settled("left, and did not try HELO")
    return (HELD, "said HELO in the same session") if said == "HELO" else (FAILED, f"said {said} in place of HELO")


def _busy(spot: Spot) -> Verdict:
    who = named_at(spot.exchange)
    if (gave_up := _whether_gave_up(spot, "450")) is not None:
        return gave_up
    if (left_out := _whether_left_out(spot)) is not None:
        return left_out
    if any(each.event == "RCPT" and named_at(each) == who for each in spot.after("DATA")):
        return HELD, f"went on with the others, and named {who} again later"
    return spot.settled(f"went on with the others, and never named {who} again", whole_run=True)


def _refused(spot: Spot) -> Verdict:
    who = named_at(spot.exchange)
    gave_up = _whether_gave_up(spot, "550")
    if any(each.event == "RCPT" and named_at(each) == who for each in spot.later):
        also = "gave up the letter for all, and " if gave_up is not None and gave_up[0] == FAILED else ""
        return FAILED, f"{also}named {who} again after a 550"
    if gave_up is not None:
        return gave_up
    return held(f"went on with the others, and never named {who} again", spot.is_over)


def _whether_gave_up(spot: Spot, code: str) -> Verdict | None:
    """The verdict on a client that has not gone on with the other recipients; None where it has."""
    if any(each.event == "DATA" for each in spot.transaction):
        return None
    return spot.settled(f"gave up the letter for all, after one {code}")


def _whether_left_out(spot: Spot) -> Verdict | None:
    """The verdict on a client that has named nobody behind the refused one; None where it has, or had nobody else."""
    if any(each.event == "RCPT" for each in spot.transaction):
        return None
    begun = [n for n, each in enumerate(spot.session.exchanges[: spot.at]) if each.event == "MAIL"]
    tried = {
        named_at(each) for each in spot.session.exchanges[max(begun, default=0) : spot.at + 1] if each.event == "RCPT"
    }
    others = [named_at(each) for each in spot.later if each.event == "RCPT" and named_at(each) not in tried]
    if others:
        return FAILED, f"sent the letter without naming {others[0]} in this try, after one 450"
    return None if spot.is_over else (WAITS, "the client is on its way")


def _no_data(spot: Spot) -> Verdict:
    if lines := spot.mail_lines:
        return FAILED, f"sent its letter to a 451: {lines} lines were taken for commands"
    return again(spot, "after the 451")


def _wrong_digit(spot: Spot) -> Verdict:
    if lines := spot.mail_lines:
        return FAILED, f"sent its letter to a 250: {lines} lines were taken for commands"
    return again(spot, "after the 250 that was no 354")


def _reset(spot: Spot) -> Verdict:
    return again(spot, "after the connection was cut")


def _late_data(spot: Spot) -> Verdict:
    if spot.was_early(1):
        return FAILED, "sent its letter before the 354 was there"
    if (said := spot.next_said) is None:
        return spot.settled("left before the 354 was there")
    return (HELD, "waited for the 354") if said == "(end of data)" else (FAILED, f"said {said} in place of its letter")


def _not_stored(spot: Spot) -> Verdict:
    if spot.next_letter is None:
        return spot.settled("never sent the letter again after the 452", whole_run=True)
    came = again(spot, "after the 452")
    return came if came[0] == FAILED else (HELD, "sent the letter again after the 452")


def _lost_reply(spot: Spot) -> Verdict:
    if (copy := spot.next_letter) is None:
        return spot.settled("never sent the letter again, and knows nothing of the one that is stored", whole_run=True)
    if (came := again(spot, "after the lost reply"))[0] == FAILED:
        return came
    first, second = message_id(spot.exchange), message_id(copy)
    if not first or not second:
        return FAILED, "sent the letter again without a Message-ID: nobody can tell that the two are one"
    if first != second:
        return FAILED, "sent the letter again with another Message-ID: the two look like different letters"
    return HELD, "sent the letter again, with the same Message-ID"


# ---------------------------------------------------------------------------------------------------- the gates
GATES = (
    Placed(
        ("(connect)=421",), "Leave, and come again later. (The server hangs up after a 421: a QUIT may have no reply.)", "RFC 5321 §3.8", "11", _greeting,
    ),
    Placed(
        ("EHLO=dribble 1 0.001", "HELO=dribble 1 0.001"),
        "Read the reply to its end, however slowly it comes.", "RFC 5321 §4.2.1", "04", _dribble,
    ),
    Placed(
        ("MAIL=garble",),
        "This is no reply, so it is no 250: do not go on; leave, and come again.", "RFC 5321 §4.2", "12", _garble,
    ),
    Placed(
        ("EHLO=502",), "Say HELO instead, in the same session.", "RFC 5321 §3.2", "08", _no_ehlo,
    ),
    Placed(
        ("RCPT:2=450",), "Go on with the others, and try this one again later.", "RFC 5321 §4.5.4.1", "10", _busy,
    ),
    Placed(
        ("DATA=451",), "Send no letter: there is nobody to read it. Come again.", "RFC 5321 §3.3", "10", _no_data,
    ),
    Placed(
        ("RCPT=reset",), "The connection is cut: take that for a 451, and come again.", "RFC 5321 §3.8", "12", _reset,
    ),
    Placed(
        ("DATA=250",), "A 2 where a 3 must stand: send no letter. Come again.", "RFC 5321 §4.3.2", "12", _wrong_digit,
    ),
    Placed(
        ("RCPT:3=550",), "Go on with the others, and never name this one again.", "RFC 5321 §4.2.1", "10", _refused,
    ),
    Placed(
        ("DATA=stall 1",), "Wait for the 354: not a line of the letter before it.", "RFC 5321 §4.5.3.2.5", "12", _late_data,
    ),
    Placed(
        ("(end of data)=452",), "Nothing was stored: keep the letter, and send it again.", "RFC 5321 §4.2.1", "10", _not_stored,
    ),
    Placed(
        ("(end of data)=close",),
        "Nobody said 250: send the letter again, under the same Message-ID.", "RFC 5321 §4.2.5", "12", _lost_reply,
    ),
)  # fmt: skip
"""In the order in which they stand: each fault that ends a try stands behind those that would be lost with it."""


def judge(
    sessions: Sequence[Transcript],
    *,
    reached: int = 0,
    over: bool = True,
    waits: Mapping[int, float] | None = None,
    gaps: Mapping[int, float] | None = None,
) -> tuple[Gate, ...]:
    """Every gate as it stands by what a server saw.

    `reached`: how many turns are over with, struck or passed over. `over`: nobody comes any more. `waits`: seconds
    that the client says it waited, by the number of sessions that it had had, None where nobody tells; a client that
    comes again without is failed then. `gaps`: seconds by a real clock, by the same numbers: they are only told.
    """
    spots = [found(sessions, placed.faults, over=over, waits=waits, gaps=gaps or {}) for placed in GATES]
    last = max((number for number, spot in enumerate(spots, 1) if spot is not None), default=0)
    return tuple(
        _gate(number, placed, spot, number <= max(reached, last) or over)
        for number, (placed, spot) in enumerate(zip(GATES, spots, strict=True), 1)
    )


def _gate(number: int, placed: Placed, spot: Spot | None, is_behind: bool) -> Gate:
    if spot is not None:
        verdict, saw = placed.judge(spot)
    elif is_behind:
        verdict, saw = NOT_MET, "the client did not come by there"
    else:
        verdict, saw = WAITS, "has not struck yet"
    fault = placed.fault if spot is None else spot.fault
    return Gate(number, fault, placed.asks, placed.section, verdict, saw, placed.notebook)


def in_turn() -> tuple[tuple[Fault, ...], ...]:
    """The gates' faults, for `FaultsInTurn`."""
    return tuple(tuple(Fault.parse(each) for each in placed.faults) for placed in GATES)
