"""Transcripts: steps and exchanges, slices, text, JSON, folds, secrets."""

from __future__ import annotations

import json

import pytest

from smtplab.protocol.observer import Observer
from smtplab.protocol.persona import SENDMAIL
from smtplab.protocol.session import Session
from smtplab.protocol.transcript import Transcript
from tests.data_of import SESSION_1
from tests.talk import HELLO, RECIPIENT, SENDER, talk
from tests.wire.sessions import GUIDE_1


@pytest.fixture
def guide() -> Transcript:
    session = Session(persona=SENDMAIL)
    session.connect()
    session.receive(GUIDE_1)
    return session.transcript()


def long_letter(lines: int) -> Transcript:
    session = talk().into("DATA")
    session.say(b"".join(b"line %d\r\n" % n for n in range(1, lines)) + b".\r\n")
    return session.session.transcript()


# -------------------------------------------------------------------------------------------------- steps
def test_a_step_is_one_thing_said(guide: Transcript) -> None:
    assert [step.index for step in guide] == list(range(1, 16))
    assert "".join(step.direction for step in guide) == "SCSCSCSCSCCCSCS"
    assert [step.kind for step in guide][9:13] == ["data", "data", "end", "reply"]
    assert b"".join(step.raw for step in guide if step.direction == "C") == GUIDE_1


def test_a_clients_step_never_moves_the_state(guide: Transcript) -> None:
    for position in range(1, len(guide) + 1):
        if guide.steps[position - 1].direction == "C":
            assert guide.state_at(position) is guide.state_at(position - 1)


def test_the_states_of_the_guides_session(guide: Transcript) -> None:
    states = [guide.state_at(position).name for position in range(16)]
    assert states == [
        "CONNECTED", "GREETED", "GREETED", "READY", "READY", "MAIL", "MAIL", "RCPT", "RCPT", "DATA", "DATA", "DATA", "DATA", "READY",
        "READY", "CLOSED",
    ]  # fmt: skip
    assert guide.state.name == "CLOSED"


def test_a_step_knows_its_exchange_and_an_exchange_its_steps(guide: Transcript) -> None:
    for exchange in guide.exchanges:
        for step in (*exchange.steps, exchange.reply_step):
            assert step is not None and step.exchange is exchange
    assert [len(exchange.steps) for exchange in guide.exchanges] == [0, 1, 1, 1, 1, 3, 1]


def test_a_multiline_reply_is_one_step() -> None:
    session = talk()
    session.say(HELLO)
    step = session.session.transcript()[-1]
    assert step.kind == "reply"
    assert step.text.count("\n") == 8 and step.raw.count(b"\r\n") == 9
    assert "\r" not in step.text


@pytest.mark.parametrize(("lines", "steps"), [(1, 1), (39, 39), (40, 40), (41, 16), (10_000, 16)])
def test_long_mail_data_folds_to_its_first_10_and_last_5_lines(lines: int, steps: int) -> None:
    exchange = long_letter(lines).exchanges[-1]
    assert len(exchange.steps) == steps
    assert sum(step.folded for step in exchange.steps) == lines
    assert b"".join(step.raw for step in exchange.steps) == exchange.sent
    if lines > 40:
        folds = [number for number, step in enumerate(exchange.steps) if step.kind == "fold"]
        assert folds == [10]
        assert f"{lines - 15:,} more lines" in exchange.steps[10].text
    assert exchange.steps[-1].text == "."


def test_a_remark_stands_with_the_line_that_it_is_about() -> None:
    session = talk().into("DATA")
    session.say(b"good\r\nba\nd\r\nalso g\rood\r\n.\r\n")
    remarks = {
        step.text.split()[0]: step.remarks for step in session.session.transcript() if step.kind in ("data", "end")
    }
    assert remarks["good"] == () and remarks["."] == ()
    assert len(remarks["ba"]) == 1 and len(remarks["also"]) == 1


def test_a_mail_data_line_beyond_1000_octets_is_remarked() -> None:
    session = talk().into("DATA")
    session.say(b"x" * 998 + b"\r\n" + b"y" * 999 + b"\r\n.\r\n")
    fine, long, _ = session.session.transcript().exchanges[-1].steps
    assert fine.remarks == () and "1,000" in long.remarks[0]


# ------------------------------------------------------------------------------------------------- slices
def test_a_slice_is_a_transcript_with_the_same_steps_and_numbers(guide: Transcript) -> None:
    middle = guide[3:9]
    assert isinstance(middle, Transcript)
    assert [step.index for step in middle] == [4, 5, 6, 7, 8, 9]
    assert middle.start is guide.state_at(3)
    assert middle.state_at(0) is guide.state_at(3)
    assert middle.state_at(6) is guide.state_at(9)
    assert middle.text() == "\n".join(guide.text().split("\n")[3:9])


def test_a_slice_of_a_slice_still_knows_where_it_began(guide: Transcript) -> None:
    assert guide[3:9][2:].start is guide.state_at(5)
    assert guide[3:][2:4].text() == guide[5:7].text()


def test_an_empty_slice_is_empty(guide: Transcript) -> None:
    assert (len(guide[4:4]), guide[4:4].text()) == (0, "")


def test_facts_at_a_position_are_those_after_the_last_reply() -> None:
    session = talk()
    session.say(HELLO)
    transcript = session.session.transcript()
    assert [transcript.facts_at(position).hello for position in range(4)] == ["", "", "", "EHLO"]


# ---------------------------------------------------------------------------------------------------- text
def test_the_text_is_the_guides_page(guide: Transcript) -> None:
    assert guide.text() == str(guide) == SESSION_1.rstrip("\n")
    assert repr(guide) == "<Transcript of 15 steps, CLOSED>"


