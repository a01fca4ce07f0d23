"""The learner's own copy of the notebooks: made once, never overwritten where it was changed.

Rules:
- What was shipped is remembered in a small file in the copy, as the hash of each file when it was put there. A file
  whose hash is still that one was not changed by the learner and follows a newer version; any other is left alone.
- Putting a notebook back as shipped keeps the learner's beside it, under a name not used before.
- Each file appears whole or not at all: it is written beside its place and then moved there.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..course.tags import shipped_folder as shipped_folder

RECORD = ".smtplab-shipped.json"


@dataclass
class Report:
    """What a copy did, as names within the copy."""

    added: list[str] = field(default_factory=list[str])
    renewed: list[str] = field(default_factory=list[str])
    kept: list[str] = field(default_factory=list[str])
    """Changed by the learner, though a newer version is shipped: left as they are."""


def copy_notebooks(shipped: Path, own: Path) -> Report:
    """Bring the folder `own` up to what is shipped, but for what was changed there.

    Raises OSError where the folder cannot be written.
    """
    report = Report()
    own.mkdir(parents=True, exist_ok=True)
    record = _read_record(own)
    for name in _names(shipped):
        data = (shipped / name).read_bytes()
        new, place = _hash(data), own / name
        old = _hash(place.read_bytes()) if place.is_file() else None
        if old == new:
            record[name] = new
        elif old is None or old == record.get(name):
            (report.added if old is None else report.renewed).append(name)
            _write(place, data)
            record[name] = new
        elif record.get(name) != new:
            report.kept.append(name)
    _write_record(own, record)
    return report


def put_back(shipped: Path, own: Path, name: str) -> str | None:
    """Put `name` back as shipped; gives the name under which the learner's is kept, or None if it was as shipped."""
    data, place = (shipped / name).read_bytes(), own / name
    kept = None
    if place.is_file() and place.read_bytes() != data:
        kept = _unused_name(place)
        os.replace(place, own / kept)
    _write(place, data)
    _write_record(own, _read_record(own) | {name: _hash(data)})
    return kept


def notebook_names(folder: Path) -> list[str]:
    """The numbered notebooks of a folder, in order."""
    return sorted(path.name for path in folder.glob("[0-9][0-9]*.ipynb"))


def find_notebook(folder: Path, number: str) -> str | None:
    """The name of the notebook with this number (`1` and `01` are the same), or None."""
    wanted = number.zfill(2)
    return next((name for name in notebook_names(folder) if name.startswith(wanted)), None)


def _names(shipped: Path) -> Iterator[str]:
    """Every shipped file, as a path within the folder with forward slashes; nothing hidden, nothing cached."""
    for path in sorted(shipped.rglob("*")):
        parts = path.relative_to(shipped).parts
        if path.is_file() and not any(part.startswith((".", "__")) for part in parts):
            yield "/".join(parts)


def _unused_name(place: Path) -> str:
    """A name beside `place` that no file has: `01-x.ipynb` becomes `01-x.yours-1.ipynb`."""
    number = 1
    while (place.parent / f"{place.stem}.yours-{number}{place.suffix}").exists():
        number += 1
    return f"{place.stem}.yours-{number}{place.suffix}"


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    beside.write_bytes(data)
    os.replace(beside, place)


def _read_record(own: Path) -> dict[str, str]:
    """What was put there, by name; empty where nothing readable says so (then every difference is the learner's)."""
    try:
        return {str(name): str(value) for name, value in json.loads((own / RECORD).read_text("utf-8")).items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _write_record(own: Path, record: dict[str, str]) -> None:
    if record != _read_record(own):
        _write(own / RECORD, (json.dumps(record, indent=1, sort_keys=True) + "\n").encode())
