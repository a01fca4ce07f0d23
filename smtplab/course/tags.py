"""Where something is taught, asked and tested: read from the tags of notebooks' cells and from exercise files.

A cell has tags, each `KIND:NAME` with hyphens for blanks:
    concept:lone-dot   code:503   command:RCPT      this cell teaches it
    asks:lone-dot      asks:503   asks:RCPT         this cell asks about it (a warm-up, a prediction)
An exercise file has `concepts = ["lone dot"]`, `codes = ["503"]`, `commands = ["RCPT"]`: what it tests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from .files import folders, spec

KINDS = {"concept": "concepts", "code": "codes", "command": "commands"}
"""The kinds of thing that are taught, and what an exercise file calls them."""
ASKS = "asks"
_HEADING = re.compile(r"#{1,4} +(.+?)\s*#*")


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """A place in a notebook: the file, its title, and the heading that the cell stands under."""

    notebook: str
    title: str
    heading: str
    id: str = field(compare=False)

    @property
    def link(self) -> str:
        """Where it is, from a neighbour of the notebook. JupyterLab and nbviewer find the heading by it."""
        anchor = quote(self.heading.replace(" ", "-"), safe=":,'!")
        return self.notebook if self.heading == self.title else f"{self.notebook}#{anchor}"

    @property
    def words(self) -> str:
        number = self.notebook[:2]
        return f"{number} {self.title}" + (f": {self.heading}" if self.heading != self.title else "")


@dataclass(frozen=True, slots=True)
class Tested:
    """An exercise that tests something."""

    key: str
    title: str
    home: str


@dataclass(slots=True)
class Topic:
    """One thing: where it is taught and asked, and which exercises test it."""

    kind: str
    name: str
    taught: list[Cell] = field(default_factory=list[Cell])
    asked: list[Cell] = field(default_factory=list[Cell])
    tested: list[Tested] = field(default_factory=list[Tested])


def shipped_folder() -> Path:
    """The notebooks as shipped: in the installed package, or in the checkout that it runs from."""
    package = Path(str(files("smtplab")))
    installed = package / "_notebooks"
    return installed if installed.is_dir() else package.parent / "notebooks"


def topics(folder: Path | None = None) -> list[Topic]:
    """All that is taught, asked or tested: concepts by name, codes, commands."""
    found: dict[tuple[str, str], Topic] = {}

    def topic(kind: str, name: str) -> Topic:
        return found.setdefault((kind, name), Topic(kind, name))

    asked: list[tuple[str, Cell]] = []
    for path in sorted((folder or shipped_folder()).glob("[0-9][0-9]*.ipynb")):
        for cell, tag in _tagged(path, path.stat().st_mtime_ns):
            kind, _, name = tag.partition(":")
            if kind in KINDS:
                topic(kind, spoken(kind, name)).taught.append(cell)
            elif kind == ASKS:
                asked.append((name, cell))
    for each, test in _exercises():
        for kind, attribute in KINDS.items():
            for name in getattr(each, attribute):
                topic(kind, spoken(kind, name)).tested.append(test)
    for name, cell in asked:
        kind = kind_of(name)
        topic(kind, spoken(kind, name)).asked.append(cell)
    order = list(KINDS)
    return sorted(found.values(), key=lambda each: (order.index(each.kind), each.name.lower()))


def spoken(kind: str, name: str) -> str:
    """A name as people say it: a concept's hyphens are blanks."""
    return name.strip().replace("-", " ") if kind == "concept" else name.strip().upper()


def kind_of(name: str) -> str:
    """Three digits are a code, capitals a command, all else a concept."""
    if name.isdigit():
        return "code"
    return "command" if name.isupper() else "concept"


def _exercises() -> Iterator[tuple[spec.Spec, Tested]]:
    for place in folders.every():
        try:
            each = spec.at(place)
        except ValueError:  # its own card says what is wrong in it
            continue
        yield each, Tested(each.key, each.title, each.home)


@lru_cache(maxsize=64)
def _tagged(path: Path, _changed: int) -> list[tuple[Cell, str]]:
    """Every tag of a notebook with its cell; read anew when the file has changed."""
    title = heading = ""
    found: list[tuple[Cell, str]] = []
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):  # somebody is at work on it
        return []
    for cell in cells:
        text = "".join(cell["source"]).strip() if cell["cell_type"] == "markdown" else ""
        heads = [head[1] for head in map(_HEADING.fullmatch, text.split("\n")) if head is not None]
        title = title or next(iter(heads), "")
        # A cell that has a heading further down is about what stands before it.
        above = heads[0] if heads and text.startswith("#") else heading or title
        place = Cell(path.name, title, above, cell.get("id", ""))
        found += [(place, tag) for tag in cell.get("metadata", {}).get("tags", [])]
        heading = heads[-1] if heads else heading
    return found
