"""Mail that SMTP brought is fetched by POP3 from the same server: byte for byte, locked, and removed by QUIT alone."""

import gc
import poplib
import smtplib
import socket
import ssl
import threading
from contextlib import closing

import pytest

from smtplab.net.dial import dial
from smtplab.net.server import Server
from smtplab.protocol.pop3.machine import POP3, State
from smtplab.protocol.smtp import SMTP

WAIT_S = 30.0
NAMES = {"bob": "letmein", "alice": "wonderland"}


@pytest.fixture(params=["in memory", "in a folder"])
def server(request, tmp_path):
    with Server(pop3=True, maildir=None if request.param == "in memory" else tmp_path / "mail") as made:
        yield made
        assert made.errors == ()


def send(server, *contents, to=("bob@example.com",)):
    """Says each as it is, by BDAT: any octet may come in it, and no line end is added."""
    with smtplib.SMTP(*server.address, timeout=WAIT_S) as smtp:
        smtp.ehlo("c.example.net")
        for content in contents:
            smtp.mail("a@example.net", ["BODY=8BITMIME"])
            for each in to:
                smtp.rcpt(each)
            smtp.send(b"BDAT %d LAST\r\n" % len(content) + content)
            code, text = smtp.getreply()
            assert code == 250, text


def log_in(server, user="bob", password=None):
    pop = poplib.POP3(*server.pop3_address, timeout=WAIT_S)
    pop.user(user)
    pop.pass_(NAMES.get(user, "letmein") if password is None else password)
    return pop


def own(lines):
    """The lines of a letter without the trace lines on top, which the server adds."""
    return [
        line for n, line in enumerate(lines) if n > 3 or not line.startswith((b"Return-Path:", b"Received:", b"\t"))
    ]


def fetched(pop, number):
    """A letter's octets, without the trace lines."""
    return b"".join(line + b"\r\n" for line in own(pop.retr(number)[1]))


