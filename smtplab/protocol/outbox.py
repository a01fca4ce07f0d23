"""What a session has to send: the octets of its replies, in the pieces and with the pauses that faults ask for."""

from __future__ import annotations

from .faults import Delivery, Fault

HELD_KEPT = 64 * 1024
"""Octets that may be held back for the next reply: where every reply is, they leave once they are so many."""


class Outbox:
    """Replies that were given and not yet taken. A reply held back for `merge` leaves with the next one; of those that
    are `far`, the first waits, and the others cross the line with it."""

    __slots__ = ("_held", "_is_crossing", "_octets", "_pause_s", "_waiting")

    def __init__(self) -> None:
        self._waiting: list[Delivery] = []
        self._pause_s, self._octets = 0.0, list[bytes]()
        self._held = b""
        self._is_crossing = False

    def put(self, raw: bytes, fault: Fault | None = None) -> None:
        """One reply's octets."""
        if self._held:
            raw, self._held = self._held + raw, b""
        if fault is None:
            self._octets.append(raw)
        elif fault.what == "merge" and len(raw) < HELD_KEPT:
            self._held = raw
        elif fault.is_far and self._is_crossing:
            self._octets.append(raw)
        else:
            self._is_crossing = fault.is_far
            for delivery in fault.deliveries(raw):
                if delivery.pause_s:
                    self._part(delivery.pause_s)
                self._octets.append(delivery.octets)

    def release(self) -> None:
        """Nothing more will come: what was held back leaves now."""
        if self._held:
            self._octets.append(self._held)
            self._held = b""

    def take(self) -> list[Delivery]:
        """All that is there to send, in order; what has no pause before it is joined to what stands before."""
        if self._octets:
            self._part(0.0)
        taken, self._waiting, self._is_crossing = self._waiting, [], False
        return taken

    def _part(self, pause_s: float) -> None:
        """What comes from now on is sent apart from what is there, after this pause."""
        if self._octets:
            self._waiting.append(Delivery(b"".join(self._octets), self._pause_s))
        self._pause_s, self._octets = pause_s, []
