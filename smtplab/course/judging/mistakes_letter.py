"""Mistakes in mail data: letters said as commands, dots that end nothing, headers and body in one."""

from __future__ import annotations

from collections.abc import Iterator

from ...protocol.smtp import State
from ...protocol.transcript import Exchange
from ...protocol.wire import decode, split_lines
from .attempt import ACCEPTED, Attempt, ordinal
from .naming import Said, answered, at, code, line, mistake


# -------------------------------------------------------------------------------------------------- mail data
@mistake("letter said as commands")
def letter_as_commands(attempt: Attempt) -> Iterator[Said]:
    refused = next((e for e in attempt.transcript.exchanges if e.event == "DATA" and e.outcome not in ACCEPTED), None)
    for e in answered(attempt, 500, "(unknown verb)"):
        if e.before is not State.DATA and refused is not None and attempt.step(refused) < attempt.step(e):
            yield Said(
                attempt.step(refused),
                f"Your DATA was answered {code(refused)}, and you sent the letter all the same: the server read "
                f'"{line(e)}" as a command. Send the letter only after a 354.',
            )
            return


@mistake("header said as a command")
def header_as_command(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 500, "(unknown verb)"):
        name, colon, _ = line(e).partition(":")
        if colon and name.replace("-", "").isalpha():
            yield Said(
                attempt.step(e),
                f'"{line(e)}" came as a command, and the server answered 500 {at(attempt, e)}. Headers are part of '
                "the letter: they come after DATA has been answered 354.",
            )


def _unended(attempt: Attempt) -> tuple[Exchange, list[bytes]] | None:
    """The mail data that was never ended and its lines, where the session is in DATA or was left there."""
    last = next((e for e in reversed(attempt.transcript.exchanges) if e.event == "(end of data)"), None)
    if last is not None and last.reply is None:
        return last, split_lines(last.sent)
    return None


@mistake("dot line with more on it")
def dot_not_alone(attempt: Attempt) -> Iterator[Said]:
    found = _unended(attempt)
    for number, octets in enumerate(found[1] if found else (), 1):
        if octets != b".\r\n" and octets.strip() == b".":
            yield Said(
                attempt.last_step,
                f"Line {number} of your letter has a dot and something else that cannot be seen ({octets!r}). The dot "
                "stands alone: b'.\\r\\n'. The server still takes every line for the letter.",
            )


@mistake("dot after a bare LF")
def dot_after_lf(attempt: Attempt) -> Iterator[Said]:
    for e in answered(attempt, 421, "(end of data)"):
        yield Said(
            attempt.step(e),
            "The dot of your letter came after LF alone. To end a letter so is not safe: the server answered 421 and "
            "closed. Send CR LF, the dot, CR LF.",
        )
    found = _unended(attempt)
    for octets in found[1] if found else ():
        if octets.endswith(b"\n.\r\n"):
            yield Said(
                attempt.last_step,
                "The line before your dot ended with LF alone, so the dot is not alone on its line. The server still "
                "takes every line for the letter: end that line with CR LF.",
            )


@mistake("QUIT in the letter")
def quit_in_letter(attempt: Attempt) -> Iterator[Said]:
    found = _unended(attempt)
    for number, octets in enumerate(found[1] if found else (), 1):
        if octets.strip().upper() == b"QUIT":
            yield Said(
                attempt.last_step,
                f"The server took your QUIT for the {ordinal(number)} line of the letter: it had seen no dot alone "
                "on its line, and waited for one.",
            )


@mistake("no letter after 354")
def no_letter(attempt: Attempt) -> Iterator[Said]:
    found = _unended(attempt)
    if found and found[1] and found[1][0].strip().upper() == b"QUIT":
        yield Said(
            attempt.last_step,
            "The server said 354 and got no letter: your QUIT was read as its first line. What is compared with 354? "
            "A reply is more than its code: compare `reply[:3]`.",
        )


@mistake("no dot")
def no_dot(attempt: Attempt) -> Iterator[Said]:
    data = attempt.find("DATA", accepted=True)
    is_left = any(e.event == "(eof)" and e.before is State.DATA for e in attempt.transcript.exchanges)
    if attempt.transcript.state is State.DATA:
        yield Said(
            attempt.last_step,
            "The session is still in DATA: the server has seen no dot alone on its line, and waits for one.",
        )
    elif is_left and data is not None:
        yield Said(
            attempt.last_step,
            "You closed the connection in the middle of the letter: no dot had come, so nothing was delivered.",
        )


# --------------------------------------------------------------------------------------------------- the letter
@mistake("empty line first")
def empty_line_first(attempt: Attempt) -> Iterator[Said]:
    for letter in attempt.letters:
        content = letter.message.content
        if content.startswith(b"\r\n") and b":" in content.split(b"\r\n")[1]:
            yield Said(
                letter.begins,
                "Your letter begins with an empty line. An empty line ends the headers, so all that follows was taken "
                "for the body, and the letter has no header.",
            )


@mistake("no empty line")
def no_emptyline(attempt: Attempt) -> Iterator[Said]:
    for letter in attempt.letters:
        content = letter.message.content
        lines = content.rstrip(b"\r\n").split(b"\r\n")
        if b":" in lines[0] and (letter.is_unparted or (b"\r\n\r\n" not in content and len(lines) > 1)):
            yield Said(
                letter.begins,
                f'No empty line stands between the headers and "{decode(lines[-1])}". Only an empty line says where '
                "the headers end.",
            )
