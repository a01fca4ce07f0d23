"""Result sheets and the class table: claims judged again, sheets that share evidence named, hostile files survived."""

from __future__ import annotations

import base64
import csv
import io
import json
import smtplib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from smtplab import exercise, progress
from smtplab.cli import main
from smtplab.course.judging.judge import judge
from smtplab.course.progress import sheet, table
from smtplab.course.progress.done import Done, Proof
from smtplab.course.progress.grade import Class, grade, observed
from smtplab.protocol.transcript import Transcript
from tests.course import attempts, clients
from tests.course.attempts import DATA, DOT, EHLO, HELO, MAIL, QUIT, RCPT
from tests.course.test_folders import GOOD

OWN = (EHLO, MAIL, RCPT, DATA, b"A letter of my own.\r\n" + DOT, QUIT)
NASTY = '<img src=x onerror="alert(1)">\u202e\x07</title><script>alert(2)</script>'


@pytest.fixture
def learner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes the sheet of a learner who says these things to these exercises."""

    def makes(name: str, done: dict[str, tuple[bytes, ...]]) -> Path:
        monkeypatch.setenv("SMTPLAB_DATA", str(tmp_path / f"data-{len(list(tmp_path.iterdir()))}"))
        for key, said in done.items():
            ex = exercise(key)
            clients.burst(ex.server.address, *said)
            ex.check()
            ex.close()
        path = tmp_path / f"{len(list(tmp_path.glob('*.json')))}.json"
        progress().export(path, name=name)
        return path

    return makes


def changed(path: Path, how: Callable[[Any], None]) -> Path:
    """The sheet, changed by hand."""
    stored = json.loads(path.read_text("utf-8"))
    how(stored)
    path.write_text(json.dumps(stored), "utf-8")
    return path


def problems(of: Class) -> list[str]:
    return [problem for row in of.rows for entry in row.entries.values() for problem in entry.problems]


class TestExport:
    def test_a_sheet_and_a_page_are_written_and_named(self, learner: Callable[..., Path]) -> None:
        path = learner("Anna", {"01.1": OWN})
        read = sheet.read(path)
        assert (read.name, read.exercises["01.1"].is_passed) == ("Anna", True)
        page = path.with_suffix(".html").read_text("utf-8")
        assert "Result sheet: Anna" in page and "C: EHLO me.example.com" in page and "Say the session" in page

    def test_the_name_is_the_files_where_none_is_given(self, tmp_path: Path) -> None:
        progress().export(tmp_path / "anna.json")
        assert sheet.read(tmp_path / "anna.json").name == "anna"

    def test_it_may_be_written_again_but_over_nothing_else(self, tmp_path: Path) -> None:
        path = tmp_path / "anna.json"
        progress().export(path)
        progress().export(path, name="Anna")
        for file in (path, tmp_path / "anna.html"):
            before = file.read_text("utf-8")
            file.write_text("mine", "utf-8")
            with pytest.raises(ValueError, match="is there already, and is no result sheet: choose another name"):
                progress().export(path)
            assert file.read_text("utf-8") == "mine"
            file.write_text(before, "utf-8")

    def test_another_ending_is_answered_with_the_right_one(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match=r"ends in \.json, as in anna\.json"):
            progress().export(tmp_path / "anna.txt")

    def test_what_came_from_the_learner_is_escaped_in_the_page(self, learner: Callable[..., Path]) -> None:
        letter = b"<script>alert(3)</script>\r\n"
        page = learner(NASTY, {"01.1": (HELO, MAIL, RCPT, DATA, letter + DOT, QUIT)}).with_suffix(".html")
        assert tags(page.read_text("utf-8")) <= PLAIN_TAGS
        assert "\u202e" not in page.read_text("utf-8")

    def test_the_page_fetches_nothing(self, learner: Callable[..., Path]) -> None:
        page = learner("Anna", {"01.1": OWN}).with_suffix(".html").read_text("utf-8")
        assert "default-src 'none'" in page and "http" not in page.replace("http-equiv", "")


PLAIN_TAGS = {
    "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "span", "table", "thead", "tbody", "tr", "th",
    "td", "pre", "ul", "li",
}  # fmt: skip


def tags(page: str) -> set[str]:
    """The elements of a page."""
    found: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
            found.add(tag)

    Reader().feed(page)
    return found


class TestJudgedAgain:
    def test_every_right_attempt_is_borne_by_its_session(self) -> None:
        for name, ways in attempts.RIGHT.items():
            for said in ways:
                for speak in (clients.lock_step, clients.burst):
                    ex = exercise(name)
                    speak(ex.server.address, *said)
                    assert ex.check().passed and ex.session is not None
                    kept = Proof.of(ex.session, "").transcript()
                    assert [e.event for e in observed(kept).exchanges] == [e.event for e in kept.exchanges]
                    ex.close()
            claim = grade_of({name: said} for said in ways)
            assert claim.rows and not problems(claim)

    def test_a_claim_whose_session_does_not_pass_is_named(self, learner: Callable[..., Path]) -> None:
        path = changed(learner("Bob", {"01.1": OWN}), lambda s: s["exercises"].update({"01.2": s["exercises"]["01.1"]}))
        made = grade([path])
        assert made.rows[0].entries["01.1"].word == "passed"
        assert made.rows[0].entries["01.2"].word == "NOT BORNE" and made.rows[0].passed == 1
        assert problems(made) == ["its session does not pass: No reply was a 503."]

    def test_a_claim_without_evidence_is_named(self, learner: Callable[..., Path]) -> None:
        path = changed(learner("Bob", {"01.1": OWN}), lambda s: s["exercises"]["01.1"]["passed"]["1"].pop("session"))
        assert problems(grade([path])) == ["its session cannot be read (no session was kept, it was too long)"]

    def test_a_part_too_few_is_no_pass(self, learner: Callable[..., Path]) -> None:
        path = learner("Bob", {"01.3": (attempts.TO_TEST, b"Subject: x\r\n\r\ny\r\n.\r\nQUIT\r\n")})
        changed(path, lambda s: s["exercises"]["01.3"].update({"parts": 1}))
        made = grade([path])
        assert made.rows[0].entries["01.3"].word == "1 of 2" and made.rows[0].passed == 0

    def test_a_part_that_is_not_there_is_named(self, learner: Callable[..., Path]) -> None:
        path = learner("Bob", {"01.1": OWN})
        changed(path, lambda s: s["exercises"]["01.1"]["passed"].update({"7": s["exercises"]["01.1"]["passed"]["1"]}))
        assert problems(grade([path])) == ["part 7 is claimed, and the exercise has 1"]

    @pytest.mark.parametrize("edited", [{"event": "QUIT"}, {"event": "QUIT", "after": "CLOSED"}])
    def test_a_record_that_was_edited_is_judged_by_its_octets(
        self, learner: Callable[..., Path], edited: dict[str, str]
    ) -> None:
        path = learner("Bob", {"00.1": (HELO,)})

        def edit(stored: Any) -> None:
            done = stored["exercises"]["00.1"]
            done["passed"]["1"] = done["last"][0]
            done["passed"]["1"]["session"]["exchanges"][1].update(edited)

        (problem,) = problems(grade([changed(path, edit)]))
        assert problem.startswith(
            "its record contradicts itself: by its octets: You closed the connection without QUIT"
        )

    def test_a_refusal_turned_into_a_yes_does_not_pass(self, learner: Callable[..., Path]) -> None:
        path = learner("Bob", {"01.1": OWN})

        def edit(stored: Any) -> None:
            for exchange in stored["exercises"]["01.1"]["passed"]["1"]["session"]["exchanges"]:
                if exchange["event"] == "(end of data)":
                    exchange["reply"] = "554 no\r\n"

        assert problems(grade([changed(path, edit)])) != []

    def test_an_exercise_that_was_changed_since_is_judged_by_what_is_here(
        self, learner: Callable[..., Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = changed(learner("Bob", {"01.1": OWN}), lambda s: s["exercises"]["01.1"].update({"digest": "0" * 16}))
        assert main(["grade", str(path)]) == 0
        assert "01.1: the exercise's file has changed since" in capsys.readouterr().out

    def test_a_teachers_exercise_is_judged_by_the_teachers_file(
        self, learner: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "exercises").mkdir()
        (tmp_path / "exercises" / "x1.toml").write_text(GOOD, "utf-8")
        monkeypatch.chdir(tmp_path)
        path = learner("Bob", {"x1": (QUIT,)})
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        assert "not known here: name its folder with --exercises DIR" in problems(grade([path]))[0]
        made = grade([path], str(tmp_path / "exercises"))
        assert made.rows[0].entries["exercises/x1"].word == "passed" and made.is_clean


def grade_of(sheets: Iterator[dict[str, list[bytes]]]) -> Class:
    """The class of learners who each passed so, without files in between."""
    from smtplab.course.progress import grade as module

    rows = []
    for number, done in enumerate(sheets):
        for key, said in done.items():
            ex = exercise(key)
            clients.burst(ex.server.address, *said)
            ex.check()
            assert ex.session is not None
            last = len(ex.spec.parts)
            proof = Proof.of(ex.session, "")
            read = sheet.Sheet(str(number), "", "", {key: Done(last, {n: proof for n in range(1, last + 1)})})
            rows.append(module.Row("f", read.name, module._entries(read, module._Specs(None), "f", [])))
            ex.close()
    return Class(tuple(rows), {}, ())


class TestShared:
    def test_a_copied_sheet_is_named_though_the_name_is_another(
        self, learner: Callable[..., Path], tmp_path: Path
    ) -> None:
        path = learner("Anna", {"01.1": OWN})
        copy = tmp_path / "copy.json"
        copy.write_text(path.read_text("utf-8").replace('"Anna"', '"Bob"'), "utf-8")
        (shared,) = grade([path, copy]).shared
        assert shared.is_copy and shared.exercise == "01.1" and [who[:4] for who in shared.who] == ["Anna", "Bob "]

    def test_the_same_lines_are_named_though_times_differ(self, learner: Callable[..., Path]) -> None:
        made = grade([learner(name, {"01.1": OWN}) for name in ("Anna", "Bob")])
        (shared,) = made.shared
        assert not shared.is_copy and not made.is_clean

    def test_the_worked_solution_is_nobodys_own(self, learner: Callable[..., Path]) -> None:
        said = (HELO, MAIL, RCPT, DATA, b"Hello, Alice.\r\n.\r\n", QUIT)
        made = grade([learner(name, {"00.1": (QUIT,), "01.1": said}) for name in ("Anna", "Bob", "Carol")])
        assert made.is_clean and [row.passed for row in made.rows] == [2, 2, 2]

    def test_two_pairs_of_copies_are_two(self, learner: Callable[..., Path], tmp_path: Path) -> None:
        files = []
        for name in ("Anna", "Bob"):
            path = learner(name, {"01.1": OWN})
            copy = tmp_path / f"copy of {name}.json"
            copy.write_text(path.read_text("utf-8"), "utf-8")
            files += [path, copy]
        assert [len(each.who) for each in grade(files).shared] == [2, 2, 4]

    def test_sessions_of_ones_own_are_not_named(self, learner: Callable[..., Path]) -> None:
        other = (HELO, MAIL, RCPT, DATA, b"Another.\r\n" + DOT, QUIT)
        assert grade([learner("Anna", {"01.1": OWN}), learner("Bob", {"01.1": other})]).is_clean


UNREADABLE = [
    b"", b"{", b"\xff\xfe", b"null", b"7", b"[]", b"{}", b'{"smtplab_sheet": 9}', b'{"smtplab_sheet": 1}',
    b"[" * 200_000, b'{"smtplab_sheet": 1, "exercises": []}', b'{"smtplab_sheet": 1, "exercises": {"01.1": 5}}',
    b'{"smtplab_sheet": 1, "name": ["Anna"], "exercises": {}}', b"9" * 10_000, b'{"smtplab_sheet": 1e999}',
    b'{"smtplab_sheet": 1, "exercises": {"01.1": {"passed": {"1": {"at": "", "session": "x"}}}}}',
    b'{"smtplab_sheet": 1, "exercises": {"01.1": {"tries": -1}}}',
]  # fmt: skip
HOSTILE = [None, True, -1, 1e999, 10**30, "", "\ud800", "x" * 5000, NASTY, [], [[]], {}, {"x": []}]


class TestHostile:
    @pytest.mark.parametrize("octets", UNREADABLE, ids=range(len(UNREADABLE)))
    def test_a_sheet_that_cannot_be_read_is_named_and_the_others_are_graded(
        self, learner: Callable[..., Path], tmp_path: Path, octets: bytes
    ) -> None:
        (tmp_path / "bad.json").write_bytes(octets)
        made = grade([tmp_path / "bad.json", learner("Anna", {"01.1": OWN}), tmp_path / "none.json"])
        assert list(made.unread) == [str(tmp_path / "bad.json"), str(tmp_path / "none.json")]
        assert made.rows[0].passed == 1 and "cannot be read" in table.text(made)

    def test_a_huge_sheet_is_not_read_to_its_end(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sheet, "MOST", 1_000_000)
        (tmp_path / "huge.json").write_bytes(b" " * 1_000_001)
        assert grade([tmp_path / "huge.json"]).unread == {str(tmp_path / "huge.json"): "it is longer than 1 MB"}

    def test_whatever_stands_anywhere_in_a_sheet_it_is_graded_or_named(
        self, learner: Callable[..., Path], tmp_path: Path
    ) -> None:
        whole = json.loads(learner("Anna", {"00.1": (QUIT,), "01.1": (HELO,)}).read_text("utf-8"))
        path = tmp_path / "hostile.json"
        count = 0
        for holder, key in list(places(whole)):
            honest = holder[key]
            for value in HOSTILE:
                holder[key] = value
                path.write_text(json.dumps(whole), "utf-8")
                made = grade([path])
                assert len(made.rows) + len(made.unread) == 1
                for drawn in (table.text(made), table.as_csv(made), table.html(made)):
                    drawn.encode()
                count += 1
            holder[key] = honest
        assert count > 500

    def test_names_are_written_out_and_escaped_wherever_they_are_shown(
        self, learner: Callable[..., Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = changed(learner(NASTY, {"00.1": (QUIT,)}), lambda s: s["exercises"].update({NASTY: {"tries": 3}}))
        assert main(["grade", str(path), "--html", str(path.with_name("class.html"))]) == 0
        page = path.with_name("class.html").read_text("utf-8")
        assert tags(page) <= PLAIN_TAGS
        assert not {"\x07", "\u202e"} & set(capsys.readouterr().out + page)

    def test_a_name_is_no_formula_in_a_spreadsheet(self, learner: Callable[..., Path]) -> None:
        made = grade([learner("=HYPERLINK(1)", {"00.1": (QUIT,)})])
        assert list(csv.reader(io.StringIO(table.as_csv(made))))[1][0] == "'=HYPERLINK(1)"


def places(stored: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a piece of JSON, as the holder and the key in it."""
    for key in list(stored) if isinstance(stored, dict) else range(len(stored)):
        yield stored, key
        if isinstance(stored[key], dict | list):
            yield from places(stored[key])


