"""What more than one subcommand needs. Never does: print, or end the program."""

from __future__ import annotations

import os


def write_whole(path: str, text: str) -> None:
    """Writes a file so that nobody ever sees half of it. Raises OSError."""
    begun = f"{path}.{os.getpid()}.tmp"
    with open(begun, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    os.replace(begun, path)
