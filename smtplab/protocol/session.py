"""The server's side of an SMTP session (RFC 5321), without input or output: octets in, octets and requests out.

    session = Session(persona=MODERN, store=kept.append)
    session.connect();  session.data_to_send()          # b"220 ..."
    session.receive(b"HELO me\\r\\n");  session.data_to_send()

What every server's session does stands in `serving`; here are SMTP's words, refusals and buffers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from . import command as commands
from .answers import Answer, Said, Transaction
from .catalogue import entry
from .faults import Fault
from .handlers import smtp_handlers
from .language import SMTP_LANGUAGE
from .manners import LENIENT, Manners
from .message import Message, StoreFailed
from .patience import Patience
from .persona import MODERN, Persona
from .replies import Reply, reply_of
from .serving import ServerSide
from .smtp import SMTP, State
from .storing import store_failed
from .table import Reading
from .wire import line_limit
from .world import Clock, World, counting_ids

NAMES = frozenset({"MAIL", "RCPT", "VRFY", "EXPN"})
"""Commands whose argument may be UTF-8 where SMTPUTF8 was offered (RFC 6531 §3.4)."""
OBSOLETE = frozenset({"SEND", "SOML", "SAML", "TURN"})
IN_TRANSACTION = frozenset({State.MAIL, State.RCPT, State.DATA, State.BDAT})
DATA_SLACK = 64 * 1024
"""Octets of mail data read beyond the limit before the rest is dropped: stuffed dots are not counted against it."""


def _nowhere(message: Message) -> None:
    """A store that keeps nothing, for sessions that are only looked at."""


class Session(ServerSide):
    """One session of an SMTP server. `store(message)` keeps what is accepted, `ids()` gives a queue id for each."""

    def __init__(
        self,
        *,
        persona: Persona = MODERN,
        manners: Manners = LENIENT,
        world: World | None = None,
        clock: Clock | None = None,
        ids: Callable[[], str] | None = None,
        store: Callable[[Message], None] = _nowhere,
        client_address: str = "127.0.0.1",
        peer: str = "",
        faults: Iterable[Fault] = (),
        is_full: bool = False,
    ) -> None:
        super().__init__(
            SMTP_LANGUAGE, smtp_handlers(manners), persona=persona, manners=manners, world=world, clock=clock,
            client_address=client_address, peer=peer, faults=faults, is_full=is_full,
            data_limit=manners.max_size + DATA_SLACK,
        )  # fmt: skip
        self.ids = persona.ids() if persona.ids else ids or counting_ids()
        self.store = store
        self.transaction = Transaction()
        self.conversation: Callable[[bytes], Answer] | None = None
        self._patience = Patience(manners)

    # --------------------------------------------------------------------------------------------------- words
    def say(self, code: int, situation: str, enhanced: str = "", **fields: object) -> Reply:
        """A reply in the persona's words; its enhanced code only where EHLO offered them (RFC 2034 §3)."""
        shown = enhanced if self.facts.offers("ENHANCEDSTATUSCODES") else ""
        return reply_of(code, self.words(situation, **fields), shown)

    def greeting(self) -> Answer:
        """220 and the server's name (RFC 5321 §3.1)."""
        return Answer(self.say(220, "greeting"))

    def turned_away(self) -> Answer:
        """421: there are too many clients (RFC 5321 §3.8)."""
        return Answer(self.say(421, "too many connections", limit=self.manners.max_connections))

    def goodbye(self, situation: str, **fields: object) -> Reply:
        """421: the server ends the session by itself (RFC 5321 §3.8, §4.5.3.2.7)."""
        return self.say(421, situation, "4.4.2", **fields)

    def failed(self, failure: StoreFailed) -> Reply:
        """452 or 451: the message was not kept, and the client still has it."""
        return store_failed(self, failure)

    def faulty(self, fault: Fault, answer: Answer, sent: bytes) -> Reply | None:  # noqa: ARG002  POP3 needs them
        """The reply that a fault puts in place of the server's, in words that say so where it brings none."""
        reply = fault.reply("")
        if reply is None or reply.text:
            return reply
        return self.say(reply.code, "fault", what=entry(reply.code).name)

    # ------------------------------------------------------------------------------------------------- refusals
    def refuse_line(self, said: Said) -> Answer | None:
        """The refusal of a line for its octets, before anyone asks what it says; None where they are fine."""
        frame = said.frame
        if frame.kind is Reading.DATA:
            return None
        line = said.command.raw
        if self.state is State.GREETED and commands.is_http(line):
            return Answer(self.say(421, "http", "4.7.0"), closes=True)
        # Where it is a chunk's line its octets were read all the same: they must never be taken for commands.
        if self.manners.strict and commands.end_remarks(frame.whole_line) and frame.kind is not Reading.RESPONSE:
            return Answer(self.say(500, "bare LF", "5.5.2"))
        found = commands.flaws(line, said.event in NAMES and self.facts.offers("SMTPUTF8"))
        if found and said.event != "(line too long)":
            code = 500 if said.event == "(unknown verb)" else 501
            return Answer(self.say(code, "bad octets", "5.5.2", why=" and ".join(found)))
        return None

    def refuse_place(self, said: Said) -> Answer | None:
        """The refusal of an event that is out of place, not offered or unknown; None where it may be handled."""
        keyword = SMTP.by_event[said.event][0].keyword
        offered = not keyword or keyword in self.manners.offered
        verdict = SMTP.verdict(self.state, said.event, self.facts, offered=offered)
        if not verdict.allowed:
            situation = "not offered" if verdict.code == 502 else "out of sequence"
            shown = said.event if said.event in SMTP.verbs else "That"
            fields = {"verb": shown, "missing": verdict.missing, "remedy": verdict.remedy}
            return Answer(self.say(verdict.code, situation, "5.5.1", **fields))
        if said.event == "(line too long)":
            limit = line_limit(said.command.verb, self.facts)
            return Answer(self.say(500, "line too long", "5.5.2", limit=limit))
        if said.event == "(unknown verb)":
            verb = said.command.verb
            if verb in OBSOLETE:
                return Answer(self.say(502, "obsolete verb", "5.5.1", verb=verb))
            return Answer(self.say(500, "unknown verb", "5.5.2"))
        return None

    def lost_patience(self, said: Said, answer: Answer) -> Answer | None:
        """421 in place of one more error, or one more command that carries no mail (RFC 5321 §7.8)."""
        lost = self._patience.lost(said, answer.reply)
        return Answer(self.say(421, lost[0], "4.7.0", limit=lost[1])) if lost else None

    # -------------------------------------------------------------------------------------------------- buffers
    def settled(self) -> None:
        """The buffers live as long as the state is inside a mail transaction, whatever the reply was."""
        if self.state not in IN_TRANSACTION and self.transaction.reverse_path is not None:
            self.transaction = Transaction()
        if self.state is not State.AUTH:
            self.conversation = None
