"""One line taken apart: a reply digit by digit, or a command into verb, argument, CR LF and the awaited answer.

Never does: know a code by itself. Digits, names and what a client does come from the catalogue and from `enhanced`,
the form of a command and what answers it from the table; the words below are only the learner's short ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..protocol import catalogue, enhanced
from ..protocol.address import BadSyntax, Path, parse_path
from ..protocol.command import parse
from ..protocol.pop3.machine import POP3
from ..protocol.replies import Reply
from ..protocol.smtp import SYNTAX
from ..protocol.transcript import Transcript
from . import reply_pop3
from .moments import Moment, moment
from .pieces import line_end, lit_part, notes, part, rows_of, scale_of
from .text import esc
from .words import capital, short

FIRST: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        2: ("done", "It worked."),
        3: ("go on", "So far so good: more is wanted."),
        4: ("not now", "Not now. The same may work later."),
        5: ("no", "No. Do not repeat it unchanged."),
    }
)
"""The first digit in a learner's words: for the scale, and as a sentence."""
_LINES_SHOWN = 3
_TEXT_SHOWN = 180


def reply(transcript: Transcript, position: int) -> str:
    """The anatomy of the step at a position, as HTML."""
    return html(moment(transcript, position))


def html(now: Moment) -> str:
    """The panel for one moment."""
    if now.table is POP3:
        return reply_pop3.html(now)
    if now.step is None:
        words = "No line yet. The first to come is a reply: three digits for programs, then words for people."
        return f'<div class="sl-anatomy"><p class="idle">{words}</p></div>'
    if now.is_reply:
        assert now.exchange is not None and now.exchange.reply is not None
        return of_reply(now.exchange.reply, now.event, now.step.remarks)
    return f'<div class="sl-anatomy cmd">{_command(now)}</div>'


# ------------------------------------------------------------------------------------------------------- reply
def of_reply(reply: Reply, event: str | None = None, remarks: tuple[str, ...] = ()) -> str:
    """A reply's anatomy, as HTML; the event matters where one code says two things."""
    code, entry = str(reply.code), catalogue.entry(reply.code)
    first, second = int(code[0]), int(code[1])
    about = catalogue.SECOND_DIGIT.get(second)
    named = about.name if about is not None else "unspecified"
    scale = {digit.digit: digit.name for digit in catalogue.SECOND_DIGIT.values() if digit.name != "unspecified"}
    scale.setdefault(second, named)
    subject = about.meaning if about is not None else "left open by the standard"
    parts = (
        part(_digits(code, 0), FIRST[first][1], scale_of({d: words[0] for d, words in FIRST.items()}, first)),
        part(_digits(code, 1), f"{capital(subject)}.", scale_of(dict(sorted(scale.items())), second)),
        part(
            _digits(code, 2), f"{capital(entry.name)}.", f'<span class="scale"><span>{esc(entry.meaning)}</span></span>'
        ),
    )
    rest = [("for people", _people(reply)), ("a client", esc(catalogue.action(reply.code, event)))]
    if reply.is_multiline:
        hyphen = f"<code>{code}-</code> says that more lines follow, <code>{code}</code> and a space that none does"
        rest.insert(0, ("lines", f"{len(reply.lines)}: {hyphen}"))
    if reply.enhanced is not None:
        rest.insert(0, ("enhanced", _enhanced(reply.enhanced)))
    return f'<div class="sl-anatomy">{"".join(parts)}{rows_of([*rest, *notes(remarks)])}</div>'


def _digits(code: str, lit: int) -> str:
    digits = (f"<b>{digit}</b>" if at == lit else f"<i>{digit}</i>" for at, digit in enumerate(code))
    return f'<span class="code">{"".join(digits)}</span>'


def _enhanced(code: enhanced.EnhancedCode) -> str:
    detail, subject = enhanced.detail(code), enhanced.SUBJECTS.get(code.subject)
    about = f", {subject.meaning}" if subject is not None else ""
    return f"<code>{code}</code> {esc(detail.name)}{esc(about)}"


def _people(reply: Reply) -> str:
    lines = [f"<code>{esc(short(text, _TEXT_SHOWN)) or '(no text)'}</code>" for text in reply.lines[:_LINES_SHOWN]]
    more = len(reply.lines) - _LINES_SHOWN
    if more > 0:
        lines.append(f"and {more} more line{'s' if more > 1 else ''}")
    return "<br>".join(lines)


# ----------------------------------------------------------------------------------------------------- command
_VERB = {
    "HELO": "I am …", "EHLO": "I am …, and what can you do?", "MAIL": "a letter from …", "RCPT": "for …",
    "DATA": "here comes the letter.", "BDAT": "here come so many octets.", "BDAT LAST": "here come the last octets.",
    "RSET": "forget the letter.", "NOOP": "are you there?", "VRFY": "do you know …?", "EXPN": "who is on …?",
    "HELP": "what can I say?", "AUTH": "let me log in.", "STARTTLS": "let us encrypt.", "QUIT": "goodbye.",
}  # fmt: skip
_ARGUMENT = {
    "HELO": ("The client’s own name.", "A claim. The server can compare it with the address it sees."),
    "EHLO": ("The client’s own name.", "A claim. The server can compare it with the address it sees."),
    "BDAT": ("How many octets follow.", "Counted, so no dot is needed to end them."),
    "BDAT LAST": ("How many octets follow, and that they are the last.", "Counted, so no dot is needed to end them."),
    "VRFY": ("A name, or an address.", "For people: most servers will not say whether it exists."),
    "EXPN": ("A mailing list.", "For people: most servers will not say who is on it."),
    "AUTH": ("The mechanism, and perhaps a first answer.", "Base64 hides nothing: anyone can read it."),
}


