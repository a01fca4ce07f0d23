"""What is committed of each notebook is what `make notebooks` stores: a first look works before anything runs."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from tests.notebooks import store

FOLDER = Path(__file__).parents[2] / "notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))


def read(path: Path) -> store.Notebook:
    return json.loads(path.read_text("utf-8"))


def code_cells(notebook: store.Notebook) -> list[store.Cell]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_notebooks_00_and_01_are_there():
    assert [path.name[:2] for path in PATHS][:2] == ["00", "01"]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
class TestStored:
    def test_every_code_cell_was_run_in_order(self, path: Path):
        counts = [cell["execution_count"] for cell in code_cells(read(path)) if "".join(cell["source"]).strip()]
        assert counts == list(range(1, len(counts) + 1)), "run: make notebooks"

    def test_no_widget_view_is_stored(self, path: Path):
        assert store.VIEW not in path.read_text("utf-8"), "run: make notebooks"

    def test_no_widget_state_is_stored(self, path: Path):
        assert "widgets" not in read(path)["metadata"], "run: make notebooks"

    def test_no_error_is_stored(self, path: Path):
        kinds = [output["output_type"] for cell in code_cells(read(path)) for output in cell["outputs"]]
        assert "error" not in kinds

    def test_everything_shown_has_words(self, path: Path):
        for cell in code_cells(read(path)):
            for output in cell["outputs"]:
                assert output["output_type"] == "stream" or "text/plain" in output["data"]

    def test_cell_ids_are_there_and_unique(self, path: Path):
        ids = [cell.get("id") for cell in read(path)["cells"]]
        assert all(ids)
        assert len(set(ids)) == len(ids)

    def test_file_is_as_make_notebooks_writes_it(self, path: Path):
        assert path.read_text("utf-8") == store.text(store.normalised(read(path))), "run: make notebooks"


def notebook(*outputs: object, source: str = "1", **cell: object) -> store.Notebook:
    """A notebook of one code cell with these outputs."""
    one = {"cell_type": "code", "id": "a", "metadata": {}, "source": source, "outputs": list(outputs)}
    return {
        "cells": [one | {"execution_count": 7} | cell],
        "metadata": {"widgets": {}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def shown(**data: str) -> dict[str, object]:
    kinds = {"plain": "text/plain", "html": "text/html", "view": store.VIEW, "svg": "image/svg+xml"}
    return {
        "output_type": "display_data",
        "metadata": {"x": 1},
        "data": {kinds[kind]: text for kind, text in data.items()},
    }


def stream(text: str, name: str = "stdout") -> dict[str, object]:
    return {"output_type": "stream", "name": name, "text": text}


class TestNormalised:
    def test_view_state_times_and_counts_go(self):
        before = notebook(shown(plain="a", view="{}"))
        before["cells"][0]["metadata"] = {"execution": {"iopub.status.busy": "2026"}, "tags": ["x"]}
        after = store.normalised(before)
        assert after["cells"][0]["outputs"] == [
            {"output_type": "display_data", "metadata": {}, "data": {"text/plain": "a"}}
        ]
        assert after["cells"][0]["metadata"] == {"tags": ["x"]}
        assert after["cells"][0]["execution_count"] == 1
        assert after["metadata"] == store.METADATA

    def test_what_was_printed_in_pieces_is_stored_in_one(self):
        after = store.normalised(notebook(stream("a\nb"), stream("c\n")))
        assert after["cells"][0]["outputs"] == [stream("") | {"text": ["a\n", "bc\n"]}]

    def test_it_is_the_same_twice(self):
        once = store.text(store.normalised(notebook(stream("a\n"), shown(plain="a", html="<p>"))))
        assert store.text(store.normalised(json.loads(once))) == once

    def test_an_empty_cell_has_no_count(self):
        assert store.normalised(notebook(source=""))["cells"][0]["execution_count"] is None

    @pytest.mark.parametrize(
        ("output", "why"),
        [
            (stream("oops", "stderr"), "oops"),
            ({"output_type": "error", "ename": "E", "evalue": "oops", "traceback": []}, "oops"),
            (shown(plain="a", svg="<svg/>"), "svg"),
            (shown(html="<p>"), "text/plain"),
        ],
    )
    def test_what_must_not_be_stored_is_named(self, output: dict[str, object], why: str):
        with pytest.raises(store.Unstorable, match=rf"cell 1 .*{why}"):
            store.normalised(notebook(output))

    def test_missing_and_doubled_ids_are_mended_and_the_rest_stay(self):
        cells = [{"cell_type": "markdown", "source": "x"} | more for more in ({}, {"id": "b"}, {"id": "b"}, {})]
        first = store.with_ids({"cells": copy.deepcopy(cells)})
        ids = [cell["id"] for cell in first["cells"]]
        assert ids[1] == "b"
        assert len(set(ids)) == 4
        assert store.with_ids({"cells": cells}) == first


def test_running_stores_the_outputs_and_leaves_the_folder_alone(tmp_path: Path):
    path = tmp_path / "01-x.ipynb"
    source = "import os\nopen('made', 'w').close()\nprint(os.listdir(os.environ['SMTPLAB_DATA']))"
    path.write_text(json.dumps(notebook(source=source)), "utf-8")
    assert store.store(path)
    assert read(path)["cells"][0]["outputs"] == [{"name": "stdout", "output_type": "stream", "text": ["[]\n"]}]
    assert not store.store(path)
    assert [place.name for place in tmp_path.iterdir()] == ["01-x.ipynb"]


def test_a_failing_cell_stores_nothing(tmp_path: Path):
    path = tmp_path / "01-x.ipynb"
    path.write_text(json.dumps(notebook(source="1/0")), "utf-8")
    before = path.read_bytes()
    with pytest.raises(store.Unstorable, match="ZeroDivisionError"):
        store.store(path)
    assert path.read_bytes() == before
