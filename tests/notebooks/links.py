"""Write the notebooks' links: to each other, and to the sections of the standards: `python -m tests.notebooks.links`.

Three things in markdown cells are made here, and are never edited by hand:
1. The last paragraph of each notebook: **Back:** and **Next:**, from the files that are there.
2. In notebook 00, the table of notebooks, from each one's **After this page** line.
3. `RFC 5321 §4.2.1`, and a `§3.1` or `appendix D.1` after it in the same paragraph, as links to that section.

Run twice it changes nothing. Outputs and code are left alone.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from tests.notebooks import store

FOLDER = Path(__file__).parents[2] / "notebooks"
HEAD = "| notebook | after it you can |\n|---|---|\n"
RFC = "https://www.rfc-editor.org/rfc/rfc"
_TABLE = re.compile(re.escape(HEAD) + r"(?:\|.*\n?)*")
_LAST = re.compile(r"\*\*(?:Back|Next):\*\*.*\s*\Z")
_AFTER = re.compile(r"\*\*After this page\*\* you can (.+)")
_TIME = re.compile(r"\*\*Time:\*\* (.+?)\.")
_KEPT = r"`[^`]*`|\[[^\]]*\]\([^)]*\)"
_CITED = re.compile(rf"(?P<kept>{_KEPT})|RFC (?P<rfc>\d+)|(?P<at>§(?P<section>\d+(?:\.\d+)*)|appendix (?P<appendix>[A-Z](?:\.\d+)*))")
_OURS = re.compile(r"\[((?:RFC \d+ )?(?:§[\d.]*\d|appendix [A-Z][\d.]*))\]\(" + re.escape(RFC) + r"[^)]*\)")


def main(folder: Path = FOLDER) -> int:
    books = {path: json.loads(path.read_text("utf-8")) for path in paths(folder)}
    for path, book in linked(books).items():
        made = store.text(book)
        is_new = made != path.read_text("utf-8")
        if is_new:
            path.write_text(made, "utf-8", newline="\n")
        print(f"{path.name}: {'links written' if is_new else 'links unchanged'}")
    return 0


def paths(folder: Path = FOLDER) -> list[Path]:
    return sorted(folder.glob("[0-9][0-9]*.ipynb"))


def linked(books: dict[Path, store.Notebook]) -> dict[Path, store.Notebook]:
    """The notebooks with the links as they should be."""
    made = {path: json.loads(json.dumps(book)) for path, book in books.items()}
    order = list(made)
    for at, path in enumerate(order):
        told = [cell for cell in made[path]["cells"] if cell["cell_type"] == "markdown"]
        for cell in told:
            text = sectioned(_source(cell))
            if HEAD in text:
                text = _TABLE.sub(lambda _: HEAD + _table(books), text)
            if cell is told[-1]:
                before, after = order[at - 1] if at else None, order[at + 1] if at + 1 < len(order) else None
                text = turned(text, _way(books, before, after))
            cell["source"] = text.splitlines(keepends=True)
    return made


def turned(text: str, way: str) -> str:
    """The text with this last paragraph, in place of the one there was."""
    return _LAST.sub("", text).rstrip() + (f"\n\n{way}" if way else "")


def _way(books: dict[Path, store.Notebook], before: Path | None, after: Path | None) -> str:
    back = f"**Back:** {_link(before, books[before])}" if before is not None else ""
    forth = f"**Next:** {_link(after, books[after])}{_time(books[after])}" if after is not None else ""
    return " · ".join(filter(None, [back, forth]))


def _link(path: Path, book: store.Notebook) -> str:
    return f"[{path.name[:2]} {title(book)}]({path.name})"


def _time(book: store.Notebook) -> str:
    found = _TIME.search(_source(book["cells"][0]))
    return f", {found[1]}." if found else ""


def title(book: store.Notebook) -> str:
    """A notebook's title, its first heading."""
    return _source(book["cells"][0]).split("\n")[0].removeprefix("# ").strip()


def _table(books: dict[Path, store.Notebook]) -> str:
    rows: list[str] = []
    for path, book in books.items():
        found = _AFTER.search(_source(book["cells"][0]))
        if not path.name.startswith("00") and found is not None:
            rows.append(f"| {_link(path, book)} | {found[1].rstrip('.')} |\n")
    return "".join(rows)


def sectioned(text: str) -> str:
    """A text whose citations are links to their sections."""
    return "\n\n".join(map(_paragraph, text.split("\n\n")))


def _paragraph(text: str) -> str:
    rfc = ""
    made: list[str] = []
    at = 0
    plain = _OURS.sub(r"\1", text)
    for found in _CITED.finditer(plain):
        made.append(plain[at : found.start()])
        at = found.end()
        if found["rfc"]:
            rfc = found["rfc"]
            made.append(found[0])
        elif found["at"] and rfc:
            place = f"section-{found['section']}" if found["section"] else f"appendix-{found['appendix']}"
            named = made.pop() if made and made[-1] == " " and len(made) > 1 and made[-2] == f"RFC {rfc}" else ""
            named = made.pop() + named if named else ""
            made.append(f"[{named}{found[0]}]({RFC}{rfc}#{place})")
        else:
            made.append(found[0])
    return "".join([*made, plain[at:]])


def _source(cell: Any) -> str:
    return "".join(cell["source"])


if __name__ == "__main__":
    sys.exit(main())
