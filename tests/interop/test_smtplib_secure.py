"""The standard library's client over STARTTLS, logged in, with letters that are not ASCII: stored octet for octet."""

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

import pytest

from smtplab.net.server import Server

WAIT_S = 5.0


@pytest.fixture(params=[False, True], ids=["lenient", "strict"])
def server(request):
    with Server(tls=True, auth="toy", strict=request.param) as server:
        yield server
        assert server.errors == ()


@pytest.fixture
def smtp(server):
    """A client that has verified the server by its name and says all it has to under TLS."""
    with smtplib.SMTP("localhost", server.address[1], local_hostname="client.example.org", timeout=WAIT_S) as smtp:
        assert smtp.starttls(context=ssl.create_default_context(cafile=server.ca_file))[0] == 220
        assert smtp.sock.version() in ("TLSv1.2", "TLSv1.3")
        yield smtp


def hard_letter():
    """8-bit text, dot lines, a long line, an attachment."""
    message = EmailMessage(policy=SMTP.clone(cte_type="8bit"))
    message["From"] = "Alice <alice@example.com>"
    message["To"] = "Zoe <zoe@elsewhere.example>"
    message["Subject"] = "dots, long lines, eight bits"
    message.set_content(".\n..\nGrüße aus Köln\n.dot\n" + "x" * 900 + "\n", cte="8bit")
    message.add_attachment(bytes(range(256)) * 20, maintype="application", subtype="octet-stream", filename="octets")
    message.set_boundary("=-lab-=")
    return message


@pytest.mark.parametrize("mechanism", ["plain", "login", "cram_md5"])
@pytest.mark.parametrize(("user", "password"), [("alice", "wonderland"), ("bob@example.com", "letmein")])
def test_a_log_in_by_each_mechanism_opens_the_way_elsewhere(server, smtp, mechanism, user, password):
    smtp.user, smtp.password = user, password
    smtp.ehlo()
    name = mechanism.upper().replace("_", "-")
    assert smtp.auth(name, getattr(smtp, f"auth_{mechanism}"))[0] == 235
    sent = hard_letter().as_bytes()
    assert smtp.sendmail("alice@example.com", ["zoe@elsewhere.example"], sent, mail_options=["BODY=8BITMIME"]) == {}
    stored = server.mailbox[-1]
    assert stored.content == sent
    assert stored.envelope.parameters == {"SIZE": str(len(sent)), "BODY": "8BITMIME"}
    assert b" with ESMTPSA id " in stored.trace


def test_login_chooses_by_itself_and_without_it_nothing_is_relayed(server, smtp):
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        smtp.sendmail("alice@example.com", ["zoe@elsewhere.example"], "x\r\n")
    assert smtp.login("alice", "wonderland")[0] == 235
    assert smtp.sendmail("alice@example.com", ["zoe@elsewhere.example"], "x\r\n") == {}


def test_a_wrong_password_is_refused_by_every_mechanism(server, smtp):
    with pytest.raises(smtplib.SMTPAuthenticationError) as caught:
        smtp.login("alice", "letmein")
    assert caught.value.smtp_code == 535
    assert smtp.login("alice", "wonderland")[0] == 235
    assert [e.reply.code for e in server.sessions[-1].exchanges if e.event == "(response)"].count(535) >= 2


def test_send_message_with_addresses_that_are_not_ascii(server, smtp):
    message = EmailMessage(policy=SMTPUTF8)
    message["From"] = "Renée <renée@example.net>"
    message["To"] = "Zoë <zoë@example.com>, 用户 <用户@example.com>"
    message["Subject"] = "Grüße"
    message.set_content("Ä ö ü\n.\n", cte="8bit")
    assert smtp.send_message(message) == {}
    stored = server.mailbox[-1]
    assert stored.content == message.as_bytes(policy=SMTPUTF8.clone(utf8=True))
    assert stored.envelope.reverse_path == "renée@example.net"
    assert stored.envelope.forward_paths == ("zoë@example.com", "用户@example.com")
    assert {"SMTPUTF8", "BODY", "SIZE"} == set(stored.envelope.parameters)
    assert b" with UTF8SMTPS id " in stored.trace
    assert stored.message["Subject"] == "Grüße" and server.mailbox["zoë"] == [stored]


def test_without_smtputf8_the_client_is_told_so_before_it_sends(smtp):
    with Server(without="SMTPUTF8") as plain, smtplib.SMTP(*plain.address, timeout=WAIT_S) as other:
        with pytest.raises(smtplib.SMTPNotSupportedError):
            other.sendmail("renée@example.net", ["bob@example.com"], "x\r\n", mail_options=["SMTPUTF8"])
        assert list(plain.mailbox) == []


def test_a_stranger_to_the_authority_is_not_spoken_with(server):
    with smtplib.SMTP("localhost", server.address[1], timeout=WAIT_S) as smtp:
        with pytest.raises(ssl.SSLCertVerificationError):
            smtp.starttls(context=ssl.create_default_context())
        smtp.close()
    assert list(server.mailbox) == []


def test_a_password_in_the_clear_is_not_even_asked_for(server):
    with smtplib.SMTP(*server.address, timeout=WAIT_S) as smtp, pytest.raises(smtplib.SMTPNotSupportedError):
        smtp.login("alice", "wonderland")
    with Server(auth="toy", auth_in_clear=True) as careless, smtplib.SMTP(*careless.address, timeout=WAIT_S) as smtp:
        assert smtp.login("alice", "wonderland")[0] == 235
