"""An exercise's card in the page: its task, buttons for check, hint and solution, and below them what they answer.
Below a check that found something missing stands that session, in a stepper at that step.

Plain ipywidgets and no protocol: every word comes from the exercise. An exception in a callback would show nowhere, so
it is shown as the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

from ..widgets import places
from . import card
from .card import Shown
from .spec import Spec
from .verdict import Verdict, below

ipywidgets: Any = import_module("ipywidgets")  # it has few types of its own, so it is Any
VIEW = "application/vnd.jupyter.widget-view+json"


class Asks(Protocol):
    """What the card needs of an exercise."""

    spec: Spec
    part: int

    def check(self) -> Shown: ...
    def hint(self) -> Shown: ...
    def solution_when_earned(self) -> Shown: ...


class Buttons:
    """The card of one exercise. `close` takes it out of the page and the kernel."""

    def __init__(self, exercise: Asks) -> None:
        self._exercise = exercise
        self._all: list[Any] = []
        self._make()

    def _make(self) -> None:
        exercise = self._exercise
        self._task, self._answer = ipywidgets.HTML(self._asked()), ipywidgets.HTML()
        answers = {"Check": exercise.check, "Hint": exercise.hint, "Solution": exercise.solution_when_earned}
        buttons: list[Any] = []
        for name, answer in answers.items():
            button = ipywidgets.Button(description=name, tooltip=f"{name} for exercise {exercise.spec.name}")
            button.on_click(self._answers(answer))
            buttons.append(button)
        row = ipywidgets.HBox(buttons)
        self._stepper: Any = None
        self._box = ipywidgets.VBox([self._task, row, self._answer])
        self._all = [self._task, self._answer, *buttons, row, self._box]

    def view(self) -> dict[str, Any]:
        """What the page needs to show it, without any text of its own."""
        if self._box.comm is None:
            self._make()
        places.keep(self)
        made: Any = self._box._repr_mimebundle_()
        return {VIEW: made[VIEW]} if VIEW in made else {}

    def close(self) -> None:
        self._show(None)
        for widget in self._all:
            for own in (widget, widget.layout, getattr(widget, "style", None)):
                if own is not None:
                    own.close()

    def _asked(self) -> str:
        return card.task(self._exercise.spec, self._exercise.part).html

    def _answers(self, answer: Callable[[], Shown]) -> Callable[[Any], None]:
        def clicked(_: Any) -> None:
            try:
                shown = answer()
            except Exception as error:
                shown = card.lines(f"This did not work: {error or type(error).__name__}")
            self._answer.value = shown.html
            self._task.value = self._asked()
            if isinstance(shown, Verdict):
                self._show(shown.stepper())

        return clicked

    def _show(self, stepper: Any) -> None:
        """The stepper below the answer, in place of the one before; None for none."""
        older, self._stepper = self._stepper, stepper
        if stepper is not None:
            self._answer.value += below(stepper.at)
        if self._box.comm is not None:
            self._box.children = (*self._box.children[:3], *([] if stepper is None else [stepper]))
        if older is not None:
            older.close()
