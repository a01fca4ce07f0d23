"""The maildrop beside a POP3 session: what is known of its letters at each position, and which of them are marked.

Never does: ask a server. Numbers and sizes come from the replies to STAT, LIST, UIDL, RETR and TOP in this session, marks
from what was answered to DELE and RSET. A panel shows a few letters around the latest one; the rest are counted.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..protocol.command import parse
from ..protocol.pop3.machine import State
from ..protocol.pop3.replies import Pop3Reply
from ..protocol.replies import Outcome
from ..protocol.transcript import Exchange, Transcript
from .header import fields_of
from .moments import Moment, moments
from .text import esc
from .words import short

SHOWN = 6
"""Letters that a panel shows."""
HEADER_KEPT = 8192
_NUMBERS = re.compile(r"(\d{1,9}) (\d{1,18})(?: .*)?")
_UNIQUE_ID = re.compile(r"(\d{1,9}) ([\x21-\x7e]{1,70})")


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one letter. `octets` is None where no reply told its size."""

    number: int
    octets: int | None = None
    unique_id: str = ""
    subject: str = ""
    is_fetched: bool = False
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Maildrop:
    """A maildrop at one position. `letters` and `octets` count what is not marked, None where nobody has asked."""

    is_open: bool = False
    letters: int | None = None
    octets: int | None = None
    shown: tuple[Seen, ...] = ()
    known: int = 0
    marked: int = 0
    number: int = 0
    """The letter that this step is about; 0 for none, or all."""
    new: str = ""
    """What this step changed: "opened", "counted", "known", "fetched", "marked", "unmarked", "ended" or ""."""
    ended: str = ""
    """What became of it at the end, in words; "" while it is open, or never was."""


