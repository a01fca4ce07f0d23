"""Two transcripts side by side: the codes in the middle, each side's own words, the state, and where they part.

Never does: decide what belongs together (`align` does). A difference in code breaks the column of signs: the sign is
struck through and the row is lit; where only the words differ nothing is lit, for words are not protocol. What was
remarked on one side alone, a fault above all, stands below that side's words.

Long stretches that are alike are folded, with a count, so that a comparison is no longer than its differences.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..protocol.smtp import SENTENCE
from ..protocol.transcript import Exchange, Transcript
from .align import Pair, align, code_of, said_of, words_of
from .icons import icon
from .rungs import fit
from .text import esc, visible
from .words import short

MOST = 60
"""Pairs shown one by one; of a longer comparison, the differences and one pair on either side of each."""
_AT_MOST = 200
"""Pairs shown even where all differ."""
_LINES_SHOWN, _TEXT_SHOWN = 4, 240
_END = "(eof)"
_BOXES = 24
_TOLD = {
    "same": "alike",
    "words": "other words, same code",
    "code": "another code",
    "silence": "no reply on one side",
    "state": "same code, another state",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """How many exchanges were answered on both sides alike: by code, by state, by words, and of how many."""

    total: int
    codes: int
    states: int
    words: int


def summary(pairs: list[Pair]) -> Summary:
    """The counts of a comparison. What earned no reply on either side (a closed connection) is not counted."""
    answered = [p for p in pairs if any(each is not None and each.reply is not None for each in (p.left, p.right))]
    both = [(p, p.left, p.right) for p in answered if p.left is not None and p.right is not None]
    codes = sum(code_of(left) == code_of(right) for _, left, right in both)
    words = sum(words_of(left) == words_of(right) for _, left, right in both)
    return Summary(len(answered), codes, sum(pair.same_state for pair, _, _ in both), words)


def compare(a: Transcript, b: Transcript, names: tuple[str, str] = ("left", "right")) -> str:
    """The comparison as HTML; `names` say what the two are (personas, "strict" and "lenient")."""
    pairs = align(a, b)
    left, right = (esc(short(name, 40)) for name in names)
    rows = "".join(_row(item, names) for item in _shown(pairs))
    return (
        f'<div class="sl-compare"><p class="sl-title"><b>Side by side</b> {esc(heading(pairs))}</p>{_counts(pairs)}'
        f'<table><thead><tr><th scope="col" class="l"><b>{left}</b> its words</th><th scope="col" class="m">code</th>'
        f'<th scope="col" class="r"><b>{right}</b> its words</th><th scope="col" class="st">state after</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def heading(pairs: list[Pair]) -> str:
    """What the comparison comes to, in a sentence."""
    if not pairs:
        return "Nothing was said on either side."
    kinds = [pair.kind for pair in pairs]
    faults = sum(pair.is_faulted for pair in pairs)
    marked = f" {_many(faults, 'replies are', 'reply is')} a fault's work, and marked." if faults else ""
    if set(kinds) <= {"same"}:
        if faults:  # it came late, in pieces, or together with the next: no word tells
            return f"The two are alike in every word, and not in how it came.{marked}"
        return "The two are alike in every word."
    if set(kinds) <= {"same", "words"}:
        return f"The same codes and states in other words: to a program the two are one.{marked}"
    parted = [
        _many(count, several, one)
        for count, several, one in (
            (kinds.count("code"), "answer with another code", "answers with another code"),
            (kinds.count("silence"), "have a reply on one side only", "has a reply on one side only"),
            (kinds.count("state"), "lead to another state", "leads to another state"),
            (kinds.count("left only") + kinds.count("right only"), "are on one side only", "is on one side only"),
        )
        if count
    ]
    return f"They part: of {len(pairs):,} exchanges {', '.join(parted)}.{marked}"


def _many(count: int, several: str, one: str) -> str:
    return f"{count:,} {one if count == 1 else several}"


def _counts(pairs: list[Pair]) -> str:
    told = summary(pairs)
    if not told.total:
        return ""
    items = ((told.codes, "codes are equal"), (told.states, "states are equal"), (told.words, "texts are equal"))
    return f'<ul class="sl-sum">{"".join(_count(equal, told.total, what) for equal, what in items)}</ul>'


def _count(equal: int, total: int, what: str) -> str:
    boxes = "".join(f'<i class="{"f" if at < equal else "o"}"></i>' for at in range(total)) if total <= _BOXES else ""
    bar = f'<span class="bar" aria-hidden="true">{boxes}</span>' if boxes else ""
    return f'<li><span class="n">{equal:,} <i>of {total:,}</i></span>{bar}<span>{what}</span></li>'


def _shown(pairs: list[Pair]) -> Iterator[Pair | str]:
    """The pairs that there is room for, and words in place of those left out."""
    if len(pairs) <= MOST:
        yield from pairs
        return
    differ = [at for at, pair in enumerate(pairs) if pair.kind not in ("same", "words") or pair.is_faulted]
    kept = sorted(
        {near for at in differ for near in (at - 1, at, at + 1) if 0 <= near < len(pairs)} | {0, len(pairs) - 1}
    )
    cut = kept[:_AT_MOST]
    before = -1
    for at in cut:
        if at > before + 1:
            yield f"{_many(at - before - 1, 'exchanges', 'exchange')} with the same codes and states"
        yield pairs[at]
        before = at
    if before < len(pairs) - 1:
        yield f"{len(pairs) - 1 - before:,} more exchanges"


# --------------------------------------------------------------------------------------------------------- HTML
def _row(item: Pair | str, names: tuple[str, str]) -> str:
    if isinstance(item, str):
        return f'<tr class="fold"><td colspan="4"><span class="it">{esc(item)}</span></td></tr>'
    return _said_row(item, names) + _answer_row(item, names)


def _said_row(pair: Pair, names: tuple[str, str]) -> str:
    """The client's line over the answers: once where both sides heard the same."""
    if pair.left is None or pair.right is None or pair.same_said:
        one = _one(pair)
        only = (
            f' <span class="only">only {esc(short(names[0 if pair.left else 1], 40))}</span>'
            if pair.kind.endswith("only")
            else ""
        )
        said = "" if only and pair.event == _END else _said(one)
        return (
            f'<tr class="c"><td class="both" colspan="3">{said}{only}</td><td class="st"></td></tr>'
            if said or only
            else ""
        )
    return (
        f'<tr class="c"><td class="l">{_said(pair.left)}</td><td class="m"></td>'
        f'<td class="r">{_said(pair.right)}</td><td class="st"></td></tr>'
    )


