"""Where POP3's letters lie: order, sizes and ids, files of other programs, and what goes wrong with a folder."""

import os
import poplib
from contextlib import closing
from mailbox import Maildir as StandardMaildir

import pytest

from smtplab.net import mailbox as mailbox_module
from smtplab.net import maildrops as maildrops_module
from smtplab.net.mailbox import Mailbox, Maildir
from smtplab.net.maildrops import MailboxDrops, as_lines, unique_id
from smtplab.net.server import Server
from smtplab.protocol.message import Envelope, Message, StoreFailed
from smtplab.protocol.pop3.maildrop import MaildropBusy
from smtplab.protocol.world import World

OURS = ("example.com",)


def message(content=b"Subject: x\r\n\r\n", to=("bob@example.com",), queue_id="A1"):
    return Message(Envelope("a@example.net", to), content, b"Return-Path: <a@example.net>\r\n", queue_id)


@pytest.fixture(params=["in memory", "in a folder"])
def box(request, tmp_path):
    return Mailbox(World(), None if request.param == "in memory" else Maildir(tmp_path))


def test_the_oldest_letter_comes_first_and_each_has_its_size(box):
    contents = [b"Subject: %d\r\n\r\n" % n + b"x" * n for n in range(30)]
    for content in contents:
        box.store(message(content), OURS)
    drops = MailboxDrops(box)
    letters = drops.open("bob")
    assert [letter.read().partition(b"\r\n")[2] for letter in letters] == [as_lines(content) for content in contents]
    assert [letter.octets for letter in letters] == [len(letter.read()) for letter in letters]
    assert len({letter.uid for letter in letters}) == 30  # though all have one queue id
    drops.close("bob")
    assert list(drops.open("bob")) == list(letters)


def test_it_is_locked_while_it_is_open(box):
    drops = MailboxDrops(box)
    drops.open("bob")
    with pytest.raises(MaildropBusy):
        drops.open("bob")
    drops.open("alice")
    drops.close("bob")
    assert drops.open("bob") == []


def test_a_letter_that_its_user_removed_is_gone_for_him_alone(box):
    for n in range(3):
        box.store(message(b"Subject: %d\r\n\r\n" % n, ("bob@example.com", "alice@example.com")), OURS)
    drops = MailboxDrops(box)
    letters = drops.open("bob")
    drops.close("bob", [letters[1]])
    assert [m.message["Subject"] for m in box["bob"]] == ["0", "2"]
    assert (len(box), len(box["alice"]), len(drops.open("bob")), len(drops.open("alice"))) == (3, 3, 2, 3)


def test_mail_that_nobody_has_any_more_makes_room(monkeypatch):
    monkeypatch.setattr(mailbox_module, "OCTETS_KEPT", 10_000)
    box = Mailbox(World())
    drops = MailboxDrops(box)
    for _ in range(9):
        box.store(message(b"x" * 1000, ("bob@example.com", "alice@example.com")), OURS)
    with pytest.raises(StoreFailed):
        box.store(message(b"x" * 1000), OURS)
    drops.close("bob", drops.open("bob")[:4])
    with pytest.raises(StoreFailed):  # alice has them still
        box.store(message(b"x" * 1000), OURS)
    drops.close("alice", drops.open("alice")[:2])
    assert len(box) == 9
    box.store(message(b"x" * 1000, queue_id="A2"), OURS)
    assert (len(box), len(box["bob"]), len(box["alice"])) == (8, 6, 7)
    for _ in range(2):
        with pytest.raises(StoreFailed):
            box.store(message(b"x" * 2500), OURS)
    assert drops.exists("bob") and drops.named("bob") == "bob"


def test_what_the_latest_in_memory_are_does_not_change_what_a_folder_has(tmp_path, monkeypatch):
    monkeypatch.setattr(mailbox_module, "OCTETS_KEPT", 3000)
    box = Mailbox(World(), Maildir(tmp_path))
    drops = MailboxDrops(box)
    for n in range(5):
        box.store(message(b"%d" % n * 1000), OURS)
    assert len(box) == 2
    letters = drops.open("bob")
    assert len(letters) == 5
    drops.close("bob", [letters[0], letters[4]])
    assert (len(box["bob"]), len(box), len(drops.open("bob"))) == (1, 2, 3)


def test_letters_of_other_programs_are_read_with_their_line_ends_mended(tmp_path):
    box = Mailbox(World(), Maildir(tmp_path))
    theirs = StandardMaildir(tmp_path / "bob", create=False)
    (tmp_path / "bob" / "new" / "1000000001.M5P1.other").write_bytes(b"Subject: second\n\n.\nlast")
    (tmp_path / "bob" / "cur" / "1000000000.M900000P1.other:2,S").write_bytes(b"Subject: first\n\nx\n")
    (tmp_path / "bob" / "new" / ("1000000002." + "h" * 90)).write_bytes(b"")
    by_name = tmp_path / "bob" / "new" / "no number"
    by_name.write_bytes(b"Subject: named\r\n")
    os.utime(by_name, (999_999_999, 999_999_999))
    box.store(message(b"Subject: ours\r\n\r\n"), OURS)
    letters = MailboxDrops(box).open("bob")
    assert [letter.read() for letter in letters[:4]] == [
        b"Subject: named\r\n",
        b"Subject: first\r\n\r\nx\r\n",
        b"Subject: second\r\n\r\n.\r\nlast\r\n",
        b"",
    ]
    assert letters[4].read().endswith(b"Subject: ours\r\n\r\n")
    assert [letter.octets for letter in letters[:4]] == [16, 21, 28, 0]
    assert letters[1].uid == "1000000000.M900000P1.other"
    assert all(1 <= len(letter.uid) <= 70 and " " not in letter.uid for letter in letters)
    assert len(theirs) == 5


