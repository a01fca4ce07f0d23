"""index(): what is tagged is found, by code, command, concept and exercise; and the tags themselves are sound."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from smtplab import index
from smtplab.course import tags
from smtplab.course.files import spec
from smtplab.course.tags import Topic
from smtplab.protocol.catalogue import CATALOGUE
from smtplab.protocol.pop3.machine import POP3
from smtplab.protocol.smtp import SYNTAX
from tests.course.test_folders import GOOD
from tests.notebooks import concepts

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
TOPICS = concepts.ours()


class TestFound:
    def test_by_code_with_what_it_is_and_a_link(self) -> None:
        shown = index("503")
        said = str(shown).split("\n")
        assert said[:3] == [
            "503: A good command at the wrong moment.",
            "",
            "  taught  01 Your first session: Break it: too early",
        ]
        assert "  tested  exercise 01.2: Refused, and still delivered" in said
        assert 'href="01-your-first-session.ipynb#Break-it:-too-early"' in shown.html
        assert str(index(503)) == str(shown)

    def test_by_command_in_either_case(self) -> None:
        assert "Name a sender and a recipient" in str(index("rcpt")) and str(index("rcpt")) == str(index("RCPT"))

    @pytest.mark.parametrize("words", ["dot", "lone-dot", "Lone Dot", "lone"])
    def test_by_a_word_of_a_concept(self, words: str) -> None:
        assert "lone dot\n\n  taught  01 Your first session: The letter\n" in str(index(words))

    def test_by_exercise_back_to_where_it_is_taught(self) -> None:
        said = str(index("01.2"))
        assert "503: " in said and "a refusal moves nothing" in said and "Break it: too early" in said

    def test_all_of_it(self) -> None:
        said = " ".join(str(index()).split())
        assert all(topic.name in said for topic in TOPICS)

    def test_what_is_not_there_is_answered_with_what_to_do(self) -> None:
        assert "Did you mean lone dot" in str(index("lon dott"))
        assert "`explain(422)`" in str(index("422"))
        assert "`index()` lists all" in str(index("zzz"))
        assert "<img" not in index("<img src=x>").html

    def test_a_teachers_exercise_is_in_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "exercises").mkdir()
        (tmp_path / "exercises" / "x1.toml").write_text('concepts = ["lone-dot"]\ncodes = ["452"]\n' + GOOD, "utf-8")
        assert "tested  exercise exercises/x1: T" in str(index("lone dot"))
        assert "exercises/x1" in str(index("452"))

    def test_a_question_in_a_cell_is_found(self, tmp_path: Path) -> None:
        write(
            tmp_path, ("# Title\n", ["concept:lone-dot"]), ("## Warm-up\n", ["asks:lone-dot", "asks:503", "asks:RCPT"])
        )
        asked = [
            (topic.kind, topic.name, [cell.words for cell in topic.asked])
            for topic in tags.topics(tmp_path)
            if topic.asked
        ]
        assert asked == [(kind, name, ["02 Title: Warm-up"]) for kind, name in
                         (("concept", "lone dot"), ("code", "503"), ("command", "RCPT"))]  # fmt: skip


def write(folder: Path, *cells: tuple[str, list[str]]) -> None:
    made = [
        {"cell_type": "markdown", "id": str(n), "metadata": {"tags": tags_}, "source": [text]}
        for n, (text, tags_) in enumerate(cells)
    ]
    (folder / "02-x.ipynb").write_text(json.dumps({"cells": made}), "utf-8")


class TestPlaces:
    def test_a_cell_is_under_the_heading_before_it_or_its_own(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            ("# Title\n\nwords", ["concept:a"]), ("## One, two\n\nwords", ["concept:b"]), ("words", ["concept:c"]),
            ("words\n\n## Three", ["concept:d"]), ("words", ["concept:e"]),
        )  # fmt: skip
        found = {topic.name: topic.taught[0] for topic in tags.topics(tmp_path) if topic.taught}
        heads = {name: cell.heading for name, cell in found.items()}
        assert heads == {"a": "Title", "b": "One, two", "c": "One, two", "d": "One, two", "e": "Three"}
        assert (found["a"].link, found["b"].link) == ("02-x.ipynb", "02-x.ipynb#One,-two")

    def test_an_edited_notebook_is_read_anew_and_a_broken_one_stops_nobody(self, tmp_path: Path) -> None:
        write(tmp_path, ("# Title\n", ["concept:a"]))
        assert [topic.name for topic in tags.topics(tmp_path) if topic.taught] == ["a"]
        (tmp_path / "02-x.ipynb").write_text("{", "utf-8")
        assert [topic.name for topic in tags.topics(tmp_path) if topic.taught] == []


def every_tag() -> list[tuple[str, str, str]]:
    return [
        (path.name, cell["id"], tag)
        for path in sorted(NOTEBOOKS.glob("*.ipynb"))
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        for tag in cell["metadata"].get("tags", [])
    ]


class TestTags:
    def test_every_tag_is_of_a_kind_that_is_read(self) -> None:
        kinds = "|".join([*tags.KINDS, tags.ASKS])
        others = {"raises-exception", "skip-execution", "nbval-skip", "nbval-ignore-output", "needs-tcp"}
        bad = [
            each for each in every_tag() if each[2] not in others and not re.fullmatch(rf"({kinds}):[^\s,:]+", each[2])
        ]
        assert bad == []

    @pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: f"{topic.kind}:{topic.name}")
    def test_a_topic_is_real_and_taught_before_it_is_tested(self, topic: Topic) -> None:
        assert topic.kind != "code" or int(topic.name) in CATALOGUE
        assert topic.kind != "command" or topic.name in {*SYNTAX, *POP3.syntax}
        assert topic.taught, f"{topic.name!r} is asked or tested and no cell teaches it: tag one {topic.kind}:..."
        first = topic.taught[0].notebook[:2]
        assert all(first <= test.key[:2] for test in topic.tested)
        assert all(first <= cell.notebook[:2] for cell in topic.asked)

    def test_every_exercise_of_ours_says_what_it_tests(self) -> None:
        assert [name for name in spec.names() if not spec.load(name, spec.shipped()).concepts] == []

    def test_every_notebook_teaches_something(self) -> None:
        taught = {cell.notebook for topic in TOPICS for cell in topic.taught}
        assert taught == {path.name for path in NOTEBOOKS.glob("*.ipynb")}


class TestPage:
    def test_the_page_is_what_the_tags_say(self) -> None:
        assert concepts.PAGE.read_text("utf-8") == concepts.text(TOPICS), "run: make concepts"

    def test_its_links_lead_somewhere(self) -> None:
        for link in re.findall(r"\]\(([^)]+)\)", concepts.PAGE.read_text("utf-8")):
            name, _, anchor = link.partition("#")
            target = concepts.PAGE.parent / name
            assert target.is_file(), link
            if anchor:
                text = "\n".join(
                    "".join(cell["source"])
                    for cell in json.loads(target.read_text("utf-8"))["cells"]
                    if cell["cell_type"] == "markdown"
                )
                heads = re.findall(r"(?m)^#+ +(.+?)\s*$", text)
                assert unquote(anchor) in [head.replace(" ", "-") for head in heads], link
