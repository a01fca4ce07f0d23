"""What one session holds is bounded whatever is sent, and what is no longer there is told.

Measured by tracemalloc: what a session holds once a flood has been said and answered, beyond what it held before.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import chain, repeat

import pytest

from smtplab.protocol import kept, outbox
from smtplab.protocol import observer as observer_module
from smtplab.protocol import world as world_module
from smtplab.protocol.faults import Fault
from smtplab.protocol.manners import LENIENT
from smtplab.protocol.message import Message
from smtplab.protocol.observer import Observer
from smtplab.protocol.rules import BusyFor, FullAfter, Greylist, Visit
from smtplab.protocol.session import Session
from smtplab.protocol.transcript import Transcript
from smtplab.protocol.world import ToyClock, World
from tests.talk import talk

MB = 1024 * 1024
PATIENT = replace(
    LENIENT.offering("STARTTLS", "AUTH"), auth_in_clear=True, max_size=1 * MB, max_errors=10**9, max_commands_without_mail=10**9
)  # fmt: skip
"""Nothing ends these sessions: the memory is bounded even so."""
READY = b"EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<bob@example.com>\r\n"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less is kept, so that a flood passes it sooner."""
    for name, value in {"EXCHANGES_KEPT": 150, "HEAD": 50, "LOT": 20, "OCTETS_KEPT": 2 * MB}.items():
        monkeypatch.setattr(kept, name, value)
    monkeypatch.setattr(world_module, "REMEMBERED", 100)