# ------------------------------------------------------------------------------------------------- what comes back
WHOLE = {
    "dots": b"Subject: x\r\n\r\n.\r\n..\r\n.dot\r\n...\r\n\r\n.\r\nend\r\n",
    "long lines": b"Subject: x\r\n\r\n" + b"x" * 998 + b"\r\n" + b"." * 998 + b"\r\n",
    "eight bits": "Subject: x\r\n\r\nGrüße, 用户\r\n".encode() + bytes(range(128, 256)) + b"\r\n",
    "an empty body": b"Subject: x\r\n\r\n",
    "a header alone": b"Subject: x\r\n",
    "control characters": b"Subject: x\r\n\r\na\0b\x1b[31m\r\ra\r\n",
    "what looks like a reply": b"Subject: x\r\n\r\n+OK\r\n-ERR no\r\n250 ok\r\n",
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_letter_comes_back_octet_for_octet(server, name):
    send(server, WHOLE[name])
    with closing(log_in(server)) as pop:
        assert fetched(pop, 1) == WHOLE[name]
        _, octets = pop.stat()
        assert octets == len(server.mailbox[-1].raw)
        assert pop.list(1).split()[1:] == [b"1", b"%d" % octets]
        assert b"+OK %d octets" % octets == pop.retr(1)[0]


@pytest.mark.parametrize("content", [b"Subject: x\r\n\r\nno end", b"", b"Subject: x\r\n\r\nCR at the end\r"])
def test_a_last_line_without_an_end_gets_one_and_it_is_counted(server, content):
    send(server, content)
    with closing(log_in(server)) as pop:
        assert fetched(pop, 1) == content + (b"\r\n" if content else b"")
        assert sum(len(line) + 2 for line in pop.retr(1)[1]) == pop.stat()[1]


@pytest.mark.parametrize("trap", [b"a\n.\nb\r\n", b"a\n.\r\nb\r\n", b"a\r\n.\nb\r\n", b"\n.\n"])
def test_no_dot_between_bare_lf_ends_a_letter_for_a_client_that_reads_lines_by_lf(server, trap):
    send(server, b"Subject: x\r\n\r\n" + trap, b"Subject: next\r\n\r\n")
    with closing(log_in(server)) as pop:
        assert fetched(pop, 1) == b"Subject: x\r\n\r\n" + trap.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        assert pop.list(1).split()[2] == b"%d" % sum(len(line) + 2 for line in pop.retr(1)[1])
        assert fetched(pop, 2) == b"Subject: next\r\n\r\n"


def test_top_brings_the_header_and_so_many_lines(server):
    send(server, b"Subject: x\r\n\r\n.one\r\n\r\nthree\r\n", b"Subject: no body\r\n")
    with closing(log_in(server)) as pop:
        for number, body in enumerate(([], [b".one"], [b".one", b""], [b".one", b"", b"three"])):
            assert own(pop.top(1, number)[1]) == [b"Subject: x", b"", *body]
        assert pop.top(1, 999_999_999)[1] == pop.retr(1)[1]
        assert pop.top(2, 5)[1] == pop.retr(2)[1]


def test_a_letter_of_5_mb_and_a_thousand_small_ones(server):
    large = b"Subject: large\r\n\r\n" + b"".join(b".%079d\r\n" % n for n in range(60_000))
    send(server, large, *(b"Subject: %d\r\n\r\n.%d\r\n" % (n, n) for n in range(1000)))
    with closing(log_in(server)) as pop:
        assert pop.stat()[0] == 1001
        assert fetched(pop, 1) == large
        assert [int(line.split()[0]) for line in pop.list()[1]] == list(range(1, 1002))
        uids = [line.split()[1] for line in pop.uidl()[1]]
        assert len(set(uids)) == 1001
        for n in range(1000):
            assert fetched(pop, n + 2) == b"Subject: %d\r\n\r\n.%d\r\n" % (n, n)
            pop.dele(n + 2)
        pop.quit()
    assert len(server.mailbox["bob"]) == 1
    assert server.mailbox["bob"][0].content == large


# ------------------------------------------------------------------------------------------- removed, and not removed
def subjects(server, user="bob"):
    return [message.message["Subject"] for message in server.mailbox[user]]


def stored(server, user="bob"):
    """The same, as the next session sees it."""
    with closing(log_in(server, user)) as pop:
        found = [own(pop.top(n, 0)[1])[0].decode().removeprefix("Subject: ") for n in range(1, pop.stat()[0] + 1)]
        pop.quit()
    return found


def three(server, **named):
    send(server, *(b"Subject: %d\r\n\r\n" % n for n in (1, 2, 3)), **named)


def test_quit_removes_what_is_marked(server):
    three(server)
    with closing(log_in(server)) as pop:
        pop.dele(2)
        assert subjects(server) == ["1", "2", "3"]
        with pytest.raises(poplib.error_proto, match="marked"):
            pop.retr(2)
        assert [line.split()[0] for line in pop.list()[1]] == [b"1", b"3"]
        assert pop.quit().startswith(b"+OK ")
    assert subjects(server) == stored(server) == ["1", "3"]
    assert len(server.mailbox) == 3  # the messages accepted, whoever has read them


def test_rset_takes_the_marks_off(server):
    three(server)
    with closing(log_in(server)) as pop:
        pop.dele(1)
        pop.rset()
        pop.quit()
    assert subjects(server) == stored(server) == ["1", "2", "3"]


@pytest.mark.parametrize("how", ["close", "shutdown", "reset", "server stops"])
def test_without_quit_nothing_is_removed_and_the_maildrop_is_free_again(server, how):
    three(server)
    with closing(log_in(server)) as pop:
        pop.dele(1)
        if how == "shutdown":
            pop.sock.shutdown(socket.SHUT_WR)
            assert pop.file.read() == b""
        elif how == "reset":
            pop.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        elif how == "server stops":
            server.stop()
            assert pop.file.read() == b""  # closed without a word
            server.start()
    assert server.waiting == ()
    assert subjects(server) == stored(server) == ["1", "2", "3"]


def test_a_client_that_is_killed_amid_a_letter_unlocks(server):
    send(server, b"Subject: large\r\n\r\n" + b"x\r\n" * 3_000_000)
    with socket.create_connection(server.pop3_address, timeout=WAIT_S) as sock:
        sock.sendall(b"USER bob\r\nPASS letmein\r\nDELE 1\r\nRSET\r\nRETR 1\r\n")
        heard = b""
        while b"Subject: large" not in heard:
            heard += sock.recv(4096)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert stored(server) == ["large"]


def test_what_comes_meanwhile_is_seen_by_the_next_session(server):
    three(server)
    with closing(log_in(server)) as pop:
        send(server, b"Subject: 4\r\n\r\n")
        pop.dele(1)
        assert pop.stat()[0] == 2
        pop.quit()
    assert stored(server) == ["2", "3", "4"]


def test_a_letter_to_several_is_removed_for_one(server):
    three(server, to=("bob@example.com", "staff@example.com"))
    with closing(log_in(server)) as pop:
        pop.dele(1)
        pop.quit()
    assert (subjects(server), subjects(server, "alice")) == (["2", "3"], ["1", "2", "3"])
    assert stored(server, "alice") == stored(server, "carol") == ["1", "2", "3"]


def test_unique_ids_stay_from_session_to_session_and_are_told_apart(tmp_path):
    # This persona's queue ids begin anew with each session of SMTP.
    for folder in (None, tmp_path / "mail"):
        with Server("sendmail-8.9.2", pop3=True, maildir=folder) as server:
            for subject in (b"1", b"2", b"3"):
                send(server, b"Subject: " + subject + b"\r\n\r\n")
            with closing(log_in(server)) as pop:
                first = [line.split()[1] for line in pop.uidl()[1]]
                pop.dele(1)
                pop.quit()
            send(server, b"Subject: 4\r\n\r\n")
            with closing(log_in(server)) as pop:
                again = [line.split()[1] for line in pop.uidl()[1]]
            assert again[:2] == first[1:] and len({*first, *again}) == 4
            assert all(1 <= len(uid) <= 70 for uid in first)


def test_in_a_folder_letters_and_their_ids_outlive_the_server(tmp_path):
    with Server(pop3=True, maildir=tmp_path) as server:
        three(server)
        with closing(log_in(server)) as pop:
            before = pop.uidl()[1]
    first = before[0].split()[1].decode()  # which another program has seen meanwhile
    (tmp_path / "bob" / "new" / first).rename(tmp_path / "bob" / "cur" / f"{first}:2,S")
    with Server(pop3=True, maildir=tmp_path) as server:
        with closing(log_in(server)) as pop:
            assert pop.uidl()[1] == before
            assert b"Subject: 1" in pop.retr(1)[1]
            pop.dele(1)
            pop.dele(3)
            pop.quit()
        assert stored(server) == ["2"]
        assert len(list((tmp_path / "bob").rglob("*.*"))) == 1
        assert server.mailbox["bob"] == []  # what an earlier server accepted


# ----------------------------------------------------------------------------------------------------------- who may
def test_a_maildrop_is_one_clients_at_a_time(server):
    three(server)
    with closing(log_in(server)) as first, closing(log_in(server, "alice")):
        with pytest.raises(poplib.error_proto, match=r"^b'-ERR \[IN-USE\] "):
            log_in(server)
        first.quit()
        log_in(server).close()


@pytest.mark.parametrize("name", ["bob", "Bob", "BOB@example.com", "bob@EXAMPLE.COM", '"bob"', '"b\\ob"@example.com'])
def test_names_that_mean_bob(server, name):
    three(server)
    with closing(log_in(server, name, "letmein")) as pop:
        assert pop.stat()[0] == 3


def test_a_local_part_keeps_its_case_where_mail_came_for_it(server):
    send(server, b"Subject: to bob\r\n\r\n")
    send(server, b"Subject: to Bob\r\n\r\n", to=("Bob@example.com",))
    assert (stored(server, "bob"), stored(server, "Bob"), stored(server, "BOB")) == (["to bob"], ["to Bob"], ["to bob"])


def test_whoever_has_mail_is_somebody(server):
    with pytest.raises(poplib.error_proto, match=r"\[AUTH\]"):
        log_in(server, "zoe")
    send(server, b"Subject: 1\r\n\r\n", to=("zoe@example.com", '"john smith"@example.com', "Postmaster"))
    assert stored(server, "zoe") == stored(server, "john smith") == stored(server, "POSTMASTER") == ["1"]
    with closing(log_in(server, "zoe")) as pop:
        pop.dele(1)
        pop.quit()
    assert stored(server, "zoe") == []  # and stays somebody


@pytest.mark.parametrize(
    ("user", "password"), [("bob", "wonderland"), ("alice", "letmein"), ("staff", "letmein"), ("bob", "")]
)
def test_a_wrong_password_or_no_user_is_refused_alike(server, user, password):
    three(server, to=("staff@example.com",))
    with closing(poplib.POP3(*server.pop3_address, timeout=WAIT_S)) as pop:
        assert pop.user(user).startswith(b"+OK ")
        with pytest.raises(poplib.error_proto, match=r"^b'-ERR \[AUTH\] Name or password is wrong'$"):
            pop.pass_(password)
        pop.user("bob")
        pop.pass_("letmein")


def test_accounts_take_the_place_of_the_toy_worlds():
    accounts = [("ann", "a: b "), ("ben@example.com", "c")]
    with Server(pop3=True, auth=accounts, auth_in_clear=True) as server:
        three(server, to=("ann@example.com", "ben@example.com"))
        for user, password in [("ann", "a: b "), ("ann@example.com", "a: b "), ("ben@example.com", "c")]:
            with closing(log_in(server, user, password)) as pop:
                assert pop.stat()[0] == 3
        for user, password in [("ann", "a: b"), ("ANN", "a: b "), ("ben", "c"), ("bob", "letmein")]:
            with pytest.raises(poplib.error_proto, match=r"\[AUTH\]"):
                log_in(server, user, password)


def test_the_password_is_remarked_in_the_clear_and_never_shown(server):
    log_in(server).close()
    said = server.sessions[-1]
    assert "the password crossed the wire in the clear" in said.remarks
    assert "letmein" not in said.text() + said.to_json()


def test_stls_with_a_client_that_verifies():
    with Server(pop3=True, tls=True) as server:
        three(server)
        with closing(poplib.POP3("localhost", server.pop3_address[1], timeout=WAIT_S)) as pop:
            assert "STLS" in pop.capa()
            pop.stls(server.client_context())
            assert "STLS" not in pop.capa()
            pop.user("bob")
            pop.pass_("letmein")
            assert fetched(pop, 3) == b"Subject: 3\r\n\r\n"
            pop.dele(3)
            pop.quit()
        assert subjects(server) == ["1", "2"]
        said = server.sessions[-1]
        assert said.facts.tls and said.remarks == () and said.state is State.CLOSED
        pop = poplib.POP3("localhost", server.pop3_address[1], timeout=WAIT_S)
        with closing(pop.file), pytest.raises(ssl.SSLCertVerificationError):
            pop.stls(ssl.create_default_context())  # it trusts the system's authorities: not ours
        assert server.sessions[-1].state is State.CLOSED


def test_without_tls_it_is_not_offered(server):
    with closing(poplib.POP3(*server.pop3_address, timeout=WAIT_S)) as pop:
        assert "STLS" not in pop.capa()
        with pytest.raises(poplib.error_proto):
            pop.stls()
        assert pop.user("bob").startswith(b"+OK ")


# -------------------------------------------------------------------------------------------------- one server, two doors
def test_sessions_of_both_protocols_stand_in_the_order_of_connecting(server):
    three(server)
    log_in(server).close()
    three(server)
    assert [said.table for said in server.sessions] == [SMTP, POP3, SMTP]
    assert server.sessions[1].exchanges[2].event == "PASS"


def test_what_it_waits_for_is_told_of_both(server):
    with socket.create_connection(server.address, timeout=WAIT_S), closing(log_in(server)):
        assert (
            list(server.waiting)
            == [
                "a command: HELO or EHLO",
                "a command: STAT, LIST, RETR, DELE, or QUIT",
            ]
            or len(server.waiting) == 2
        )
        assert [head.state for head in server.look().heads][-2:] == ["GREETED", "TRANSACTION"]


def test_a_watcher_hears_of_it(server):
    heard = threading.Event()
    end = server.watch(heard.set)
    log_in(server).close()
    assert heard.wait(WAIT_S)
    end()


def test_whoever_asked_is_told_of_a_session_that_is_over():
    told = []
    with Server(pop3=True, on_end=lambda number, said: told.append((number, said.table.name))) as server:
        log_in(server).quit()
        assert len(server.sessions) == 1
    assert told == [(1, "POP3")]


def test_without_pop3_there_is_no_address_and_the_error_says_how_to_have_one():
    with Server() as server, pytest.raises(ValueError, match=r"Server\(pop3=True\)"):
        _ = server.pop3_address


@pytest.mark.parametrize(
    ("wanted", "said"), [(70_000, "a port is a number"), (-1, "a port is a number"), ("110", "a port")]
)
def test_a_port_that_is_none_is_refused(wanted, said):
    with pytest.raises(ValueError, match=said):
        Server(pop3=wanted)


def test_two_protocols_cannot_share_a_port(free_port):
    with pytest.raises(ValueError, match="cannot share"):
        Server(port=free_port, pop3=free_port)


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]


