"""An exercise file as it is written for an author: every field with a comment, what is to be written marked so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from ...protocol.smtp import SYNTAX
from ...protocol.transcript import Transcript
from ...protocol.wire import split_lines
from ...views.text import visible

ACROSS = 110
BARE = re.compile(r"[A-Za-z0-9_-]+")
HEAD = """\
# An exercise, to be finished. What is marked TO BE WRITTEN is yours; the rest was read off a session and works.
# Its name is the file's: x1.toml is exercise("x1"), in a folder `exercises` beside the notebook. It is read anew each
# time, so edit, save, and run the cell again; a mistake in this file is named with its place.

# The title stands at the top of the card, the minutes beside it: what a beginner needs.
title = "TO BE WRITTEN"
minutes = 5

# Said when it is passed: what has just been learned. May be left out.
done = "TO BE WRITTEN"

# Mistakes that a check may name, of those at one step the first in this list. Take out what is no mistake here.
"""
SERVER = """
# The exercise's own server: its words, and whether it is "strict" or "lenient". What else a Server takes may stand
# here: domains = [...], faults = ["RCPT:2=450"], max_size, without = ["SIZE"].
"""
PART = '''
# One part; a second [[part]] is asked for when the first is passed. Backticks make `code`.
[[part]]
task = """
TO BE WRITTEN: what is to be done, what the server is to see at the end, and not how.
"""
# The rules, judged by the server's record in this order; the first that does not hold is what the learner is told.
# Take out what the task does not ask for: several right ways should be right. "*" stands for any text, and
# `claim = "..."` beside a rule says it in words of your own.
'''
HINTS = """
# Three: a question that makes one think, then the road, then nearly the answer.
hints = [
    "TO BE WRITTEN: a question.",
    "TO BE WRITTEN: which commands, in which order?",
    "TO BE WRITTEN: the line that is hard to find.",
]

# Python that passes, with `ex` at hand. This one says the session that you gave.
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What the client said at one go, and whether it then waits for a reply."""

    octets: bytes
    is_answered: bool


@dataclass(frozen=True, slots=True)
class Made:
    """What is known for a file: the server that the session was said to, what it saw, and how it differs."""

    persona: str
    manners: str
    domains: tuple[str, ...]
    said: tuple[Said, ...]
    seen: Transcript
    rules: tuple[dict[str, Any], ...]
    mistakes: tuple[str, ...]
    differs: tuple[str, ...]


def written(made: Made) -> str:
    """The text of the file."""
    said = [
        HEAD + _list("mistakes", made.mistakes),
        "\n# For the index: what it tests, by concept, and by command and code as they are said.\n"
        '# concepts = ["TO BE WRITTEN"]\n' + _tags(made),
        SERVER + _server(made),
        PART + _rules(made.rules),
        HINTS + f"solution = {_block(solution(made.said))}\n",
    ]
    return "".join(said)


def _tags(made: Made) -> str:
    exchanges = made.seen.exchanges
    commands = list(dict.fromkeys(each.event for each in exchanges if each.event in SYNTAX and each.event[0] != "("))
    codes = list(dict.fromkeys(str(each.reply.code) for each in exchanges if each.reply and each.reply.code >= 400))
    return f"commands = {_value(commands)}\ncodes = {_value(codes)}\n"


def _server(made: Made) -> str:
    differs = [
        "# The recorded server answered otherwise in places; the rules below are about this one:",
        *(f"#   {_comment(each)}" for each in made.differs),
    ]
    lines = [f"persona = {_value(made.persona)}", f"manners = {_value(made.manners)}"]
    lines += [f"domains = {_value(list(made.domains))}"] if made.domains else []
    return "\n".join([*(differs if made.differs else []), "[server]", *lines]) + "\n"


def _comment(text: str) -> str:
    """A text for a comment: TOML has none of the control characters there."""
    return visible(text).replace("\t", " ").encode("ascii", "backslashreplace").decode()


def _rules(rules: Iterable[Mapping[str, Any]]) -> str:
    return "rules = [\n" + "".join(f"    {_value(rule)},\n" for rule in rules) + "]\n"


def _list(name: str, items: Sequence[str]) -> str:
    lines = [""]
    for item in items:
        said = f"{_value(item)},"
        if len(lines[-1]) + len(said) > ACROSS:
            lines.append("")
        lines[-1] += f" {said}" if lines[-1] else said
    inside = "".join(f"    {each}\n" for each in lines if each)
    return f"{name} = [\n{inside}]\n" if items else f"{name} = []\n"


def _value(value: Any) -> str:
    """A value as TOML writes it, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value)
        return f"{{ {', '.join(f'{_key(key)} = {_value(each)}' for key, each in pairs.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, cast('list[Any]', value)))}]"
    return str(value)


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else _value(key)


def _block(text: str) -> str:
    """A text of many lines as TOML writes it."""
    if "'''" not in text:
        return f"'''\n{text}'''"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"""\n{escaped}"""'


def solution(said: Sequence[Said]) -> str:
    """Python that says these to `ex.server`, each followed by its reply; what earns none comes at the end."""
    lines = [
        "import socket",
        "",
        "sock = socket.create_connection(ex.server.address, timeout=5)",
        "print(sock.recv(1024))",
    ]
    answered = [each for each in said if each.is_answered]
    if answered:
        lines += ["for line in [", *(text for each in answered for text in _literal(each.octets)), "]:"]
        lines += ["    sock.sendall(line)", "    print(sock.recv(1024))"]
    lines += [f"sock.sendall({each.octets!r})" for each in said if not each.is_answered]
    return "\n".join([*lines, "sock.close()"]) + "\n"


def _literal(octets: bytes) -> list[str]:
    pieces = split_lines(octets)
    if len(pieces) == 1:
        return [f"    {_bytes(octets)},"]
    return ["    (", *(f"        {_bytes(piece)}" for piece in pieces), "    ),"]


def _bytes(octets: bytes) -> str:
    """A bytes literal in double quotes, as the course writes them."""
    inner = repr(octets + b"'")[2:-2]  # with a ' in it, repr takes " where it can
    return f'b"{inner}"' if b'"' not in octets else repr(octets)