class _Book:
    """What the replies so far have told."""

    def __init__(self) -> None:
        self._letters: dict[int, Seen] = {}
        self._numbers: list[int] = []
        self._latest = 0
        self._now = Maildrop()

    def at(self, moment: Moment) -> Maildrop:
        """The maildrop at the next moment."""
        if self._now.new or self._now.number:
            self._now = replace(self._now, new="", number=0)
        exchange = moment.exchange
        if exchange is not None and moment.state is not None and moment.is_reply:
            self._answered(exchange)
        if exchange is not None and not self._now.number and (number := _number(exchange)) in self._letters:
            self._now = replace(self._now, number=number)
        is_open = moment.state is State.TRANSACTION
        if is_open and not self._now.is_open:
            self._now = replace(self._now, is_open=True, new=self._now.new or "opened")
        return self._now

    def _answered(self, exchange: Exchange) -> None:
        reply, event = exchange.reply, exchange.event
        if not isinstance(reply, Pop3Reply) or exchange.before is not State.TRANSACTION:
            return
        if event == "QUIT" and exchange.after is State.CLOSED:
            self._now = replace(self._now, is_open=False, new="ended", ended=_fate(self._now.marked, exchange.outcome))
        elif exchange.outcome is Outcome.COMPLETION and event in _TAKES:
            _TAKES[event](self, exchange, reply)

    # ------------------------------------------------------------------------------------------ what replies tell
    def stat(self, _: Exchange, reply: Pop3Reply) -> None:
        if (told := _NUMBERS.fullmatch(reply.text_of_first)) is not None:
            self._now = replace(self._now, letters=int(told[1]), octets=int(told[2]), new="counted")

    def listed(self, exchange: Exchange, reply: Pop3Reply) -> None:
        lines = reply.lines if reply.body is None else reply.lines[1:]
        told = [(int(found[1]), int(found[2])) for line in lines if (found := _NUMBERS.fullmatch(line)) is not None]
        for number, octets in told:
            self._learn(replace(self._of(number), octets=octets))
        if reply.body is not None:
            self._now = replace(self._now, letters=len(told), octets=sum(octets for _, octets in told))
        self._tell("known", _number(exchange))

    def named(self, exchange: Exchange, reply: Pop3Reply) -> None:
        for line in reply.lines if reply.body is None else reply.lines[1:]:
            if (found := _UNIQUE_ID.fullmatch(line)) is not None:
                self._learn(replace(self._of(int(found[1])), unique_id=found[2]))
        self._tell("known", _number(exchange))

    def fetched(self, exchange: Exchange, reply: Pop3Reply) -> None:
        if (number := _number(exchange)) and reply.body is not None:
            octets = len(reply.body)
            self._learn(replace(self._of(number), octets=octets, subject=_subject(reply.body), is_fetched=True))
            self._tell("fetched", number)

    def looked(self, exchange: Exchange, reply: Pop3Reply) -> None:
        if (number := _number(exchange)) and reply.body is not None:
            self._learn(replace(self._of(number), subject=_subject(reply.body)))
            self._tell("known", number)

    def marked(self, exchange: Exchange, _: Pop3Reply) -> None:
        number = _number(exchange)
        if not number or self._of(number).is_marked:
            return
        letter = replace(self._of(number), is_marked=True)
        self._learn(letter)
        now = self._now
        letters = None if now.letters is None else max(0, now.letters - 1)
        octets = None if now.octets is None or letter.octets is None else max(0, now.octets - letter.octets)
        self._now = replace(now, letters=letters, octets=octets, marked=now.marked + 1)
        self._tell("marked", number)

    def unmarked(self, _: Exchange, __: Pop3Reply) -> None:
        back = [letter for letter in self._letters.values() if letter.is_marked]
        for letter in back:
            self._letters[letter.number] = replace(letter, is_marked=False)
        now, sizes = self._now, [letter.octets for letter in back]
        letters = None if now.letters is None else now.letters + len(back)
        known = [size for size in sizes if size is not None]
        octets = None if now.octets is None or len(known) < len(sizes) else now.octets + sum(known)
        self._now = replace(now, letters=letters, octets=octets, marked=0)
        self._tell("unmarked", 0)

    # ------------------------------------------------------------------------------------------------- the letters
    def _of(self, number: int) -> Seen:
        return self._letters.get(number) or Seen(number)

    def _learn(self, letter: Seen) -> None:
        if letter.number not in self._letters:
            bisect.insort(self._numbers, letter.number)
        self._letters[letter.number] = letter

    def _tell(self, new: str, number: int) -> None:
        self._latest = number or self._latest
        at = bisect.bisect_left(self._numbers, self._latest)
        first = max(0, min(at - SHOWN // 2, len(self._numbers) - SHOWN))
        shown = tuple(self._letters[each] for each in self._numbers[first : first + SHOWN])
        self._now = replace(self._now, shown=shown, known=len(self._numbers), new=new, number=number)


_TAKES = {
    "STAT": _Book.stat, "LIST": _Book.listed, "UIDL": _Book.named, "RETR": _Book.fetched, "TOP": _Book.looked,
    "DELE": _Book.marked, "RSET": _Book.unmarked,
}  # fmt: skip


def _number(exchange: Exchange) -> int:
    """The number of the letter that a command is about; 0 where it names none."""
    command = parse(exchange.sent.strip())
    first = command.argument.partition(" ")[0]
    is_number = command.verb in ("LIST", "UIDL", "RETR", "TOP", "DELE") and re.fullmatch(r"[0-9]{1,9}", first)
    return int(first) if is_number else 0


def _subject(letter: bytes) -> str:
    header = letter[:HEADER_KEPT].partition(b"\r\n\r\n")[0]
    return fields_of(header).get("Subject", "")


def _fate(marked: int, outcome: Outcome | None) -> str:
    if outcome is not Outcome.COMPLETION:
        return "some of what was marked is still there."
    if not marked:
        return "nothing was marked, so nothing was removed."
    return f"{counted(marked, 'letter')} removed; the rest waits for the next session."


def counted(number: int, what: str) -> str:
    """A number with its word: "1 letter", "2 letters"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def are_marked(number: int) -> str:
    """How many are marked, as a clause: "1 letter is marked", "2 letters are marked"."""
    return f"{counted(number, 'letter')} {'is' if number == 1 else 'are'} marked"


def walk(session: Iterable[Moment]) -> Iterator[Maildrop]:
    """The maildrop at each moment in turn."""
    book = _Book()
    for moment in session:
        yield book.at(moment)


# -------------------------------------------------------------------------------------------------------- panel
def maildrop(transcript: Transcript, position: int) -> str:
    """The panel at a position, as HTML."""
    session = moments(transcript)[: range(len(transcript) + 1)[position] + 1]
    *_, last = walk(session)
    return html(last, session[-1])


def html(now: Maildrop, moment: Moment) -> str:
    """The panel: a row for each letter shown, how many more are known, and how it stands with them."""
    rows = "".join(_row(letter, now) for letter in now.shown)
    if not rows:
        words = "nothing is known of its letters yet" if now.is_open else "nobody has looked inside"
        rows = f'<tr><td colspan="4"><span class="empty">{words}</span></td></tr>'
    more = now.known - len(now.shown)
    rows += f'<tr><td colspan="4">and {more:,} more</td></tr>' if more else ""
    title, words = _standing(now, moment)
    heads = "".join(
        f'<th scope="col"{name}</th>'
        for name in (' class="n">no.', ' class="o">octets', ">subject, or its unique id", ' class="m">done')
    )
    return (
        f'<div class="sl-envelope sl-maildrop"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        f'<p class="cap"><b>{title}</b> {esc(words)}</p></div>'
    )


_UNKNOWN = '<span class="empty">not known</span>'


def _row(letter: Seen, now: Maildrop) -> str:
    is_new = letter.number == now.number and now.new != ""
    octets = f"{letter.octets:,}" if letter.octets is not None else '<span class="empty">?</span>'
    name = (
        f"<code>{esc(short(letter.subject or letter.unique_id, 40))}</code>"
        if letter.subject or letter.unique_id
        else _UNKNOWN
    )
    done = [word for word, is_so in (("fetched", letter.is_fetched), ("marked", letter.is_marked)) if is_so]
    words = ", ".join(f'<span class="newt">{word}</span>' if is_new and word == now.new else word for word in done)
    number = f'<span class="newt">{letter.number}</span>' if is_new else f"{letter.number}"
    gone = ' class="gone"' if letter.is_marked else ""
    return f'<tr{gone}><th scope="row" class="n">{number}</th><td class="o">{octets}</td><td>{name}</td><td class="m">{words}</td></tr>'


def _standing(now: Maildrop, moment: Moment) -> tuple[str, str]:
    """How it stands with the maildrop: a title and a sentence. Plain text."""
    if moment.state is None:
        return "The maildrop", "not known: no reply was recorded."
    if now.ended:
        return "Unlocked", now.ended
    if not now.is_open:
        closed = moment.state is moment.table.closed
        return "Never opened" if closed else "Closed", "nobody logged in." if closed else "log in to open it."
    inside = ""
    if now.letters == 0:
        inside = " Nothing else is in it." if now.marked else " It is empty."
    elif now.letters is not None:
        size = "" if now.octets is None else f", {now.octets:,} octets"
        inside = f" {counted(now.letters, 'letter')} not marked{size}."
    marks = f"{are_marked(now.marked)}: QUIT removes {'it' if now.marked == 1 else 'them'}, nothing else does."
    return "Open", f"and locked for you.{inside} {marks if now.marked else 'None is marked.'}"
