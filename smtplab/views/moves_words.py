"""What the table of moves says of each command in a few words, and its columns, by protocol.

Never does: decide. Whether a command moves, stays or is refused is the table's to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..protocol import smtp
from ..protocol.pop3 import machine as pop3
from ..protocol.table import Table


@dataclass(frozen=True)
class Wording:
    """Of one protocol: the states that are columns, the standard whose sections stand at the right, and the words."""

    standard: str
    columns: tuple[Any, ...]
    stays: Mapping[str, str]
    moves: Mapping[str, str]
    inside: tuple[Any, ...]
    """States in which an event comes to something else than it mostly does; `there` says to what."""
    there: Mapping[str, str] = field(default_factory=dict[str, str])


_S, _P = smtp.State, pop3.State
_SMTP = Wording(
    smtp.STANDARD,
    (_S.GREETED, _S.READY, _S.MAIL, _S.RCPT, _S.DATA),
    {
        "HELO": "again: nothing is lost", "EHLO": "again: offers may change", "RCPT": "adds one more recipient",
        "RSET": "nothing to clear", "NOOP": "nothing happens", "VRFY": "says little", "EXPN": "says little",
        "HELP": "text for people", "BDAT": "one more chunk",
    },
    {
        "HELO": "introduces you", "EHLO": "introduces you, and asks", "MAIL": "opens a transaction",
        "RCPT": "adds a recipient", "DATA": "the letter may follow", "(end of data)": "ends the letter",
        "RSET": "drops the envelope", "QUIT": "closes politely", "BDAT": "the first chunk",
        "BDAT LAST": "the whole rest, counted", "AUTH": "begins a log-in", "STARTTLS": "encrypts",
    },
    (_S.MAIL, _S.RCPT, _S.BDAT),
    {"HELO": "drops the envelope", "EHLO": "drops the envelope", "QUIT": "closes; nothing is sent"},
)  # fmt: skip
_POP3 = Wording(
    pop3.STANDARD,
    (_P.AUTHORIZATION, _P.USER, _P.TRANSACTION),
    {
        "CAPA": "says what is offered", "STAT": "counts the letters", "LIST": "numbers and sizes",
        "UIDL": "names that last", "RETR": "brings a letter", "TOP": "brings its header",
        "DELE": "marks; QUIT removes", "NOOP": "nothing happens", "RSET": "takes the marks off",
    },
    {
        "USER": "says whose mail", "PASS": "opens the maildrop", "APOP": "opens the maildrop",
        "AUTH": "begins a log-in", "STLS": "encrypts", "QUIT": "closes politely",
    },
    (_P.TRANSACTION,),
    {"QUIT": "removes what is marked"},
)  # fmt: skip


def wording(table: Table) -> Wording:
    """The words for this table. Raises ValueError for one that nobody has written any for."""
    found = {"SMTP": _SMTP, "POP3": _POP3}.get(table.name)
    if found is None:
        raise ValueError(f"there are no words for the moves of {table.name}: views/moves_words.py shows what is wanted")
    return found
