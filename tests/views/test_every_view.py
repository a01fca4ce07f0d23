"""Every view at every position of every sample: it does not raise, its markup nests, and nothing hostile gets through."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from smtplab.protocol.transcript import Transcript
from smtplab.views import diagram_svg, kept, moves, narrate, reply, static, stepper, transcript, wire
from smtplab.views.narrate import html as narration
from smtplab.views.page import page
from tests.views import samples
from tests.views.marks import Page, strings

SAMPLES = samples.all_samples()
POSITIONED: dict[str, Callable[[Transcript, int], str]] = {
    "diagram": diagram_svg.diagram,
    "envelope": kept.envelope,
    "maildrop": kept.maildrop,
    "moves": moves.moves,
    "narration": lambda of, at: narration(narrate.narrate(of, at)),
    "reply": reply.reply,
    "wire": wire.wire,
}
WHOLE: dict[str, Callable[[Transcript], str]] = {
    "transcript": transcript.transcript,
    "static": static.static,
    "stepper": lambda of: stepper.document(of).shell,
    "large stepper": lambda of: stepper.document(of, large=True).shell,
}
BOUND = 24_000
"""Characters that one view of one position may have, whatever was said."""


@pytest.mark.parametrize("view", POSITIONED)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_view_of_a_position_is_well_formed_and_bounded(name: str, view: str) -> None:
    of = SAMPLES[name]
    for position in range(len(of) + 1):
        markup = POSITIONED[view](of, position)
        Page(markup)
        assert len(markup) < BOUND, (position, len(markup))


@pytest.mark.parametrize("view", WHOLE)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_view_of_a_session_is_well_formed(name: str, view: str) -> None:
    Page(WHOLE[view](SAMPLES[name]))


@pytest.mark.parametrize("session", ["hostile", "hostile pop3"])
@pytest.mark.parametrize("number", range(len(samples.CANARIES)))
def test_hostile_text_never_reaches_the_markup_as_it_stands(number: int, session: str) -> None:
    canary, of = samples.CANARIES[number], SAMPLES[f"{session} {number}"]
    drawn = stepper.document(of)
    whole = [view(of) for view in WHOLE.values()] + [page(of, "", "")]
    fragments = strings([step["frags"] for step in drawn.steps])
    assert not any(mark in step["words"] for step in drawn.steps for mark in "\u202e\u2066\u2069\x07\x1b")
    for markup in [*whole, *fragments]:
        assert "<script>alert" not in markup and "<img src=x" not in markup and "</pre></code>" not in markup
        assert not any(mark in markup for mark in "\u202e\u2066\u2069\x07\x1b")
    for step in drawn.steps:
        for fragment in step["frags"].values():
            tags = {tag for tag, _ in Page(fragment).elements}
            assert tags.isdisjoint({"script", "img", "a", "iframe", "svg", "style"}), canary
    for tag, attributes in Page(drawn.shell).elements:
        assert tag not in ("script", "img", "iframe", "a")
        assert not any(name.startswith("on") for name in attributes), canary


def test_plain_text_writes_out_what_cannot_be_seen() -> None:
    for number in range(len(samples.CANARIES)):
        for session in ("hostile", "hostile pop3"):
            text = static.plain(SAMPLES[f"{session} {number}"])
            assert not any(mark in text for mark in "\u202e\u2066\u2069\x07\x1b")


def test_a_long_line_is_whole_in_the_transcript_and_cut_elsewhere() -> None:
    of, long = SAMPLES["long lines"], "x" * 10_000
    drawn = stepper.document(of)
    assert Page(drawn.shell).text.count(long) >= 4
    assert 'class="long"' in drawn.shell
    assert all(long not in fragment for step in drawn.steps for fragment in step["frags"].values())


def test_a_password_is_nowhere() -> None:
    of = SAMPLES["extended"]
    drawn = stepper.document(of)
    everything = [*strings(drawn.steps), *(view(of) for view in WHOLE.values()), static.plain(of)]
    for secret in ("c2VjcmV0LWNhbmFyeQ", "secret-canary", "YWxpY2U"):
        assert not any(secret in text for text in everything), secret
    assert any("********" in text for text in everything)


def test_a_negative_position_is_counted_from_the_end() -> None:
    of = SAMPLES["session 1"]
    assert narrate.narrate(of, -1) == narrate.narrate(of, len(of))
