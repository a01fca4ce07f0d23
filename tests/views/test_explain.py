"""explain(): whatever a learner may paste gets plain words, or one sentence that says what to give instead."""

from __future__ import annotations

import argparse
import io
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.cli import explain as command
from smtplab.protocol.replies import EnhancedCode, Reply
from smtplab.protocol.transcript import Transcript
from smtplab.views.explain import Explanation, explain
from smtplab.views.text import esc, visible

HOSTILE = '<script>alert("1")</script>&\'\u202e\x07\x1b[2J'


def rows(told: Explanation) -> dict[str, str]:
    """The rows by label; those that share one, or have none, are joined."""
    found: dict[str, str] = {}
    for row in told.rows:
        found[row.label] = f"{found[row.label]} {row.text}" if row.label in found else row.text
    return found


class Tags(HTMLParser):
    """The tags of a piece of HTML, and whether each was closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.feed(text)
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


# ----------------------------------------------------------------------------------------- what it takes


@pytest.mark.parametrize("what", [550, "550", " 550\r\n", b"550\r\n", "S: 550"])
def test_a_code_is_explained_digit_by_digit(what: int | str | bytes) -> None:
    told = explain(what)
    assert rows(told)["5.."].startswith("permanent negative")
    assert rows(told)[".5."].startswith("mail system")
    assert "2 positive completion, 3 positive intermediate, 4 transient negative" in str(told)
    assert "RFC 5321 §4.2.3" in str(told) and "tell the sender" in rows(told)["client"]


def test_a_whole_code_has_all_its_other_digits() -> None:
    told = explain(250)
    assert "(others: 3 positive intermediate, 4 transient negative, 5 permanent negative)" in str(told)
    assert "0 syntax, 1 information, 2 connections, 3 unspecified, 4 unspecified" in str(told)


@pytest.mark.parametrize("what", ["550 5.1.1 no such user", Reply(550, "no such user", EnhancedCode(5, 1, 1))])
def test_a_reply_is_explained_with_its_enhanced_code_and_its_text(what: str | Reply) -> None:
    told = explain(what)
    assert told.what == "550 5.1.1 no such user" and told.name == "mailbox unavailable"
    assert rows(told)["x.x.1"].startswith("no such mailbox") and rows(told)["text"] == "no such user"


@pytest.mark.parametrize("what", ["5.1.1", EnhancedCode(5, 1, 1)])
def test_an_enhanced_code_is_explained_number_by_number(what: str | EnhancedCode) -> None:
    found = rows(explain(what))
    assert found["5.x.x"].startswith("permanent failure") and found["x.1.x"].startswith("addressing")
    assert found["x.x.1"].startswith("no such mailbox") and found["beside"] == "550"


def test_a_detail_that_nobody_registered_is_said_to_be_none() -> None:
    assert rows(explain("5.1.99"))["x.x.99"] == "not registered"


def test_the_hyphen_of_an_inner_line_is_explained() -> None:
    told = explain("250-SIZE 1000")
    assert told.what == "250-SIZE 1000" and "more lines" in rows(told)["-"] and rows(told)["text"] == "SIZE 1000"


def test_a_multiline_reply_is_one_reply() -> None:
    told = explain("250-mail.example.com\r\n250 HELP\r\n")
    assert told.what == "250 in 2 lines" and "mail.example.com" in str(told) and "HELP" in str(told)


@pytest.mark.parametrize("what", ["MAIL FROM:<a@b>", "mail from:<a@b>", "C: MAIL FROM:<a@b>"])
def test_a_command_is_explained_by_its_syntax_and_its_replies(what: str) -> None:
    found = rows(explain(what))
    assert found["syntax"] == "MAIL FROM:<sender>" and "250 ok" in found["replies"]
    assert found["section"] == "RFC 5321 §4.1.1.2"


def test_a_lone_dot_is_the_end_of_the_mail_data() -> None:
    assert explain(".").name == "(end of data)"


def test_an_unknown_code_is_explained_by_its_first_digit() -> None:
    told = explain(499)
    assert told.name == "transient negative" and "try again later" in rows(told)["client"]
    assert rows(told)[".9."] == "a digit without a meaning"


# -------------------------------------------------------------------------------------------- the event


def test_the_event_decides_what_a_client_does_on_250() -> None:
    assert "server's duty" in rows(explain(250, event="(end of data)"))["client"]
    assert "server's duty" not in rows(explain(250, event="NOOP"))["client"]


def test_the_event_says_where_the_code_leads() -> None:
    assert rows(explain(250, event="MAIL"))["state"] == "moves to MAIL"
    assert rows(explain(550, event="mail"))["state"] == "stays as it is"
    assert rows(explain(421, event="NOOP"))["state"] == "moves to CLOSED"


def test_a_code_that_the_event_does_not_list_is_said_to_be_unlisted() -> None:
    assert "does not list 354 for NOOP" in str(explain(354, event="NOOP"))
    assert "does not list" not in str(explain(250, event="NOOP"))


def test_an_unknown_event_is_refused_with_the_list_of_events() -> None:
    with pytest.raises(ValueError, match=r"\"POKE\" is no event\. Give one of: \(connect\), HELO"):
        explain(250, event="POKE")


# ---------------------------------------------------------------------------------------- whole sessions

SESSION = """\
S: 220 mail.example.com ready
C: EHLO me.example.com
S: 250-mail.example.com
S: 250 AUTH PLAIN
C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=
S: 235 welcome
C: MAIL FROM:<a@example.com>
S: 250 ok
C: RCPT TO:<bob@example.com>
S: 550 <b>no</b>
C: QUIT
S: 221 bye
"""


def test_every_reply_of_a_session_is_explained_in_a_line_with_the_state_after_it() -> None:
    told = str(explain(SESSION))
    assert told.startswith("A session  11 steps, 6 of them replies")
    for line in (
        "220 after (connect): service ready. Say EHLO, or HELO. State: GREETED.",
        "250 after MAIL: ok. Name the recipients with RCPT. State: MAIL.",
        "221 after QUIT: closing. Close the connection; every earlier 250 still holds. State: CLOSED.",
    ):
        assert f"\n      {line}" in told
    assert "State: MAIL." in told.split("550 after RCPT")[1].split("QUIT")[0]
    assert all(line.removeprefix("S: ") in told for line in SESSION.splitlines() if line.startswith("S: "))


def test_a_session_is_explained_alike_as_text_and_as_a_transcript() -> None:
    assert str(explain(Transcript.parse(SESSION))) == str(explain(SESSION)) == str(explain(SESSION.encode()))


def test_a_password_in_a_session_is_masked() -> None:
    told = explain(SESSION)
    assert "AGFsaWNl" not in str(told) + told._repr_html_() and "AUTH PLAIN ****" in str(told)


def test_a_session_without_replies_is_explained_by_its_commands() -> None:
    told = str(explain("C: HELO me\nC: MAIL FROM:<a@b>\nC: RCPT TO:<c@d>\nC: DATA\nC: hi\nC: .\nC: QUIT\n"))
    assert "0 of them replies" in told and "You name one recipient" in told and "A dot alone" in told


def test_html_from_the_wire_stays_text_in_a_session() -> None:
    page = explain(SESSION)._repr_html_()
    assert "&lt;b&gt;no&lt;/b&gt;" in page and "b" not in Tags(page).seen


def test_what_is_no_session_is_refused_with_a_remedy() -> None:
    with pytest.raises(ValueError, match="C: HELO me"):
        explain("once upon\na time")


# -------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize("what", [999, "999", 0, -1, 199, 600, None, 2.5, True])
def test_what_is_no_code_is_refused_with_the_range(what: object) -> None:
    with pytest.raises(ValueError, match=r"is no reply code\. Give a whole number from 200 to 599, such as 250\."):
        explain(what)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("hello", '"hello" is nothing known here. Is it HELO? Give a reply code'),
        ("", "There is nothing to explain. Give a reply code"),
        (" \r\n", "There is nothing to explain."),
        ("Subject: hi", "is nothing known here. Give a reply code"),
        ("9" * 5000, "is nothing known here."),
        ("<b>\x07", '"<b>\\x07" is nothing known here.'),
        ("5.01.1", "as in 5.1.1"),
        ("650 x", "Line 1 of the reply, '650 x', is malformed"),
    ],
)
def test_other_input_is_refused_with_a_remedy(what: str, says: str) -> None:
    with pytest.raises(ValueError) as refusal:
        explain(what)
    assert says in str(refusal.value) and len(str(refusal.value)) < 320


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_input_is_explained_or_refused(what: str | bytes) -> None:
    try:
        told = explain(what)
    except ValueError as refusal:
        assert str(refusal)
    else:
        assert str(told) and Tags(told._repr_html_()).seen


# ------------------------------------------------------------------------------------------ the two forms


@pytest.mark.parametrize("what", [250, "5.1.1", "MAIL FROM:<a@b>", "550 5.1.1 no", "250-a\r\n250 b"])
def test_words_and_html_say_the_same(what: int | str) -> None:
    told = explain(what)
    bundle = told._repr_mimebundle_()
    assert bundle == {"text/plain": str(told), "text/html": told._repr_html_()}
    for row in told.rows:
        assert esc(row.text) in bundle["text/html"]
        assert row.text.split()[0] in bundle["text/plain"]
    assert repr(told) == str(told)


@pytest.mark.parametrize("what", [f"550 {HOSTILE}", f"MAIL FROM:<{HOSTILE}>", f"250-{HOSTILE}\r\n250 {HOSTILE}"])
def test_foreign_text_is_escaped_in_html_and_made_visible_in_words(what: str) -> None:
    told = explain(what)
    page, words = told._repr_html_(), str(told)
    assert "script" not in Tags(page).seen and "&lt;script&gt;" in page
    for unseen in ("\u202e", "\x07", "\x1b"):
        assert unseen not in page and unseen not in words
    assert "\\u202e" in page and "\\x1b" in words


def test_no_line_of_our_own_words_is_longer_than_100_characters() -> None:
    for code in range(200, 600):
        assert max(map(len, str(explain(code)).split("\n"))) <= 100


# -------------------------------------------------------------------------------------------- esc, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<a href='x'>&\"", "&lt;a href=&#x27;x&#x27;&gt;&amp;&quot;"),
        ("\x00\x07\x1b\x7f\x9b", "\\x00\\x07\\x1b\\x7f\\x9b"),
        ("a\r\nb\tc", "a\\r\\nb\tc"),
        ("\u200e\u200f\u202a\u202e\u2066\u2069\u061c", "\\u200e\\u200f\\u202a\\u202e\\u2066\\u2069\\u061c"),
        ("\ud800\udfff", "\\ud800\\udfff"),
        ("\u2028\u2029\ufeff", "\\u2028\\u2029\\ufeff"),
        ("caf\u00e9 \u65e5\u672c \U0001f600", "caf\u00e9 \u65e5\u672c \U0001f600"),
    ],
)
def test_esc_shows_what_is_there(text: str, shown: str) -> None:
    assert esc(text) == shown


def test_lines_break_only_where_they_may() -> None:
    assert esc("a\n<", breaks=True) == "a\n&lt;" and visible("a\r\nb", breaks=True) == "a\\r\nb"


@given(st.text(st.characters(exclude_categories=())))
def test_escaped_text_has_no_markup_and_can_be_sent(text: str) -> None:
    shown = esc(text)
    assert not set(shown) & set("<>\"'\r\n\x00\u202e")
    shown.encode("utf-8")


# ----------------------------------------------------------------------------------------- the command line


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(list(words)))


def test_the_command_prints_what_explain_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("550") == 0
    assert capsys.readouterr() == (f"{explain(550)}\n", "")


def test_words_need_no_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("550", "5.1.1", "no", "such", "user") == 0
    assert capsys.readouterr().out == f"{explain('550 5.1.1 no such user')}\n"


def test_a_file_and_standard_input_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = b"250-a\r\n250 \xff\r\n"
    path = tmp_path / "reply.txt"
    path.write_bytes(raw)
    assert run(str(path)) == 0
    from_file = capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    assert run("-") == 0
    assert capsys.readouterr().out == from_file == f"{explain(raw)}\n"


def test_the_event_may_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("250", "--event", "(end of data)") == 0
    assert "server's duty" in capsys.readouterr().out


@pytest.mark.parametrize("words", [("999",), ("hello",), ("no-such-file.txt",), ("250", "--event", "POKE")])
def test_wrong_use_is_one_line_on_standard_error_and_exit_2(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.startswith("smtplab explain: ") and "Give" in err


def test_a_refusal_of_several_lines_still_becomes_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise ValueError("No.\nGive 550.")

    monkeypatch.setattr(command, "explain", refuse)
    assert run("x") == 2
    assert capsys.readouterr().err == "smtplab explain: No. Give 550.\n"


def test_a_terminal_that_cannot_show_a_letter_gets_it_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(screen, encoding="ascii", write_through=True))
    assert run("550", "caf\u00e9") == 0
    assert b"caf\\xe9" in screen.getvalue()
