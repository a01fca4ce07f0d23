"""`smtplab talk`: at a terminal, from a pipe, and without either. Every wait has a limit, nothing sleeps."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import threading

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from smtplab import Server, Transcript, dial
from smtplab.cli import main
from smtplab.cli.conversation import Conversation
from smtplab.cli.talk import hold
from smtplab.cli.terminal import Prompt, Says, Screen, ask

WAIT_S = 10.0
SENDER, RECIPIENT = "MAIL FROM:<alice@example.net>", "RCPT TO:<bob@example.com>"
LETTER = ("EHLO me", SENDER, RECIPIENT, "DATA", "Subject: x", "", "?", "raw x", "..dot", ".")


@pytest.fixture
def server():
    with Server(auth="toy", auth_in_clear=True) as running:
        yield running


@pytest.fixture
def silent():
    """The address of somebody who takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()


@pytest.fixture
def conversation(server):
    """(a conversation that was greeted, all that it told)"""
    told = []
    with dial(server.address, timeout=WAIT_S) as connected:
        talk = Conversation(connected, lambda mark, text: told.append(f"{mark} {text}"), WAIT_S)
        talk.listen()
        yield talk, told


@pytest.fixture
def piped(monkeypatch, capsys):
    """Runs the command with these lines coming from a pipe: (status, output, errors)."""

    def run(address, *lines, words=(), host="127.0.0.1"):
        reader, writer = os.pipe()
        os.write(writer, b"".join(line if isinstance(line, bytes) else line.encode() + b"\n" for line in lines))
        os.close(writer)
        with open(reader) as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            status = main(["talk", f"{host}:{address[1]}", *words])
        return status, *capsys.readouterr()

    return run


# ------------------------------------------------------------------------------------------- the conversation
def test_every_line_is_told_with_its_direction(conversation):
    talk, told = conversation
    talk.say(b"HELO me\r\n", is_echoed=True)
    talk.say(b"DATA\r\n")
    assert [line[:7] for line in told] == ["<- 220 ", "-> HELO", "<- 250 ", "<** 503"]
    assert talk.state.name == "READY"


def test_a_remark_of_the_record_is_told_once(conversation):
    talk, told = conversation
    talk.say(b"NOOP\n", is_line=False)
    talk.say(b"NOOP\r\n")
    assert sum("bare LF" in line for line in told) == 1


def test_a_password_is_not_shown(conversation):
    talk, told = conversation
    talk.say(b"EHLO me\r\n")
    talk.say(b"AUTH LOGIN\r\n")
    assert "base64" in talk.reads
    talk.say(b"YWxpY2U=\r\n", is_echoed=True)
    talk.say(b"d29uZGVybGFuZA==\r\n", is_echoed=True)
    talk.say(b"AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n", is_echoed=True)
    assert [line for line in told if line.startswith("->")] == ["-> ********", "-> ********", "-> AUTH PLAIN ********"]


def test_a_half_said_line_is_waited_for_and_says_so(conversation):
    talk, _ = conversation
    talk.say(b"NO", is_line=False)
    assert talk.reads == 'the end of the line "NO": CR LF'
    assert talk.may == []
    talk.say(b"OP\r\n", is_line=False)
    assert talk.reads == ""


def test_a_chunk_is_counted_and_then_answered(conversation):
    talk, told = conversation
    for line in ("EHLO me", SENDER, RECIPIENT, "BDAT 7 LAST"):
        talk.say(line.encode() + b"\r\n")
    assert "BDAT announced" in talk.reads
    talk.say(b"hello\r\n")
    assert told[-1].startswith("<- 250 ")


def test_a_reply_that_does_not_come_is_told_with_what_was_awaited(silent):
    told = []
    with dial(silent, timeout=WAIT_S) as connected:
        talk = Conversation(connected, lambda mark, text: told.append(f"{mark} {text}"), 0.05)
        talk.listen()
        assert talk.is_owed
        assert told[0].startswith("*** Nothing came within 0.05 s: the greeting is still awaited.")


def test_a_server_that_does_not_close_after_its_goodbye_is_left(silent):
    ready = threading.Event()

    def answer(listening_at):
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            listening_at.append(listening.getsockname())
            ready.set()
            peer, _ = listening.accept()
            with peer:
                peer.settimeout(WAIT_S)
                peer.sendall(b"220 a\r\n")
                peer.recv(100)
                peer.sendall(b"221 b\r\n")
                peer.recv(100)

    at, told = [], []
    thread = threading.Thread(target=answer, args=(at,), daemon=True)
    thread.start()
    assert ready.wait(WAIT_S)
    with dial(at[0], timeout=WAIT_S) as connected:
        talk = Conversation(connected, lambda mark, text: told.append(f"{mark} {text}"), 0.2)
        talk.listen()
        talk.say(b"QUIT\r\n")
        assert not talk.is_open
    assert "closed from this side" in told[-1]
    thread.join(WAIT_S)


