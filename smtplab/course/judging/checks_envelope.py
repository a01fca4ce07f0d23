"""Rules about an envelope and a letter side by side: who is on the one, and must not be in the other.

Rules by name, with their argument:
    blind = "carol@example.com"               some letter went to this recipient, and names it nowhere
    named = ["a@b", "c@b"]                    RCPT named each of these in one mail transaction, taken or not
    not_to = { "x@y" = "That is ..." }        no letter went to one of these; what to say where one did
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...protocol.smtp import State
from ...protocol.wire import decode
from .attempt import ACCEPTED, Attempt, Letter, listed, path_of
from .checks import TEXT, TEXTS, Finding, any_letter, rule


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


@rule("named", TEXTS, lambda paths: f"{listed([f'<{path}>' for path in paths])} named between one MAIL and its DATA")
def named(attempt: Attempt, paths: Sequence[str]) -> Finding:
    transactions: list[list[str]] = []
    for exchange in attempt.transcript.exchanges:
        if exchange.event == "MAIL" and exchange.outcome in ACCEPTED:
            transactions.append([])
        elif exchange.event == "RCPT" and exchange.before in (State.MAIL, State.RCPT):
            transactions[-1].append(path_of(exchange, "TO").lower())
    missing = [f"<{path}>" for path in paths if not any(path.lower() in said for said in transactions)]
    if missing:
        others = {f"<{path}>": None for said in transactions for path in said if path not in map(str.lower, paths)}
        more = f" {listed([*others])} {'was' if len(others) == 1 else 'were'} not asked for." if others else ""
        return Finding(False, (), f"You have not named {listed(missing, 'or')}.{more}")
    if any(all(path.lower() in said for path in paths) for said in transactions):
        return Finding(True)
    said = f"You have named all {len(paths)}, and not all for the same letter: name them between one MAIL and its DATA."
    return Finding(False, (), said)


@rule("not_to", dict, lambda _: "and to nobody else")
def not_to(attempt: Attempt, unwanted: Mapping[str, str]) -> Finding:
    for letter in attempt.letters:
        for path, said in unwanted.items():
            if _is_on(letter, path):
                return Finding(False, (attempt.step(letter.exchange),), said, letter.begins)
    return Finding(True)


def _is_on(letter: Letter, path: str) -> bool:
    return path.lower() in (each.lower() for each in letter.message.envelope.forward_paths)
