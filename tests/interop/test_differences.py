"""`docs/differences.md` lists every script in which most real servers answer otherwise, and no other; its table is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from smtplab.protocol.manners import LENIENT, STRICT
from smtplab.protocol.replies import Reply
from tests.data_of import scripts
from tests.interop.corpus import (
    SERVERS,
    conforms,
    differing,
    follows_the_standard,
    of_recorded,
    ours,
    shares,
    table,
    wanted,
)

PAGE = (Path(__file__).parents[2] / "docs" / "differences.md").read_text("utf-8")
HANDSHAKES = frozenset({"tls-inject", "tls-twice"})
"""Their differences are those of a server without `--tls`; here all servers have it."""


def named(heading: str) -> set[str]:
    """The scripts in the first column of the table under a heading."""
    part = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    first_cells = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    return {name for cell in first_cells for name in re.findall(r"`([a-z0-9-]+)`", cell)}


@pytest.mark.parametrize("strict", [False, True])
def test_the_page_lists_what_differs_and_nothing_else(strict: bool) -> None:
    manners = (STRICT if strict else LENIENT).offering("STARTTLS", "AUTH")
    listed = named("From most real servers") | (named("A strict server, besides") if strict else set())
    assert differing(manners) == listed - HANDSHAKES


def test_the_pages_table_is_what_the_command_prints() -> None:
    assert "\n".join(table()) in PAGE, "run python -m tests.interop.corpus, and put its table into docs/differences.md"


@pytest.mark.parametrize("name", list(SERVERS))
def test_every_script_is_answered_as_the_standard_has_it(name: str) -> None:
    answered = {each: ours(script, SERVERS[name]) for each, script in scripts().items()}
    assert [each for each, script in scripts().items() if not follows_the_standard(script, answered[each])] == []


def test_most_scripts_are_answered_as_real_servers_do() -> None:
    standard, any_, _, most = shares(SERVERS["serve"])
    assert standard >= 99 and any_ >= 97 and most >= 90


@pytest.mark.parametrize(("server", "percent"), [("postfix", 94), ("exim", 96), ("opensmtpd", 87), ("sendmail", 95)])
def test_the_measure_finds_fault_with_real_servers(server: str, percent: int) -> None:
    assert round(of_recorded(server)) == percent


@pytest.mark.parametrize(
    ("pattern", "offered", "codes"),
    [
        ("250", {}, ["250"]),
        ("501|250", {}, ["501", "250"]),
        ("250@SIZE|555@!SIZE", {"SIZE": ""}, ["250"]),
        ("250@SIZE|555@!SIZE", {}, ["555"]),
        ("552@SIZE<1000|250", {"SIZE": "999"}, ["552", "250"]),
        ("552@SIZE<1000|250", {"SIZE": "1000"}, ["250"]),
        ("552@SIZE<1000|250", {"SIZE": "0"}, ["250"]),  # no limit
        ("552@SIZE<1000|250", {}, ["250"]),
    ],
)
def test_a_pattern_is_read_by_what_was_offered(pattern: str, offered: dict[str, str], codes: list[str]) -> None:
    assert wanted(pattern, offered) == codes


@pytest.mark.parametrize(
    ("want", "said", "good"),
    [
        ([], [250], True),
        (["-"], [], True),
        (["-"], [250], False),
        (["250"], [], False),
        (["250"], [250], True),
        (["250"], [251], False),
        (["250"], [550], False),
        (["5xx"], [503], True),
        (["5xx"], [403], False),
        (["250"], [250, 500], False),
        (["250", "~"], [250, 250], True),
        (["250", "~5"], [250, 500, 451], True),
        (["250", "~5"], [250, 250], False),
        (["*"], [250], True),
        (["250", "250|-"], [250], True),
    ],
)
def test_a_step_is_judged_reply_by_reply(want: list[str], said: list[int], good: bool) -> None:
    assert conforms(want, [Reply(code, "x") for code in said], {}, exactly=True) == good
