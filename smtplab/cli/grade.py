"""Makes a class table from result sheets: what each learner passed, judged again from the sessions in the sheets.

A learner writes a sheet with `progress().export("anna.json", name="Anna")`. Every claim is judged anew by the
exercise's own rules. Named are claims that their evidence does not bear, sheets that share a session, and files that
cannot be read, after which the others are graded all the same. Evidence can be invented: see docs/teaching.md.

exit status: 0 nothing to look at, 1 something is named, 2 wrong use
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from smtplab.cli import UsageError
from smtplab.cli.common import write_whole

from ..course.progress import table
from ..course.progress.grade import grade


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="a result sheet, or a folder of them (*.json)")
    parser.add_argument(
        "--exercises", metavar="DIR", help="a folder with exercises of your own that the sheets speak of"
    )
    parser.add_argument("--csv", metavar="OUT", help="write the table for a spreadsheet as well")
    parser.add_argument("--html", metavar="OUT", help="write the table as a page as well")


def run(args: argparse.Namespace) -> int:
    """The table on standard output; 1 where something is to be looked at, else 0."""
    if args.exercises is not None and not Path(args.exercises).is_dir():
        raise UsageError(f"there is no folder {args.exercises}; name the one with your exercises: --exercises DIR")
    made = grade(_sheets(args.files), args.exercises)
    print(table.text(made))
    for path, text in ((args.csv, table.as_csv), (args.html, table.html)):
        if path is not None:
            write_whole(path, text(made))
    return 0 if made.is_clean else 1


def _sheets(files: Sequence[str]) -> Iterator[str]:
    for file in files:
        if not Path(file).is_dir():
            yield file
            continue
        inside = sorted(Path(file).glob("*.json"))
        if not inside:
            raise UsageError(f"{file} has no sheet in it; sheets are files that end in .json")
        yield from map(str, inside)