def _command(now: Moment) -> str:
    assert now.step is not None
    if now.is_data:
        parts = [lit_part(now.step.shown(), "Mail data.", _about_data(now))]
    elif now.is_end:
        below = "Only a dot alone on its line does this. A line of the letter that begins with a dot gets one dot more."
        parts = [lit_part(".", "The end of the data.", below)]
    elif now.step.kind == "chunk":
        parts = [
            lit_part(
                now.step.shown(), "A chunk.", "As many octets as the command before it counted, whatever they are."
            )
        ]
    elif now.step.kind == "response":
        parts = [
            lit_part(now.step.shown(), "A response.", "Not a command: the answer to the 334, in base64. Masked here.")
        ]
    else:
        parts = _verb_and_argument(now)
    if now.step.kind not in ("chunk", "fold"):
        parts.append(line_end(now.step.raw))
    return "".join(parts) + rows_of([("awaited", esc(awaited(now))), *notes(now.step.remarks)])


def _about_data(now: Moment) -> str:
    assert now.step is not None
    if now.step.kind == "fold":
        return "The lines in the middle of a long letter, folded into one here. Nobody answers them."
    if now.step.text.startswith("."):
        return "Not a command. Its first dot is there for transparency, and is taken off."
    if not now.step.text:
        return "An empty line. It parts the header section from the body, and ends nothing."
    return "Not a command: nobody answers it. The letter keeps it as it stands."


def _verb_and_argument(now: Moment) -> list[str]:
    assert now.step is not None
    command = parse(now.step.shown().encode("utf-8", "surrogateescape"))
    text = now.step.shown()
    if now.event not in _VERB:
        return [
            lit_part(text, "Not a command that is known.", "Nothing before the first space is a verb of the table.")
        ]
    says = f"The verb: {_VERB[now.event]}"
    if now.event in ("MAIL", "RCPT"):
        return _path(now, text, command.argument, says)
    below = "Either case will do." if " " in SYNTAX[now.event] else "It takes no argument."
    parts = [lit_part(command.verb if command.verb else text, says, below)]
    if command.argument:
        parts.append(lit_part(command.argument, *_ARGUMENT.get(now.event, ("An argument.", "The verb needs none."))))
    return parts


def _path(now: Moment, text: str, argument: str, says: str) -> list[str]:
    """MAIL and RCPT: verb with its keyword, the path, the parameters."""
    keyword = "FROM" if now.event == "MAIL" else "TO"
    try:
        path = parse_path(argument, keyword)
    except BadSyntax as error:
        return [
            lit_part(text.split(" ")[0], says, "Either case will do."),
            lit_part(argument, "The argument.", f"{capital(str(error))}."),
        ]
    head, _, rest = argument.partition(":")
    verb = f"{text[: text.index(head)] if head in text else now.event + ' '}{head}:"
    parts = [
        lit_part(verb, says, "Either case will do."),
        lit_part(rest.split()[0] if rest.split() else "", *_about_path(now, path)),
    ]
    parts += [
        lit_part(f"{name}={value}" if value else name, "A parameter.", "Only what EHLO offered may be used.")
        for name, value in list(path.parameters.items())[:3]
    ]
    return parts


def _about_path(now: Moment, path: Path) -> tuple[str, str]:
    keyword = "FROM" if now.event == "MAIL" else "TO"
    legal = f"Legal form {now.event} {keyword}:<{short(path.mailbox, 60)}>. " if path.remarks else ""
    if now.event == "RCPT":
        return "A forward-path.", legal + "One recipient a command."
    return "The reverse-path.", legal + ("Bounces go there." if path.mailbox else "Empty: a bounce cannot be answered.")


def awaited(now: Moment) -> str:
    """What should answer this line, by the table."""
    if now.is_data:
        return "nothing, until the dot"
    if now.state is None:
        return "not known: no reply was recorded"
    verdict = now.verdict_then()
    if not verdict.allowed:
        return f"{verdict.code}: {verdict.missing}"
    if not verdict.code or verdict.row is None:
        return "a reply"
    negative = sorted({code // 100 for code in verdict.row.codes if code >= 400})
    tail = {"RCPT": " for this recipient alone", "(end of data)": ": not taken"}.get(now.event, "")
    others = f", or {' or '.join(map(str, negative))}{tail}" if negative else ""
    return f"{verdict.code}{others}{', not 250: more is wanted' if now.event == 'DATA' else ''}"
