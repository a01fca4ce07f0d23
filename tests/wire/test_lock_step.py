"""However a stream is cut, the same octets in make the same replies, states, records and messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from smtplab.protocol.manners import LENIENT, STRICT, Manners
from smtplab.protocol.message import Message
from smtplab.protocol.observer import Observer
from smtplab.protocol.persona import MODERN, SENDMAIL, Persona
from smtplab.protocol.session import Session
from smtplab.protocol.transcript import Transcript
from tests.data_of import SESSION_1
from tests.wire.sessions import GUIDE_1, GUIDE_2, SESSIONS

ALL_OFFERED = replace(LENIENT.offering("STARTTLS", "AUTH"), auth_in_clear=True)
BOTH_MANNERS = [
    pytest.param(LENIENT, id="lenient"),
    pytest.param(STRICT, id="strict"),
    pytest.param(ALL_OFFERED, id="all offered"),
]


@dataclass(frozen=True)
class Outcome:
    """All that can be seen of a session once its octets are in."""

    replies: bytes
    states: tuple[tuple[str, str, str], ...]
    text: str
    remarks: tuple[str, ...]
    waiting: str
    is_closing: bool
    stored: tuple[tuple[str, tuple[str, ...], bytes], ...]


def _states(transcript: Transcript) -> tuple[tuple[str, str, str], ...]:
    return tuple((exchange.event, exchange.before.name, exchange.after.name) for exchange in transcript.exchanges)


def deliver(pieces: Iterable[bytes], manners: Manners = LENIENT, persona: Persona = MODERN) -> Outcome:
    stored: list[Message] = []
    session = Session(persona=persona, manners=manners, store=stored.append)
    session.connect()
    replies = session.data_to_send()
    for piece in pieces:
        session.receive(piece)
        replies += session.data_to_send()
    transcript = session.transcript()
    return Outcome(
        replies,
        _states(transcript),
        transcript.text(),
        transcript.remarks,
        session.waiting,
        session.is_closing,
        tuple((m.envelope.reverse_path, m.envelope.forward_paths, m.raw) for m in stored),
    )


def places(stream: bytes) -> Iterable[int]:
    """Where to cut: everywhere, but for the middle of what is long and all the same."""
    return (at for at in range(1, len(stream)) if not 100 < at < len(stream) - 100 or len(stream) < 5000)


def one_by_one(stream: bytes) -> list[bytes]:
    return [stream[at : at + 1] for at in range(len(stream))]


@pytest.mark.parametrize("manners", BOTH_MANNERS)
@pytest.mark.parametrize("name", SESSIONS)
def test_octet_by_octet_is_the_same_as_one_burst(name: str, manners: Manners) -> None:
    assert deliver(one_by_one(SESSIONS[name]), manners) == deliver([SESSIONS[name]], manners)


@pytest.mark.parametrize("manners", BOTH_MANNERS)
@pytest.mark.parametrize("name", SESSIONS)
def test_a_cut_at_any_place_is_the_same_as_one_burst(name: str, manners: Manners) -> None:
    stream = SESSIONS[name]
    whole = deliver([stream], manners)
    for at in places(stream):
        assert deliver([stream[:at], stream[at:]], manners) == whole, f"cut after {stream[max(0, at - 20) : at]!r}"


@pytest.mark.parametrize("name", SESSIONS)
def test_line_by_line_is_the_same_as_one_burst(name: str) -> None:
    stream = SESSIONS[name]
    assert deliver(stream.splitlines(keepends=True)) == deliver([stream])


@pytest.mark.parametrize("how", ["line by line", "one burst", "octet by octet"])
def test_the_guides_first_session_is_the_same_octet_for_octet(how: str) -> None:
    pieces = {
        "line by line": GUIDE_1.splitlines(keepends=True),
        "one burst": [GUIDE_1],
        "octet by octet": one_by_one(GUIDE_1),
    }
    heard = deliver(pieces[how], persona=SENDMAIL)
    said_by_the_server = [line[3:] for line in SESSION_1.splitlines() if line.startswith("S:")]
    assert heard.replies == b"".join(line.encode() + b"\r\n" for line in said_by_the_server)
    assert heard.text == SESSION_1.rstrip("\n")
    assert len(heard.states) == 7 and heard.states[-1] == ("QUIT", "READY", "CLOSED")


def test_the_guides_first_session_has_15_steps_in_7_exchanges() -> None:
    session = Session(persona=SENDMAIL)
    session.connect()
    session.receive(GUIDE_1)
    transcript = session.transcript()
    assert (len(transcript), len(transcript.exchanges)) == (15, 7)


def test_the_guides_second_session_stores_a_message_whose_headers_parse_as_written() -> None:
    stored: list[Message] = []
    session = Session(persona=SENDMAIL, store=stored.append)
    session.connect()
    session.receive(GUIDE_2)
    (message,) = stored
    parsed = message.message
    assert parsed["Subject"] == "Simple standardised email"
    assert parsed["From"] == "Me <user123@example.com>"
    assert parsed["To"] == "You <test@example.com>"
    assert parsed.get_content_type() == "text/plain"
    assert parsed.get_content().split() == ["Hello.", "Content", "goes", "here."]
    assert parsed.defects == []
    assert session.is_closing


def test_the_empty_line_after_the_dot_earns_a_500_where_it_is_really_sent() -> None:
    heard = deliver([GUIDE_1.replace(b"\r\n.\r\n", b"\r\n.\r\n\r\n")], persona=SENDMAIL)
    assert [line[:3] for line in heard.replies.splitlines()] == [
        b"220",
        b"250",
        b"250",
        b"250",
        b"354",
        b"250",
        b"500",
        b"221",
    ]


# ---------------------------------------------------------------------------------------------- an observer
def overhear(client: Iterable[bytes], server: Iterable[bytes]) -> tuple[Any, ...]:
    """Both streams, the client's pieces first: an observer must not need to hear them in turn."""
    observer = Observer()
    for piece in client:
        observer.client(piece)
    for piece in server:
        observer.server(piece)
    transcript = observer.transcript()
    return _states(transcript), transcript.text(), transcript.remarks, observer.facts


