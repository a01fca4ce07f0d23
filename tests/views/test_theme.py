"""Every colour can be read on every ground that it is used on, and the stylesheet has the theme's tokens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from smtplab.views import theme

STYLES = Path(__file__).parents[2] / "smtplab" / "widgets" / "smtplab.css"
THEMES = {"light": theme.LIGHT, "dark": theme.DARK}
# JupyterLab's own papers and inks, which take the place of ours
LAB = {"light": (["#ffffff", "#fafafa"], "#212121"), "dark": (["#111111", "#212121"], "#ffffff")}


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read_on_every_ground_it_stands_on(name: str) -> None:
    tokens = THEMES[name]
    papers, ink = LAB[name]
    for ground in (*papers, tokens["tint"]):
        for text in ("ink", "muted", "client", "server"):
            assert theme.contrast(tokens[text], ground) >= 4.5, (text, ground)
        assert theme.contrast(ink, ground) >= 4.5
    assert theme.contrast(tokens["on-now"], tokens["now"]) >= 4.5
    assert theme.contrast(tokens["paper"], tokens["ink"]) >= 4.5, "the filled button"


@pytest.mark.parametrize("name", THEMES)
def test_strokes_that_mean_something_stand_out(name: str) -> None:
    tokens = THEMES[name]
    for ground in (*LAB[name][0], tokens["tint"]):
        assert theme.contrast(tokens["line"], ground) >= 3, ground
        assert theme.contrast(tokens["client"], ground) >= 3, ground
    for ground in LAB[name][0]:
        assert theme.contrast(tokens["rule"], ground) >= 3, ground


def test_both_themes_have_the_same_tokens() -> None:
    assert set(theme.LIGHT) == set(theme.DARK)
    assert all(re.fullmatch("#[0-9a-f]{6}", value) for tokens in THEMES.values() for value in tokens.values())


def test_the_stylesheet_has_the_tokens_of_the_theme_and_uses_no_other_colour() -> None:
    css = STYLES.read_text(encoding="utf-8")
    assert theme.css() in css, "write theme.css() into smtplab.css again"
    rules = css.replace(theme.css(), "")
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgb\(|\bhsl\(", rules) == []


def test_every_token_that_a_rule_reads_is_made_by_the_theme() -> None:
    css = STYLES.read_text(encoding="utf-8")
    made = set(re.findall(r"(--sl-[\w-]+):", theme.css()))
    assert set(re.findall(r"var\((--sl-[\w-]+)", css)) <= made


def test_now_is_only_ever_a_ground() -> None:
    rules = STYLES.read_text(encoding="utf-8").replace(theme.css(), "")
    found = re.findall(r"([\w-]+):[^;{}]*var\(--sl-now\)", rules)
    grounds = {"background", "box-shadow", "fill", "stroke"}
    assert set(found) <= grounds
    assert not re.search(r"[^-]color: var\(--sl-now\)", rules)
