"""SMTP as data: its states, its rows, its guards, and what a session learns. RFC 5321 and its extensions.

The whole machine stands here, BDAT, AUTH and STARTTLS included, whether or not a server offers them: an observer
meets them in any recorded session. Handlers, wording and limits are elsewhere; nothing here does anything.

An event is a verb ("BDAT LAST" is one of its own: it leads elsewhere) or a happening in parentheses.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from .replies import Outcome, Reply
from .table import Facts, Guard, Reading, Row, Table
from .wire import is_chunk

STANDARD = "RFC 5321"
"""The standard's number, in one place: its successor may have another."""


class State(enum.Enum):
    """Where a session stands, seen from both ends. A state moves when a reply arrives."""

    CONNECTED = "the connection is open, the server has not spoken yet"
    GREETED = "the 220 was seen; the client has not introduced itself"
    READY = "HELO or EHLO was accepted; no mail transaction is open"
    MAIL = "a mail transaction is open: the reverse-path is known, no recipient yet"
    RCPT = "at least one recipient was accepted"
    DATA = "the server reads mail data, up to a dot alone on its line"
    BDAT = "at least one chunk of mail data was accepted, the last one is to come"
    AUTH = "a log-in is going on: the next line is a response, not a command"
    TLS = "the TLS handshake is going on: no SMTP can be said"
    REFUSED = "the server greeted with a refusal: it waits for QUIT"
    CLOSED = "the session is over"

    __hash__ = object.__hash__  # each member is one object; what `enum` has takes longer, and every look-up asks for it


CONNECTED, GREETED, READY, MAIL, RCPT = State.CONNECTED, State.GREETED, State.READY, State.MAIL, State.RCPT
DATA, BDAT, AUTH, TLS, REFUSED, CLOSED = State.DATA, State.BDAT, State.AUTH, State.TLS, State.REFUSED, State.CLOSED

OK, MORE, LATER, NO = Outcome.COMPLETION, Outcome.INTERMEDIATE, Outcome.TRANSIENT, Outcome.PERMANENT

# ---------------------------------------------------------------------------------------------------- guards
EHLO_SAID = Guard("EHLO said", lambda f: f.hello == "EHLO", 503, "no EHLO yet", "Say EHLO with your name first.")
NO_TLS = Guard("no TLS yet", lambda f: not f.tls, 503, "TLS is on already", "Go on: everything is encrypted.")
NOT_IN = Guard("not logged in", lambda f: not f.authenticated, 503, "logged in already", "Go on with MAIL.")
CHUNKS_GOOD = Guard(
    "no failed chunk", lambda f: not f.chunk_failed, 503, "its chunks have failed", "Say RSET and begin again."
)

# ------------------------------------------------------------------------------------------------------ rows
IN_SESSION = frozenset({GREETED, READY, MAIL, RCPT, BDAT})
OPEN = frozenset(State) - {CLOSED}


def _row(event: str, states: State | frozenset[State], leads: Mapping[Outcome, State], codes: str, section: str,
         guards: tuple[Guard, ...] = (), ends_group: bool = False, keyword: str = "") -> Row:  # fmt: skip
    where = frozenset({states}) if isinstance(states, State) else states
    return Row(
        event,
        where,
        MappingProxyType(dict(leads)),
        tuple(int(c) for c in codes.split()),
        section,
        guards,
        ends_group,
        keyword,
    )


def _in(*states: State) -> frozenset[State]:
    return frozenset(states)


