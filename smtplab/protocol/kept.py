"""The exchanges of one session that are remembered: all of them, or the first and the latest of very many.

    kept.append(exchange)
    kept.since(12)          # those after the first twelve that ever were

A session may go on for ever, its record may not. A learner wants to see how it began and where it stands, so it is the
middle that goes, and the exchange behind the gap says how many went. The newest is always there, whatever its size.

Rules
1. Places are counted from the first exchange that ever was, whether or not it is still there.
2. The gap opens once and stays where it is: what stands before it never goes.
3. What is taken from the record goes in lots, so that a long session costs no more a command than a short one.
"""

from __future__ import annotations

from .steps import Exchange, shorten

EXCHANGES_KEPT = 10_000
"""So many are enough for a picture and a stepper; with short commands they take some 10 MB."""
OCTETS_KEPT = 64 * 1024 * 1024
"""Octets said by both sides that are kept at most, but for the newest exchange: six messages of the default's largest."""
EXCHANGE_OCTETS = 400
"""What an exchange takes besides the octets that were said in it, about."""
HEAD = 1_000
"""Exchanges that stay in any case, where they have not more than a quarter of the octets."""
LOT = 500


class Kept:
    """The exchanges of one session, in order. `dropped` tells how many are no longer there."""

    __slots__ = ("_all", "_gap", "_longest", "_octets", "dropped")

    def __init__(self) -> None:
        self._all: list[Exchange] = []
        self._octets = 0
        self._longest = 0
        """Octets of the longest thing that the client said."""
        self._gap = 0
        """Where the gap is, 0 for none: the first exchange stays."""
        self.dropped = 0

    def __len__(self) -> int:
        """How many there ever were."""
        return len(self._all) + self.dropped

    @property
    def weight(self) -> int:
        """Octets that they take, about."""
        return self._octets + EXCHANGE_OCTETS * len(self._all)

    @property
    def last(self) -> Exchange | None:
        """The newest."""
        return self._all[-1] if self._all else None

    def append(self, exchange: Exchange) -> None:
        self._all.append(exchange)
        self._octets += _size(exchange)
        self._longest = max(self._longest, len(exchange.sent))
        if len(self._all) > EXCHANGES_KEPT + LOT or (self._octets > OCTETS_KEPT and len(self._all) > 2):
            self._drop()

    def since(self, place: int = 0) -> list[Exchange]:
        """Those from a place on that are still there."""
        return self._all[self._index(place) :]

    def left_out(self, place: int = 0) -> int:
        """How many of those from a place on are no longer there."""
        return len(self) - place - len(self._all) + self._index(place)

    def _index(self, place: int) -> int:
        return place if place <= self._gap or not self.dropped else max(self._gap, place - self.dropped)

    def shorten(self, longest: int) -> None:
        """Lets go of the middle of mail data of more octets than this (`steps.shorten`)."""
        if self._longest > longest:
            self._octets -= sum(shorten(each) for each in self._all if len(each.sent) > longest)
            self._longest = longest

    def forget(self) -> None:
        """Lets go of half of them, for a server that has no room: the older ones, behind those of the beginning."""
        self._gap = self._gap or max(1, min(HEAD, len(self._all) // 4))
        self._take(self._gap, self._gap + (len(self._all) - self._gap) // 2)

    def _drop(self) -> None:
        """Takes the oldest after the gap, so many that there is room again for a while."""
        first = self._gap = self._gap or self._head()
        last, octets = first, self._octets
        while last < len(self._all) - 1 and (len(self._all) - (last - first) > EXCHANGES_KEPT or octets > OCTETS_KEPT):
            octets -= _size(self._all[last])
            last += 1
        self._take(first, last)

    def _take(self, first: int, last: int) -> None:
        if last <= first:
            return
        self._octets -= sum(_size(each) for each in self._all[first:last])
        del self._all[first:last]
        self.dropped += last - first
        _note(self._all[first], self.dropped)

    def _head(self) -> int:
        """How many stay at the beginning: the greeting at least, which is never large."""
        octets = 0
        for place, exchange in enumerate(self._all[:HEAD]):
            octets += _size(exchange)
            if octets > OCTETS_KEPT // 4:
                return max(1, place)
        return min(HEAD, len(self._all) - 1)


def _size(exchange: Exchange) -> int:
    return len(exchange.sent) + len(exchange.reply_raw)


def _note(exchange: Exchange, dropped: int) -> None:
    """The exchange behind the gap says that there is one: on what the client said, or on the reply where that is all."""
    words = f"{dropped:,} exchanges before this one are no longer kept"
    if exchange.sent:
        exchange.remarks = (words, *exchange.remarks)
    else:
        exchange.reply_remarks = (words, *exchange.reply_remarks)
