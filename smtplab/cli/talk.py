r"""Talks to a mail server by hand, SMTP or POP3: a telnet that explains.

Each line goes out with CR LF. What is sent is marked ->, a reply <-, a refusal <**, a remark ===, trouble ***.
The prompt says the state and what may be said next; Tab completes it.

  ?              explains the last reply; ? 550 or ? MAIL explains that
  raw OCTETS     sends octets and nothing behind them: \r \n \t \0 \x00 \\ are escapes, as in: raw NOOP\n
  Ctrl-D, Ctrl-C end the session

In mail data each line is data, ? and raw too, and no dot is added. With --raw every line is raw, in mail data as well.
Lines may also come from a pipe; each is sent when the one before was answered.

Ends with exit status 0; 1 where it cannot connect, or where a line from a pipe was not answered in time; 2 on wrong use.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import select
import sys
from collections import deque
from typing import TYPE_CHECKING, Protocol

from ..net.dial import RecordingSocket, dial
from ..net.listening import is_loopback
from ..protocol.replies import Outcome
from ..protocol.smtp import SMTP
from ..views import typed
from ..views.explain import explain
from . import UsageError
from .common import write_whole
from .conversation import NOTE, TROUBLE, Conversation

if TYPE_CHECKING:
    from .terminal import Screen

WAIT_S = 30.0
"""Seconds that a reply is waited for: less patience than a program should have (RFC 5321 §4.5.3.2), for a person."""
RAW = b"raw "
_DECIDED = {
    Outcome.COMPLETION: "+OK: it is done.",
    Outcome.INTERMEDIATE: "+: go on.",
    Outcome.PERMANENT: "-ERR: it was refused. There is no code to say why, the words do.",
}
_ADDRESS = re.compile(r"(?:\[(?P<six>[^\[\]]+)\]|(?P<host>[^:\[\]]+)):(?P<port>[0-9]{1,5})")


class Lines(Protocol):
    """Where lines come from. `next` gives those of one turn; none where the server has something to say."""

    is_echoed: bool
    """True where a line is shown as it is sent, because nobody saw it being typed."""

    def next(self, talk: Conversation) -> list[bytes]: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whom to talk to, and how."""
    parser.add_argument("to", metavar="HOST:PORT", help="whom to talk to, e.g. 127.0.0.1:2525, or [::1]:2525")
    parser.add_argument("--save", metavar="FILE", help="write the session here when it ends, for the stepper")
    parser.add_argument("--raw", action="store_true", help="take every line as octets with escapes, no CR LF behind")
    parser.add_argument(
        "--wait", type=float, default=WAIT_S, metavar="SECONDS", help=f"how long a reply is waited for ({WAIT_S:g})"
    )


def run(args: argparse.Namespace) -> int:
    """Talks until one side ends it, and gives the exit status."""
    host, port = _address(args.to)
    if not (math.isfinite(args.wait) and args.wait > 0):
        raise UsageError("--wait is a number of seconds above 0, e.g. --wait 300")
    if args.save is not None and not _can_be_written(args.save):
        raise UsageError(f"{args.save} cannot be written; name a file in a folder that is yours: --save session.json")
    try:
        connected = dial(host, port, timeout=args.wait)
    except OSError as error:
        return _complain(str(error))
    except ValueError:
        raise UsageError(f"{host!r} is no host; say HOST:PORT, e.g. 127.0.0.1:2525") from None
    with connected:
        return _talk(connected, args, host)


def _talk(connected: RecordingSocket, args: argparse.Namespace, host: str) -> int:
    """The session itself, from the greeting to what is saved of it."""
    from .terminal import Prompt, Screen  # here, as they cost time, and no other subcommand needs them

    screen = Screen()
    is_typed = sys.stdin.isatty() and sys.stdout.isatty()
    if is_typed:
        screen.tell(NOTE, r"Tab completes, ? explains the last reply, raw NOOP\n sends just that, Ctrl-D ends.")
    if not is_loopback(host):
        screen.tell(NOTE, f"{host} is not this machine: be a good guest, write to nobody who does not expect it.")
    talk = Conversation(connected, screen.tell, args.wait)
    status = 0
    try:
        talk.listen()
        if talk.is_owed:
            status = 1
        else:
            status = hold(talk, Prompt() if is_typed else Piped(sys.stdin.fileno()), screen, every_raw=args.raw)
    except (EOFError, KeyboardInterrupt):
        screen.tell(NOTE, f"You have closed the connection{'' if talk.is_over else ', without QUIT'}.")
    finally:
        talk.hang_up()
        if args.save is not None:
            status = max(status, _save(talk, args.save, screen))
    return status


