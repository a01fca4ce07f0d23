"""Run notebooks and store their outputs as they are committed: `python -m tests.notebooks.store FILE...`.

What is stored holds pictures and words that show before anything runs, on GitHub too, and is the same on every
machine: text/plain, text/html and PNG, no widget views, no widget state, no times, no version numbers, execution
counts from 1, cell ids that stay. A cell that fails, or that writes to standard error, stops it all.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

Notebook = dict[str, Any]
Cell = dict[str, Any]

KEPT = {"text/plain", "text/html", "image/png"}
VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}


class Unstorable(Exception):
    """What a notebook's outputs hold must not be stored: names notebook, cell and remedy."""


def main(paths: list[str]) -> int:
    """Run and store each notebook; the exit status says whether all could be."""
    for path in map(Path, paths):
        try:
            changed = store(path)
        except Unstorable as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            return 1
        print(f"{path.name}: {'stored' if changed else 'unchanged'}")
    return 0


def store(path: Path) -> bool:
    """Run the notebook at `path` and store it; True if the file changed. Nothing is written if a cell fails."""
    before = path.read_text("utf-8")
    after = text(normalised(executed(with_ids(json.loads(before)), path.parent)))
    if after != before:
        path.write_text(after, "utf-8", newline="\n")
    return after != before


def with_ids(notebook: Notebook) -> Notebook:
    """The notebook where every cell has an id of its own: its old one, or one made from its text and stable with it."""
    seen: set[str] = set()
    for cell in notebook["cells"]:
        seed = _source(cell)
        while not cell.get("id") or cell["id"] in seen:
            seed = hashlib.sha256(seed.encode()).hexdigest()
            cell["id"] = seed[:8]
        seen.add(cell["id"])
    return notebook | {"nbformat": 4, "nbformat_minor": 5}


def executed(notebook: Notebook, folder: Path) -> Notebook:
    """The notebook with the outputs of one run in a fresh kernel, in a copy of its folder, with no progress made yet."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    with tempfile.TemporaryDirectory() as temporary:
        place, data = Path(temporary, "notebooks"), Path(temporary, "data")
        data.mkdir()
        shutil.copytree(folder, place, ignore=shutil.ignore_patterns(".*"))
        environment = {**os.environ, "SMTPLAB_DATA": str(data), "SMTPLAB_EXERCISES": ""}
        node = nbformat.reads(json.dumps(notebook | {"metadata": METADATA}), as_version=4)
        client = NotebookClient(
            node,
            timeout=60,
            kernel_name="python3",
            resources={"metadata": {"path": str(place)}},
            record_timing=False,
            store_widget_state=False,
        )
        try:
            client.execute(env=environment)
        except CellExecutionError as error:
            raise Unstorable(f"a cell failed, nothing is stored\n{error}") from None
        return json.loads(nbformat.writes(node))


def normalised(notebook: Notebook) -> Notebook:
    """The notebook as it is stored."""
    count = 0
    for number, cell in enumerate(notebook["cells"], 1):
        cell["metadata"] = {key: value for key, value in cell["metadata"].items() if key == "tags" and value}
        cell["source"] = _lines(_source(cell))
        if cell["cell_type"] != "code":
            continue
        count += bool(_source(cell).strip())
        cell["execution_count"] = count if _source(cell).strip() else None
        cell["outputs"] = _outputs(cell, f"cell {number}")
    return notebook | {"metadata": METADATA}


def text(notebook: Notebook) -> str:
    """The notebook as a file's text."""
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _outputs(cell: Cell, where: str) -> list[Any]:
    outputs: list[Any] = []
    for output in cell["outputs"]:
        if output["output_type"] == "error" or output.get("name") == "stderr":
            raise Unstorable(f"{where} writes an error: {''.join(output.get('text', output.get('evalue', '')))!r}")
        if output["output_type"] == "stream":
            _add_stream(outputs, output)
            continue
        output["data"] = {kind: data for kind, data in output["data"].items() if kind != VIEW}
        output["metadata"] = {}
        if output["output_type"] == "execute_result":
            output["execution_count"] = cell["execution_count"]
        if others := set(output["data"]) - KEPT:
            raise Unstorable(f"{where} shows {', '.join(sorted(others))}; show plain text, HTML or PNG")
        if "text/plain" not in output["data"]:
            raise Unstorable(f"{where} shows something without words; give it a text/plain")
        outputs.append(output)
    return outputs


def _add_stream(outputs: list[Any], output: Any) -> None:
    """Add what was printed, joined to what was printed just before: how it was cut depends on the moment."""
    if outputs and outputs[-1]["output_type"] == "stream":
        outputs[-1]["text"] = _lines("".join(outputs[-1]["text"]) + "".join(output["text"]))
    else:
        outputs.append(output | {"text": _lines("".join(output["text"]))})


def _source(cell: Cell) -> str:
    return "".join(cell["source"])


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
