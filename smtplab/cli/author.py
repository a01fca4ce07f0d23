"""Makes a starting file for an exercise from a session: rules that the session satisfies, and a solution that says it.

SESSION is a session's JSON (`serve --transcripts DIR` and `save_json` write it), or any text with a session in it:
C: and S: lines, a telnet log, the output of swaks, or of smtplib with set_debuglevel(1). docs/teaching.md says how
to go on from there.

exit status: 0 done, 2 wrong use, or a session that no exercise can be made of
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from smtplab.cli import UsageError
from smtplab.cli.common import write_whole

from ..course.authoring.author import starting_file
from ..course.files.folders import NAME
from ..course.files.spec import read
from ..protocol.transcript import Transcript

ANYTHING = 10_000_000
"""Octets that are read of a file."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.add_argument("session", metavar="SESSION", help="a file with a session in it, or - for standard input")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="where to write it, NAME.toml (default: standard output)"
    )


def run(args: argparse.Namespace) -> int:
    """Writes the file, or prints it; 0."""
    place = None if args.output is None else _checked(Path(args.output))
    try:
        text = starting_file(_session(args.session))
    except ValueError as error:
        raise UsageError(" ".join(str(error).split())) from None
    read(text, "x1")  # a file that did not load would be a bug of ours: let it out
    if place is None:
        print(text, end="")
        return 0
    write_whole(str(place), text)
    print(
        f'{place} is written. Fill in what is TO BE WRITTEN; try it with exercise("{place.stem}", folder="{place.parent}")'
    )
    return 0


def _checked(place: Path) -> Path:
    if place.suffix != ".toml" or not NAME.fullmatch(place.stem):
        raise UsageError(f"{place} is no name for an exercise; say one like x1.toml: letters, digits, dots, hyphens")
    if place.exists():
        raise UsageError(f"{place} is there already; name another file, or remove it")
    return place


def _session(name: str) -> Transcript:
    """The session in a file or in standard input. Raises ValueError where there is none."""
    try:
        if name == "-":
            octets = sys.stdin.buffer.read(ANYTHING)
        else:
            with open(name, "rb") as file:
                octets = file.read(ANYTHING)
    except OSError as error:
        raise UsageError(f"{name} cannot be read ({error.strerror}); give a file with a session in it") from None
    text = octets.decode("utf-8", "backslashreplace")
    return Transcript.from_json(text) if text.lstrip().startswith("{") else Transcript.parse(text)