@pytest.mark.parametrize("name", SESSIONS)
def test_an_observer_sees_the_same_however_either_stream_is_cut(name: str) -> None:
    client, server = SESSIONS[name], deliver([SESSIONS[name]]).replies
    whole = overhear([client], [server])
    assert overhear(one_by_one(client), one_by_one(server)) == whole
    for at in places(client):
        assert overhear([client[:at], client[at:]], [server]) == whole
    for at in range(1, len(server)):
        assert overhear([client], [server[:at], server[at:]]) == whole


@pytest.mark.parametrize("manners", BOTH_MANNERS)
@pytest.mark.parametrize("name", SESSIONS)
def test_an_observer_writes_the_record_that_the_server_writes(name: str, manners: Manners) -> None:
    client = SESSIONS[name]
    heard = deliver([client], manners)
    states, text, _, _ = overhear([client], [heard.replies])
    if any(event == "(end of data)" and after == "CLOSED" for event, _, after in heard.states):
        # The server stopped reading at a dot line that is no end; who overhears it only sees the 421.
        assert [after for _, _, after in states if after == "CLOSED"] == ["CLOSED"]
        assert heard.text.startswith(text[: text.index("DATA")])
    else:
        assert states == heard.states
        assert text == heard.text


def test_an_observer_that_hears_both_ends_octet_by_octet_in_turn_sees_the_same() -> None:
    client = SESSIONS["two messages and a reset"]
    session, observer = Session(), Observer()
    session.connect()
    observer.server(session.data_to_send())
    for octet in one_by_one(client):
        observer.client(octet)
        session.receive(octet)
        for answer in one_by_one(session.data_to_send()):
            observer.server(answer)
        assert observer.state is session.state
    assert _states(observer.transcript()) == _states(session.transcript())


# ---------------------------------------------------------------------------------------------- with a handshake
BEFORE = b"EHLO c\r\nSTARTTLS\r\nNOOP\r\nMAIL FROM:<e@b.exam"
AFTER = (
    b"MAIL FROM:<a@b.example>\r\nEHLO c\r\nSTARTTLS\r\nAUTH LOGIN\r\nYWxpY2U=\r\nd29uZGVybGFuZA==\r\nMAIL FROM:<a@b.example>\r\n"
    b"RCPT TO:<x@elsewhere.example>\r\nBDAT 6\r\nQUIT\r\nBDAT 0 LAST\r\nQUIT\r\n"
)


def shaken(before: Iterable[bytes], after: Iterable[bytes]) -> tuple[Any, ...]:
    """What server and observer know after a session with a handshake in it; they must agree."""
    stored: list[Message] = []
    session, observer = Session(manners=ALL_OFFERED, store=stored.append), Observer()
    session.connect()
    observer.server(session.data_to_send())
    for pieces in (before, after):
        for piece in pieces:
            observer.client(piece)
            session.receive(piece)
            observer.server(session.data_to_send())
        if pieces is before:
            assert session.wants_handshake
            session.handshake(True)
            observer.handshake(True)
    ours, theirs = session.transcript(), observer.transcript()
    assert (_states(ours), ours.text(), ours.remarks) == (_states(theirs), theirs.text(), theirs.remarks)
    assert session.facts == observer.facts
    return _states(ours), ours.text(), ours.remarks, [message.raw for message in stored], session.is_closing


def test_a_session_with_a_handshake_in_it_is_the_same_however_it_is_cut() -> None:
    whole = shaken([BEFORE], [AFTER])
    assert whole[3] and b" with ESMTPSA id " in whole[3][0] and whole[-1]
    assert shaken(one_by_one(BEFORE), one_by_one(AFTER)) == whole
    for at in range(1, len(AFTER)):
        cut = min(at, len(BEFORE) - 1)
        assert shaken([BEFORE[:cut], BEFORE[cut:]], [AFTER[:at], AFTER[at:]]) == whole
