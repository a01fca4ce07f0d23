"""What `server.waiting` is: what the server waits for, in words, for each session that goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self


class Waiting(tuple[str, ...]):
    """What a server waits for, one text for each session that goes on; printed, one line each."""

    _numbers: tuple[int, ...]

    def __new__(cls, waiting: Sequence[tuple[int, str]]) -> Self:
        made = super().__new__(cls, (words for _, words in waiting))
        made._numbers = tuple(number for number, _ in waiting)
        return made

    def __repr__(self) -> str:
        if not self:
            return "no session is open"
        return "\n".join(f"session {n}: the server waits for {w}" for n, w in zip(self._numbers, self, strict=True))

    __str__ = __repr__
