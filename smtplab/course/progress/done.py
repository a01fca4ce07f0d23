"""What is known of one exercise's progress: parts passed, tries, hints, and the evidence. As JSON, and read back.

Evidence is a session as the server recorded it (`Transcript.to_json`, passwords masked as there). A file with it may
come from anybody: `read` takes nothing on trust, and raises ValueError that names the place of what is wrong.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from ...protocol.transcript import Transcript

TRIES_KEPT = 3
"""Sessions of tries that did not pass, the last ones."""
SESSION_MOST = 200_000
"""Characters of JSON that a session may take to be kept; one of 10,000 lines of mail data takes more."""
ANSWER_MOST = 4000
"""Characters of an answer that are kept."""
COUNT_MOST = 1_000_000
EXERCISES_MOST = 1000


@dataclass(frozen=True, slots=True)
class Proof:
    """A session and when it was checked. `session` is its JSON, read; None where it was too long to be kept, and for an
    exercise that is answered: there `answer` is what was answered."""

    at: str
    session: Mapping[str, Any] | None
    answer: str = ""

    @classmethod
    def of(cls, done: Transcript | str, at: str) -> Proof:
        """From a session, or from an answer."""
        if isinstance(done, str):
            return cls(at, None, done[:ANSWER_MOST])
        text = done.to_json()
        return cls(at, json.loads(text) if len(text) <= SESSION_MOST else None)

    def transcript(self) -> Transcript:
        """The session. Raises ValueError where it cannot be read, or there is none."""
        if self.session is None:
            raise ValueError("no session was kept, it was too long")
        said = json.dumps(self.session)
        if len(said) > 2 * SESSION_MOST:
            raise ValueError("it is longer than any that smtplab keeps")
        return Transcript.from_json(said)

    @classmethod
    def read(cls, stored: object, place: str) -> Proof:
        entry = table(stored, place)
        session = entry.get("session")
        read = None if session is None else table(session, f"{place}, session")
        return cls(text(entry, "at", place), read, text(entry, "answer", place, ANSWER_MOST))

    def to_json(self) -> dict[str, Any]:
        return {"at": self.at, "session": self.session, **({"answer": self.answer} if self.answer else {})}


@dataclass(slots=True)
class Done:
    """What was done about one exercise. `passed`: the proof of each part that was passed, by its number from 1."""

    parts: int = 1
    passed: dict[int, Proof] = field(default_factory=dict[int, Proof])
    tries: int = 0
    hints: int = 0
    solution: bool = False
    """True where the solution was looked at before it was passed."""
    last: list[Proof] = field(default_factory=list[Proof])
    """The last tries that did not pass."""
    since: str = ""
    home: str = ""
    digest: str = ""
    """Which text of its file the exercise had: `digest_of`."""

    @property
    def is_passed(self) -> bool:
        return all(part in self.passed for part in range(1, self.parts + 1))

    @classmethod
    def read(cls, stored: object, place: str) -> Done:
        """From JSON. Raises ValueError that names the place."""
        entry = table(stored, place)
        passed = {
            number(part, f"{place}, passed", most=100): Proof.read(proof, f"{place}, passed {part[:10]}")
            for part, proof in table(entry.get("passed", {}), f"{place}, passed").items()
        }
        last = entry.get("last", [])
        if not isinstance(last, list):
            raise ValueError(f"{place}, last: this is no list")
        kept = cast("list[object]", last)[-TRIES_KEPT:]
        return cls(
            number(entry.get("parts", 1), f"{place}, parts", most=100), passed,
            number(entry.get("tries", 0), f"{place}, tries"), number(entry.get("hints", 0), f"{place}, hints"),
            entry.get("solution") is True, [Proof.read(proof, f"{place}, last") for proof in kept],
            text(entry, "since", place), text(entry, "home", place), text(entry, "digest", place),
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        return {
            "parts": self.parts, "passed": {str(part): proof.to_json() for part, proof in self.passed.items()},
            "tries": self.tries, "hints": self.hints, "solution": self.solution,
            "last": [proof.to_json() for proof in self.last], "since": self.since, "home": self.home,
            "digest": self.digest,
        }  # fmt: skip


def digest_of(text_: str) -> str:
    """A short name for a text: the same text, the same name. Line ends do not count."""
    return hashlib.sha256("\n".join(text_.splitlines()).encode()).hexdigest()[:16]


def read_all(stored: object, place: str) -> dict[str, Done]:
    """Exercises by name, from JSON. Raises ValueError that names the place of what is wrong."""
    whole = table(stored, place)
    if len(whole) > EXERCISES_MOST:
        raise ValueError(f"{place}: more than {EXERCISES_MOST:,} exercises")
    return {name: Done.read(entry, f"{place}, {name[:40]!r}") for name, entry in whole.items()}


# ------------------------------------------------------------------------------------------------ taken with care
def table(stored: object, place: str) -> dict[str, Any]:
    if not isinstance(stored, dict):
        raise ValueError(f"{place}: this is no table")
    return cast("dict[str, Any]", stored)


def text(entry: Mapping[str, Any], key: str, place: str, most: int = 200) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str):
        raise ValueError(f"{place}, {key}: this is no text")
    return value[:most]


def number(value: object, place: str, most: int = COUNT_MOST) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 8:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError(f"{place}: this is no number from 0 to {most:,}")
    return value


def read_json(said: str) -> object:
    """JSON, whatever is in it. Raises ValueError, for one that is nested too deep as well."""
    try:
        return json.loads(said)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def outcome(done: Done) -> str:
    """In words, how far an exercise has come and with what help."""
    parts = len(done.passed)
    so_far = f"part {parts} of {done.parts} passed" if parts else "not yet"
    said = ["passed" if done.is_passed else so_far]
    said += [f"{done.tries} {'try' if done.tries == 1 else 'tries'}"] if done.tries else []
    said += [f"{done.hints} hint{'' if done.hints == 1 else 's'}"] if done.hints else []
    return ", ".join([*said, *(["solution seen"] if done.solution else [])])
