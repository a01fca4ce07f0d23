"""Which of the two transports a server speaks over, and what each of them can.

Never does: start anything, or load the transport that is not wanted.
"""

from __future__ import annotations

from ..protocol.manners import Manners
from .engine import Engine
from .listening import IN_BROWSER

TRANSPORTS = ("tcp", "memory")


def by_itself() -> str:
    """The transport of a server that asks for none."""
    return "memory" if IN_BROWSER else "tcp"


def checked_transport(wanted: str | None, *, tls: bool) -> str:
    """The transport of that name; for None the one that this machine has. Raises ValueError for what it has not."""
    if wanted is not None and wanted not in TRANSPORTS:
        raise ValueError(f'transport is "tcp" or "memory", not {wanted!r}; left out, it is what this machine has')
    if IN_BROWSER and wanted == "tcp":
        raise ValueError('In the browser there is no TCP: leave transport out, and the server is in memory ("memory")')
    chosen = wanted or by_itself()
    if tls and chosen == "memory":
        raise ValueError(_NO_TLS)
    return chosen


_NO_TLS = "A server in memory has no TLS: its connections never leave this process. Leave tls out" + (
    ": in the browser there is none." if IN_BROWSER else ', or ask for transport="tcp".'
)


def checked_offer(transport: str, manners: Manners) -> Manners:
    """These manners, where they offer nothing that the transport has not. Raises ValueError."""
    if transport == "memory" and "STARTTLS" in manners.offered:
        raise ValueError(_NO_TLS)
    return manners


def need_tls() -> None:
    """Raises NotImplementedError, with a sentence, where there is no TLS at all."""
    if IN_BROWSER:
        raise NotImplementedError(
            "In the browser there is no TLS, and so no certificate: Python on your own machine has both"
        )


def engine_for(transport: str) -> type[Engine]:
    """What runs a server on that transport."""
    if transport == "tcp":
        return Engine
    from .memory.engine import MemoryEngine  # costs a server on TCP nothing

    return MemoryEngine
