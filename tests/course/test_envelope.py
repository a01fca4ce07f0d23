"""Notebook 09: its rules are about some letter of the session, and what it says of a server is what ours does."""

from __future__ import annotations

import re
import smtplib

import pytest

from smtplab import Server
from smtplab.course.files import answered, spec
from smtplab.course.judging.attempt import Attempt
from smtplab.course.judging.checks import RULES
from tests.course import clients
from tests.course.attempts import BOB, DATA, DOT, HELO, MAIL, QUIT, RCPT

pytestmark = pytest.mark.usefixtures("transport")
FORM = spec.load("09.4").parts[0].form
assert isinstance(FORM, answered.Sort)


def said(*lines: bytes) -> Attempt:
    server = Server()
    clients.burst(server.address, *lines)
    return Attempt(server.sessions[-1])


@pytest.mark.parametrize("item", FORM.items, ids=lambda item: item.text)
def test_where_a_letter_goes_next_is_where_the_server_would_send_it(item: answered.Item) -> None:
    server = Server() if "port 25" in item.text else Server(auth="toy", auth_in_clear=True)
    (recipient,) = re.findall(r"RCPT TO:<(.*?)>", item.text)
    sender = (*re.findall(r"MAIL FROM:<(.*?)>", item.text), "me@example.com")[0]
    user = re.findall(r"logged in as (\w+)", item.text)
    with smtplib.SMTP(*server.address, local_hostname="me.example.com", timeout=clients.TIMEOUT_S) as client:
        client.ehlo()
        if user:
            client.login(user[0], {"alice": "wonderland", "bob": "letmein"}[user[0]])
        client.mail(sender)
        code = client.rcpt(recipient)[0]
    taken = "mailbox" if recipient.endswith("@example.com") else "pass on"
    assert item.bin == (taken if code == 250 else "refuse")


def test_blind_holds_where_one_of_several_letters_is_blind() -> None:
    named = HELO + MAIL + RCPT + BOB + DATA + b"Bcc: bob@example.com\r\n\r\nx\r\n" + DOT
    blind = MAIL + RCPT + BOB + DATA + b"To: alice@example.com\r\n\r\nx\r\n" + DOT
    judge = RULES["blind"].judge
    assert not judge(said(named, QUIT), "bob@example.com").holds
    assert judge(said(named, blind, QUIT), "bob@example.com").holds


def test_blind_needs_the_recipient_on_the_envelope() -> None:
    found = RULES["blind"].judge(said(HELO + MAIL + RCPT + DATA + b"x\r\n" + DOT + QUIT), "bob@example.com")
    assert not found.holds and "is not on the envelope" in found.message


def test_not_to_is_missed_by_any_letter() -> None:
    one, other = MAIL + RCPT + DATA + b"x\r\n" + DOT, MAIL + BOB + DATA + b"x\r\n" + DOT
    judge = RULES["not_to"].judge
    assert judge(said(HELO, one, QUIT), {"bob@example.com": "to Bob"}).holds
    found = judge(said(HELO, other, one, QUIT), {"bob@example.com": "to Bob"})
    assert not found.holds and found.message == "to Bob" and found.steps
