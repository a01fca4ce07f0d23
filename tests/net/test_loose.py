"""The loose reader is a lesson's: on loopback, asked for in code, and what it was made to take can be seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smtplab import Server
from smtplab.protocol.manners import LENIENT

LOOSE = replace(LENIENT, data_end="loose")
ENVELOPE = b"MAIL FROM:<%s@example.net>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n"


def test_a_message_smuggled_into_another_appears_in_the_mailbox(connect):
    with Server(manners=LOOSE) as server:
        client = connect(server)
        client.reply()
        client.say(b"EHLO client.example.net")
        smuggled = ENVELOPE % b"evil" + b"Subject: two\r\n\r\nsmuggled\r\n.\r\n"
        client.socket.sendall(ENVELOPE % b"alice" + b"Subject: one\r\n\r\nfirst\n.\r\n" + smuggled + b"QUIT\r\n")
        client.rest()
        assert [(m.envelope.reverse_path, m.message["Subject"]) for m in server.mailbox["bob"]] == [
            ("alice@example.net", "one"),
            ("evil@example.net", "two"),
        ]
        assert any("loose" in remark for remark in server.sessions[-1].remarks)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "mail.example.com"])
def test_it_is_refused_where_others_could_reach_it(host):
    with pytest.raises(ValueError, match="this machine alone"):
        Server(host=host, manners=LOOSE)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost"])
def test_it_is_allowed_on_loopback(host):
    Server(host=host, manners=LOOSE).stop()


def test_it_cannot_be_slipped_in_later_either():
    with Server(host="0.0.0.0") as server:
        with pytest.raises(ValueError, match="this machine alone"):
            server.manners = LOOSE
        assert server.manners.data_end == "standard"
