"""How the server's answers compare with the standard's and with real servers', over the recorded scripts.

    python -m tests.interop.corpus        # or `make interop`: prints the table of docs/differences.md

A script counts where every one of its steps begins with the same digits. The server is played in memory: what a script
sends is given to a session, one step at a time, and no clock is needed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from smtplab.protocol.manners import LENIENT, STRICT, Manners
from smtplab.protocol.replies import Reply, split_reply
from smtplab.protocol.smtp import keywords_of
from tests.data_of import octets_of, recordings, scripts
from tests.talk import talk

REAL = ("postfix", "exim", "opensmtpd", "sendmail")
"""The servers that carry the world's mail, or did; the others in the recordings are libraries."""
WANT_TLS = frozenset({"tls-inject", "tls-twice", "tls-forget"})
"""Where OpenSMTPD, recorded without TLS, has nothing to say."""
SERVERS: Mapping[str, Manners] = {
    "serve": LENIENT,
    "serve --tls --auth toy": LENIENT.offering("STARTTLS", "AUTH"),
    "serve --strict": STRICT,
    "serve --strict --tls --auth toy": STRICT.offering("STARTTLS", "AUTH"),
}
COLUMNS = ("the standard", "a real server, step by step", "one real server throughout", "most real servers")
Steps = list[list[Reply]]


# ------------------------------------------------------------------------------------------------------ answers
def ours(script: dict[str, Any], manners: Manners) -> Steps:
    """The replies that each step of a script earns here."""
    session, found = talk(manners=manners), Steps()
    waiting = replies_in(session.heard)
    for step in script["steps"]:
        if step["op"] == "close":
            session.session.receive_eof()
        elif step["op"] == "tls" and session.session.wants_handshake:
            session.session.handshake(True)
        elif step["op"] != "tls":
            waiting += replies_in(session.raw(octets_of(step.get("send", []))))
        awaited = bool(step["want"]) or step["op"] == "quiet"
        found.append(waiting if awaited else [])
        waiting = [] if awaited else waiting  # what nobody waits for is read with the next step
    return found


def replies_in(stream: bytes) -> list[Reply]:
    found: list[Reply] = []
    while end := split_reply(stream):
        found.append(Reply.parse(stream[:end]))
        stream = stream[end:]
    assert not stream
    return found


def digits(steps: Steps) -> list[str]:
    """The first digits of each step's replies."""
    return ["".join(str(reply.code)[0] for reply in step) for step in steps]


def recorded_digits(script: str) -> dict[str, list[str]]:
    """The same of each real server that has something to say."""
    servers = [server for server in REAL if not (server == "opensmtpd" and script in WANT_TLS)]
    return {
        server: [
            "".join(reply["code"][0] * reply.get("times", 1) for reply in step)
            for step in recordings()[script][server]["steps"]
        ]
        for server in servers
    }


def majority(script: str) -> list[str | None]:
    """The first digits that more than half of the real servers gave in each step; None where none had so many."""
    found: list[str | None] = []
    heard = recorded_digits(script)
    for answers in zip(*heard.values(), strict=True):
        ((best, count),) = Counter(answers).most_common(1)
        found.append(best if count * 2 > len(answers) else None)
    return found


# ----------------------------------------------------------------------------------------------- the standard's
_PATTERN = re.compile(r"(?P<code>.+?)(?:@(?P<not>!?)(?P<keyword>[A-Z0-9]+)(?:<(?P<below>\d+))?)?")
MORE, MORE_REFUSALS, SILENCE, ANY = "~", "~5", "-", "*"


def wanted(pattern: str, offered: Mapping[str, str]) -> list[str]:
    """The codes that a pattern allows where this is offered; `-` for no reply, `*` for any."""
    found: list[str] = []
    for alternative in pattern.split("|"):
        parts = _PATTERN.fullmatch(alternative)
        assert parts is not None
        keyword, below = parts["keyword"], parts["below"]
        holds = keyword is None or (
            keyword in offered
            and (below is None or (offered[keyword].isdigit() and 0 < int(offered[keyword]) < int(below)))
        ) != (parts["not"] == "!")
        found += [parts["code"]] if holds else []
    return found


