"""The shape of the house: rooms import rooms above them only, modules stay short, the core does no I/O.

Read from the source with `ast`: nothing is run. What stands under `if TYPE_CHECKING` is for readers and checkers,
costs nothing at run time, and does not count.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2] / "smtplab"
ROOMS = ("protocol", "corpus", "net", "views", "widgets", "course", "cli")  # top to bottom, as in docs/design.md
STRANGERS = ({"net", "views"}, {"corpus", "net"}, {"corpus", "views"})
NOT_IN_THE_CORE = {"socket", "threading", "ssl", "time", "random", "asyncio", "selectors", "subprocess", "secrets"}
LONGEST = 300


def modules() -> list[Path]:
    return sorted(HOUSE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(HOUSE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _is_for_checkers(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imports_of(path: Path, *, only_at_import: bool = False) -> list[tuple[int, str]]:
    """(line, full module name) of every import in a module; with `only_at_import`, of those outside functions."""
    found: list[tuple[int, str]] = []
    package = name_of(path) if path.name == "__init__.py" else name_of(path).rpartition(".")[0]

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            found.extend((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found.extend((node.lineno, f"{module}.{alias.name}") for alias in node.names)
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if isinstance(node, ast.stmt) and _is_for_checkers(node) or (only_at_import and inside):
            return
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(path.read_text(encoding="utf-8")))
    return found


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if parts[0] == "smtplab" and len(parts) > 1 and parts[1] in ROOMS else ""


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_room_imports_only_rooms_above_it(path: Path) -> None:
    own = room_of(name_of(path))
    if not own:
        return
    for line, module in imports_of(path):
        other = room_of(module)
        where = f"{path.relative_to(HOUSE.parent)}:{line}"
        if other and ROOMS.index(other) > ROOMS.index(own):
            pytest.fail(f"{where}: {own} may not import {other}. Pass the value in, or move this code to {other}.")
        if other and {own, other} in STRANGERS:
            pytest.fail(f"{where}: {own} and {other} do not know each other. What both need belongs in protocol.")


@pytest.mark.parametrize("path", sorted((HOUSE / "protocol").rglob("*.py")), ids=name_of)
def test_the_core_does_no_input_or_output(path: Path) -> None:
    for line, module in imports_of(path):
        top = module.split(".")[0]
        assert top not in NOT_IN_THE_CORE, (
            f"{path.relative_to(HOUSE.parent)}:{line}: the core may not import {top}. Pass it in from net."
        )


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST, f"{path.relative_to(HOUSE.parent)} has {lines} lines: part it by idea, {LONGEST} at most"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_opens_with_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), f"{path}: say in a docstring what it is for"


def test_imports_go_one_way() -> None:
    names = {name_of(path) for path in modules()}
    graph: dict[str, set[str]] = {}
    for path in modules():
        own = name_of(path)
        wanted = {m if m in names else m.rpartition(".")[0] for _, m in imports_of(path, only_at_import=True)}
        # `from . import limits` names a module; the package around it is not what is asked for.
        packages = {w for w in wanted if any(o != w and o.startswith(f"{w}.") for o in wanted)}
        graph[own] = {w for w in wanted - packages if w in names and w != own and not own.startswith(f"{w}.")}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"these import each other in a circle: {' -> '.join(error.args[1])}")


def test_importing_smtplab_starts_nothing_and_loads_no_heavy_library() -> None:
    code = (
        "import sys, threading; import smtplab; "
        "heavy = {'asyncio', 'ssl', 'socket', 'matplotlib', 'ipywidgets', 'anywidget', 'email', 'mailbox'} & set(sys.modules); "
        "assert not heavy, heavy; assert threading.active_count() == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=HOUSE.parent, timeout=60)


def test_a_server_loads_neither_the_views_nor_matplotlib() -> None:
    code = (
        "import sys; import smtplab.net.server; "
        "heavy = {'matplotlib', 'ipywidgets', 'anywidget', 'email.message', 'mailbox', 'IPython'} & set(sys.modules); "
        "assert not heavy, heavy; assert not [m for m in sys.modules if m.startswith('smtplab.views')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=HOUSE.parent, timeout=60)


def test_a_server_without_pop3_loads_nothing_of_it() -> None:
    code = (
        "import socket, sys; from smtplab.net.server import Server; server = Server(faults='QUIT=close');\n"
        "with socket.create_connection(server.address, timeout=5) as sock: assert sock.recv(3) == b'220'\n"
        "server.stop(); found = [m for m in sys.modules if m.startswith(('smtplab.protocol.pop3', 'smtplab.net.maildrops'))];"
        "assert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=HOUSE.parent, timeout=60)


COURSE = ("fields", "judging", "files", "card", "gauntlet", "progress", "doing", "authoring", "clients")
"""The rooms of the course, and what stands between them, top to bottom: `smtplab/course/__init__.py` has the road."""


@pytest.mark.parametrize("room", COURSE)
def test_a_room_of_the_course_imports_only_rooms_above_it(room: str) -> None:
    place = HOUSE / "course" / room
    for path in sorted(place.glob("*.py")) if place.is_dir() else [place.with_suffix(".py")]:
        for line, imported in imports_of(path, only_at_import=True):
            there = imported.split(".")[2] if imported.startswith("smtplab.course.") else ""
            assert there not in COURSE[COURSE.index(room) + 1 :], (
                f"{path}, line {line}: {room} is above {there} in the course, and imports from it. Move what both need up,"
                " or import it in the function that needs it"
            )