def grown_mb(pieces: Iterator[bytes], world: World | None = None) -> tuple[float, float]:
    """MB that a session holds after a third of these pieces, and how many more after all of them."""

    def forget(message: Message) -> None:
        """What is accepted is a mailbox's to hold."""

    session = Session(manners=PATIENT, store=forget, world=world)
    session.connect()
    session.receive(READY)
    said = list(pieces)
    gc.collect()
    tracemalloc.start()
    try:
        start = tracemalloc.get_traced_memory()[0]
        held: list[float] = []
        for part in (said[: len(said) // 3], said[len(said) // 3 :]):
            for piece in part:
                session.receive(piece)
                session.data_to_send()
                assert not session.is_closing
            gc.collect()
            held.append((tracemalloc.get_traced_memory()[0] - start) / MB)
        return held[0], held[1] - held[0]
    finally:
        tracemalloc.stop()


BLOCK = b"x" * 65536
FLOODS: dict[str, Callable[[], Iterator[bytes]]] = {
    "pipelined commands": lambda: repeat(b"NOOP\r\n" * 100, 12),
    "empty lines": lambda: repeat(b"\r\n" * 100, 12),
    "bare line feeds": lambda: repeat(b"\n" * 100, 12),
    "recipients": lambda: repeat(b"RCPT TO:<bob@example.com>\r\n" * 500, 6),
    "a line without an end": lambda: repeat(BLOCK, 300),
    "long lines": lambda: repeat(BLOCK + b"\r\n", 500),
    "lines that are long by what was dropped": lambda: repeat(BLOCK[:5000] + b"\r\n", 1500),
    "mail data without an end": lambda: chain([b"DATA\r\n"], repeat(BLOCK, 300)),
    "mail data of empty lines": lambda: chain([b"DATA\r\n"], repeat(b"\r\n" * 30_000, 300)),
    "a chunk without an end": lambda: chain([b"BDAT 999999999999\r\n"], repeat(BLOCK, 300)),
    "chunks without an end": lambda: repeat(b"BDAT 5000\r\n" + BLOCK[:5000], 1500),
    "empty chunks": lambda: repeat(b"BDAT 0\r\n" * 100, 12),
    "log-ins": lambda: repeat(b"RSET\r\nAUTH LOGIN\r\nYWxpY2U=\r\nbm8=\r\n", 300),
    "responses": lambda: chain([b"RSET\r\nAUTH LOGIN\r\n"], repeat(BLOCK, 100)),
    "messages": lambda: repeat(b"DATA\r\n" + BLOCK * 15 + b"\r\n.\r\n" + READY, 15),
    "names": lambda: (b"EHLO c%d.example.net\r\n" % n for n in range(1000)),
    "senders of grey": lambda: (
        b"RSET\r\nMAIL FROM:<u%d@b.example>\r\nRCPT TO:<grey@example.com>\r\n" % n for n in range(800)
    ),
}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", FLOODS)
def test_what_a_session_holds_is_bounded_and_stops_growing(name: str) -> None:
    held, more = grown_mb(FLOODS[name]())
    assert held < 4, "2 MB of what was said, and what belongs to it"
    assert more < 0.4


@pytest.mark.usefixtures("small")
def test_rules_that_remember_forget_the_oldest() -> None:
    world = World(rules=[Greylist(), FullAfter(10), BusyFor(0)])
    said = (b"RSET\r\nMAIL FROM:<u%d@b.example>\r\nRCPT TO:<u%d@example.com>\r\n" % (n, n) for n in range(800))
    held, more = grown_mb(said, world)
    assert held < 3 and more < 0.2


@pytest.mark.usefixtures("small")
def test_a_rule_knows_the_latest_whom_it_has_seen() -> None:
    greylist, now = Greylist(wait_s=10), ToyClock().now()
    for n in range(1000):
        visit = Visit("a@b.example", f"u{n}@example.com", "127.0.0.1", now)
        assert greylist.refuses(visit)
        greylist.learn(visit, accepted=False)
    later = now + timedelta(seconds=11)
    assert greylist.refuses(Visit("a@b.example", "u999@example.com", "127.0.0.1", later)) is None
    assert greylist.refuses(Visit("a@b.example", "u901@example.com", "127.0.0.1", later)) is None
    assert greylist.refuses(Visit("a@b.example", "u1@example.com", "127.0.0.1", later)) is not None


def test_twenty_thousand_recipients_leave_as_many_as_one_message_may_have() -> None:
    session = talk(manners=PATIENT)
    session.session.receive(READY)
    for _ in range(20):
        session.session.receive(b"RCPT TO:<bob@example.com>\r\n" * 1000)
        session.session.data_to_send()
    assert len(session.session.transaction.forward_paths) == PATIENT.max_recipients
    assert len(session.session.transcript().exchanges) <= kept.EXCHANGES_KEPT + kept.LOT
    assert session.say("DATA", b"x\r\n.\r\n") == [354, 250]


def test_a_million_empty_lines_end_a_session_of_the_default_manners_with_421() -> None:
    session = talk()
    session.session.receive(b"\r\n" * 1_000_000)
    assert session.session.is_closing
    last = session.session.transcript().exchanges[-1].reply
    assert last is not None and last.code == 421


@pytest.mark.parametrize(
    "stream", [BLOCK + b"\r\n", b"DATA\r\n" + BLOCK * 40 + b"\r\n.\r\n", b"BDAT 3000000\r\n" + BLOCK * 46]
)
def test_what_is_dropped_does_not_depend_on_where_the_stream_was_cut(stream: bytes) -> None:
    sent: set[bytes] = set()
    for size in (len(stream), 4096, 65536, 1_000_003):
        session = talk(manners=PATIENT).session
        session.receive(READY)
        for at in range(0, len(stream), size):
            session.receive(stream[at : at + size])
        (exchange,) = [e for e in session.transcript().exchanges if len(e.sent) > 100]
        assert exchange.reply is not None and exchange.reply.code in (500, 552)
        sent.add(exchange.sent)
    assert len(sent) == 1


@pytest.mark.parametrize("answered", [True, False])
def test_what_an_observer_holds_is_bounded_by_what_a_message_may_have(
    answered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the server answers or never says a word."""
    monkeypatch.setattr(observer_module, "AHEAD_KEPT", 2 * MB)
    monkeypatch.setattr(kept, "OCTETS_KEPT", 2 * MB)
    observer = Observer()
    observer.server(b"220 mx\r\n")
    for _ in range(200):
        observer.client(b"NOOP " + b"x" * 65000 + b"\r\n")
        if answered:
            observer.server(b"250 ok\r\n")
    assert len(observer.unread) < (66_000 if answered else 2 * MB + 66_000)
    assert sum(len(e.sent) for e in observer.transcript().exchanges) < 3 * MB
    remarked = any("no longer kept" in remark for remark in observer.transcript().remarks)
    assert remarked
    observer.server_eof()
    assert observer.state.name == "CLOSED"


def test_a_server_that_says_nothing_but_rubbish_is_not_remarked_for_ever() -> None:
    observer = Observer()
    observer.server(b"220 mx\r\n")
    for _ in range(1000):
        observer.server(b"rubbish\r\n" * 10)
    assert len(observer.transcript().remarks) <= 100


# -------------------------------------------------------------------------------------------- the record's gap
def long_session(commands: int) -> Session:
    session = talk(manners=PATIENT).session
    for n in range(commands):
        session.receive(b"NOOP %d\r\n" % n)
    session.data_to_send()
    return session


def test_of_very_many_exchanges_the_first_and_the_latest_are_kept_and_the_gap_is_told() -> None:
    commands = 3 * kept.EXCHANGES_KEPT
    transcript = long_session(commands).transcript()
    assert kept.EXCHANGES_KEPT <= len(transcript.exchanges) <= kept.EXCHANGES_KEPT + kept.LOT
    said = [exchange.sent for exchange in transcript.exchanges]
    assert said[:3] == [b"", b"NOOP 0\r\n", b"NOOP 1\r\n"] and said[-1] == b"NOOP %d\r\n" % (commands - 1)
    (remark,) = transcript.remarks
    assert remark == f"{transcript.left_out:,} exchanges before this one are no longer kept"
    at = next(n for n, exchange in enumerate(transcript.exchanges) if exchange.remarks)
    assert at == kept.HEAD
    before, after = (int(said[n].split()[1]) for n in (at - 1, at))
    assert after - before - 1 == transcript.left_out == commands + 1 - len(transcript.exchanges)


def test_whoever_asks_for_the_news_of_a_very_long_session_gets_them() -> None:
    observer = Observer()
    observer.server(b"220 mx\r\n")
    place = 0
    for n in range(2 * kept.EXCHANGES_KEPT):
        observer.client(b"NOOP %d\r\n" % n)
        observer.server(b"250 ok\r\n")
        if n % 997 == 0:
            news = observer.transcript(place)
            assert news.left_out == 0 and news.exchanges[-1].sent == b"NOOP %d\r\n" % n
            assert len(news.exchanges) == (n + 2) - place
            place = n + 2
    late = observer.transcript(5)
    assert late.exchanges[0].sent == b"NOOP 4\r\n"
    assert len(late.exchanges) + late.left_out + 5 == 2 * kept.EXCHANGES_KEPT + 1
    inside = observer.transcript(kept.HEAD + 10)
    assert inside.left_out == late.left_out - 10
    assert observer.transcript(2 * kept.EXCHANGES_KEPT + 1).exchanges == ()


def test_a_few_large_messages_leave_the_first_and_the_latest() -> None:
    session = talk(manners=replace(PATIENT, max_size=16 * MB)).session
    for n in range(10):
        session.receive(READY + b"DATA\r\nnumber %d\r\n" % n + BLOCK * 160 + b"\r\n.\r\nRSET\r\n")
    transcript = session.transcript()
    letters = [e.sent[:8] for e in transcript.exchanges if e.event == "(end of data)"]
    assert letters[0] == b"number 0" and letters[-1] == b"number 9"
    assert sum(len(e.sent) for e in transcript.exchanges) <= kept.OCTETS_KEPT
    assert transcript.left_out and len(transcript.exchanges) + transcript.left_out == 1 + 10 * 6
    assert sum("no longer kept" in remark for remark in transcript.remarks) == 1


def test_one_message_larger_than_all_that_may_be_kept_is_kept_while_it_is_the_newest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept, "OCTETS_KEPT", 1000)
    session = talk(manners=PATIENT).session
    session.receive(READY + b"DATA\r\n" + b"x" * 5000 + b"\r\n.\r\n")
    assert session.transcript().exchanges[-1].sent.startswith(b"xxx")
    session.receive(b"NOOP\r\n")
    assert [e.event for e in session.transcript().exchanges][-1] == "NOOP"
    assert sum(len(e.sent) for e in session.transcript().exchanges) <= 1000


def test_a_transcript_with_a_gap_comes_back_from_json_with_all_that_is_known() -> None:
    session = talk(manners=PATIENT).session
    session.receive(b"NOOP\r\n" * 2000 + b"EHLO c\r\nAUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n")
    session.receive(b"NOOP\r\n" * (kept.EXCHANGES_KEPT + 3000))
    transcript = session.transcript()
    assert transcript.facts.authenticated and transcript.left_out
    assert not any(e.event in ("EHLO", "AUTH") for e in transcript.exchanges)
    back = Transcript.from_json(transcript.to_json())
    assert back.left_out == transcript.left_out and back.remarks == transcript.remarks
    assert [e.facts for e in back.exchanges] == [e.facts for e in transcript.exchanges]
    assert back.text() == transcript.text()


def test_replies_that_are_all_held_back_leave_when_they_are_many() -> None:
    session = talk(manners=PATIENT, faults=[Fault.parse("NOOP=merge")]).session
    heard = 0
    for _ in range(20):
        session.receive(b"NOOP\r\n" * 1000)
        heard += len(session.data_to_send())
        assert len(session._outbox._held) <= outbox.HELD_KEPT
    assert heard > outbox.HELD_KEPT
