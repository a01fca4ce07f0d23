"""What a console shows, from transcripts alone: the news, who waits, what may be said, and how a typed line is read."""

from __future__ import annotations

import re

import pytest

from smtplab.protocol.observer import Observer
from smtplab.protocol.smtp import SMTP, SYNTAX, State
from smtplab.protocol.table import Facts
from smtplab.views import console
from smtplab.views.completion import sayable, suggestions
from smtplab.views.console import Told, is_owed, plain, tell, waits
from smtplab.views.moments import Moment
from smtplab.views.typed import BadEscape, octets

EHLO = b"250-mail.example.com\r\n250-SIZE 1000\r\n250 HELP\r\n"
TALK: list[tuple[bytes, bytes]] = [
    (b"", b"220 mail.example.com ready\r\n"), (b"EHLO me\r\n", EHLO), (b"MAIL FROM:<a@example.com>\r\n", b"250 ok\r\n"),
    (b"RCPT TO:<no@example.com>\r\n", b"550 no\r\n"), (b"RCPT TO:<bob@example.com>\r\n", b"250 ok\r\n"), (b"DATA\r\n", b"354 go\r\n"),
    (b"Subject: x\r\n", b""), (b"..two\r\n", b""), (b".\r\n", b"250 taken\r\n"), (b"QUIT\r\n", b"221 bye\r\n"),
]  # fmt: skip


