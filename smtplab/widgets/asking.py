"""What is asked of the reader in the page: a question, lines to put in order, steps to choose from, things to sort.

A document says what there is to choose; the script draws it, and sends what was chosen. No protocol, no words of its
own, no judgement: whoever makes it brings them, and takes what is sent.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets

from .base import Widget, source


class Asking(Widget):
    """Something to choose. `doc` is what is drawn, {} for nothing; `take` is called with what was chosen."""

    _esm = source("page.js", "asking.js")
    _css = source("smtplab.css", "asking.css")
    doc = traitlets.Dict().tag(sync=True)
    chosen = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self,
        doc: Mapping[str, Any],
        take: Callable[[Any], None],
        *,
        plain: str = "",
        static: str = "",
        chosen: Sequence[str] = (),
    ) -> None:
        self._take, self._plain, self._static = take, plain, static
        self._lock = threading.RLock()  # some kernels run a page's message beside a running cell
        super().__init__(doc=dict(doc), chosen=list(chosen))
        self.on_msg(self._hear)

    def _hear(self, _widget: Any, message: dict[str, Any], _buffers: Any) -> None:
        match message:
            case {"do": "answer", "given": given}:
                with self._lock:
                    self._take(given)
            case _:
                pass

    def plain(self) -> str:
        return self._plain

    def static(self) -> str:
        return self._static

    def __repr__(self) -> str:
        return f"<Asking {self.doc.get('name', 'nothing')}>"
