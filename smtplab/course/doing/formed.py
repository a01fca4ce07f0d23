"""Exercises of other forms than to speak: put in order, find the fault, sort, write a function.

    ex.put([3, 1, 2])       # the lines in this order, really said to ex.server; then check()
    ex.answer(7)            # the step where it goes wrong; or a word for each item
    ex.check(read_reply)    # the function, tried with a server in each case

What is put in order is a session like any other, and counts as a try. An answer that was given before counts none, and
neither does a function that behaves as before.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...net.replay import branch
from ...protocol.transcript import Transcript
from .. import card
from ..card import Shown
from ..files.answered import Find, Sort
from ..files.forms import Order
from ..files.function import Case, Function
from ..files.spec import Part
from ..judging.judge import Judgement, Result, judge
from ..progress import progress
from . import cases, outcome
from .exercise import Exercise
from .question import note_answer
from .verdict import Verdict

SAY_S = 8.0
"""Seconds that saying all lines may take."""
TITLES: Mapping[str, tuple[str, str]] = {
    "find": ("Passed: that is the step.", "Not yet."),
    "sort": ("Passed: all {all} are right.", "Not yet: {done} of {all} are right."),
    "function": ("Passed: it held in every case.", "Not yet: it held in {done} of {all} cases, tried in this order."),
}


class Formed(Exercise):
    """An exercise with parts of other forms: `put`, `answer`, `check(function)`."""

    def _begin(self) -> None:
        super()._begin()
        self._answered: set[object] = set()
        self._found_last: Verdict | None = None
        self._aside: list[str] = []

    # -------------------------------------------------------------------------------------------- what is done
    def put(self, order: Any) -> Verdict:
        """Says the lines to the server, in the order of these numbers, each after the reply to the one before, and
        checks. Raises ValueError where the numbers are not those of all lines, or nothing is to be put in order."""
        form = self._now.form
        if not isinstance(form, Order):
            raise ValueError(f"nothing is to be put in order here: {self._how()}")
        said = branch(Transcript(), 0, form.chosen(order), self.server, timeout=SAY_S)
        self._aside = [said.why_not] if said.why_not else []
        try:
            return self.check()
        finally:
            self._aside = []

    def answer(self, given: Any) -> Verdict:
        """What is found in this answer: the number of a step, or a word for each item. Raises ValueError for what
        cannot be one, or where nothing is to be answered."""
        form = self._now.form
        if not isinstance(form, Find | Sort):
            raise ValueError(f"nothing is to be answered here: {self._how()}")
        answer = form.read_answer(given)
        note_answer(self.spec.name, str(answer))
        session = form.session if isinstance(form, Find) else None
        return self._found(form.judged(str(answer)), session, answer)

    def check(self, function: Callable[..., Any] | None = None) -> Verdict:
        """What the server saw, against what was asked for; the latest answer; or what came of trying a function."""
        form = self._now.form
        if isinstance(form, Function):
            return self._tried(form, function or self._owned(form.function))
        if function is not None:
            raise ValueError(f"no function is asked for here: {self._how()}")
        if isinstance(form, Find | Sort):
            nothing = f"Nothing was answered yet in exercise {self.spec.name}: there is nothing to check, and no try is counted."
            return self._found_last or Verdict(card.lines(*self._so_far(), nothing, self._how()), None, None)
        if isinstance(form, Order) and not len(self.server.sessions):
            nobody = f"Nobody has spoken to the server of exercise {self.spec.name} yet: there is nothing to check, and no try is counted."
            return Verdict(card.lines(*self._so_far(), nobody, self._how()), None, None)
        return super().check()

    # ------------------------------------------------------------------------------------------------ the inside
    def _how(self) -> str:
        """How this part is done."""
        form = self._now.form
        if isinstance(form, Function):
            return self._named(f"Write `{form.function}`, and give it: `ex.check({form.function})`.")
        return self._named(form.how)

    def _judge(self, sessions: list[Transcript], spoken: list[int]) -> tuple[Judgement, Transcript]:
        if self._now.form.name in TITLES:  # reached by a session, and no session answers it
            return Judgement((), self._how()), sessions[-1]
        return super()._judge(sessions, spoken)

    def _about(self, sessions: list[Transcript], *, is_new: bool) -> list[str]:
        return [*self._aside, *super()._about(sessions, is_new=is_new)]

    def _found(self, judgement: Judgement, session: Transcript | None, answer: object) -> Verdict:
        """The verdict on an answer, or on a function: counts the try, goes on to the next part, says what help there is."""
        titles, key, part = TITLES[self._now.form.name], (self.part, answer), self.part
        is_new = key not in self._answered
        self._answered.add(key)
        is_try = is_new and not self.passed
        self.tries += is_try
        self.session = session
        if judgement.passed:
            said = self._next_part() if self.part < len(self.spec.parts) else self._all_done()
        elif is_new:
            shows = f" `Stepper({self._called()}.session)` shows the session;" if session is not None else ""
            said = [f"{self._tries()} so far.{shows} {self._help()}"]
        else:
            said = ["This came out as before, so no try is counted."]
        kept = str(answer)
        note = progress.record(self.spec, {part: kept} if judgement.passed else {}, kept if is_try else None)
        said += [note] if note else []
        held = self._title(titles[0].format(all=len(judgement.results)), part)
        shown = card.verdict(judgement, said, (held, titles[1]))
        verdict = Verdict(shown, judgement, session)
        self._told(verdict)
        self._found_last = None if judgement.passed and self.part > part else verdict
        return verdict

    def _title(self, title: str, part: int) -> str:
        """How the verdict on a part that held begins. Who has more to do is told so first, before anything is kept."""
        parts = len(self.spec.parts)
        if part == parts:
            return title
        wait = " Do not keep it yet." if isinstance(self.spec.parts[part - 1].form, Function) else ""
        return f"Part {part} of {parts} passed{title.removeprefix('Passed')}{wait}"

    def _all_done(self) -> list[str]:
        self.passed = True
        return [self.spec.done] if self.spec.done else []

    def _next_part(self) -> list[str]:
        said = super()._next_part()
        self._found_last = None
        return said

    def _owned(self, name: str) -> Callable[..., Any] | None:
        """The learner's function of this name, where a notebook has one."""
        ipython = sys.modules.get("IPython")
        shell: Any = ipython.get_ipython() if ipython is not None else None
        found = None if shell is None else shell.user_ns.get(name)
        return found if callable(found) else None

    def _tried(self, form: Function, function: Callable[..., Any] | None) -> Verdict:
        if function is None:
            nothing = f"No function was given to exercise {self.spec.name} yet: there is nothing to check, and no try is counted."
            return Verdict(card.lines(*self._so_far(), nothing, self._how()), None, None)
        if not callable(function):
            raise ValueError(f"{function!r} is no function: {self._how()}")
        results: list[Result] = []
        message, mistake = "", ""
        session: Transcript | None = None
        for case in form.cases:
            if message:
                results.append(Result(case.name, "not reached", ()))
                continue
            message, mistake, session = self._case(form, case, function)
            results.append(Result(case.name, "missed" if message else "holds", ()))
        return self._found(Judgement(tuple(results), message, 0, mistake), session, message)

    def _case(self, form: Function, case: Case, function: Callable[..., Any]) -> tuple[str, str, Transcript]:
        """What there is to say of a function in one case, "" where it held, and what the server recorded."""
        persona, manners = self.spec.persona, self.spec.manners
        if form.takes == "socket":
            trial = cases.read(case, function, persona, manners)
            return trial.problem, "", trial.session
        called = (
            cases.interpret(case, function, persona, manners)
            if form.takes == "reply"
            else cases.call(case, function, form.named, persona, manners)
        )
        judged = [(judge(said, self._now.asked, self.spec.mistakes), said) for said in reversed(called.sessions)]
        nothing = (Judgement(()), Transcript())
        judgement, session = next((pair for pair in judged if pair[0].passed), (judged or [nothing])[0])
        missed = f'In the case "{case.name}": {judgement.message} {case.said}' if judgement.message else ""
        # Who did not come back, or raised, is told of the mistake that led there, where that has a name.
        problem = f"{called.problem} {judgement.message}" if called.problem and judgement.mistake else called.problem
        return problem or missed or outcome.problem(case, called), judgement.mistake, session

    # -------------------------------------------------------------------------------------------- for the page
    def posed(self) -> dict[str, Any]:
        return _posed(self._now, self.spec.name)

    def take(self, given: Any) -> Shown:
        match self._now.form, given:
            case Order(), list():
                return self.put(given)
            case Find(), [number]:
                return self.answer(number)
            case _:
                return self.answer(given)


def _posed(part: Part, name: str) -> dict[str, Any]:
    """What the page needs to show a part's choices; it knows nothing of what is right."""
    form = part.form
    items: Sequence[str] = form.block()
    match form:
        case Order():
            more = {
                "label": "Lines to put in order",
                "button": "Say them to the server",
                "asked": "Said to the server.",
            }
        case Find():
            more = {"label": "Steps of the session", "button": "This step", "asked": "Asked."}
        case Sort():
            more = {"label": "What to do?", "button": "Check all", "asked": "Asked.", "bins": list(form.bins)}
        case _:
            return {}
    return {"kind": form.name, "name": name, "items": [card.wire(item) for item in items], **more}