# ----------------------------------------------------------------------------------------------- from a pipe
def test_a_letter_from_a_pipe_is_answered_line_by_line(server, piped, tmp_path):
    file = tmp_path / "session.json"
    status, out, err = piped(server.address, *LETTER, "QUIT", words=["--save", str(file)])
    assert (status, err) == (0, "")
    assert "\x1b" not in out, "no colours"
    assert [line[:7] for line in out.splitlines()[:5]] == ["<-  220", "->  EHL", "<-  250", "<-  250", "<-  250"]
    assert out.count("->  ") == len(LETTER) + 1
    assert "Stepper(Transcript.from_json(" in out
    assert server.mailbox[0].content == b"Subject: x\r\n\r\n?\r\nraw x\r\n.dot\r\n", "? and raw are data there"
    kept = Transcript.from_json(file.read_text())
    assert [each.event for each in kept.exchanges] == [
        "(connect)",
        "EHLO",
        "MAIL",
        "RCPT",
        "DATA",
        "(end of data)",
        "QUIT",
    ]
    assert kept.state.name == "CLOSED"


def test_octets_that_are_no_text_go_out_as_they_are(server, piped):
    piped(server.address, b"NOOP \xff\r\n", b"raw NOOP \\xfe\xfd\\r\\n\n", "QUIT")
    said = [each.sent for each in server.sessions[-1].exchanges if each.sent]
    assert said[:2] == [b"NOOP \xff\r\n", b"NOOP \xfe\xfd\r\n"]


def test_with_raw_every_line_is_octets_in_mail_data_too(server, piped):
    lines = (r"HELO me\r\n", SENDER + r"\r\n", RECIPIENT + r"\r\n", r"DATA\r\n", r"a\nb\r\n", r".\r\n", r"QUIT\r\n")
    status, _, _ = piped(server.address, *lines, words=["--raw"])
    assert status == 0
    assert server.mailbox[0].content == b"a\nb\r\n"


def test_a_bad_escape_sends_nothing(server, piped):
    _, out, _ = piped(server.address, r"raw \q", "QUIT")
    assert r"*** \q is no escape here" in out
    assert [each.event for each in server.sessions[-1].exchanges] == ["(connect)", "QUIT"]


def test_a_question_mark_explains_the_last_reply_or_what_follows_it(server, piped):
    _, out, _ = piped(server.address, "RCPT", "?", "? 354", "? zork", "QUIT")
    assert "after    RCPT: You name one recipient." in out
    assert "354  send the mail data" in out
    assert '*** "zork" is nothing known here.' in out
    assert [each.event for each in server.sessions[-1].exchanges] == ["(connect)", "RCPT", "QUIT"]


def test_the_end_of_the_lines_ends_the_session_without_a_word(server, piped):
    status, out, _ = piped(server.address, "HELO me", b"NOOP")
    assert status == 0
    assert out.splitlines()[-3][:8] == "->  NOOP", "a last line needs no end"
    assert out.splitlines()[-1] == "=== You have closed the connection, without QUIT."


def test_a_server_that_leaves_ends_it(piped):
    with Server(faults=["MAIL=close"]) as server:
        status, out, _ = piped(server.address, "HELO me", SENDER, RECIPIENT)
    assert status == 0
    assert out.splitlines()[-1] == "=== The server has closed the connection, without a goodbye."
    assert RECIPIENT not in out


def test_lines_stop_where_a_reply_does_not_come(silent, piped):
    status, out, err = piped(silent, "HELO me", words=["--wait", "0.05"])
    assert (status, err) == (1, "")
    assert "the greeting is still awaited" in out
    assert "HELO" not in out


def test_where_tls_would_begin_it_ends_and_says_so(piped):
    with Server(tls=True) as server:
        status, out, _ = piped(server.address, "EHLO me", "STARTTLS", "EHLO me")
    assert status == 0
    assert "openssl s_client -starttls smtp" in out


@pytest.mark.skipif(sys.platform != "linux", reason="0.0.0.0 leads to this machine there")
def test_a_host_that_is_not_this_machine_earns_one_friendly_line(server, piped):
    assert "good guest" not in piped(server.address, "QUIT")[1]
    assert piped(server.address, "QUIT", host="0.0.0.0")[1].count("good guest") == 1


def test_hostile_text_is_written_out(server, capsys):
    Screen().tell("<-", "220 \x1b[2J\u202e")
    assert capsys.readouterr().out == "<-  220 \\x1b[2J\\u202e\n"


