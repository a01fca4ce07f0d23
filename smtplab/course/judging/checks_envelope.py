"""Rules about an envelope and a letter side by side: who is on the one, and must not be in the other.

Rules by name, with their argument:
    blind = "carol@example.com"               some letter went to this recipient, and names it nowhere
    not_to = { "x@y" = "That is ..." }        no letter went to one of these; what to say where one did
"""

from __future__ import annotations

from collections.abc import Mapping

from ...protocol.wire import decode
from .attempt import Attempt, Letter
from .checks import TEXT, Finding, any_letter, rule


@rule("blind", TEXT, lambda path: f"a blind copy for <{path}>, whom the letter does not name")
def blind(attempt: Attempt, path: str) -> Finding:
    def judge(letter: Letter) -> str:
        if not _is_on(letter, path):
            return f"<{path}> is not on the envelope of your letter: no RCPT for that mailbox was accepted."
        message = letter.message.message
        for name, value in message.raw_items():
            if name.lower() == "bcc":
                return f'The stored letter has the header "Bcc: {" ".join(str(value).split())}": all who get it can read that.'
            if path.lower() in str(value).lower():
                return f"The stored letter names <{path}> in its {name} header, so the copy is not blind."
        if path.lower() in decode(letter.message.content).lower():
            return f"The stored letter names <{path}> in its text, so the copy is not blind."
        return ""

    return any_letter(attempt, judge)


@rule("not_to", dict, lambda _: "and to nobody else")
def not_to(attempt: Attempt, unwanted: Mapping[str, str]) -> Finding:
    for letter in attempt.letters:
        for path, said in unwanted.items():
            if _is_on(letter, path):
                return Finding(False, (attempt.step(letter.exchange),), said, letter.begins)
    return Finding(True)


def _is_on(letter: Letter, path: str) -> bool:
    return path.lower() in (each.lower() for each in letter.message.envelope.forward_paths)
