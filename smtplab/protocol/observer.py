"""Follows any session from its octets alone: both streams in, states, facts and a transcript out.

No handlers, no sockets: an observer is a wire-tapper that knows the table. It moves on replies like everybody else.
It takes the client's next frame only when the previous reply is complete, so PIPELINING needs nothing special.
The streams do not show a TLS handshake: tell it with `handshake(ok)`.
"""

from __future__ import annotations

from typing import Any

from .language import Language, language_of, language_spoken
from .recorder import Recorder
from .replies import Outcome, Reply
from .smtp import SMTP
from .steps import Exchange
from .table import Facts, Reading, Table
from .transcript import Transcript
from .wire import Frame, Inbox

AHEAD_KEPT = 65 * 1024 * 1024
"""Octets that a client may have said and nobody has answered: a whole message of the largest kind, and then some."""
DEAF = f"more than {AHEAD_KEPT // 1024**2} MB were said ahead of the replies: what follows is no longer kept"
LOOSER_END = "no CR LF . CR LF: the server took a looser end"


class Observer:
    """What a wire-tapper knows of one session. `at` is seconds since it began.

    `table` None: the protocol is told by the first thing that the server says, and taken for SMTP until then. `greeted`:
    the record begins after the greeting, as some logs do.
    """

    def __init__(self, table: Table | None = SMTP, peer: str = "", *, greeted: bool = False) -> None:
        self._is_told = table is not None
        self._language = language_of(table or SMTP)
        self._table = self._language.table
        self._recorder = Recorder(self._table, peer)
        self._inbox = Inbox(stops_at_loose_end=False)
        self._replies = bytearray()
        self._searched = 0
        """Octets of `_replies` in which no reply ends."""
        self._event = "" if greeted else "(connect)"
        if greeted:
            self._recorder.state = self._table.next_state(self._table.start, "(connect)", Outcome.COMPLETION)
        self._frame: Frame | None = None
        self._sent_at = 0.0
        self._is_deaf = False

    @property
    def table(self) -> Table:
        """The table of the protocol that is followed."""
        return self._table

    @property
    def state(self) -> Any:
        return self._recorder.state

    @property
    def facts(self) -> Facts:
        return self._recorder.facts

    @property
    def is_answered(self) -> bool:
        """True where no reply is awaited for what the client has said so far."""
        return not self._event and not len(self._inbox)

    @property
    def unread(self) -> bytes:
        """What the client said beyond the transcript: a line without its end, or lines said ahead of a reply."""
        waiting = self._inbox.peek()
        return waiting.rpartition(b"\r\n")[2] if self._reading is Reading.DATA and not self._event else waiting

    def client(self, data: bytes, at: float = 0.0) -> None:
        """Octets that the client sent."""
        self._recorder.delivered("C", len(data), at)
        if self._is_deaf:
            return
        self._inbox.feed(data)
        if not self._event:
            self._sent_at = at
        self._settle(at)
        if len(self._inbox) > AHEAD_KEPT:
            self._is_deaf = True
            self._recorder.note(DEAF)

    def server(self, data: bytes, at: float = 0.0) -> None:
        """Octets that the server sent."""
        if not self._is_told and (spoken := language_spoken(data)) is not None:
            self._follow(spoken)
        self._recorder.delivered("S", len(data), at)
        self._replies += data
        self._settle(at)

    def handshake(self, ok: bool, at: float = 0.0) -> None:
        """TLS was agreed on, or not. What the client sent ahead of it is forgotten (RFC 3207 §4.2)."""
        ahead = len(self._inbox)
        self._inbox.clear()
        self._recorder.shaken(ok, ahead, at)

    def client_eof(self, at: float = 0.0) -> None:
        """The client closed its side."""
        self._eof(at)

    def server_eof(self, at: float = 0.0) -> None:
        """The server closed its side."""
        self._eof(at)

    def transcript(self, since: int = 0) -> Transcript:
        """What was said so far: answered exchanges, and the command or mail data that waits for its reply.

        The first `since` exchanges are left out: who follows a long session asks for the news only.
        """
        return self._recorder.transcript(self.asked, since)

    @property
    def asked(self) -> Exchange | None:
        """The command, or the mail data so far, that waits for its reply."""
        if self._event and self._frame is not None:
            remarks = self._language.remarks_on(self._event, self._frame, self.facts)
            return self._recorder.asked(self._event, self._frame.raw, remarks, self._sent_at)
        if self._reading is Reading.DATA and b"\r\n" in self._inbox.peek():
            sent = self._inbox.peek().rpartition(b"\r\n")[0] + b"\r\n"
            return self._recorder.asked("(end of data)", sent, (), self._sent_at)
        return None

    @property
    def _reading(self) -> Reading:
        return self._table.reading(self.state)

    def _eof(self, at: float) -> None:
        if self.state is self._table.closed:
            return
        self._unanswered(at)
        self._recorder.happened("(eof)", Outcome.CLOSING, at=at)

    def _unanswered(self, at: float) -> None:
        """Keeps what was said and will never be answered."""
        if self._event:
            self._recorder.happened(self._event, None, sent=self._frame.raw if self._frame else b"", at=at)
        elif len(self._inbox) and self._reading is Reading.DATA:
            self._recorder.happened("(end of data)", None, sent=self._inbox.peek(), at=at)
        self._event, self._frame = "", None
        self._inbox.clear()

    def _follow(self, language: Language) -> None:
        """The server has begun to speak: no reply was read before, so nothing was learned yet."""
        self._is_told = True
        self._language, self._table = language, language.table
        before, self._recorder = self._recorder, Recorder(language.table, self._recorder.peer)
        self._recorder.segments = before.segments

    def _settle(self, at: float) -> None:
        while True:
            self._next_frame()
            asked = self._frame.raw if self._frame else b""
            end = self._language.reply_end(self._replies, self._event, asked, self._searched)
            if end is None:
                del self._replies[self._language.reply_kept :]
                self._searched = len(self._replies)
                return
            self._searched = 0
            raw = bytes(self._replies[:end])
            del self._replies[:end]
            self._answered(raw, at)

    def _next_frame(self) -> None:
        if self._event:
            return
        self._frame = self._inbox.take(self._reading, self.facts)
        if self._frame is not None:
            self._event = self._language.event_of(self._frame, self.facts)

    def _answered(self, raw: bytes, at: float) -> None:
        reply = self._language.read(raw)
        if reply is None:
            self._garbled(raw, at)
            return
        event, frame, remarks = self._event, self._frame, ()
        if not event:
            event, frame, remarks = self._without_frame(reply, at)
        sent = frame.raw if frame else b""
        if frame is not None and not remarks:
            remarks = self._language.remarks_on(event, frame, self.facts)
        self._event, self._frame = "", None
        self._recorder.answered(event, sent, reply, raw, remarks=remarks, sent_at=self._sent_at, at=at)
        self._sent_at = at

    def _garbled(self, raw: bytes, at: float) -> None:
        """A whole line that is no reply: it answers what was asked, and says nothing."""
        if self._event:
            self._recorder.happened(self._event, None, sent=self._frame.raw if self._frame else b"", at=at)
            self._event, self._frame = "", None
        self._recorder.note_garbage(raw)

    def _without_frame(self, reply: Reply, at: float) -> tuple[str, Frame | None, tuple[str, ...]]:
        """A reply where nothing whole was said: a looser end of data, a chunk or line cut short, or unasked."""
        if self._reading is Reading.DATA:
            frame = self._inbox.take_looser_end() if reply.outcome is not Outcome.CLOSING else None
            if frame is not None:
                return "(end of data)", frame, (LOOSER_END,)
            if len(self._inbox):
                self._unanswered(at)
        elif reply.outcome is not Outcome.CLOSING and self._inbox.is_amid_chunk(self.facts):
            frame = self._inbox.take_all(Reading.LINE)
            if frame is not None:
                return self._language.event_of(frame, self.facts), frame, ("answered before the whole chunk was sent",)
        return "(unasked)", None, ()
