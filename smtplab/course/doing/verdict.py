"""What a check found, and how a page shows it: the words, and where something was missed that very session, at that step.

The words alone are `text/plain` and `text/html`, so a stored notebook is the same everywhere. In the page the stepper
stands below them. It goes when its exercise is checked again (`fold`), the words stay until their cell runs again.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ...protocol.transcript import Transcript
from .. import card
from ..card import Shown
from ..judging.judge import Judgement

if TYPE_CHECKING:
    from ...widgets.stepper import Stepper

VIEW = "application/vnd.jupyter.widget-view+json"


class Verdict(Shown):
    """What a check found. `session` is the one that it speaks of, None where there was none."""

    def __init__(self, shown: Shown, judgement: Judgement | None, session: Transcript | None) -> None:
        super().__init__(shown.plain, shown.html)
        self.judgement, self.session = judgement, session
        self._beside: Beside | None = None

    @property
    def passed(self) -> bool:
        return self.judgement is not None and self.judgement.passed

    @property
    def message(self) -> str:
        """What was missed, in a sentence or two; "" where nothing was, or nothing was there."""
        return self.judgement.message if self.judgement is not None else ""

    @property
    def mistake(self) -> str:
        """The name of the mistake, "" where it has none."""
        return self.judgement.mistake if self.judgement is not None else ""

    @property
    def step(self) -> int:
        """The step at which something was missed, 0 where nothing was."""
        return self.judgement.step if self.judgement is not None else 0

    def stepper(self) -> Stepper | None:
        """A new stepper of the session in which something was missed, at that step; None where there is none to show."""
        if self.passed or self.session is None:
            return None
        from ...widgets.stepper import Stepper

        return Stepper(self.session, at=self.step)

    def fold(self) -> None:
        """Takes the stepper out of the page and the kernel; the words stay."""
        if self._beside is not None:
            self._beside.fold()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        bundle = super()._repr_mimebundle_(include, exclude)
        if self._beside is None or self._beside.is_closed:
            stepper = self.stepper()
            self._beside = None if stepper is None else Beside(self.html, stepper)
        return bundle if self._beside is None else {**self._beside.view(), **bundle}


def below(step: int) -> str:
    """The line between a verdict's words and the stepper, as HTML."""
    return card.lines(f"Below is this session, at step {step}. Step back from there, or on.").html


class Beside:
    """A verdict's words with a stepper below them, in one view."""

    def __init__(self, words: str, stepper: Stepper) -> None:
        from ...widgets import places

        ipywidgets: Any = import_module("ipywidgets")  # it has few types of its own, so it is Any
        self._places, self._stepper = places, stepper
        self._words = ipywidgets.HTML(words + below(stepper.at))
        self._plain = words
        self._box = ipywidgets.VBox([self._words, stepper])
        self._box.smtplab_owner = self  # ipywidgets keeps the box until it is closed, and so this

    @property
    def is_closed(self) -> bool:
        return self._box.comm is None

    def view(self) -> dict[str, Any]:
        self._places.keep(self)
        made: Any = self._box._repr_mimebundle_()
        return {VIEW: made[VIEW]} if VIEW in made else {}

    def fold(self) -> None:
        """The words alone are left."""
        if not self.is_closed:
            self._words.value = self._plain
            self._box.children = (self._words,)
        self._stepper.close()

    def close(self) -> None:
        """Called when the cell that shows it has run again."""
        self._stepper.close()
        for widget in (self._words, self._box):
            for own in (widget, widget.layout, getattr(widget, "style", None)):
                if own is not None:
                    own.close()
