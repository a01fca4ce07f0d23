"""What a learner is told about the client's lines: commands, and the lines of a letter.

Never does: decide what is allowed. The table says what is missing and what helps; here it becomes a sentence.
"""

from __future__ import annotations

from ..protocol.address import NO_BRACKETS, SPACE_AFTER_COLON
from ..protocol.command import parse
from ..protocol.replies import Outcome
from ..protocol.smtp import SENTENCE, State
from .envelope import Envelope
from .moments import Moment
from .words import Said, capital, section, short


def command(now: Moment, held: Envelope) -> Said:
    assert now.exchange is not None and now.step is not None
    words = _COMMAND.get(now.event, _other_command)(now, held)
    lead = ""
    if now.earlier is State.TLS and now.state is State.GREETED:
        lead = "TLS is on, and all that was said before is forgotten. "
    verdict = None if now.state is None else now.verdict_then()
    if verdict is not None and not verdict.allowed and verdict.row is None and not now.event.startswith("("):
        more = f"No arrow called {now.event} leaves {now.exchange.before.name.lower()}: {verdict.missing}. {verdict.remedy}"
        return Said(words.say, lead + more, "RFC 5321 §4.1.4")
    if verdict is not None and not verdict.allowed and verdict.row is not None:
        return Said(words.say, f"{lead}{capital(verdict.missing)}. {verdict.remedy}", words.section)
    liberties = _liberties(now)
    return Said(words.say, lead + (liberties or words.more), "RFC 5321 §3.3" if liberties else words.section)


def _liberties(now: Moment) -> str:
    """What the line takes as a liberty, in a sentence; "" where it takes none."""
    assert now.step is not None
    remarks = now.step.remarks
    if not remarks:
        return ""
    was_taken = now.exchange is not None and now.exchange.outcome in (Outcome.COMPLETION, Outcome.INTERMEDIATE)
    tail = " This server is lenient." if was_taken else ""
    if NO_BRACKETS in remarks and SPACE_AFTER_COLON in remarks and now.event == "MAIL":
        return f"The space after the colon and the missing angle brackets were never legal.{tail}"
    if NO_BRACKETS in remarks or SPACE_AFTER_COLON in remarks:
        return ""
    return f"{capital(remarks[0])}.{tail}"


def _hello(now: Moment, _held: Envelope) -> Said:
    if now.event == "HELO":
        more = "Nothing has moved. A session moves on the reply, never on the command."
        return Said("You say HELO and give your name.", more, section(now))
    more = "EHLO is HELO and a question: what can you do? Nothing moves before the answer."
    return Said("You say EHLO and give your name.", more, section(now))


def _mail(now: Moment, held: Envelope) -> Said:
    if held.asked == "<>":
        more = "A bounce is sent with the null reverse-path, so that no bounce can ever answer a bounce."
        return Said("You name no sender at all: <>.", more, "RFC 5321 §4.5.5")
    more = "Bounces would go there. The answer decides whether a mail transaction opens."
    return Said(f"You name the sender: {_asked(now, held)}.", more, section(now))


def _rcpt(now: Moment, held: Envelope) -> Said:
    which = "one more recipient" if held.recipients else "a recipient"
    more = "The answer decides: 250 adds it to the envelope, a 4 or a 5 leaves everything as it is."
    return Said(f"You name {which}: {_asked(now, held)}.", more, section(now))


def _asked(now: Moment, held: Envelope) -> str:
    assert now.step is not None
    return short(held.asked or parse(now.step.raw.rstrip()).argument.partition(":")[2].strip(" <>") or "nobody")


def _data(now: Moment, _held: Envelope) -> Said:
    more = "Wait for 354. Until it comes, the server still reads commands."
    return Said("You say DATA: the letter is to follow.", more, section(now))


def _quit(now: Moment, _held: Envelope) -> Said:
    return Said("You say QUIT.", "Wait for the 221, and only then close the socket.", section(now))


def _rset(now: Moment, held: Envelope) -> Said:
    more = (
        "The session is to go on, with an empty envelope."
        if held.reverse_path is not None
        else "There is nothing to drop yet."
    )
    return Said("You say RSET: forget the mail transaction.", more, section(now))