def test_a_newer_server_takes_the_port_of_an_older_one(free_port):
    with Server(pop3=free_port) as older:
        assert older.pop3_address == ("127.0.0.1", free_port)
        with Server(port=free_port) as newer:
            assert not older.is_running and newer.is_running
            with Server(pop3=free_port) as newest:
                assert not newer.is_running
                log_in(newest).close()


def test_where_the_second_port_is_busy_nothing_is_left_listening():
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(OSError, match="is busy"):
        Server(pop3=other.getsockname()[1])
    assert not [thread for thread in threading.enumerate() if thread.name == "smtplab server"]


def test_it_starts_again_with_both_doors(server):
    three(server)
    server.stop()
    for address in (server.address, server.pop3_address):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address, timeout=WAIT_S)
    server.start()
    assert stored(server) == ["1", "2", "3"]


def test_a_server_that_nothing_refers_to_stops():
    server = Server(pop3=True)
    address = server.pop3_address
    with closing(log_in(server)) as pop:
        del server
        gc.collect()
        assert pop.file.read() == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=WAIT_S)


def test_one_on_a_port_that_was_asked_for_stays(free_port):
    Server(pop3=free_port)
    gc.collect()
    with socket.create_connection(("127.0.0.1", free_port), timeout=WAIT_S) as sock:
        assert sock.recv(3) == b"+OK"
    Server(port=free_port).stop()