def test_the_text_comes_back(guide: Transcript) -> None:
    back = Transcript.parse(guide.text())
    assert back.text() == guide.text()
    assert [step.state for step in back] == [step.state for step in guide]


def test_every_remark_is_told_in_order(guide: Transcript) -> None:
    assert len(guide.remarks) == 4
    assert all("colon" in remark or "brackets" in remark for remark in guide.remarks)


# ---------------------------------------------------------------------------------------------------- JSON
def test_json_comes_back(guide: Transcript) -> None:
    back = Transcript.from_json(guide.to_json())
    assert back.text() == guide.text()
    assert [(e.event, e.before, e.after, e.outcome, e.facts, e.remarks) for e in back.exchanges] == [
        (e.event, e.before, e.after, e.outcome, e.facts, e.remarks) for e in guide.exchanges
    ]


def test_json_keeps_octets_that_are_no_text() -> None:
    session = talk().into("DATA")
    session.say(b"\xff\xfe\0\x1b[A\r\n.\r\n")
    transcript = session.session.transcript()
    assert Transcript.from_json(transcript.to_json()).exchanges[-1].sent == b"\xff\xfe\0\x1b[A\r\n.\r\n"


def test_json_keeps_a_reply_that_is_malformed() -> None:
    observer = Observer()
    observer.server(b"220 mx\r\n")
    observer.client(b"EHLO c\r\n")
    observer.server(b"250-mx\r\n550 other codes\r\n")
    said = observer.transcript()
    assert Transcript.from_json(said.to_json()).exchanges[-1].reply == said.exchanges[-1].reply is not None


def test_json_keeps_a_handshake_and_what_it_taught() -> None:
    observer = Observer()
    observer.server(b"220 mx\r\n")
    observer.client(b"EHLO c\r\n")
    observer.server(b"250-mx\r\n250 STARTTLS\r\n")
    observer.client(b"STARTTLS\r\n")
    observer.server(b"220 go\r\n")
    observer.handshake(True)
    back = Transcript.from_json(observer.transcript().to_json())
    assert back.state.name == "GREETED"
    assert back.facts.tls and back.facts.hello == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        "3",
        '"x"',
        '{"exchanges": 3}',
        '{"exchanges": [{}]}',
        "not json",
        '{"exchanges": [{"event": "X"}]}',
    ],
)
def test_what_is_no_transcript_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="no transcript that smtplab wrote"):
        Transcript.from_json(text)


# --------------------------------------------------------------------------------------------------- secrets
SECRET = "AGFsaWNlAHdvbmRlcmxhbmQ="
CHALLENGED = (b"AUTH PLAIN\r\n", b"334 \r\n")


@pytest.mark.parametrize(
    "said",
    [
        ((f"AUTH PLAIN {SECRET}\r\n".encode(), b"235 in\r\n"),),
        ((f"auth plain {SECRET}\r\n".encode(), b"535 no\r\n"),),
        ((f"AUTH PLAIN {SECRET}\r\n".encode(), b"502 not offered\r\n"),),
        ((f"AUTH PLAIN {SECRET}\r\n".encode(), b""),),
        (CHALLENGED, (f"{SECRET}\r\n".encode(), b"235 in\r\n")),
        (CHALLENGED, (f"{SECRET}\r\n".encode(), b"")),
        (CHALLENGED, (f"{SECRET}{'=' * 13_000}\r\n".encode(), b"500 long\r\n")),
        ((f"AUTH PLAIN {SECRET}{'=' * 13_000}\r\n".encode(), b"500 long\r\n"),),
        ((f" AUTH PLAIN {SECRET}\r\n".encode(), b"500 what\r\n"),),
    ],
    ids=[
        "accepted",
        "refused",
        "not offered",
        "waiting",
        "response",
        "response, waiting",
        "long response",
        "long AUTH",
        "behind a space",
    ],
)
def test_a_secret_is_masked_in_text_and_json(said: tuple[tuple[bytes, bytes], ...]) -> None:
    observer = Observer()
    observer.server(b"220 mx\r\n")
    observer.client(b"EHLO c\r\n")
    observer.server(b"250-mx\r\n250 AUTH PLAIN\r\n")
    for client, server in said:
        observer.client(client)
        observer.server(server)
    transcript = observer.transcript()
    assert SECRET not in transcript.text()
    assert SECRET not in transcript.to_json()
    assert SECRET in transcript.text(secrets=True)
    assert SECRET in transcript.to_json(secrets=True)
    back = Transcript.from_json(transcript.to_json())
    assert [step.state for step in back] == [step.state for step in transcript]
    assert back.text() == transcript.text()


def test_the_mechanism_is_no_secret() -> None:
    session = talk()
    session.say(HELLO, f"AUTH PLAIN {SECRET}")
    assert "C: AUTH PLAIN ********" in session.session.transcript().text()


def test_json_says_what_wrote_it(guide: Transcript) -> None:
    stored = json.loads(guide.to_json())
    assert (stored["smtplab"], stored["table"], len(stored["exchanges"])) == (1, "SMTP", 7)


def test_an_empty_transcript_stands_at_the_start() -> None:
    empty = Transcript()
    assert (len(empty), empty.text(), empty.state.name, empty.remarks) == (0, "", "CONNECTED", ())
    assert Transcript.from_json(empty.to_json()).text() == ""


def test_the_record_of_an_open_session_grows_and_old_looks_stay_as_they_were() -> None:
    session = talk()
    session.say(HELLO)
    before = session.session.transcript()
    text = before.text()
    session.say(SENDER, RECIPIENT)
    assert before.text() == text
    assert [step.index for step in before] == [1, 2, 3]
    assert len(session.session.transcript()) == 7
