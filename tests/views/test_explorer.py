"""The explorer's ways are walked with a real session, and what it says of a place is what a server there says."""

from __future__ import annotations

import pytest

from smtplab.protocol.manners import LENIENT, Manners
from smtplab.protocol.observer import Observer
from smtplab.protocol.replies import Outcome, Reply
from smtplab.protocol.session import Session
from smtplab.protocol.smtp import ROWS, SMTP, SYNTAX, State, lacking
from smtplab.protocol.table import Table
from smtplab.views import diagram, diagram_svg, explorer, layout, moves, routes
from tests.talk import codes_in
from tests.views.marks import Page

DRAWN = list(layout.SPOTS)
BY_CLIENT = [state for state in DRAWN if state not in (State.CONNECTED, State.REFUSED)]
ARROWS = [
    (source, row.event, outcome)
    for row in SMTP.rows
    for source in sorted(row.states, key=lambda state: state.name)
    for outcome in row.leads
]


def walked(lines: tuple[str, ...], manners: Manners = LENIENT) -> tuple[Session, list[int]]:
    """A session to which the lines were said, one at a time, and the codes that came back."""
    talk = Session(manners=manners)
    talk.connect()
    codes = codes_in(talk.data_to_send())
    for line in lines:
        talk.receive(line.encode() + b"\r\n")
        codes += codes_in(talk.data_to_send())
    return talk, codes


# --------------------------------------------------------------------------------------------------------- ways
@pytest.mark.parametrize("state", BY_CLIENT, ids=lambda state: state.name)
def test_the_shortest_session_to_a_state_gets_there_for_real(state: State) -> None:
    talk, codes = walked(explorer.shortest(state))
    assert talk.state is state
    assert codes == [hop.code for hop in routes.route(state)]
    assert [exchange.after for exchange in talk.transcript().exchanges if exchange.reply] == [
        h.state for h in routes.route(state)
    ]


@pytest.mark.parametrize("state", BY_CLIENT, ids=lambda state: state.name)
def test_no_line_of_a_shortest_session_can_be_left_out(state: State) -> None:
    lines = explorer.shortest(state)
    for at in range(len(lines)):
        talk, _ = walked(lines[:at] + lines[at + 1 :])
        assert talk.state is not state


def test_before_anything_was_said_a_session_is_connected() -> None:
    assert explorer.shortest(State.CONNECTED) == () and routes.route(State.CONNECTED) == ()
    assert Session().state is State.CONNECTED


def test_the_refused_state_is_the_servers_doing() -> None:
    (hop,) = routes.route(State.REFUSED)
    assert not hop.is_usual and hop.lines == ()
    heard = Observer()
    heard.server(Reply(hop.code, "no service here").encode())
    assert heard.transcript().state is State.REFUSED
    assert "no client can ask for it" in explorer.about_state(State.REFUSED)


@pytest.mark.parametrize("state", list(State), ids=lambda state: state.name)
def test_a_way_follows_the_table_hop_by_hop(state: State) -> None:
    at = SMTP.start
    for hop in routes.route(state):
        row = SMTP.at[at, hop.event]
        outcome = Outcome.of(hop.code) if hop.code else Outcome.COMPLETION
        assert not hop.code or hop.code in row.codes
        at = SMTP.next_state(at, hop.event, outcome)
        assert at is hop.state
    assert at is state


@pytest.mark.parametrize("arrow", ARROWS, ids=lambda part: getattr(part, "name", part))
def test_every_arrow_of_the_table_has_a_way_over_it_and_is_told(arrow: tuple[State, str, Outcome]) -> None:
    source, event, outcome = arrow
    *before, last = routes.over(source, event, outcome)
    assert tuple(before) == routes.route(source)
    assert last.state is SMTP.at[source, event].leads[outcome]
    page = Page(explorer.about_event(source, event, outcome))
    assert SMTP.at[source, event].section in page.text


