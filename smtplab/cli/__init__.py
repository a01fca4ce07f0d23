"""The command `smtplab`: finds the subcommand asked for and runs it.

Rules:
- A subcommand is one module here, with `add_arguments(parser)` and `run(args) -> int`. It is imported only when it is
  called, so that `smtplab serve` costs no Jupyter.
- Wrong use is answered by one line on standard error that says what to do, and exit status 2: argparse's own
  complaints, and any `UsageError` that a subcommand raises.
- A new subcommand is one line in COMMANDS.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

COMMANDS = {
    "lab": "open JupyterLab on notebook 01, in a copy of the notebooks that is yours",
    "serve": "run the server, for any client",
    "gauntlet": "twelve faults for any mail client, and what it made of each",
    "talk": "talk to a server by hand: a telnet that explains",
    "explain": "what a reply code, a line or a whole pasted session says",
    "check": "is this machine ready?",
    "grade": "a class table from result sheets, each claim judged again",
    "author": "a starting file for an exercise, from a recorded session",
}


class UsageError(Exception):
    """Wrong use of a subcommand: one line that says what to do. Leads to exit status 2."""


class _Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (without the program's name), and give the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words:
        return _complain(f"smtplab: say what to do: {', '.join(COMMANDS)}; e.g. smtplab lab")
    name, *rest = words
    if name in ("-h", "--help", "help"):
        print(_overview())
        return 0
    if name in ("-V", "--version"):
        print(f"smtplab {_version()}")
        return 0
    if name not in COMMANDS:
        return _complain(f"smtplab: there is no {name!r}; say one of: {', '.join(COMMANDS)}")
    return _run(name, rest)


def _run(name: str, words: list[str]) -> int:
    """Run one subcommand with its words, and give the exit status."""
    module = importlib.import_module(f"smtplab.cli.{name}")
    parser = _Parser(prog=f"smtplab {name}", description=module.__doc__, allow_abbrev=False)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    module.add_arguments(parser)
    try:
        status = int(module.run(parser.parse_args(words)))
        sys.stdout.flush()
        return status
    except UsageError as error:
        return _complain(f"smtplab {name}: {error}")
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has seen enough (`| head`). Python would complain once more as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _complain(line: str) -> int:
    print(line, file=sys.stderr)
    return 2


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {text}" for name, text in COMMANDS.items()]
    return "\n".join(
        [
            "usage: smtplab COMMAND ...",
            "",
            *lines,
            "",
            "smtplab COMMAND --help says more.",
        ]
    )


def _version() -> str:
    from importlib.metadata import version

    return version("smtplab")
