"""exercise(): something to do, and a server of its own that judges it by what it saw.

    ex = exercise("01.2")       # the task, and a server that is running: ex.server
    ...                         # say something to ex.server.address, with any client
    ex.check()                  # what was missed, or "Passed"

Rules
1. Only the record of `ex.server` counts: no code of the learner's is looked at, nothing on the screen.
2. A try is a check that finds a session which no check has seen before and in which the client said something.
   Checking again, or without a session, counts none.
3. Any session may pass; of those that do not, the latest is explained.
4. `exercise(name)` begins anew: the server of an earlier one of that name stops.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Any

from ...protocol.smtp import State
from ...protocol.transcript import Transcript
from .. import card
from ..card import Shown
from ..files.spec import HINTS, Part, load
from ..judging.attempt import Attempt
from ..judging.judge import Judgement, judge
from ..progress import begun, progress
from .served import served
from .verdict import Verdict

TRIES = 3
"""Honest tries after which a check offers the solution."""


def exercise(name: str, *, folder: str | os.PathLike[str] | Traversable | None = None) -> Exercise:
    """The exercise of that name, begun anew: one of ours, or of a folder of your own (`folders` says where).

    Raises ValueError, naming those there are, for any other name; and for a file with a mistake, naming its place.
    """
    if load(name, folder).is_formed:
        from .formed import Formed

        return Formed(name, folder=folder)
    return Exercise(name, folder=folder)


class Exercise:
    """An exercise that has begun: `server`, `check()`, `hint()`, `solution()`; shown, it is its task.

    `part` is the part to do, from 1; `tries` the honest tries at it; `session` the one that was judged last.
    """

    def __init__(self, name: str, *, folder: str | os.PathLike[str] | Traversable | None = None) -> None:
        self.spec = load(name, folder)
        if isinstance(older := begun.latest(name, self.spec.home), Exercise):
            older.close()
        self._buttons: Any = None
        self._verdict: Verdict | None = None
        self._begin()
        begun.note(name, self.spec.home, self)

    def _begin(self) -> None:
        self.server = served(self.spec)
        self.part, self.tries, self.hints_given = 1, 0, 0
        self.passed = False
        self.session: Transcript | None = None
        self._seen: set[int] = set()

    @property
    def _door(self) -> str:
        """The attribute of the server that says where to connect: of one whose letters are to be fetched, POP3's."""
        return "pop3_address" if "wrong door" in self.spec.mistakes else "address"

    @property
    def _now(self) -> Part:
        return self.spec.parts[self.part - 1]

    def close(self) -> None:
        """Stops its server, and takes its buttons out of the page."""
        self.server.stop()
        self._told(None)
        if self._buttons is not None:
            self._buttons.close()

    def _told(self, verdict: Verdict | None) -> None:
        """A new verdict takes the place of the one before, whose stepper goes."""
        if self._verdict is not None:
            self._verdict.fold()
        self._verdict = verdict

    def start_over(self) -> Shown:
        """Begins anew with a server of another address, and forgets what was kept of it; `progress()` shows the rest."""
        self.server.stop()
        self._told(None)
        self._begin()
        note = progress.forget(self.spec.key)
        return card.lines(f"Exercise {self.spec.name} begins anew, with a new server.", *filter(None, [note]))

    # --------------------------------------------------------------------------------------------- checking
    def check(self) -> Verdict:
        """What the server saw, against what was asked for."""
        sessions = list(self.server.sessions)
        if not sessions:
            return Verdict(card.nobody(self.spec.name, self._called(), self._door, self._so_far()), None, None)
        spoken = [n for n, session in enumerate(sessions) if not Attempt(session).is_silent]
        is_new = not self._seen.issuperset(spoken)
        self._seen.update(spoken)
        is_try = is_new and not self.passed
        self.tries += is_try
        judgement, self.session = self._judge(sessions, spoken)
        said: list[str] = []
        passed: dict[int, Transcript] = {}
        while judgement.passed and self.part < len(self.spec.parts):
            passed[self.part] = self.session
            said = self._next_part()
            further, session = self._judge(sessions, spoken)
            if not further.passed:
                break
            judgement, self.session = further, session
        else:
            self.passed = self.passed or judgement.passed
            passed |= {self.part: self.session} if judgement.passed else {}
            said = (
                self._done(self._number(sessions), len(sessions))
                if judgement.passed
                else self._about(sessions, is_new=is_new)
            )
        note = progress.record(self.spec, passed, self.session if is_try else None)
        verdict = Verdict(card.verdict(judgement, [*said, *filter(None, [note])]), judgement, self.session)
        self._told(verdict)
        return verdict

    def _judge(self, sessions: list[Transcript], spoken: list[int]) -> tuple[Judgement, Transcript]:
        """The judgement on the latest session that passes, else on the latest in which something was said."""
        order = [*reversed(spoken)] or [len(sessions) - 1]
        judged = [(judge(sessions[n], self._now.asked, self.spec.mistakes), sessions[n]) for n in order]
        return next((pair for pair in judged if pair[0].passed), judged[0])

    def _number(self, sessions: list[Transcript]) -> int:
        return next((n for n, session in enumerate(sessions, 1) if session is self.session), len(sessions))

    def _so_far(self) -> list[str]:
        """What has passed, and what is asked now: for who looks before anything was done about it. [] in the first part."""
        if self.part == 1:
            return []
        return [f"Part {self.part - 1} of {len(self.spec.parts)} has passed.", self._part_now()]

    def _part_now(self) -> str:
        return self._named(f"Part {self.part}: {' '.join(self._named(self._now.task).split())}")

    def _next_part(self) -> list[str]:
        """Goes on to the next part; what there is to say then."""
        self.part, self.tries, self.hints_given = self.part + 1, 0, 0
        return [f"That was part {self.part - 1} of {len(self.spec.parts)}.", self._part_now()]

    def _done(self, number: int, sessions: int) -> list[str]:
        exchanges = (
            [] if self.session is None else [e for e in self.session.exchanges if e.sent and e.reply is not None]
        )
        lines = 0 if self.session is None else sum(step.folded for step in self.session.steps if step.direction == "C")
        counted = f"You said {_counted(lines, 'line')} and had {_counted(len(exchanges), 'reply', 'replies')} to them."
        earlier = f"(Judged by session {number} of {sessions}: one that passes is enough.)" if number < sessions else ""
        return [" ".join(filter(None, (counted, self.spec.done, earlier)))]

    def _about(self, sessions: list[Transcript], *, is_new: bool) -> list[str]:
        """What is said below a miss: whether the session goes on, where to look, and what help there is."""
        said: list[str] = []
        open_ = [session for session in sessions if session.state is not State.CLOSED]
        waiting = self.server.waiting
        if self.session in open_ and len(waiting) == len(open_):
            said.append(f"This session is still open: the server waits for {waiting[open_.index(self.session)]}.")
        if not is_new:
            why = "Nothing was said yet" if not self._seen else "This is no new session"
            return [*said, f"{why}, so no try is counted."]
        return [
            *said,
            f"{self._tries()} so far. `Stepper({self._called()}.session)` shows this session; {self._help()}",
        ]

    def _tries(self) -> str:
        return _counted(self.tries, "try", "tries")

    def _help(self) -> str:
        """What help there is, in a sentence that goes on."""
        called = self._called()
        if self.tries >= TRIES:
            return f"`{called}.solution()` shows one way to do it."
        if self.hints_given < HINTS:
            return f"`{called}.hint()` has hint {self.hints_given + 1} of {HINTS}."
        more = _counted(TRIES - self.tries, "more try", "more tries")
        return f"all hints are given, after {more} comes the solution."

    # ------------------------------------------------------------------------------------------------- help
    def hint(self) -> Shown:
        """The next hint of three; after the third, all of them again."""
        hints = [self._named(hint) for hint in self._now.hints]
        self.hints_given += 1
        if self.hints_given > len(hints):
            return card.lines(*(f"Hint {n}: {hint}" for n, hint in enumerate(hints, 1)))
        number = self.hints_given
        progress.helped(self.spec, hints=number)
        rest = len(hints) - number
        more = f"({_counted(rest, 'hint')} more.)" if rest else "(The last hint.)"
        return card.lines(f"Hint {number}: {hints[number - 1]} {more}")

    def solution(self) -> Shown:
        """One way to do it: Python that passes."""
        progress.helped(self.spec, solution=True)
        return card.program("One way to do it:", self._named(self._now.solution))

    def solution_when_earned(self) -> Shown:
        """The solution after three tries or when passed; before that, what is missing. The button asks for this."""
        if self.passed or self.tries >= TRIES:
            return self.solution()
        so_far = f"and this was {_counted(self.tries, 'try', 'tries')}" if self.tries else "and none was made yet"
        return card.lines(
            f"The solution comes after {TRIES} tries, {so_far}. `{self._called()}.solution()` shows it at once."
        )

    def _named(self, text: str) -> str:
        """A text that speaks of `ex`, with the learner's own name for it."""
        return card.named(text, self._called())

    def _called(self) -> str:
        """The learner's name for this exercise, where a notebook has one; else ex."""
        ipython = sys.modules.get("IPython")
        shell: Any = ipython.get_ipython() if ipython is not None else None
        owned: Mapping[str, Any] = {} if shell is None else shell.user_ns
        return min((name for name, value in owned.items() if value is self and not name.startswith("_")), default="ex")

    # ------------------------------------------------------------------------------------------ how it is shown
    def asked(self, *, is_live: bool = False) -> Shown:
        """The task; `is_live`: without what the page has to choose from."""
        return card.task(self.spec, self.part, self._called(), is_live=is_live)

    def posed(self) -> dict[str, Any]:
        """What the page has to choose from in this part, {} where there is nothing."""
        return {}

    def take(self, given: Any) -> Shown:
        """What is said to a choice that was made in the page."""
        raise ValueError(f"nothing is to be chosen in exercise {self.spec.name}, and {given!r} was")

    def __str__(self) -> str:
        return self.asked().plain

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Mapping[str, Any]:  # noqa: ARG002
        from .buttons import Buttons

        if self._buttons is None:
            self._buttons = Buttons(self)
        shown = self.asked()
        return {**self._buttons.view(), "text/plain": shown.plain, "text/html": shown.html}


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one}" if number == 1 else f"{number} {many or one + 's'}"
