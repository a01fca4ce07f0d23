"""Grading: result sheets read, every claim judged again from its evidence, and sheets that share evidence named.

Rules
1. A claim counts where its session passes the exercise's own rules again, by its octets alone: an observer follows
   them. What the sheet says of states and outcomes is not believed; where it says otherwise, that is named.
2. Evidence can be invented: a session can be typed into a file. What is checked is that the claim follows from it.
3. A sheet that cannot be read is named, and the others are graded.
4. An answer is judged again like a session, but two who are right have the same; a function is not kept, and said so.
5. The same session in two sheets is no proof of anything, and is named: to the microsecond it is a copy; the same
   lines may be chance, and where all of them stand in the worked solution nothing is said.
"""

from __future__ import annotations

import ast
import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ...protocol.language import language_named
from ...protocol.observer import Observer
from ...protocol.transcript import Exchange, Transcript
from ...protocol.wire import split_lines
from ..files import spec
from ..files.answered import Find, Sort
from ..files.folders import every
from ..files.spec import Spec
from ..judging.attempt import listed
from ..judging.judge import judge
from . import sheet
from .done import Proof, digest_of
from .sheet import Sheet

INVENTED = (
    "Evidence can be invented: whoever can write a sheet can write a session into it. That a claim is borne by its "
    "evidence says that such a session passes, not who held it."
)


@dataclass(slots=True)
class Entry:
    """One exercise of one sheet. `passed`: the parts whose claim the evidence bears, `problems` what is wrong."""

    parts: int = 1
    passed: int = 0
    claimed: int = 0
    tries: int = 0
    hints: int = 0
    solution: bool = False
    problems: list[str] = field(default_factory=list[str])
    remarks: list[str] = field(default_factory=list[str])

    @property
    def word(self) -> str:
        """In a word or two: passed, unproven, 1 of 2, 3 tries, "" where nothing was done."""
        if self.problems:
            return "NOT BORNE"
        if self.claimed >= self.parts:
            return "passed"
        if self.claimed:
            return f"{self.claimed} of {self.parts}"
        return f"{self.tries} {'try' if self.tries == 1 else 'tries'}" if self.tries else ""


@dataclass(frozen=True, slots=True)
class Row:
    """One sheet: its file, the learner's name, and each exercise."""

    file: str
    name: str
    entries: Mapping[str, Entry]

    @property
    def passed(self) -> int:
        return sum(entry.word == "passed" for entry in self.entries.values())

    @property
    def called(self) -> str:
        return f"{self.name} ({self.file})"


@dataclass(frozen=True, slots=True)
class Shared:
    """A session that stands in more than one sheet. `is_copy`: to the microsecond."""

    exercise: str
    who: tuple[str, ...]
    is_copy: bool


@dataclass(frozen=True, slots=True)
class Class:
    """A class: a row for each sheet that was read; `unread` has the files that could not be, and why."""

    rows: tuple[Row, ...]
    unread: Mapping[str, str]
    shared: tuple[Shared, ...]

    @property
    def exercises(self) -> list[str]:
        return sorted({key for row in self.rows for key in row.entries})

    @property
    def is_clean(self) -> bool:
        """True where there is nothing that a teacher should look at."""
        problems = any(entry.problems for row in self.rows for entry in row.entries.values())
        return not (problems or self.unread or self.shared)


def grade(paths: Iterable[str | os.PathLike[str]], folder: str | None = None) -> Class:
    """The class table of these sheets. `folder` has a teacher's exercises, beside those that are found by themselves."""
    specs = _Specs(folder)
    rows: list[Row] = []
    unread: dict[str, str] = {}
    evidence: list[tuple[str, int, str, Transcript]] = []
    for path in paths:
        file = os.fspath(path)
        try:
            read = sheet.read(path)
        except OSError as error:
            unread[file] = error.strerror or str(error)
        except ValueError as error:
            unread[file] = str(error)
        else:
            row = Row(file, read.name or "(no name)", {})
            rows.append(Row(file, row.name, _entries(read, specs, row.called, evidence)))
    return Class(tuple(rows), unread, tuple(_shared(evidence, specs)))


class _Specs:
    """The exercises that sheets speak of, each read once. None for one that is not known here."""

    def __init__(self, folder: str | None) -> None:
        self._folder = folder
        self._found: dict[str, Spec | None] = {}

    def __getitem__(self, key: str) -> Spec | None:
        if key not in self._found:
            self._found[key] = self._find(key)
        return self._found[key]

    def _find(self, key: str) -> Spec | None:
        home, _, name = key.rpartition("/")
        try:
            if home and self._folder is not None:
                return spec.load(name, self._folder)
            places = [place for place in every() if place.name == name and bool(place.home) == bool(home)]
            return spec.at(places[0]) if places else None
        except ValueError:
            return None


def _entries(
    read: Sheet, specs: _Specs, who: str, evidence: list[tuple[str, int, str, Transcript]]
) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for key, done in read.exercises.items():
        of = specs[key]
        parts = done.parts if of is None else len(of.parts)
        entry = Entry(parts, 0, len(done.passed), done.tries, done.hints, done.solution)
        if of is None and done.passed:
            entry.problems.append("this exercise is not known here: name its folder with --exercises DIR")
        elif of is not None:
            if done.digest and done.digest != digest_of(of.text):
                entry.remarks.append("the exercise's file has changed since, and it is judged by the one that is here")
            for part, proof in sorted(done.passed.items()):
                _judged(entry, of, part, proof, (key, who), evidence)
        found[key] = entry
    return found


