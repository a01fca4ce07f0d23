"""Keeps a function that was written in a cell: in `client.py`, for the notebooks that follow.

    keep(send, "10")

Rules
1. The file changes by this function and what it needs, and by nothing else; it is written whole or not at all.
2. Its older self is replaced where it stands. A file that is not there begins with the shipped client.
3. A function that cannot stand in a file is refused before anything is written, with what to do.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import symtable
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, TypeGuard

from ..judging.attempt import listed
from ..progress.kept import write_whole
from .own_client import (
    FILE,
    LAST,
    MARK,
    Client,
    first_line,
    functions_in,
    number_of,
    read_client,
    shipped_before,
    sources_in,
)


def keep(function: Callable[..., Any], notebook: str, folder: str | Path = ".") -> str:
    """Puts a function, as it was written in a cell, into `client.py`, as the one of this notebook ("10").

    A function of the notebook that it calls goes with it, and so do the imports that it needs. A file that is not there
    begins with the shipped client; of one that is, what it lacks stays as shipped. Gives a sentence that says what was
    done. Raises ValueError, and changes nothing, where the function cannot stand in a file, or cannot be called as the
    notebooks call one of its name.
    """
    number, place = number_of(notebook), Path(folder) / FILE
    growing = [layer for layer, _, _ in shipped_before(LAST)]
    if number not in growing:
        raise ValueError(f"the client grows in the notebooks {listed(growing)}: say which of them, not {notebook!r}")
    text = read_client(place) if place.is_file() else _whole(number)
    done: list[str] = []
    parts = _with_helpers(function, text, _shipped_names(number))
    _breaks_nothing([name for name, _ in parts], text, number)
    for name, source in parts:
        text = _placed(text, name, f"# Of notebook {number}.\n{source}")
        done.append(name)
    text = _with_imports(text, _imports(function, text))
    _callable_as_ours(function)
    _runs(text)
    try:
        write_whole(place, text, mode=0o644)
    except OSError as error:
        raise ValueError(f"{FILE} cannot be written here ({error.strerror})") from None
    return f"{FILE} has {listed(done)} of notebook {number}."


def _whole(notebook: str) -> str:
    """The shipped client where this notebook begins, as one file."""
    text = ""
    for layer, ours, _ in shipped_before(notebook):
        if not text:
            text = f'"""My mail client."""\n\n{ours.partition(chr(10) + chr(10))[2]}'
            for name, source in sources_in(text):
                text = _placed(text, name, f"# Of notebook {layer}.\n{source}")
            continue
        for name, source in sources_in(ours):
            text = _placed(text, name, f"# Of notebook {layer}.\n{source}")
        text = _with_imports(text, [line for line in ours.splitlines() if line.startswith("import ")])
    return text or '"""My mail client."""\n'


def _defined(text: str) -> set[str]:
    """The names that a file gives itself at its top."""
    table = symtable.symtable(text, FILE, "exec")
    return {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}


def _placed(text: str, name: str, source: str) -> str:
    """The file with this function in the place of the one of that name, or at its end."""
    lines = text.splitlines()
    for node in reversed(ast.parse(text).body):  # of two with one name the last counts
        if isinstance(node, ast.FunctionDef) and node.name == name:
            first = first_line(node) - 1
            first -= first > 0 and MARK.match(lines[first - 1]) is not None
            lines[first : node.end_lineno] = source.splitlines()
            return "\n".join(lines) + "\n"
    return text.rstrip("\n") + f"\n\n\n{source}\n"


def _needs(source: str) -> list[str]:
    """The names that a function takes from the module around it."""

    def of(table: symtable.SymbolTable) -> Iterator[str]:
        for symbol in table.get_symbols():
            if symbol.is_global() and symbol.is_referenced():
                yield symbol.get_name()
        for inner in table.get_children():
            yield from of(inner)

    around = symtable.symtable(source, FILE, "exec")
    names = [each.get_name() for each in around.get_symbols() if each.is_referenced()]  # of defaults and decorators
    for function in around.get_children():
        names += of(function)
    return [name for name in dict.fromkeys(names) if not hasattr(builtins, name)]


def _source(function: Callable[..., Any]) -> str:
    name = getattr(function, "__name__", "")
    if not inspect.isfunction(function) or not name.isidentifier():
        raise ValueError(f"{FILE} keeps functions: give one that begins with `def`, not {function!r}")
    try:
        return textwrap.dedent(inspect.getsource(function)).rstrip("\n")
    except (OSError, TypeError):
        raise ValueError(f"what {name} looks like is not known any more: run the cell that has its `def`") from None


def _shipped_names(notebook: str) -> set[str]:
    """The functions that `client` brings to this notebook, whether the file has them or not."""
    return {name for _, ours, _ in shipped_before(notebook) for name, _ in functions_in(ours)}


def _with_helpers(function: Callable[..., Any], text: str, shipped: set[str]) -> list[tuple[str, str]]:
    """The function's name and source; before it those of the functions that it calls, where the file has others."""
    found: dict[str, str] = {}
    there, have = _defined(text) | shipped, dict(sources_in(text))

    def add(each: Callable[..., Any]) -> None:
        source = _source(each)
        found[each.__name__] = ""  # its place is taken: two functions may call each other
        around: Mapping[str, Any] = getattr(each, "__globals__", {})
        for name in _needs(source):
            value = around.get(name)
            if name in found or isinstance(value, ModuleType) or name == each.__name__:
                continue
            if inspect.isfunction(value) and value.__module__ == each.__module__:
                if have.get(name) != _source(value):
                    add(value)
            elif isinstance(value, Client):
                raise ValueError(
                    f"{each.__name__} uses {name}.…, and in {FILE} the functions stand side by side: write"
                    f" `say(...)`, not `{name}.say(...)` (in a cell above: `say = {name}.say`), and run it again"
                )
            elif name not in there:
                raise ValueError(
                    f"{each.__name__} uses {name}, which is no function of yours and not in {FILE}: put it into the"
                    f" function, or write it into {FILE} yourself"
                )
        del found[each.__name__]
        found[each.__name__] = source

    add(function)
    return list(found.items())


