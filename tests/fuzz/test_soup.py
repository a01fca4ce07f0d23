"""Random octets, and soups of commands that are each nearly right: every reader of foreign octets keeps its promises."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import seeds
from tests.fuzz.soup import HOW, POP3_SOUPS, SOUPS
from tests.fuzz.targets import FAULTS, MANNERS, TARGETS, Talker, any_target, pieces, pop3, session, stored_json
from tests.talk import talk
from tests.wire.anything import STREAMS


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.__name__)
@given(data=st.binary(max_size=600))
def test_any_octets_at_all(target: Callable[[bytes], None], data: bytes) -> None:
    target(data)


@given(how=HOW, soup=SOUPS)
def test_a_soup_of_commands_however_it_is_cut(how: bytes, soup: list[bytes]) -> None:
    session(how + b"".join(soup))


@given(how=HOW, soup=POP3_SOUPS)
def test_a_soup_of_pop3_however_it_is_cut(how: bytes, soup: list[bytes]) -> None:
    pop3(how[:2] + b"".join(soup))


@given(how=HOW, stream=STREAMS)
def test_a_session_with_wrong_places_and_rubbish_in_between(how: bytes, stream: bytes) -> None:
    session(how + stream)


@given(
    manners=st.sampled_from(MANNERS), faults=st.sampled_from(FAULTS), soup=SOUPS, shakes=st.booleans(), chooser=st.integers(0, 255)
)  # fmt: skip
def test_whatever_was_said_before_a_session_that_goes_on_takes_a_whole_mail(
    manners: object, faults: tuple[str, ...], soup: list[bytes], shakes: bool, chooser: int
) -> None:
    """But where that mail is larger than this server takes, or is refused on request."""
    talker = Talker(manners, faults, shakes=shakes)  # type: ignore[arg-type]
    for piece in pieces(b"".join(soup), chooser):
        talker.say(piece)
    talker.say(b"x" * 6000 + b"\r\n.\r\n*\r\n")  # fills a chunk, ends a letter, a line and a log-in
    before = len(talker.stored)
    for line in (b"EHLO c", b"MAIL FROM:<a@b.example>", b"RCPT TO:<bob@example.com>", b"DATA", b"x", b"."):
        talker.say(line + b"\r\n")
    if not talker.session.is_closing and not faults:
        assert len(talker.stored) == before + 1
        assert talker.stored[-1].content == b"x\r\n"
    talker.end()


def test_every_seed_of_the_search_by_coverage_is_fine() -> None:
    count = 0
    for _, data in seeds.seeds():
        any_target(data)
        count += 1
    assert count > 1000


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from(["POP3", "READY", "(eof)"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_KEYS = (
    "smtplab", "peer", "table", "has_states", "exchanges", "segments", "left_out", "event", "sent", "reply", "before",
    "after", "outcome", "seconds", "remarks", "reply_remarks", "facts",
)  # fmt: skip


@given(changes=st.lists(st.tuples(st.sampled_from(_KEYS), _JSON), min_size=1, max_size=3), at=st.integers(0, 5))
def test_a_stored_transcript_that_was_changed_is_one_or_says_that_it_is_none(
    changes: list[tuple[str, object]], at: int
) -> None:
    session = talk()
    session.mail()
    stored = json.loads(session.session.transcript().to_json())
    for key, value in changes:
        is_whole = key in stored and key != "exchanges"
        (stored if is_whole else stored["exchanges"][at])[key] = value
    if at == 5:
        stored["exchanges"] = changes[0][1]
    stored_json(json.dumps(stored).encode())


def test_json_that_is_nested_without_end_is_no_transcript() -> None:
    stored_json(b"[" * 100_000)
