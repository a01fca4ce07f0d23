"""Notebooks' links are those that the tool makes, and lead somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.notebooks import links, store

BOOKS = {path: json.loads(path.read_text("utf-8")) for path in links.paths()}


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.name)
def test_the_links_are_those_that_the_tool_makes(path: Path) -> None:
    assert path.read_text("utf-8") == store.text(links.linked(BOOKS)[path]), "run: make concepts"


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_to_one(path: Path) -> None:
    text = "\n".join("".join(cell["source"]) for cell in BOOKS[path]["cells"] if cell["cell_type"] == "markdown")
    inside = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert [link for link in inside if not (path.parent / link.split("#")[0]).is_file()] == []


def book(name: str, *texts: str) -> tuple[Path, store.Notebook]:
    cells = [{"cell_type": "markdown", "id": str(n), "metadata": {}, "source": [text]} for n, text in enumerate(texts)]
    return Path(name), {"cells": cells}


def told(made: dict[Path, store.Notebook], number: int) -> str:
    return "".join(list(made.values())[number]["cells"][-1]["source"])


def test_each_notebook_links_its_neighbours_and_00_links_all() -> None:
    made = links.linked(
        dict(
            [
                book("00-a.ipynb", "# Start", f"x\n\n{links.HEAD}| old | row |\n\n**Next:** old"),
                book("01-b.ipynb", "# One\n\n- **After this page** you can b.\n- **Time:** about 5 minutes.", "end"),
                book("02-c.ipynb", "# Two\n\n- **After this page** you can c.", "end\n\n**Back:** old · **Next:** old\n"),
            ]
        )
    )
    rows = "| [01 One](01-b.ipynb) | b |\n| [02 Two](02-c.ipynb) | c |\n"
    assert told(made, 0) == f"x\n\n{links.HEAD}{rows}\n**Next:** [01 One](01-b.ipynb), about 5 minutes."
    assert told(made, 1) == "end\n\n**Back:** [00 Start](00-a.ipynb) · **Next:** [02 Two](02-c.ipynb)"
    assert told(made, 2) == "end\n\n**Back:** [01 One](01-b.ipynb)"
    assert links.linked(made) == made


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("(RFC 5321 §3.3)", "([RFC 5321 §3.3](RFC5321#section-3.3))"),
        ("RFC 5321 §4.2, §4.2.1", "[RFC 5321 §4.2](RFC5321#section-4.2), [§4.2.1](RFC5321#section-4.2.1)"),
        ("RFC 5321, the standard. §3.1", "RFC 5321, the standard. [§3.1](RFC5321#section-3.1)"),
        ("RFC 5321 and appendix D.1", "RFC 5321 and [appendix D.1](RFC5321#appendix-D.1)"),
        ("RFC 5321 §2, RFC 5322 §3", "[RFC 5321 §2](RFC5321#section-2), [RFC 5322 §3](RFC5322#section-3)"),
        ("a sign: § means section", None),
        ("§3.1 of what?", None),
        ("RFC 5321.\n\n§3.1 of another paragraph", None),
        ("`RFC 5321 §3.1` as code, [a link of RFC 5321 §3.1](x)", None),
    ],
)
def test_citations_become_links_to_their_sections(text: str, made: str | None) -> None:
    wanted = text if made is None else re.sub(r"\(RFC(\d+#)", rf"({links.RFC}\1", made)
    assert links.sectioned(text) == wanted == links.sectioned(wanted)
