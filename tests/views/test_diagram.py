"""The picture has the arrows of the table, all of them and no others, and says what happened by classes."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from smtplab.protocol.replies import Outcome
from smtplab.protocol.smtp import SMTP, State
from smtplab.protocol.transcript import Transcript
from smtplab.views import diagram, layout
from smtplab.views.moments import moments
from tests.views import samples

SAMPLES = samples.all_samples()
GUIDE = SAMPLES["session 1"]


def edges(at: int, of: Transcript = GUIDE) -> dict[str, str]:
    marks, _ = diagram.marks(of, at)
    return {mark.removeprefix("edge:"): worn for mark, worn in marks.items() if mark.startswith("edge:")}


def table_arrows() -> set[tuple[State, State, str, Outcome]]:
    """Every way from one drawn state to another that the rows have."""
    return {
        (source, target, row.event, outcome)
        for row in SMTP.rows
        for source in row.states
        for outcome, target in row.leads.items()
        if source in layout.SPOTS and target in layout.SPOTS and source is not target
    }


def test_every_arrow_of_the_table_between_drawn_states_is_in_the_picture() -> None:
    drawn = {
        (arrow.source, arrow.target, event, outcome)
        for arrow in diagram.arrows()
        for event, outcomes in arrow.events.items()
        for outcome in outcomes
        if arrow.source is not arrow.target
    }
    assert drawn == table_arrows()
    picture = diagram.svg()
    for arrow in diagram.arrows():
        assert f'data-mark="edge:{arrow.route.key}"' in picture


def test_no_arrow_of_the_picture_is_missing_from_the_table() -> None:
    for arrow in diagram.arrows():
        for event, outcomes in arrow.events.items():
            for outcome in outcomes:
                assert SMTP.next_state(arrow.source, event, outcome) is arrow.target


def test_every_arrow_has_a_hand_set_route_and_every_route_an_arrow() -> None:
    pairs = {(arrow.source, arrow.target) for arrow in diagram.arrows()}
    assert pairs == set(layout.ROUTES)


@pytest.mark.parametrize("arrow", diagram.arrows(), ids=lambda arrow: arrow.route.key)
def test_a_label_names_events_and_a_code_that_the_table_has_there(arrow: diagram.Arrow) -> None:
    names, code = diagram.label(arrow)
    for name in names.split(", "):
        assert name in arrow.events
    assert any(code in SMTP.at[arrow.source, name].codes for name in names.split(", "))
    assert SMTP.next_state(arrow.source, names.split(", ")[0], Outcome.of(code)) is arrow.target


@pytest.mark.parametrize("pair", layout.ROUTES, ids=lambda pair: f"{pair[0].name}-{pair[1].name}")
def test_a_route_begins_and_ends_at_its_states(pair: tuple[State, State]) -> None:
    route = layout.ROUTES[pair]
    first, *_, last = layout.points(route.path)
    for (x, y), state in ((first, pair[0]), (last, pair[1])):
        spot = layout.SPOTS[state]
        assert abs(x - spot.x) <= spot.width / 2 + 1 and abs(y - spot.y) <= layout.NODE_HEIGHT / 2 + 3, state


def test_a_new_row_gets_a_straight_line() -> None:
    drawn = layout.route(State.DATA, State.CLOSED)
    assert drawn.path.startswith("M266 312L70 380") and drawn.label is not None


@pytest.mark.parametrize("name", SAMPLES)
def test_the_picture_is_well_formed_at_every_position(name: str) -> None:
    for position in range(len(SAMPLES[name]) + 1):
        ElementTree.fromstring(diagram.diagram(SAMPLES[name], position))


@pytest.mark.parametrize("name", SAMPLES)
def test_exactly_the_state_of_the_position_is_current(name: str) -> None:
    of = SAMPLES[name]
    for now, (marks, _) in zip(moments(of), diagram.walk(moments(of)), strict=True):
        current = [mark for mark, worn in marks.items() if mark.startswith("state:") and "is-current" in worn]
        assert current == ([] if now.state is None else [f"state:{now.state.name}"])


@pytest.mark.parametrize("name", SAMPLES)
def test_every_mark_and_text_has_an_element(name: str) -> None:
    picture = diagram.svg()
    for marks, texts in diagram.walk(moments(SAMPLES[name])):
        assert all(f'data-mark="{mark}"' in picture for mark in marks if not mark.startswith("label:quit-"))
        assert all(f'data-text="{text}"' in picture for text in texts)


def test_a_command_that_waits_is_half_an_arrow_and_its_reply_a_whole_one() -> None:
    assert edges(6)["rcpt"] == "is-asked"
    assert edges(7)["rcpt"] == "is-now"
    assert edges(8)["rcpt"] == "is-path"
    assert not any("is-open" in worn for worn in edges(6).values()), "nothing is open while a reply is owed"


def test_open_arrows_are_those_that_the_verdict_allows() -> None:
    for now, (marks, _) in zip(moments(GUIDE), diagram.walk(moments(GUIDE)), strict=True):
        if now.is_asked:
            continue
        for arrow in diagram.arrows():
            allowed = arrow.source is now.state and any(
                now.verdict(event).allowed for event in arrow.events if not SMTP.at[now.state, event].keyword
            )
            worn = marks.get(f"edge:{arrow.route.key}", "")
            assert ("is-open" in worn) == (allowed and "is-now" not in worn), (now.position, arrow.route.key)


def test_a_refused_command_is_half_an_arrow_with_a_bar_and_stays() -> None:
    messy = SAMPLES["messy"]
    refused = next(now for now in moments(messy) if now.code == 550)
    assert edges(refused.position, messy)["rcpt"] == "is-refused"
    assert edges(refused.position + 1, messy)["rcpt"] == "is-asked", "a refusal leaves no path behind it"


def test_refused_mail_data_takes_its_arrow_with_its_own_code() -> None:
    messy = SAMPLES["messy"]
    refused = next(now for now in moments(messy) if now.code == 554)
    marks, texts = diagram.marks(messy, refused.position)
    assert marks["edge:end"] == "is-now" and "is-other" in marks["label:end"]
    assert texts["as:end"] == "554"


def test_421_takes_the_arrow_from_anywhere() -> None:
    busy = SAMPLES["busy"]
    assert edges(len(busy), busy)["shut"] == "is-now"


def test_a_state_without_a_place_is_named_beside_the_picture() -> None:
    extended = SAMPLES["extended"]
    at = next(now.position for now in moments(extended) if now.state is State.AUTH)
    assert 'class="node elsewhere is-visited is-current" data-state="AUTH"' in diagram.diagram(extended, at)


def test_the_numbers_beside_an_arrow_are_the_last_steps_that_took_it() -> None:
    many = "".join("C: MAIL FROM:<a@example.com>\nS: 250 ok\nC: RSET\nS: 250 ok\n" for _ in range(5))
    of = Transcript.parse(f"S: 220 a ESMTP\nC: HELO a.example.com\nS: 250 a\n{many}")
    assert diagram.marks(of, len(of))[1]["at:mail"] == "17, 21"


def test_a_path_is_read_as_points_and_halved() -> None:
    assert layout.points("M0 0H10Q20 0 20 10")[-1] == (20.0, 10.0)
    assert layout.midway("M0 0V40") == (0.0, 20.0, 90.0)
