"""A result sheet: what one learner did, with the evidence, as JSON for `smtplab grade` and as a page to look at.

A sheet that comes in is anybody's text: `read` bounds its size, takes no type on trust and raises ValueError with
what is wrong; the page escapes every word of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ...views.text import esc
from ...views.theme import DARK, LIGHT
from .done import Done, Proof, outcome, read_all, read_json, table, text
from .kept import write_whole

FORMAT = 1
MOST = 20_000_000
"""Octets of a sheet that is read: an exercise with every session at its longest takes 1 MB of it."""
NAME_MOST = 80
MARK = '<meta name="generator" content="smtplab result sheet">'


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a learner handed in."""

    name: str
    made: str
    version: str
    exercises: Mapping[str, Done] = field(default_factory=dict[str, Done])
    titles: Mapping[str, str] = field(default_factory=dict[str, str])

    def to_json(self) -> str:
        exercises = {
            key: {"title": self.titles.get(key, ""), **done.to_json()} for key, done in sorted(self.exercises.items())
        }
        return json.dumps(
            {
                "smtplab_sheet": FORMAT, "name": self.name, "made": self.made, "version": self.version,
                "exercises": exercises,
            },
            indent=1,
        ) + "\n"  # fmt: skip


def read(path: str | os.PathLike[str]) -> Sheet:
    """The sheet in a file. Raises ValueError where there is none in it, OSError where it cannot be read."""
    with open(path, "rb") as file:
        said = file.read(MOST + 1)
    if len(said) > MOST:
        raise ValueError(f"it is longer than {MOST // 1_000_000} MB")
    try:
        stored = read_json(said.decode("utf-8"))
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except ValueError as error:
        raise ValueError(f"it is no JSON ({error})") from None
    whole = table(stored, "it is no result sheet of smtplab")
    if "smtplab_sheet" not in whole:
        raise ValueError("it is no result sheet of smtplab")
    if whole["smtplab_sheet"] != FORMAT:
        raise ValueError("it was made by another version of smtplab: take the newest")
    exercises = read_all(whole.get("exercises"), "exercises")
    place = "the sheet"
    return Sheet(
        text(whole, "name", place, NAME_MOST), text(whole, "made", place), text(whole, "version", place), exercises
    )


def write(
    path: str | os.PathLike[str], name: str, exercises: Mapping[str, Done], titles: Mapping[str, str]
) -> tuple[str, str]:
    """Writes a sheet and its page; gives the names of both files. See `Progress.export`."""
    place = Path(path)
    if place.suffix.lower() != ".json":
        raise ValueError(f"a sheet's name ends in .json, as in {place.stem or 'anna'}.json, not {str(path)!r}")
    if not place.parent.is_dir():
        raise ValueError(
            f"there is no folder {place.parent}: make it, or leave it out and the sheet stands beside the notebook"
        )
    beside = place.with_suffix(".html")
    for file, mark in ((place, '"smtplab_sheet"'), (beside, MARK)):
        if file.exists() and mark not in file.read_text(encoding="utf-8", errors="replace")[:2000]:
            raise ValueError(f"{file} is there already, and is no result sheet: choose another name")
    made = datetime.now(UTC).isoformat(timespec="seconds")
    sheet = Sheet((name.strip() or place.stem)[:NAME_MOST], made, _version(), exercises, titles)
    write_whole(place, sheet.to_json(), mode=0o644)  # it is to be handed in
    write_whole(beside, page(sheet), mode=0o644)
    return str(place), str(beside)


def _version() -> str:
    try:
        return version("smtplab")
    except PackageNotFoundError:  # run from a folder that was not installed
        return ""


# ------------------------------------------------------------------------------------------------------- the page
def style() -> str:
    """The look of our plain pages: the tokens, light or dark as the reader has it."""

    def tokens(colours: Mapping[str, str]) -> str:
        return ";".join(f"--{name}:{colours[name]}" for name in ("paper", "ink", "muted", "rule", "tint"))

    return (
        f":root{{{tokens(LIGHT)};color-scheme:light dark}}@media (prefers-color-scheme:dark){{:root{{{tokens(DARK)}}}}}"
        "body{background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;"
        "padding:0 1em}table{border-collapse:collapse}th,td{text-align:left;padding:.2em 1.2em .2em 0;border-bottom:1px solid"
        " var(--rule);vertical-align:top}pre{background:var(--tint);padding:.6em;overflow-x:auto;font-size:13px}"
        "code,pre{font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace}.note{color:var(--muted)}"
    )


def html(title: str, body: str) -> str:
    """A page that stands alone; `body` is escaped already."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"{MARK}<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{esc(title)}</title><style>{style()}</style></head><body><main>{body}</main></body></html>\n"
    )


def page(sheet: Sheet) -> str:
    """The sheet as a page: a table, and below it each session that passed."""
    passed = sum(done.is_passed for done in sheet.exercises.values())
    rows = "".join(
        f"<tr><td>{esc(key)}</td><td>{esc(sheet.titles.get(key, ''))}</td><td>{esc(outcome(done))}</td></tr>"
        for key, done in sheet.exercises.items()
    )
    head = '<thead><tr><th scope="col">exercise</th><th scope="col">title</th><th scope="col">how far</th></tr></thead>'
    sessions = "".join(
        f"<h2>{esc(key)}{f', part {part}' if done.parts > 1 else ''}</h2>{_session(proof)}"
        for key, done in sheet.exercises.items()
        for part, proof in sorted(done.passed.items())
    )
    said = (
        f"<h1>Result sheet: {esc(sheet.name)}</h1><p>{passed} exercise{'' if passed == 1 else 's'} passed. "
        f'<span class="note">Written {esc(sheet.made)} by smtplab {esc(sheet.version)}.</span></p>'
        f"<table>{head}<tbody>{rows}</tbody></table>"
        '<p class="note">Below are the sessions that passed, as the server recorded them, passwords masked.</p>'
    )
    return html(f"Result sheet: {sheet.name}", said + sessions)


def _session(proof: Proof) -> str:
    try:
        text_ = f"Answer: {proof.answer}" if proof.answer else proof.transcript().text()
    except ValueError as error:
        text_ = str(error)
    return f'<p class="note">{esc(proof.at)}</p><pre>{esc(text_, breaks=True)}</pre>'