def _breaks_nothing(names: Sequence[str], text: str, notebook: str) -> None:
    """Raises ValueError where a helper, which all but the last are, takes the place of a function that others call."""
    others = {name: source for _, ours, _ in shipped_before(notebook) for name, source in sources_in(ours)}
    others |= dict(sources_in(text))
    for helper in names[:-1]:
        users = [name for name, source in others.items() if name not in names and helper in _needs(source)]
        if users:
            use = f"{listed(users)} {'uses' if len(users) == 1 else 'use'} it"
            raise ValueError(
                f"{names[-1]} calls your {helper}, and there is a {helper} in the client already; {use}. Give yours another"
                " name, run its cell and that of the function, and keep again"
            )


def _callable_as_ours(function: Callable[..., Any]) -> None:
    """Raises ValueError where a function of a name that the notebooks use cannot be called as they call it."""
    name = function.__name__
    ours = [node for _, text, _ in shipped_before(LAST) for node in ast.parse(text).body if _is_named(node, name)]
    for node in ours[:1]:
        wanted = [argument.arg for argument in node.args.args]
        needed = wanted[: len(wanted) - len(node.args.defaults)]
        try:
            inspect.signature(function).bind(*needed)
        except TypeError:
            given = f"{name}{inspect.signature(function)}"
            raise ValueError(
                f"the notebooks call {name}({', '.join(needed)}), and {given} cannot be called so: change what it takes,"
                " or give it another name"
            ) from None


def _is_named(node: ast.stmt, name: str) -> TypeGuard[ast.FunctionDef]:
    return isinstance(node, ast.FunctionDef) and node.name == name


def _runs(text: str) -> None:
    """Raises ValueError where the file would not run: better now than in the next notebook."""
    try:
        exec(compile(text, FILE, "exec"), {"__name__": "client"})
    except (Exception, SystemExit) as error:
        raise ValueError(
            f"{FILE} would not run with it: {type(error).__name__}: {error}. Put what is missing into the function (an"
            " import, too), and keep it again"
        ) from None


def _imports(function: Callable[..., Any], text: str) -> list[str]:
    """The import lines that the file lacks for this function and those that were kept with it."""
    around: Mapping[str, Any] = getattr(function, "__globals__", {})
    there = _defined(text)
    lines: list[str] = []
    for name in (name for _, source in sources_in(text) for name in _needs(source)):
        value = around.get(name)
        if isinstance(value, ModuleType) and name not in there:
            lines.append(f"import {name}" if value.__name__ == name else f"import {value.__name__} as {name}")
    return list(dict.fromkeys(lines))


def _with_imports(text: str, lines: list[str]) -> str:
    """The file with these imports above its first statement that is none."""
    have = set(text.splitlines())
    new = [line for line in dict.fromkeys(lines) if line not in have]
    if not new:
        return text
    body = ast.parse(text).body
    is_doc = bool(body) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    at = (body[0].end_lineno or 0) if is_doc else 0
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            at = node.end_lineno or at
    all_lines = text.splitlines()
    gap = [""] if at and not isinstance(body[min(len(body) - 1, 1 if is_doc else 0)], ast.Import) else []
    return "\n".join([*all_lines[:at], *gap, *new, *all_lines[at:]]) + "\n"
