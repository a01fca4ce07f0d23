"""The handle: started when made, nothing left when stopped, clear when it cannot be."""

import gc
import os
import re
import socket
import subprocess
import sys
import threading

import pytest

from smtplab.net.engine import Engine, running
from smtplab.net.server import Server
from smtplab.protocol.manners import STRICT
from tests.transports import ON_TCP

pytestmark = pytest.mark.usefixtures("transport")
WAIT_S = 5.0


def alive():
    """The engines that serve, each on TCP with its thread."""
    threads = [thread for thread in threading.enumerate() if thread.name == "smtplab server"]
    assert len(threads) == len([engine for engine in running if type(engine) is Engine])
    return list(running)


def is_listening(address):
    try:
        socket.create_connection(address, timeout=WAIT_S).close()
    except ConnectionRefusedError:
        return False
    return True


def open_files():
    return len(os.listdir("/proc/self/fd"))


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]


def test_it_is_started_when_made_and_start_again_changes_nothing():
    with Server() as server:
        address = server.address
        assert is_listening(address)
        assert server.start() is server
        assert server.address == address and len(alive()) == 1


def test_nothing_is_left_after_stop():
    server = Server()
    server.stop()
    assert not is_listening(server.address) and not alive() and not server.is_running
    server.stop()


def test_it_starts_again_and_keeps_its_record(connect):
    server = Server()
    connect(server).say(b"NOOP")
    server.stop()
    assert len(server.sessions) == 1
    server.start()
    connect(server).say(b"NOOP")
    assert len(server.sessions) == 2
    server.stop()


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts the open files as Linux shows them")
def test_a_hundred_starts_and_stops_leak_nothing():
    Server().stop()
    gc.collect()
    before = open_files()
    for _ in range(100):
        with Server() as server, socket.create_connection(server.address, timeout=WAIT_S) as sock:
            assert sock.recv(3) == b"220"
    assert not alive()
    gc.collect()
    assert open_files() == before


def test_a_server_that_nothing_refers_to_stops():
    server = Server()
    address = server.address
    box, sessions = server.mailbox, server.sessions
    del server
    gc.collect()
    assert not alive() and not is_listening(address)
    assert list(box) == [] and len(sessions) == 0


def test_a_server_that_nothing_refers_to_stops_with_a_client_connected(connect):
    server = Server()
    client = connect(server)
    client.reply()
    del server
    gc.collect()
    assert not alive()
    assert client.reply().startswith(b"421 ")


def test_the_same_cell_twice_leaves_one_server():
    server = Server()
    server = Server()
    gc.collect()
    assert len(alive()) == 1
    server.stop()


def test_on_a_port_asked_for_the_newer_one_takes_over(free_port, connect):
    older = Server(port=free_port)
    client = connect(older)
    client.reply()
    newer = Server("foreign", port=free_port)
    assert not older.is_running and len(alive()) == 1
    assert client.reply().startswith(b"421 ")
    assert b"bonvenon" in connect(newer).reply()
    newer.stop()


def test_on_a_port_asked_for_it_stays_without_a_reference(free_port):
    Server(port=free_port)
    gc.collect()
    assert is_listening(("127.0.0.1", free_port))
    Server(port=free_port).stop()
    assert not is_listening(("127.0.0.1", free_port))


def test_a_busy_port_is_a_sentence_with_a_remedy():
    with socket.create_server(("127.0.0.1", 0)) as other:
        with pytest.raises(OSError, match=r"is busy: .* leave port out for a free one") as caught:
            Server(port=other.getsockname()[1])
        assert "Errno" not in str(caught.value)
    assert not alive()


