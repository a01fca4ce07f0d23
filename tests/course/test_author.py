"""smtplab author: from sessions of many shapes comes a file that loads, and whose solution passes."""

from __future__ import annotations

import contextlib
import io
import smtplib
import tomllib
from pathlib import Path
from typing import Any

import pytest

from smtplab import Server, exercise
from smtplab.cli import main
from smtplab.course.authoring.author import starting_file
from smtplab.course.doing.exercise import Verdict
from smtplab.protocol.transcript import Transcript
from tests.course import attempts, clients
from tests.course.attempts import BOB, DATA, DOT, EHLO, EMPTY, HELO, MAIL, QUIT, RCPT, SUBJECT
from tests.data_of import SESSION_1, SESSION_2

SCRIPTS = sorted((Path(__file__).parents[1] / "oracle" / "transcripts").glob("*.txt"))
SWAKS = """=== Connected to mail.example.com.
<-  220 mail.example.com ESMTP
 -> EHLO me.example.com
<-  250 mail.example.com
 -> MAIL FROM:<me@example.com>
<-  250 ok
 -> RCPT TO:<someone@school.example>
<-  250 ok
 -> DATA
<-  354 go on
 -> Subject: Hi
 ->
 -> Hello.
 -> .
<-  250 ok
 -> QUIT
<-  221 bye
"""
TELNET = """Trying 127.0.0.1...
Connected to localhost.
Escape character is '^]'.
220 mail.example.com ESMTP
HELO me
250 hello
RCPT TO:<bob@example.com>
503 not yet
QUIT
221 bye
Connection closed by foreign host.
"""
RECORDED: dict[str, tuple[bytes, ...]] = {
    "quit alone": (QUIT,),
    "a letter": (HELO, MAIL, RCPT, DATA, b"Hello.\r\n" + DOT, QUIT),
    "two letters": (EHLO, MAIL, RCPT, DATA, b"One.\r\n" + DOT, MAIL, BOB, DATA, b"Two.\r\n" + DOT, QUIT),
    "refused and delivered": (HELO, DATA, MAIL, BOB, DATA, b"Hello.\r\n" + DOT, QUIT),
    "two recipients, one refused": (
        EHLO, MAIL, RCPT, b"RCPT TO:<nobody@example.com>\r\n", BOB, DATA, b"x\r\n" + DOT, QUIT,
    ),
    "a null sender": (EHLO, b"MAIL FROM:<>\r\n", RCPT, DATA, b"x\r\n" + DOT, QUIT),
    "no quit": (HELO, MAIL, RCPT, DATA, b"x\r\n" + DOT),
    "a letter never ended": (HELO, MAIL, RCPT, DATA, b"x\r\n"),
    "a line never ended": (HELO, b"MAIL FROM:<me@exam"),
    "bare line feeds": (b"HELO me\n", b"MAIL FROM: me@example.com\n", QUIT),
    "the guide's letter": (attempts.TO_TEST, attempts.GUIDE + DOT, QUIT),
    "a letter in octets": (
        EHLO, b"MAIL FROM:<me@example.com> BODY=8BITMIME\r\n", RCPT, DATA,
        SUBJECT + EMPTY + "Grüße 'und' \"so\" ''' \\ \t\x00\x7f\r\n".encode() + b"\xff\r\n" + DOT, QUIT,
    ),
    "headers of all kinds": (
        HELO, MAIL, RCPT, DATA,
        b"Date: Mon, 1 Jan 2001 00:00:00 +0000\r\nX Odd: 1\r\nX_\xc3\xa4: 2\r\nSubject: \"a\" \\\r\n b\r\nTo:\r\n\r\nx\r\n" + DOT, QUIT,
    ),
    "a chunk": (EHLO, MAIL, RCPT, b"BDAT 8 LAST\r\nHello.\r\n", QUIT),
    "a browser": (b"GET / HTTP/1.1\r\n",),
    "everything refused": (b"HELO\r\n", b"HALO x\r\n", b"DATA\r\n", MAIL, QUIT),
}  # fmt: skip