def hold(talk: Conversation, lines: Lines, screen: Screen, *, every_raw: bool = False) -> int:
    """Says the lines until one side ends it, and gives the exit status. Raises EOFError, KeyboardInterrupt."""
    while talk.is_open:
        if talk.is_tls:
            screen.tell(NOTE, "A TLS handshake would come now, and talk knows no TLS: the session ends here.")
            name = talk.table.name.lower()
            screen.tell(NOTE, f"A telnet that knows it: openssl s_client -starttls {name} -crlf -connect HOST:PORT")
            return 0
        if lines.is_echoed and talk.is_owed:
            return 1
        said = lines.next(talk)
        if not said and talk.has_news():
            talk.listen()
        for line in said:
            if talk.is_open:
                _say(talk, line, screen, is_echoed=lines.is_echoed or len(said) > 1, every_raw=every_raw)
    return 0


def _say(talk: Conversation, line: bytes, screen: Screen, *, is_echoed: bool, every_raw: bool) -> None:
    """One line: asked of us, or said to the server."""
    if not talk.in_data and (line.strip() == b"?" or line.startswith(b"? ")):
        _explain(talk, line.decode("utf-8", "backslashreplace")[1:].strip(), screen)
        return
    is_raw = every_raw or (not talk.in_data and line.startswith(RAW))
    if not is_raw:
        talk.say(line + b"\r\n", is_echoed=is_echoed)
        return
    text = (line if every_raw else line.removeprefix(RAW)).decode("utf-8", "backslashreplace")
    try:
        octets = typed.octets(text, escapes=True, end=False)
    except typed.BadEscape as error:
        screen.write(TROUBLE, str(error))
        return
    talk.say(octets, is_echoed=True, is_line=False)


def _explain(talk: Conversation, what: str, screen: Screen) -> None:
    """The last reply in words, or whatever else was asked about."""
    answered = talk.last_answered
    if talk.table is not SMTP and (told := _told_by_table(talk, what)):
        screen.tell(NOTE, told)
        return
    try:
        if what:
            told = explain(what)
        elif answered is None:
            screen.tell(NOTE, "There is no reply yet.")
            return
        else:
            told = explain(answered[0], event=answered[1])
    except ValueError as error:
        screen.tell(TROUBLE, str(error))
        return
    for line in str(told).split("\n"):
        screen.write("", line)


def _told_by_table(talk: Conversation, what: str) -> str:
    """What POP3's table has to say about an event, or about the last reply; "" where it has nothing."""
    reply, event = talk.last_answered or (None, "")
    event = what.upper() or event
    sentence = talk.table.sentence.get(event, "")
    if not sentence:
        return ""
    if what or reply is None:
        return f"{talk.table.syntax.get(event, event)}: {sentence}"
    decided = _DECIDED.get(reply.outcome, "")
    return f"{event}: {sentence} {decided}".rstrip()


class Piped:
    """Lines from a pipe or a file, read from its descriptor."""

    is_echoed = True

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lines: deque[bytes] = deque()
        self._begun = b""
        self._is_ended = False

    def next(self, talk: Conversation) -> list[bytes]:
        """The next line without its end, be it CR LF or LF. Raises EOFError behind the last one."""
        while not self._lines and not self._is_ended:
            if self._hears(talk):
                return []
            self._read()
        if talk.has_news():
            return []
        if not self._lines:
            raise EOFError
        return [self._lines.popleft()]

    def _hears(self, talk: Conversation) -> bool:
        """Waits for a line or for the server; True where it is the server. Where only a line can be waited for, that."""
        try:
            ready, _, _ = select.select([talk, self._descriptor], [], [])
        except (OSError, ValueError):  # on Windows, where only sockets can be selected
            return False
        return talk in ready

    def _read(self) -> None:
        data = os.read(self._descriptor, 65536)
        *lines, self._begun = (self._begun + data).split(b"\n")
        if not data:
            self._is_ended = True
            lines, self._begun = [self._begun] if self._begun else [], b""
        self._lines.extend(line.removesuffix(b"\r") for line in lines)


def _address(text: str) -> tuple[str, int]:
    """HOST:PORT in its parts. Raises UsageError."""
    found = _ADDRESS.fullmatch(text)
    if found is None or not 0 < int(found["port"]) < 65536:
        raise UsageError(f"{text!r} is no HOST:PORT; say for example 127.0.0.1:2525, or [::1]:2525")
    return found["six"] or found["host"], int(found["port"])


def _can_be_written(path: str) -> bool:
    folder = os.path.dirname(os.path.abspath(path))
    return os.path.isdir(folder) and os.access(folder, os.W_OK) and not os.path.isdir(path)


def _save(talk: Conversation, path: str, screen: Screen) -> int:
    """Writes the transcript, says how to step through it, and gives the exit status."""
    try:
        write_whole(path, talk.transcript.to_json() + "\n")
    except UsageError as error:
        return _complain(str(error))
    screen.tell(NOTE, f"Saved in {path}, passwords left out. To step through it, in a notebook:")
    screen.write(NOTE, "  from smtplab import Stepper, Transcript")
    screen.write(NOTE, f"  Stepper(Transcript.from_json(open({path!r}, encoding='utf-8').read()))")
    return 0


def _complain(line: str) -> int:
    print(f"smtplab talk: {line}", file=sys.stderr, flush=True)
    return 1
