"""The learner's own client: `client.py` beside the notebook, which grows from notebook to notebook.

    mine = client("10")     # the client as it stands where notebook 10 begins
    mine.send(...)
    keep(send, "10")        # the learner's function goes into client.py, for the notebooks that follow

Rules
1. What the learner kept counts, else what is shipped (`clients`). Above each kept function stands the notebook that it is
   of: one of an earlier notebook than ours steps back for ours, so who leaves a notebook out is not stuck in a later one;
   and one of this notebook or of a later one does not count yet, so a notebook that is run again begins as it began.
   A function without such a line is the learner's own, and always counts.
2. All functions share one module: a kept `read_reply` is called by a shipped `send`.
3. Nothing is written, and no file is run, that was not asked for.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

FILE = "client.py"
LAST = "17"
"""The last notebook of the course."""
MARK = re.compile(r"# Of notebook (\d\d)\.")


class Client:
    """A client whose functions are attributes: the learner's where they were kept, else ours."""

    def __init__(self, notebook: str, folder: Path) -> None:
        self._own = folder / FILE
        self._origin: dict[str, str] = {}
        self._names: dict[str, Any] = {"__name__": "client"}
        shipped = list(shipped_before(notebook))
        for layer, text, place in shipped:
            self._take(layer, text, place)
        if self._own.is_file():
            self._take_own(notebook, shipped)

    def _take(self, origin: str, text: str, place: str, only: Mapping[str, str] | None = None) -> None:
        """Runs a file's statements among the others; `only`: of its functions no more than these."""
        tree = ast.parse(text, place)
        tree.body = [
            node
            for node in tree.body
            if not (isinstance(node, ast.ImportFrom) and node.level)
            and not (isinstance(node, ast.FunctionDef) and only is not None and node.name not in only)
        ]
        exec(compile(tree, place, "exec"), self._names)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                self._origin[node.name] = origin if only is None else only[node.name]

    def _take_own(self, notebook: str, shipped: list[tuple[str, str, str]]) -> None:
        text = read_client(self._own)
        newest = {name: layer for layer, ours, _ in shipped for name, _ in functions_in(ours)}
        kept = {name: mark for name, mark in functions_in(text) if not mark or newest.get(name, "") <= mark < notebook}
        own = {name: f"{mark or 'own'}, {FILE}" for name, mark in kept.items()}
        ours = {name: (layer, source) for layer, text, _ in shipped for name, source in sources_in(text)}
        copies = {name: ours[name][0] for name, source in sources_in(text) if ours.get(name, ("", ""))[1] == source}
        before = dict(self._names)
        try:
            self._take("", text, str(self._own), {**own, **{name: copies[name] for name in own if name in copies}})
            for name in self._origin:
                if self._names[name] is not before.get(name) and name not in own:  # by another statement than `def`
                    self._origin[name] = f"own, {FILE}"
                if not callable(self._names[name]):
                    raise TypeError(f"{name} is {self._names[name]!r}, and should be a function")
        except (Exception, SystemExit) as error:
            raise ValueError(
                f"{FILE} cannot be run: {type(error).__name__}: {error}. Mend it, or give it another name: then the"
                " shipped client is taken."
            ) from error

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._names:
            raise AttributeError(f"this client has no {name!r}; it has {', '.join(self._origin)}")
        return self._names[name]

    def __dir__(self) -> list[str]:
        return list(self._origin)

    def __repr__(self) -> str:
        lines = [f"  {name}{_signature(self._names[name])}: {_from(origin)}" for name, origin in self._origin.items()]
        return "\n".join(["A mail client, with", *lines])


def client(notebook: str, folder: str | Path = ".") -> Client:
    """The client as it stands where this notebook begins ("10"), from `client.py` in the folder and what is shipped.

    Raises ValueError where there is no such notebook, or client.py cannot be read or run; it says what to do.
    """
    return Client(number_of(notebook), Path(folder))


# ------------------------------------------------------------------------------------------------- what is shipped
def shipped_before(notebook: str) -> Iterator[tuple[str, str, str]]:
    """What the notebooks before this one bring: their number, the text, and the place where it stands."""
    for file in sorted(files("smtplab.course.clients").iterdir(), key=lambda file: file.name):
        found = re.fullmatch(r"after_(\d\d)\.py", file.name)
        if found and found[1] < notebook:
            yield found[1], file.read_text("utf-8"), str(file)


def number_of(notebook: str) -> str:
    """A notebook's number in two digits. Raises ValueError for what is none."""
    found = str(notebook).strip().zfill(2)
    if not re.fullmatch(r"\d\d", found) or found > LAST:
        raise ValueError(f'{notebook!r} is no notebook: give its number, "00" to "{LAST}"')
    return found


def read_client(place: Path) -> str:
    try:
        text = place.read_text("utf-8")
        ast.parse(text)
    except SyntaxError as error:
        raise ValueError(
            f"{FILE}, line {error.lineno}: {error.msg}. Mend it, or give it another name: then the shipped client is taken."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{FILE} cannot be read ({error})") from None
    return text


def functions_in(text: str) -> list[tuple[str, str]]:
    """The functions of a file, each with the notebook that stands above it, "" where none does."""
    lines = text.splitlines()
    found: list[tuple[str, str]] = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            above = first_line(node) - 2
            mark = MARK.match(lines[above]) if above >= 0 else None
            found.append((node.name, mark[1] if mark else ""))
    return found


def sources_in(text: str) -> list[tuple[str, str]]:
    """The functions of a file by name, each as it stands there."""
    lines = text.splitlines()
    return [
        (node.name, "\n".join(lines[first_line(node) - 1 : node.end_lineno]))
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef)
    ]


def first_line(node: ast.FunctionDef) -> int:
    """The number of its first line, from 1, decorators with it."""
    return min([node.lineno, *(each.lineno for each in node.decorator_list)])


def _signature(function: Any) -> str:
    return str(inspect.signature(function)).replace("<built-in function sleep>", "time.sleep")


def _from(origin: str) -> str:
    number, _, own = origin.partition(", ")
    of = "your own" if number == "own" else f"of notebook {number}"
    return f"{of}, in {own}" if own and number != "own" else f"your own, in {own}" if own else f"{of}, as shipped"
