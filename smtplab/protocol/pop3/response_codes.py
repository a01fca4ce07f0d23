"""What stands in brackets at the beginning of an `-ERR`: why, for programs (RFC 2449 §8).

Only for servers that say RESP-CODES in their CAPA reply; a client that does not know a code reads on (RFC 2449 §8.1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .replies import Pop3Reply

_BRACKETS = re.compile(r"\[([^\]]+)\]")


@dataclass(frozen=True, slots=True)
class ResponseCode:
    """One response code: what it says, what a client does, and where it is written."""

    code: str
    meaning: str
    client_action: str
    section: str


RESPONSE_CODES: Mapping[str, ResponseCode] = MappingProxyType(
    {
        each.code: each
        for each in (
            ResponseCode("AUTH", "Name or password is wrong.", "Ask the person for them again.", "RFC 3206"),
            ResponseCode("IN-USE", "Another session has the maildrop open.", "Try later: it is locked until that one ends.", "RFC 2449 §8.1"),
            ResponseCode("LOGIN-DELAY", "The last log-in was too short a time ago.", "Wait, and log in less often.", "RFC 2449 §8.1"),
            ResponseCode("SYS/TEMP", "Something is wrong with the server for now.", "Try later.", "RFC 3206"),
            ResponseCode("SYS/PERM", "Something is wrong with the server that does not mend itself.", "Tell whoever runs it.", "RFC 3206"),
        )
    }
)  # fmt: skip

"""Every response code that is known here, in capitals."""


def response_code(reply: Pop3Reply) -> str:
    """What stands in brackets, in capitals; "" where nothing does.

    >>> response_code(Pop3Reply("-ERR", "[in-use] locked")), response_code(Pop3Reply("-ERR", "no"))
    ('IN-USE', '')
    """
    found = _BRACKETS.match(reply.text_of_first)
    return found[1].upper() if found is not None else ""
