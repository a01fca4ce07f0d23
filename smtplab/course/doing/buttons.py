"""An exercise's card in the page: its task, buttons for check, hint and solution, and below them what they answer.
Below a check that found something missing stands that session, in a stepper at that step.

Plain ipywidgets and no protocol: every word comes from the exercise. An exception in a callback would show nowhere, so
it is shown as the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

from ...widgets import places
from ...widgets.asking import Asking
from .. import card
from ..card import Shown
from ..files.spec import Spec
from .verdict import Verdict, below

ipywidgets: Any = import_module("ipywidgets")  # it has few types of its own, so it is Any
VIEW = "application/vnd.jupyter.widget-view+json"


class Asks(Protocol):
    """What the card needs of an exercise."""

    spec: Spec

    def asked(self, *, is_live: bool = False) -> Shown: ...
    def posed(self) -> dict[str, Any]: ...
    def take(self, given: Any) -> Shown: ...
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
        self._choice = Asking(exercise.posed(), self._took) if exercise.spec.is_formed else None
        choice = [] if self._choice is None else [self._choice]
        self._shown = (self._task, *choice, row, self._answer)
        self._box = ipywidgets.VBox(self._shown)
        self._all = [*self._shown, *buttons, self._box]

    def view(self) -> dict[str, Any]:
        """What the page needs to show it, without any text of its own."""
        if self._box.comm is None:
            self._make()
        for each in filter(None, (self, self._choice)):
            places.keep(each)
        made: Any = self._box._repr_mimebundle_()
        return {VIEW: made[VIEW]} if VIEW in made else {}

    def close(self) -> None:
        self._show(None)
        for widget in self._all:
            for own in (widget, widget.layout, getattr(widget, "style", None)):
                if own is not None:
                    own.close()

    def _asked(self) -> str:
        return self._exercise.asked(is_live=True).html

    def _answers(self, answer: Callable[[], Shown]) -> Callable[[Any], None]:
        return lambda _: self._tell(answer)

    def _took(self, given: Any) -> None:
        self._tell(lambda: self._exercise.take(given))

    def _tell(self, answer: Callable[[], Shown]) -> None:
        try:
            shown = answer()
        except Exception as error:
            shown = card.lines(f"This did not work: {error or type(error).__name__}")
        self._answer.value = shown.html
        self._task.value = self._asked()
        if self._choice is not None:
            self._choice.doc = self._exercise.posed()
        if isinstance(shown, Verdict):
            self._show(shown.stepper())

    def _show(self, stepper: Any) -> None:
        """The stepper below the answer, in place of the one before; None for none."""
        older, self._stepper = self._stepper, stepper
        if stepper is not None:
            self._answer.value += below(stepper.at)
        if self._box.comm is not None:
            self._box.children = (*self._shown, *([] if stepper is None else [stepper]))
        if older is not None:
            older.close()