def test_a_client_that_asks_for_a_letter_a_thousand_times_and_reads_nothing_costs_one_letter():
    with Server(pop3=True) as server:
        send(server, b"Subject: large\r\n\r\n" + b"\r\n" * 2_000_000)
        with closing(log_in(server)) as pop:
            pop.sock.sendall(b"RETR 1\r\n" * 1000)
            with closing(log_in(server, "alice")) as other:  # and nobody waits for it
                assert other.stat() == (0, 0)
            taken = [exchange.event for exchange in server.sessions[1].exchanges]
    assert taken.count("RETR") < 20


# ---------------------------------------------------------------------------------------------------- who looks on
def test_dial_hears_which_protocol_is_spoken(server):
    three(server)
    with dial(server.pop3_address, timeout=WAIT_S) as sock, sock.makefile("rb") as file:
        file.readline()
        assert sock.transcript.table is POP3 and sock.transcript.state is State.AUTHORIZATION
        for line in (b"USER bob", b"PASS letmein", b"DELE 1"):
            sock.sendall(line + b"\r\n")
            file.readline()
        sock.sendall(b"RETR 2\r\nQUIT\r\n")
        while file.readline():
            pass
        heard, kept = sock.transcript, server.sessions[-1]
    assert heard.text() == kept.text() and heard.state is State.CLOSED
    moved = [[(e.event, e.before, e.after) for e in said.exchanges] for said in (heard, kept)]
    assert moved[0] == moved[1]
    with dial(server.address, timeout=WAIT_S) as sock:
        sock.recv(1000)
        assert sock.transcript.table is SMTP


def test_dial_follows_a_client_that_spoke_before_it_heard(server):
    with dial(server.pop3_address, timeout=WAIT_S) as sock, sock.makefile("rb") as file:
        sock.sendall(b"USER bob\r\nQUIT\r\n")
        assert len(file.read().splitlines()) == 3
        assert [exchange.event for exchange in sock.transcript.exchanges] == ["(connect)", "USER", "QUIT"]
        assert sock.transcript.state is State.CLOSED


def test_dial_says_what_pop3_waits_for(server):
    with dial(server.pop3_address, timeout=0.2) as sock:
        sock.recv(1000)
        with pytest.raises(TimeoutError, match="USER with a name, or QUIT"):
            sock.recv(1000)
