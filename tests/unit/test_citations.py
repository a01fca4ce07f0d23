"""Every RFC that code or a notebook cites exists, has the section that is named, and is written in the one form.

The form: ``RFC 5321``, ``RFC 5321 §4.2.1``, or several sections of one as ``RFC 5321 §4.2, §4.2.1``. Replies are ASCII,
so what a server says (and whoever quotes it) has ``RFC 5321 4.2.1`` instead, always with a dot in the section.
To cite another RFC or section, look it up and add it to tests/oracle/standards/rfcs.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KNOWN: dict[str, dict[str, object]] = json.loads(
    (ROOT / "tests/oracle/standards/rfcs.json").read_text(encoding="utf-8")
)["rfcs"]

# Anything that looks as if it meant an RFC, and what it should look like.
_MEANT = re.compile(r"RFCs?[-\s]?\d+(?P<tail>(?:,? (?:and )?(?:§ ?|[Ss]ections? |[Ss]ec\. ?)?[\d.]*\d\b)*)")
_FORM = re.compile(
    r"RFC (?P<number>[1-9]\d{2,4})"
    r"(?P<sections> [1-9]\d*(?:\.[1-9]\d*)+|(?: §[1-9]\d*(?:\.[1-9]\d*)*(?:, §[1-9]\d*(?:\.[1-9]\d*)*)*)?)"
)


def problems(text: str) -> Iterator[str]:
    """What is wrong with the citations in a text, each with a remedy."""
    # A citation may stand across two lines of a comment.
    for found in _MEANT.finditer(re.sub(r"\s*\n[\s#]*", " ", text)):
        cited = found[0]
        form = _FORM.match(cited)
        if form is None or form.end() < len(cited.rstrip()) and not _is_prose(cited[form.end() :]):
            yield f'"{cited}": write it as "RFC 5321 §4.2.1"'
            continue
        known = KNOWN.get(form["number"])
        if known is None:
            yield f'"{cited}": RFC {form["number"]} is not in rfcs.json: look it up, then add it'
            continue
        for section in re.findall(r"\d+(?:\.\d+)*", form["sections"]):
            if section not in known["sections"]:  # type: ignore[operator]
                yield f'"{cited}": RFC {form["number"]} has no §{section} in rfcs.json: look it up, then add it'


def _is_prose(rest: str) -> bool:
    """Whether what follows a citation is a number of the sentence: "RFC 5321, 250 means ..."."""
    return re.fullmatch(r",(?: and)? \d{3,}", rest) is not None


def texts() -> Iterator[tuple[str, str]]:
    """Every Python file of the package and every cell of the notebooks: where, and what stands there."""
    for path in sorted((ROOT / "smtplab").rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    for path in sorted(ROOT.glob("notebooks/**/*.ipynb")):
        if ".ipynb_checkpoints" in path.parts:
            continue
        for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], start=1):
            source = cell["source"]
            yield (
                f"{path.relative_to(ROOT).as_posix()}, cell {number}",
                source if isinstance(source, str) else "".join(source),
            )


def test_every_citation_names_a_section_that_exists_in_the_one_form() -> None:
    wrong = [f"{where}: {problem}" for where, text in texts() for problem in problems(text)]
    assert not wrong, "\n".join(wrong)


def test_there_are_citations_to_check() -> None:
    found = [match[0] for _, text in texts() for match in _FORM.finditer(text) if match["sections"]]
    assert len(found) > 100


@pytest.mark.parametrize(
    "text",
    [
        "RFC 5321",
        "RFC 5321 §4.2.1",
        "(RFC 5321 §4.5.3.1.10).",
        "RFC 5321 §4.2, §4.2.1, and more",
        "in RFC 5321, 250 means",
        "RFC 3463 and RFC 2034",
        "RFC 5321 §4.3.2: 250.",
        "RFC 2034 §4. Next",
        "501 RFC 5321 4.2.1: what a server says is ASCII",
    ],
)
def test_a_good_citation_passes(text: str) -> None:
    assert list(problems(text)) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("RFC 5321 §4.9", "no §4.9"),
        ("RFC 5321 §4.2.1, §4.2.9", "no §4.2.9"),
        ("RFC 5312 §4.2", "RFC 5312 is not in rfcs.json"),
        ("RFC 9999", "RFC 9999 is not in rfcs.json"),
        ("# as in RFC 5321\n    # §4.9", "no §4.9"),
        ("RFC5321 §4.2", "write it as"),
        ("RFC-5321", "write it as"),
        ("RFC 5321 4", "write it as"),
        ("RFC 5321 4.2.9", "no §4.2.9"),
        ("RFC 5321 §4.2 and 4.2.1", "write it as"),
        ("RFC 5321 § 4.2.1", "write it as"),
        ("RFC 5321, section 4.2", "write it as"),
        ("RFC 5321 section 4.2", "write it as"),
        ("RFC 5321 §04.2", "write it as"),
    ],
)
def test_a_bad_citation_is_noticed(text: str, says: str) -> None:
    assert [problem for problem in problems(text) if says in problem]


def test_the_list_itself_is_in_order_and_in_form() -> None:
    assert list(map(int, KNOWN)) == sorted(map(int, KNOWN))
    for told in KNOWN.values():
        sections = told["sections"]
        assert told["title"] and isinstance(sections, list)
        assert sections == sorted(set(sections), key=lambda section: [int(number) for number in section.split(".")])