def _judged(
    entry: Entry, of: Spec, part: int, proof: Proof, about: tuple[str, str],
    evidence: list[tuple[str, int, str, Transcript]],
) -> None:  # fmt: skip
    where = f"part {part}: " if len(of.parts) > 1 else ""
    if not 1 <= part <= len(of.parts):
        entry.problems.append(f"part {part} is claimed, and the exercise has {len(of.parts)}")
        return
    form = of.parts[part - 1].form
    if form.name == "function":
        entry.remarks.append(f"{where}a function was tried, and is not kept: this claim cannot be judged again")
        entry.passed += 1
        return
    if isinstance(form, Find | Sort):
        try:
            why = "" if form.judged(proof.answer).passed else f"the answer {proof.answer[:60]!r} is not right"
        except ValueError as error:
            why = f"its answer cannot be read ({error})"
        entry.problems += [where + why] if why else []
        entry.passed += not why
        return
    try:
        said = proof.transcript()
        evidence.append((about[0], part, about[1], said))
        why = _why_not(of, part, said)
    except Exception as error:  # a session from anybody's file: whatever goes wrong with it is what is to be told
        why = f"its session cannot be read ({error or type(error).__name__})"
    if why:
        entry.problems.append(where + why)
    else:
        entry.passed += 1


def _why_not(of: Spec, part: int, said: Transcript) -> str:
    """Why a session does not bear the claim that it passes this part; "" where it does."""
    asked = of.parts[part - 1].asked
    judgement = judge(observed(said), asked)
    if judgement.passed:
        return ""
    told = "its record contradicts itself: by its octets" if judge(said, asked).passed else "its session does not pass"
    return f"{told}: {judgement.message}"


def observed(said: Transcript) -> Transcript:
    """The same session as a wire-tapper knows it, who has the octets and nothing else."""
    observer = Observer(language_named(said.table.name).table)
    for exchange in said.exchanges:
        if exchange.event == "(handshake)":
            observer.handshake(exchange.outcome is not None and exchange.outcome.name == "COMPLETION")
        elif exchange.event == "(eof)":
            observer.client_eof()
        else:
            observer.client(exchange.sent)
            observer.server(exchange.reply_raw)
    return observer.transcript()


# -------------------------------------------------------------------------------------------------- shared evidence
def _shared(evidence: Sequence[tuple[str, int, str, Transcript]], specs: _Specs) -> Iterable[Shared]:
    same: dict[tuple[str, int, str], list[tuple[str, str]]] = {}
    for key, part, who, said in evidence:
        same.setdefault((key, part, _print_of(said.exchanges)), []).append((who, _times_of(said.exchanges)))
    for (key, part, _), holders in sorted(same.items()):
        at: dict[str, list[str]] = {}
        for who, times in holders:
            at.setdefault(times, []).append(who)
        named = _named(specs[key], key, part)
        yield from (Shared(named, tuple(each), True) for each in at.values() if len(each) > 1)
        if len(at) > 1 and not _is_solution(specs[key], part, evidence, holders[0][0], key):
            yield Shared(named, tuple(who for who, _ in holders), False)


def _named(of: Spec | None, key: str, part: int) -> str:
    return f"{key}, part {part}" if of is not None and len(of.parts) > 1 else key


def _print_of(exchanges: Iterable[Exchange]) -> str:
    """A short name for what was said, whenever and from whichever port."""
    said = hashlib.sha256()
    for exchange in exchanges:
        said.update(repr((exchange.event, exchange.sent, exchange.reply_raw)).encode())
    return said.hexdigest()


def _times_of(exchanges: Iterable[Exchange]) -> str:
    return repr([(exchange.seconds_sent, exchange.seconds_replied) for exchange in exchanges])


def _is_solution(
    of: Spec | None, part: int, evidence: Sequence[tuple[str, int, str, Transcript]], who: str, key: str
) -> bool:
    """True where every line that the client said stands in the worked solution: many will have run that."""
    if of is None:
        return False
    said = next(each for own, number, name, each in evidence if (own, number, name) == (key, part, who))
    written = {line for octets in _literals(of.parts[part - 1].solution) for line in split_lines(octets)}
    return all(line in written for exchange in said.exchanges for line in split_lines(exchange.sent))


def _literals(program: str) -> list[bytes]:
    """The octets that are written out in a piece of Python."""
    nodes = ast.walk(ast.parse(program))
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, bytes)]


# ------------------------------------------------------------------------------------------------------- in words
def notes(of: Class) -> list[str]:
    """What a teacher should look at, a sentence each."""
    said = [f"{file} cannot be read: {why}." for file, why in of.unread.items()]
    for row in of.rows:
        for key, entry in row.entries.items():
            said += [f"{row.called}, {key}: {problem.rstrip('.')}." for problem in entry.problems]
            said += [f"{row.called}, {key}: {remark}." for remark in entry.remarks]
    for each in of.shared:
        what = "the same record to the microsecond, one is a copy" if each.is_copy else "the same lines"
        said.append(f"{listed(each.who)} have {what}: exercise {each.exercise}.")
    return said


def help_used(entry: Entry) -> str:
    """The help that was asked for, short: "2 hints, solution"."""
    hints = [f"{entry.hints} hint{'' if entry.hints == 1 else 's'}"] if entry.hints else []
    return ", ".join([*hints, *(["solution"] if entry.solution else [])])
