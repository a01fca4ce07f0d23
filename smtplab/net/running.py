"""The engines of this process that serve now: they end with the interpreter, and a forked child lets go of them.

Never does: start one. What stands in `running`, an engine puts there itself.
"""

from __future__ import annotations

import atexit
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .engine import Engine

running: set[Engine] = set()
"""The engines of this process that serve now."""


def engines_on(port: int) -> tuple[Engine, ...]:
    """The engines of this process that listen on a port."""
    return tuple(engine for engine in running if port in (engine.address[1], engine.pop3_address[1]))


@atexit.register
def _stop_all() -> None:
    for engine in tuple(running):
        engine.stop()


def _forget_all() -> None:
    for engine in tuple(running):
        engine.forget_after_fork()
    running.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