def tried(text: str, folder: Path) -> tuple[Verdict, dict[str, Any]]:
    """The verdict on the file's own solution, and the file."""
    (folder / "x1.toml").write_text(text, "utf-8")
    ex = exercise("x1", folder=folder)
    with contextlib.redirect_stdout(io.StringIO()):
        exec(ex.spec.parts[0].solution, {"ex": ex})
    verdict = ex.check()
    ex.close()
    return verdict, tomllib.loads(text)


def rules(stored: dict[str, Any]) -> dict[str, Any]:
    return {name: argument for rule in stored["part"][0]["rules"] for name, argument in rule.items()}


@pytest.mark.parametrize("name", RECORDED)
@pytest.mark.parametrize("persona", ["modern", "sendmail-8.9.2", "foreign"])
def test_a_recorded_session_becomes_an_exercise_that_its_solution_passes(
    tmp_path: Path, name: str, persona: str
) -> None:
    with Server(persona) as server:
        clients.burst(server.address, *RECORDED[name])
        session = server.sessions[-1]
    verdict, stored = tried(starting_file(Transcript.from_json(session.to_json())), tmp_path)
    assert verdict.passed, str(verdict)
    assert stored["server"] == {"persona": persona, "manners": "lenient"}


@pytest.mark.parametrize("text", [SESSION_1, SESSION_2, SWAKS, TELNET], ids=["1", "2", "swaks", "telnet"])
def test_a_written_session_does_too(tmp_path: Path, text: str) -> None:
    assert tried(starting_file(Transcript.parse(text)), tmp_path)[0].passed


def test_what_smtplib_prints_does_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Server() as server, smtplib.SMTP(timeout=clients.TIMEOUT_S) as client:
        client.set_debuglevel(1)
        client.connect(*server.address)
        client.sendmail("me@example.com", ["alice@example.com"], "Subject: Hi\n\nHello.\n")
    verdict, stored = tried(starting_file(Transcript.parse(capsys.readouterr().err)), tmp_path)
    assert verdict.passed and rules(stored)["headers"] == {"Subject": "Hi"}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_any_session_becomes_one_or_is_refused_with_a_reason(tmp_path: Path, path: Path) -> None:
    try:
        text = starting_file(Transcript.parse(path.read_text("utf-8")))
    except ValueError as error:
        assert any(word in str(error) for word in ("TLS", "AUTH", "no server of ours answers")), error
        return
    assert tried(text, tmp_path)[0].passed


def test_the_rules_say_what_the_session_did(tmp_path: Path) -> None:
    said = (HELO, DATA, MAIL, BOB, RCPT, DATA, SUBJECT + EMPTY + b"Hello.\r\n" + DOT, QUIT)
    with Server("foreign", strict=True) as server:
        clients.burst(server.address, *said)
        _, stored = tried(starting_file(server.sessions[-1]), tmp_path)
    assert rules(stored) == {
        "connected": True,
        "order": ["HELO|EHLO", "503", "MAIL", "RCPT", "DATA", "(end of data)"],
        "letters": 1,
        "sender": "me@example.com",
        "recipients": ["bob@example.com", "alice@example.com"],
        "headers": {"Subject": "First"},
        "body": "Hello.",
        "clean_quit": True,
    }
    assert (stored["codes"], stored["commands"]) == (["503"], ["HELO", "DATA", "MAIL", "RCPT", "QUIT"])
    assert "DATA before RCPT" not in stored["mistakes"] and "no dot" in stored["mistakes"]


def test_a_wrong_attempt_at_it_is_told_its_mistake(tmp_path: Path) -> None:
    (tmp_path / "x1.toml").write_text(starting_file(Transcript.parse(SESSION_1)), "utf-8")
    ex = exercise("x1", folder=tmp_path)
    clients.burst(ex.server.address, HELO, MAIL, DATA, QUIT)
    assert "DATA while no recipient was accepted" in ex.check().message
    ex.close()