# ------------------------------------------------------------------------------------------------- wrong use
@pytest.mark.parametrize(
    "words",
    [["127.0.0.1"], [":25"], ["a:0"], ["a:65536"], ["a..b:25"], ["::1:25"], ["[::1]"], ["127.0.0.1:25", "--wait", "0"],
     ["127.0.0.1:25", "--wait", "nan"], ["127.0.0.1:25", "--save", "no/such/folder/x.json"]],
)  # fmt: skip
def test_wrong_use_is_one_line_and_status_2(words, capsys):
    assert main(["talk", *words]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n"), said.err[:14]) == ("", 1, "smtplab talk: ")


def test_nobody_there_is_one_line_and_status_1(capsys):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert main(["talk", f"127.0.0.1:{port}"]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "Nobody listens there" in said.err


def test_neither_serve_nor_talk_loads_an_editor_before_it_is_needed():
    code = "import sys, smtplab.cli.serve, smtplab.cli.talk; assert not {'prompt_toolkit', 'rich'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


# ------------------------------------------------------------------------------------------------ the terminal
def completions(talk, begun):
    says = Says()
    says.may = talk.may
    return [each.text for each in says.get_completions(Document(begun), CompleteEvent())]


def test_tab_offers_what_the_table_takes_now(conversation):
    talk, _ = conversation
    assert completions(talk, "eh") == ["EHLO "]
    assert completions(talk, "MAIL") == [], "no HELO yet"
    talk.say(b"HELO me\r\n")
    assert completions(talk, "m") == ["MAIL FROM:<"]
    assert completions(talk, "MAIL FROM:<a@b.example") == [">"]
    assert completions(talk, "STARTTLS") == [], "not offered"


def test_the_prompt_says_the_state_and_what_may_be_said(conversation):
    talk, _ = conversation

    def shown(**known):
        return "".join(text for _, text, *_ in ask(talk, talk.may, **known))

    assert re.fullmatch(r"you may say: .*EHLO name.*\nGREETED -> ", shown())
    for line in ("EHLO me", SENDER, RECIPIENT, "DATA"):
        talk.say(line.encode() + b"\r\n")
    assert shown() == "each line is mail data, as you type it; a dot alone on its line ends it\nDATA -> "
    assert shown(is_known=True) == "DATA -> "


@contextlib.contextmanager
def typing(text):
    """A prompt at which this is typed."""
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(text)
        yield Prompt()


def test_what_is_typed_is_said_and_ctrl_d_ends_it(conversation):
    talk, told = conversation
    with typing("HELO me\rraw NOOP\\n\r\x04") as prompt, pytest.raises(EOFError):
        hold(talk, prompt, Screen())
    assert [each.event for each in talk.transcript.exchanges] == ["(connect)", "HELO", "NOOP"]
    assert "-> NOOP\n" in told, "what raw sends is shown"


def test_ctrl_c_ends_it(conversation):
    talk, _ = conversation
    with typing("HELO me\x03") as prompt, pytest.raises(KeyboardInterrupt):
        hold(talk, prompt, Screen())
    assert talk.state.name == "GREETED", "the line was not sent"


def test_ctrl_c_ends_a_wait_too(monkeypatch, piped, server):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Conversation, "listen", interrupted)
    status, out, err = piped(server.address)
    assert (status, out, err) == (0, "=== You have closed the connection, without QUIT.\n", "")


def test_pasted_lines_are_said_one_after_the_other(conversation):
    talk, told = conversation
    with typing("\x1b[200~HELO me\nNOOP\n\x1b[201~\rQUIT\r") as prompt:
        assert hold(talk, prompt, Screen()) == 0
    assert [each.event for each in talk.transcript.exchanges][1:] == ["HELO", "NOOP", "QUIT"]
    assert told[-1] == "=== The server has closed the connection."


def test_a_prompt_ends_where_the_server_speaks_by_itself(server, conversation):
    talk, told = conversation
    server.stop()
    with typing("") as prompt:
        assert hold(talk, prompt, Screen()) == 0
    assert told[-2].startswith("<** 421 ")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no ptys")
def test_the_real_command_at_a_terminal(server, tmp_path):
    import pty
    import termios

    from pexpect import EOF
    from pexpect.fdpexpect import fdspawn

    ours, its = pty.openpty()
    termios.tcsetwinsize(its, (40, 120))
    host, port = server.address
    file = tmp_path / "session.json"
    words = [sys.executable, "-m", "smtplab", "talk", f"{host}:{port}", "--save", str(file)]
    env = {**os.environ, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", "NO_COLOR": ""}
    with subprocess.Popen(words, stdin=its, stdout=its, stderr=its, env=env, start_new_session=True) as process:
        os.close(its)
        terminal = fdspawn(ours, encoding="utf-8", timeout=20)
        try:
            terminal.expect_exact("GREETED")
            terminal.send("eh\t")
            terminal.expect_exact("introduces you")  # Tab's menu; EHLO stands in the line by now
            terminal.send("me\r")
            terminal.expect_exact("\x1b[1;32m<- ")
            terminal.expect_exact("READY")
            terminal.send("?\r")
            terminal.expect_exact("Note what the server offers")
            terminal.expect_exact("READY")
            terminal.send("half a li")
            terminal.expect_exact("half a li")
            server.stop()
            terminal.expect_exact("421")
            terminal.expect_exact("has closed the connection")
            terminal.expect(EOF)
            assert process.wait(WAIT_S) == 0
        finally:
            process.kill()
            terminal.close()
    assert [each.event for each in Transcript.from_json(file.read_text()).exchanges][:2] == ["(connect)", "EHLO"]
