"""A session to talk to in octets, for tests of the core: what is said goes in, reply codes and states come out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from smtplab.protocol.message import Message
from smtplab.protocol.replies import Reply, split_reply
from smtplab.protocol.session import Session

HELLO = "EHLO client.example.net"
SENDER = "MAIL FROM:<alice@example.net>"
RECIPIENT = "RCPT TO:<bob@example.com>"
LETTER = "Subject: hello\r\n\r\nHello.\r\n.\r\n"

TO_STATE: dict[str, tuple[str, ...]] = {
    "GREETED": (),
    "READY": (HELLO,),
    "MAIL": (HELLO, SENDER),
    "RCPT": (HELLO, SENDER, RECIPIENT),
    "DATA": (HELLO, SENDER, RECIPIENT, "DATA"),
    "CLOSED": (HELLO, "QUIT"),
}
"""Lines that bring a session into a state that a server without further extensions can be in."""


def octets(said: str | bytes) -> bytes:
    """What crosses the wire: a str is a line and gets its CR LF, bytes stay as they are."""
    return said if isinstance(said, bytes) else said.encode() + b"\r\n"


def whole_replies(stream: bytes) -> list[bytes]:
    """The replies in a server's octets, each with its line ends."""
    found: list[bytes] = []
    while stream:
        end = split_reply(stream)
        assert end is not None, f"the server left a reply unfinished: {stream!r}"
        found.append(stream[:end])
        stream = stream[end:]
    return found


def codes_in(stream: bytes) -> list[int]:
    return [Reply.parse(raw).code for raw in whole_replies(stream)]


@dataclass
class Talk:
    """One session, greeted. `settings` are the session's."""

    settings: dict[str, Any] = field(default_factory=dict)
    stored: list[Message] = field(default_factory=list)
    heard: bytes = b""
    session: Session = field(init=False)

    def __post_init__(self) -> None:
        self.session = Session(**{"store": self.stored.append, **self.settings})
        self.session.connect()
        self.heard += self.session.data_to_send()

    @property
    def state(self) -> str:
        return self.session.state.name

    def raw(self, *said: str | bytes) -> bytes:
        """Says it, all in one delivery, and gives the octets that came back."""
        self.session.receive(b"".join(map(octets, said)))
        answer = self.session.data_to_send()
        self.heard += answer
        return answer

    def say(self, *said: str | bytes) -> list[int]:
        """Says it, all in one delivery, and gives the codes that came back."""
        return codes_in(self.raw(*said))

    def into(self, state: str) -> Talk:
        """Brings a fresh session into a state, and makes sure that it is there."""
        for line in TO_STATE[state]:
            self.say(line)
        assert self.state == state
        return self

    def mail(self) -> None:
        """A whole mail goes through, wherever the session stands; fails where it does not."""
        before = len(self.stored)
        assert self.say(HELLO, SENDER, RECIPIENT, "DATA", LETTER.encode()) == [250, 250, 250, 354, 250]
        assert len(self.stored) == before + 1
        assert self.stored[-1].envelope.reverse_path == "alice@example.net"
        assert self.stored[-1].envelope.forward_paths == ("bob@example.com",)
        assert self.stored[-1].content == b"Subject: hello\r\n\r\nHello.\r\n"
        assert self.state == "READY"


def talk(**settings: Any) -> Talk:
    """A fresh session, greeted."""
    return Talk(settings)
