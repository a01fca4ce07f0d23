"""Whatever a client of POP3 sends: nothing raises, nothing hangs, and server and observer agree."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol.faults import faults
from smtplab.protocol.manners import LENIENT, STRICT, Manners
from smtplab.protocol.observer import Observer
from smtplab.protocol.pop3.machine import POP3
from smtplab.protocol.pop3.replies import Pop3Reply, is_long, read, reply_end
from smtplab.protocol.transcript import Transcript
from smtplab.protocol.wire import LINE_KEPT
from tests.talk_pop3 import LETTERS, PopTalk, pop_talk
from tests.wire.anything import CUTS, RANDOM, cut

LINES = st.sampled_from(
    [
        b"USER bob", b"USER bob", b"PASS letmein", b"PASS letmein", b"user BOB@example.com", b"USER", b"USER [x]", b"PASS x",
        b"PASS  letmein", b"PASS \xff", b"APOP bob x", b"AUTH PLAIN", b"AUTH", b"CAPA", b"CAPA x", b"STAT", b"LIST", b"LIST 1", b"LIST\t1",
        b"LIST ", b"LIST 9", b"UIDL", b"UIDL 2", b"RETR 1", b"RETR 2", b"RETR 4", b"RETR", b"RETR 1 1", b"TOP 1 0", b"TOP 2 1", b"TOP 1",
        b"TOP 4 99999999999", b"DELE 1", b"DELE 2", b"DELE 1", b"DELE x", b"NOOP", b"NOOP x", b"RSET", b"QUIT", b"QUIT x", b"FROB", b"",
        b".", b" NOOP", b"NO\0OP", b"NOOP " + b"x" * 300, b"AUTH " + b"x" * 300, b"GET / HTTP/1.1", b"{0}", b"%s", b"EHLO x", b"DATA",
    ]
)  # fmt: skip
ENDS = st.sampled_from([b"\r\n"] * 12 + [b"\n", b"\r", b"\r\r\n", b""])
LOG_IN = st.just(b"USER bob\r\nPASS letmein\r\n")
STREAMS = st.lists(
    st.one_of(*[st.tuples(LINES, ENDS).map(b"".join)] * 4, LOG_IN, st.binary(max_size=12)), max_size=14
).map(b"".join)
MANNERS = st.sampled_from([LENIENT, STRICT])
LETTER = st.lists(
    st.sampled_from([b"", b".", b"..", b".x", b"x", b"+OK", b"-ERR", b"\xff\0", b"a\rb"]), max_size=8
).map(lambda lines: b"".join(line + b"\r\n" for line in lines))


def deliver(stream: bytes, cuts: list[int], letters: tuple[bytes, ...] = LETTERS, **set_up: Any) -> PopTalk:
    talk = pop_talk(letters, **set_up)
    for piece in cut(stream, cuts):
        talk.raw(piece)
    return talk


def _seen(transcript: Transcript) -> list[tuple[object, ...]]:
    return [(e.event, e.sent, e.reply_raw, e.before, e.after, e.facts) for e in transcript.exchanges]


@given(STREAMS | RANDOM, CUTS, MANNERS)
def test_nothing_raises_and_server_and_observer_agree(stream: bytes, cuts: list[int], manners: Manners) -> None:
    talk = pop_talk(manners=manners)
    for piece in cut(stream, cuts):
        talk.raw(piece)
        assert talk.session.state is talk.observer.state
        assert talk.session.waiting
    assert _seen(talk.session.transcript()) == _seen(talk.observer.transcript())
    assert Transcript.from_json(talk.session.transcript().to_json(secrets=True)).state is talk.session.state
    assert (talk.drops.locked == {"bob"}) == (talk.state == "TRANSACTION")
    talk.session.receive_eof()
    assert talk.state == "CLOSED" and talk.drops.locked == set()


@given(STREAMS, CUTS, MANNERS)
def test_cuts_change_nothing(stream: bytes, cuts: list[int], manners: Manners) -> None:
    whole, pieces = deliver(stream, [], manners=manners), deliver(stream, cuts, manners=manners)
    assert whole.heard == pieces.heard
    assert _seen(whole.session.transcript()) == _seen(pieces.session.transcript())
    assert whole.drops.letters == pieces.drops.letters


@given(STREAMS)
def test_only_quit_removes_and_only_what_was_marked(stream: bytes) -> None:
    talk = deliver(stream, [])
    marked: set[str] = set()
    for exchange in talk.session.transcript().exchanges:
        if exchange.reply is not None and exchange.reply_raw.startswith(b"+OK"):
            number = exchange.sent.decode("latin-1").split()[-1:]
            marked = marked | {f"id-{number[0]}"} if exchange.event == "DELE" else marked
            marked = set() if exchange.event == "RSET" else marked
    said_quit = talk.session.transcript().exchanges[-1].event == "QUIT" and talk.state == "CLOSED"
    logged_in = talk.session.facts.authenticated
    gone = {f"id-{n}" for n in range(1, len(LETTERS) + 1)} - set(talk.drops.letters)
    assert gone == (marked if said_quit and logged_in else set())


@given(LETTER, LETTER)
def test_any_letter_comes_back_as_it_is_and_ends_where_it_ends(first: bytes, second: bytes) -> None:
    talk = pop_talk((first, second)).into("TRANSACTION")
    both = talk.raw(b"RETR 1\r\nRETR 2\r\n")
    asked = b"RETR 1\r\n"
    end = reply_end(bytearray(both), "RETR", asked)
    assert end is not None
    replies = read(both[:end]), read(both[end:])
    assert [reply.body for reply in replies if reply is not None] == [first, second]
    assert talk.say("LIST 1") == b"+OK 1 %d\r\n" % len(first)


@given(STREAMS | RANDOM, RANDOM, CUTS)
def test_an_observer_of_rubbish_from_both_ends_never_raises(client: bytes, server: bytes, cuts: list[int]) -> None:
    observer = Observer(None)
    observer.server(b"+OK\r\n")
    for piece in cut(client, cuts):
        observer.client(piece)
    for piece in cut(server, cuts):
        observer.server(piece)
        str(observer.transcript())
    observer.server_eof()
    assert observer.state.name == "CLOSED"


DEEDS = st.sampled_from(
    ["-ERR", "-ERR no", "+OK", "+OK fine", "close", "reset", "garble", "merge", "cut 2,5", "dribble 3 0", "stall 0"]
)
PLACES = st.sampled_from(
    ["(connect)", "USER", "PASS", "CAPA", "STAT", "LIST", "RETR", "DELE:2", "QUIT", "(unknown verb)"]
)


@given(st.lists(st.tuples(PLACES, DEEDS), max_size=3), STREAMS, MANNERS)
def test_whatever_goes_wrong_on_purpose_server_and_observer_agree(
    wanted: list[tuple[str, str]], stream: bytes, manners: Manners
) -> None:
    settings = {"manners": manners, "faults": faults([f"{place}={deed}" for place, deed in wanted])}
    talk = PopTalk(settings, observer=Observer(POP3))  # it may be that no greeting tells
    for line in stream.splitlines(keepends=True):
        talk.raw(line)
    if not any(deed == "merge" for _, deed in wanted):
        assert talk.session.state is talk.observer.state
    assert (talk.drops.locked == {"bob"}) == (talk.state == "TRANSACTION")


def test_a_line_without_an_end_is_not_kept() -> None:
    talk = pop_talk()
    for _ in range(80):
        talk.session.receive(b"x" * 65536)
        assert len(talk.session._inbox) <= LINE_KEPT + 16
    talk.session.receive(b"\r\n")
    assert talk.session.data_to_send().startswith(b"-ERR The line is longer")


def test_replies_are_short_enough_and_ascii_but_for_letters() -> None:
    talk = pop_talk().into("TRANSACTION")
    talk.say("USER " + "x" * 250, "USER " + "x" * 240)
    for line in (talk.heard + pop_talk().say("USER " + "x" * 248)).splitlines(keepends=True):
        assert len(line) <= 512 and line.isascii()  # RFC 1939 §3


def test_a_long_reply_is_told_by_what_was_asked() -> None:
    assert is_long("LIST", b"LIST\r\n") and is_long("LIST", b"LIST  \r\n") and not is_long("LIST", b"LIST\t1\r\n")
    assert Pop3Reply("+OK", "x", b"").encode() == b"+OK x\r\n.\r\n"
    assert reply_end(bytearray(b"-ERR no\r\nx"), "RETR", b"RETR 1\r\n") == 9
    assert reply_end(bytearray(b"+OK\r\n.\r"), "RETR", b"RETR 1\r\n") is None
    assert reply_end(bytearray(b"+OK\r\n.\r\n"), "RETR", b"RETR 1\r\n", 7) == 8