# fmt: off
#    event               states                leads                                        codes (the usual one first)                           section               guards, ends_group, keyword
ROWS = (
    _row("(connect)",      CONNECTED,            {OK: GREETED, LATER: REFUSED, NO: REFUSED},  "220 421 521 554",                                     "RFC 5321 §3.1"),
    _row("HELO",           IN_SESSION,           {OK: READY},                                 "250 501 502 504 550",                                 "RFC 5321 §4.1.1.1",  (), True),
    _row("EHLO",           IN_SESSION,           {OK: READY},                                 "250 500 501 502 504 550",                             "RFC 5321 §4.1.1.1",  (), True),
    _row("MAIL",           READY,                {OK: MAIL},                                  "250 451 452 455 501 503 530 550 552 553 554 555",     "RFC 5321 §4.1.1.2"),
    _row("RCPT",           _in(MAIL, RCPT),      {OK: RCPT},                                  "250 251 450 451 452 455 501 503 530 550 551 552 553 555 556", "RFC 5321 §4.1.1.3", (CHUNKS_GOOD,)),
    _row("DATA",           RCPT,                 {MORE: DATA},                                "354 450 451 452 501 503 530 550 552 554",             "RFC 5321 §4.1.1.4",  (CHUNKS_GOOD,), True),
    _row("(end of data)",  DATA,                 {OK: READY, LATER: READY, NO: READY},        "250 450 451 452 550 552 554",                         "RFC 5321 §4.1.1.4",  (), True),
    _row("BDAT",           _in(RCPT, BDAT),      {OK: BDAT},                                  "250 451 452 501 502 503 552 554",                     "RFC 3030 §2",        (EHLO_SAID, CHUNKS_GOOD), False, "CHUNKING"),
    _row("BDAT LAST",      _in(RCPT, BDAT),      {OK: READY},                                 "250 451 452 501 502 503 552 554",                     "RFC 3030 §2",        (EHLO_SAID, CHUNKS_GOOD), True, "CHUNKING"),
    _row("RSET",           GREETED,              {},                                          "250 501",                                             "RFC 5321 §4.1.1.5"),
    _row("RSET",           IN_SESSION-{GREETED}, {OK: READY},                                 "250 501",                                             "RFC 5321 §4.1.1.5"),
    _row("NOOP",           IN_SESSION,           {},                                          "250",                                                 "RFC 5321 §4.1.1.9",  (), True),
    _row("VRFY",           IN_SESSION,           {},                                          "252 250 251 501 502 504 530 550 551 553",             "RFC 5321 §4.1.1.6",  (), True),
    _row("EXPN",           IN_SESSION,           {},                                          "252 250 501 502 504 530 550",                         "RFC 5321 §4.1.1.7",  (), True),
    _row("HELP",           IN_SESSION,           {},                                          "214 211 502 504 530",                                 "RFC 5321 §4.1.1.8",  (), True),
    _row("AUTH",           READY,                {MORE: AUTH, OK: READY},                     "334 235 432 454 500 501 502 503 504 530 534 535 538", "RFC 4954 §4",        (EHLO_SAID, NOT_IN), True, "AUTH"),
    _row("(response)",     AUTH,                 {MORE: AUTH, OK: READY, LATER: READY, NO: READY}, "235 334 432 454 500 501 535",                    "RFC 4954 §4",        (), True),
    _row("STARTTLS",       READY,                {OK: TLS},                                   "220 454 501 502 503",                                 "RFC 3207 §4",        (EHLO_SAID, NO_TLS), True, "STARTTLS"),
    _row("(handshake)",    TLS,                  {OK: GREETED, NO: CLOSED},                   "",                                                    "RFC 3207 §4.2"),
    _row("QUIT",           IN_SESSION | {REFUSED}, {OK: CLOSED},                              "221 501",                                             "RFC 5321 §4.1.1.10", (), True),
    _row("(unknown verb)", IN_SESSION,           {},                                          "500 502",                                             "RFC 5321 §4.2.4",    (), True),
    _row("(line too long)", IN_SESSION,          {},                                          "500",                                                 "RFC 5321 §4.5.3.1.9", (), True),
    _row("(line too long)", AUTH,                {NO: READY},                                 "500",                                                 "RFC 4954 §4",        (), True),
    _row("(timeout)",      OPEN,                 {},                                          "421",                                                 "RFC 5321 §4.5.3.2.7"),
    _row("(unasked)",      OPEN,                 {},                                          "421",                                                 "RFC 5321 §3.8"),
    _row("(eof)",          OPEN,                 {},                                          "",                                                    "RFC 5321 §4.1.1.10"),
)
# fmt: on

# What stands beside the rows, by event: how it is written, and one sentence for a learner.
SYNTAX: Mapping[str, str] = MappingProxyType(
    {
        "HELO": "HELO name", "EHLO": "EHLO name", "MAIL": "MAIL FROM:<sender>", "RCPT": "RCPT TO:<recipient>",
        "DATA": "DATA", "(end of data)": ".", "BDAT": "BDAT octets", "BDAT LAST": "BDAT octets LAST", "RSET": "RSET",
        "NOOP": "NOOP", "VRFY": "VRFY name", "EXPN": "EXPN list", "HELP": "HELP", "AUTH": "AUTH mechanism",
        "STARTTLS": "STARTTLS", "QUIT": "QUIT",
    }
)  # fmt: skip

SENTENCE: Mapping[str, str] = MappingProxyType(
    {
        "(connect)": "The connection opens, and the server speaks first.",
        "HELO": "You say who you are, in the old way.",
        "EHLO": "You say who you are, and ask what the server can do.",
        "MAIL": "You name the sender, where a bounce would go. A mail transaction opens.",
        "RCPT": "You name one recipient. Say it again for one more.",
        "DATA": "You announce the mail data.",
        "(end of data)": "A dot alone on its line ends the mail data.",
        "BDAT": "You send a chunk of mail data, its octets counted.",
        "BDAT LAST": "You send the last chunk of mail data.",
        "RSET": "You drop the mail transaction and keep the session.",
        "NOOP": "You ask for a reply and nothing else.",
        "VRFY": "You ask whether a name stands for a mailbox. Most servers say little.",
        "EXPN": "You ask who is on a mailing list. Most servers say little.",
        "HELP": "You ask for a text for people.",
        "AUTH": "You begin to log in.",
        "(response)": "You answer the server's challenge, in base64.",
        "STARTTLS": "You ask to encrypt the rest of the session.",
        "(handshake)": "Both ends agree on keys. All that was said before is forgotten.",
        "QUIT": "You say goodbye, and wait for the 221.",
        "(unknown verb)": "You said a word that is no command here.",
        "(line too long)": "You said a line longer than the server reads.",
        "(timeout)": "Nothing was said for so long that the server gave up waiting.",
        "(unasked)": "The server spoke without being asked.",
        "(eof)": "One end closed the connection.",
    }
)

