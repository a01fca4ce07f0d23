"""`smtplab serve`, as somebody's script calls it."""

import json
import os
import poplib
import re
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from smtplab.net.server import Server
from smtplab.protocol.transcript import Transcript

WAIT_S = 20.0
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no signal ends a process politely there")


class Serving:
    """A running `smtplab serve`; its port is read from the one line that it prints."""

    def __init__(self, *words, host="127.0.0.1"):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "smtplab", "serve", *words],
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.line = self.process.stdout.readline()
        found = re.fullmatch(rf"smtplab: listening on {re.escape(host)}:(\d+)\n", self.line)
        assert found, (self.line, self.process.communicate(timeout=WAIT_S))
        self.address = ("127.0.0.1", int(found[1]))

    def talk(self, octets):
        """All that the server says to a client that says this and ends its side."""
        with socket.create_connection(self.address, timeout=WAIT_S) as sock:
            sock.sendall(octets)
            sock.shutdown(socket.SHUT_WR)
            with sock.makefile("rb") as file:
                return file.read()

    def end(self, number=signal.SIGTERM):
        """(status, the rest of standard output, standard error) after a signal."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=WAIT_S)
        return self.process.returncode, out, err


@pytest.fixture
def serve():
    made = []

    def serving(*words, **named):
        made.append(Serving(*words, **named))
        return made[-1]

    yield serving
    for each in made:
        if each.process.poll() is None:
            each.process.kill()
            each.process.communicate(timeout=WAIT_S)


def refused(*words):
    done = subprocess.run(
        [sys.executable, "-m", "smtplab", "serve", *words], capture_output=True, text=True, timeout=WAIT_S
    )
    assert done.stdout == "" and done.stderr.count("\n") == 1 and done.stderr.startswith("smtplab serve: "), done
    return done.returncode, done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_status_0_and_no_word(serve, number):
    assert serve().end(number) == (0, "", "")


def test_a_signal_ends_open_sessions_with_421(serve):
    serving = serve()
    with socket.create_connection(serving.address, timeout=WAIT_S) as sock, sock.makefile("rb") as file:
        assert file.readline().startswith(b"220 ")
        assert serving.end() == (0, "", "")
        assert file.readline().startswith(b"421 ")


def test_the_guides_session_comes_out_as_printed(serve):
    guide = (Path(__file__).parent.parent / "data" / "session-1.txt").read_text("ascii").splitlines()
    octets = "".join(f"{line[3:]}\r\n" for line in guide if line.startswith("C: "))
    replies = "".join(f"{line[3:]}\r\n" for line in guide if line.startswith("S: "))
    serving = serve("--persona", "sendmail-8.9.2")
    for _ in range(2):
        assert serving.talk(octets.encode()) == replies.encode()


def test_faults_on_the_command_line_are_those_in_code(serve):
    letter = (
        b"EHLO me\r\nMAIL FROM:<x@example.org>\r\nRCPT TO:<bob@example.com>\r\nRCPT TO:<carol@example.com>\r\n"
        b"DATA\r\ntext\r\n.\r\nQUIT\r\n"
    )
    wanted = ["RCPT:2=450 4.2.1 Busy", "MAIL=cut 3,9", "EHLO=merge", "(end of data)=close"]
    heard = serve(*(word for fault in wanted for word in ("--fault", fault))).talk(letter)
    with Server(faults=wanted) as server, socket.create_connection(server.address, timeout=WAIT_S) as sock:
        sock.sendall(letter)
        sock.shutdown(socket.SHUT_WR)
        with sock.makefile("rb") as file:
            assert file.read() == heard
    assert b"\r\n450 4.2.1 Busy\r\n354 " in heard and heard.endswith(b"on its line\r\n")


def test_all_that_it_writes(serve, tmp_path):
    serving = serve(
        "--maildir", str(tmp_path / "mail"), "--transcripts", str(tmp_path / "said"), "--port-file", str(tmp_path / "port"),
        "--domain", "a.example", "--domain", "b.example", "--max-size", "100",
    )  # fmt: skip
    assert (tmp_path / "port").read_text() == f"{serving.address[1]}\n"
    letter = b"HELO me\r\nMAIL FROM:<x@example.org>\r\nRCPT TO:<bob@b.example>\r\nDATA\r\ntext\r\n.\r\nQUIT\r\n"
    assert serving.talk(letter).splitlines()[-1].startswith(b"221 ")
    (stored,) = (tmp_path / "mail" / "bob" / "new").iterdir()
    assert stored.read_bytes().endswith(b"\r\ntext\r\n")
    first = Transcript.from_json((tmp_path / "said" / "session-000001.json").read_text())
    assert first.text().startswith("S: 220 ") and "C: text" in first.text()
    assert serving.talk(letter.replace(b"b.example", b"example.com")).count(b"\r\n550 ") == 1
    assert serving.talk(letter.replace(b"text", b"x" * 200)).count(b"\r\n552 ") == 1
    assert serving.end() == (0, "", "")
    again = serve("--transcripts", str(tmp_path / "said"))
    again.talk(b"QUIT\r\n")
    again.end()
    names = sorted(os.listdir(tmp_path / "said"))
    assert names == [f"session-{n:06d}.json" for n in (1, 2, 3, 4)]
    assert all(json.loads((tmp_path / "said" / name).read_text()) for name in names)


def test_strict_and_lenient(serve):
    said = b"HELO me\r\nMAIL FROM: a@example.org\r\nQUIT\r\n"
    assert [line[:3] for line in serve("--strict").talk(said).splitlines()] == [b"220", b"250", b"501", b"221"]
    assert [line[:3] for line in serve("--lenient").talk(said).splitlines()] == [b"220", b"250", b"250", b"221"]


def test_without_a_keyword_it_is_neither_offered_nor_taken(serve):
    serving = serve("--without", "size", "--without", "CHUNKING")
    said = serving.talk(b"EHLO me\r\nMAIL FROM:<a@example.org> SIZE=1\r\nQUIT\r\n")
    assert b"SIZE" not in said.split(b"555")[0] and b"CHUNKING" not in said and b"\r\n555 " in said
    assert b"250-PIPELINING\r\n" in said


def test_under_tls_a_user_of_the_command_line_logs_in(serve, tmp_path):
    serving = serve("--tls", "--ca-file", str(tmp_path / "ca.pem"), "--auth", "ann:a:b", "--auth", "ben:c")
    context = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    for user, password in (("ann", "a:b"), ("ben", "c")):
        with smtplib.SMTP("localhost", serving.address[1], timeout=WAIT_S) as smtp:
            smtp.starttls(context=context)
            assert smtp.login(user, password)[0] == 235
    assert serving.end() == (0, "", "")


def test_where_nobody_can_log_in_it_says_so(serve):
    serving = serve("--auth", "toy")
    said = serving.talk(b"EHLO me\r\nAUTH PLAIN\r\nQUIT\r\n")
    assert b"AUTH" not in said and b"\r\n538 " in said
    _, out, err = serving.end()
    assert out == "" and "--auth-in-clear" in err and err.count("\n") == 1
    assert b"250-AUTH PLAIN LOGIN CRAM-MD5\r\n" in serve("--auth", "toy", "--auth-in-clear").talk(b"EHLO me\r\n")


def test_beyond_loopback_it_says_what_that_means(serve):
    serving = serve("--host", "0.0.0.0", host="0.0.0.0")
    assert serving.talk(b"QUIT\r\n").startswith(b"220 ")
    status, out, err = serving.end()
    assert (status, out) == (0, "") and "whoever reaches it" in err and err.count("\n") == 1


def test_pop3_is_announced_on_standard_error_and_in_the_port_file(serve, tmp_path):
    serving = serve(
        "--pop3-port", "0", "--port-file", str(tmp_path / "port"), "--maildir", str(tmp_path / "mail"),
        "--transcripts", str(tmp_path / "said"),
    )  # fmt: skip
    first, second = (int(line) for line in (tmp_path / "port").read_text().splitlines())
    assert first == serving.address[1] != second
    serving.talk(b"HELO me\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\nhi\r\n.\r\nQUIT\r\n")
    with closing(poplib.POP3("127.0.0.1", second, timeout=WAIT_S)) as pop:
        pop.user("bob")
        pop.pass_("letmein")
        assert pop.retr(1)[1][-1] == b"hi"
        assert serving.end() == (0, "", f"smtplab serve: POP3 on 127.0.0.1:{second}\n")
        assert pop.file.read() == b""  # closed without a word
    kept = [Transcript.from_json(path.read_text()) for path in sorted((tmp_path / "said").iterdir())]
    assert [said.table.name for said in kept] == ["SMTP", "POP3"]
    assert "hi" in kept[1].text() and "letmein" not in kept[1].text() and kept[1].state.name == "CLOSED"


def test_without_pop3_the_port_file_has_one_line(serve, tmp_path):
    serving = serve("--port-file", str(tmp_path / "port"))
    assert (tmp_path / "port").read_text() == f"{serving.address[1]}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--persona", "klingon"], "choose one of modern"),
        (["--port", "70000"], "a port is a number"),
        (["--pop3-port", "70000"], "a port is a number"),
        (["--port", "2525", "--pop3-port", "2525"], "cannot share port 2525"),
        (["--port", "x"], "invalid int"),
        (["--fault", "RCPT=boo"], "nothing that a fault can do"),
        (["--fault", "FROB=450"], "no place for a fault"),
        (["--max-size", "0"], "max_size"),
        (["--strict", "--lenient"], "not allowed with"),
        (["--nonsense"], "unrecognized"),
        (["--without", "FROB"], "offered are PIPELINING, SIZE, "),
        (["--without", "AUTH"], "not offered anyway"),
        (["--ca-file", "x"], "add --tls"),
        (["--auth", "alice"], "USER:PASSWORD"),
        (["--auth", ":x"], "USER:PASSWORD"),
        (["--auth", "toy", "--auth", "a:b"], "not both"),
        (["--auth-in-clear"], "add --auth toy"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(words, said):
    status, line = refused(*words)
    assert status == 2 and said in line


def test_a_busy_port_is_one_line_and_status_1():
    with socket.create_server(("127.0.0.1", 0)) as other:
        status, line = refused("--port", str(other.getsockname()[1]))
    assert status == 1 and "is busy" in line


@pytest.mark.parametrize(
    "words",
    [("--port-file", "{}/no/port"), ("--transcripts", "{}/file/sessions"), ("--tls", "--ca-file", "{}/no/ca.pem")],
)
def test_a_place_that_cannot_be_written_is_named_with_a_remedy(words, tmp_path):
    (tmp_path / "file").write_text("")
    status, line = refused(*(word.format(tmp_path) for word in words))
    assert status == 2 and str(tmp_path) in line and "name another place" in line
