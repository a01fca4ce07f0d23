"""Personas: every situation has words, in ASCII, and nothing that a client sent comes back as it came."""

from __future__ import annotations

import string

import pytest

from smtplab.protocol.persona import FOREIGN, MODERN, MODERN_TEXTS, PERSONAS, SENDMAIL, Persona, persona

FIELDS = {
    "host",
    "name",
    "client",
    "count",
    "date",
    "path",
    "verb",
    "verbs",
    "missing",
    "remedy",
    "why",
    "id",
    "letters",
    "limit",
    "syntax",
    "sentence",
    "number",
    "octets",
    "what",
}
FILLED = dict.fromkeys(FIELDS, "X")


def fields_of(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("one", PERSONAS.values(), ids=PERSONAS)
@pytest.mark.parametrize("situation", MODERN_TEXTS)
def test_every_persona_has_words_for_every_situation(one: Persona, situation: str) -> None:
    text = one.text(situation, FILLED)
    assert text and text.isascii() and "{" not in text


@pytest.mark.parametrize("one", PERSONAS.values(), ids=PERSONAS)
def test_no_persona_speaks_of_a_situation_that_never_happens(one: Persona) -> None:
    assert set(one.texts) <= set(MODERN_TEXTS)


@pytest.mark.parametrize("one", PERSONAS.values(), ids=PERSONAS)
@pytest.mark.parametrize("situation", MODERN_TEXTS)
def test_a_text_uses_no_field_that_the_default_persona_could_not_fill(one: Persona, situation: str) -> None:
    always = {"host", "client", "name", "date"}
    filled = fields_of(MODERN_TEXTS[situation]) | always
    filled |= {"count"} if "letters" in filled else set()  # the same number, without its word
    assert fields_of(one.texts.get(situation, "")) <= filled <= FIELDS


@pytest.mark.parametrize("hostile", ["a\r\n250 b", "\0", "\x1b[31m", "é", "\u202e", "{host}", "%s", "\x7f"])
def test_a_field_can_put_neither_a_line_nor_a_control_character_into_a_reply(hostile: str) -> None:
    for situation in ("hello", "sender ok", "recipient ok", "no such user"):
        text = MODERN.text(situation, {**FILLED, "name": hostile, "path": hostile})
        assert text.isprintable() and text.isascii()


def test_the_foreign_persona_shares_no_words_with_the_default() -> None:
    for situation in set(MODERN_TEXTS) - {"verified", "list"}:
        ours = {word for word in MODERN.text(situation, FILLED).lower().split() if len(word) > 4}
        theirs = set(FOREIGN.text(situation, FILLED).lower().split())
        assert len(ours & theirs - {"esmtp"}) == 0, situation


def test_the_guides_persona_brings_its_clock_its_ids_and_its_client() -> None:
    assert SENDMAIL.host == "smtp.example.com" and SENDMAIL.client_address == "10.0.0.100"
    assert SENDMAIL.clock is not None and SENDMAIL.ids is not None
    assert SENDMAIL.clock().now() == SENDMAIL.clock().now()
    assert [SENDMAIL.ids()() for _ in range(2)] == ["MAA31024", "MAA31024"]


def test_a_persona_is_found_by_its_name() -> None:
    assert persona("modern") is MODERN and persona(FOREIGN) is FOREIGN
    with pytest.raises(ValueError, match="choose one of modern, sendmail-8.9.2, foreign"):
        persona("qmail")
