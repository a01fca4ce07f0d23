"""The mailbox shows what is kept as it is kept: envelope against header, the server's lines marked, nothing rendered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol.message import Envelope, Message, trace_lines
from smtplab.protocol.session import Session
from smtplab.views import mailbox
from tests.views import samples
from tests.views.marks import Page

LETTER = b"From: Alice <alice@example.com>\r\nTo: bob@example.com\r\nSubject: Lunch\r\n\r\nAt noon?\r\n"


def message(content: bytes = LETTER, sender: str = "alice@example.com", *to: str) -> Message:
    envelope = Envelope(sender, to or ("bob@example.com",))
    trace = trace_lines(
        envelope, protocol="ESMTP", name="a.example.com", client_address="127.0.0.1", host="mail.example.com",
        queue_id="A00001", date="Wed, 1 Oct 2008 12:00:00 +0000",
    )  # fmt: skip
    return Message(envelope, content, trace, "A00001")


def rows(markup: str) -> list[bool]:
    """For each line of the opened message whether it is marked as the server's."""
    return [(attrs.get("class") or "") == "added" for tag, attrs in Page(markup).elements if tag == "li"]


def test_a_message_that_a_server_took_is_shown() -> None:
    kept: list[Message] = []
    talk = Session(store=kept.append)
    talk.connect()
    talk.receive(
        b"EHLO a.example.com\r\nMAIL FROM:<alice@example.com>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n"
        + LETTER
        + b".\r\n"
    )
    page = Page(mailbox.mailbox(kept))
    assert "1 message, the newest last" in page.text and "Lunch" in page.text and "At noon?" in page.text


def test_only_the_lines_that_the_server_added_are_marked() -> None:
    mail = message()
    marked = rows(mailbox.message(mail))
    assert marked == [True] * mail.trace.count(b"\r\n") + [False] * mail.content.count(b"\r\n")
    forged = message(b"Received: from nowhere\r\n" + LETTER)
    assert sum(rows(mailbox.message(forged))) == forged.trace.count(b"\r\n")


def test_the_lines_shown_are_the_octets_kept() -> None:
    shown = [line[2:] for line in mailbox.plain([message()]).splitlines() if line[:2] in ("+ ", "  ")]
    assert shown == message().raw.decode().rstrip("\r\n").replace("\r\n\r\n", "\r\n").split("\r\n")


def test_a_recipient_whom_no_header_names_is_told() -> None:
    assert mailbox.unnamed(message(LETTER, "a@example.com", "bob@example.com", "carol@example.com")) == (
        "carol@example.com",
    )
    assert "carol@example.com got it" in mailbox.message(message(LETTER, "a@example.com", "carol@example.com"))
    assert mailbox.unnamed(message()) == ()


def test_a_letter_without_a_header_says_so() -> None:
    page = Page(mailbox.message(message(b"Hello\r\n")))
    assert "no From: line" in page.text and "no Subject: line" in page.text


def test_the_null_path_is_shown_as_two_brackets() -> None:
    assert "<>" in Page(mailbox.listed([message(LETTER, "")])).text


def test_the_opened_message_is_pressed_and_none_may_be_open() -> None:
    mails = [message(), message(), message()]
    assert Page(mailbox.mailbox(mails)).all("aria-pressed") == ["false", "false", "true"]
    assert Page(mailbox.mailbox(mails, 0)).all("aria-pressed") == ["true", "false", "false"]
    assert "No message is open" in Page(mailbox.mailbox(mails, None)).text
    with pytest.raises(IndexError):
        mailbox.mailbox(mails, 3)


def test_an_empty_mailbox_says_so() -> None:
    assert "No message has been accepted yet" in Page(mailbox.mailbox([])).text
    assert mailbox.plain([]) == "No message has been accepted yet."


def test_many_messages_and_long_ones_are_bounded_and_counted() -> None:
    mails = [message()] * 1_000
    assert len(mailbox.listed(mails)) < 20_000 and "970 earlier" in mailbox.listed(mails)
    assert Page(mailbox.listed(mails)).all("data-open")[-1] == "999"
    long = message(LETTER + b"x" * 100_000 + b"\r\n" + b"line\r\n" * 10_000)
    assert len(mailbox.message(long)) < 15_000 and "more lines" in mailbox.message(long)
    many = message(LETTER, "a@example.com", *(f"user{n}@example.com" for n in range(500)))
    assert "and 494 more" in mailbox.message(many) and len(mailbox.message(many)) < 5_000
    assert len(mailbox.plain([long])) < 10_000


@given(st.binary(max_size=400), st.text(max_size=40))
def test_whatever_is_kept_is_well_formed_and_never_raises(content: bytes, path: str) -> None:
    Page(mailbox.mailbox([message(content, path, path)]))
    mailbox.plain([message(content, path, path)])


@pytest.mark.parametrize("canary", samples.CANARIES)
def test_hostile_text_is_shown_as_text(canary: str) -> None:
    octets = canary.encode("utf-8", "surrogatepass")
    content = (
        b"From: "
        + octets
        + b"\r\nTo: "
        + octets
        + b"\r\nCc: "
        + octets
        + b"\r\nSubject: "
        + octets
        + b"\r\n\r\n"
        + octets
        + b"\r\n"
    )
    mail = message(content, canary, canary)
    for markup in (
        mailbox.mailbox([mail]),
        mailbox.mailbox([message(b"Subject: =?utf-8?q?=3Cimg_src=3Dx=3E=E2=80=AE?=\r\n\r\n")]),
    ):
        assert {tag for tag, _ in Page(markup).elements}.isdisjoint({"script", "img", "a", "pre", "b", "svg"} - {"b"})
        assert not any(mark in markup for mark in "\u202e\u2066\u2069\x07\x1b")
    assert not any(mark in mailbox.plain([mail]) for mark in "\u202e\u2066\u2069\x07\x1b")
