"""What an extension is: a value. Where it adds a verb, the verb's handler stands in the extension's own file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..manners import Manners
from ..table import Facts

_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*")


def is_xtext(value: str, longest: int) -> bool:
    """True for a value in which + and = stand as +2B and +3D, and which is not empty (RFC 3461 §4)."""
    return 0 < len(value) <= longest and _XTEXT.fullmatch(value) is not None


class BadParameter(ValueError):
    """A parameter of MAIL or RCPT that is refused: the code to answer, its enhanced code, and why."""

    def __init__(self, code: int, enhanced: str, why: str, situation: str = "bad parameter") -> None:
        super().__init__(why)
        self.code, self.enhanced, self.situation = code, enhanced, situation


Check = Callable[[str, Manners], None]
"""Raises BadParameter where the value of a parameter is refused."""


@dataclass(frozen=True, slots=True)
class Extension:
    """One EHLO keyword: `offer(manners)` gives what stands behind it in the EHLO reply, often nothing.

    `is_offered(manners, facts)`: whether it is worth offering now (STARTTLS is not, once TLS is on).
    """

    keyword: str
    rfc: str
    mail_parameters: Mapping[str, Check] = field(default_factory=dict[str, Check])
    rcpt_parameters: Mapping[str, Check] = field(default_factory=dict[str, Check])
    offer: Callable[[Manners], str] = lambda _: ""
    is_offered: Callable[[Manners, Facts], bool] = lambda _, __: True

    def parameters_of(self, event: str) -> Mapping[str, Check]:
        """The parameters that it adds to MAIL, or to RCPT."""
        return self.mail_parameters if event == "MAIL" else self.rcpt_parameters
