"""The attempts at exercises, one module for each notebook: `attempts_08` what is said, `answers_08` what is answered."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any


def found(kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """RIGHT and WRONG of all modules of this kind, by exercise."""
    right: dict[str, Any] = {}
    wrong: dict[str, Any] = {}
    for file in sorted(Path(__file__).parent.glob(f"{kind}*.py")):
        module = importlib.import_module(f"tests.course.{file.stem}")
        assert not {*right} & {*module.RIGHT}, f"{file.name} has attempts at an exercise that another module has too"
        right |= module.RIGHT
        wrong |= module.WRONG
    return right, wrong
