"""Two transcripts side by side, exchange by exchange: which belong together, and how they differ.

Never does: make text for a reader. `compare` does.

Rules:
1. Exchanges are paired by what was said (the event), never by where they stand: a command that one side left out
   shifts nothing. HELO and EHLO may be paired, for they stand in the same place.
2. The codes decide how a pair differs; a pair that differs in code may differ in state too, and is told as "code", or
   as "silence" where one side has no reply at all.
3. Words are only compared: they are not protocol (RFC 5321 §4.2), so a difference in them is the smallest.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..protocol.transcript import Exchange, Transcript
from .status import answer

Kind: TypeAlias = Literal["same", "words", "code", "silence", "state", "left only", "right only"]
MOST_CELLS = 400_000
"""Pairs that are weighed one by one; beyond it (sessions of many hundred unlike exchanges) difflib does, roughly."""
FAULT = "fault "
"""How the remark on a reply begins that a fault made, delayed or took away."""
_HELLO = frozenset({"HELO", "EHLO"})


@dataclass(frozen=True, slots=True)
class Pair:
    """Two exchanges that belong together, or one that only one side has."""

    left: Exchange | None
    right: Exchange | None

    @property
    def event(self) -> str:
        one = self.left or self.right
        assert one is not None
        return one.event

    @property
    def kind(self) -> Kind:
        """How the two differ: by the greatest difference that there is."""
        if self.left is None or self.right is None:
            return "right only" if self.left is None else "left only"
        if code_of(self.left) != code_of(self.right):
            return "code" if code_of(self.left) and code_of(self.right) else "silence"
        if self.left.after is not self.right.after:
            return "state"
        return "same" if words_of(self.left) == words_of(self.right) else "words"

    @property
    def remarks(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What is remarked on the left alone, and on the right alone: a fault, a code that is not listed."""
        left, right = remarks_of(self.left), remarks_of(self.right)
        return tuple(each for each in left if each not in right), tuple(each for each in right if each not in left)

    @property
    def is_faulted(self) -> bool:
        """True where a fault made or delayed the reply of one side."""
        return any(remark.startswith(FAULT) for side in self.remarks for remark in side)

    @property
    def same_state(self) -> bool:
        """True where both sides stand in the same state after it."""
        return self.left is not None and self.right is not None and self.left.after is self.right.after

    @property
    def same_said(self) -> bool:
        """True where the client said the same on both sides."""
        return self.left is not None and self.right is not None and said_of(self.left) == said_of(self.right)


def code_of(exchange: Exchange) -> int | str:
    """The code of its reply, or its status in POP3; 0 where there was none."""
    return 0 if exchange.reply is None else exchange.reply.code or answer(exchange.reply)


def words_of(exchange: Exchange) -> tuple[str, ...]:
    """The lines of its reply as people read them, an enhanced code in front."""
    if exchange.reply is None:
        return ()
    enhanced = f"{exchange.reply.enhanced} " if exchange.reply.enhanced else ""
    return tuple(enhanced + line for line in exchange.reply.lines)


def remarks_of(exchange: Exchange | None) -> tuple[str, ...]:
    """What is remarked on what the client said and on the reply to it."""
    return () if exchange is None else (*exchange.remarks, *exchange.reply_remarks)


def said_of(exchange: Exchange) -> tuple[str, ...]:
    """What the client said for it, secrets masked; () for what nobody said."""
    return tuple(step.shown() for step in exchange.steps)


def align(a: Transcript, b: Transcript) -> list[Pair]:
    """The exchanges of both in pairs, in order; each exchange stands in exactly one pair."""
    left, right = a.exchanges, b.exchanges
    start = 0
    while start < min(len(left), len(right)) and _alike(left[start], right[start]):
        start += 1
    end = 0
    while end < min(len(left), len(right)) - start and _alike(left[-1 - end], right[-1 - end]):
        end += 1
    inner_left, inner_right = left[start : len(left) - end], right[start : len(right) - end]
    weigh = _weighed if len(inner_left) * len(inner_right) <= MOST_CELLS else _rough
    tails = zip(left[len(left) - end :], right[len(right) - end :], strict=True)
    return [
        *(Pair(*two) for two in zip(left[:start], right[:start], strict=True)),
        *weigh(inner_left, inner_right),
        *(Pair(*two) for two in tails),
    ]


def _alike(one: Exchange, other: Exchange) -> bool:
    return one.event == other.event and said_of(one) == said_of(other)


def _worth(one: Exchange, other: Exchange) -> int:
    """What pairing two exchanges is worth; 0 where they do not belong together."""
    if one.event != other.event:
        return 2 if frozenset({one.event, other.event}) == _HELLO else 0
    return 4 + 3 * (said_of(one) == said_of(other)) + (code_of(one) == code_of(other))


def _weighed(left: Sequence[Exchange], right: Sequence[Exchange]) -> list[Pair]:
    """The pairing worth most in all (the longest common subsequence, with weights)."""
    best = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        for j in range(len(right) - 1, -1, -1):
            worth = _worth(left[i], right[j])
            paired = worth + best[i + 1][j + 1] if worth else 0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs: list[Pair] = []
    i = j = 0
    while i < len(left) and j < len(right):
        worth = _worth(left[i], right[j])
        if worth and best[i][j] == worth + best[i + 1][j + 1]:
            pairs.append(Pair(left[i], right[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append(Pair(left[i], None))
            i += 1
        else:
            pairs.append(Pair(None, right[j]))
            j += 1
    return [*pairs, *(Pair(one, None) for one in left[i:]), *(Pair(None, one) for one in right[j:])]


def _rough(left: Sequence[Exchange], right: Sequence[Exchange]) -> list[Pair]:
    """A pairing by events alone, quickly."""
    pairs: list[Pair] = []
    matcher = difflib.SequenceMatcher(None, [e.event for e in left], [e.event for e in right], autojunk=True)
    for _, i, i_end, j, j_end in matcher.get_opcodes():
        while i < i_end or j < j_end:
            both = i < i_end and j < j_end and _worth(left[i], right[j]) > 0
            if both:
                pairs.append(Pair(left[i], right[j]))
                i, j = i + 1, j + 1
            elif i < i_end:
                pairs.append(Pair(left[i], None))
                i += 1
            else:
                pairs.append(Pair(None, right[j]))
                j += 1
    return pairs
