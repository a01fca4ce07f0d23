"""A connection that a person talks over: what is said goes out, what comes back is told line by line, waits are limited.

Never does: read what is typed, draw, or say anything by itself (no QUIT either).

Rules:
1. Every line that the server says is told, whole and as it came, be it a reply or not.
2. Nobody waits for longer than `wait_s`; who waited in vain is told for what, and may go on.
3. In mail data a line earns no reply, so nothing is waited for until the dot line.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from typing import Any

from ..net.dial import TLS_FIRST, RecordingSocket
from ..protocol.replies import Reply
from ..protocol.smtp import SMTP
from ..protocol.steps import MASK, Exchange
from ..protocol.table import Reading, Table
from ..protocol.transcript import Transcript
from ..protocol.waiting import waiting_for
from ..protocol.wire import decode
from ..views import console
from ..views.completion import Sayable, sayable
from ..views.moments import moments

SETTLE_S = 0.001
"""Seconds without news after which an answered command is taken to be answered whole."""
GOODBYE_S = 5.0
"""Seconds that a server may take to close the connection after its last word."""
LINE_SHOWN = 65536
"""Octets of a line that never ends after which it is shown all the same."""

SAID, HEARD, REFUSED, NOTE, TROUBLE = "->", "<-", "<**", "===", "***"
"""The markers: every line that is told begins with one, so that the direction is readable without colours."""
Tell = Callable[[str, str], None]
"""Told (marker, text): the text is foreign and not yet safe to show."""


class Conversation:
    """One connection, talked over by hand: `say` octets, `listen` for what comes; `tell` hears all of it."""

    def __init__(self, connected: RecordingSocket, tell: Tell, wait_s: float) -> None:
        self._socket = connected
        self._tell = tell
        self.wait_s = wait_s
        self.is_open = True
        self._settled = 0
        """Exchanges that nothing will be added to."""
        self._remarked: set[tuple[int, str]] = set()
        self._begun = b""
        """What has come of the server's next line."""
        self._news = connected.since(0)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    # ---------------------------------------------------------------------------------- how things stand
    @property
    def transcript(self) -> Transcript:
        """The whole session so far."""
        return self._socket.transcript

    @property
    def table(self) -> Table:
        """The protocol that is spoken: the server's first word tells."""
        return self._news.table

    @property
    def state(self) -> Any:
        return self._news.state

    @property
    def _reading(self) -> Reading:
        return self.table.reading(self.state)

    @property
    def in_data(self) -> bool:
        """True while a line is mail data, whatever it says."""
        return self._reading is Reading.DATA and not self.is_owed

    @property
    def is_over(self) -> bool:
        """True where the last word is said, whether or not the connection is closed."""
        return self.state is self.table.closed

    @property
    def is_tls(self) -> bool:
        """True where nothing but a TLS handshake can come next."""
        return self._reading is Reading.NOTHING and not self.is_over

    @property
    def is_owed(self) -> bool:
        """True while the server owes something: its greeting, a reply, or the end of the connection."""
        return self.is_open and console.is_owed(self._news)

    @property
    def awaited(self) -> str:
        """What the server owes, in words; "" for nothing."""
        if not self.is_owed:
            return ""
        if self.is_over:
            return "the end of the connection"
        return f"the reply to {self._news.exchanges[-1].event}" if self._news.exchanges else "the greeting"

    @property
    def reads(self) -> str:
        """What the server waits for where that is no new command: a response, the rest of a line or chunk; else ""."""
        unread = b"" if self.in_data else self._socket.unread
        if self.is_owed or not (unread or self._reading is Reading.RESPONSE):
            return ""
        if b"\n" in unread:
            return "the rest of the octets that BDAT announced"
        return waiting_for(self.state, unread, self.table)

    @property
    def may(self) -> list[Sayable]:
        """What may be said now, by the table; nothing while something is owed, or a line has no end yet."""
        return [] if self.is_owed or self.reads else sayable(moments(self._news)[-1:])

    @property
    def last_answered(self) -> tuple[Reply, str] | None:
        """The last reply and the event that it answers."""
        found = [each for each in self._news.exchanges if each.reply is not None] or self.transcript.exchanges
        return next(((each.reply, each.event) for each in reversed(found) if each.reply is not None), None)

    def has_news(self) -> bool:
        """True where the server has said something, or closed. Waits for nothing."""
        return self.is_open and bool(select.select([self._socket], [], [], 0)[0])

    def fileno(self) -> int:
        """The socket's number, so that a `select` can wait for it beside others."""
        return self._socket.fileno()

    # ------------------------------------------------------------------------------------- said and heard
    def say(self, octets: bytes, *, is_echoed: bool = False, is_line: bool = True) -> None:
        """Send the octets and read what they earn. `is_line`: they are one line with its CR LF."""
        if not octets:
            return
        in_data = self.in_data
        self._socket.settimeout(self.wait_s)
        try:
            self._socket.sendall(octets)
        except TimeoutError:
            self._tell(TROUBLE, f"The server has taken nothing for {self.wait_s:g} s, and the rest was not sent.")
            self.hang_up()
        except ConnectionError:
            self.listen()  # the server may have said why, before it left
            return
        if in_data and is_line and octets != b".\r\n":
            if is_echoed:
                self._tell(SAID, _without_end(octets))
            return
        self._look()
        if is_echoed:
            self._tell(SAID, self._shown(octets) or (_without_end(octets) if is_line else decode(octets)))
        self.listen()

    def listen(self) -> None:
        """Read until nothing is owed, as long as that may take; tell what was awaited in vain."""
        began, waited_for = time.monotonic(), self.awaited
        while self.is_open:
            limit_s = min(self.wait_s, GOODBYE_S) if self.is_over else self.wait_s
            left_s = began + limit_s - time.monotonic()
            is_owed = self.is_owed
            if left_s <= 0:
                if is_owed:
                    self._late(waited_for, limit_s)
                return
            self._socket.settimeout(left_s if is_owed else SETTLE_S)
            try:
                data = self._socket.recv(65536)
            except TimeoutError:
                if not is_owed:
                    return
                continue
            except ConnectionError:
                data = b""  # reset: what was closed in a hurry is closed all the same
            self._heard(data)
            waited_for = self.awaited

    def hang_up(self) -> None:
        """Close the connection from this side; nothing is said."""
        if self.is_open:
            self._socket.close()
            self.is_open = False
            self._news = self._socket.since(self._settled)

    # --------------------------------------------------------------------------------------- the inside
    def _heard(self, data: bytes) -> None:
        *lines, self._begun = (self._begun + data).split(b"\n")
        for line in lines:
            self._tell_line(line)
        if self._begun and (not data or len(self._begun) > LINE_SHOWN):
            self._tell_line(self._begun)
            self._begun = b""
        was_over = self.is_over
        self._look()
        if not data:
            self.is_open = False
            self._socket.close()
            self._tell(NOTE, f"The server has closed the connection{'' if was_over else ', without a goodbye'}.")

    def _tell_line(self, line: bytes) -> None:
        # In a letter that POP3 brings a line may begin with digits and mean nothing.
        is_refused = line[:4] == b"-ERR" if self.table is not SMTP else line[:1] in (b"4", b"5")
        self._tell(REFUSED if is_refused else HEARD, decode(line.removesuffix(b"\r")))

    def _look(self) -> None:
        """Take in what the record has that is new, and tell the remarks in it."""
        self._news = self._socket.since(self._settled)
        for number, exchange in enumerate(self._news.exchanges, self._settled):
            if not exchange.is_asked:
                self._remark(number, exchange)
        answered = max(0, len(self._news.exchanges) - 1) + self._news.left_out
        # The last one stays: a line that is no reply is noted on it.
        self._settled += answered
        if answered:
            self._news = self._socket.since(self._settled)

    def _remark(self, number: int, exchange: Exchange) -> None:
        for remark in (*exchange.remarks, *exchange.reply_remarks):
            if (number, remark) not in self._remarked:
                self._remarked.add((number, remark))
                self._tell(NOTE, f"{exchange.event}: {remark}")

    def _shown(self, octets: bytes) -> str:
        """What was just sent, its password masked; "" where there is none in it."""
        if self._reading is Reading.RESPONSE:
            return MASK
        last = self._news.exchanges[-1] if self._news.exchanges else None
        is_it = last is not None and last.is_asked and last.sent == octets
        return next((step.shown() for step in last.steps if step.is_secret), "") if last and is_it else ""

    def _late(self, waited_for: str, limit_s: float) -> None:
        if self.is_over:
            self._tell(NOTE, f"The server has not closed the connection within {limit_s:g} s: closed from this side.")
            self.hang_up()
            return
        more = f" Is that a mail server? {TLS_FIRST}" if waited_for == "the greeting" else ""
        self._tell(
            TROUBLE,
            f"Nothing came within {limit_s:g} s: {waited_for} is still awaited.{more}"
            f" A real server may take minutes; --wait 300 waits longer.",
        )


def _without_end(octets: bytes) -> str:
    return decode(octets.removesuffix(b"\r\n"))
