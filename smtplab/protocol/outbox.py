"""What a session has to send: the octets of its replies, in the pieces and with the pauses that faults ask for."""

from __future__ import annotations

from .faults import Delivery, Fault

HELD_KEPT = 64 * 1024
"""Octets that may be held back for the next reply: where every reply is, they leave once they are so many."""


class Outbox:
    """Replies that were given and not yet taken. A reply held back for `merge` leaves with the next one."""

    def __init__(self) -> None:
        self._waiting: list[Delivery] = []
        self._held = b""

    def put(self, raw: bytes, fault: Fault | None = None) -> None:
        """One reply's octets."""
        raw, self._held = self._held + raw, b""
        if fault is None:
            self._waiting.append(Delivery(raw))
        elif fault.what == "merge" and len(raw) < HELD_KEPT:
            self._held = raw
        else:
            self._waiting.extend(fault.deliveries(raw))

    def release(self) -> None:
        """Nothing more will come: what was held back leaves now."""
        if self._held:
            self._waiting.append(Delivery(self._held))
            self._held = b""

    def take(self) -> tuple[Delivery, ...]:
        """All that is there to send, in order; what has no pause before it is joined to what stands before."""
        joined: list[Delivery] = []
        for delivery in self._waiting:
            if joined and not delivery.pause_s:
                joined[-1] = Delivery(joined[-1].octets + delivery.octets, joined[-1].pause_s)
            else:
                joined.append(delivery)
        self._waiting = []
        return tuple(joined)
