"""A reader that is loose on purpose, for a lesson about smuggling; and that no other reader here ever is.

RFC 5321 §4.1.1.4: mail data ends at CR LF . CR LF alone. Where one server on the way ends it elsewhere, a sender can
put a whole second message into the first.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol.manners import LENIENT, STRICT, Manners
from tests.talk import Talk, talk
from tests.wire.anything import cut
from tests.wire.sessions import ENVELOPE

LOOSE = replace(LENIENT, data_end="loose")
LOOSER = [b"\n.\n", b"\n.\r\n", b"\r\n.\n"]
NEVER = [b"\r.\r", b"\r.\r\n", b"\r.\n", b"\n.\r", b"\r\n.\r", b"\r\n\0.\r\n", b"\r\n. \r\n"]
EVIL = b"MAIL FROM:<evil@example.net>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\nSubject: smuggled\r\n\r\nhello\r\n.\r\n"


def deliver(pieces: list[bytes], manners: Manners) -> Talk:
    session = talk(manners=manners)
    for piece in pieces:
        session.raw(piece)
    return session


@pytest.mark.parametrize("end", LOOSER, ids=repr)
def test_a_loose_server_takes_two_messages_where_one_was_sent(end: bytes) -> None:
    stream = ENVELOPE + b"Subject: innocent\r\n\r\nfirst" + end + EVIL
    for at in range(len(stream)):
        session = deliver([stream[:at], stream[at:]], LOOSE)
        first, second = session.stored
        assert first.content == b"Subject: innocent\r\n\r\nfirst" + end[: end.index(b".")]
        assert first.envelope.reverse_path == "alice@example.net"
        assert second.envelope.reverse_path == "evil@example.net"
        assert second.content == b"Subject: smuggled\r\n\r\nhello\r\n"
        assert session.state == "READY"


@pytest.mark.parametrize("end", LOOSER, ids=repr)
def test_the_record_says_where_a_loose_server_saw_the_end(end: bytes) -> None:
    session = deliver([ENVELOPE + b"first" + end + EVIL], LOOSE)
    dots = [step for step in session.session.transcript() if step.kind == "end"]
    assert [dot.raw for dot in dots] == [end[end.index(b".") :], b".\r\n"]
    assert any("loose" in remark for remark in dots[0].remarks)
    assert not any("loose" in remark for remark in dots[1].remarks)


def test_a_loose_server_ends_an_empty_mail_at_the_first_dot_of_any_make() -> None:
    for end in (b".\n", b".\r\n"):
        session = deliver([ENVELOPE + end + EVIL], LOOSE)
        assert [message.content for message in session.stored] == [b"", b"Subject: smuggled\r\n\r\nhello\r\n"]


@pytest.mark.parametrize("end", NEVER, ids=repr)
def test_not_even_a_loose_server_ends_at_a_bare_cr(end: bytes) -> None:
    (message,) = deliver([ENVELOPE + b"first" + end + EVIL], LOOSE).stored
    assert message.envelope.reverse_path == "alice@example.net"


def test_a_loose_server_is_as_any_other_where_nobody_smuggles() -> None:
    session = talk(manners=LOOSE)
    session.mail()
    session.mail()
    assert session.session.transcript().remarks == ()


@pytest.mark.parametrize("manners", [LENIENT, STRICT], ids=["lenient", "strict"])
@pytest.mark.parametrize("end", [*LOOSER, *NEVER], ids=repr)
def test_no_other_server_is_smuggled_wherever_the_stream_is_cut(end: bytes, manners: Manners) -> None:
    stream = ENVELOPE + b"Subject: innocent\r\n\r\nfirst" + end + EVIL
    for pieces in ([stream[:at], stream[at:]] for at in range(len(stream))):
        session = deliver(pieces, manners)
        assert len(session.stored) <= 1
        assert all(message.envelope.reverse_path == "alice@example.net" for message in session.stored)
    session = deliver([stream[at : at + 1] for at in range(len(stream))], manners)
    assert all(message.envelope.reverse_path == "alice@example.net" for message in session.stored)


_PIECES = st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"x", b"\0", b"..", b"\r\n."])


@pytest.mark.parametrize("manners", [LENIENT, STRICT], ids=["lenient", "strict"])
@given(pieces=st.lists(_PIECES, max_size=12), cuts=st.lists(st.integers(0, 300), max_size=6))
def test_whatever_stands_before_it_only_the_true_end_lets_a_second_message_in(
    pieces: list[bytes], cuts: list[int], manners: Manners
) -> None:
    text = b"x" + b"".join(pieces) + b"x"
    stream = ENVELOPE + text + b"\r\nDATA\r\n" + EVIL
    session = deliver(cut(stream, cuts), manners)
    if b"\r\n.\r\n" not in text:
        assert len(session.stored) <= 1


def test_manners_name_the_two_ends_there_are() -> None:
    with pytest.raises(ValueError, match=r"CR LF \. CR LF.*'lax'"):
        replace(LENIENT, data_end="lax")  # type: ignore[arg-type]
