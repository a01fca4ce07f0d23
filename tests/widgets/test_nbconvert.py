"""A notebook with our widgets in it, run and converted to HTML: static forms, not empty cells.

It is run as JupyterLab saves it, outputs with views and no widget state; nbconvert then takes the next best form.
"""

from __future__ import annotations

import re
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.views import samples

CELLS = {
    "stepper": "Stepper(said)",
    "diagram": "Panel('diagram', said, step=7)",
    "ladder": "Panel('ladder', said)",
    "reply": "Panel('reply', said, step=7)",
    "wire": "Panel('wire', said, step=7)",
    "envelope": "Panel('envelope', said, step=7)",
    "moves": "Panel('moves', said, step=7)",
    "transcript": "Panel('transcript', said)",
    "cuts": "Panel('cuts', said)",
    "mailbox": "Panel('mailbox', [])",
    "compare": "Compare(said, said, names=('strict', 'lenient'))",
    "explorer": "Explorer(selected='rcpt')",
    "codes": "Codes(550)",
}
WORDS = {
    "stepper": "Run this cell for the stepper", "diagram": "States seen: CONNECTED, GREETED", "ladder": "----&gt;",
    "reply": "It worked.", "wire": "server to client", "envelope": "for servers", "moves": "the letter may follow",
    "transcript": "C: HELO", "cuts": "Where TCP ended", "mailbox": "No message has been accepted yet.",
    "compare": "strict | lenient", "explorer": "at least one recipient was accepted", "codes": "mailbox unavailable",
}  # fmt: skip
FIRST = f"""from smtplab.protocol.transcript import Transcript
from smtplab.widgets.explorer import Codes, Explorer
from smtplab.widgets.panel import Compare, Panel
from smtplab.widgets.stepper import Stepper
said = Transcript.parse({samples.SESSION_1!r})"""


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Each cell's part of the page that nbconvert makes, by name."""
    folder = tmp_path_factory.mktemp("nbconvert")
    cells = [new_code_cell(FIRST), *(new_code_cell(f"{source}  # cell {name}") for name, source in CELLS.items())]
    nbformat.write(new_notebook(cells=cells), folder / "a.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--execute", "--to", "html", "--log-level=ERROR"]
    command += ["--ExecutePreprocessor.store_widget_state=False", "a.ipynb"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    page = (folder / "a.html").read_text(encoding="utf-8")
    parts = re.split(r'<div[^>]*class="[^"]*jp-Cell jp-CodeCell', page)[2:]
    return dict(zip(CELLS, parts, strict=True))


@pytest.mark.parametrize("name", CELLS)
def test_the_static_form_stands_in_the_converted_page(converted: dict[str, str], name: str) -> None:
    assert WORDS[name] in converted[name]
