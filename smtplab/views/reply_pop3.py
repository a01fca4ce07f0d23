"""One line of POP3 taken apart: a reply's status, its words and the lines behind it; a command's verb and arguments.

Never does: know a response code, or what a command means; both stand beside the table.
"""

from __future__ import annotations

from ..protocol.command import parse
from ..protocol.pop3.machine import POP3, SYNTAX
from ..protocol.pop3.replies import Pop3Reply
from ..protocol.pop3.response_codes import RESPONSE_CODES, response_code
from ..protocol.table import Reading
from ..protocol.wire import split_lines
from .moments import Moment
from .pieces import line_end, lit_part, notes, part, rows_of, scale_of
from .status import awaited
from .text import esc
from .words import short

STATUS = {
    "+OK": ("done", "It worked."),
    "+": ("go on", "So far so good: more is wanted."),
    "-ERR": ("no", "No. Nothing has changed."),
}
"""A status in a learner's words: for the scale, and as a sentence."""
_LINES_SHOWN, _TEXT_SHOWN = 3, 180


def html(now: Moment) -> str:
    """The panel for one moment."""
    if now.step is None:
        words = "No line yet. The first to come is a reply: +OK or -ERR for programs, then words for people."
        return f'<div class="sl-anatomy"><p class="idle">{words}</p></div>'
    if now.is_reply:
        assert now.exchange is not None and isinstance(now.exchange.reply, Pop3Reply)
        then = POP3.awaits.get(now.state, "") if now.exchange.moved else ""
        return of_reply(now.exchange.reply, now.event, now.step.remarks, then=then)
    return f'<div class="sl-anatomy cmd">{_command(now)}</div>'


# ------------------------------------------------------------------------------------------------------- reply
def of_reply(reply: Pop3Reply, event: str | None = None, remarks: tuple[str, ...] = (), *, then: str = "") -> str:
    """A reply's anatomy, as HTML. `then`: where the state has moved, what the server waits for there."""
    said = "No." if then and reply.status == "-ERR" else STATUS[reply.status][1]
    status = f'<span class="code"><b>{reply.status}</b></span>'
    first = part(status, said, scale_of({name: words[0] for name, words in STATUS.items()}, reply.status))
    rows = [("for people", f"<code>{esc(short(reply.text_of_first, _TEXT_SHOWN)) or '(no text)'}</code>")]
    code = response_code(reply)
    if code:
        rows.insert(0, ("code", _code(code)))
    if reply.body is not None:
        rows += _lines(reply)
    says = then.removeprefix("a command: ")
    action = f"Say {says}." if then != says else client_action(reply, event)
    rows.append(("a client", esc(action)))
    return f'<div class="sl-anatomy">{first}{rows_of([*rows, *notes(remarks)])}</div>'


def _code(code: str) -> str:
    known = RESPONSE_CODES.get(code)
    means = f" {esc(known.meaning)} <cite>{known.section}</cite>" if known else " a response code not known here"
    return f"<code>[{esc(short(code, 40))}]</code>{means}"


def _lines(reply: Pop3Reply) -> list[tuple[str, str]]:
    assert reply.body is not None
    shown = reply.lines[1 : _LINES_SHOWN + 1]
    lines = [f"<code>{esc(short(line, 80))}</code>" if line else '<span class="it">empty line</span>' for line in shown]
    more = len(reply.lines) - 1 - len(shown)
    lines += [f"and {more:,} more line{'s' if more > 1 else ''}"] if more > 0 else []
    octets = f"{_counted(len(reply.lines) - 1, 'line')}, {len(reply.body):,} octets, then a dot alone on its line"
    rows = [("lines", f"{octets}<br>{'<br>'.join(lines)}" if lines else octets)]
    if stuffed := dotted(reply):
        rows.append(
            ("dots", f"{_counted(stuffed, 'line')} began with a dot, and got one dot more; the client takes it off")
        )
    return rows


def dotted(reply: Pop3Reply) -> int:
    """Lines of a reply that begin with a dot, so that one more was sent (RFC 1939 §3)."""
    if reply.body is None:
        return 0
    return reply.body.startswith(b".") + reply.body.count(b"\r\n.")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


_READ = {
    "STAT": "Read the two numbers: letters, and octets.",
    "LIST": "Read the two numbers: which letter, and its octets.",
    "UIDL": "Read the number, and the unique id behind it.",
}


