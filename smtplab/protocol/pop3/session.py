"""The server's side of a POP3 session (RFC 1939), without input or output: octets in, octets and requests out.

What every server's session does stands in `protocol.serving`; here are POP3's words, refusals and maildrop.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from .. import command as commands
from ..answers import Answer, Said
from ..faults import Fault
from ..manners import LENIENT, Manners
from ..message import StoreFailed
from ..persona import MODERN, Persona
from ..replies import Outcome
from ..serving import ServerSide
from ..table import Reading
from ..world import Clock, World
from .commands import COMMAND_LINE
from .handlers import pop3_handlers
from .language import POP3_LANGUAGE
from .machine import POP3, State
from .maildrop import Maildrop, Maildrops
from .replies import Pop3Reply, is_long

IDLE_S = 600.0
"""Seconds of silence that a server must bear (RFC 1939 §3)."""


class Pop3Session(ServerSide):
    """One session of a POP3 server that reads from `maildrops`."""

    is_line_by_line = True  # a line may fetch a whole letter

    def __init__(
        self,
        maildrops: Maildrops,
        *,
        persona: Persona = MODERN,
        manners: Manners = LENIENT,
        world: World | None = None,
        clock: Clock | None = None,
        client_address: str = "127.0.0.1",
        peer: str = "",
        faults: Iterable[Fault] = (),
        is_full: bool = False,
    ) -> None:
        super().__init__(
            POP3_LANGUAGE, pop3_handlers(manners), persona=persona, manners=manners, world=world, clock=clock,
            client_address=client_address, peer=peer, faults=faults, is_full=is_full, data_limit=0,
        )  # fmt: skip
        self.maildrops = maildrops
        self.maildrop: Maildrop | None = None
        self._errors = 0

    # ------------------------------------------------------------------------------------------------ maildrop
    def open(self, maildrop: Maildrop) -> None:
        """The maildrop is this session's until it ends."""
        self.maildrop = maildrop

    def update(self) -> None:
        """Removes what is marked, and unlocks the maildrop (RFC 1939 §6). Raises StoreFailed."""
        maildrop, self.maildrop = self.maildrop, None
        if maildrop is not None:
            marked = [maildrop.letters[number - 1] for number in sorted(maildrop.marked)]
            self.maildrops.close(maildrop.user, marked)

    def settled(self) -> None:
        """The maildrop is open in TRANSACTION only. Left in another way than by QUIT, it is unlocked as it was."""
        if self.state is not State.TRANSACTION and self.maildrop is not None:
            user, self.maildrop = self.maildrop.user, None
            with contextlib.suppress(StoreFailed):
                self.maildrops.close(user)

    def deadline(self) -> float | None:
        """Seconds of silence after which `timed_out` is due: ten minutes at least (RFC 1939 §3)."""
        return None if self.is_closing else max(IDLE_S, self.manners.idle_s)

    # --------------------------------------------------------------------------------------------------- words
    def say(
        self, status: str, situation: str, body: bytes | None = None, *, response_code: str = "", **fields: object
    ) -> Pop3Reply:
        """A reply in the persona's words, after a code in brackets for programs, and the lines that follow it."""
        words = self.words(situation, **fields)
        return Pop3Reply(status, f"[{response_code}] {words}" if response_code else words, body)

    def greeting(self) -> Answer:
        """+OK and the server's name (RFC 1939 §4)."""
        return Answer(self.say("+OK", "pop3 greeting"))

    def turned_away(self) -> Answer:
        """-ERR: there are too many clients. It closes the session."""
        return Answer(self.say("-ERR", "too many connections", limit=self.manners.max_connections))

    def goodbye(self, situation: str, **fields: object) -> None:
        """Nothing: a server that ends the session by itself closes without a word (RFC 1939 §3)."""

    def failed(self, failure: StoreFailed) -> Pop3Reply:
        """-ERR: some of what was marked is still there."""
        return self.say("-ERR", "pop3 not removed", why=failure)

    def faulty(self, fault: Fault, answer: Answer, sent: bytes) -> Pop3Reply | None:
        """The reply that a fault puts in place of the server's. Where lines follow +OK, they follow it still."""
        if fault.pop3_reply is None:
            return None
        status, text = fault.pop3_reply
        body = None
        if status == "+OK" and is_long(fault.event, sent):
            body = (answer.reply.body if isinstance(answer.reply, Pop3Reply) else None) or b""
        return Pop3Reply(status, text or self.words("fault", what=status), body)

    # ------------------------------------------------------------------------------------------------- refusals
    def lost_patience(self, said: Said, answer: Answer) -> Answer | None:  # noqa: ARG002  SMTP counts by event as well
        """-ERR in place of one refusal more than is borne, and the end: nothing that was marked is removed."""
        self._errors += answer.reply.outcome is Outcome.PERMANENT
        if self._errors <= self.manners.max_errors:
            return None
        return Answer(self.say("-ERR", "too many refusals", limit=self.manners.max_errors), closes=True)

    def refuse_line(self, said: Said) -> Answer | None:
        """-ERR for a line of the wrong octets; None where they are fine."""
        frame = said.frame
        if frame.kind is not Reading.LINE or said.event == "(line too long)":
            return None
        if said.event == "QUIT" and self.state is State.TRANSACTION:
            return None  # -ERR to it means that something was not removed, and ends the session: it is never refused
        if self.manners.strict and commands.end_remarks(frame.raw):
            return Answer(self.say("-ERR", "bare LF"))
        found = commands.flaws(frame.line)
        return Answer(self.say("-ERR", "bad octets", why=" and ".join(found))) if found else None

    def refuse_place(self, said: Said) -> Answer | None:
        """-ERR for an event that is out of place, not offered or unknown; None where it may be handled."""
        offered = said.event.startswith("(") or said.event in self.handlers
        verdict = POP3.verdict(self.state, said.event, self.facts, offered=offered)
        if not verdict.allowed:
            verb, situation = (
                said.event if said.event in POP3.verbs else "That",
                "out of sequence" if offered else "not offered",
            )
            return Answer(self.say("-ERR", situation, verb=verb, missing=verdict.missing))
        if said.event == "(line too long)":
            return Answer(self.say("-ERR", "line too long", limit=COMMAND_LINE))
        if said.event == "(unknown verb)":
            return Answer(self.say("-ERR", "pop3 unknown verb"))
        return None
