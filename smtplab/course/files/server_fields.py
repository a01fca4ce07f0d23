"""What a table that describes a server may set, in an exercise's [server] and in a case of a function."""

from __future__ import annotations

from typing import Any

from ...protocol.faults import faults
from ...protocol.rules import rules
from ..fields import Fields

SERVER = ("auth", "auth_in_clear", "domains", "faults", "max_size", "pop3", "rules", "tls", "without")
"""What a [server] may set besides persona and manners: arguments of `Server` by their own names."""


def others_of(server: Fields) -> dict[str, Any]:
    """What else is set of the server, by names that `Server` has. It looks at the values when it is made."""
    others = server.rest()
    for key in others:
        if key not in SERVER:
            raise server.wrong(f"nothing is called {key!r} here: there are persona, manners, {', '.join(SERVER)}.")
    for key, check in (("faults", faults), ("rules", rules)):
        try:
            check(others.get(key, ()))
        except (TypeError, ValueError) as error:
            raise server.wrong(f"{key!r}: {error}") from None
    return others