def client_action(reply: Pop3Reply, event: str | None = None) -> str:
    """What a client does on it, as a sentence."""
    known = RESPONSE_CODES.get(response_code(reply))
    if reply.status == "-ERR":
        if event == "QUIT":
            return "Log in again and look: some of what was marked is still there."
        return known.client_action if known else "Do something else: the words say why, for people only."
    if reply.status == "+":
        return "Answer in base64, or send * to give up."
    if event == "QUIT":
        return "Close the connection."
    if reply.body is not None:
        return "Read up to the lone dot, take off the dots that were added, and go on."
    return _READ.get(event or "", "Go on. The words are for people.")


# ----------------------------------------------------------------------------------------------------- command
_VERB = {
    "USER": "whose mail I want.", "PASS": "the proof.", "APOP": "who I am, and a digest.", "AUTH": "let me log in.",
    "STLS": "let us encrypt.", "CAPA": "what can you do?", "STAT": "how much is there?", "LIST": "how large is …?",
    "UIDL": "what is … called?", "RETR": "give me …", "TOP": "give me the beginning of …", "DELE": "mark …",
    "NOOP": "are you there?", "RSET": "take all marks off.", "QUIT": "goodbye.",
}  # fmt: skip
_NUMBER = ("A letter’s number.", "From 1. It stays the same until QUIT, whatever is marked.")
_ARGUMENTS = {
    "USER": (("A name.", "Whose maildrop to open."),),
    "PASS": (("The password.", "Masked here. It may hold spaces."),),
    "APOP": (
        ("A name.", "Whose maildrop to open."),
        ("A digest.", "Masked here. Made from the password and the greeting’s <…>."),
    ),
    "AUTH": (
        ("The mechanism.", "How to prove who one is."),
        ("A first response.", "Masked here. Base64 hides nothing: anyone can read it."),
    ),
    "LIST": (_NUMBER,), "UIDL": (_NUMBER,), "RETR": (_NUMBER,), "DELE": (_NUMBER,),
    "TOP": (_NUMBER, ("How many lines.", "Of its body; the header comes whole.")),
}  # fmt: skip


def _command(now: Moment) -> str:
    assert now.step is not None
    if now.step.kind == "response":
        parts = [
            lit_part(now.step.shown(), "A response.", "Not a command: the answer to the +, in base64. Masked here.")
        ]
    else:
        parts = _verb_and_arguments(now)
    parts.append(line_end(now.step.raw))
    return "".join(parts) + rows_of([("awaited", esc(_awaited(now))), *notes(now.step.remarks)])


def _verb_and_arguments(now: Moment) -> list[str]:
    assert now.step is not None
    text = now.step.shown()
    if now.event not in _VERB:
        return [
            lit_part(text, "Not a command that is known.", "Nothing before the first space is a verb of the table.")
        ]
    command = parse(text.encode("utf-8", "surrogateescape"))
    below = "Either case will do." if " " in SYNTAX[now.event] else "It takes no argument."
    parts = [lit_part(command.verb or text, f"The verb: {_VERB[now.event]}", below)]
    about = _ARGUMENTS.get(now.event, ())
    given = command.argument.split(" ", len(about) - 1) if about else [command.argument]
    for at, argument in enumerate(given):
        if argument:
            parts.append(lit_part(argument, *(about[at] if about else ("An argument.", "The verb needs none."))))
    return parts


def _awaited(now: Moment) -> str:
    """What should answer this line, by the table."""
    if now.state is None:
        return "not known: no reply was recorded"
    verdict = now.verdict_then()
    if not verdict.allowed:
        return f"-ERR: {verdict.missing}"
    if now.table.reading(verdict.state) is Reading.RESPONSE:
        return "+OK, or + where more is wanted, or -ERR"
    says, leads_to = awaited(verdict, now.table)
    tail = f", then {leads_to.name.lower()}" if leads_to is not verdict.state else ""
    return f"{says}{tail}, or -ERR"


def wire_marks(head: bytes) -> list[int]:
    """Where the octets of a reply stand that mean something by their place: its status, the dots that were added, the
    lone dot. `head` is the beginning of the reply."""
    marked = list(range(len(head[:4].split(b" ")[0].rstrip(b"\r\n"))))
    at = 0
    for line in split_lines(head)[:-1]:
        at += len(line)
        rest = head[at:]
        if rest.startswith(b"..") or rest.startswith(b".\r\n"):
            marked.append(at)
    return marked
