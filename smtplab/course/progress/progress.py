"""progress(): what was done so far, in every notebook; kept on this machine, exported as a result sheet.

    progress()                                      # a line for each exercise
    progress().export("anna.json", name="Anna")     # a sheet for a teacher, and the same as a page, anna.html
    progress().start_over("01.2")                   # one exercise, or "01": a notebook's

Rules
1. What it shows has no date, no path and no count of seconds: with nothing done it is the same on every machine.
2. A pass is never taken back by a later try; only `start_over` forgets.
3. Trouble with the file is told, and stops nobody (`kept`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime

from ...protocol.transcript import Transcript
from .. import card
from ..card import Shown
from ..files import folders, spec
from ..files.spec import Spec
from . import kept, sheet
from .begun import begun
from .done import TRIES_KEPT, Done, Proof, digest_of, outcome

BINDER = (
    "This runs on Binder: when you close the page, what you have done is gone. "
    '`progress().export("me.json")` writes it to a file; download that one from the list of files.'
)
HOME = (
    'It is kept on this machine. `progress().export("NAME.json", name="NAME")` writes a result sheet to hand in; '
    '`progress().start_over("01.2")` forgets an exercise, `progress().start_over("01")` a notebook.'
)


def progress() -> Progress:
    """What was done so far. Raises nothing: what cannot be read is told, and kept aside."""
    return Progress()


class Progress:
    """The exercises, and what was done about each; shown, a line for each."""

    @property
    def folder(self) -> str:
        """Where it is kept."""
        return str(kept.folder())

    def passed(self) -> list[str]:
        """The names of the exercises that were passed."""
        return [name for name, done in kept.read()[0].items() if done.is_passed]

    def export(self, path: str | os.PathLike[str], *, name: str = "") -> Shown:
        """Writes a result sheet, `path` ending in .json, and the same as a page beside it; says where they are.

        `name`: the learner's, that of the file where none is given. A file that is no sheet is not written over:
        ValueError. OSError where the folder cannot be written.
        """
        found, note = kept.read()
        files = sheet.write(path, name, found, titles())
        nothing = "" if found else "Nothing was done yet, and the sheet says so."
        return card.lines(
            f"The result sheet is in `{files[0]}`, the same as a page in `{files[1]}`. It holds the sessions that "
            "passed, line by line, passwords masked: look at the page before you hand it in.",
            *filter(None, [nothing, note]),
        )

    def start_over(self, name: str) -> Shown:
        """Forgets what was done about one exercise ("01.2") or one notebook's ("01").

        Those that have begun in this notebook begin anew. Raises ValueError for a name that is neither.
        """
        known = {place.name for place in folders.every()} | {key.rpartition("/")[2] for key in kept.read()[0]}
        meant = sorted(each for each in known if each == name or each.startswith(f"{name}."))
        if not meant:
            raise ValueError(f"there is no exercise and no notebook {name!r}: say one of {', '.join(sorted(known))}")
        note = forget(*meant)
        for exercise in begun(name):
            exercise.start_over()
        return card.lines(f"Forgotten: {', '.join(meant)}.", *filter(None, [note]))

    def shown(self) -> Shown:
        found, note = kept.read()
        rows = list(_rows(found))
        passed = sum(done.is_passed for done in found.values())
        title = f"Your progress: {passed} of {len(rows)} exercises passed."
        broken = kept.aside()
        older = f"Files that could not be read are kept beside it: {', '.join(each.name for each in broken)}."
        said = [note, older if broken and not note else "", BINDER if kept.on_binder() else HOME]
        return card.listing(title, rows, *filter(None, said))

    def __str__(self) -> str:
        return self.shown().plain

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002
        shown = self.shown()
        return {"text/plain": shown.plain, "text/html": shown.html}


def titles() -> dict[str, str]:
    """The titles of all exercises that are found, by key."""
    found: dict[str, str] = {}
    for place in folders.every():
        try:
            each = spec.at(place)
            found[each.key] = each.title
        except ValueError as error:
            found[place.name] = f"(its file has a mistake: {error})"
    return found


def _rows(found: Mapping[str, Done]) -> list[tuple[str, str, str]]:
    known = titles()
    gone = {key: "(its file is not found any more)" for key in found if key not in known}
    return [(key, title, outcome(found.get(key, Done()))) for key, title in {**known, **gone}.items()]


# ---------------------------------------------------------------------------------- what an exercise tells of itself
def record(of: Spec, passed: Mapping[int, Transcript | str], tried: Transcript | str | None) -> str:
    """Keeps what a check found: the sessions that passed, by part, and the one that was tried; or answers, as text.
    Gives a note."""
    if not passed and tried is None:
        return ""
    now = datetime.now(UTC).isoformat(timespec="seconds")

    def change(found: kept.All) -> None:
        done = found.setdefault(of.key, Done(since=now))
        was_passed = done.is_passed
        if not was_passed:
            done.parts, done.home, done.digest = len(of.parts), of.home, digest_of(of.text)
        for part, session in passed.items():
            done.passed.setdefault(part, Proof.of(session, now))
        if tried is not None and not was_passed:
            done.tries += 1
            if not passed:
                done.last = [*done.last, Proof.of(tried, now)][-TRIES_KEPT:]

    return kept.change(change)


def helped(of: Spec, *, hints: int = 0, solution: bool = False) -> str:
    """Keeps what help was asked for before an exercise was passed. Gives a note."""

    def change(found: kept.All) -> None:
        done = found.setdefault(of.key, Done(len(of.parts), since=datetime.now(UTC).isoformat(timespec="seconds")))
        if not done.is_passed:
            done.hints, done.solution = max(done.hints, hints), done.solution or solution

    return kept.change(change)


def forget(*exercises: str) -> str:
    """Forgets these, by name or by key. Gives a note."""

    def change(found: kept.All) -> None:
        for key in list(found):
            if key in exercises or key.rpartition("/")[2] in exercises:
                del found[key]

    return kept.change(change)
