"""One function for each reader of foreign octets: bytes in, nothing out, AssertionError where a promise is broken.

The first octets of an input choose how it is delivered (which manners, which faults, where it is cut); the rest is
what the client says. So any bytes at all are an input, and a search by coverage can change the one and the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from smtplab.protocol import command
from smtplab.protocol.address import BadSyntax, parse_name, parse_path
from smtplab.protocol.faults import Fault
from smtplab.protocol.manners import LENIENT, STRICT, Manners
from smtplab.protocol.message import Message
from smtplab.protocol.observer import Observer
from smtplab.protocol.pop3 import replies as pop3_replies
from smtplab.protocol.pop3.machine import POP3
from smtplab.protocol.pop3.maildrop import Letter
from smtplab.protocol.pop3.session import Pop3Session
from smtplab.protocol.replies import Reply, read, split_reply
from smtplab.protocol.serving import ServerSide
from smtplab.protocol.session import Session
from smtplab.protocol.smtp import SMTP
from smtplab.protocol.table import Facts, Reading
from smtplab.protocol.transcript import Transcript
from smtplab.protocol.wire import LINE_KEPT, Frame, stuff, unstuff

_ALL = replace(LENIENT.offering("STARTTLS", "AUTH"), auth_in_clear=True, tells_names=True)
MANNERS: tuple[Manners, ...] = (
    LENIENT,
    STRICT,
    _ALL,
    replace(_ALL, strict=True, max_size=300),
    replace(LENIENT, offered=()),
    replace(LENIENT, max_size=100, max_recipients=2, max_errors=5, max_commands_without_mail=9),
)
FAULTS: tuple[tuple[str, ...], ...] = (
    (), (), (), (), ("BDAT:2=500",), ("BDAT=503", "DATA=450"), ("RCPT:/2=550", "MAIL:1=451"), ("(end of data)=554",),
    ("EHLO=502", "RSET=500"), ("BDAT LAST=501", "QUIT=500"), ("(response)=454", "AUTH=334 x"), ("NOOP=421",),
)  # fmt: skip
GROWS = 80
"""Octets of replies that one octet of a client may earn at most: EHLO and HELP are short, their answers long."""


class Talker:
    """A session and an observer of it that are told the same, piece by piece; they must agree after every reply."""

    session: ServerSide

    def __init__(self, manners: Manners, faults: tuple[str, ...] = (), *, shakes: bool = True) -> None:
        self.manners, self.shakes = manners, shakes
        self.stored: list[Message] = []
        self._begin(Session(manners=manners, store=self.stored.append, faults=map(Fault.parse, faults)))

    def _begin(self, session: ServerSide) -> None:
        self.session = session
        self.observer = Observer(session.table)
        self.heard = b""
        self._seen: list[tuple[object, object]] = []
        self.session.connect()
        self._pass_on()

    def say(self, piece: bytes) -> None:
        self.observer.client(piece)
        self.session.receive(piece)
        self._pass_on()
        if self.session.wants_handshake:
            self.session.handshake(self.shakes)
            self.observer.handshake(self.shakes)
            assert (self.observer.state, self.observer.facts) == (self.session.state, self.session.facts)
        assert len(self.session._inbox) <= self.manners.max_size + LINE_KEPT + 65536 + 100

    def _pass_on(self) -> None:
        replies = self.session.data_to_send()
        self.heard += replies
        while replies:
            end = split_reply(replies)
            assert end is not None, f"the server left a reply unfinished: {replies!r}"
            raw, replies = replies[:end], replies[end:]
            assert Reply.parse(raw).encode() == raw and raw.isascii()
            self._hear(raw)

    def _hear(self, raw: bytes) -> None:
        self.observer.server(raw)
        self._seen.append((self.observer.state, self.observer.facts))

    def end(self) -> None:
        """Checks what both have seen, and closes."""
        ours = self.session.transcript()
        answered = [(e.after, e.facts) for e in ours.exchanges if e.reply is not None]
        assert self._seen == answered, "server and observer disagree"
        shown(ours)
        shown(self.observer.transcript())
        self.session.receive_eof()
        self.observer.client_eof()
        assert self.session.state is self.observer.state is self.session.table.closed
        assert self.session.deadline() is None
        if isinstance(self.session, Session):
            assert self.session.transaction.reverse_path is None


class Pop3Talker(Talker):
    """The same with a maildrop. Where its replies end depends on what was asked, so the record tells the observer."""

    def __init__(self, manners: Manners, *, shakes: bool = True) -> None:
        self.manners, self.shakes = manners, shakes
        self.maildrops = Letters()
        self._begin(Pop3Session(self.maildrops, manners=manners))

    def _pass_on(self) -> None:
        replies = self.session.data_to_send()
        self.heard += replies
        for exchange in self.session.transcript().exchanges[len(self._seen) :]:
            if exchange.reply is None:
                self._seen.append((None, None))
                continue
            assert replies.startswith(exchange.reply_raw), "the record is not what was said"
            self._hear(exchange.reply_raw)
            replies = replies[len(exchange.reply_raw) :]
        assert not replies

    def end(self) -> None:
        self._seen = [seen for seen in self._seen if seen != (None, None)]
        super().end()
        assert not self.maildrops.is_locked


class Letters:
    """A maildrop of three letters for whoever asks."""

    def __init__(self) -> None:
        self.is_locked = False

    def named(self, name: str) -> str:
        return name

    def exists(self, user: str) -> bool:
        return user != "nobody"

    def open(self, _: str) -> list[Letter]:
        assert not self.is_locked
        self.is_locked = True
        letters = (b"Subject: one\r\n\r\n.dot\r\nhello\r\n", b"", b"x" * 500 + b"\r\n\r\n\r\n.\r\n")
        return [Letter(f"uid{n}", len(octets), lambda octets=octets: octets) for n, octets in enumerate(letters)]

    def close(self, _: str, __: Sequence[Letter] = ()) -> None:
        self.is_locked = False


def shown(transcript: Transcript) -> None:
    """All that a view asks of a transcript can be had, and it comes back from JSON as it was."""
    assert [step.index for step in transcript] == list(range(1, len(transcript) + 1))
    back = Transcript.from_json(transcript.to_json(secrets=True))
    assert back.text(secrets=True) == transcript.text(secrets=True)
    assert [(e.event, e.before, e.after, e.facts) for e in back.exchanges] == [
        (e.event, e.before, e.after, e.facts) for e in transcript.exchanges
    ]


def pieces(stream: bytes, chooser: int) -> list[bytes]:
    """The stream cut in a way that a number from 0 to 255 chooses: whole, octet by octet, at line ends, unevenly."""
    if chooser < 64:
        return [stream]
    if chooser < 96:
        return [stream[at : at + 1] for at in range(len(stream))]
    if chooser < 128:
        return stream.splitlines(keepends=True)
    size, found, at = chooser % 13 + 1, list[bytes](), 0
    while at < len(stream):
        found.append(stream[at : at + size])
        at, size = at + size, (size * 7 + chooser) % 41 + 1
    return found


def session(data: bytes) -> None:
    """A server and an observer of it, whatever the client says and however it is cut."""
    if len(data) < 3:
        return
    manners, faults = MANNERS[data[0] % len(MANNERS)], FAULTS[data[1] % len(FAULTS)]
    stream = data[3:]
    heard: list[bytes] = []
    stored: list[list[bytes]] = []
    ways = [[stream], pieces(stream, data[2])] if manners.offered.count("STARTTLS") == 0 else [pieces(stream, data[2])]
    for way in ways:
        talker = Talker(manners, faults, shakes=data[1] < 200)
        for piece in way:
            talker.say(piece)
        assert len(talker.heard) <= 1000 + GROWS * len(stream)
        assert talker.session.waiting
        talker.end()
        heard.append(talker.heard)
        stored.append([message.raw for message in talker.stored])
    assert heard[0] == heard[-1] and stored[0] == stored[-1], "a cut changed something"


def pop3(data: bytes) -> None:
    """A POP3 server and an observer of it, whatever the client says and however it is cut."""
    if len(data) < 2:
        return
    heard: list[bytes] = []
    manners = replace(STRICT if data[0] & 1 else LENIENT, max_errors=10**6 if data[0] & 2 else 5)
    tls = bool(data[0] & 4)
    manners = manners.offering("STARTTLS") if tls else manners
    for way in [pieces(data[2:], data[1])] if tls else [[data[2:]], pieces(data[2:], data[1])]:
        talker = Pop3Talker(manners, shakes=data[0] < 200)
        for piece in way:
            talker.say(piece)
        assert len(talker.heard) <= 2000 + 200 * len(data)
        talker.end()
        heard.append(talker.heard)
    assert heard[0] == heard[-1], "a cut changed something"


def observer(data: bytes) -> None:
    """An observer of rubbish from both ends, in any order; the first octet chooses the protocol."""
    watcher = Observer(POP3 if data[:1] > b"\x7f" else SMTP)
    at = 1
    while at < len(data):
        control, at = data[at], at + 1
        piece = data[at : at + control // 4]
        at += len(piece)
        if control % 4 == 3 and control > 250:
            watcher.handshake(control % 2 == 0)
        elif control % 2:
            watcher.server(piece)
        else:
            watcher.client(piece)
        assert watcher.unread is not None
    shown(watcher.transcript())
    str(watcher.transcript()[2:5])
    watcher.server_eof()
    assert watcher.state.name == "CLOSED"
    shown(watcher.transcript())


def texts(data: bytes) -> None:
    """A session pasted from anywhere: a Transcript, or a ValueError that says what is missing."""
    text = data.decode("utf-8", "replace")
    try:
        transcript = Transcript.parse(text)
    except ValueError as error:
        assert str(error)
        return
    shown(transcript)
    assert transcript.to_json()


def stored_json(data: bytes) -> None:
    """A file that should be a transcript: a Transcript, or a ValueError."""
    try:
        transcript = Transcript.from_json(data.decode("utf-8", "replace"))
    except (ValueError, json.JSONDecodeError) as error:
        assert str(error)
        return
    str(transcript)


def lines(data: bytes) -> None:
    """One command line: taken apart, named, and its argument read as a path and as a name."""
    line = data.partition(b"\n")[0].removesuffix(b"\r")
    said = command.parse(line)
    assert said.verb == said.verb.upper() and said.raw == line
    for kind in (Reading.LINE, Reading.RESPONSE, Reading.DATA):
        assert command.event_of(Frame(kind, data, len(data)), Facts()) in SMTP.by_event
    command.flaws(line, utf8=True)
    command.is_http(line)
    for text in (said.argument, said.text):
        for keyword in ("FROM", "TO"):
            try:
                path = parse_path(text, keyword)
            except BadSyntax as why:
                assert str(why)
            else:
                assert "\n" not in path.mailbox and "\r" not in path.mailbox
        try:
            parse_name(text)
        except BadSyntax as why:
            assert str(why)


def replies(data: bytes) -> None:
    """A reply from any server: one that can be said again, or None."""
    end = split_reply(data)
    assert end is None or 0 < end <= len(data)
    for event in ("RETR", "LIST", "NOOP"):
        end = pop3_replies.reply_end(bytearray(data), event, event.encode() + b"\r\n")
        if end is not None and (spoken := pop3_replies.read(data[:end])) is not None:
            assert pop3_replies.read(spoken.encode()) == spoken
    found = read(data)
    if found is not None:
        raw = found.encode()
        assert split_reply(raw) == len(raw)
        assert Reply.parse(raw).code == found.code


def dots(data: bytes) -> None:
    """Transparency: what is stuffed and unstuffed is what it was, and holds no end."""
    stuffed = stuff(data)
    assert unstuff(stuffed) == data
    assert b"\r\n.\r\n" not in b"\r\n" + stuffed


TARGETS: tuple[Callable[[bytes], None], ...] = (session, observer, texts, stored_json, lines, replies, dots, pop3)
"""In a fixed order: the first octet of a corpus file chooses one."""


def any_target(data: bytes) -> None:
    """The target that the first octet chooses, with the rest."""
    if data:
        TARGETS[data[0] % len(TARGETS)](data[1:])
