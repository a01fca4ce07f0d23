"""Where accepted mail goes."""

import mailbox
import os
import random
import unicodedata

import pytest

from smtplab.net import mailbox as keeping
from smtplab.net.mailbox import Mailbox, Maildir, folder_name, users_of
from smtplab.net.server import Server
from smtplab.protocol.message import Envelope, Message, StoreFailed
from smtplab.protocol.world import World

OURS = ("example.com",)


pytestmark = pytest.mark.usefixtures("transport")


def mail(*forward_paths, content=b"Subject: x\r\n\r\nhello\r\n", reverse_path="a@example.org"):
    return Message(Envelope(reverse_path, forward_paths), content, b"Return-Path: <a@example.org>\r\n")


def send(client, content, *recipients):
    client.reply()
    client.say(b"HELO me")
    client.say(b"MAIL FROM:<a@example.org>")
    for recipient in recipients:
        assert client.say(b"RCPT TO:<%s>" % recipient).startswith(b"250 ")
    client.say(b"DATA")
    return client.say(content + b".")


@pytest.mark.parametrize(
    ("paths", "users"),
    [
        (("bob@example.com",), ("bob",)),
        (("bob@EXAMPLE.com", "bob@example.com"), ("bob",)),
        (("Bob@example.com", "bob@example.com"), ("Bob", "bob")),
        (("staff@example.com", "carol@example.com"), ("alice", "bob", "carol")),
        (("Postmaster",), ("postmaster",)),
        (("bob@example.org",), ("bob@example.org",)),
        (('"bob"@example.com', '"a \\" b"@example.com'), ("bob", 'a " b')),
    ],
)
def test_whose_a_message_is(paths, users):
    assert users_of(mail(*paths), OURS, World()) == users


@pytest.mark.parametrize(
    ("user", "folder"),
    [
        ("bob", "bob"), ("first.last", "first.last"), (".", "%2E"), ("..", "%2E%2E"), (".bob", "%2Ebob"),
        ("bob.", "bob%2E"), ("a/b", "a%2Fb"), ("a\\b", "a%5Cb"), ("a:b", "a%3Ab"), ("Bob", "%42ob"), ("50%", "50%25"),
        ("nul", "%6Eul"), ("nul.txt", "%6Eul.txt"), ("com1", "%63om1"), ("\0", "%00"), ("ä", "%C3%A4"), ("a+b=c", "a+b=c"),
    ],
)  # fmt: skip
def test_the_folder_of_a_user(user, folder):
    assert folder_name(user) == folder


def test_no_two_users_share_a_folder_on_any_file_system():
    chance = random.Random(1)
    users = {"".join(chance.choices("aAbB.%/:\\ 0_é\u0301", k=chance.randint(1, 5))) for _ in range(20_000)}
    users |= {"x" * 400, "x" * 401, "é" * 64}
    folders = {unicodedata.normalize("NFC", folder_name(user)).lower() for user in users}
    assert len(folders) == len(users)
    assert all(len(folder) < 255 and folder.strip(". ") == folder for folder in folders)


def test_the_mailbox_is_a_sequence_of_transactions():
    box = Mailbox(World())
    for message in (one := mail("bob@example.com"), two := mail("alice@example.com", "bob@example.com")):
        box.store(message, OURS)
    assert len(box) == 2 and box[-1] is two and list(box) == [one, two] and box[:1] == [one]
    assert box["bob"] == [one, two] and box["alice"] == [two] and box["nobody"] == []
    assert box[0].envelope.reverse_path == "a@example.org" and box[0].envelope.forward_paths == ("bob@example.com",)
    assert box[0].message["Subject"] == "x" and box[0].raw.startswith(b"Return-Path: <a@example.org>\r\n")
    assert repr(box) == "<Mailbox of 2 messages>"
    with pytest.raises(IndexError, match="2 messages accepted"):
        box[2]


