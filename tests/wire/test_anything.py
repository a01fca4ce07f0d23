"""Whatever the client sends: nothing raises, nothing hangs, memory is bounded, and all who look agree."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smtplab.protocol.answers import handlers_of
from smtplab.protocol.manners import LENIENT, STRICT, Manners
from smtplab.protocol.observer import Observer
from smtplab.protocol.persona import PERSONAS, Persona
from smtplab.protocol.replies import Reply
from smtplab.protocol.smtp import SMTP
from smtplab.protocol.transcript import Transcript
from smtplab.protocol.wire import LINE_KEPT
from tests.talk import Talk, talk, whole_replies
from tests.wire.anything import CUTS, RANDOM, STREAMS, cut
from tests.wire.sessions import ENVELOPE, SESSIONS

MANNERS = st.sampled_from(
    [LENIENT, STRICT, replace(LENIENT, tells_names=True, max_size=1000), replace(LENIENT, offered=())]
)
MESSAGES_DIFFER = "the same octets were answered differently"


def deliver(stream: bytes, cuts: list[int], **set_up: object) -> Talk:
    session = talk(**set_up)
    for piece in cut(stream, cuts):
        session.raw(piece)
    return session


def _seen(session: Talk) -> list[tuple[object, ...]]:
    """What a session did, without its words: event, code, states, facts."""
    return [
        (
            e.event,
            e.reply and e.reply.code,
            e.before.name,
            e.after.name,
            e.facts.hello,
            set(e.facts.keywords),
            e.facts.tls,
        )
        for e in session.session.transcript().exchanges
    ]


# --------------------------------------------------------------------------------------------- never raises
@given(RANDOM, CUTS, MANNERS)
def test_random_octets_never_raise_and_every_reply_is_whole(stream: bytes, cuts: list[int], manners: Manners) -> None:
    session = deliver(stream, cuts, manners=manners)
    for raw in whole_replies(session.heard):
        reply = Reply.parse(raw)
        assert reply.encode() == raw
        assert raw.isascii()
        assert all(len(line) <= 512 for line in raw.splitlines(keepends=True))
    assert session.session.waiting
    session.session.receive_eof()
    assert session.state == "CLOSED"


@given(STREAMS, CUTS, MANNERS)
def test_nearly_right_sessions_never_raise_and_can_be_shown_at_every_step(
    stream: bytes, cuts: list[int], manners: Manners
) -> None:
    session = talk(manners=manners)
    for piece in cut(stream, cuts):
        session.raw(piece)
        transcript = session.session.transcript()
        assert transcript.state is session.session.state
        assert [step.index for step in transcript] == list(range(1, len(transcript) + 1))
        assert session.session.waiting
    for raw in whole_replies(session.heard):
        assert raw.isascii() and Reply.parse(raw).encode() == raw


@given(STREAMS, CUTS, MANNERS)
def test_a_session_that_is_still_open_takes_a_whole_mail(stream: bytes, cuts: list[int], manners: Manners) -> None:
    session = deliver(stream, cuts, manners=manners)
    session.raw(b"\r\n.\r\n")  # ends whatever line or letter is open
    if not session.session.is_closing:
        session.mail()


@given(STREAMS, CUTS, MANNERS)
def test_cuts_change_nothing(stream: bytes, cuts: list[int], manners: Manners) -> None:
    whole, pieces = deliver(stream, [], manners=manners), deliver(stream, cuts, manners=manners)
    assert whole.heard == pieces.heard, MESSAGES_DIFFER
    assert _seen(whole) == _seen(pieces)
    assert [message.raw for message in whole.stored] == [message.raw for message in pieces.stored]


@given(RANDOM | STREAMS, RANDOM, CUTS)
def test_an_observer_of_rubbish_from_both_ends_never_raises(client: bytes, server: bytes, cuts: list[int]) -> None:
    observer = Observer()
    for piece in cut(client, cuts):
        observer.client(piece)
    for piece in cut(server, cuts):
        observer.server(piece)
        str(observer.transcript())
    observer.server_eof()
    assert observer.state.name == "CLOSED"


# -------------------------------------------------------------------------------------------- memory is bounded
@pytest.mark.parametrize(
    "before", [b"", b"EHLO c\r\n", b"EHLO c\r\nMAIL FROM:<a@b.example>\r\n"], ids=["greeted", "ready", "mail"]
)
def test_a_line_of_5_mb_without_an_end_is_not_kept(before: bytes) -> None:
    session = talk()
    session.raw(before)
    for _ in range(80):
        session.raw(b"x" * 65536)
        assert len(session.session._inbox) <= LINE_KEPT + 16
    assert session.say(b"\r\n") == [500]
    session.mail()


def test_mail_data_over_the_limit_is_read_to_its_end_and_not_kept() -> None:
    session = talk(manners=replace(LENIENT, max_size=10_000)).into("DATA")
    for _ in range(80):
        session.raw(b"x" * 65536)
        assert len(session.session._inbox) <= 10_000 + 64 * 1024 + 16
    assert session.say(b"\r\n.\r\n") == [552]
    assert session.stored == []
    session.mail()


def test_mail_data_over_the_limit_is_found_to_end_wherever_its_end_is_cut() -> None:
    limited = replace(LENIENT, max_size=100)
    for at in range(1, 5):
        session = talk(manners=limited).into("DATA")
        session.raw(b"x" * 100_000)
        assert session.say(b"\r\n.\r\n"[:at]) == []
        assert session.say(b"\r\n.\r\n"[at:]) == [552]


def test_mail_data_in_many_small_pieces_costs_no_more_than_once_through() -> None:
    session = talk().into("DATA")
    for _ in range(20_000):
        session.session.receive(b"twelve chars")
    assert session.say(b"\r\n.\r\n") == [250]
    assert len(session.stored[-1].content) == 240_002


@pytest.mark.parametrize(
    "garbage", [b"x" * 65536, b"250-" + b"x" * 65530 + b"\r\n"], ids=["no line end", "no last line"]
)
def test_a_server_that_never_ends_its_reply_does_not_fill_an_observers_memory(garbage: bytes) -> None:
    observer = Observer()
    for _ in range(80):
        observer.server(garbage)
    assert len(observer._replies) <= 2 * 1024 * 1024


# ------------------------------------------------------------------------------------------------ all agree
@pytest.mark.parametrize("manners", [LENIENT, STRICT], ids=["lenient", "strict"])
@given(stream=STREAMS, cuts=CUTS)
def test_a_persona_changes_no_code_and_no_state(stream: bytes, cuts: list[int], manners: Manners) -> None:
    sessions = [deliver(stream, cuts, persona=persona, manners=manners) for persona in PERSONAS.values()]
    for one, other in pairwise(sessions):
        assert _seen(one) == _seen(other)
        assert [m.envelope for m in one.stored] == [m.envelope for m in other.stored]
        assert [m.content for m in one.stored] == [m.content for m in other.stored]


@pytest.mark.parametrize("name", SESSIONS)
def test_personas_agree_on_every_session_that_is_cut_here(name: str) -> None:
    for manners in (LENIENT, STRICT):
        seen = [_seen(deliver(SESSIONS[name], [], persona=persona, manners=manners)) for persona in PERSONAS.values()]
        assert seen[0] == seen[1] == seen[2]


@pytest.mark.parametrize("persona", PERSONAS.values(), ids=PERSONAS)
def test_a_persona_has_words_for_whatever_happens(persona: Persona) -> None:
    session = talk(persona=persona)
    for line in ("HELP", "HELP RSET", "HELP FROB", "VRFY", "VRFY bob", "MAIL", "FROB", "TURN", "NOOP \0", "STARTTLS"):
        (raw,) = whole_replies(session.raw(line))
        assert Reply.parse(raw).text.strip()
    session.session.timed_out()
    assert Reply.parse(session.session.data_to_send()).code == 421


@pytest.mark.parametrize("first", ["client first", "in turn"])
@given(stream=STREAMS, cuts=CUTS, manners=MANNERS)
@example(stream=ENVELOPE + b"x\r\n.\r\nRSET\r\nQUIT\r\n", cuts=[], manners=LENIENT)
def test_server_and_observer_agree_after_every_reply(
    first: str, stream: bytes, cuts: list[int], manners: Manners
) -> None:
    session, observer = Talk({"manners": manners}), Observer()
    heard = session.heard
    observer.server(heard)
    seen: list[tuple[object, object]] = [(observer.state, observer.facts)]
    for piece in cut(stream, cuts):
        observer.client(piece)
        answers = whole_replies(session.raw(piece))
        if first == "in turn":
            for raw in answers:
                observer.server(raw)
                seen.append((observer.state, observer.facts))
    if first == "client first":
        observer = Observer()
        observer.client(stream)
        seen = []
        for raw in whole_replies(session.heard):
            observer.server(raw)
            seen.append((observer.state, observer.facts))
    ours = [(e.after, e.facts) for e in session.session.transcript().exchanges if e.reply is not None]
    assert seen == ours
    assert (observer.state, observer.facts) == (session.session.state, session.session.facts)


@given(STREAMS, CUTS)
def test_the_envelope_is_open_exactly_where_the_state_says_so(stream: bytes, cuts: list[int]) -> None:
    session = talk()
    for piece in cut(stream, cuts):
        session.raw(piece)
        transaction = session.session.transaction
        assert (transaction.reverse_path is not None) == (session.state in ("MAIL", "RCPT", "DATA"))
        assert bool(transaction.forward_paths) == (session.state in ("RCPT", "DATA"))
    for message in session.stored:
        assert message.envelope.forward_paths
        assert all(
            e.row is SMTP.at[e.before, e.event]
            for e in session.session.transcript().exchanges
            if e.event in handlers_of(SMTP, LENIENT.offered) and e.reply is not None and e.reply.code < 400
        )


# ----------------------------------------------------------------------------------------------- round trips
@given(STREAMS, CUTS, MANNERS)
def test_a_transcript_comes_back_from_json_as_it_was(stream: bytes, cuts: list[int], manners: Manners) -> None:
    transcript = deliver(stream, cuts, manners=manners).session.transcript()
    back = Transcript.from_json(transcript.to_json(secrets=True))
    assert back.text(secrets=True) == transcript.text(secrets=True)
    assert [(s.raw, s.state, s.kind, s.remarks) for s in back] == [
        (s.raw, s.state, s.kind, s.remarks) for s in transcript
    ]
    assert [(e.event, e.before, e.after, e.outcome, e.row, e.facts) for e in back.exchanges] == [
        (e.event, e.before, e.after, e.outcome, e.row, e.facts) for e in transcript.exchanges
    ]
    assert back.to_json(secrets=True) == transcript.to_json(secrets=True)


@given(STREAMS, CUTS, MANNERS)
def test_kept_without_secrets_a_transcript_keeps_all_its_states(
    stream: bytes, cuts: list[int], manners: Manners
) -> None:
    transcript = deliver(stream, cuts, manners=manners).session.transcript()
    back = Transcript.from_json(transcript.to_json())
    assert back.text() == transcript.text()
    assert [step.state for step in back] == [step.state for step in transcript]


CLEAN = st.lists(
    st.sampled_from(
        [
            "HELO c", "EHLO c.example.net", "MAIL FROM:<alice@example.net>", "MAIL FROM: a@b.example", "RCPT TO:<bob@example.com>",
            "RCPT TO:<nobody@example.com>", "DATA", "Subject: x", "..", ".", "hello  there", "", "FROB", "RSET", "NOOP", "HELP",
            "STARTTLS", "250 not a reply", "QUIT", "S: 250 not a reply either", "C: HELO",
        ]
    ),
    max_size=20,
)  # fmt: skip


@given(CLEAN)
def test_a_transcript_comes_back_from_its_text_with_its_states(lines: list[str]) -> None:
    transcript = deliver("".join(line + "\r\n" for line in lines).encode(), []).session.transcript()
    back = Transcript.parse(transcript.text())
    assert back.text() == transcript.text()
    assert [step.state for step in back] == [step.state for step in transcript]