def test_a_server_of_other_manners_is_chosen_by_its_answers(tmp_path: Path) -> None:
    with Server(strict=True) as server:
        clients.burst(server.address, HELO, b"MAIL FROM: me@example.com\r\n", QUIT)
        verdict, stored = tried(starting_file(server.sessions[-1]), tmp_path)
    assert verdict.passed and stored["server"]["manners"] == "strict" and stored["codes"] == ["501"]


def test_mail_for_another_domain_is_taken_by_the_exercises_server(tmp_path: Path) -> None:
    verdict, stored = tried(starting_file(Transcript.parse(SWAKS)), tmp_path)
    assert verdict.passed and stored["server"]["domains"] == ["example.com", "school.example"]
    assert rules(stored)["recipients"] == ["someone@school.example"]


def test_where_the_recorded_server_answered_otherwise_the_file_says_so() -> None:
    text = starting_file(Transcript.parse(SESSION_1.replace("S: 250 user123", "S: 251 user123")))
    assert "#   MAIL FROM: user123@example.com: 251 in the record, 250 here" in text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("S: 220 hi\nC: NOOP\nS: 250 ok\nC: STARTTLS\nS: 220 go\n", "turns to TLS"),
        ("S: 220 hi\nC: EHLO me\nS: 250 ok\nC: AUTH PLAIN\nS: 334 go\n", "logs in"),
        ("S: 220 hi\n", "the client says nothing"),
        ("S: +OK hi\nC: QUIT\nS: +OK bye\n", "no session of SMTP"),
        (
            "S: 220 hi\nC: GET / HTTP/1.0\nS: 500 no\nC: NOOP\nS: 250 ok\n",
            "no server of ours answers this session to its end",
        ),
        (SESSION_1.replace("test@", "nobody@"), "550 by our server.*name another mailbox"),
        ("S: 220 hi\n" + 60 * f"C: NOOP {'x' * 1_000}\nS: 250 ok\n", "too long for an exercise"),
    ],
)
def test_what_no_exercise_can_be_made_of_is_refused_with_a_remedy(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        starting_file(Transcript.parse(text))


class TestCommand:
    def test_it_writes_a_file_and_says_how_to_go_on(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "s.txt").write_text(SESSION_1, "utf-8")
        assert main(["author", str(tmp_path / "s.txt"), "-o", str(tmp_path / "x1.toml")]) == 0
        assert 'exercise("x1", folder=' in capsys.readouterr().out
        assert tried((tmp_path / "x1.toml").read_text("utf-8"), tmp_path)[0].passed

    def test_it_prints_the_file_and_reads_json_and_standard_input(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        octets = Transcript.parse(SESSION_1).to_json().encode()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(octets)))
        assert main(["author", "-"]) == 0
        assert tried(capsys.readouterr().out, tmp_path)[0].passed

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["nowhere.txt"], "cannot be read"),
            (["PROSE"], "no session can be seen"),
            (["BROKEN"], "no transcript that smtplab wrote"),
            (["GOOD", "-o", "PROSE"], "no name for an exercise"),
            (["GOOD", "-o", "THERE"], "is there already"),
            (["GOOD", "-o", "nowhere/x1.toml"], "cannot be written"),
            ([], "the following arguments are required"),
        ],
    )
    def test_wrong_use_is_one_line_and_2(
        self, tmp_path: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        texts = {"PROSE": "Dear all, how are you?\n", "BROKEN": "{", "GOOD": SESSION_1, "THERE": "x"}
        meant = {name: tmp_path / f"{name.lower()}{'.toml' if name == 'THERE' else '.txt'}" for name in texts}
        for name, path in meant.items():
            path.write_text(texts[name], "utf-8")
        try:
            status = main(["author", *(str(meant.get(word, word)) for word in words)])
        except SystemExit as end:
            status = end.code
        err = capsys.readouterr().err
        assert status == 2 and told in err and err.count("\n") == 1
        assert meant["THERE"].read_text("utf-8") == "x"
