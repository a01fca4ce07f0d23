"""Exercises of one's own: found like ours, read anew each time, and every mistake in such a file is named with its place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from smtplab import exercise
from smtplab.course.files import folders, server_fields, spec
from tests.course import clients
from tests.course.attempts import QUIT

GOOD = """title = "T"
minutes = 1

[[part]]
task = "t"
rules = [{ connected = true }, { clean_quit = true }]
hints = ["a", "b", "c"]
solution = "pass"
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A teacher's folder, beside the notebook."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "exercises"
    folder.mkdir()
    return folder


class TestFound:
    def test_beside_the_notebook(self, own: Path) -> None:
        (own / "x1.toml").write_text(GOOD, "utf-8")
        ex = exercise("x1")
        clients.burst(ex.server.address, QUIT)
        assert ex.check().passed and ex.spec.key == "exercises/x1"
        ex.close()

    def test_in_the_folders_that_the_variable_names(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            (tmp_path / name / f"{name}.toml").write_text(GOOD, "utf-8")
        monkeypatch.setenv("SMTPLAB_EXERCISES", os.pathsep.join([str(tmp_path / "one"), str(tmp_path / "two")]))
        assert {place.name for place in folders.every()} >= {"one", "two", "01.1"}
        assert spec.load("two").home == str(tmp_path / "two")

    @pytest.mark.parametrize("as_path", [str, Path])
    def test_in_the_folder_that_is_given_and_only_there(self, tmp_path: Path, as_path: type) -> None:
        (tmp_path / "01.1.toml").write_text(GOOD, "utf-8")
        ex = exercise("01.1", folder=as_path(tmp_path))
        assert ex.spec.title == "T"
        ex.close()
        with pytest.raises(ValueError, match=r"no exercise '01\.2' in .*: choose one of 01\.1"):
            exercise("01.2", folder=as_path(tmp_path))

    def test_a_name_of_ours_is_never_hidden_in_silence(self, own: Path) -> None:
        (own / "01.1.toml").write_text(GOOD, "utf-8")
        with pytest.raises(
            ValueError, match=r"'01\.1' is there twice, among smtplab's own and in exercises: give .* folder="
        ):
            exercise("01.1")
        for folder, title in ((own, "T"), (folders.shipped(), "Say the session")):
            ex = exercise("01.1", folder=folder)
            assert ex.spec.title == title
            ex.close()

    def test_the_same_folder_named_twice_is_one(self, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (own / "x1.toml").write_text(GOOD, "utf-8")
        monkeypatch.setenv("SMTPLAB_EXERCISES", str(own))
        assert spec.load("x1").title == "T"

    def test_an_edited_file_is_read_anew(self, own: Path) -> None:
        (own / "x1.toml").write_text(GOOD, "utf-8")
        first = exercise("x1")
        (own / "x1.toml").write_text(GOOD.replace('"T"', '"Anew"'), "utf-8")
        second = exercise("x1")
        assert (first.spec.title, second.spec.title) == ("T", "Anew") and not first.server.is_running
        second.close()

    @pytest.mark.parametrize("name", ["../x1", "exercises/x1", "", ".hidden", "x1.toml"])
    def test_a_name_is_no_path(self, own: Path, name: str) -> None:
        (own / "x1.toml").write_text(GOOD, "utf-8")
        (own / ".hidden.toml").write_text(GOOD, "utf-8")
        with pytest.raises(ValueError, match=r"choose one of 00\.1, 01\.1, .*, x1$"):
            exercise(name)

    def test_a_folder_that_is_not_there_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(ValueError, match="no folder 'nowhere': make it"):
            exercise("x1", folder="nowhere")
        monkeypatch.setenv("SMTPLAB_EXERCISES", "nowhere")
        with pytest.raises(ValueError, match=r"SMTPLAB_EXERCISES names 'nowhere', and there is no such folder"):
            exercise("x1")

    def test_the_server_is_as_the_file_says(self, own: Path) -> None:
        words = '[server]\nmanners = "strict"\ndomains = ["school.example"]\nfaults = ["RCPT:2=450"]\n'
        (own / "x1.toml").write_text(GOOD + words, "utf-8")
        ex = exercise("x1")
        assert ex.server.manners.strict and ex.server.manners.domains == ("school.example",) and ex.server.faults
        ex.close()


MISTAKES = [
    ("[[part]]", "[[part]", r"this is no TOML: .*line 4"),
    ('title = "T"', "", "has no 'title': add a text in quotes"),
    ('title = "T"', "titel = 'T'", "has no 'title': .*did you mean it by 'titel'"),
    ('title = "T"', "title = 5", "'title' is 5, and should be a text in quotes"),
    ('title = "T"', "title = ' '", "'title' is empty"),
    ("minutes = 1", "minutes = 'one'", "'minutes' is 'one', and should be a whole number"),
    ("minutes = 1", "minutes = true", "'minutes' is True, and should be a whole number"),
    ("minutes = 1", "minutes = 0", "'minutes' is 0: 1 is the least"),
    ("minutes = 1", "minutes = 1\nminuets = 2", "nothing is called 'minuets' here: did you mean 'minutes'"),
    ("minutes = 1", "minutes = 1\nmistakes = ['no dit']", "no mistake is called 'no dit'; there are: .*no hello"),
    ("minutes = 1", "minutes = 1\nmistakes = [1]", "'mistakes', entry 1: 1 is no text"),
    ("minutes = 1", "minutes = 1\nserver = 'x'", "'server' is 'x', and should be a table"),
    ("minutes = 1", "minutes = 1\nserver = { persona = 'klingon' }", r"\[server\]: there is no persona 'klingon'"),
    ("minutes = 1", "minutes = 1\nserver = { manners = 'rude' }", r"\[server\]: manners are 'lenient' or 'strict'"),
    ("minutes = 1", "minutes = 1\nserver = { port = 25 }", r"\[server\]: nothing is called 'port' here"),
    ("[[part]]", "[part]", "'part' is .*, and should be a list"),
    ("task =", "tsak =", "part 1: has no 'task': .*did you mean it by 'tsak'"),
    ('solution = "pass"', "solution = 'pass'\nnotes = ''", "part 1: nothing is called 'notes' here"),
    ('"a", ', "", "part 1: a part has 3 hints, not 2"),
    ('"a", ', "'', ", "part 1: a hint is empty"),
    ('"a", ', "1, ", "part 1: 'hints', entry 1: 1 is no text"),
    ('solution = "pass"', "solution = 'x = ('", "part 1: 'solution' is no Python, at its line 1"),
    ("[{ connected = true }, { clean_quit = true }]", "[]", "part 1: 'rules' is empty"),
    ("{ clean_quit = true }", "5", "part 1: rule 2: 5 is no table"),
    ("{ clean_quit = true }", "{ clean_qiut = true }", "part 1, rule 2: a rule has one name, of these: connected, order"),
    ("{ clean_quit = true }", "{ clean_quit = true, letters = 1 }", "rule 2: a rule has one name"),
    ("{ clean_quit = true }", "{ clean_quit = false }", "rule 2: the rule 'clean_quit' takes true, not False"),
    ("{ clean_quit = true }", "{ letters = 'one' }", "the rule 'letters' takes a number from 1, not 'one'"),
    ("{ clean_quit = true }", "{ letters = true }", "the rule 'letters' takes a number from 1, not True"),
    ("{ clean_quit = true }", "{ letters = 0 }", "the rule 'letters' takes a number from 1, not 0"),
    ("{ clean_quit = true }", "{ order = ['HALO'] }", "the rule 'order' takes a list of commands or reply codes"),
    ("{ clean_quit = true }", "{ order = ['999'] }", "the rule 'order' takes a list of commands or reply codes"),
    ("{ clean_quit = true }", "{ order = [] }", "the rule 'order' takes a list"),
    ("{ clean_quit = true }", "{ recipients = 'a@b.example' }", "the rule 'recipients' takes a list of texts"),
    ("{ clean_quit = true }", "{ headers = { Subject = 1 } }", "the rule 'headers' takes headers with a text each"),
    ("{ clean_quit = true }", "{ letters = 1, claim = 5 }", "rule 2: a claim is a text in quotes, not 5"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), MISTAKES, ids=[new or f"no {old}" for old, new, _ in MISTAKES])
def test_a_mistake_in_a_file_is_told_with_file_place_and_remedy(own: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    (own / "x1.toml").write_text(GOOD.replace(old, new), "utf-8")
    with pytest.raises(ValueError, match=rf"^exercise x1 \(exercises/x1\.toml\).*{told}"):
        exercise("x1")


def test_a_server_that_cannot_be_is_told(own: Path) -> None:
    for setting, told in (("faults = ['RCPT=']", "RCPT"), ("max_size = 'big'", "max_size"), ("auth = 7", "")):
        (own / "x1.toml").write_text(f"{GOOD}[server]\n{setting}\n", "utf-8")
        with pytest.raises(ValueError, match=rf"^exercise x1.*, \[server\]: .*{told}"):
            exercise("x1")


def test_a_file_that_is_not_utf_8_is_told(own: Path) -> None:
    (own / "x1.toml").write_bytes(GOOD.replace('"T"', '"Übung"').encode("latin-1"))
    with pytest.raises(ValueError, match=r"exercise x1 \(exercises/x1\.toml\): not UTF-8 at octet 9: save it as UTF-8"):
        exercise("x1")


def test_a_file_with_a_mistake_stops_no_list(own: Path) -> None:
    from smtplab import progress

    (own / "x1.toml").write_text("title = ", "utf-8")
    assert "x1    (its file has a mistake: exercise x1" in str(progress())


def test_the_teachers_page_names_every_rule_and_every_setting() -> None:
    from smtplab.course.judging.checks import RULES

    page = (Path(__file__).parents[2] / "docs" / "teaching.md").read_text("utf-8")
    assert [name for name in RULES if f"`{name} = " not in page] == []
    assert [name for name in server_fields.SERVER if f"`{name}`" not in page] == []


@pytest.mark.parametrize("name", [1.1, 2, None])
def test_a_name_without_quotes_is_told_how_it_is_written(name: object) -> None:
    with pytest.raises(ValueError, match=r'exercise\("01\.1"\), not exercise\('):
        exercise(name)  # type: ignore[arg-type]