def words(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", html).split())


def follow(talk: list[tuple[bytes, bytes]]) -> tuple[Observer, list[str], dict]:
    """A page that is told the news after each turn: the observer, its rows, and what it was told last."""
    observer, told, rows, shown = Observer(peer="127.0.0.1"), Told(), [], {}
    for client, server in talk:
        observer.client(client)
        observer.server(server)
        told, shown = tell(told, observer.transcript(told.exchanges), is_open=True, unread=observer.unread)
        rows[shown["first"] :] = shown["rows"]
    return observer, rows, shown


@pytest.mark.parametrize("turns", range(1, len(TALK) + 1))
def test_news_upon_news_show_what_the_whole_transcript_shows(turns: int) -> None:
    observer, rows, shown = follow(TALK[:turns])
    _, whole = tell(Told(), observer.transcript(), is_open=True)
    assert rows == whole["rows"]
    assert {**shown, "rows": 0, "first": 0} == {**whole, "rows": 0, "first": 0}


def test_a_letter_of_many_lines_folds_the_same_way_told_line_by_line() -> None:
    observer, rows, _ = follow(TALK[:6] + [(b"line\r\n", b"")] * 60)
    _, whole = tell(Told(), observer.transcript(), is_open=True)
    assert rows == whole["rows"] and len(rows) == 11 + 16


def test_the_news_of_a_long_session_are_as_short_as_those_of_a_short_one() -> None:
    _, rows, shown = follow([*TALK[:2], *[(b"NOOP\r\n", b"250 ok\r\n")] * 2000])
    assert len(rows) == 3 + 4000
    assert len(shown["rows"]) == 4


def test_more_rows_than_are_kept_are_told_by_their_number() -> None:
    observer = Observer()
    observer.server(b"220 x\r\n")
    observer.client(b"NOOP\r\n" * 400)
    observer.server(b"250 ok\r\n" * 400)
    _, shown = tell(Told(), observer.transcript(), is_open=True)
    assert len(shown["rows"]) == console.ROWS_KEPT
    assert shown["first"] + len(shown["rows"]) == 801


def test_direction_and_code_are_told_without_colour() -> None:
    _, rows, _ = follow(TALK[:2])
    assert "server: " in rows[0] and "<b>220</b>" in rows[0] and "now greeted" in rows[0]
    assert "client: " in rows[1]


def test_dots_are_shown_as_they_were_sent_and_the_letter_without_them() -> None:
    _, rows, shown = follow([*TALK[:7], (b"\r\n", b""), TALK[7]])
    assert words(rows[-1]) == "client: ..two"
    assert ".two" in words(shown["aside"]) and "..two" not in words(shown["aside"])


def test_a_line_without_its_end_is_shown_and_who_waits_says_what_is_missing() -> None:
    _, rows, shown = follow([*TALK[:2], (b"MAIL FR", b"")])
    assert words(rows[-1]) == "client: MAIL FR no CR LF yet"
    assert "The end of the line" in words(shown["aside"]) and not shown["says"]
    _, rows, _ = follow([*TALK[:2], (b"MAIL FR", b""), (b"OM:<a@example.com>\r\n", b"250 ok\r\n")])
    assert words(rows[3]).endswith("MAIL FROM:<a@example.com>".replace("<", "&lt;").replace(">", "&gt;"))


def test_a_refused_recipient_is_named_until_the_transaction_ends() -> None:
    assert "no@example.com 550" in words(follow(TALK[:5])[2]["aside"])
    assert "no@example.com" not in words(follow(TALK[:9])[2]["aside"])


def test_the_envelope_fills_and_empties() -> None:
    assert "bob@example.com" in words(follow(TALK[:5])[2]["aside"])
    assert "Handed over for bob@example.com" in words(follow(TALK[:9])[2]["aside"])


@pytest.mark.parametrize(
    ("turns", "who", "what"),
    [
        (TALK[:1], "The server waits for you", "HELO or EHLO with a name"),
        ([(b"", b"")], "You wait for the server", "has not greeted yet"),
        ([*TALK[:2], (b"NOOP\r\n", b"")], "You wait for the server", "has not answered NOOP yet"),
        (TALK[:6], "The server waits for you", "dot alone on its line"),
        ([*TALK[:8], (b".\r\n", b"")], "You wait for the server", "has not answered end of data yet"),
        ([*TALK[:2], (b"QUIT\r\n", b"221 bye\r\n")], "You wait for the server", "has said goodbye"),
    ],
)
def test_who_waits_for_what(turns: list[tuple[bytes, bytes]], who: str, what: str) -> None:
    observer, _, _ = follow(turns)
    title, sentence, _ = waits(observer.transcript(), is_open=True, unread=observer.unread)
    assert title == who and what in sentence
    assert is_owed(observer.transcript()) == (who == "You wait for the server")


@pytest.mark.parametrize("state", list(State))
def test_what_is_offered_is_what_the_table_takes(state: State) -> None:
    now = Moment(0, None, state, state, Facts(hello="EHLO"), Facts())
    offered = {each.event for each in sayable([now])}
    assert offered == {
        event
        for event in SYNTAX
        if SMTP.lists(state, event)
        and not SMTP.by_event[event][0].keyword
        and SMTP.verdict(state, event, now.facts).allowed
    }


def test_extensions_are_offered_once_the_server_offers_them() -> None:
    plain = Moment(0, None, State.READY, State.READY, Facts(hello="EHLO"), Facts())
    offers = Facts(hello="EHLO", keywords={"AUTH": "PLAIN"})
    with_auth = Moment(0, None, State.READY, State.READY, offers, Facts())
    assert "AUTH" not in {each.event for each in sayable([plain])}
    assert "AUTH" in {each.event for each in sayable([with_auth])}


def test_a_suggestion_leaves_the_place_to_fill_in_empty() -> None:
    found = {
        each[0]: each[1:3] for each in suggestions(sayable([Moment(0, None, State.RCPT, State.RCPT, Facts(), Facts())]))
    }
    assert found["RCPT TO:<recipient>"] == ["RCPT TO:<", ">"]
    assert found["DATA"] == ["DATA", ""] and found["HELO name"] == ["HELO ", ""]


@pytest.mark.parametrize(
    ("line", "expected"),
    [(r"NOOP\n", b"NOOP\n"), (r"a\\r", b"a\\r"), (r"\0\x00\xfF\t", b"\0\0\xff\t"), ("é", b"\xc3\xa9"), ("", b"")],
)
def test_escapes_become_their_octets(line: str, expected: bytes) -> None:
    assert octets(line, escapes=True, end=False) == expected


@pytest.mark.parametrize(
    ("line", "word"), [(r"\q", r"\q"), (r"\x1", "two hex digits"), ("end\\", "lone"), (r"\N", r"\N")]
)
def test_a_bad_escape_is_refused_with_a_remedy(line: str, word: str) -> None:
    with pytest.raises(BadEscape, match=re.escape(word)) as refused:
        octets(line, escapes=True)
    assert str(refused.value).endswith("Nothing was sent.")


def test_without_escapes_a_backslash_is_a_backslash() -> None:
    assert octets(r"a\n") == b"a\\n\r\n"


def test_hostile_text_is_escaped_everywhere() -> None:
    bad = b"<script>alert(1)</script>\"'\xe2\x80\xae\x07"
    talk = [(b"", b"220 " + bad + b"\r\n"), (b"MAIL FROM:<" + bad + b">\r\n", b"550 " + bad + b"\r\n"), (bad, b"")]
    observer, rows, shown = follow(talk)
    everything = "".join(rows) + shown["aside"] + console.static(observer.transcript())
    assert "<script" not in everything and "\u202e" not in everything + shown["title"] and "\x07" not in everything


def test_the_text_of_a_console_names_no_port_and_is_the_same_each_time() -> None:
    one, two = (follow(TALK[:3])[0].transcript() for _ in range(2))
    assert plain(one) == plain(two)
    assert "You may say: RCPT TO:<recipient>" in plain(one)