def _said(exchange: Exchange) -> str:
    lines = said_of(exchange)
    if not lines:
        about = SENTENCE.get(exchange.event, "") if exchange.event != "(connect)" else ""
        return f'<span class="it">{esc(about)}</span>' if about else ""
    arrow = f'<span class="who">{icon("C")}<span class="sl-vh">client: </span></span>'
    if exchange.event == "(end of data)":
        return f'{arrow}<span class="it">mail data, {_many(sum(step.folded for step in exchange.steps), "lines", "line")}</span>'
    return f"{arrow}<code>{esc(short(lines[0], _TEXT_SHOWN)) or '(an empty line)'}</code>"


_EQUAL = '<svg viewBox="0 0 16 10" class="sl-i" role="img" aria-label="equals"><path d="M2 3h12M2 7.5h12"/></svg>'
_UNEQUAL = '<svg viewBox="0 0 16 10" class="sl-i" role="img" aria-label="differs from"><path d="M2 3h12M2 7.5h12M11 0L5 10"/></svg>'


def _answer_row(pair: Pair, names: tuple[str, str]) -> str:
    parted = pair.kind not in ("same", "words")
    left, right = _code(pair.left), _code(pair.right)
    equal = pair.kind in ("same", "words", "state")
    if pair.kind == "same" and code_of(_one(pair)) == 0 and not pair.is_faulted:
        return ""
    codes = "" if pair.event == _END else f'<span class="eq">{left}{_EQUAL if equal else _UNEQUAL}{right}</span>'
    remarks = pair.remarks
    heard = f'<span class="sl-vh">{esc(told(pair, names))}: </span>' if parted else ""
    return (
        f'<tr class="s{" ne" if parted else ""}" data-kind="{pair.kind}"><td class="l">{_words(pair, pair.left, remarks[0])}</td>'
        f'<td class="m">{codes}</td><td class="r">{_words(pair, pair.right, remarks[1])}</td><td class="st">{heard}{esc(_state(pair, names))}</td></tr>'
    )


