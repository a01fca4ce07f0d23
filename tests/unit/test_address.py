"""Paths and names as MAIL, RCPT, HELO and EHLO write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol.address import (
    NO_BRACKETS,
    SOURCE_ROUTE,
    SPACE_AFTER_COLON,
    BadSyntax,
    parse_name,
    parse_path,
    split,
)

GOOD = [
    ("FROM:<alice@example.net>", "alice@example.net"),
    ("from:<Alice@Example.NET>", "Alice@Example.NET"),
    ("FROM:<>", ""),
    ("FROM:<a.b+c=d@example.net>", "a.b+c=d@example.net"),
    ("FROM:<o'neil@example.net>", "o'neil@example.net"),
    ("FROM:<user%host@example.net>", "user%host@example.net"),
    ("FROM:<other!bob@example.net>", "other!bob@example.net"),
    ('FROM:<"al@ice"@example.net>', '"al@ice"@example.net'),
    ('FROM:<"al>ice"@example.net>', '"al>ice"@example.net'),
    (r'FROM:<"al\"ice"@example.net>', r'"al\"ice"@example.net'),
    ('FROM:<" "@example.net>', '" "@example.net'),
    ("FROM:<alice@localhost>", "alice@localhost"),
    ("FROM:<alice@xn--bcher-kva.example>", "alice@xn--bcher-kva.example"),
    ("FROM:<alice@[192.0.2.7]>", "alice@[192.0.2.7]"),
    ("FROM:<alice@[IPv6:2001:db8::1]>", "alice@[IPv6:2001:db8::1]"),
    ("FROM:<" + "a" * 64 + "@example.net>", "a" * 64 + "@example.net"),
]
BAD = [
    "", "FROM", "FROM:", "FROM: ", "TO:<a@b>", "FORM:<a@b>", "FROM <a@b>", "FROM:<a@b", "FROM:a@b>", "FROM:<<a@b>>", "FROM:<a@b>x",
    "FROM:<alice>", "FROM:<@b>", "FROM:<a@>", "FROM:<a@@b>", "FROM:<a@b@c>", "FROM:<.a@b>", "FROM:<a.@b>", "FROM:<a..b@c>",
    "FROM:<a@b.>", "FROM:<a@.b>", "FROM:<a@b..c>", "FROM:<a@-b>", "FROM:<a@b->", "FROM:<a b@c>", 'FROM:<"a@b>', 'FROM:<a"b@c>',
    "FROM:<a@[999.1.1.1]>", "FROM:<a@[]>", "FROM:<a@[x]>", "FROM:<a@[IPv6:1::2::3]>", "FROM:<a@b c>", "FROM:Alice <a@b>",
    "FROM:<a@b>,<c@d>", "FROM:<a@" + "b" * 64 + ".net>", "FROM:<" + "a" * 65 + "@example.net>", "FROM:<a@b> =1", "FROM:<a@b> SIZE=1 SIZE=1",
    "FROM:<a@" + ".".join(["b" * 63] * 4) + ">", "FROM:<@a.example:>", "FROM:<@a.example>", "FROM:<a@b> X=Y=Z",
]  # fmt: skip


@pytest.mark.parametrize(("argument", "mailbox"), GOOD)
def test_a_good_path_is_its_mailbox_without_brackets_and_with_its_case(argument: str, mailbox: str) -> None:
    path = parse_path(argument, "FROM")
    assert (path.mailbox, path.remarks) == (mailbox, ())


@pytest.mark.parametrize("argument", BAD)
def test_a_bad_path_says_what_was_expected(argument: str) -> None:
    with pytest.raises(BadSyntax) as caught:
        parse_path(argument, "FROM")
    assert str(caught.value)


@pytest.mark.parametrize(
    ("argument", "mailbox", "remarks"),
    [
        ("FROM: user123@example.com", "user123@example.com", (SPACE_AFTER_COLON, NO_BRACKETS)),
        ("FROM: <a@b>", "a@b", (SPACE_AFTER_COLON,)),
        ("FROM:a@b", "a@b", (NO_BRACKETS,)),
        ("FROM:<@x.example,@y.example:a@b>", "a@b", (SOURCE_ROUTE,)),
        ("FROM :<a@b>", "a@b", ("space before the colon",)),
    ],
)
def test_what_servers_take_everywhere_is_taken_with_a_remark(
    argument: str, mailbox: str, remarks: tuple[str, ...]
) -> None:
    path = parse_path(argument, "FROM")
    assert (path.mailbox, path.remarks) == (mailbox, remarks)


@pytest.mark.parametrize("argument", ["TO:<postmaster>", "TO:<PostMaster>", "TO:<POSTMASTER>"])
def test_postmaster_needs_no_domain_as_a_recipient(argument: str) -> None:
    assert parse_path(argument, "TO").mailbox.lower() == "postmaster"
    with pytest.raises(BadSyntax):
        parse_path("FROM:<postmaster>", "FROM")


def test_the_null_path_is_a_sender_and_never_a_recipient() -> None:
    assert parse_path("FROM:<>", "FROM").mailbox == ""
    with pytest.raises(BadSyntax, match="empty"):
        parse_path("TO:<>", "TO")


def test_parameters_are_keywords_in_capitals_with_their_values() -> None:
    path = parse_path("FROM:<a@b> size=100 Body=8bitMIME SMTPUTF8", "FROM")
    assert dict(path.parameters) == {"SIZE": "100", "BODY": "8bitMIME", "SMTPUTF8": ""}


def test_a_path_has_a_local_part_and_a_domain() -> None:
    path = parse_path('TO:<"a@b"@c.example>', "TO")
    assert (path.local_part, path.domain) == ('"a@b"', "c.example")
    assert split("postmaster") == ("postmaster", "")


@given(st.text(max_size=80))
def test_no_text_makes_a_path_raise_anything_but_bad_syntax(argument: str) -> None:
    for keyword in ("FROM", "TO"):
        for text in (argument, f"{keyword}:{argument}", f"{keyword}:<{argument}>"):
            try:
                path = parse_path(text, keyword)
            except BadSyntax:
                continue
            assert "\r" not in path.mailbox and "\n" not in path.mailbox
            assert len(path.mailbox.encode()) <= 254


@given(st.text(max_size=60))
def test_no_text_makes_a_name_raise_anything_but_bad_syntax(argument: str) -> None:
    try:
        name, _ = parse_name(argument)
    except BadSyntax:
        return
    assert name == argument and name.isascii()


@pytest.mark.parametrize(
    "name", ["c", "c.example.net", "127.0.0.1", "[127.0.0.1]", "[IPv6:::1]", "a-b.example", "xn--bcher-kva.example"]
)
def test_a_name_is_a_domain_or_an_address_in_brackets(name: str) -> None:
    assert parse_name(name) == (name, ())


@pytest.mark.parametrize(
    "name", ["", "!!!", "a b", "-a", "a-", "a..b", ".a", "a.", "[x]", "[999.1.1.1]", "café.example", "a" * 64, "<c>"]
)
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(BadSyntax):
        parse_name(name)


def test_an_underscore_is_taken_with_a_remark() -> None:
    name, remarks = parse_name("my_laptop.local")
    assert name == "my_laptop.local"
    assert len(remarks) == 1 and "underscore" in remarks[0]
