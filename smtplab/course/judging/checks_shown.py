"""Rules about what a mail program shows of a letter: its text, whatever the encoding.

Rules by name, with their argument:
    shown = "Grüße"        some letter's text, decoded as its headers say, is this, but for empty lines at its end
    false_end = true       some letter has a line with a dot and white space on it, which is no end
"""

from __future__ import annotations

from .attempt import Attempt, Letter
from .checks import TEXT, YES, Finding, any_letter, rule


@rule("shown", TEXT, lambda text: f"a letter in which a mail program shows {text!r}")
def shown(attempt: Attempt, text: str) -> Finding:
    def judge(letter: Letter) -> str:
        said = text_of(letter)
        if said is None:
            return "The stored letter has no text that a mail program could show: its Content-type names no text."
        if said.strip() == text:
            return ""
        how = _charset(letter)
        says = f"The stored letter says that its characters are {how}" if how else _UNSAID
        return f"{says}. Read so, it shows {said.strip()!r}, not {text!r}."

    return any_letter(attempt, judge)


_UNSAID = "The stored letter says nothing of its characters, which means US-ASCII (no charset in a Content-type header)"


def _charset(letter: Letter) -> str:
    part = letter.message.message.get_body(("plain", "html"))
    return "" if part is None else part.get_content_charset("").upper()


@rule("false_end", YES, lambda _: "a line in the letter that looks like the end, and is none")
def false_end(attempt: Attempt, _: bool) -> Finding:
    def judge(letter: Letter) -> str:
        lines = letter.exchange.sent.split(b"\r\n")
        if any(line != b"." and line.strip() == b"." for line in lines):
            return ""
        return "No line of the letter was a dot and a space: the server was never made to wait on."

    return any_letter(attempt, judge)


def text_of(letter: Letter) -> str | None:
    """The text of a letter as its headers say that it is to be read; None where they name no text, or no known one."""
    part = letter.message.message.get_body(("plain", "html"))
    if part is None:
        return None
    try:
        text: object = part.get_content()
    except (KeyError, LookupError):  # a kind or a character set that Python does not know
        return None
    return text if isinstance(text, str) else None
