"""The notebooks as they are, on servers in memory: every cell shows what is stored, as it will in a browser.

A cell that needs what only TCP has (TLS, a shell, another process) is tagged `needs-tcp` and left out here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FIRST = {
    "cell_type": "code", "id": "in-memory", "metadata": {}, "execution_count": 1, "outputs": [],
    "source": "import smtplab.net.transport as chosen\nchosen.by_itself = lambda: 'memory'",
}  # fmt: skip
# A socket's own "timed out" says more in memory.
SANITIZE = "[timed out]\nregex: (?<=TimeoutError: ).*\nreplace: timed out\n"


def test_every_notebook_shows_the_same_in_memory(tmp_path: Path) -> None:
    count = 0
    for path in PATHS:
        notebook = json.loads(path.read_text("utf-8"))
        kept = [cell for cell in notebook["cells"] if "needs-tcp" not in cell["metadata"].get("tags", [])]
        notebook["cells"] = [FIRST, *kept]
        count += sum(cell["cell_type"] == "code" for cell in notebook["cells"])
        (tmp_path / path.name).write_text(json.dumps(notebook), "utf-8")
    (tmp_path / "sanitize").write_text(SANITIZE, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval",
         "--nbval-sanitize-with", "sanitize", "."],
        cwd=tmp_path, capture_output=True, text=True, timeout=600,
        env={**os.environ, "SMTPLAB_DATA": str(tmp_path / "data"), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]
    assert f"{count} passed" in done.stdout
