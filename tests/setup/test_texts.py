"""The project's files tell nothing of the machine that they were written on, and their links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import urllib.parse
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Written in pieces, so that this file passes its own test.
PLACES = [re.compile(rf"(?<![\w.~-])/{name}(?=/)") for name in ("wo" + "rk", "ro" + "ot", "tm" + "p")]
HOSTS = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry." + "npmjs",
    "deb." + "debian.org",
    "conda." + "anaconda.org",
]


def project_files() -> list[Path]:
    """The files that are or would be committed; without git, those outside hidden folders."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
        files = [ROOT / name for name in names if name]
    except (OSError, subprocess.CalledProcessError):
        files = [path for path in ROOT.rglob("*") if not any(part[0] in "._" for part in path.relative_to(ROOT).parts)]
    return [path for path in files if path.is_file()]


def texts() -> dict[str, str]:
    """The text of every file that has one, by its name in the project."""
    found: dict[str, str] = {}
    for path in project_files():
        data = path.read_bytes()
        if b"\0" not in data:
            found[path.relative_to(ROOT).as_posix()] = data.decode("utf-8", "replace")
    return found


def test_no_file_names_a_place_of_one_machine():
    hits = [f"{name}: {place.pattern}" for name, text in texts().items() for place in PLACES if place.search(text)]
    assert hits == []


def test_no_file_names_a_registrys_host():
    assert [f"{name}: {host}" for name, text in texts().items() for host in HOSTS if host in text] == []


def links(name: str) -> list[str]:
    return re.findall(r"\]\(([^)\s]+)\)", (ROOT / name).read_text("utf-8"))


PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")),
]


@pytest.mark.parametrize("name", [*PAGES, "smtplab/corpus/README.md", "benchmarks/README.md"])
def test_every_link_within_the_project_leads_somewhere(name: str):
    inside = [link for link in links(name) if "://" not in link]
    assert [link for link in inside if not ((ROOT / name).parent / link.split("#")[0]).exists()] == []


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("docs/")])
def test_the_readme_leads_to_every_page_of_docs(name: str):
    assert name in links("README.md")


def test_the_badge_opens_notebook_01_in_jupyterlab():
    badge = next(link for link in links("README.md") if "mybinder.org/v2" in link)
    path = urllib.parse.parse_qs(urllib.parse.urlsplit(badge).query)["urlpath"][0]
    assert path.startswith("lab/tree/notebooks/01")
    assert (ROOT / path.removeprefix("lab/tree/")).is_file()


def test_each_way_to_start_takes_at_most_three_lines():
    start = (ROOT / "README.md").read_text("utf-8").split("## Start")[1].split("\n## ")[0]
    blocks = re.findall(r"```\w+\n(.*?)```", start, re.DOTALL)
    assert len(blocks) == 4
    assert all(len(block.splitlines()) <= 3 for block in blocks)


def test_the_readme_has_one_picture_and_three_paragraphs_before_the_first_command():
    head = (ROOT / "README.md").read_text("utf-8").split("## Start")[0]
    assert head.count("\n![") == 1
    assert head.count("\n**") == 3