class TestCommand:
    def test_it_prints_a_table_and_says_what_evidence_is_worth(
        self, learner: Callable[..., Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = learner("Anna", {"00.1": (QUIT,), "01.1": (HELO,)})
        assert main(["grade", str(path)]) == 0
        out = capsys.readouterr().out
        assert "      00.1  01.1  passed\nAnna  yes   (1)   1\n" in out
        assert "Every" not in out and "Evidence can be invented" in out and "Nothing stands out" in out

    def test_a_folder_stands_for_the_sheets_in_it_and_something_to_look_at_is_1(
        self, learner: Callable[..., Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = learner("Anna", {"00.1": (QUIT,)}).parent
        (folder / "bad.json").write_text("{", "utf-8")
        assert main(["grade", str(folder), "--csv", str(folder / "class.csv")]) == 1
        assert "bad.json cannot be read" in capsys.readouterr().out
        assert (folder / "class.csv").read_text("utf-8").startswith("name,file,passed,00.1")

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["FILE", "--exercises", "nowhere"], "there is no folder nowhere"),
            (["EMPTY"], "has no sheet in it"),
            (["FILE", "--csv", "nowhere/t.csv"], "cannot be written"),
            ([], "the following arguments are required"),
        ],
    )
    def test_wrong_use_is_one_line_and_2(
        self, tmp_path: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        progress().export(tmp_path / "anna.json")
        (tmp_path / "empty").mkdir()
        meant = {"FILE": str(tmp_path / "anna.json"), "EMPTY": str(tmp_path / "empty")}
        try:
            status = main(["grade", *(meant.get(word, word) for word in words)])
        except SystemExit as end:
            status = end.code
        told_ = capsys.readouterr().err
        assert status == 2 and told in told_ and told_.count("\n") == 1


def test_a_session_too_long_for_a_sheet_is_said_to_be_so(learner: Callable[..., Path]) -> None:
    long = (HELO, MAIL, RCPT, DATA, b"x" * 300_000 + b"\r\n" + DOT, QUIT)
    assert problems(grade([learner("Anna", {"01.1": long})])) == [
        "its session cannot be read (no session was kept, it was too long)"
    ]


def test_by_its_octets_a_session_is_judged_as_it_was(learner: Callable[..., Path]) -> None:
    for name, ways in attempts.WRONG.items():
        for _, _, said, _ in ways:
            ex = exercise(name)
            clients.burst(ex.server.address, said)
            session = ex.server.sessions[-1]
            asked = ex.spec.parts[0].asked
            again = observed(Transcript.from_json(session.to_json()))
            held = [[result.outcome for result in judge(each, asked).results] for each in (session, again)]
            assert held[0] == held[1], said
            ex.close()


def test_a_session_with_a_lock_and_a_password_is_judged_again_without_either(
    learner: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "exercises").mkdir()
    rules = '[{ order = ["STARTTLS", "HELO|EHLO", "AUTH", "MAIL"] }, { letters = 1 }, { clean_quit = true }]'
    text = GOOD.replace("[{ connected = true }, { clean_quit = true }]", rules)
    (tmp_path / "exercises" / "x1.toml").write_text(f'{text}[server]\ntls = true\nauth = "toy"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMTPLAB_DATA", str(tmp_path / "data"))
    ex = exercise("x1")
    with smtplib.SMTP(*ex.server.address, timeout=clients.TIMEOUT_S) as client:
        client.starttls(context=ex.server.client_context())
        client.login("alice", "wonderland")
        client.sendmail("alice@example.com", ["bob@example.com"], "Subject: Hi\n\nHello.\n")
    verdict = ex.check()
    assert verdict.passed, str(verdict)
    ex.close()
    progress().export(tmp_path / "anna.json")
    secret = base64.b64encode(b"\0alice\0wonderland").decode()
    for file in (tmp_path / "anna.json", tmp_path / "anna.html", tmp_path / "data" / "progress.json"):
        assert secret not in file.read_text("utf-8") and "wonderland" not in file.read_text("utf-8")
    made = grade([tmp_path / "anna.json"])
    assert made.is_clean and made.rows[0].passed == 1, problems(made)