_ORDER = (CONNECTED, GREETED, READY, MAIL, RCPT, BDAT)
_NEXT: Mapping[State, tuple[str, str]] = {
    CONNECTED: ("no greeting yet", "Wait for the server's 220."),
    GREETED: ("no HELO or EHLO yet", "Say HELO or EHLO with your name first."),
    READY: ("no sender yet", "Say MAIL FROM:<...> first."),
    MAIL: ("no recipient was accepted yet", "Say RCPT TO:<...> and wait for 250."),
}


def lacking(state: State, wanted: frozenset[State]) -> tuple[str, str]:
    """What is missing in `state` for an event that belongs to `wanted`, and what helps."""
    if state is REFUSED:
        return "the greeting was a refusal", "Say QUIT."
    if state is CLOSED:
        return "the session is over", "Connect again."
    if state is DATA:
        return "any line is mail data now", "End it with a dot alone on its line."
    if state in (AUTH, TLS):
        return "no command can be said now", "Finish the log-in." if state is AUTH else "Finish the handshake."
    places = [_ORDER.index(s) for s in wanted if s in _ORDER]
    if places and min(places) > _ORDER.index(state):
        return _NEXT[state]
    if DATA in wanted:
        return "no DATA was said", "A lone dot ends mail data only."
    if state is BDAT and RCPT in wanted:
        return "the message has begun", "Send its last chunk, or say RSET."
    if places:
        return "a mail transaction is open", "Finish it, or say RSET to drop it."
    return "out of place", "Say something else."


def learn(facts: Facts, event: str, reply: Reply | None, before: State | None = None, sent: bytes = b"") -> Facts:
    """The facts after `event`, said as `sent` in the state `before`, was answered with `reply`.

    Server and observer both learn by this function only. `reply` is None for a handshake that succeeded. A client's
    line alone teaches nothing.
    """
    if event == "(handshake)":
        return Facts(tls=True) if reply is None else facts
    if reply is None:
        return facts
    if reply.outcome in (LATER, NO) and _spoils_chunks(facts, event, before, sent):
        return replace(facts, chunk_failed=True)
    if reply.outcome is not OK:
        return facts
    if event == "EHLO":
        return replace(facts, hello="EHLO", keywords=keywords_of(reply), chunk_failed=False)
    if event == "HELO":
        return replace(facts, hello="HELO", keywords=MappingProxyType({}), chunk_failed=False)
    if event in ("RSET", "MAIL"):
        return replace(facts, chunk_failed=False) if facts.chunk_failed else facts
    if event in ("AUTH", "(response)"):
        return replace(facts, authenticated=True)
    return facts


def _spoils_chunks(facts: Facts, event: str, before: State | None, sent: bytes) -> bool:
    """True where a refusal leaves a message in chunks with a hole, or in a state that nobody knows (RFC 3030 §2).

    That is a chunk whose octets were read, whatever the code; not a BDAT line that counts none, for there nothing is
    lost. And it is DATA amid chunks, which the standard answers with 503 and wants a RSET after.
    """
    if event in ("BDAT", "BDAT LAST"):
        return before in (RCPT, BDAT) and is_chunk(sent, facts)
    return event == "DATA" and before is BDAT


def keywords_of(reply: Reply) -> Mapping[str, str]:
    """What an EHLO reply offers: keyword in capitals -> its parameters, from every line but the first.

    >>> dict(keywords_of(Reply(250, ("mail.example.com", "SIZE 1000", "help"))))
    {'SIZE': '1000', 'HELP': ''}
    """
    offered: dict[str, str] = {}
    for line in reply.lines[1:]:
        keyword, _, parameters = line.strip().replace("=", " ", 1).partition(" ")
        if keyword:
            offered[keyword.upper()] = parameters.strip()
    return MappingProxyType(offered)


READS = MappingProxyType({DATA: Reading.DATA, AUTH: Reading.RESPONSE, TLS: Reading.NOTHING, CLOSED: Reading.NOTHING})
"""What a server reads where that is no command line."""

AWAITS: Mapping[State, str] = MappingProxyType(
    {
        CONNECTED: "nothing: the server is about to greet",
        GREETED: "a command: HELO or EHLO with a name",
        READY: "a command: MAIL FROM:<...>, or QUIT",
        MAIL: "a command: RCPT TO:<...>",
        RCPT: "a command: one more RCPT TO:<...>, or DATA",
        BDAT: "a command: the next BDAT",
        REFUSED: "a command: QUIT",
        AUTH: "one line of base64, or * to cancel",
        TLS: "the TLS handshake",
        CLOSED: "nothing: the session is over",
    }
)
"""What a server waits for in a state, in words; for mail data see `waiting`."""

SMTP = Table(
    "SMTP", State, ROWS, start=CONNECTED, closed=CLOSED, lacking=lacking, learn=learn, reads=READS, syntax=SYNTAX,
    sentence=SENTENCE, awaits=AWAITS,
)  # fmt: skip

next_state = SMTP.next_state
