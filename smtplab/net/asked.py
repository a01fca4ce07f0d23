"""What a Server is asked for, checked before anything starts: each function gives what is meant, or raises ValueError.

The message says what may stand there. What is loaded for a check is loaded only where it is wanted: a plain server starts
in half the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .listening import checked_port

if TYPE_CHECKING:
    from ..protocol.faults import Fault
    from ..protocol.rules import Rule


def checked_accounts(auth: str | Sequence[tuple[str, str]] | None) -> tuple[tuple[str, str], ...] | None:
    """The (user, password) that may log in, () for the toy world's, None where AUTH is not offered."""
    if auth is None:
        return None
    if auth == "toy":
        return ()
    if isinstance(auth, str) or not auth:
        raise ValueError('auth is "toy", or a list of (user, password)')
    return tuple((user, password) for user, password in auth)


def checked_pop3(pop3: bool | int | None, port: int) -> int | None:
    """The port of POP3, 0 for any free one; None where it is not spoken."""
    if pop3 is None or isinstance(pop3, bool):
        return 0 if pop3 else None
    if checked_port(pop3) and pop3 == port:
        raise ValueError(f"SMTP and POP3 cannot share port {port}: give them two, or leave one of them out")
    return pop3


def checked_faults(wanted: str | Fault | Sequence[str | Fault] | None) -> tuple[Fault, ...]:
    if wanted is None or wanted == ():
        return ()
    from ..protocol.faults import faults  # they bring all of SMTP, see `Engine.opened`

    return faults(wanted)


def checked_rules(wanted: str | Rule | Sequence[str | Rule]) -> tuple[Rule, ...]:
    if wanted == ():
        return ()
    from ..protocol.rules import rules  # as with the faults: only where they are wanted

    return rules(wanted)


def checked_domains(domains: Sequence[str] | str) -> tuple[str, ...]:
    listed = (domains,) if isinstance(domains, str) else tuple(domains)
    if not listed or not all(isinstance(domain, str) and domain for domain in listed):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError("domains are names such as 'example.com', at least one")
    return listed


def checked_size(octets: int) -> int:
    if isinstance(octets, bool) or not isinstance(octets, int) or octets < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(f"max_size is a number of octets, 1 or more, not {octets!r}")
    return octets
