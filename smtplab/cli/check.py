"""``smtplab check``: is this machine ready? The lines of `check()`; exit status 0 where all is well, else 1."""

from __future__ import annotations

import argparse

from ..course.ready import check


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Takes nothing."""


def run(args: argparse.Namespace) -> int:  # noqa: ARG001  every subcommand has it
    """The lines on standard output; 1 where one of them names a problem."""
    ready = check()
    print(ready)
    return 0 if ready.is_ready else 1