@ON_TCP
@pytest.mark.skipif(not hasattr(os, "fork") or os.geteuid() != 0, reason="gives up root's rights, so it needs them")
def test_a_privileged_port_is_a_sentence_with_a_remedy():
    code = (
        "import os; from smtplab.net.server import Server\n"
        "Server().stop(); os.setuid(65534)\n"
        "try: Server(port=25)\n"
        "except OSError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True, timeout=60)
    with open("/proc/sys/net/ipv4/ip_unprivileged_port_start") as setting:
        if int(setting.read()) <= 25:
            pytest.skip("on this machine port 25 is anyone's")
    assert re.search(r"only the system's administrator .* such as 2525", done.stdout), done


@pytest.mark.parametrize("port", [-1, 65536, "2525", True, None, 25.0])
def test_what_is_no_port_is_a_value_error(port):
    with pytest.raises(ValueError, match="a port is a number"):
        Server(port=port)


@ON_TCP
def test_a_foreign_host_is_a_sentence():
    with pytest.raises(OSError, match="not an address of this machine"):
        Server(host="192.0.2.1")
    with pytest.raises(OSError, match="There is no host"):
        Server(host="no such host")


def test_an_unknown_persona_lists_those_there_are():
    with pytest.raises(ValueError, match=r"modern, sendmail-8\.9\.2, foreign"):
        Server("klingon")
    with pytest.raises(ValueError, match="strict"):
        Server(manners="rude")
    with pytest.raises(ValueError, match="give one of them"):
        Server(manners="strict", strict=True)
    with pytest.raises(ValueError, match="domains"):
        Server(domains=[])
    with pytest.raises(ValueError, match="max_size"):
        Server(max_size=0)


def test_nothing_shown_has_a_port(connect):
    with Server() as server:
        connect(server).say(b"HELO me")
        shown = f"{server!r} {server.sessions!r} {server.mailbox!r} {server.waiting!r} {server.waiting}"
        assert str(server.address[1]) not in shown
        assert repr(server) == "<Server 'modern', lenient: accepts connections>"
        assert repr(server.sessions) == "[<Transcript of 3 steps, READY>]"
    assert repr(server) == "<Server 'modern', lenient: is stopped>"


def test_manners_and_persona_change_for_new_sessions_only(connect):
    with Server(domains="example.net", max_size=1000) as server:
        before = connect(server)
        before.reply()
        server.manners = "strict"
        assert server.manners.strict and server.manners.domains == ("example.net",) and server.manners.max_size == 1000
        server.persona = "foreign"
        assert before.say(b"HELO me").startswith(b"250 ") and before.say(b"MAIL FROM: a@example.org").startswith(
            b"250 "
        )
        after = connect(server)
        assert b"bonvenon" in after.reply()
        assert after.say(b"HELO me").startswith(b"250 ") and after.say(b"MAIL FROM: a@example.org").startswith(b"501 ")
        assert Server(strict=True).manners == STRICT


def test_all_sessions_are_recorded_in_the_order_of_connecting(connect):
    with Server() as server:
        clients = [connect(server) for _ in range(20)]
        for number, client in reversed(list(enumerate(clients))):
            client.reply()
            client.say(b"HELO client%d" % number)
        assert [transcript[1].text for transcript in server.sessions] == [f"HELO client{n}" for n in range(20)]
        assert len(server.sessions[:3]) == 3
        with pytest.raises(IndexError, match="20 sessions"):
            server.sessions[20]


def test_no_session_yet_says_how_to_make_one():
    with Server() as server, pytest.raises(IndexError, match="nobody has connected yet"):
        server.sessions[-1]


def test_a_look_is_never_behind_what_was_delivered():
    with Server() as server:
        for number in range(200):
            with socket.create_connection(server.address, timeout=WAIT_S) as sock:
                sock.sendall(b"HELO me\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\nbody\r\n")
                assert server.sessions[-1].text().endswith("C: body"), number
                assert len(server.sessions) == number + 1
                sock.sendall(b".\r\n")
                assert len(server.mailbox) == number + 1
        assert server.errors == ()


def test_waiting_says_it_for_each_open_session(connect):
    with Server() as server:
        assert repr(server.waiting) == "no session is open" and server.waiting == ()
        first, second = connect(server), connect(server)
        first.say(b"HELO me")
        second.socket.sendall(b"HELO")
        assert len(server.waiting) == 2
        assert repr(server.waiting).startswith("session 1: the server waits for a command")
        assert "CR LF" in server.waiting[1]
        first.say(b"QUIT")
        assert len(server.waiting) == 1 and repr(server.waiting).startswith("session 2: ")


def test_importing_starts_nothing_and_loads_no_mail_library(transport):
    code = (
        "import sys, threading, smtplab\n"
        "assert 'asyncio' not in sys.modules\n"
        "from smtplab import Server\n"
        "assert threading.active_count() == 1\n"
        "import socket\n"
        f"with Server(transport={transport!r}) as server:\n"
        "    sock = socket.create_connection(server.address, timeout=5); sock.recv(99)\n"
        "print({'email', 'mailbox', 'ipywidgets', 'matplotlib'} & set(sys.modules) or 'light')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("light\n", "")


def test_it_ends_with_the_interpreter_and_says_nothing(transport):
    code = (
        "import socket; from smtplab import Server\n"
        f"a = Server(transport={transport!r}); b = Server(transport={transport!r})\n"
        "sock = socket.create_connection(a.address, timeout=5)\n"
    )
    done = subprocess.run([sys.executable, "-X", "dev", "-W", "ignore::ResourceWarning", "-c", code],
                          capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONASYNCIODEBUG": "1"})  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_forked_child_neither_holds_the_port_nor_stops_its_parents_server(transport):
    code = (
        "import os, socket, sys; from smtplab import Server\n"
        f"server = Server(transport={transport!r})\n"
        "sock = socket.create_connection(server.address, timeout=5)\n"
        "file = sock.makefile('rb'); assert file.readline()[:3] == b'220'\n"
        "if (child := os.fork()) == 0:\n"
        "    assert len(server.sessions) == 1 and not server.is_running\n"
        "    server.stop(); sys.exit(7)\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7\n"
        "sock.sendall(b'NOOP\\r\\n'); assert file.readline()[:3] == b'250'\n"
        "print('well')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "well\n", done.stderr


@ON_TCP
def test_question_that_comes_while_the_server_stops_is_answered_by_its_thread(monkeypatch):
    server = Server()
    engine, answers = server._engine, []
    asker = threading.Thread(target=lambda: answers.append(engine.ask(lambda: threading.current_thread().name)))

    def tell(loop):  # the last thing that the loop does
        is_asked, call = threading.Event(), loop.call_soon_threadsafe

        def and_note(*given):
            call(*given)
            is_asked.set()

        monkeypatch.setattr(loop, "call_soon_threadsafe", and_note)
        asker.start()
        is_asked.wait(5)

    monkeypatch.setattr(type(engine.watchers), "tell", lambda _, loop: tell(loop))
    server.stop()
    asker.join(10)
    assert answers == ["smtplab server"]
