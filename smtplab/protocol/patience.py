"""How long a server bears with a client that sends no mail: what was said in vain since the last message, counted.

    patience.lost(said, reply)      # ("too many errors", 10000) when the limit is passed, else None

A command that is not understood costs one reply, never the connection (RFC 5321 §3.8); a server may defend itself
against a flood all the same (RFC 5321 §7.8), and says 421 then. What an answer is and how it leaves is the session's
business, and so is what a fault makes of it: errors that a lesson injects are not the client's.

Rules
1. A 5yz is an error, whatever earned it. A 4yz says "try again", so that to try again is no error.
2. A command carries no mail if it is not part of a mail transaction, or moves none on (an empty chunk, a 4yz).
3. A message taken over makes all good again. QUIT is never held against anybody.
"""

from __future__ import annotations

from .answers import Said
from .manners import Manners
from .replies import Outcome, Reply
from .wire import Reading

CARRY_MAIL = frozenset({"MAIL", "RCPT", "DATA", "BDAT"})
TAKEN_OVER = frozenset({"(end of data)", "BDAT LAST"})


class Patience:
    """The counts of one session. `errors` and `commands` start anew with each message."""

    __slots__ = ("_manners", "commands", "errors")

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self.errors = self.commands = 0

    def lost(self, said: Said, reply: Reply) -> tuple[str, int] | None:
        """The situation, and the limit that this command passes, where it is one too many; counts it in any case."""
        event, outcome = said.event, reply.outcome
        if outcome is Outcome.PERMANENT:
            self.errors += 1
            limit = self._manners.max_errors
            return ("too many errors", limit) if self.errors > limit else None
        if event in TAKEN_OVER and outcome is Outcome.COMPLETION:
            self.errors = self.commands = 0
        elif event != "QUIT" and not (event in CARRY_MAIL and _moves_on(said, outcome)):
            self.commands += 1
            limit = self._manners.max_commands_without_mail
            return ("too many commands", limit) if self.commands > limit else None
        return None


def _moves_on(said: Said, outcome: Outcome) -> bool:
    """False for what would carry mail and does not: it was put off, or is a chunk of nothing."""
    if outcome is Outcome.TRANSIENT:
        return False
    raw = said.frame.raw
    return said.frame.kind is not Reading.CHUNK or raw.find(b"\n") + 1 < len(raw)
