"""The server's side of one session, without input or output: octets in, octets and requests out.

    session = Session(persona=MODERN, store=kept.append)
    session.connect();  session.data_to_send()          # b"220 ..."
    session.receive(b"HELO me\\r\\n");  session.data_to_send()

No socket, thread, clock or chance of its own: clock, queue ids and `store` are passed in, time limits are asked for
(`deadline`, `timed_out`). The same octets in make the same octets out, however they are cut.

Order of things for each frame: event -> is it in place (table) -> handler -> reply and effect -> effect, if the reply
allows it -> state and facts (recorder) -> octets. The record is written before the octets leave.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable

from . import command as commands
from .answers import Answer, Said, Transaction
from .catalogue import entry
from .faults import Delivery, Fault, Faults
from .handlers import smtp_handlers
from .manners import LENIENT, Manners
from .message import Message, StoreFailed
from .outbox import Outbox
from .persona import MODERN, Persona
from .recorder import Recorder, remarks_on
from .replies import Outcome, Reply, reply_of
from .smtp import SMTP, State
from .storing import store_failed
from .table import Facts
from .transcript import Transcript
from .waiting import waiting_for
from .wire import Frame, Inbox, Reading, line_limit, reading
from .world import Clock, ToyClock, World, counting_ids, mail_date

NAMES = frozenset({"MAIL", "RCPT", "VRFY", "EXPN"})
"""Commands whose argument may be UTF-8 where SMTPUTF8 was offered (RFC 6531 §3.4)."""
OBSOLETE = frozenset({"SEND", "SOML", "SAML", "TURN"})
IN_TRANSACTION = frozenset({State.MAIL, State.RCPT, State.DATA, State.BDAT})
DATA_SLACK = 64 * 1024
"""Octets of mail data read beyond the limit before the rest is dropped: stuffed dots are not counted against it."""


def _nowhere(message: Message) -> None:
    """A store that keeps nothing, for sessions that are only looked at."""


class Session:
    """One session of a server. Times (`at`) are seconds since it began, kept in the record and never used."""

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
    ) -> None:
        self.persona, self.manners, self.store = persona, manners, store
        self.world = World() if world is None else world
        self.clock: Clock = persona.clock() if persona.clock else clock or ToyClock()
        self.ids = persona.ids() if persona.ids else ids or counting_ids()
        self.client_address = persona.client_address or client_address
        self.client_name = self.user = ""
        self.conversation: Callable[[bytes], Answer] | None = None
        self.transaction = Transaction()
        self.handlers = smtp_handlers(manners)
        self.is_closing = False
        self.is_reset = False
        """True where the connection shall be reset instead of closed."""
        self._inbox = Inbox(data_limit=manners.max_size + DATA_SLACK)
        self._recorder = Recorder(SMTP, peer)
        self._outbox = Outbox()
        self._faults = Faults(faults)
        self._at = 0.0
        self._ahead = 0

    # ------------------------------------------------------------------------------------- what can be seen
    @property
    def state(self) -> State:
        return self._recorder.state

    @property
    def facts(self) -> Facts:
        return self._recorder.facts

    @property
    def recorder(self) -> Recorder:
        """What keeps its record, also when the session is over and gone."""
        return self._recorder

    @property
    def waiting(self) -> str:
        """What the server waits for, in words for a learner."""
        return waiting_for(self.state, self._inbox.peek())

    def transcript(self) -> Transcript:
        """What was said so far, mail data that has come without its end included."""
        if reading(self.state) is Reading.DATA and len(self._inbox):
            whole_lines = self._inbox.peek().rpartition(b"\r\n")
            if whole_lines[1]:
                sent = whole_lines[0] + b"\r\n"
                return self._recorder.transcript(self._recorder.asked("(end of data)", sent, (), 0.0))
        return self._recorder.transcript()

    # ------------------------------------------------------------------------------------------ octets and time
    def connect(self, at: float = 0.0) -> None:
        """The connection is open: queues the greeting."""
        self._send("(connect)", b"", Answer(self.say(220, "greeting")), (), at)

    def receive(self, data: bytes, at: float = 0.0) -> None:
        """Octets from the client, cut anywhere. Never raises for what they are."""
        if self.is_closing:
            return
        self._recorder.delivered("C", len(data), at)
        if self.wants_handshake:
            self._ahead += len(data)
            return
        self._inbox.feed(data)
        while not self.is_closing and (frame := self._inbox.take(self.state, self.facts)) is not None:
            self._answer(frame, at)

    @property
    def wants_handshake(self) -> bool:
        """True from the 220 to STARTTLS on: write it, shake hands, and call `handshake`."""
        return self.state is State.TLS

    def handshake(self, ok: bool, at: float = 0.0) -> None:
        """TLS was agreed on, or not. All that was learned before is forgotten (RFC 3207 §4.2)."""
        ahead = self._ahead + len(self._inbox)
        self._inbox.clear()
        self._recorder.shaken(ok, ahead, at)
        self.client_name, self.user, self._ahead = "", "", 0
        self.is_closing = not ok

    def receive_eof(self, at: float = 0.0) -> None:
        """The client closed its side. A mail transaction that is open is dropped (RFC 5321 §4.1.1.10)."""
        if self.state is State.CLOSED:
            return
        left = self._inbox.peek()
        self._inbox.clear()
        if left and reading(self.state) is Reading.DATA:
            self._recorder.happened("(end of data)", None, sent=left, at=at)
            left = b""
        remarks = ("the last line was never ended",) if left else ()
        self._recorder.happened("(eof)", Outcome.CLOSING, sent=b"", remarks=remarks, at=at)
        self._leave_transaction()
        self.is_closing = True

    def data_to_send(self) -> bytes:
        """The octets to write now. Where `is_closing`, close after them."""
        return b"".join(delivery.octets for delivery in self.deliveries())

    def deliveries(self) -> list[Delivery]:
        """The same as `data_to_send`, in the pieces and with the pauses that faults ask for."""
        taken = self._outbox.take()
        for delivery in taken:
            self._recorder.delivered("S", len(delivery.octets), self._at)
        return taken

    def deadline(self) -> float | None:
        """Seconds of silence after which `timed_out` is due (RFC 5321 §4.5.3.2.7); None once it is closing."""
        return None if self.is_closing else self.manners.idle_s

    def timed_out(self, at: float = 0.0) -> None:
        """Nothing came for too long: 421, and the session is over."""
        self._close("(timeout)", "timeout", at, limit=f"{self.manners.idle_s:g}")

    def shut_down(self, at: float = 0.0) -> None:
        """The server stops: 421, and the session is over (RFC 5321 §3.8)."""
        self._close("(unasked)", "shutdown", at)

    def _close(self, event: str, situation: str, at: float, **fields: object) -> None:
        if self.is_closing:
            return
        left = self._inbox.peek()
        if left and reading(self.state) is Reading.DATA:
            self._recorder.happened("(end of data)", None, sent=left, at=at)
        self._inbox.clear()
        self._send(event, b"", Answer(self.say(421, situation, "4.4.2", **fields)), (), at)

    # --------------------------------------------------------------------------------------------------- words
    def words(self, situation: str, **fields: object) -> str:
        """The persona's words for a situation."""
        persona = self.persona
        known = {"host": persona.host, "client": self.client_address, "name": self.client_name, **fields}
        if persona.tells_date(situation):
            known["date"] = mail_date(self.clock.now(), persona.zone)
        return persona.text(situation, known)

    def say(self, code: int, situation: str, enhanced: str = "", **fields: object) -> Reply:
        """A reply in the persona's words; its enhanced code only where EHLO offered them (RFC 2034 §3)."""
        shown = enhanced if self.facts.offers("ENHANCEDSTATUSCODES") else ""
        return reply_of(code, self.words(situation, **fields), shown)

    # ------------------------------------------------------------------------------------------------- answers
    def _answer(self, frame: Frame, at: float) -> None:
        event = commands.event_of(frame, self.facts)
        said = Said(event, commands.parse(frame.line), frame)
        self.clock.tick()
        answer = self._refuse_line(said) or self._refuse_place(said) or self._handle(said)
        self._send(event, frame.raw, answer, remarks_on(event, frame, self.facts), at)

    def _refuse_line(self, said: Said) -> Answer | None:
        """The refusal of a line for its octets, before anyone asks what it says; None where they are fine."""
        frame = said.frame
        if frame.kind is Reading.DATA:
            return None
        if self.state is State.GREETED and commands.is_http(frame.line):
            return Answer(self.say(421, "http", "4.7.0"), closes=True)
        if self.manners.strict and commands.end_remarks(frame.raw) and frame.kind is Reading.LINE:
            return Answer(self.say(500, "bare LF", "5.5.2"))
        found = commands.flaws(frame.line, utf8=said.event in NAMES and self.facts.offers("SMTPUTF8"))
        if found and said.event != "(line too long)":
            code = 500 if said.event == "(unknown verb)" else 501
            return Answer(self.say(code, "bad octets", "5.5.2", why=" and ".join(found)))
        return None

    def _refuse_place(self, said: Said) -> Answer | None:
        """The refusal of an event that is out of place, not offered or unknown; None where it may be handled."""
        keyword = next((row.keyword for row in SMTP.by_event[said.event]), "")
        offered = not keyword or keyword in self.manners.offered
        verdict = SMTP.verdict(self.state, said.event, self.facts, offered=offered)
        verb = said.command.verb or "An empty line"
        if not verdict.allowed:
            situation = "not offered" if verdict.code == 502 else "out of sequence"
            shown = said.event if said.event in SMTP.verbs else "That"
            fields = {"verb": shown, "missing": verdict.missing, "remedy": verdict.remedy}
            return Answer(self.say(verdict.code, situation, "5.5.1", **fields))
        if said.event == "(line too long)":
            limit = line_limit(said.command.verb, self.facts)
            return Answer(self.say(500, "line too long", "5.5.2", limit=limit))
        if said.event == "(unknown verb)":
            if verb in OBSOLETE:
                return Answer(self.say(502, "obsolete verb", "5.5.1", verb=verb))
            return Answer(self.say(500, "unknown verb", "5.5.2"))
        return None

    def _handle(self, said: Said) -> Answer:
        return self.handlers[said.event](self, said)

    def _send(self, event: str, sent: bytes, answer: Answer, remarks: tuple[str, ...], at: float) -> None:
        """The reply leaves: fault, effect, record, octets, in that order."""
        fault = self._faults.at(event)
        if fault is not None and (fault.closes or fault.what == "garble"):
            self._send_no_reply(event, sent, answer, fault, remarks, at)
            return
        reply = (fault and self._faulty(fault)) or answer.reply
        if answer.effect is not None and reply.outcome is answer.reply.outcome:
            try:
                answer.effect()
            except StoreFailed as failure:
                reply = store_failed(self, failure)
        raw = reply.encode()
        about = (f"fault {fault}",) if fault else ()
        self._recorder.answered(event, sent, reply, raw, remarks=remarks, about_reply=about, sent_at=at, at=at)
        self._outbox.put(raw, fault)
        self._after(answer.closes, at)

    def _faulty(self, fault: Fault) -> Reply | None:
        """The reply that a fault puts in place of the server's, if it does."""
        reply = fault.reply("")
        if reply is None or reply.text:
            return reply
        return self.say(reply.code, "fault", what=entry(reply.code).name)

    def _send_no_reply(
        self, event: str, sent: bytes, answer: Answer, fault: Fault, remarks: tuple[str, ...], at: float
    ) -> None:
        """The connection ends, or octets leave that are no reply. Nothing was done, but for a letter that was stored."""
        if fault.closes and event == "(end of data)" and answer.effect is not None:
            with contextlib.suppress(StoreFailed):
                answer.effect()
        self._recorder.happened(event, None, sent=sent, remarks=(*remarks, f"fault {fault}"), at=at)
        if fault.closes:
            self._recorder.happened("(eof)", Outcome.CLOSING, at=at)
            self.is_reset = fault.what == "reset"
        else:
            self._outbox.put(answer.reply.encode(), fault)
        self._after(fault.closes, at)

    def _after(self, closes: bool, at: float) -> None:
        """What follows from the state that a reply has led to."""
        self._at = at
        self._leave_transaction()
        if self.state is not State.AUTH:
            self.conversation = None
        if self.state is State.CLOSED or closes:
            self.is_closing = True
            self._outbox.release()

    def _leave_transaction(self) -> None:
        """The buffers live as long as the state is inside a mail transaction, whatever the reply was."""
        if self.state not in IN_TRANSACTION and self.transaction.reverse_path is not None:
            self.transaction = Transaction()