def test_a_full_memory_refuses_and_drops_nothing(monkeypatch):
    monkeypatch.setattr(keeping, "OCTETS_KEPT", 200)
    box = Mailbox(World())
    box.store(mail("bob@example.com", content=b"x" * 150), OURS)
    with pytest.raises(StoreFailed) as caught:
        box.store(mail("bob@example.com", content=b"x" * 150), OURS)
    assert caught.value.full and len(box) == 1


def test_with_a_folder_memory_keeps_the_latest(monkeypatch, tmp_path):
    monkeypatch.setattr(keeping, "OCTETS_KEPT", 400)
    box = Mailbox(World(), Maildir(tmp_path))
    for number in range(5):
        box.store(mail("bob@example.com", content=b"%d" % number + b"x" * 150), OURS)
    assert [message.content[:1] for message in box] == [b"3", b"4"]
    assert len(list((tmp_path / "bob" / "new").iterdir())) == 5


def test_a_maildir_has_the_octets_as_they_came(tmp_path, connect):
    with Server(maildir=tmp_path / "mail") as server:
        content = b"Subject: dots\r\n\r\n..one\r\nbare\nLF, bare\rCR, \xe9\r\n"
        assert send(connect(server), content, b"bob@example.com", b"Ann/x@example.com").startswith(b"250 ")
        for folder in ("bob", "%41nn%2Fx"):
            (path,) = (tmp_path / "mail" / folder / "new").iterdir()
            assert path.read_bytes() == server.mailbox[-1].raw
        assert server.mailbox[-1].raw.endswith(content.replace(b"..one", b".one"))
        read = mailbox.Maildir(tmp_path / "mail" / "bob", create=False)
        assert [message["Subject"] for message in read] == ["dots"]
    assert sorted(os.listdir(tmp_path / "mail")) == [
        "%41nn%2Fx",
        "alice",
        "bob",
        "carol",
        "dave",
        "postmaster",
        "test",
    ]


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="asks Linux which file a handle is")
def test_the_message_and_its_name_are_synced_before_it_counts_as_stored(tmp_path, monkeypatch):
    synced = []
    real = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda handle: (synced.append(os.readlink(f"/proc/self/fd/{handle}")), real(handle))[1]
    )
    Mailbox(World(), Maildir(tmp_path)).store(mail("bob@example.com"), OURS)
    written, named = synced[-2:]
    assert os.path.dirname(written) == str(tmp_path / "bob" / "tmp") and named == str(tmp_path / "bob" / "new")


def test_a_failure_leaves_the_message_with_nobody_and_becomes_a_451(tmp_path, connect, monkeypatch):
    with Server(maildir=tmp_path) as server:
        (tmp_path / "carol" / "new").rmdir()
        (tmp_path / "carol" / "new").write_text("in the way")
        client = connect(server)
        assert send(client, b"x\r\n", b"bob@example.com", b"carol@example.com").startswith(b"451 ")
        assert list((tmp_path / "bob" / "new").iterdir()) == [] and list(server.mailbox) == []
        assert client.say(b"QUIT").startswith(b"221 ") and server.errors == ()


def test_a_full_disk_becomes_a_452(tmp_path, connect, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    with Server(maildir=tmp_path) as server:
        monkeypatch.setattr(os, "fsync", full)
        assert send(connect(server), b"x\r\n", b"bob@example.com").startswith(b"452 ")
        monkeypatch.undo()
        assert list(server.mailbox) == [] and not list((tmp_path / "bob" / "new").iterdir())


def test_mailboxes_are_bounded(tmp_path, connect, monkeypatch):
    monkeypatch.setattr(keeping, "MAILBOXES", 7)
    with Server(maildir=tmp_path) as server:
        assert send(connect(server), b"x\r\n", b"one@example.com").startswith(b"250 ")
        assert send(connect(server), b"x\r\n", b"two@example.com").startswith(b"452 ")
        assert send(connect(server), b"x\r\n", b"one@example.com", b"bob@example.com").startswith(b"250 ")
        assert len(os.listdir(tmp_path)) == 7


def test_a_folder_that_cannot_be_used_is_said_at_once(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="Give a folder that can be written to"):
        Server(maildir=tmp_path / "file")
