"""A POP3 session to talk to in octets, for tests of the core, over maildrops that are a list of octets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from smtplab.protocol.message import StoreFailed
from smtplab.protocol.observer import Observer
from smtplab.protocol.pop3.maildrop import Letter, MaildropBusy
from smtplab.protocol.pop3.session import Pop3Session

LETTERS = (
    b"Subject: one\r\n\r\nhello\r\n",
    b"Subject: dots\r\n\r\n.\r\n..\r\n.dot\r\n\r\n.\r\nend\r\n",
    b"Subject: no body\r\n",
    b"Subject: bare\r\n\r\n+OK\r\n-ERR\r\nQUIT\r\n",
)

TO_STATE: dict[str, tuple[str, ...]] = {
    "AUTHORIZATION": (),
    "USER": ("USER bob",),
    "TRANSACTION": ("USER bob", "PASS letmein"),
    "TLS": ("STLS",),
    "CLOSED": ("QUIT",),
}
"""Lines that bring a session into a state that this server can be in."""


class Drops:
    """Bob's letters, whoever else has none. `fails`: nothing can be removed."""

    def __init__(self, letters: Sequence[bytes] = LETTERS, *, fails: bool = False) -> None:
        self.letters = {f"id-{n}": octets for n, octets in enumerate(letters, 1)}
        self.fails = fails
        self.locked: set[str] = set()

    def named(self, name: str) -> str:
        return name.lower()

    def exists(self, user: str) -> bool:
        return user in ("alice", "bob")

    def open(self, user: str) -> list[Letter]:
        if user in self.locked:
            raise MaildropBusy(user)
        self.locked.add(user)
        return [self._letter(uid) for uid in self.letters] if user == "bob" else []

    def _letter(self, uid: str) -> Letter:
        return Letter(uid, len(self.letters[uid]), lambda: self.letters[uid])

    def close(self, user: str, remove: Sequence[Letter] = ()) -> None:
        self.locked.remove(user)
        if remove and self.fails:
            raise StoreFailed("the test says so")
        for letter in remove:
            del self.letters[letter.uid]


@dataclass
class PopTalk:
    """One session, greeted, with an observer beside it. `settings` are the session's."""

    settings: dict[str, Any] = field(default_factory=dict)
    drops: Drops = field(default_factory=Drops)
    heard: bytes = b""
    observer: Observer = field(default_factory=lambda: Observer(None))
    session: Pop3Session = field(init=False)

    def __post_init__(self) -> None:
        self.session = Pop3Session(self.drops, **self.settings)
        self.session.connect()
        self._hear()

    @property
    def state(self) -> str:
        return self.session.state.name

    def raw(self, said: bytes) -> bytes:
        """Says these octets in one delivery, and gives those that came back."""
        if not self.session.is_closing:
            self.observer.client(said)
        self.session.receive(said)
        return self._hear()

    def say(self, *lines: str) -> bytes:
        """Says lines, one by one, and gives what the last one earned."""
        return [self.raw(line.encode() + b"\r\n") for line in lines][-1]

    def into(self, state: str) -> PopTalk:
        """Brings a fresh session into a state, and makes sure that it is there."""
        for line in TO_STATE[state]:
            self.say(line)
        assert self.state == state
        return self

    def eof(self) -> None:
        self.session.receive_eof()
        self.observer.client_eof()

    def _hear(self) -> bytes:
        said = self.session.data_to_send()
        self.heard += said
        self.observer.server(said)
        if self.session.is_closing and self.observer.state.name != "CLOSED":
            self.observer.server_eof()
        return said


def pop_talk(letters: Sequence[bytes] = LETTERS, *, fails: bool = False, **settings: Any) -> PopTalk:
    """A fresh session, greeted."""
    return PopTalk(settings, Drops(letters, fails=fails))
