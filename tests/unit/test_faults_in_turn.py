"""Faults in turn: each strikes once, in whichever session its place comes, and none that cannot come holds up the rest."""

from __future__ import annotations

import pytest

from smtplab.net.server import Server
from smtplab.protocol.faults import FaultsInTurn, faults
from smtplab.protocol.pop3.machine import POP3
from smtplab.protocol.session import Session
from smtplab.protocol.smtp import SMTP

EVENTS = ("(connect)", "EHLO", "MAIL", "RCPT", "RCPT", "DATA", "(end of data)", "QUIT")


def met(all_: FaultsInTurn, *events: str) -> list[str]:
    """What strikes at these events of one session, "" where nothing does."""
    turns = all_.in_session(SMTP)
    return [str(turns.at(event) or "") for event in events]


def test_each_strikes_once_in_whichever_session_its_place_comes() -> None:
    all_ = FaultsInTurn(["MAIL=450", "EHLO=502", "DATA=close"])
    assert met(all_, *EVENTS) == ["", "", "MAIL=450", "", "", "", "", ""]
    assert met(all_, *EVENTS) == ["", "EHLO=502", "", "", "", "DATA=close", "", ""]
    assert met(all_, *EVENTS) == [""] * 8
    assert [str(fault) for fault in all_.over] == ["MAIL=450", "EHLO=502", "DATA=close"]


def test_one_that_is_there_twice_strikes_twice() -> None:
    all_ = FaultsInTurn(["RCPT:2=450"] * 2)
    assert met(all_, "MAIL", "RCPT", "RCPT", "MAIL", "RCPT", "RCPT")[2::3] == ["RCPT:2=450", "RCPT:2=450"]


def test_of_several_in_one_turn_the_first_that_comes_strikes() -> None:
    all_ = FaultsInTurn([["EHLO=502", "HELO=421"], "MAIL=450"])
    assert met(all_, "HELO", "EHLO", "MAIL") == ["HELO=421", "", "MAIL=450"]
    assert [str(fault) for fault in all_] == ["EHLO=502", "HELO=421", "MAIL=450"]


def test_one_whose_place_was_gone_through_is_passed_over_and_the_next_may_strike_there() -> None:
    all_ = FaultsInTurn(["EHLO=502", "RCPT:3=450", "DATA=451"])
    assert met(all_, "(connect)", "HELO", "MAIL", "RCPT", "RCPT", "DATA") == ["", "", "", "", "", "DATA=451"]
    assert all_.over[:2] == [None, None]


def test_one_whose_place_was_behind_when_its_turn_began_waits_for_the_next_time() -> None:
    all_ = FaultsInTurn(["DATA=451", "RCPT:2=450"])
    assert met(all_, *EVENTS)[5] == "DATA=451" and len(all_.over) == 1
    assert met(all_, *EVENTS)[4] == "RCPT:2=450"
    again = FaultsInTurn(["DATA=451", "RCPT:2=450"])
    assert met(again, *EVENTS[:-2], "RSET", "MAIL", "RCPT", "RCPT")[-1] == "RCPT:2=450"


def test_a_place_that_no_letter_must_come_to_waits() -> None:
    all_ = FaultsInTurn(["NOOP=450"])
    assert met(all_, *EVENTS) == [""] * 8 and all_.over == []
    assert met(all_, "NOOP") == ["NOOP=450"]


def test_sessions_side_by_side_share_the_turns() -> None:
    all_ = FaultsInTurn(["EHLO=502", "EHLO=421"])
    one, other = all_.in_session(SMTP), all_.in_session(SMTP)
    assert [str(each.at("EHLO")) for each in (one, other)] == ["EHLO=502", "EHLO=421"]


def test_a_session_of_another_protocol_meets_its_own() -> None:
    all_ = FaultsInTurn(["QUIT=221 Bye", "QUIT=-ERR"])
    assert all_.in_session(POP3).at("QUIT") is None
    assert str(all_.in_session(SMTP).at("QUIT")) == "QUIT=221 Bye"
    assert str(all_.in_session(POP3).at("QUIT")) == "QUIT=-ERR"


def test_what_is_no_fault_is_refused_as_ever() -> None:
    with pytest.raises(ValueError, match="no place"):
        FaultsInTurn(["FROB=450"])


def test_a_server_has_them_for_all_its_sessions() -> None:
    all_ = FaultsInTurn(["(connect)=421", "MAIL=450"])
    assert faults(all_) is all_
    with Server(faults=all_, transport="memory") as server:
        assert server.faults is all_ and len(server.faults) == 2
        server.faults = "EHLO=502"
        assert server.faults == faults("EHLO=502")


def test_what_waited_is_recorded_as_it_came() -> None:
    session = Session()
    session.connect()
    session.receive(b"NOOP\r\n", at=5.0, came=4.0)
    session.receive(b"NOOP\r\n", at=6.0)
    assert [s.seconds for s in session.transcript().segments if s.direction == "C"] == [4.0, 6.0]
    assert [e.seconds_sent for e in session.transcript().exchanges[1:]] == [5.0, 6.0]
