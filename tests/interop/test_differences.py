"""`docs/differences.md` lists every script in which most real servers answer otherwise, and no other."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from smtplab.protocol.manners import LENIENT, STRICT, Manners
from tests.data_of import octets_of, recordings, scripts
from tests.talk import talk

REAL = ("postfix", "exim", "opensmtpd", "sendmail")
PAGE = (Path(__file__).parents[2] / "docs" / "differences.md").read_text("utf-8")
HANDSHAKES = frozenset({"tls-inject", "tls-twice"})
"""Their differences are those of a server without `--tls`; here all servers have it."""

WANT_TLS = HANDSHAKES | {"tls-forget"}
"""Where OpenSMTPD, recorded without TLS, has nothing to say."""


def named(heading: str) -> set[str]:
    """The scripts in the first column of the table under a heading."""
    part = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    first_cells = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    return {name for cell in first_cells for name in re.findall(r"`([a-z0-9-]+)`", cell)}


def ours(script: dict[str, Any], manners: Manners) -> list[str]:
    """The first digits that each step of a script earns here."""
    session, found, codes = talk(manners=manners), list[str](), [220]
    for step in script["steps"]:
        if step["op"] == "close":
            session.session.receive_eof()
        elif step["op"] == "tls" and session.session.wants_handshake:
            session.session.handshake(True)
        elif step["op"] != "tls":
            codes += session.say(octets_of(step.get("send", [])))
        awaited = bool(step["want"]) or step["op"] == "quiet"
        found.append("".join(str(code)[0] for code in codes) if awaited else "")
        codes = [] if awaited else codes  # what nobody waits for is read with the next step
    return found


def majority(script: str) -> list[str | None]:
    """The first digits that more than half of the real servers gave in each step; None where no answer had so many."""
    servers = [server for server in REAL if not (server == "opensmtpd" and script in WANT_TLS)]
    heard = [recordings()[script][server]["steps"] for server in servers]
    found: list[str | None] = []
    for answers in zip(*heard, strict=True):
        digits = ["".join(str(reply["code"])[0] * reply.get("times", 1) for reply in step) for step in answers]
        ((best, count),) = Counter(digits).most_common(1)
        found.append(best if count * 2 > len(digits) else None)
    return found


def differing(manners: Manners) -> set[str]:
    found: set[str] = set()
    for name, script in scripts().items():
        pairs = zip(ours(script, manners), majority(name), strict=True)
        if any(theirs is not None and said != theirs for said, theirs in pairs):
            found.add(name)
    return found


@pytest.mark.parametrize("strict", [False, True])
def test_the_page_lists_what_differs_and_nothing_else(strict: bool) -> None:
    manners = (STRICT if strict else LENIENT).offering("STARTTLS", "AUTH")
    listed = named("From most real servers") | (named("A strict server, besides") if strict else set())
    assert differing(manners) == listed - HANDSHAKES
