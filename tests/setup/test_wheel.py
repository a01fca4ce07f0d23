"""A wheel built from the repository gives a working `smtplab lab` on its own."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.name for path in (ROOT / "examples").iterdir())
NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's contents in a folder, as pip lays them."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def smtplab(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the installed smtplab in `folder`, away from the checkout."""
    command = [sys.executable, "-m", "smtplab", *words]
    environment = os.environ | {"PYTHONPATH": str(installed)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


def test_the_wheel_is_pure(wheel: Path):
    assert wheel.name.endswith("-none-any.whl")


def test_the_wheel_carries_every_notebook_and_no_test(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    assert sorted(name for name in names if name.endswith(".ipynb")) == [
        f"smtplab/_notebooks/{name}" for name in NOTEBOOKS
    ]
    assert {f"smtplab/_examples/{name}" for name in EXAMPLES} <= set(names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"smtplab"}


def test_the_wheel_carries_everything_of_the_package(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())
    files = [path for path in (ROOT / "smtplab").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert [str(path) for path in files if path.relative_to(ROOT).as_posix() not in names] == []


def test_it_copies_the_notebooks_and_starts_jupyterlab(installed: Path, tmp_path: Path):
    done = smtplab(installed, tmp_path, "lab", "--dir", "mine", "--", "--version")
    assert done.returncode == 0, done.stderr
    assert done.stdout[0].isdigit(), "JupyterLab's version"
    assert sorted(path.name for path in (tmp_path / "mine").glob("*.ipynb")) == NOTEBOOKS


def test_its_recorded_sessions_are_there(installed: Path, tmp_path: Path):
    code = "from smtplab import recorded; print(len(recorded()), recorded('exim', 'seed-1').state.name)"
    environment = os.environ | {"PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "1224 CLOSED\n", done.stderr


def test_it_never_overwrites_a_changed_notebook_unless_asked_and_then_keeps_it(installed: Path, tmp_path: Path):
    smtplab(installed, tmp_path, "lab", "--", "--version")
    first = next((tmp_path / "smtplab-notebooks").glob("01-*.ipynb"))
    as_shipped = first.read_bytes()
    first.write_bytes(b"mine")
    smtplab(installed, tmp_path, "lab", "--", "--version")
    assert first.read_bytes() == b"mine"
    smtplab(installed, tmp_path, "lab", "--fresh", "01", "--", "--version")
    assert first.read_bytes() == as_shipped
    assert first.with_name(f"{first.stem}.yours-1.ipynb").read_bytes() == b"mine"


def test_its_metadata_names_the_command_and_the_oldest_python(installed: Path):
    metadata = next(installed.glob("*.dist-info"))
    assert "smtplab = smtplab.cli:main" in (metadata / "entry_points.txt").read_text("utf-8")
    assert "Requires-Python: >=3.11" in (metadata / "METADATA").read_text("utf-8")
