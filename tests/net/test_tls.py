"""STARTTLS on a real socket: the certificate, the handshake and its end, and the rules that hold under TLS too."""

import contextlib
import os
import socket
import ssl
import subprocess
import sys

import pytest

from smtplab.net import connection as carrying
from smtplab.net.server import Server
from smtplab.protocol.smtp import State

WAIT_S = 5.0
TO_DATA = b"EHLO me\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n"


@pytest.fixture
def server():
    with Server(tls=True, auth="toy") as server:
        yield server
        assert server.errors == ()


def asked(server, ahead=b""):
    """A plain socket that has been told to begin the handshake; `ahead` went in one burst with STARTTLS."""
    sock = socket.create_connection(server.address, timeout=WAIT_S)
    sock.sendall(b"EHLO me\r\nSTARTTLS\r\n" + ahead)
    said = b""
    while not said.endswith(b"handshake now\r\n"):
        said += sock.recv(1)
    return sock


class Secure:
    """A client that has said EHLO and STARTTLS, with `ahead` in the same segment, and shaken hands."""

    def __init__(self, server, ahead=b"", name="localhost", context=None):
        self.plain = asked(server, ahead)
        self.socket = (context or server.client_context()).wrap_socket(self.plain, server_hostname=name)
        self.file = self.socket.makefile("rb")

    def say(self, line):
        self.socket.sendall(line + b"\r\n")
        lines = [self.file.readline()]
        while lines[-1][3:4] == b"-":
            lines.append(self.file.readline())
        return b"".join(lines)

    def close(self):
        self.file.close()
        self.socket.close()


@pytest.fixture
def secure():
    made = []

    def connected(*words, **named):
        made.append(Secure(*words, **named))
        return made[-1]

    yield connected
    for client in made:
        client.close()


def events(transcript):
    return [exchange.event for exchange in transcript.exchanges]


@pytest.mark.parametrize("name", ["mail.example.com", "smtp.example.com", "localhost", "127.0.0.1"])
def test_the_certificate_is_good_for_each_name_of_the_toy_world(server, secure, name):
    assert secure(server, name=name).say(b"EHLO me").startswith(b"250-")


def test_the_certificate_is_good_for_no_other_name_and_without_the_authority_for_none(server, secure):
    with pytest.raises(ssl.SSLCertVerificationError):
        secure(server, name="mail.example.org")
    with pytest.raises(ssl.SSLCertVerificationError):
        secure(server, context=ssl.create_default_context())
    assert events(server.sessions[-1])[-2:] == ["STARTTLS", "(handshake)"]
    assert server.sessions[-1].state is State.CLOSED


