"""smtplab: learn how mail really moves, over a raw socket.

    from smtplab import Server, Stepper
    server = Server(persona="sendmail-8.9.2")
    # ... talk to socket.create_connection(server.address, timeout=5) ...
    Stepper(server.sessions[-1])

Names are loaded when they are first used: importing smtplab starts nothing, and costs no matplotlib, no ipywidgets.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "Server": "smtplab.net.server",
    "dial": "smtplab.net.dial",
    "Stepper": "smtplab.widgets.stepper",
    "Console": "smtplab.widgets.console",
    "Panel": "smtplab.widgets.panel",
    "Compare": "smtplab.widgets.panel",
    "Explorer": "smtplab.widgets.explorer",
    "Codes": "smtplab.widgets.explorer",
    "Transcript": "smtplab.protocol.transcript",
    "Fault": "smtplab.protocol.faults",
    "Reply": "smtplab.protocol.replies",
    "explain": "smtplab.views.explain",
    "check": "smtplab.course.ready",
    "exercise": "smtplab.course.doing.exercise",
    "progress": "smtplab.course.progress.progress",
    "index": "smtplab.course.index",
    "question": "smtplab.course.doing.question",
    "recorded": "smtplab.corpus.recorded",
}

if TYPE_CHECKING:
    from .corpus.recorded import recorded as recorded
    from .course.doing.exercise import exercise as exercise
    from .course.doing.question import question as question
    from .course.index import index as index
    from .course.progress.progress import progress as progress
    from .course.ready import check as check
    from .net.dial import dial as dial
    from .net.server import Server as Server
    from .protocol.faults import Fault as Fault
    from .protocol.replies import Reply as Reply
    from .protocol.transcript import Transcript as Transcript
    from .views.explain import explain as explain
    from .widgets.console import Console as Console
    from .widgets.explorer import Codes as Codes
    from .widgets.explorer import Explorer as Explorer
    from .widgets.panel import Compare as Compare
    from .widgets.panel import Panel as Panel
    from .widgets.stepper import Stepper as Stepper

__all__ = [
    "Codes",
    "Compare",
    "Console",
    "Explorer",
    "Fault",
    "Panel",
    "Reply",
    "Server",
    "Stepper",
    "Transcript",
    "check",
    "dial",
    "exercise",
    "explain",
    "index",
    "progress",
    "question",
    "recorded",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'smtplab' has no name {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