def _auth(now: Moment, _held: Envelope) -> Said:
    assert now.step is not None
    how = parse(now.step.shown().encode()).argument.split()[:1]
    way = f", by {short(how[0], 20).upper()}" if how else ""
    return Said(f"You begin to log in{way}.", "The answer is a 235, or a 334 that asks for more.", section(now))


def _unknown(now: Moment, _held: Envelope) -> Said:
    assert now.step is not None
    text = now.step.shown()
    if text == ".":
        more = "It ends mail data, and no DATA was said. As a command it means nothing."
        return Said("A dot alone, outside mail data.", more, section(now))
    if not text.strip():
        return Said(
            "You send an empty line.", "Outside mail data an empty line is a command without a verb.", section(now)
        )
    return Said(f"You say “{short(text, 40)}”.", "The table has no such verb. Nothing can come of it.", section(now))


def _too_long(now: Moment, _held: Envelope) -> Said:
    assert now.step is not None
    octets = len(now.step.raw)
    return Said(f"You send a line of {octets:,} octets.", "That is longer than the server reads.", section(now))


def _other_command(now: Moment, _held: Envelope) -> Said:
    sentence, _, rest = SENTENCE.get(now.event, "You say something.").partition(". ")
    more = rest or "Nothing has moved: the answer decides."
    return Said(sentence.removesuffix(".") + ".", more, section(now))


_COMMAND = {
    "HELO": _hello, "EHLO": _hello, "MAIL": _mail, "RCPT": _rcpt, "DATA": _data, "QUIT": _quit, "RSET": _rset,
    "AUTH": _auth, "(unknown verb)": _unknown, "(line too long)": _too_long,
}  # fmt: skip


# --------------------------------------------------------------------------------------------------- mail data
def mail_data(now: Moment, held: Envelope) -> Said:
    assert now.step is not None and now.exchange is not None
    step, where = now.step, "RFC 5321 §4.1.1.4"
    waits = "The server does not answer. It waits for a dot alone on a line."
    if step.kind == "chunk":
        last = " This is the last one." if now.event == "BDAT LAST" else ""
        more = f"Its octets were counted beforehand, so nothing in it needs a dot.{last}"
        return Said(f"A chunk of {len(step.raw):,} octets.", more, "RFC 3030 §2")
    if now.is_end:
        more = "Five bytes did it: CR LF . CR LF. The dot is not part of the letter."
        return Said("A dot alone: the letter ends here.", more, "RFC 5321 §4.5.2")
    if step.kind == "fold":
        more = f"All of it is mail data. {waits}"
        return Said(f"{step.folded:,} more lines of the letter, folded here.", more, where)
    if step.remarks:
        return Said(f"“{short(step.shown(), 40)}” is mail data.", f"{capital(step.remarks[0])}.", where)
    if not step.text:
        if held.fields and not held.in_header and held.body_lines == 0:
            more = "Behind it comes the body. SMTP does not care: to it this is mail data as well."
            return Said("An empty line ends the letter’s header section.", more, "RFC 5322 §2.1")
        more = "It ends nothing. The server still waits for the dot."
        return Said("An empty line is mail data as well.", more, where)
    if step.text.startswith("."):
        more = "A line of the letter that begins with a dot is sent with one dot more. The server takes it off again."
        return Said(f"“{short(step.text, 40)}” has a dot to spare.", more, "RFC 5321 §4.5.2")
    word = parse(step.raw.rstrip()).verb
    if word in now.table.verbs and step.text.split()[0].isupper():
        return Said(f"“{short(step.text, 40)}” looks like a command, and is mail data.", waits, where)
    if held.in_header and held.header and ":" in step.text:
        name = short(step.text.partition(":")[0], 20)
        more = "It is mail data: SMTP does not read it. The envelope alone says where the letter goes."
        return Said(f"The letter’s {name} line, for people and their programs.", more, "RFC 5322 §2.2")
    return Said(f"“{short(step.text, 40)}” is mail data.", waits, where)
