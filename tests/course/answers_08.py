"""What a learner may do in exercise 08.4, a function that takes a reply to EHLO apart."""

from __future__ import annotations

import re
from typing import Any

from tests.course.answers import Attempt, written


def by_partition(reply: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in reply.decode().splitlines()[1:]:
        keyword, _, value = line[4:].partition(" ")
        found[keyword.upper()] = value
    return found


def by_expression(reply: bytes) -> dict[str, str]:
    return {key.decode(): value.decode() for key, value in re.findall(rb"\n250[ -](\S+) ?([^\r\n]*)", reply)}


def by_split(reply: bytes) -> dict[str, str]:
    lines = str(reply, "ascii").rstrip("\r\n").split("\r\n")
    return {line[4:].split(" ", 1)[0]: "".join(line[4:].split(" ", 1)[1:]) for line in lines[1:]}


def with_hello(reply: bytes) -> dict[str, str]:
    return {line[4:].partition(" ")[0].upper(): line[4:].partition(" ")[2] for line in reply.decode().splitlines()}


def without_the_last(reply: bytes) -> dict[str, str]:
    return {line[4:].partition(" ")[0]: line[4:].partition(" ")[2] for line in reply.decode().split("\r\n250-")[1:]}


def keywords_alone(reply: bytes) -> list[str]:
    return [*by_partition(reply)]


def values_as_numbers(reply: bytes) -> dict[str, Any]:
    return {key: int(value) if value.isdigit() else value for key, value in by_partition(reply).items()}


def first_value_only(reply: bytes) -> dict[str, str]:
    return {key: value.split(" ")[0] for key, value in by_partition(reply).items()}


def remembered(reply: bytes) -> dict[str, str]:
    return {"PIPELINING": "", "SIZE": "5000", "8BITMIME": "", "ENHANCEDSTATUSCODES": "", "SMTPUTF8": "", "CHUNKING": "", "DSN": "", "HELP": ""}  # fmt: skip


def nothing(reply: bytes) -> None:
    return None


def as_text(reply: bytes) -> dict[str, str]:
    return {line[4:]: "" for line in reply.split("\r\n")}  # type: ignore[arg-type]


RIGHT: dict[str, list[Attempt]] = {"08.4": [written(by_partition), written(by_expression), written(by_split)]}
WRONG: dict[str, list[tuple[str, Attempt, str]]] = {
    "08.4": [
        ("the hello too", written(with_hello), "has 'MAIL.EXAMPLE.COM' in it"),
        ("not the last line", written(without_the_last), "your function gave"),
        ("a list", written(keywords_alone), "It is to give back a dict"),
        ("numbers", written(values_as_numbers), "your function gave 5000 for 'SIZE', and '5000' was right"),
        ("one value", written(first_value_only), "gave 'PLAIN' for 'AUTH'"),
        ("what the first offered", written(remembered), 'In the case "one that offers less"'),
        ("nothing", written(nothing), "your function gave back nothing"),
        ("bytes taken for text", written(as_text), "your function raised TypeError"),
    ]
}