def told(pair: Pair, names: tuple[str, str] = ("left", "right")) -> str:
    """How a pair differs, in a few words."""
    if pair.kind in _TOLD:
        return _TOLD[pair.kind]
    return f"only {names[0] if pair.kind == 'left only' else names[1]}"


def _one(pair: Pair) -> Exchange:
    one = pair.left or pair.right
    assert one is not None
    return one


def _code(exchange: Exchange | None) -> str:
    return (
        f"<code>{code_of(exchange)}</code>"
        if exchange is not None and exchange.reply is not None
        else '<code class="no">none</code>'
    )


def _words(pair: Pair, exchange: Exchange | None, remarks: tuple[str, ...]) -> str:
    noted = "".join(f'<span class="rem">{esc(short(remark, _TEXT_SHOWN))}</span>' for remark in remarks)
    if exchange is None:
        return f'<span class="it">{"not here" if pair.event == _END else "not said here"}</span>'
    lines = words_of(exchange)
    if exchange.event == _END:
        return f'<span class="it">{esc(SENTENCE[_END])}</span>{noted}'
    if not lines:
        return f'<span class="it">no reply</span>{noted}'
    shown = [f"<code>{esc(short(line, _TEXT_SHOWN)) or '(no text)'}</code>" for line in lines[:_LINES_SHOWN]]
    more = len(lines) - _LINES_SHOWN
    return (
        "<br>".join(
            [*shown, *([f'<span class="it">and {_many(more, "more lines", "more line")}</span>'] if more > 0 else [])]
        )
        + noted
    )


def _state(pair: Pair, names: tuple[str, str]) -> str:
    """The state after it: one name where both sides agree, else each side's own."""
    sides = [
        (name, each.after.name.lower())
        for name, each in zip(names, (pair.left, pair.right), strict=True)
        if each is not None
    ]
    states = {state for _, state in sides}
    if len(states) == 1:
        return f"{sides[0][1]}, both" if pair.kind == "code" else sides[0][1]
    return "; ".join(f"{short(name, 20)}: {state}" for name, state in sides)


# -------------------------------------------------------------------------------------------------------- plain
def plain(a: Transcript, b: Transcript, names: tuple[str, str] = ("left", "right")) -> str:
    """The comparison in words: a sign, the two codes, what was said, and both sides' words where they differ.

    `=` alike, `~` other words, `!` another code, none, or another state, `<` and `>` on one side only. Below it what
    was remarked on one side alone.
    """
    pairs = align(a, b)
    told = summary(pairs)
    lines = [
        f"{visible(names[0])} | {visible(names[1])}",
        heading(pairs),
        f"equal of {told.total:,}: {told.codes:,} codes, {told.states:,} states, {told.words:,} texts",
    ]
    for item in _shown(pairs):
        lines += [f"  ... {item} ..."] if isinstance(item, str) else _plain_pair(item, names)
    return "\n".join(lines)


_SIGNS = {"same": "=", "words": "~", "code": "!", "silence": "!", "state": "!", "left only": "<", "right only": ">"}


def _plain_pair(pair: Pair, names: tuple[str, str]) -> Iterator[str]:
    one = _one(pair)
    said = said_of(one)
    what = fit(said[0], 60) if said and one.event != "(end of data)" else one.event
    what = SENTENCE[_END] if one.event == _END else what
    codes = " ".join(_plain_code(each) for each in (pair.left, pair.right))
    yield f"{_SIGNS[pair.kind]} {codes}  {what}  [{visible(_state(pair, names))}]".rstrip()
    for name, each, remarks in zip(names, (pair.left, pair.right), pair.remarks, strict=True):
        if each is not None and each.reply is not None and pair.kind != "same":
            yield f"      {fit(name, 16)}: {fit(' / '.join(words_of(each)), 90)}"
        for remark in remarks:
            yield f"      {fit(name, 16)}: ({fit(remark, 90)})"


def _plain_code(exchange: Exchange | None) -> str:
    return f"{code_of(exchange)}" if exchange is not None and exchange.reply is not None else "---"
