"""Where progress is kept: one file in the user's data folder, written whole, by one kernel at a time.

Rules
1. Trouble with the file stops nobody: every function here answers with a note for the learner, "" where all is well.
2. A file that cannot be read is moved aside under a name of its own, and never written over.
3. What is changed is read anew under a lock, so that two kernels lose nothing of each other's. A lock that does not
   come within LOCK_S is done without.
4. On Binder the machine itself goes when the page is closed, so the file is in its folder for such things and the
   learner is told to export. A JupyterHub alone is no such place: a class's has homes that stay.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .done import Done, read_all, read_json, table

VARIABLE = "SMTPLAB_DATA"
BINDER = ("BINDER_LAUNCH_HOST", "BINDER_REPO_URL", "BINDER_REQUEST")
"""What a Binder sets for those who run on it."""
NAME = "progress.json"
FORMAT = 1
LOCK_S = 2.0

All = dict[str, Done]


def on_binder() -> bool:
    return any(os.environ.get(name) for name in BINDER)


def folder() -> Path:
    """The folder of the progress file, which need not be there yet: $SMTPLAB_DATA, else the platform's own."""
    if on_binder():
        return Path(tempfile.gettempdir()) / "smtplab-progress"
    if own := os.environ.get(VARIABLE):
        return Path(own).expanduser()
    from platformdirs import user_data_path  # here: where the variable is set it is not needed

    return user_data_path("smtplab", appauthor=False)


def read() -> tuple[All, str]:
    """All progress that is kept, by exercise; and a note."""
    place = folder() / NAME
    try:
        with _alone(place.parent, is_made=False):
            return _read(place)
    except OSError as error:
        return {}, f"Your progress cannot be read, as {place} is not to be had: {error.strerror or error}."


def change(how: Callable[[All], None]) -> str:
    """Have `how` change the progress, and keep it. Gives a note."""
    place = folder() / NAME
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(place.parent):
            found, note = _read(place)
            before = _written(found)
            how(found)
            if _written(found) != before:
                write_whole(place, _written(found))
        return note
    except OSError as error:
        return f"Your progress is not kept, as {place.parent} cannot be written: {error.strerror or error}."


def _read(place: Path) -> tuple[All, str]:
    try:
        stored = table(read_json(place.read_text(encoding="utf-8")), NAME)
        if stored.get("smtplab_progress") != FORMAT:
            raise ValueError("it is of no format that this version knows")
        return read_all(stored.get("exercises"), "exercises"), ""
    except FileNotFoundError:
        return {}, ""
    except ValueError as error:  # UnicodeDecodeError too
        aside = unused(place)
        os.replace(place, aside)
        return {}, f"Your progress could not be read ({error}), so it begins anew. The old file is kept as {aside}."


def _written(found: All) -> str:
    exercises = {name: done.to_json() for name, done in sorted(found.items())}
    return json.dumps({"smtplab_progress": FORMAT, "exercises": exercises}, indent=1) + "\n"


def unused(place: Path) -> Path:
    """A name beside `place` that no file has: progress.broken-1.json."""
    number = 1
    while (found := place.with_name(f"{place.stem}.broken-{number}{place.suffix}")).exists():
        number += 1
    return found


def aside() -> list[Path]:
    """The files that were moved aside."""
    return sorted(folder().glob(f"{Path(NAME).stem}.broken-*{Path(NAME).suffix}"))


def write_whole(place: Path, text: str, *, mode: int = 0o600) -> None:
    """Writes a file so that nobody ever sees half of it. Raises OSError."""
    handle, begun = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(begun, mode)
        os.replace(begun, place)
    except BaseException:
        os.unlink(begun)
        raise


@contextmanager
def _alone(where: Path, *, is_made: bool = True) -> Generator[None]:
    """No other kernel reads or writes meanwhile, as far as this file system has locks."""
    try:
        file = open(where / f"{NAME}.lock", "ab" if is_made or where.is_dir() else "rb")  # noqa: SIM115 - closed below
    except OSError:
        yield
        return
    with file:
        is_locked = _lock(file)
        try:
            yield
        finally:
            if is_locked:
                _unlock(file)


def _lock(file: IO[bytes]) -> bool:
    until = time.monotonic() + LOCK_S
    while time.monotonic() < until:
        try:
            _take(file)
            return True
        except (BlockingIOError, PermissionError):  # another has it
            time.sleep(0.01)
        except OSError:  # this file system has no locks
            return False
    return False


if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

elif sys.platform == "emscripten":  # one process, one thread: there is nobody to shut out

    def _take(file: IO[bytes]) -> None: ...

    def _unlock(file: IO[bytes]) -> None: ...

else:
    import fcntl

    def _take(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
