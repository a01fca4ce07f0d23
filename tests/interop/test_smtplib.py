"""The standard library's client against the server: what is stored equals what was sent."""

import smtplib
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from smtplab.net.server import Server
from smtplab.protocol.smtp import State

pytestmark = pytest.mark.usefixtures("transport")

WAIT_S = 5.0
PERSONAS = ("modern", "sendmail-8.9.2", "foreign")


@pytest.fixture(params=[(name, strict) for name in PERSONAS for strict in (False, True)], ids=str)
def server(request):
    name, strict = request.param
    with Server(name, strict=strict) as server:
        yield server
        assert server.errors == ()


def client(server):
    return smtplib.SMTP(*server.address, local_hostname="client.example.org", timeout=WAIT_S)


def letter():
    message = EmailMessage(policy=SMTP)
    message["From"] = "Alice <alice@example.org>"
    message["To"] = "Bob <bob@example.com>, Carol <carol@example.com>"
    message["Subject"] = "dots, long lines, an attachment"
    message.set_content(".\n..\n.begins with a dot\nFrom here\n" + "x" * 900 + "\n", cte="7bit")
    message.add_attachment(bytes(range(256)) * 20, maintype="application", subtype="octet-stream", filename="octets")
    message.set_boundary("=-lab-=")
    return message


def test_a_message_is_stored_as_it_was_sent(server):
    with client(server) as smtp:
        # Not send_message, which writes ">From" where the letter says "From".
        assert smtp.sendmail("alice@example.org", ["bob@example.com", "carol@example.com"], letter().as_bytes()) == {}
    stored = server.mailbox[-1]
    assert stored.content == letter().as_bytes()
    assert stored.raw.startswith(b"Return-Path: <alice@example.org>\r\nReceived: from client.example.org ")
    assert stored.envelope.reverse_path == "alice@example.org"
    assert stored.envelope.forward_paths == ("bob@example.com", "carol@example.com")
    attachment = next(stored.message.iter_attachments())
    assert attachment.get_content() == bytes(range(256)) * 20
    assert server.mailbox["bob"] == server.mailbox["carol"] == [stored] and server.mailbox["alice"] == []
    assert server.sessions[-1].state is State.CLOSED


def test_one_refused_recipient_does_not_cost_the_others(server):
    with client(server) as smtp:
        refused = smtp.sendmail("a@example.org", ["bob@example.com", "nobody@example.com", "full@example.com"], "x\r\n")
        assert {address: code for address, (code, _) in refused.items()} == {
            "nobody@example.com": 550,
            "full@example.com": 552,
        }
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            smtp.sendmail("a@example.org", ["x@elsewhere.example"], "x\r\n")
        assert smtp.noop()[0] == 250
    assert [m.envelope.forward_paths for m in server.mailbox] == [("bob@example.com",)]


def test_a_message_over_the_limit_is_refused():
    with Server(max_size=1000) as server, client(server) as smtp:
        smtp.ehlo()
        assert smtp.esmtp_features["size"] == "1000"
        with pytest.raises(smtplib.SMTPSenderRefused) as caught:
            smtp.sendmail("a@example.org", ["bob@example.com"], "y\r\n" * 1000)
        assert caught.value.smtp_code == 552
        smtp.mail("a@example.org")
        smtp.rcpt("bob@example.com")
        assert smtp.data("y\r\n" * 1000)[0] == 552
        assert list(server.mailbox) == [] and smtp.noop()[0] == 250


def test_eight_bit_text_and_a_null_sender_pass(server):
    with client(server) as smtp:
        smtp.ehlo_or_helo_if_needed()
        options = ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else []
        smtp.sendmail("", ["postmaster"], "Subject: grüße\r\n\r\nä\r\n".encode(), mail_options=options)
    assert server.mailbox[-1].envelope.reverse_path == ""
    assert server.mailbox["postmaster"][0].content == "Subject: grüße\r\n\r\nä\r\n".encode()


def test_many_clients_at_once(server):
    clients = [client(server) for _ in range(30)]
    for number, smtp in enumerate(clients):
        smtp.sendmail(f"a{number}@example.org", ["bob@example.com"], f"{number}\r\n")
    for smtp in reversed(clients):
        smtp.quit()
    assert [m.content for m in server.mailbox["bob"]] == [b"%d\r\n" % number for number in range(30)]
    assert len(server.sessions) == 30
