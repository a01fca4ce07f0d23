"""What a server waits for, in words: the answer to a learner's "why does nothing come back?"."""

from __future__ import annotations

from .smtp import State
from .wire import Reading, decode, reading

_IN_STATE = {
    State.CONNECTED: "nothing: the server is about to greet",
    State.GREETED: "a command: HELO or EHLO with a name",
    State.READY: "a command: MAIL FROM:<...>, or QUIT",
    State.MAIL: "a command: RCPT TO:<...>",
    State.RCPT: "a command: one more RCPT TO:<...>, or DATA",
    State.BDAT: "a command: the next BDAT",
    State.REFUSED: "a command: QUIT",
    State.AUTH: "one line of base64, or * to cancel",
    State.TLS: "the TLS handshake",
    State.CLOSED: "nothing: the session is over",
}


def waiting_for(state: State, unread: bytes) -> str:
    """What the server waits for in `state`, when `unread` is what has come of the next line or of the mail data."""
    if reading(state) is Reading.DATA:
        return _in_data(unread)
    if unread and reading(state) is not Reading.NOTHING:
        begun = decode(unread[:40]).replace("\r", "\\r")
        missing = "LF: so far there is only CR" if unread.endswith(b"\r") else "CR LF"
        return f'the end of the line "{begun}{"..." if len(unread) > 40 else ""}": {missing}'
    return _IN_STATE[state]


def _in_data(unread: bytes) -> str:
    lines = unread.count(b"\r\n")
    said = f"{lines} line{'' if lines == 1 else 's'} so far"
    wanted = f"more mail data ({said}): a dot alone on its line, CR LF . CR LF, ends it"
    if unread and not unread.endswith(b"\r\n"):
        return f"{wanted}. The last line is not ended yet"
    return wanted
