"""Write docs/concepts.md from the tags of notebooks and exercises: `python -m tests.notebooks.concepts`.

Each concept, reply code and command of the course: the cells that teach it, and the exercises that test it. The page
is never edited by hand; a test compares it with the tags.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from smtplab.course.tags import Cell, Tested, Topic, topics

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "concepts.md"
HEAD = """\
# What is taught where

Each concept of the course, the place that teaches it, and the exercise that tests it. In a notebook, `index("dot")`
says the same. This page is made from the tags of cells and exercise files by `make concepts`; do not edit it.
"""
TITLES = {"concept": "Concepts", "code": "Reply codes", "command": "Commands"}


def text(known: list[Topic]) -> str:
    """The page."""
    parts = [HEAD]
    for kind, title in TITLES.items():
        rows = [_row(topic) for topic in known if topic.kind == kind]
        if rows:
            parts.append("\n".join([f"## {title}\n", "| | taught in | tested by |", "|---|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def _row(topic: Topic) -> str:
    taught = "<br>".join(_cells([*topic.taught, *topic.asked])) or "not yet"
    tested = "<br>".join(map(_exercise, topic.tested)) or "-"
    return f"| {topic.name} | {taught} | {tested} |"


def _cells(cells: list[Cell]) -> Iterator[str]:
    for cell in dict.fromkeys(cells):
        yield f"[{cell.words}](../notebooks/{cell.link})"


def _exercise(test: Tested) -> str:
    return f"[{test.key}](../smtplab/course/exercises/{test.key}.toml) {test.title}"


def ours() -> list[Topic]:
    """The topics of this checkout's notebooks and exercises; a teacher's own, where there are such, left out."""
    known = topics(ROOT / "notebooks")
    for topic in known:
        topic.tested = [test for test in topic.tested if not test.home]
    return [topic for topic in known if topic.taught or topic.asked or topic.tested]


def main() -> int:
    made = text(ours())
    is_new = not PAGE.exists() or PAGE.read_text("utf-8") != made
    PAGE.write_text(made, "utf-8", newline="\n")
    print(f"{PAGE.name}: {'written' if is_new else 'unchanged'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
