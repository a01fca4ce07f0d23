"""The rules that a server may choose: strict or lenient, what it offers, its limits, who is local.

Words are a persona's (`persona`); who refuses mail for whom is the world's (`world`). Nothing here acts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import limits

OFFERED = ("PIPELINING", "SIZE", "8BITMIME", "ENHANCEDSTATUSCODES", "HELP")
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
    tells_names: bool = False

    @property
    def name(self) -> str:
        return "strict" if self.strict else "lenient"


LENIENT = Manners()
STRICT = Manners(strict=True)


def manners(name: str | Manners) -> Manners:
    """The manners of that name. Raises ValueError, naming the choices, for any other name."""
    if isinstance(name, Manners):
        return name
    if name not in ("strict", "lenient"):
        raise ValueError(f"manners are 'lenient' or 'strict', not {name!r}")
    return replace(LENIENT, strict=name == "strict")
