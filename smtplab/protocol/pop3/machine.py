"""POP3 as data: its states, its rows, its guards, and what a session learns. RFC 1939 and its extensions.

The whole machine stands here, APOP, AUTH and STLS included, whether or not a server offers them. A `keyword` is the
one of the CAPA reply (RFC 2449 §6); APOP has none of its own, the greeting offers it.

UPDATE, the standard's third state, is never one in which anybody waits: QUIT in TRANSACTION removes what was marked,
has one reply, and closes either way (RFC 1939 §6).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from ..replies import Outcome, Reply
from ..table import Facts, Guard, Reading, Row, Table

STANDARD = "RFC 1939"


class State(enum.Enum):
    """Where a session stands, seen from both ends. A state moves when a reply arrives."""

    CONNECTED = "the connection is open, the server has not spoken yet"
    AUTHORIZATION = "the server has greeted; it does not know whose mail is wanted"
    USER = "a name was said, its password is to come"
    TRANSACTION = "the maildrop is open and locked: letters can be read and marked"
    AUTH = "a log-in is going on: the next line is a response, not a command"
    TLS = "the TLS handshake is going on: no POP3 can be said"
    CLOSED = "the session is over"

    __hash__ = object.__hash__  # see smtp.State


CONNECTED, AUTHORIZATION, USER, TRANSACTION = State.CONNECTED, State.AUTHORIZATION, State.USER, State.TRANSACTION
AUTH, TLS, CLOSED = State.AUTH, State.TLS, State.CLOSED

OK, MORE, NO = Outcome.COMPLETION, Outcome.INTERMEDIATE, Outcome.PERMANENT

NO_TLS = Guard("no TLS yet", lambda f: not f.tls, 0, "TLS is on already", "Go on: everything is encrypted.")

IN_SESSION = frozenset({AUTHORIZATION, USER, TRANSACTION})
OPEN = frozenset(State) - {CLOSED}


def _row(event: str, states: State | frozenset[State], leads: Mapping[Outcome, State], section: str,
         guards: tuple[Guard, ...] = (), keyword: str = "") -> Row:  # fmt: skip
    where = frozenset({states}) if isinstance(states, State) else states
    return Row(event, where, MappingProxyType(dict(leads)), (), section, guards, False, keyword)


# fmt: off
#    event               states                             leads                                             section          guards, keyword
ROWS = (
    _row("(connect)",      CONNECTED,                         {OK: AUTHORIZATION, NO: CLOSED},                  "RFC 1939 §4"),
    _row("USER",           AUTHORIZATION,                     {OK: USER},                                       "RFC 1939 §7"),
    _row("PASS",           USER,                              {OK: TRANSACTION, NO: AUTHORIZATION},             "RFC 1939 §7"),
    _row("APOP",           AUTHORIZATION,                     {OK: TRANSACTION},                                "RFC 1939 §7",   (), "APOP"),
    _row("AUTH",           AUTHORIZATION,                     {MORE: AUTH, OK: TRANSACTION},                    "RFC 5034 §4",   (), "SASL"),
    _row("(response)",     AUTH,                              {MORE: AUTH, OK: TRANSACTION, NO: AUTHORIZATION}, "RFC 5034 §4"),
    _row("STLS",           AUTHORIZATION,                     {OK: TLS},                                        "RFC 2595 §4",   (NO_TLS,), "STLS"),
    _row("(handshake)",    TLS,                               {OK: AUTHORIZATION, NO: CLOSED},                  "RFC 2595 §4"),
    _row("CAPA",           frozenset({AUTHORIZATION, TRANSACTION}), {},                                         "RFC 2449 §5"),
    _row("STAT",           TRANSACTION,                       {},                                               "RFC 1939 §5"),
    _row("LIST",           TRANSACTION,                       {},                                               "RFC 1939 §5"),
    _row("UIDL",           TRANSACTION,                       {},                                               "RFC 1939 §7"),
    _row("RETR",           TRANSACTION,                       {},                                               "RFC 1939 §5"),
    _row("TOP",            TRANSACTION,                       {},                                               "RFC 1939 §7"),
    _row("DELE",           TRANSACTION,                       {},                                               "RFC 1939 §5"),
    _row("NOOP",           TRANSACTION,                       {},                                               "RFC 1939 §5"),
    _row("RSET",           TRANSACTION,                       {},                                               "RFC 1939 §5"),
    _row("QUIT",           frozenset({AUTHORIZATION, USER}),  {OK: CLOSED},                                     "RFC 1939 §4"),
    _row("QUIT",           TRANSACTION,                       {OK: CLOSED, NO: CLOSED},                         "RFC 1939 §6"),
    _row("(unknown verb)", IN_SESSION,                        {},                                               "RFC 1939 §3"),
    _row("(line too long)", IN_SESSION,                       {},                                               "RFC 2449 §4"),
    _row("(line too long)", AUTH,                             {NO: AUTHORIZATION},                              "RFC 5034 §4"),
    _row("(timeout)",      OPEN,                              {},                                               "RFC 1939 §3"),
    _row("(unasked)",      OPEN,                              {},                                               "RFC 1939 §3"),
    _row("(eof)",          OPEN,                              {},                                               "RFC 1939 §6"),
)
# fmt: on

SYNTAX: Mapping[str, str] = MappingProxyType(
    {
        "USER": "USER name", "PASS": "PASS password", "APOP": "APOP name digest", "AUTH": "AUTH mechanism",
        "STLS": "STLS", "CAPA": "CAPA", "STAT": "STAT", "LIST": "LIST [number]", "UIDL": "UIDL [number]",
        "RETR": "RETR number", "TOP": "TOP number lines", "DELE": "DELE number", "NOOP": "NOOP", "RSET": "RSET",
        "QUIT": "QUIT",
    }
)  # fmt: skip

SENTENCE: Mapping[str, str] = MappingProxyType(
    {
        "(connect)": "The connection opens, and the server speaks first.",
        "USER": "You say whose mail you want.",
        "PASS": "You prove it with the password. The maildrop opens, and is locked for you.",
        "APOP": "You prove who you are by a digest, so that the password stays off the wire.",
        "AUTH": "You begin to log in.",
        "(response)": "You answer the server's challenge, in base64.",
        "STLS": "You ask to encrypt the rest of the session.",
        "(handshake)": "Both ends agree on keys. All that was said before is forgotten.",
        "CAPA": "You ask what the server can do.",
        "STAT": "You ask how many letters there are, and how many octets they have.",
        "LIST": "You ask for the number and the size of each letter, or of one.",
        "UIDL": "You ask for names of the letters that stay the same from session to session.",
        "RETR": "You fetch a letter, whole. It stays in the maildrop.",
        "TOP": "You fetch a letter's header and the first lines of its body.",
        "DELE": "You mark a letter. It goes when you say QUIT, not before.",
        "NOOP": "You ask for a reply and nothing else.",
        "RSET": "You take all marks off again.",
        "QUIT": "You say goodbye. What is marked is removed now.",
        "(unknown verb)": "You said a word that is no command here.",
        "(line too long)": "You said a line longer than the server reads.",
        "(timeout)": "Nothing was said for so long that the server gave up waiting. Nothing is removed.",
        "(unasked)": "The server spoke without being asked.",
        "(eof)": "One end closed the connection. Without QUIT nothing is removed.",
    }
)

AWAITS: Mapping[State, str] = MappingProxyType(
    {
        CONNECTED: "nothing: the server is about to greet",
        AUTHORIZATION: "a command: USER with a name, or QUIT",
        USER: "a command: PASS with the password, or QUIT",
        TRANSACTION: "a command: STAT, LIST, RETR, DELE, or QUIT",
        AUTH: "one line of base64, or * to cancel",
        TLS: "the TLS handshake",
        CLOSED: "nothing: the session is over",
    }
)

READS = MappingProxyType({AUTH: Reading.RESPONSE, TLS: Reading.NOTHING, CLOSED: Reading.NOTHING})


def lacking(state: State, wanted: frozenset[State]) -> tuple[str, str]:
    """What is missing in `state` for an event that belongs to `wanted`, and what helps."""
    if state is CONNECTED:
        return "no greeting yet", "Wait for the server's +OK."
    if state is CLOSED:
        return "the session is over", "Connect again."
    if state in (AUTH, TLS):
        return "no command can be said now", "Finish the log-in." if state is AUTH else "Finish the handshake."
    if state is USER:
        return "a name was said and its password is awaited", "Say PASS with the password, or QUIT."
    if state is AUTHORIZATION:
        if TRANSACTION in wanted:
            return "nobody has logged in yet", "Say USER and PASS first."
        return ("no name was said yet", "Say USER with a name first.") if USER in wanted else _OUT_OF_PLACE
    if AUTHORIZATION in wanted or USER in wanted:
        return "somebody has logged in already", "Go on with STAT or LIST, or say QUIT."
    return _OUT_OF_PLACE


_OUT_OF_PLACE = ("out of place", "Say something else.")


def learn(facts: Facts, event: str, reply: Reply | None, _: State | None = None, __: bytes = b"") -> Facts:
    """The facts after `event` was answered with `reply`; None for a TLS handshake that succeeded."""
    if event == "(handshake)":
        return Facts(tls=True) if reply is None else facts
    if reply is None or reply.outcome is not OK:
        return facts
    if event == "CAPA":
        return replace(facts, keywords=capabilities(reply))
    if event in ("PASS", "APOP", "AUTH", "(response)"):
        return replace(facts, authenticated=True)
    return facts


def capabilities(reply: Reply) -> Mapping[str, str]:
    """What a CAPA reply offers: keyword in capitals -> its parameters, from every line but the first (RFC 2449 §5)."""
    offered: dict[str, str] = {}
    for line in reply.lines[1:]:
        keyword, _, parameters = line.strip().partition(" ")
        if keyword:
            offered[keyword.upper()] = parameters.strip()
    return MappingProxyType(offered)


POP3 = Table(
    "POP3", State, ROWS, start=CONNECTED, closed=CLOSED, lacking=lacking, learn=learn, reads=READS, syntax=SYNTAX,
    sentence=SENTENCE, awaits=AWAITS,
)  # fmt: skip
