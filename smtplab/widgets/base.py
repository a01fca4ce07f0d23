"""What all our widgets have in common: their module and style, what they say where no widget runs, and their end.

A widget's `text/plain` is its content in words, its `text/html` the static form, both made by `views`; they go out
beside the live view, so a stored notebook, a screen reader and a plain-text diff have them.
"""

from __future__ import annotations

from importlib import resources
from typing import Any

import anywidget

from . import places


def source(*names: str) -> str:
    """The text of our page modules, joined: a widget's module arrives as one text and can import no neighbour."""
    folder = resources.files("smtplab.widgets")
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)


class Widget(anywidget.AnyWidget):
    """An anywidget with our style, a static form, and an end when its cell runs again."""

    _esm = "export default {}"
    _css = source("smtplab.css")

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        places.keep(self)

    def plain(self) -> str:
        """Its content in words, the same for the same content: no port, no measured time, no address."""
        raise NotImplementedError

    def static(self) -> str:
        """HTML that says the same and survives where nothing runs."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        if self.comm is None:
            self.open()
        places.keep(self)
        bundle = super()._repr_mimebundle_(**kwargs)
        assert bundle is not None  # only where there is no view
        data, metadata = bundle
        return {**data, "text/plain": self.plain(), "text/html": self.static()}, metadata

    def open(self) -> None:
        """Make it known to the page. Done at once when it is made, and again when it is shown after `close`."""
        self.layout.open()
        super().open()

    def close(self) -> None:
        """Take it out of the page and the kernel, its layout as well. Showing it again opens it again."""
        if self.comm is None:
            return
        super().close()
        self.layout.close()
        # ipywidgets puts None there, and that would leave a bare repr when it is shown again. And the page may still
        # be busy with the old model: shown again it gets a new number.
        vars(self).pop("_repr_mimebundle_", None)
        self._model_id = self.layout._model_id = None
