"""Every state and every verb of the matrix: the first code is a right one, and the state afterwards is the right one.

States that this server reaches by itself are reached with octets, in a real session, as it comes and with all that it
can offer. And those that it rarely reaches are heard of by an observer, from a server that says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from smtplab.protocol.manners import LENIENT, Manners
from smtplab.protocol.observer import Observer
from tests.oracle.typed import (
    MATRIX,
    NEVER_OFFERED,
    NOT_OFFERED,
    REFUSALS_OF_WHAT_IS_NOT_OFFERED,
    VERBS,
    WELL_SAID,
    next_states,
    well_said,
)
from tests.talk import TO_STATE, Talk, talk

SPOKEN = ("GREETED", "READY", "MAIL", "RCPT")
OVERHEARD = ("CONNECTED", "CHUNK", "BDAT", "BDAT-FAILED", "AUTH", "TLS", "REFUSED")
# A failed chunk is a fact here and no state of its own; octets that are being read are the wire's affair.
OUR_NAME = {"BDAT-FAILED": "BDAT", "CHUNK": "RCPT"}


def test_the_matrix_is_whole_and_every_state_of_it_is_tried_here() -> None:
    assert set(MATRIX) == {*SPOKEN, *OVERHEARD, "DATA"}
    assert all(set(cells) == set(VERBS) for cells in MATRIX.values())
    assert len(VERBS) == 20


# ------------------------------------------------------------------------------------ a real session, by octets
ALL_OFFERED = replace(LENIENT.offering("STARTTLS", "AUTH"), auth_in_clear=True)
SERVERS = [
    pytest.param(LENIENT, NOT_OFFERED, id="as it comes"),
    pytest.param(ALL_OFFERED, NEVER_OFFERED, id="all offered"),
]


def spoken_into(state: str, manners: Manners) -> Talk:
    """A real session in a state of the matrix; the two that follow a chunk included."""
    session = talk(manners=replace(manners, max_size=1000))
    if state not in ("BDAT", "BDAT-FAILED"):
        return session.into(state)
    session.into("RCPT")
    assert session.say(b"BDAT 4\r\nabcd") == [250]
    if state == "BDAT-FAILED":
        assert session.say(b"BDAT 1000\r\n" + b"x" * 1000) == [552]
    assert session.state == "BDAT"
    return session


@pytest.mark.parametrize(("manners", "not_offered"), SERVERS)
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", [*SPOKEN, "BDAT", "BDAT-FAILED"])
def test_a_verb_said_well_earns_a_right_code_and_leads_to_the_right_state(
    state: str, verb: str, manners: Manners, not_offered: frozenset[str]
) -> None:
    session = spoken_into(state, manners)
    code, *more = session.say(well_said(verb, chunking=state != "GREETED"))
    assert more == []
    if verb in not_offered:
        assert code in REFUSALS_OF_WHAT_IS_NOT_OFFERED
        assert session.state == OUR_NAME.get(state, state)
        return
    in_matrix = {*MATRIX[state][verb], *([250] if verb == "BDAT" and state in ("RCPT", "BDAT") else [])}
    assert code in in_matrix
    following = {"BDAT"} if code == 250 and verb == "BDAT" else next_states(state, verb, code)
    assert session.state in {OUR_NAME.get(name, name) for name in following}
    if session.state == "BDAT" and (state, verb) != ("BDAT", "DATA"):
        # After DATA among chunks the standard calls the state "indeterminate" (RFC 3030 §2); here the chunks stay good.
        assert session.session.facts.chunk_failed == ("BDAT-FAILED" in following)


@pytest.mark.parametrize(("manners", "not_offered"), SERVERS)
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", [*SPOKEN, "BDAT", "BDAT-FAILED"])
def test_what_is_in_order_is_accepted_and_what_is_not_gets_503(
    state: str, verb: str, manners: Manners, not_offered: frozenset[str]
) -> None:
    in_order = any(code < 400 for code in MATRIX[state][verb]) and verb not in {"SEND", "SOML", "SAML"}
    in_order = in_order or (verb == "BDAT" and state in ("RCPT", "BDAT"))  # the matrix has its octets in CHUNK
    session = spoken_into(state, manners)
    (code,) = session.say(well_said(verb, chunking=state != "GREETED"))
    if verb in not_offered:
        return
    if in_order:
        assert code < 400
    elif 503 in MATRIX[state][verb]:
        assert code == 503
    else:
        assert code in (500, 502)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("mechanism", ["PLAIN", "CRAM-MD5"])
def test_a_verb_said_where_a_response_is_awaited_is_a_response_and_no_good(mechanism: str, verb: str) -> None:
    session = talk(manners=ALL_OFFERED).into("READY")
    assert session.say(f"AUTH {mechanism}") == [334]
    (code,) = session.say(WELL_SAID[verb])
    assert code in (501, 535) and code in {*MATRIX["AUTH"][verb], 535}
    assert session.state == "READY" and not session.session.facts.authenticated


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_said_where_tls_is_awaited_earns_nothing_and_is_never_read(verb: str) -> None:
    assert MATRIX["TLS"][verb] == []
    session = talk(manners=ALL_OFFERED).into("READY")
    assert session.say("STARTTLS", WELL_SAID[verb]) == [220]
    session.session.handshake(True)
    assert session.say("NOOP") == [250] and session.state == "GREETED"


READY_HERE = {
    # what is wrong with it: where, what is said, the codes that the standards have for it
    "a name is missing": ("GREETED READY MAIL RCPT", "HELO", {501}),
    "a name is missing after EHLO": ("GREETED READY MAIL RCPT", "EHLO", {501}),
    "the name is no name": ("GREETED READY MAIL RCPT", "EHLO !!!", {501}),
    "MAIL has no path": ("READY", "MAIL", {501}),
    "MAIL has no colon": ("READY", "MAIL FROM <alice@example.net>", {501}),
    "MAIL says TO": ("READY", "MAIL TO:<alice@example.net>", {501}),
    "the bracket stays open": ("READY", "MAIL FROM:<alice@example.net", {501}),
    "the sender has no domain": ("READY", "MAIL FROM:<alice>", {501}),
    "a parameter that was not offered": ("READY", "MAIL FROM:<alice@example.net> NOSUCH=1", {555}),
    "larger than the server takes": ("READY", "MAIL FROM:<alice@example.net> SIZE=999999999999", {552}),
    "RCPT has no path": ("MAIL RCPT", "RCPT", {501}),
    "RCPT says FROM": ("MAIL RCPT", "RCPT FROM:<bob@example.com>", {501}),
    "the null path is no recipient": ("MAIL RCPT", "RCPT TO:<>", {501}),
    "a recipient's parameter that was not offered": ("MAIL RCPT", "RCPT TO:<bob@example.com> NOSUCH=1", {555}),
    "no such mailbox": ("MAIL RCPT", "RCPT TO:<nobody@example.com>", {550}),
    "the mailbox is full": ("MAIL RCPT", "RCPT TO:<full@example.com>", {552}),
    "the mailbox is busy": ("MAIL RCPT", "RCPT TO:<busy@example.com>", {450}),
    "somebody else's domain": ("MAIL RCPT", "RCPT TO:<bob@example.org>", {550, 551}),
    "DATA takes no argument": ("RCPT", "DATA now", {501}),
    "RSET takes no argument": ("GREETED READY MAIL RCPT", "RSET now", {501}),
    "QUIT takes no argument": ("GREETED READY MAIL RCPT", "QUIT now", {501}),
    "VRFY needs a name": ("GREETED READY MAIL RCPT", "VRFY", {501}),
    "EXPN needs a name": ("GREETED READY MAIL RCPT", "EXPN", {501}),
    "no help on that": ("GREETED READY MAIL RCPT", "HELP FROB", {504}),
}
WRONG = [
    pytest.param(state, line, codes, id=f"{state}: {what}")
    for what, (states, line, codes) in READY_HERE.items()
    for state in states.split()
]


@pytest.mark.parametrize(("state", "line", "codes"), WRONG)
def test_a_verb_said_badly_earns_the_standards_code_and_moves_nothing(state: str, line: str, codes: set[int]) -> None:
    session = talk().into(state)
    (code,) = session.say(line)
    assert code in codes
    assert code in MATRIX[state][line.split()[0]]
    assert next_states(state, line.split()[0], code) == {state}
    assert session.state == state


@pytest.mark.parametrize("verb", VERBS)
def test_in_mail_data_every_verb_is_text(verb: str) -> None:
    assert MATRIX["DATA"][verb] == []
    session = talk().into("DATA")
    assert session.say(WELL_SAID[verb]) == []
    assert session.state == "DATA"
    assert session.say(b".\r\n") == [250]
    assert session.state == "READY"
    assert session.stored[-1].content == WELL_SAID[verb].encode() + b"\r\n"


# --------------------------------------------------------------------- an observer that hears a server say it
OFFERS = b"250-mx.example.com\r\n250-CHUNKING\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n"
ENVELOPE = (
    (b"", b"220 mx\r\n"),
    (b"EHLO client.example.net\r\n", OFFERS),
    (b"MAIL FROM:<alice@example.net>\r\n", b"250 ok\r\n"),
    (b"RCPT TO:<bob@example.com>\r\n", b"250 ok\r\n"),
)
HEARD_SO_FAR: dict[str, tuple[tuple[bytes, bytes], ...]] = {
    "CONNECTED": (),
    "GREETED": ENVELOPE[:1],
    "READY": ENVELOPE[:2],
    "MAIL": ENVELOPE[:3],
    "RCPT": ENVELOPE,
    "REFUSED": ((b"", b"554 no mail here\r\n"),),
    "CHUNK": (*ENVELOPE, (b"BDAT 4000 LAST\r\n", b"")),
    "BDAT": (*ENVELOPE, (b"BDAT 4\r\nabcd", b"250 ok\r\n")),
    "BDAT-FAILED": (*ENVELOPE, (b"BDAT 4\r\nabcd", b"250 ok\r\n"), (b"BDAT 4\r\nabcd", b"451 disk\r\n")),
    "AUTH": (*ENVELOPE[:2], (b"AUTH LOGIN\r\n", b"334 VXNlcm5hbWU6\r\n")),
    "TLS": (*ENVELOPE[:2], (b"STARTTLS\r\n", b"220 go\r\n")),
}


def overhear(state: str) -> Observer:
    observer = Observer()
    for said, answered in HEARD_SO_FAR[state]:
        observer.client(said)
        observer.server(answered)
    assert observer.state.name == OUR_NAME.get(state, state)
    assert observer.facts.chunk_failed == (state == "BDAT-FAILED")
    return observer


# A historic server took these like MAIL (RFC 821 §3.4); RFC 5321 withdrew them, and this course has no row for them.
HISTORIC = {("READY", verb, 250) for verb in ("SEND", "SOML", "SAML")}


def _answered_cells() -> Iterator[tuple[str, str, int]]:
    for state in (*SPOKEN, *OVERHEARD):
        for verb in VERBS:
            for code in MATRIX[state][verb]:
                if (state, verb, code) not in HISTORIC:
                    yield state, verb, code


@pytest.mark.parametrize(("state", "verb", "code"), list(_answered_cells()))
def test_an_observer_names_the_state_after_every_code_of_the_matrix(state: str, verb: str, code: int) -> None:
    observer = overhear(state)
    octets = b"abcd" if verb == "BDAT" and code < 400 else b""
    observer.client(WELL_SAID[verb].encode() + b"\r\n" + octets)
    before = observer.state.name
    observer.server(f"{code} so\r\n".encode())
    (expected,) = next_states(state, verb, code)
    assert observer.state.name == (before if expected == "BDAT-FAILED" else expected)
    assert before == OUR_NAME.get(state, state), "the command alone moved it"


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", ["CONNECTED", "CHUNK"])
def test_words_where_no_command_can_be_said_earn_nothing_and_move_nothing(state: str, verb: str) -> None:
    assert MATRIX[state][verb] == []
    observer = overhear(state)
    observer.client(WELL_SAID[verb].encode() + b"\r\n")
    assert observer.state.name == OUR_NAME.get(state, state)
    assert [exchange.event for exchange in observer.transcript().exchanges if exchange.reply is None] in (
        [],
        ["(connect)"],
    )


@pytest.mark.parametrize("verb", VERBS)
def test_words_where_tls_is_awaited_are_no_smtp_and_end_the_session(verb: str) -> None:
    assert MATRIX["TLS"][verb] == []
    observer = overhear("TLS")
    observer.client(WELL_SAID[verb].encode() + b"\r\n")
    assert observer.state.name == "TLS"
    observer.handshake(False)
    assert observer.state.name == "CLOSED"


def test_a_client_that_talks_before_the_greeting_is_answered_after_it() -> None:
    observer = overhear("CONNECTED")
    observer.client(b"EHLO client.example.net\r\n")
    observer.server(b"220 mx\r\n")
    assert observer.state.name == "GREETED"
    observer.server(b"250 mx\r\n")
    assert observer.state.name == "READY"


@pytest.mark.parametrize("state", [state for state in TO_STATE if state != "CLOSED"])
def test_a_server_that_shuts_down_says_421_and_closes_whatever_the_state(state: str) -> None:
    session = talk().into(state)
    session.session.shut_down()
    assert session.state == "CLOSED"
    assert session.session.is_closing
