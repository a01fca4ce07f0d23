"""The example programs, for a notebook to show: they are files to be run in a terminal, not cells."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from . import card
from .card import Shown


def shipped_examples() -> Path:
    """The folder of the examples: in the installed package, or in the checkout that it runs from."""
    package = Path(str(files("smtplab")))
    installed = package / "_examples"
    return installed if installed.is_dir() else package.parent / "examples"


def example(name: str) -> Shown:
    """An example program and how it is run. Raises ValueError, naming those there are, for any other name."""
    folder = shipped_examples()
    there = sorted(path.name for path in folder.glob("*") if path.suffix in (".py", ".sh"))
    if name not in there:
        raise ValueError(f"there is no example {name!r}: choose one of {', '.join(there)}")
    text = (folder / name).read_text("utf-8")
    return card.program(f"`{_command(text, name)} examples/{name} HOST PORT`", text.rstrip("\n"))


def _command(text: str, name: str) -> str:
    return "python" if name.endswith(".py") else "bash" if "bash" in text.partition("\n")[0] else "sh"
