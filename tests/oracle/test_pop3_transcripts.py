"""Whole sessions of POP3, typed from RFC 1939 and its extensions: the same octets, and what they come to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smtplab.protocol.manners import LENIENT
from smtplab.protocol.transcript import Transcript
from tests.talk_pop3 import PopTalk, pop_talk

# RFC 1939 §10, with letters of 120 and 200 octets; the words behind +OK are a server's own.
EXAMPLE = """\
S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>
C: APOP mrose c4c9334bac560ecc979e58001b3e22fb
S: +OK mrose's maildrop has 2 messages (320 octets)
C: STAT
S: +OK 2 320
C: LIST
S: +OK 2 messages (320 octets)
S: 1 120
S: 2 200
S: .
C: RETR 1
S: +OK 120 octets
S: Subject: the first
S: .
C: DELE 1
S: +OK message 1 deleted
C: RETR 2
S: +OK 200 octets
S: Subject: the second
S: .
C: DELE 2
S: +OK message 2 deleted
C: QUIT
S: +OK dewey POP3 server signing off (maildrop empty)
"""


def test_the_standards_own_example_is_followed() -> None:
    said = Transcript.parse(EXAMPLE)
    states = [exchange.after.name for exchange in said.exchanges]
    assert states == ["AUTHORIZATION", *["TRANSACTION"] * 7, "CLOSED"]
    assert [step.state.name for step in said if step.direction == "S"] == states
    assert said.facts.authenticated
    assert said.remarks == ()


FIRST = b"Subject: a\r\n\r\n" + b"x" * 104 + b"\r\n"
SECOND = b"Subject: b\r\n\r\n" + b"y" * 184 + b"\r\n"

# What stands between the words of a server: its status, and the lines whose form the standard fixes.
SESSIONS: dict[str, str] = {
    "RFC 1939 §10, with USER and PASS": """\
+OK
USER bob
+OK
PASS letmein
+OK
STAT
+OK 2 320
LIST
+OK
1 120
2 200
.
DELE 1
+OK
DELE 2
+OK
STAT
+OK 0 0
LIST
+OK
.
UIDL
+OK
.
QUIT
+OK
left: 0
""",
    "numbers stay, marks count, RSET takes them off (RFC 1939 §5)": """\
+OK
USER bob
+OK
PASS letmein
+OK
DELE 1
+OK
STAT
+OK 1 200
LIST
+OK
2 200
.
LIST 1
-ERR
LIST 2
+OK 2 200
RETR 1
-ERR
TOP 1 0
-ERR
UIDL 1
-ERR
DELE 1
-ERR
NOOP
+OK
RSET
+OK
LIST 1
+OK 1 120
UIDL 2
+OK 2 id-2
UIDL
+OK
1 id-1
2 id-2
.
QUIT
+OK
left: 2
""",
    "before the log-in nothing of the maildrop is told (RFC 1939 §4)": """\
+OK
STAT
-ERR
PASS letmein
-ERR
USER nobody-at-all
+OK
PASS letmein
-ERR
PASS letmein
-ERR
USER bob
+OK
STAT
-ERR
PASS letmein
+OK
USER bob
-ERR
QUIT
+OK
left: 2
""",
    "arguments that are none (RFC 1939 §5)": """\
+OK
USER
-ERR
USER bob
+OK
PASS letmein
+OK
RETR
-ERR
RETR 0
-ERR
RETR -1
-ERR
RETR 1 2
-ERR
RETR x
-ERR
RETR 3
-ERR
RETR 99999999999999999999
-ERR
TOP 1
-ERR
TOP 1 -1
-ERR
TOP x 1
-ERR
DELE
-ERR
LIST 0
-ERR
UIDL x
-ERR
NOOP x
-ERR
STAT x
-ERR
RSET x
-ERR
FROB
-ERR
QUIT
+OK
left: 2
""",
    "verbs in either case, QUIT before the log-in removes nothing (RFC 1939 §3, §6)": """\
+OK
user bob
+OK
quit
+OK
left: 2
""",
}


def _plain(said: bytes) -> list[str]:
    """The lines without a server's words: of a first line the status, and what a fixed form has behind it."""
    lines = said.decode().split("\r\n")[:-1]
    words = lines[0].split(" ")
    fixed = words if words[1:] and all(word.isdecimal() or word.startswith("id-") for word in words[1:]) else words[:1]
    return [" ".join(fixed), *lines[1:]]


@pytest.mark.parametrize("name", SESSIONS)
def test_a_session_goes_as_it_was_typed(name: str) -> None:
    talk = pop_talk((FIRST, SECOND))
    *lines, left = SESSIONS[name].splitlines()
    heard = _plain(talk.heard)
    assert lines[: len(heard)] == heard
    at = len(heard)
    while at < len(lines):
        heard = _plain(talk.say(lines[at]))
        assert lines[at + 1 : at + 1 + len(heard)] == heard, f"after {lines[at]}"
        at += 1 + len(heard)
    assert left == f"left: {len(talk.drops.letters)}"


