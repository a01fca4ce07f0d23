"""The server's side of one session in any protocol, without input or output: octets in, octets and requests out.

`Session` speaks SMTP on it, `Pop3Session` POP3. No socket, thread, clock or chance of its own: they are passed in, time
limits are asked for (`deadline`, `timed_out`). The same octets in make the same octets out, however they are cut.

Order of things for each frame: event -> is it in place (table) -> handler -> reply and effect -> fault -> effect, if the
reply allows it -> record, state and facts (recorder) -> octets. The record is written before the octets leave.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any

from . import command as commands
from .answers import Answer, Handler, Said
from .faults import Delivery, Fault, in_session
from .language import Language
from .manners import Manners
from .message import StoreFailed
from .outbox import Outbox
from .persona import Persona
from .recorder import Recorder
from .replies import Outcome, Reply
from .table import Facts, Reading
from .transcript import Transcript
from .waiting import waiting_for
from .wire import Frame, Inbox
from .world import Clock, ToyClock, World, mail_date


class ServerSide:
    """What every server's session does. Times (`at`) are seconds since it began, kept in the record and never used.

    A protocol adds its words and its rules: `greeting`, `turned_away`, `refuse_line`, `refuse_place`, `lost_patience`,
    `goodbye`, `failed`, `faulty`, `settled`.
    """

    is_line_by_line = False
    """True where one line may earn so many octets that no two should be given to it at once."""

    def __init__(
        self,
        language: Language,
        handlers: Mapping[str, Handler],
        *,
        persona: Persona,
        manners: Manners,
        world: World | None,
        clock: Clock | None,
        client_address: str,
        peer: str,
        faults: Iterable[Fault] = (),
        is_full: bool = False,
        data_limit: int,
    ) -> None:
        self.persona, self.manners, self.handlers = persona, manners, handlers
        self.world = World() if world is None else world
        self.clock: Clock = persona.clock() if persona.clock else clock or ToyClock()
        self.client_address = persona.client_address or client_address
        self.client_name = self.user = ""
        self.is_closing = False
        self.is_reset = False
        """True where the connection shall be reset instead of closed."""
        self.language, self.table = language, language.table
        self._inbox = Inbox(data_limit, ends_at_loose_end=manners.data_end == "loose")
        self._recorder = Recorder(language.table, peer)
        self._outbox = Outbox()
        self._faults = in_session(faults, language.table)
        self._is_full = is_full
        self._at = 0.0
        self._ahead = 0

    # ---------------------------------------------------------------------------------- what a protocol adds
    def greeting(self) -> Answer:
        """What the server says first."""
        raise NotImplementedError

    def turned_away(self) -> Answer:
        """What the server says first, and last, where it has too many clients already."""
        raise NotImplementedError

    def refuse_line(self, said: Said) -> Answer | None:
        """The refusal of a line for its octets, before anyone asks what it says; None where they are fine."""
        raise NotImplementedError

    def refuse_place(self, said: Said) -> Answer | None:
        """The refusal of an event that is out of place, not offered or unknown; None where it may be handled."""
        raise NotImplementedError

    def lost_patience(self, said: Said, answer: Answer) -> Answer | None:
        """What ends the session in place of this answer, where that is one too many of its kind; None else."""
        raise NotImplementedError

    def goodbye(self, situation: str, **fields: object) -> Reply | None:
        """What the server says where it ends a session by itself; None where its protocol has no word for that."""
        raise NotImplementedError

    def failed(self, failure: StoreFailed) -> Reply:
        """The reply where an effect could not be had."""
        raise NotImplementedError

    def settled(self) -> None:
        """The state may have moved: what belonged to the old one is dropped."""

    # ------------------------------------------------------------------------------------- what can be seen
    @property
    def state(self) -> Any:
        return self._recorder.state

    @property
    def facts(self) -> Facts:
        return self._recorder.facts

    @property
    def _reading(self) -> Reading:
        return self.table.reading(self.state)

    @property
    def recorder(self) -> Recorder:
        """What keeps its record, also when the session is over and gone."""
        return self._recorder

    @property
    def waiting(self) -> str:
        """What the server waits for, in words for a learner."""
        return waiting_for(self.state, self._inbox.peek(), self.table)

    def transcript(self) -> Transcript:
        """What was said so far, mail data that has come without its end included."""
        if self._reading is Reading.DATA and len(self._inbox):
            whole_lines = self._inbox.peek().rpartition(b"\r\n")
            if whole_lines[1]:
                sent = whole_lines[0] + b"\r\n"
                return self._recorder.transcript(self._recorder.asked("(end of data)", sent, (), 0.0))
        return self._recorder.transcript()

    # ------------------------------------------------------------------------------------------ octets and time
    def connect(self, at: float = 0.0) -> None:
        """The connection is open: queues the greeting, or the refusal of a server that is full."""
        self._send("(connect)", b"", self.turned_away() if self._is_full else self.greeting(), (), at)

    def receive(self, data: bytes, at: float = 0.0, came: float | None = None) -> None:
        """Octets from the client, cut anywhere, that `came` before where they had to wait. Never raises for what they are."""
        if self.is_closing:
            return
        self._recorder.delivered("C", len(data), at if came is None else came)
        if self.wants_handshake:
            self._ahead += len(data)
            return
        inbox, recorder, reading = self._inbox, self._recorder, self.table.reading
        inbox.feed(data)
        while not self.is_closing and (frame := inbox.take(reading(recorder.state), recorder.facts)) is not None:
            self._answer(frame, at)

    @property
    def wants_handshake(self) -> bool:
        """True from the reply that begins TLS on: write it, shake hands, and call `handshake`."""
        return self._recorder.state in self.table.handshaking

    def handshake(self, ok: bool, at: float = 0.0) -> None:
        """TLS was agreed on, or not. All that was learned before is forgotten (RFC 3207 §4.2)."""
        ahead = self._ahead + len(self._inbox)
        self._inbox.clear()
        self._recorder.shaken(ok, ahead, at)
        self.client_name, self.user, self._ahead = "", "", 0
        self.is_closing = not ok

    def receive_eof(self, at: float = 0.0) -> None:
        """The client closed its side. What it had begun and not finished is dropped."""
        if self.state is self.table.closed:
            return
        left = self._inbox.peek()
        self._inbox.clear()
        if left and self._reading is Reading.DATA:
            self._recorder.happened("(end of data)", None, sent=left, at=at)
            left = b""
        remarks = ("the last line was never ended",) if left else ()
        self._recorder.happened("(eof)", Outcome.CLOSING, sent=b"", remarks=remarks, at=at)
        self.settled()
        self._outbox.release()
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
        """Seconds of silence after which `timed_out` is due; None once it is closing."""
        return None if self.is_closing else self.manners.idle_s

    def timed_out(self, at: float = 0.0) -> None:
        """Nothing came for too long: the session is over."""
        self._close("(timeout)", "timeout", at, limit=f"{self.manners.idle_s:g}")

    def shut_down(self, at: float = 0.0) -> None:
        """The server stops: the session is over."""
        self._close("(unasked)", "shutdown", at)

    def _close(self, event: str, situation: str, at: float, **fields: object) -> None:
        if self.is_closing:
            return
        left = self._inbox.peek()
        if left and self._reading is Reading.DATA:
            self._recorder.happened("(end of data)", None, sent=left, at=at)
        self._inbox.clear()
        reply = self.goodbye(situation, **fields)
        if reply is not None:
            self._send(event, b"", Answer(reply), (), at)
            return
        self._recorder.happened(event, Outcome.CLOSING, at=at)
        self._after(True, at)

    # --------------------------------------------------------------------------------------------------- words
    def words(self, situation: str, **fields: object) -> str:
        """The persona's words for a situation."""
        persona = self.persona
        known = {"host": persona.host, "client": self.client_address, "name": self.client_name, **fields}
        if persona.tells_date(situation):
            known["date"] = mail_date(self.clock.now(), persona.zone)
        return persona.text(situation, known)

    # ------------------------------------------------------------------------------------------------- answers
    def _answer(self, frame: Frame, at: float) -> None:
        facts = self._recorder.facts
        event = self.language.event_of(frame, facts)
        said = Said(event, commands.parse(frame.line), frame)
        self.clock.tick()
        answer = self.refuse_line(said) or self.refuse_place(said) or self.handlers[event](self, said)
        answer = self.lost_patience(said, answer) or answer
        self._send(event, frame.raw, answer, self.language.remarks_on(event, frame, facts), at)

    def _send(self, event: str, sent: bytes, answer: Answer, remarks: tuple[str, ...], at: float) -> None:
        """The reply leaves: fault, effect, record, octets, in that order."""
        fault = self._faults.at(event)
        if fault is not None and (fault.closes or fault.what == "garble"):
            self._send_no_reply(event, sent, answer, fault, remarks, at)
            return
        reply = (fault and self.faulty(fault, answer, sent)) or answer.reply
        if answer.effect is not None and reply.outcome is answer.reply.outcome:
            try:
                answer.effect()
            except StoreFailed as failure:
                reply = self.failed(failure)
        raw = reply.encode()
        about = (f"fault {fault}",) if fault else ()
        self._recorder.answered(event, sent, reply, raw, remarks=remarks, about_reply=about, sent_at=at, at=at)
        self._outbox.put(raw, fault)
        self._after(answer.closes, at)

    def faulty(self, fault: Fault, answer: Answer, sent: bytes) -> Reply | None:
        """The reply that a fault puts in place of the server's answer to what was sent; None where it puts none."""
        raise NotImplementedError

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
        if closes and self.state is not self.table.closed:  # a reply that is no goodbye, and the end all the same
            self._recorder.happened("(eof)", Outcome.CLOSING, at=at)
        self.settled()
        if self.state is self.table.closed or closes:
            self.is_closing = True
        if self.is_closing or self.wants_handshake:
            self._outbox.release()
