"""The files that set smtplab up agree: pyproject, constraints, conda's and Binder's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distributions, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PYTHONS = ("3.11", "3.12", "3.13", "3.14", "3.15")
PIN = re.compile(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*( ; [a-z_]+ [<>=]+ \"[^\"]+\")?")


def pins() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def requirements() -> list[Requirement]:
    everything = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]
    return [Requirement(text) for text in everything]


def pinned(name: str, python: str) -> list[str]:
    """The versions that constraints.txt has for a package on this Python."""
    found = [Requirement(line) for line in pins()]
    here = [pin for pin in found if canonicalize_name(pin.name) == canonicalize_name(name)]
    return [str(pin.specifier)[2:] for pin in here if not pin.marker or pin.marker.evaluate({"python_version": python})]


def test_constraints_are_exact_versions_and_nothing_else():
    assert [line for line in pins() if not PIN.fullmatch(line)] == []


@pytest.mark.parametrize("python", PYTHONS)
def test_constraints_pin_each_package_at_most_once(python: str):
    names = {Requirement(line).name for line in pins()}
    assert [name for name in names if len(pinned(name, python)) != 1] == []


@pytest.mark.parametrize("requirement", requirements(), ids=lambda requirement: requirement.name)
@pytest.mark.parametrize("python", PYTHONS)
def test_constraints_cover_what_the_project_asks_for(requirement: Requirement, python: str):
    versions = pinned(requirement.name, python)
    assert versions, f"{requirement.name} has no line in constraints.txt"
    assert requirement.specifier.contains(versions[0])


def test_constraints_cover_what_is_installed():
    apart = {"smtplab", "pip", "setuptools", "wheel"}
    # What else someone keeps in an environment is theirs: only what our requirements lead to counts.
    wanted = _closure({canonicalize_name(requirement.name) for requirement in requirements()})
    installed = {canonicalize_name(found.name) for found in distributions()}
    have = {canonicalize_name(Requirement(line).name) for line in pins()}
    assert sorted((wanted & installed) - have - apart) == []


def _closure(names: set[str]) -> set[str]:
    """These packages and all that they need here, as far as they are installed in the version that is pinned."""
    seen: set[str] = set()
    while names:
        seen |= names
        names = {found for name in names for found in _needs(name)} - seen
    return seen


def _needs(name: str) -> set[str]:
    """What an installed package needs here; nothing of one that is not installed in the version that is pinned."""
    try:
        if version(name) not in pinned(name, "{}.{}".format(*sys.version_info)):
            return set()
    except PackageNotFoundError:
        return set()
    needs = [Requirement(text) for text in requires(name) or []]
    return {canonicalize_name(need.name) for need in needs if not need.marker or need.marker.evaluate({"extra": ""})}


def test_no_pinned_version_asks_for_a_later_python_than_the_project_does():
    """Debian 12 has 3.11.2: a pin that wants 3.11.5 cannot be installed there."""
    oldest = PROJECT["requires-python"].removeprefix(">=") + ".0"
    exact = {Requirement(line).name: str(Requirement(line).specifier)[2:] for line in pins() if ";" not in line}
    found = {item.name: item for item in distributions() if exact.get(item.name) == item.version}
    asks = {name: item.metadata.get("Requires-Python") or "" for name, item in found.items()}
    assert {name: ask for name, ask in asks.items() if not SpecifierSet(ask).contains(oldest)} == {}


def test_what_needs_a_system_is_not_asked_for_in_a_browser():
    asked = {
        need.name for need in requirements() if not need.marker or need.marker.evaluate({"sys_platform": "emscripten"})
    }
    assert asked.isdisjoint({"jupyterlab", "ipykernel", "trustme"})
    assert asked >= {"ipywidgets", "anywidget", "matplotlib"}


def test_binder_has_the_environment_of_the_root():
    assert (ROOT / "binder/environment.yml").read_bytes() == (ROOT / "environment.yml").read_bytes()


def test_environment_names_python_in_the_form_binder_reads_and_pins_nothing_else():
    entries = re.findall(
        r"^  - (\S+)$", (ROOT / "environment.yml").read_text("utf-8").split("dependencies:")[1], re.MULTILINE
    )
    assert "python=3.12" in entries
    assert {"jupyterlab", "ipywidgets", "matplotlib", "nbval"} <= set(entries)
    assert [entry for entry in entries if re.search(r"[=<>]", entry)] == ["python=3.12"]


def test_binder_files_are_real_files():
    for path in (ROOT / "binder").iterdir():
        assert path.is_file()
        assert not path.is_symlink()


@pytest.mark.skipif(sys.platform == "win32", reason="repo2docker does not run on Windows")
def test_binder_plan_takes_python_3_12_our_environment_and_postbuild():
    tool = Path(sys.executable).with_name("jupyter-repo2docker")
    done = subprocess.run([tool, "--no-build", "."], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "python=3.12" in done.stderr
    assert re.search(r"environment\S*3\S*12\S*lock\S* \S*environment\.lock", done.stdout), (
        "base environment of Python 3.12"
    )
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "binder/environment.yml"' in done.stdout
    assert "apt-get install --yes --no-install-recommends curl swaks telnet" in done.stdout
    assert "RUN ./binder/postBuild" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="files have no executable bit on Windows")
@pytest.mark.parametrize("path", [".ci/run", "binder/postBuild"])
def test_scripts_are_executable(path: str):
    assert os.access(ROOT / path, os.X_OK)
    assert (ROOT / path).read_text("utf-8").startswith("#!")


def test_version_is_the_same_everywhere():
    import smtplab

    assert smtplab.__version__ == PROJECT["version"]