def test_reading_changes_no_file(tmp_path):
    box = Mailbox(World(), Maildir(tmp_path))
    box.store(message(), OURS)

    def files():
        return {str(path): path.stat().st_mtime_ns for path in tmp_path.rglob("*")}

    before, drops = files(), MailboxDrops(box)
    for letter in drops.open("bob"):
        letter.read()
    drops.close("bob")
    assert files() == before


def test_who_is_known_by_a_folder_stays_known(tmp_path):
    Mailbox(World(), Maildir(tmp_path)).store(message(to=("Zoe@example.com",)), OURS)
    drops = MailboxDrops(Mailbox(World(), Maildir(tmp_path)))
    assert drops.exists("Zoe") and not drops.exists("zoe") and drops.named("zoe") == "zoe"
    assert len(drops.open("Zoe")) == 1


@pytest.fixture
def folder(tmp_path):
    with Server(pop3=True, maildir=tmp_path) as server:
        for n in range(3):
            server.mailbox.store(message(b"Subject: %d\r\n\r\n" % n), OURS)
        pop = poplib.POP3(*server.pop3_address, timeout=5)
        pop.user("bob")
        pop.pass_("letmein")
        yield server, pop, tmp_path / "bob" / "new"
        with closing(pop.file or pop):
            assert server.errors == ()


def file_of(number, new):
    """A letter's file, found by what is in it: names do not sort by age."""
    return next(path for path in new.iterdir() if b"Subject: %d\r\n" % number in path.read_bytes())


def test_a_file_that_somebody_took_away_is_an_error_and_no_more(folder):
    server, pop, new = folder
    file_of(1, new).unlink()
    with pytest.raises(poplib.error_proto, match="cannot be read"):
        pop.retr(2)
    assert b"Subject: 2" in pop.retr(3)[1]
    pop.dele(2)
    assert pop.quit().startswith(b"+OK ")  # it is not there: that is what was wanted
    assert len(list(new.iterdir())) == 2 and len(server.mailbox["bob"]) == 3


def test_a_letter_that_another_program_has_seen_is_still_read_and_removed(folder):
    _, pop, new = folder
    seen = file_of(0, new)
    seen.rename(new.parent / "cur" / f"{seen.name}:2,S")
    assert b"Subject: 0" in pop.retr(1)[1]
    pop.dele(1)
    pop.quit()
    assert len([path for part in ("new", "cur") for path in (new.parent / part).iterdir()]) == 2


def test_where_a_file_cannot_be_removed_quit_says_so_and_the_rest_is_gone(folder, monkeypatch):
    server, pop, new = folder
    stuck = file_of(0, new).name
    remove = os.remove

    def unwilling(path, **named):
        if str(path).endswith(stuck):
            raise PermissionError(path)
        remove(path, **named)

    monkeypatch.setattr(os, "remove", unwilling)
    pop.dele(1)
    pop.dele(2)
    with pytest.raises(poplib.error_proto, match=r"could not be removed: the folder cannot be written"):
        pop.quit()
    pop.sock.close()
    assert len(list(new.iterdir())) == 2
    assert [m.message["Subject"] for m in server.mailbox["bob"]] == ["0", "2"]
    assert server.waiting == ()


def test_a_folder_that_cannot_be_read_is_told(tmp_path, monkeypatch):
    def unreadable(*_):
        raise PermissionError("no")

    with Server(pop3=True, maildir=tmp_path) as server:
        monkeypatch.setattr(os, "listdir", unreadable)
        monkeypatch.setattr(os, "scandir", unreadable)
        pop = poplib.POP3(*server.pop3_address, timeout=5)
        with closing(pop):
            pop.user("bob")
            with pytest.raises(poplib.error_proto, match=r"\[SYS/TEMP\]"):
                pop.pass_("letmein")
            monkeypatch.undo()
            pop.user("bob")
            pop.pass_("letmein")


def test_sizes_are_read_once_and_letters_when_they_are_asked_for(tmp_path, monkeypatch):
    box = Mailbox(World(), Maildir(tmp_path))
    for n in range(1000):
        (tmp_path / "bob" / "new" / f"{1_000_000_000 + n}.M1P1Q{n}.host").write_bytes(b"Subject: x\r\n\r\n" + b"x" * n)
    drops = MailboxDrops(box)
    letters = drops.open("bob")
    assert [letter.octets for letter in letters] == [16 + n if n else 14 for n in range(1000)]
    drops.close("bob")
    monkeypatch.setattr(maildrops_module, "_read", lambda *_: pytest.fail("read again"))
    assert list(drops.open("bob")) == list(letters)


@pytest.mark.parametrize(
    ("name", "is_kept"),
    [("A00001", True), ("x" * 70, True), ("x" * 71, False), ("a b", False), ("é", False), ("", False)],
)
def test_a_unique_id_is_1_to_70_printable_characters(name, is_kept):
    assert (unique_id(name) == name) == is_kept
    assert 1 <= len(unique_id(name)) <= 70 and unique_id(name).isascii()
