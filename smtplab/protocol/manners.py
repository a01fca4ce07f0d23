"""The rules that a server may choose: strict or lenient, what it offers, its limits, who is local.

Words are a persona's (`persona`); who refuses mail for whom is the world's (`world`). Nothing here acts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from . import limits

OFFERED = ("PIPELINING", "SIZE", "8BITMIME", "ENHANCEDSTATUSCODES", "SMTPUTF8", "CHUNKING", "DSN", "HELP")
"""The EHLO keywords offered by default, in the order of the reply."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How a server behaves where the standard lets it choose.

    `strict` answers 501 where lenient takes a common mistake with a remark. `max_size` is in octets of mail data,
    `idle_s` in seconds. `tells_names`: whether VRFY and EXPN tell what they know (else 252, RFC 5321 §7.3).
    """

    strict: bool = False
    offered: tuple[str, ...] = OFFERED
    domains: tuple[str, ...] = ("example.com",)
    max_size: int = 10 * 1024 * 1024
    max_recipients: int = 10 * limits.RECIPIENTS
    idle_s: float = limits.SERVER_S
    max_errors: int = limits.ERRORS
    """Refused commands since the last message; one more gets 421."""
    max_commands_without_mail: int = limits.COMMANDS_WITHOUT_MAIL
    """Commands that carry no mail, since the last message; one more gets 421."""
    max_connections: int = limits.CONNECTIONS
    """Sessions that go on at once; the next client is greeted with 421."""
    tells_names: bool = False
    auth_in_clear: bool = False
    """Whether a password may cross the wire without TLS: for a lesson about it."""
    accounts: tuple[tuple[str, str], ...] = ()
    """(name, password) of those who may log in, instead of the toy world's."""
    data_end: Literal["standard", "loose"] = "standard"
    """What ends mail data: CR LF . CR LF alone (RFC 5321 §4.1.1.4), or, for a lesson about smuggling and on loopback
    only, any dot line that a reader sees who takes a bare LF for a line's end (LF . LF, LF . CR LF, CR LF . LF)."""

    def __post_init__(self) -> None:
        if self.data_end not in ("standard", "loose"):
            raise ValueError(f"data_end is 'standard' (CR LF . CR LF) or 'loose' (any dot line), not {self.data_end!r}")

    def without(self, *keywords: str) -> Manners:
        """These manners with extensions switched off. Raises ValueError for a keyword that is not offered."""
        for keyword in keywords:
            if keyword.upper() not in self.offered:
                raise ValueError(f"{keyword} is not offered anyway; offered are {', '.join(self.offered)}")
        left = {keyword.upper() for keyword in keywords}
        return replace(self, offered=tuple(keyword for keyword in self.offered if keyword not in left))

    def offering(self, *keywords: str) -> Manners:
        """These manners with more extensions offered, HELP staying last."""
        more = tuple(keyword for keyword in keywords if keyword not in self.offered)
        kept = tuple(keyword for keyword in self.offered if keyword != "HELP")
        return replace(self, offered=kept + more + (("HELP",) if "HELP" in self.offered else ()))

    @property
    def name(self) -> str:
        return "strict" if self.strict else "lenient"


LENIENT = Manners()
STRICT = Manners(strict=True, max_errors=100, max_commands_without_mail=1000)
"""What nobody needs who knows what to say: ten such are five of Postfix's 20, and its 100."""


def manners(name: str | Manners) -> Manners:
    """The manners of that name. Raises ValueError, naming the choices, for any other name."""
    if isinstance(name, Manners):
        return name
    if name not in ("strict", "lenient"):
        raise ValueError(f"manners are 'lenient' or 'strict', not {name!r}")
    return STRICT if name == "strict" else LENIENT
