"""What a server waits for, in words: the answer to a learner's "why does nothing come back?"."""

from __future__ import annotations

from typing import Any

from .smtp import SMTP
from .table import Reading, Table
from .wire import decode


def waiting_for(state: Any, unread: bytes, table: Table = SMTP) -> str:
    """What the server waits for in `state`, when `unread` is what has come of the next line or of the mail data."""
    kind = table.reading(state)
    if kind is Reading.DATA:
        return _in_data(unread)
    if unread and kind is not Reading.NOTHING:
        begun = decode(unread[:40]).replace("\r", "\\r")
        missing = "LF: so far there is only CR" if unread.endswith(b"\r") else "CR LF"
        return f'the end of the line "{begun}{"..." if len(unread) > 40 else ""}": {missing}'
    return table.awaits[state]


def _in_data(unread: bytes) -> str:
    lines = unread.count(b"\r\n")
    said = f"{lines} line{'' if lines == 1 else 's'} so far"
    wanted = f"more mail data ({said}): a dot alone on its line, CR LF . CR LF, ends it"
    if unread and not unread.endswith(b"\r\n"):
        return f"{wanted}. The last line is not ended yet"
    return wanted
