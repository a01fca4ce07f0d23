"""POP3 tied to its octets: what a session and an observer need to follow it."""

from __future__ import annotations

from ..language import Language
from .commands import event_of, remarks_on
from .machine import POP3
from .replies import read, reply_end

REPLY_KEPT = 64 * 1024 * 1024
"""A reply may hold a whole letter."""

POP3_LANGUAGE = Language(POP3, event_of, remarks_on, reply_end, read, REPLY_KEPT)
