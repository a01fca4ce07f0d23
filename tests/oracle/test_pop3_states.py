"""The 122 rows of POP3 that were typed from the standards, one by one, against a real session and against an observer.

Both are told octets, and are judged by what they say and by the name of the state that they are in. Where a row is none
of ours, or the choice of a server, that stands here with its reason, and is counted.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smtplab.protocol.manners import LENIENT
from smtplab.protocol.observer import Observer
from tests.talk_pop3 import LETTERS, PopTalk, pop_talk

Typed = dict[str, Any]
STANDARD: Typed = json.loads(Path(__file__).with_name("standards").joinpath("pop3_states.json").read_text("utf-8"))
TYPED_ROWS: list[Typed] = STANDARD["transitions"]

OUR_NAME = {
    "wait-greeting": "CONNECTED",
    "authorization": "AUTHORIZATION",
    "authorization-user": "USER",
    "transaction": "TRANSACTION",
    "closed": "CLOSED",
}
SAID = {
    "USER": "USER bob",
    "PASS": "PASS letmein",
    "APOP": "APOP bob c4c9334bac560ecc979e58001b3e22fb",
    "AUTH": "AUTH PLAIN",
    "STLS": "STLS",
    "CAPA": "CAPA",
    "STAT": "STAT",
    "LIST": "LIST",
    "RETR": "RETR 1",
    "DELE": "DELE 1",
    "NOOP": "NOOP",
    "RSET": "RSET",
    "TOP": "TOP 1 1",
    "UIDL": "UIDL",
    "QUIT": "QUIT",
    "UNKNOWN": "FROB",
}
"""A verb said well."""
SAID_ELSE = {
    ("LIST", "ok-one"): "LIST 1",
    ("UIDL", "ok-one"): "UIDL 1",
    ("USER", "rejected"): "USER",
    ("PASS", "rejected"): "PASS wrong",
    ("CAPA", "rejected"): "CAPA",
    ("LIST", "rejected"): "LIST 9",
    ("UIDL", "rejected"): "UIDL 9",
    ("RETR", "rejected"): "RETR 9",
    ("TOP", "rejected"): "TOP 9 1",
    ("DELE", "rejected"): "DELE 9",
}
"""How a verb is said to earn another outcome."""
LINES_FOLLOW = {
    ("CAPA", "ok"),
    ("LIST", "ok"),
    ("UIDL", "ok"),
    ("RETR", "ok"),
    ("TOP", "ok"),
}
"""Verb and outcome after which lines come, up to a lone dot (RFC 1939 §5, §7; RFC 2449 §5)."""

NOT_THIS_SERVERS = {
    ("APOP", "ok"): "it has no APOP: its greeting has no timestamp",
    ("AUTH", "ok"): "it has no AUTH for POP3",
    ("CAPA", "rejected"): "it is no old server",
}
CHOICES = {
    ("authorization-user", verb): "the name that was said stays said: the standard leaves it to the server"
    for verb in ("USER", "APOP", "AUTH")
}
"""Rows whose next state is, in the file's own words, the server's choice, and where ours is another."""


def words(row: Typed) -> str:
    return SAID_ELSE.get((row["on"], row["outcome"]), SAID[row["on"]])


def name_of(row: Typed) -> str:
    return f"{row['state']}, {row['on']}: {row['outcome']}"


def kind_of(row: Typed) -> str:
    if row["kind"] == "event":
        return "happening"
    if row["state"] in ("wait-greeting", "multiline", "update"):
        return "ahead of a reply"
    return "choice" if (row["state"], row["on"]) in CHOICES else "checked"


def after(row: Typed) -> str:
    """The name of the state that the row leads to, once its reply has come whole."""
    if (row["state"], row["on"]) in CHOICES:
        return OUR_NAME[row["state"]]
    if row["on"] == "QUIT" and row["next"] == "update":
        return "CLOSED"  # nobody ever waits in UPDATE: QUIT has one reply, and the server closes (RFC 1939 §6)
    if row["next"] == "multiline":
        assert row["effect"].startswith("returns to ") or row["on"] == "RETR"
        return OUR_NAME[row["state"]]
    return OUR_NAME[row["next"]]


VERBS = [row for row in TYPED_ROWS if kind_of(row) in ("checked", "choice")]
AHEAD = [row for row in TYPED_ROWS if kind_of(row) == "ahead of a reply"]
HAPPENINGS = [row for row in TYPED_ROWS if kind_of(row) == "happening"]


def test_every_row_is_tried_or_left_out_for_a_reason_that_is_counted() -> None:
    assert Counter(map(kind_of, TYPED_ROWS)) == {"checked": 58, "choice": 3, "ahead of a reply": 48, "happening": 13}
    assert len(TYPED_ROWS) == 122 and len(STANDARD["verbs"]) == len(SAID) == 16
    choices = [row for row in TYPED_ROWS if kind_of(row) == "choice"]
    assert all("server choice" in row["source"] and not row["checked"] for row in choices)
    assert sum((row["on"], row["outcome"]) in NOT_THIS_SERVERS for row in VERBS) == 3


# ---------------------------------------------------------------------------------------------- an observer, overhearing
def overheard(state: str) -> Observer:
    """An observer who has heard a session as far as this state."""
    said: dict[str, tuple[tuple[bytes, bytes], ...]] = {
        "wait-greeting": (),
        "authorization": ((b"", b"+OK ready\r\n"),),
        "authorization-user": ((b"", b"+OK ready\r\n"), (b"USER bob\r\n", b"+OK\r\n")),
    }
    said["transaction"] = (*said["authorization-user"], (b"PASS x\r\n", b"+OK\r\n"))
    said["multiline"] = (*said["transaction"], (b"RETR 1\r\n", b"+OK\r\nSubject: x\r\n"))
    said["update"] = (*said["transaction"], (b"QUIT\r\n", b""))
    observer = Observer(None)
    for client, server in said[state]:
        observer.client(client)
        observer.server(server)
    return observer


def answered(observer: Observer) -> int:
    return sum(exchange.reply is not None for exchange in observer.transcript().exchanges)


@pytest.mark.parametrize("row", VERBS, ids=name_of)
def test_an_observer_is_where_the_row_leads_once_the_reply_is_whole(row: Typed) -> None:
    observer = overheard(row["state"])
    count = answered(observer)
    observer.client(words(row).encode() + b"\r\n")
    (status,) = row["replies"]
    observer.server(f"{status} words\r\n".encode())
    if (row["on"], row["outcome"]) in LINES_FOLLOW:
        assert row["next"] == "multiline"
        assert (answered(observer), observer.state.name) == (count, OUR_NAME[row["state"]])
        observer.server(b"one\r\n..\r\n.")
        assert answered(observer) == count
        observer.server(b"\r\n")
    else:
        assert row["next"] != "multiline"
    assert answered(observer) == count + 1
    if (row["on"], row["outcome"]) == ("STLS", "ok"):
        assert observer.state.name == "TLS"
        observer.handshake(True)
        assert observer.facts.tls
    assert observer.state.name == after(row)


@pytest.mark.parametrize("row", AHEAD, ids=name_of)
def test_what_is_said_ahead_of_a_reply_moves_nothing(row: Typed) -> None:
    assert row["outcome"] in ("early", "queued", "ignored") and not row["replies"] and row["next"] == row["state"]
    observer = overheard(row["state"])
    before = observer.state, observer.facts, answered(observer)
    observer.client(SAID[row["on"]].encode() + b"\r\n")
    assert (observer.state, observer.facts, answered(observer)) == before


# ---------------------------------------------------------------------------------------------------- a real session
def spoken(state: str, row: Typed, **settings: Any) -> PopTalk:
    """A real session in this state, as what is to come of the row needs it."""
    if (row["on"], row["outcome"]) == ("STLS", "ok"):
        settings["manners"] = replace(LENIENT.offering("STARTTLS"))
    return pop_talk(**settings).into(OUR_NAME[state])


@pytest.mark.parametrize(
    "row", [row for row in VERBS if (row["on"], row["outcome"]) not in NOT_THIS_SERVERS], ids=name_of
)
def test_the_server_says_what_the_row_says_and_is_where_it_leads(row: Typed) -> None:
    talk = spoken(row["state"], row)
    said = talk.say(words(row))
    first, _, rest = said.partition(b"\r\n")
    assert first.split(b" ")[0].decode() in row["replies"]
    assert bool(rest) == ((row["on"], row["outcome"]) in LINES_FOLLOW)
    assert not rest or rest.endswith(b"\r\n.\r\n") or rest == b".\r\n"
    if (row["on"], row["outcome"]) == ("STLS", "ok"):
        assert talk.session.wants_handshake
        talk.session.handshake(True)
        talk.observer.handshake(True)
    assert talk.state == talk.observer.state.name == after(row)
    assert talk.session.is_closing == (talk.state == "CLOSED")
    locked = {"bob"} if talk.state == "TRANSACTION" else set[str]()
    assert talk.drops.locked == locked  # the maildrop is locked in TRANSACTION, and nowhere else (RFC 1939 §4, §6)
    assert list(talk.drops.letters.values()) == list(LETTERS)  # nothing was marked, nothing goes


@pytest.mark.parametrize("row", [row for row in AHEAD if row["outcome"] == "early"], ids=name_of)
def test_what_comes_before_the_greeting_is_answered_after_it(row: Typed) -> None:
    talk = pop_talk()
    assert talk.heard.startswith(b"+OK ") and talk.heard.count(b"\r\n") == 1
    assert talk.say(SAID[row["on"]])


@pytest.mark.parametrize("row", [row for row in AHEAD if row["outcome"] == "queued"], ids=name_of)
def test_what_comes_with_a_long_answer_is_answered_behind_it(row: Typed) -> None:
    """RFC 2449 §6.6: one delivery, two answers, in order."""
    alone = spoken("transaction", row)
    answers = alone.say("RETR 2"), alone.say(SAID[row["on"]])
    together = spoken("transaction", row)
    assert together.raw(f"RETR 2\r\n{SAID[row['on']]}\r\n".encode()) == b"".join(answers)
    assert together.state == alone.state


@pytest.mark.parametrize("row", [row for row in AHEAD if row["outcome"] == "ignored"], ids=name_of)
def test_what_comes_after_quit_is_never_answered(row: Typed) -> None:
    talk = spoken("transaction", row)
    assert talk.raw(f"QUIT\r\n{SAID[row['on']]}\r\n".encode()).count(b"\r\n") == 1
    assert talk.state == "CLOSED" and talk.session.is_closing


# -------------------------------------------------------------------------------------------------------- happenings
@pytest.mark.parametrize("row", HAPPENINGS, ids=name_of)
def test_a_happening_leads_where_the_row_says(row: Typed) -> None:
    on, state = row["on"], row["state"]
    if on == "server-ready":
        talk = pop_talk()
        assert talk.heard.startswith(b"+OK ") and talk.state == "AUTHORIZATION" == OUR_NAME[row["next"]]
        assert b"<" not in talk.heard  # no timestamp, so no APOP is announced
    elif on in ("end-of-list", "end-of-list-login"):
        observer = overheard("authorization" if on == "end-of-list-login" else "transaction")
        observer.client(b"CAPA\r\n")
        observer.server(b"+OK\r\nUSER\r\n.\r\n")
        assert observer.state.name == OUR_NAME[row["next"]] and observer.facts.keywords
    elif on in ("deletion-done", "deletion-failed"):
        talk = pop_talk(fails=on == "deletion-failed").into("TRANSACTION")
        talk.say("DELE 1", "DELE 3")
        assert len(talk.drops.letters) == len(LETTERS)
        (status,) = row["replies"]
        assert talk.say("QUIT").startswith(status.encode())
        assert talk.state == talk.observer.state.name == "CLOSED" and talk.session.is_closing
        assert talk.drops.locked == set()
        left = LETTERS if on == "deletion-failed" else (LETTERS[1], LETTERS[3])
        assert tuple(talk.drops.letters.values()) == left
    else:
        talk = spoken("transaction" if state == "multiline" else state, row)
        if state in ("transaction", "multiline"):
            talk.say("DELE 1")
        if state == "multiline":
            talk.session.receive(b"RETR 2\r\nRE")  # its answer is on its way
        if on == "client-disconnects":
            talk.session.receive_eof()
        else:
            assert (talk.session.deadline() or 0) >= 600  # "at least 10 minutes" (RFC 1939 §3)
            before = talk.session.data_to_send()
            talk.session.timed_out()
            assert (talk.session.data_to_send(), bool(before)) == (b"", state == "multiline")  # no word
        assert talk.state == OUR_NAME[row["next"]] == "CLOSED" and talk.session.is_closing
        assert talk.drops.locked == set() and tuple(talk.drops.letters.values()) == LETTERS