def test_the_authority_is_one_in_a_process_and_its_file_goes_with_it():
    code = (
        "from smtplab import Server\n"
        "with Server(tls=True) as one, Server(tls=True) as other:\n"
        "    assert one.ca == other.ca and open(one.ca_file, 'rb').read() == one.ca\n"
        "    print(one.ca_file)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.endswith(".pem\n") and not os.path.exists(done.stdout.strip())


def test_a_server_without_tls_makes_no_authority():
    code = (
        "import sys\nfrom smtplab import Server\n"
        "with Server(auth='toy', auth_in_clear=True): pass\n"
        "print([name for name in ('trustme', 'cryptography', 'smtplab.net.tls') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_no_second_greeting_comes_and_ehlo_is_wanted_again(server, secure, version):
    context = server.client_context()
    context.maximum_version = version
    client = secure(server, context=context)
    assert client.say(b"MAIL FROM:<a@example.org>").startswith(b"503 ")
    offered = client.say(b"EHLO me")
    assert b"STARTTLS" not in offered and b"AUTH PLAIN" in offered
    assert client.say(b"STARTTLS").startswith(b"503 ")
    assert client.say(b"QUIT").startswith(b"221 ") and client.file.read() == b""
    assert server.sessions[-1].state is State.CLOSED


@pytest.mark.parametrize("ahead", [b"NOOP\r\n", b"NOOP\r\n" * 2000, b"MAIL FROM:<evil@b.example>\r\nRSE"], ids=len)
def test_what_is_sent_in_one_burst_with_starttls_is_never_read_as_a_command(server, secure, ahead):
    client = secure(server, ahead=ahead)
    assert client.say(b"EHLO me").startswith(b"250-")
    assert client.say(b"MAIL FROM:<a@example.org>").startswith(b"250 ")
    transcript = server.sessions[-1]
    assert events(transcript) == ["(connect)", "EHLO", "STARTTLS", "(handshake)", "EHLO", "MAIL"]
    assert transcript.remarks == (f"{len(ahead)} octets sent ahead of the handshake were dropped",)


@pytest.mark.parametrize("said", [b"NOOP\r\n", b"\0" * 10, b"\x16\x03\x01\x02\x00" + b"x" * 600], ids=len)
def test_what_is_no_handshake_ends_the_session_and_is_recorded(server, said):
    with asked(server) as sock:
        sock.sendall(said)
        assert not {b"220", b"250", b"421", b"500"} & {sock.recv(4096)[:3]}, "words where TLS is awaited"
        with contextlib.suppress(ConnectionError):
            assert sock.recv(4096) == b""
    transcript = server.sessions[-1]
    assert events(transcript)[-1] == "(handshake)" and transcript.state is State.CLOSED


def test_a_client_that_does_not_shake_hands_is_let_go(server, monkeypatch):
    monkeypatch.setattr(carrying, "HANDSHAKE_S", 0.05)
    with asked(server) as sock:
        assert sock.recv(4096) == b""
    assert events(server.sessions[-1])[-1] == "(handshake)" and server.sessions[-1].state is State.CLOSED


def test_a_client_that_leaves_amid_the_handshake_is_recorded(server):
    asked(server).close()
    assert events(server.sessions[-1])[-1] == "(eof)" and list(server.waiting) == []


def test_while_a_handshake_is_awaited_the_server_says_so_and_stops_without_a_word(server):
    with asked(server) as sock:
        assert server.waiting == ("the TLS handshake",)
        server.stop()
        assert sock.recv(4096) == b""
    assert server.sessions[-1].state is State.CLOSED


def test_a_letter_of_a_megabyte_arrives_whole_and_cut_anywhere(server, secure):
    client = secure(server)
    letter = b"".join(b"%d: the quick brown fox jumps over the lazy dog\r\n" % n for n in range(20_000))
    client.socket.sendall(TO_DATA + letter[:70_001])
    client.socket.sendall(letter[70_001:] + b".\r\nQUIT\r\n")
    said = client.file.read()
    assert said.splitlines()[-1].startswith(b"221 ")
    assert server.mailbox[-1].content == letter
    assert b" with ESMTPS id " in server.mailbox[-1].trace


def test_a_client_that_never_reads_is_not_read_from_for_ever_under_tls_either(server, secure):
    client = secure(server)
    client.socket.settimeout(0.2)
    sent = 0
    with pytest.raises(TimeoutError):
        while sent < 64 * 1024 * 1024:
            sent += client.socket.send(b"HELP\r\n" * 2000)
    other = secure(server)
    assert other.say(b"NOOP").startswith(b"250 ")


def test_the_last_reply_arrives_though_more_was_sent_after_quit(server, secure):
    for _ in range(10):
        client = secure(server)
        client.socket.sendall(b"QUIT\r\n" + b"NOOP\r\n" * 20_000)
        assert client.file.read().count(b"221 ") == 1


def test_a_client_that_ends_its_side_inside_tls_is_still_answered(server, secure):
    client = secure(server)
    client.socket.sendall(TO_DATA + b"text\r\n.\r\nNOOP\r\n")
    client.socket.setblocking(False)
    with contextlib.suppress(ssl.SSLError):
        client.socket.unwrap()  # says that nothing more comes; the answer to it is read below
    client.socket.setblocking(True)
    assert len(server.mailbox) == 1
    assert server.sessions[-1].state is State.CLOSED and events(server.sessions[-1])[-2:] == ["NOOP", "(eof)"]


def test_octets_that_are_no_tls_later_on_end_the_session(server, secure):
    client = secure(server)
    assert client.say(b"EHLO me").startswith(b"250-")
    os.write(client.plain.fileno() if client.plain.fileno() >= 0 else client.socket.fileno(), b"NOOP\r\n" * 10)
    assert server.sessions[-1].state is State.CLOSED and events(server.sessions[-1])[-1] == "(eof)"


def test_stop_says_421_inside_tls(server, secure):
    client = secure(server)
    assert client.say(b"EHLO me").startswith(b"250-")
    server.stop()
    assert client.file.read().startswith(b"421 ")


def test_what_cannot_be_meant_is_refused_in_words():
    with pytest.raises(ValueError, match="give auth as well"):
        Server(auth_in_clear=True)
    with pytest.raises(ValueError, match='"toy", or a list'):
        Server(auth="alice")
    with pytest.raises(ValueError, match="FROB is not offered anyway"):
        Server(without="FROB")


def test_new_manners_keep_what_the_server_offers():
    with Server(tls=True, auth=[("ann", "x")], without=["SIZE"]) as server:
        server.manners = "strict"
        assert server.manners.strict and "SIZE" not in server.manners.offered
        assert {"STARTTLS", "AUTH"} <= set(server.manners.offered) and server.manners.accounts == (("ann", "x"),)


def test_what_is_sent_ahead_of_a_220_that_is_late_is_dropped_as_well(secure):
    with Server(tls=True, faults="STARTTLS=stall 0.05") as server:
        client = secure(server, ahead=b"NOOP\r\n" * 2000)
        assert client.say(b"EHLO me").startswith(b"250-")
        assert events(server.sessions[-1]) == ["(connect)", "EHLO", "STARTTLS", "(handshake)", "EHLO"]
        assert server.errors == ()


def test_tls_that_comes_octet_by_octet_is_the_same(server):
    come, go = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = server.client_context().wrap_bio(come, go, server_hostname="localhost")
    with asked(server) as sock:

        def until_done(step):
            while True:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    for octet in go.read():
                        sock.sendall(bytes([octet]))
                    come.write(sock.recv(65536))

        until_done(tls.do_handshake)
        tls.write(b"EHLO me\r\nQUIT\r\n")
        said = b""
        while b"\r\n221 " not in said:
            said += until_done(tls.read)
    assert events(server.sessions[-1])[-2:] == ["EHLO", "QUIT"]
