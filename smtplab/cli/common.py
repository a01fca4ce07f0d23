"""What more than one subcommand needs. Never does: print, or end the program."""

from __future__ import annotations

import os

from . import UsageError


def write_whole(path: str, text: str) -> None:
    """Writes a file so that nobody ever sees half of it. Raises UsageError where it cannot be written."""
    begun = f"{path}.{os.getpid()}.tmp"
    try:
        with open(begun, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(begun, path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}); name another place") from None
