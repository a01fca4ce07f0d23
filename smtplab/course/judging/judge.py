"""The judgement on one session: which rules hold, which was missed first, and the mistake that explains it.

Pure: a record in, a judgement out. The first rule that does not hold is the one that was missed; later ones that do
not hold either were "not reached".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...protocol.transcript import Transcript
from ..fields import shown
from . import checks_envelope as checks_envelope
from . import checks_offers as checks_offers
from . import checks_pieces as checks_pieces
from . import checks_pop3 as checks_pop3
from . import checks_replies as checks_replies
from . import checks_shown as checks_shown
from . import checks_states as checks_states
from . import checks_tls as checks_tls
from . import mistakes_later as mistakes_later
from . import mistakes_letter as mistakes_letter
from . import mistakes_pop3 as mistakes_pop3
from . import mistakes_said as mistakes_said
from . import mistakes_tls as mistakes_tls
from .attempt import Attempt
from .checks import RULES, Finding
from .naming import MISTAKES


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that an exercise asks for: a rule of the vocabulary, its argument, and how it is claimed."""

    rule: str
    argument: Any
    claim: str

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Asked:
        """From `{ letters = 1 }`, `claim` beside it where its own words do better. Raises ValueError with a remedy."""
        names = [name for name in entry if name != "claim"]
        if len(names) != 1 or names[0] not in RULES:
            raise ValueError(f"a rule has one name, of these: {', '.join(RULES)}; not {', '.join(names) or 'none'}")
        rule, argument = RULES[names[0]], entry[names[0]]
        if why := rule.why_not(argument):
            raise ValueError(f"the rule {rule.name!r} takes {why}, not {shown(argument)}")
        claim = entry.get("claim", "")
        if not isinstance(claim, str):
            raise ValueError(f"a claim is a text in quotes, not {shown(claim)}")
        return cls(rule.name, argument, claim.strip() or rule.claim(argument))

    def judge(self, attempt: Attempt) -> Finding:
        return RULES[self.rule].judge(attempt, self.argument)


@dataclass(frozen=True, slots=True)
class Result:
    """How one thing that was asked for came out: "holds", "missed", or "not reached" behind the one that was missed."""

    claim: str
    outcome: str
    steps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of an attempt. `message` says what was missed, `step` where; `mistake` is its name where it has one."""

    results: tuple[Result, ...]
    message: str = ""
    step: int = 0
    mistake: str = ""

    @property
    def passed(self) -> bool:
        return not self.message

    @property
    def held(self) -> int:
        return sum(result.outcome == "holds" for result in self.results)


def judge(transcript: Transcript, asked: Sequence[Asked], mistakes: Iterable[str] = ()) -> Judgement:
    """The judgement on a session, by what is asked for and the mistakes that may be named."""
    attempt = Attempt(transcript)
    results: list[Result] = []
    missed: Finding | None = None
    for one in asked:
        finding = one.judge(attempt)
        outcome = "holds" if finding.holds else "missed" if missed is None else "not reached"
        results.append(Result(one.claim, outcome, finding.steps))
        if not finding.holds and missed is None:
            missed = finding
    if missed is None:
        return Judgement(tuple(results))
    name, step, message = _named(attempt, mistakes, missed.since) or ("", missed.since, missed.message)
    return Judgement(tuple(results), message, step, name)


def _named(attempt: Attempt, mistakes: Iterable[str], since: int) -> tuple[str, int, str] | None:
    """The earliest mistake that shows at step `since` or later; of two at one step, the one that is listed first."""
    found = [
        (step, place, name, message)
        for place, name in enumerate(mistakes)
        for step, message in MISTAKES[name](attempt)
        if step >= since
    ]
    if not found:
        return None
    step, _, name, message = min(found)
    return name, step, message
