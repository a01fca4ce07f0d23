"""Explains a reply code, a line, or a whole session that is in a file or comes by standard input."""

from __future__ import annotations

import argparse
import os
import sys

from ..protocol.transcript import Transcript
from ..views.explain import explain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes; words that follow each other are one line, so that nothing needs quotes."""
    parser.add_argument(
        "what",
        nargs="*",
        metavar="CODE|LINE|FILE|-",
        help="a reply code, an enhanced code, a line, a file with a session in it, or - for standard input",
    )
    parser.add_argument("--event", help='what the reply answers: MAIL, "(end of data)", ...')


def run(args: argparse.Namespace) -> int:
    """The explanation on standard output and 0; or one line on standard error and 2."""
    what = " ".join(args.what) or ("-" if not sys.stdin.isatty() else "")
    if not what:
        return _refuse(
            "say what to explain: a code (550), a line, a file with a session in it, or - for standard input"
        )
    try:
        told = str(explain(_text(what), event=args.event))
    except OSError as error:
        return _refuse(f"{what} cannot be read: {error.strerror}. Give a file that you may read.")
    except ValueError as error:
        return _refuse(str(error))
    _print(told)
    return 0


def _text(what: str) -> str:
    """What is to be explained: the words themselves, a file's content, or standard input's."""
    if what == "-":
        return _session(sys.stdin.buffer.read().decode("utf-8", "backslashreplace"))
    if not os.path.isfile(what):
        return what
    with open(what, encoding="utf-8", errors="backslashreplace", newline="") as file:
        return _session(file.read())


def _session(text: str) -> str:
    """The text of a session that was kept as JSON; any other text as it is."""
    return Transcript.from_json(text).text() if text.lstrip().startswith("{") else text


def _refuse(message: str) -> int:
    print(f"smtplab explain: {' '.join(message.split())}", file=sys.stderr)
    return 2


def _print(text: str) -> None:
    """The text, with what the terminal's encoding cannot show written out."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding))
