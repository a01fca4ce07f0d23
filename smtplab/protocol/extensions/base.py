"""What an extension is: a value, no behaviour of its own beyond checking its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..manners import Manners


class BadParameter(ValueError):
    """A parameter of MAIL or RCPT that is refused: the code to answer, its enhanced code, and why."""

    def __init__(self, code: int, enhanced: str, why: str, situation: str = "bad parameter") -> None:
        super().__init__(why)
        self.code, self.enhanced, self.situation = code, enhanced, situation


Check = Callable[[str, Manners], None]
"""Raises BadParameter where the value of a parameter is refused."""


@dataclass(frozen=True, slots=True)
class Extension:
    """One EHLO keyword: `offer(manners)` gives what stands behind it in the EHLO reply, often nothing."""

    keyword: str
    rfc: str
    mail_parameters: Mapping[str, Check] = field(default_factory=dict[str, Check])
    rcpt_parameters: Mapping[str, Check] = field(default_factory=dict[str, Check])
    offer: Callable[[Manners], str] = lambda _: ""
