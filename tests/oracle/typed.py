"""What the tests of this folder read from `standards/`, and the few lines that stand for a verb said well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

STATES: dict[str, Any] = json.loads(Path(__file__).with_name("standards").joinpath("states.json").read_text("utf-8"))
ROWS_OF_THE_STANDARD: list[dict[str, Any]] = STATES["transitions"]
MATRIX: dict[str, dict[str, list[int]]] = STATES["matrix"]
VERBS: list[str] = STATES["verbs"]

NOT_OFFERED = frozenset({"STARTTLS", "AUTH", "ETRN"})
"""Verbs of extensions that this server has not, or offers only when asked: unknown, not implemented, out of order."""
NEVER_OFFERED = frozenset({"ETRN"})
"""Those that it has not."""
REFUSALS_OF_WHAT_IS_NOT_OFFERED = frozenset({500, 502, 503})

WELL_SAID: dict[str, str] = {
    "HELO": "HELO client.example.net",
    "EHLO": "EHLO client.example.net",
    "MAIL": "MAIL FROM:<alice@example.net>",
    "RCPT": "RCPT TO:<carol@example.com>",
    "DATA": "DATA",
    "BDAT": "BDAT 4",
    "RSET": "RSET",
    "NOOP": "NOOP",
    "QUIT": "QUIT",
    "VRFY": "VRFY bob",
    "EXPN": "EXPN staff",
    "HELP": "HELP",
    "STARTTLS": "STARTTLS",
    "AUTH": "AUTH PLAIN",
    "ETRN": "ETRN example.com",
    "SEND": "SEND FROM:<alice@example.net>",
    "SOML": "SOML FROM:<alice@example.net>",
    "SAML": "SAML FROM:<alice@example.net>",
    "TURN": "TURN",
    "UNKNOWN": "FROB",
}


def well_said(verb: str, *, chunking: bool = True) -> bytes:
    """What crosses the wire for it. The octets of BDAT follow at once, where somebody reads them as octets."""
    return WELL_SAID[verb].encode() + b"\r\n" + (b"abcd" if verb == "BDAT" and chunking else b"")


def next_states(state: str, verb: str, code: int) -> set[str]:
    """Where the standards lead from here with this code; empty where no row has it."""
    return {
        row["next"]
        for row in ROWS_OF_THE_STANDARD
        if row["state"] == state and row["on"] == verb and code in row["codes"]
    }