def conforms(want: Sequence[str], replies: Sequence[Reply], offered: Mapping[str, str], *, exactly: bool) -> bool:
    """True where one step's replies are the standard's: in their first digits, or in the whole code."""
    if not want:
        return True
    patterns = [wanted(each, offered) for each in want if each not in (MORE, MORE_REFUSALS, SILENCE)]
    if not patterns:
        return not replies if SILENCE in want else True
    more = replies[len(patterns) :]
    refusals = MORE_REFUSALS in want and all(reply.code >= 400 for reply in more)
    if more and ANY not in patterns[-1] and MORE not in want and not refusals:
        return False
    for at, codes in enumerate(patterns):
        if ANY in codes or (at >= len(replies) and SILENCE in codes):
            continue
        if at >= len(replies):
            return False
        said = str(replies[at].code)
        if not any(re.fullmatch(code.replace("x", "."), said) if exactly else code[0] == said[0] for code in codes):
            return False
    return True


def follows_the_standard(script: dict[str, Any], answered: Steps, *, exactly: bool = True) -> bool:
    """True where every step is answered as the standard has it, by what was offered before that step."""
    offered: Mapping[str, str] = {}
    last = 0
    for step, replies in zip(script["steps"], answered, strict=True):
        before = offered
        if step["op"] == "tls" and last == 220:
            offered = {"TLS": ""}
        said = octets_of(step.get("send", []))[:4].upper()
        for reply in replies:
            if reply.code == 250 and said in (b"EHLO", b"HELO"):
                tls = {"TLS": ""} if "TLS" in offered else {}
                offered = tls | ({k: v.split(" ")[0] for k, v in keywords_of(reply).items()} if said == b"EHLO" else {})
                break
        if not conforms(step["want"], replies, before, exactly=exactly):
            return False
        last = replies[-1].code if replies else last
    return True


# ------------------------------------------------------------------------------------------------------ the table
@cache
def differing(manners: Manners) -> frozenset[str]:
    """The scripts in which most real servers answer otherwise."""
    found: set[str] = set()
    for name, script in scripts().items():
        pairs = zip(digits(ours(script, manners)), majority(name), strict=True)
        if any(theirs is not None and said != theirs for said, theirs in pairs):
            found.add(name)
    return frozenset(found)


def shares(manners: Manners) -> tuple[float, float, float, float]:
    """Percent of the scripts that are answered as COLUMNS say."""
    counts = [0, 0, 0, 0]
    for name, script in scripts().items():
        answered = ours(script, manners)
        said, theirs = digits(answered), recorded_digits(name)
        counts[0] += follows_the_standard(script, answered)
        counts[1] += all(any(of[at] == step for of in theirs.values()) for at, step in enumerate(said))
        counts[2] += said in theirs.values()
        counts[3] += name not in differing(manners)
    standard, any_, one, most = (100 * count / len(scripts()) for count in counts)
    return standard, any_, one, most


def of_recorded(server: str) -> float:
    """Percent of the scripts that a recorded server answered as the standard has it, by first digits."""
    good = 0
    for name, script in scripts().items():
        answers = recordings()[name][server]["steps"]
        steps = [[Reply.parse(r["text"]) for r in step for _ in range(r.get("times", 1))] for step in answers]
        steps += [[] for _ in range(len(script["steps"]) - len(steps))]
        good += follows_the_standard(script, steps, exactly=False)
    return 100 * good / len(scripts())


def table() -> list[str]:
    """The table of docs/differences.md, line by line."""
    rows = [
        f"| `{name}` | {' | '.join('100 %' if share == 100 else f'{share:.1f} %' for share in shares(manners))} |"
        for name, manners in SERVERS.items()
    ]
    return [f"| server | {' | '.join(COLUMNS)} |", "|---|---|---|---|---|", *rows]


def main() -> None:
    """Prints the table, and the scripts in which most real servers answer otherwise."""
    print("\n".join(table()))
    for name, manners in SERVERS.items():
        print(f"{name} differs from most in: {', '.join(sorted(differing(manners)))}")
    print("the standard's first digit:", ", ".join(f"{server} {of_recorded(server):.0f} %" for server in REAL))


if __name__ == "__main__":
    main()
