"""Paths and mailboxes as MAIL and RCPT write them (RFC 5321 §4.1.2), and names as HELO and EHLO do.

A path is what stands in angle brackets. Here it is a `str` without them: "" is the null reverse-path. The
local-part keeps its case; nothing here asks whether a mailbox exists.

Handler and record both ask what an argument says, and a client says the same again and again: the latest answers are
remembered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from . import limits


class BadSyntax(ValueError):
    """An argument outside the grammar; its text says what was expected, for a 501."""


class Path(NamedTuple):
    """A path with what followed it: `mailbox` without brackets, `parameters` as keyword in capitals -> value.

    `remarks` name what the grammar forbids and a lenient server takes.
    """

    mailbox: str
    parameters: Mapping[str, str]
    remarks: tuple[str, ...] = ()

    @property
    def local_part(self) -> str:
        return split(self.mailbox)[0]

    @property
    def domain(self) -> str:
        return split(self.mailbox)[1]


NO_BRACKETS = "no angle brackets: the path belongs in <> (RFC 5321 §4.1.2)"
SPACE_AFTER_COLON = "space after the colon: the path follows it at once (RFC 5321 §3.3)"
SOURCE_ROUTE = "source route: ignored, only the last mailbox counts (RFC 5321 §4.1.1.3)"

# Classes by what they leave out, all of it ASCII: `re` takes 20 ms to compile one that names all of Unicode instead.
_ATEXT = r'[^\x00-\x20"(),.:;<>@\[\\\]\x7f]+'
_LOCAL = rf'(?:{_ATEXT}(?:\.{_ATEXT})*|"(?:[^\x00-\x1f"\\\x7f]|\\[ -~])*")'
_LETTER = r"[^\x00-/:-@\[-`{-\x7f]"  # of a label: its ends
_INSIDE = r"[^\x00-,./:-@\[-^`{-\x7f]"  # and what may stand between them, _ and - too
_LABEL = rf"{_LETTER}(?:{_INSIDE}*{_LETTER})?"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})*"
_DOMAIN_RE = re.compile(_DOMAIN)
_MAILBOX = re.compile(rf"({_LOCAL})@({_DOMAIN}|\[[^\[\]\\ ]*\])")
_BRACKETED = re.compile(r'<((?:"(?:[^"\\]|\\.)*"|[^<>"\\])*)>(?=\s|$)')
_ROUTE = re.compile(rf"@{_DOMAIN}(?:,@{_DOMAIN})*:")
_PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([^\x00-\x20=\x7f]+))?")


def split(mailbox: str) -> tuple[str, str]:
    """(local-part, domain) of a mailbox; the domain is "" where there is none."""
    local, at, domain = mailbox.rpartition("@")
    return (local, domain) if at else (mailbox, "")


@lru_cache(maxsize=256)
def parse_path(argument: str, keyword: str) -> Path:
    """The path in an argument of MAIL or RCPT: `keyword` is "FROM" or "TO".

    Takes what servers take everywhere though the grammar forbids it (no brackets, a space after the colon), with
    a remark each. Raises BadSyntax otherwise.

    >>> parse_path("FROM:<alice@example.com> SIZE=100", "FROM").parameters["SIZE"]
    '100'
    """
    wanted = f"{keyword}:<address>"
    head, colon, rest = argument.partition(":")
    if not colon or head.strip().upper() != keyword:
        raise BadSyntax(f"write {wanted}")
    remarks: list[str] = []
    if head != head.rstrip():
        remarks.append("space before the colon")
    if rest.startswith((" ", "\t")):
        remarks.append(SPACE_AFTER_COLON)
        rest = rest.lstrip(" \t")
    if rest.startswith("<"):
        inside = _BRACKETED.match(rest)
        if inside is None:
            raise BadSyntax(f"write {wanted}, with one < and one >")
        path, rest = inside[1], rest[inside.end() :]
    else:
        path, _, rest = rest.partition(" ")
        if not path:
            raise BadSyntax(f"write {wanted}")
        remarks.append(NO_BRACKETS)
    parameters = _parameters(rest)
    mailbox = _mailbox(path, remarks, null_allowed=keyword == "FROM" and NO_BRACKETS not in remarks)
    return Path(mailbox, parameters, tuple(remarks))


def _mailbox(path: str, remarks: list[str], *, null_allowed: bool) -> str:
    route = _ROUTE.match(path)
    if route is not None:
        remarks.append(SOURCE_ROUTE)
        path = path[route.end() :]
    if path == "":
        if null_allowed and route is None:
            return ""
        raise BadSyntax("the address is empty")
    if path.lower() == "postmaster" and not null_allowed:
        return path
    found = _MAILBOX.fullmatch(path)
    if found is None:
        raise BadSyntax("an address is written local-part@domain")
    local, domain = found[1], found[2]
    if len(local.encode()) > limits.LOCAL_PART:
        raise BadSyntax(f"the local-part has more than {limits.LOCAL_PART} octets")
    if domain.startswith("["):
        check_literal(domain)
    else:
        _check_domain(domain)
    if len(path.encode()) + 2 > limits.PATH:
        raise BadSyntax(f"the path has more than {limits.PATH} octets")
    return path


def _check_domain(domain: str) -> None:
    if len(domain.encode()) > limits.DOMAIN or any(len(label.encode()) > 63 for label in domain.split(".")):
        raise BadSyntax(f"the domain is too long: {limits.DOMAIN} octets, 63 a label")


def check_literal(literal: str) -> None:
    """Raises BadSyntax unless `literal` is an address in square brackets (RFC 5321 §4.1.3)."""
    import ipaddress  # few say where they are by number

    inside = literal[1:-1]
    try:
        if inside.upper().startswith("IPV6:"):
            ipaddress.IPv6Address(inside[5:])
        else:
            ipaddress.IPv4Address(inside)
    except ValueError:
        raise BadSyntax("an address literal is written [192.0.2.7] or [IPv6:2001:db8::1]") from None


def _parameters(text: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for word in text.split():
        parameter = _PARAMETER.fullmatch(word)
        if parameter is None:
            raise BadSyntax("after the path only parameters may stand: KEYWORD=value")
        keyword = parameter[1].upper()
        if keyword in found:
            raise BadSyntax(f"{keyword} is given twice")
        found[keyword] = parameter[2] or ""
    return MappingProxyType(found)


@lru_cache(maxsize=256)
def parse_name(argument: str) -> tuple[str, tuple[str, ...]]:
    """The client's name in HELO or EHLO, with remarks. Raises BadSyntax where it is no domain and no literal."""
    if not argument:
        raise BadSyntax("give a name: HELO client.example.com")
    remarks: list[str] = []
    if "_" in argument:
        remarks.append("underscore in the name: no domain has one (RFC 5321 §4.1.2)")
    if argument.startswith("[") and argument.endswith("]"):
        check_literal(argument)
    elif _DOMAIN_RE.fullmatch(argument) is None or not argument.isascii():
        raise BadSyntax("a name is letters, digits, hyphens and dots: client.example.com")
    else:
        _check_domain(argument)
    return argument, tuple(remarks)