def test_the_capabilities_are_the_ones_that_are_kept() -> None:
    """RFC 2449 §5, §6; RFC 3206; RFC 2595 §4: STLS only where it can be had."""
    talk = pop_talk()
    assert talk.say("CAPA").split(b"\r\n")[1:] == [
        b"USER", b"TOP", b"UIDL", b"PIPELINING", b"RESP-CODES", b"AUTH-RESP-CODE", b".", b"",
    ]  # fmt: skip
    assert talk.say("STLS").startswith(b"-ERR")


def test_a_letter_is_stuffed_as_in_smtp_and_its_size_is_without() -> None:
    """RFC 1939 §3, §11: a line that begins with a dot gets one more; sizes count the letter as it is."""
    letter = b".a\r\n\r\n.\r\n..\r\nb.\r\n"
    talk = pop_talk((letter,)).into("TRANSACTION")
    assert talk.say("RETR 1").partition(b"\r\n")[2] == b"..a\r\n\r\n..\r\n...\r\nb.\r\n.\r\n"
    assert talk.say("LIST 1") == b"+OK 1 %d\r\n" % len(letter)
    assert talk.say("TOP 1 1").partition(b"\r\n")[2] == b"..a\r\n\r\n..\r\n.\r\n"


def test_a_letter_that_was_fetched_is_still_there() -> None:
    """RFC 1939 §5: RETR and TOP mark nothing, so QUIT removes nothing."""
    talk = pop_talk((FIRST, SECOND)).into("TRANSACTION")
    assert talk.say("RETR 1", "TOP 2 1", "STAT") == b"+OK 2 320\r\n"
    talk.say("QUIT")
    assert len(talk.drops.letters) == 2


def test_a_second_client_is_refused_with_a_code_and_may_come_later() -> None:
    """RFC 1939 §4: a maildrop is locked; RFC 2449 §8.1: [IN-USE]."""
    first = pop_talk().into("TRANSACTION")
    second = PopTalk(drops=first.drops)
    assert second.say("USER bob", "PASS letmein").startswith(b"-ERR [IN-USE] ")
    assert second.state == "AUTHORIZATION"
    first.say("QUIT")
    assert second.say("USER bob", "PASS letmein").startswith(b"+OK")


@pytest.mark.parametrize("line", ["QUIT now", "QUIT \x01", "QUIT \N{SNOWMAN}"])
def test_a_goodbye_that_is_said_badly_after_the_log_in_is_one(line: str) -> None:
    """-ERR to it would tell that something was not removed (RFC 1939 §6), and nobody could say it again."""
    talk = pop_talk().into("TRANSACTION")
    talk.say("DELE 1")
    assert talk.say(line).startswith(b"+OK")
    assert talk.state == "CLOSED" and len(talk.drops.letters) == 3


def test_a_goodbye_that_is_said_badly_before_the_log_in_is_refused() -> None:
    talk = pop_talk()
    assert talk.say("QUIT now").startswith(b"-ERR") and talk.state == "AUTHORIZATION"


def test_the_spaces_of_a_password_belong_to_it() -> None:
    """RFC 1939 §7: PASS has one argument, so what stands behind the first space is the password."""
    manners = replace(LENIENT, accounts=(("bob", " a  b "),))
    for password, status in ((" a  b ", b"+OK"), ("a  b", b"-ERR"), (" a  b", b"-ERR"), ("", b"-ERR")):
        assert pop_talk(manners=manners).say("USER bob", f"PASS {password}").startswith(status)


def test_what_was_sent_ahead_of_a_handshake_is_never_read() -> None:
    """RFC 2595 §4: STLS ends what may be pipelined, and all that was learned is forgotten."""
    talk = pop_talk(manners=LENIENT.offering("STARTTLS"))
    assert talk.say("USER bob").startswith(b"+OK") and talk.say("STLS").startswith(b"-ERR")
    talk = pop_talk(manners=LENIENT.offering("STARTTLS"))
    assert talk.raw(b"CAPA\r\nSTLS\r\nUSER bob\r\nPA").endswith(b"\r\n.\r\n+OK Begin the handshake now\r\n")
    talk.session.handshake(True)
    talk.observer.handshake(True)
    assert talk.state == "AUTHORIZATION" and talk.say("PASS letmein").startswith(b"-ERR")
    assert talk.say("STLS").startswith(b"-ERR") and b"STLS" not in talk.say("CAPA")
    (asked,) = [exchange for exchange in talk.session.transcript().exchanges if exchange.event == "STLS"][:1]
    assert any("ahead of the handshake" in remark for remark in asked.remarks)