@pytest.mark.parametrize("arrow", diagram.arrows(), ids=lambda arrow: arrow.route.key)
def test_a_drawn_arrow_that_a_client_can_take_is_taken_for_real(arrow: diagram.Arrow) -> None:
    for event, outcomes in arrow.events.items():
        good = [each for each in outcomes if each in (Outcome.COMPLETION, Outcome.INTERMEDIATE)]
        for outcome in good:
            hops = routes.over(arrow.source, event, outcome)
            if not all(hop.is_usual for hop in hops):
                continue
            offered = tuple(row.keyword for row in SMTP.by_event[event] if row.keyword)
            if offered and not set(offered) <= set(LENIENT.offered):
                continue
            talk, codes = walked(tuple(line for hop in hops for line in hop.lines))
            assert talk.state is arrow.target
            assert codes[-1] == hops[-1].code


def test_a_way_heeds_the_guards() -> None:
    without_ehlo = Table(
        "no EHLO",
        State,
        [row for row in ROWS if row.event != "EHLO"],
        start=SMTP.start,
        closed=SMTP.closed,
        lacking=lacking,
    )
    assert routes.route(State.DATA, without_ehlo)[1].event == "HELO"
    with pytest.raises(ValueError, match="leads to AUTH"):
        routes.route(State.AUTH, without_ehlo)


def test_an_arrow_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no arrow leaves READY by RCPT"):
        explorer.about_event(State.READY, "RCPT", Outcome.COMPLETION)


# --------------------------------------------------------------------------------------------------- what may be said
@pytest.mark.parametrize("state", [State.GREETED, State.READY, State.MAIL, State.RCPT], ids=lambda state: state.name)
def test_what_the_explorer_says_of_a_command_a_server_says_too(state: State) -> None:
    facts = routes.facts_at(state)
    for event, lines in routes.LINES.items():
        keyword = SMTP.by_event[event][0].keyword
        if event.startswith("(") or event not in SYNTAX or (keyword and keyword not in LENIENT.offered):
            continue
        talk, codes = walked((*explorer.shortest(state), *lines))
        code, kind = moves.cell(state, event, facts)
        assert (kind == "x") == (codes[-1] >= 400), event
        if kind != "x" and event not in ("VRFY", "EXPN"):
            assert codes[-1] == int(code), event
            assert talk.state is SMTP.verdict(state, event, facts).leads_to


@pytest.mark.parametrize("state", list(State), ids=lambda state: state.name)
def test_a_state_is_told_with_its_meaning_and_every_verb(state: State) -> None:
    page = Page(explorer.about_state(state))
    assert state.value[1:] in page.text
    if state in (State.GREETED, State.READY, State.MAIL, State.RCPT, State.BDAT, State.REFUSED):
        for event, syntax in SYNTAX.items():
            assert syntax in page.text, event


def test_what_needs_an_extension_says_so() -> None:
    assert "needs CHUNKING" in explorer.about_state(State.RCPT)
    assert "needs CHUNKING" not in explorer.about_state(State.READY)


# ---------------------------------------------------------------------------------------------------- the page's data
def test_every_mark_that_can_be_clicked_has_a_fragment() -> None:
    marks = {mark for mark in Page(diagram_svg.svg(key=False)).all("data-mark") if not mark.startswith("label:")}
    assert marks == set(explorer.fragments()) == set(explorer.names())


@pytest.mark.parametrize("mark", explorer.names())
def test_a_choice_is_lit_told_and_well_formed(mark: str) -> None:
    markup = explorer.explorer(mark)
    page = Page(markup)
    lit = {
        attrs["data-mark"]
        for _, attrs in page.elements
        if "is-chosen" in (attrs.get("class") or "").split() and attrs.get("data-mark")
    }
    assert mark in lit and len({each for each in lit if each and not each.startswith("label:")}) == 1
    assert explorer.fragments()[mark] in markup
    assert explorer.plain(mark)
    assert len(markup) < 30_000


def test_a_mark_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        explorer.explorer("state:NOWHERE")


def test_the_lines_of_a_way_are_ready_to_be_run() -> None:
    (lines,) = Page(explorer.about_state(State.DATA)).all("data-lines")
    assert tuple(lines.split("\n")) == explorer.shortest(State.DATA)


def test_the_plain_explorer_says_where_commands_lead() -> None:
    text = explorer.plain("state:MAIL")
    assert "RCPT TO:<recipient>    250  now RCPT" in text
    assert "DATA                   503  no recipient was accepted yet" in text
