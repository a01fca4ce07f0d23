"""The picture has the arrows of the table, all of them and no others, and says what happened by classes."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from smtplab.protocol.pop3.machine import POP3
from smtplab.protocol.pop3.machine import State as Pop3State
from smtplab.protocol.replies import Outcome
from smtplab.protocol.smtp import SMTP, State
from smtplab.protocol.table import Table
from smtplab.protocol.transcript import Transcript
from smtplab.views import diagram, diagram_svg, layout
from smtplab.views.moments import moments
from tests.views import samples

SAMPLES = samples.all_samples()
GUIDE = SAMPLES["session 1"]


def edges(at: int, of: Transcript = GUIDE) -> dict[str, str]:
    marks, _ = diagram.marks(of, at)
    return {mark.removeprefix("edge:"): worn for mark, worn in marks.items() if mark.startswith("edge:")}


def table_arrows(table: Table) -> set[tuple[Any, Any, str, Outcome]]:
    """Every way from one drawn state to another that the rows have."""
    drawn = layout.layout_of(table).spots
    return {
        (source, target, row.event, outcome)
        for row in table.rows
        for source in row.states
        for outcome, target in row.leads.items()
        if source in drawn and target in drawn and source is not target
    }


TABLES = pytest.mark.parametrize("table", [SMTP, POP3], ids=lambda table: table.name)
ARROWS = [(table, arrow) for table in (SMTP, POP3) for arrow in diagram.arrows(table)]
ROUTES = [(table, pair) for table in (SMTP, POP3) for pair in layout.layout_of(table).routes]


@TABLES
def test_every_arrow_of_the_table_between_drawn_states_is_in_the_picture(table: Table) -> None:
    drawn = {
        (arrow.source, arrow.target, event, outcome)
        for arrow in diagram.arrows(table)
        for event, outcomes in arrow.events.items()
        for outcome in outcomes
        if arrow.source is not arrow.target
    }
    assert drawn == table_arrows(table)
    picture = diagram_svg.svg(table=table)
    for arrow in diagram.arrows(table):
        assert f'data-mark="edge:{arrow.route.key}"' in picture


@TABLES
def test_no_arrow_of_the_picture_is_missing_from_the_table(table: Table) -> None:
    for arrow in diagram.arrows(table):
        for event, outcomes in arrow.events.items():
            for outcome in outcomes:
                assert table.next_state(arrow.source, event, outcome) is arrow.target


@TABLES
def test_every_arrow_has_a_hand_set_route_and_every_route_an_arrow(table: Table) -> None:
    pairs = {(arrow.source, arrow.target) for arrow in diagram.arrows(table)}
    assert pairs == set(layout.layout_of(table).routes)


def test_every_state_of_pop3_has_a_place_and_its_loop_stands_for_all_that_moves_nothing() -> None:
    assert set(layout.layout_of(POP3).spots) == set(Pop3State)
    loop = next(arrow for arrow in diagram.arrows(POP3) if arrow.source is arrow.target)
    assert loop.source is Pop3State.TRANSACTION
    assert set(loop.events) == {"CAPA", "STAT", "LIST", "UIDL", "RETR", "TOP", "DELE", "NOOP", "RSET"}


@pytest.mark.parametrize(("table", "arrow"), ARROWS, ids=lambda it: it.name if isinstance(it, Table) else it.route.key)
def test_a_label_names_events_and_an_answer_that_the_table_has_there(table: Table, arrow: diagram.Arrow) -> None:
    names, answer = diagram.label(arrow, table)
    for name in names.split(", "):
        assert name in arrow.events
    if isinstance(answer, int):
        assert any(answer in table.at[arrow.source, name].codes for name in names.split(", "))
        outcome = Outcome.of(answer)
    else:
        outcome = ANSWERS[answer]
        assert outcome in arrow.events[names.split(", ")[0]]
    assert table.next_state(arrow.source, names.split(", ")[0], outcome) is arrow.target


ANSWERS = {
    "+OK": Outcome.COMPLETION, "+": Outcome.INTERMEDIATE, "-ERR": Outcome.PERMANENT, "done": Outcome.COMPLETION,
    "failed": Outcome.PERMANENT,
}  # fmt: skip


@pytest.mark.parametrize(
    ("table", "pair"), ROUTES, ids=lambda it: it.name if isinstance(it, Table) else f"{it[0].name}-{it[1].name}"
)
def test_a_route_begins_and_ends_at_its_states(table: Table, pair: tuple[Any, Any]) -> None:
    laid = layout.layout_of(table)
    first, *_, last = layout.points(laid.routes[pair].path)
    for (x, y), state in ((first, pair[0]), (last, pair[1])):
        spot = laid.spots[state]
        assert abs(x - spot.x) <= spot.width / 2 + 1 and abs(y - spot.y) <= layout.NODE_HEIGHT / 2 + 3, state


@TABLES
def test_a_head_points_where_its_route_ends(table: Table) -> None:
    for pair, route in layout.layout_of(table).routes.items():
        x, y, _ = route.tip
        last = layout.points(route.path)[-1]
        assert abs(x - last[0]) <= 3 and abs(y - last[1]) <= 3, pair


def test_a_new_row_gets_a_straight_line() -> None:
    drawn = layout.SMTP_LAYOUT.route(State.DATA, State.CLOSED)
    assert drawn.path.startswith("M266 312L70 380") and drawn.label is not None


@pytest.mark.parametrize("name", SAMPLES)
def test_the_picture_is_well_formed_at_every_position(name: str) -> None:
    for position in range(len(SAMPLES[name]) + 1):
        ElementTree.fromstring(diagram_svg.diagram(SAMPLES[name], position))


@pytest.mark.parametrize("name", SAMPLES)
def test_exactly_the_state_of_the_position_is_current(name: str) -> None:
    of = SAMPLES[name]
    for now, (marks, _) in zip(moments(of), diagram.walk(moments(of)), strict=True):
        current = [mark for mark, worn in marks.items() if mark.startswith("state:") and "is-current" in worn]
        assert current == ([] if now.state is None else [f"state:{now.state.name}"])


@pytest.mark.parametrize("name", SAMPLES)
def test_every_mark_and_text_has_an_element(name: str) -> None:
    picture = diagram_svg.svg(table=SAMPLES[name].table)
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
    assert 'class="node elsewhere is-visited is-current" data-state="AUTH"' in diagram_svg.diagram(extended, at)


def test_the_numbers_beside_an_arrow_are_the_last_steps_that_took_it() -> None:
    many = "".join("C: MAIL FROM:<a@example.com>\nS: 250 ok\nC: RSET\nS: 250 ok\n" for _ in range(5))
    of = Transcript.parse(f"S: 220 a ESMTP\nC: HELO a.example.com\nS: 250 a\n{many}")
    assert diagram.marks(of, len(of))[1]["at:mail"] == "17, 21"


def test_a_path_is_read_as_points_and_halved() -> None:
    assert layout.points("M0 0H10Q20 0 20 10")[-1] == (20.0, 10.0)
    assert layout.midway("M0 0V40") == (0.0, 20.0, 90.0)


# ------------------------------------------------------------------------------------------------------------ POP3
def test_a_command_to_an_open_maildrop_takes_the_loop_and_a_refused_one_is_barred() -> None:
    of = SAMPLES["pop3"]
    assert edges(22, of)["letters"] == "is-asked", "TOP waits"
    assert edges(23, of)["letters"] == "is-now is-open" or edges(23, of)["letters"] == "is-now"
    refused = next(now for now in moments(of) if now.is_refused and now.state is Pop3State.TRANSACTION)
    assert edges(refused.position, of)["letters"] == "is-refused"


def test_quit_that_could_not_remove_all_takes_its_arrow_with_its_own_answer() -> None:
    of = SAMPLES["pop3 sasl"]
    marks, texts = diagram.marks(of, len(of))
    assert marks["edge:quit-transaction"] == "is-now" and texts["as:quit-transaction"] == "-ERR"
    assert marks["state:CLOSED"] == "is-visited is-current"


def test_a_log_in_by_sasl_goes_through_its_own_state() -> None:
    of = SAMPLES["pop3 sasl"]
    assert edges(4, of)["auth"] == "is-asked" and edges(5, of)["auth"] == "is-now"
    assert edges(9, of)["response-refused"] == "is-now"
    assert edges(13, of)["response"] == "is-now"


def test_what_a_pop3_server_did_not_offer_is_not_open() -> None:
    of = SAMPLES["pop3"]
    assert "stls" not in edges(1, of) and "is-open" in edges(1, of)["user"]
    assert "is-open" in edges(3, SAMPLES["pop3 sasl"])["stls"], "CAPA offered it"


def test_a_table_that_nobody_laid_out_is_told() -> None:
    unknown = Table(
        "NNTP", Pop3State, (), start=Pop3State.CONNECTED, closed=Pop3State.CLOSED, lacking=lambda _, __: ("", "")
    )
    with pytest.raises(ValueError, match="nobody has laid out a picture of NNTP"):
        layout.layout_of(unknown)
