"""Where exercises are found: ours, and a teacher's, in a folder of his that is found like ours.

Rules
1. `exercise(name)` looks among ours, in the folders of $SMTPLAB_EXERCISES (more than one are parted as in $PATH), and
   in a folder `exercises` beside the notebook, which is the one that Python works in.
2. A name that stands in two of them is an error that says so: none hides another. `folder=` names one, and then only
   that one counts.
3. Files are looked for, and read, each time: an edited exercise needs no restart.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

VARIABLE = "SMTPLAB_EXERCISES"
BESIDE = "exercises"
NAME = re.compile(r"\w[\w.-]*")


def shipped() -> Traversable:
    """The folder of the exercises that come with smtplab."""
    return files("smtplab.course") / "exercises"


def names(folder: Traversable | None = None) -> list[str]:
    """The names of all exercises in a folder, ours unless told otherwise, in order."""
    found = (shipped() if folder is None else folder).iterdir()
    return sorted(
        file.name.removesuffix(".toml")
        for file in found
        if file.name.endswith(".toml") and not file.name.startswith(".")
    )


@dataclass(frozen=True, slots=True)
class Place:
    """A file of an exercise. `home` names its folder, "" for ours; `label` is how a message calls the file."""

    name: str
    file: Traversable
    home: str
    label: str


def homes() -> dict[str, Traversable]:
    """The folders where exercises are looked for, each by the name that a message has for it; ours is ""."""
    found: dict[str, Traversable] = {"": shipped()}
    named = [part for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    for part in [*named, BESIDE]:
        folder = Path(part).expanduser()
        if folder.is_dir() and not any(_is_same(folder, other) for other in found.values()):
            found[part] = folder
    return found


def _is_same(one: Path, other: Traversable) -> bool:
    return isinstance(other, Path) and one.resolve() == other.resolve()


def find(name: str, folder: object = None) -> Place:
    """The file of an exercise. Raises ValueError where no folder has it or two have, and says what to do."""
    if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]  a notebook has no types
        raise ValueError(f'an exercise has its name in quotes: exercise("01.1"), not exercise({name!r})')
    if folder is not None:
        given = _given(folder)
        if not (given / f"{name}.toml").is_file() or not NAME.fullmatch(name):
            raise ValueError(f"there is no exercise {name!r} in {folder}: {_choice(names(given))}")
        return _place(str(folder), given, name)
    there = homes()
    holders = [home for home, each in there.items() if NAME.fullmatch(name) and (each / f"{name}.toml").is_file()]
    if not holders:
        known = sorted({place.name for place in every()})
        raise ValueError(f"there is no exercise {name!r}: {_choice(known)}{_unfound()}")
    if len(holders) > 1:
        both = " and ".join(f"in {home}" if home else "among smtplab's own" for home in holders)
        raise ValueError(
            f"the exercise {name!r} is there twice, {both}: give one another name, "
            f'or say which is meant, exercise("{name}", folder="{holders[-1]}")'
        )
    return _place(holders[0], there[holders[0]], name)


def _given(folder: object) -> Traversable:
    if isinstance(folder, str | os.PathLike):
        place = Path(folder).expanduser()  # pyright: ignore[reportUnknownArgumentType]
        if not place.is_dir():
            raise ValueError(f"there is no folder {os.fspath(folder)!r}: make it, or name another")  # pyright: ignore[reportUnknownArgumentType]
        return place
    if isinstance(folder, Traversable):
        return folder
    raise ValueError(f"a folder is a path, not {folder!r}")


def _choice(there: list[str]) -> str:
    return f"choose one of {', '.join(there)}" if there else "there is no file NAME.toml in it"


def _unfound() -> str:
    """What to say of folders that were named and are not there."""
    named = [part for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    gone = [part for part in named if not Path(part).expanduser().is_dir()]
    return f" (${VARIABLE} names {gone[0]!r}, and there is no such folder)" if gone else ""


def every() -> list[Place]:
    """Every exercise file that is found, ours first."""
    return [_place(home, there, name) for home, there in homes().items() for name in names(there)]


def _place(home: str, there: Traversable, name: str) -> Place:
    return Place(name, there / f"{name}.toml", home, f"{home}/{name}.toml" if home else f"{name}.toml")
