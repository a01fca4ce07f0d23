"""A learner's function, tried with a real server in each of several cases: what the server's record says of it.

    trial = read(case, read_reply, persona, manners)
    trial.problem       # "" where it did its work, else what went wrong, in a sentence
    trial.session       # what that server recorded

Rules
1. Where the function takes a socket, it is called for each reply in turn, and what it gives back is compared with what
   the server recorded that it said. Where it takes an address or a reply, `outcome` judges what came of it.
2. Nothing hangs: a socket waits READ_S, a case CASE_S; then the connection is closed and the function is stopped.
3. Whatever the function raises is its finding, not ours. A reply that never came may be answered in any way.
4. A message quotes what the server said, which is certain, never the piece that came first, which is chance.
"""

from __future__ import annotations

import contextvars
import ctypes
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from ...net.server import Server
from ...protocol.message import Message
from ...protocol.transcript import Transcript
from ...protocol.wire import decode
from ...protocol.world import ToyClock
from ..files.function import Case
from ..gauntlet.gauntlet import Gauntlet

READ_S, CASE_S, STOP_S = 2.0, 6.0, 1.0
"""Seconds that the socket waits, that a case may take, and that a function has to stop once it is told to."""
GAUNTLET_S = 20.0
"""Seconds that the gauntlet may take: a client may sit out its own patience there, more than once."""


ENOUGH = 20
"""Times that a function may come again; one that would come once more is stopped as it waits."""

THREAD = "smtplab: a function that is tried"


@dataclass(frozen=True, slots=True)
class Trial:
    """How one case came out."""

    problem: str
    session: Transcript


class _Stopped(BaseException):
    """Raised in a function that does not come back: not an Exception, so that its own handlers let it through."""


class Held:
    """A conversation that a function holds over a socket: what it gave back for each reply, and how it ended."""

    def __init__(self, limit_s: float = 0.0) -> None:
        self.limit_s = limit_s or CASE_S
        self.given: list[Any] = []
        self.error: BaseException | None = None
        self.is_late = False
        self.is_endless = False

    @property
    def result(self) -> Any:
        """What it gave back last, None where it gave nothing."""
        return self.given[-1] if self.given else None

    def run(self, work: Callable[[], None], close: Callable[[], None]) -> None:
        """Does the work in a thread, for `limit_s` at most; then `close`, and the thread is made to stop."""

        def guarded() -> None:
            try:
                work()
            except _Stopped:
                pass
            except BaseException as error:
                self.error = error

        # What the function prints belongs to the cell that runs: that is kept in the context.
        thread = threading.Thread(target=contextvars.copy_context().run, args=(guarded,), name=THREAD, daemon=True)
        thread.start()
        thread.join(self.limit_s)
        if thread.is_alive():
            self.is_late = True
            close()
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_Stopped))
            thread.join(STOP_S)


def read(case: Case, function: Callable[..., Any], persona: str, manners: str) -> Trial:
    """A function of a socket, called for the greeting and then for each reply to the case's lines."""
    held = Held()
    with Server(persona=persona, manners=manners, faults=case.faults) as server:
        sock = socket.create_connection(server.address, timeout=READ_S)

        def work() -> None:
            held.given.append(function(sock))
            for line in case.say:
                sock.sendall(line)
                for _ in range(line.count(b"\n")):
                    held.given.append(function(sock))

        def close() -> None:
            sock.shutdown(socket.SHUT_RDWR)

        with sock:
            held.run(work, close)
        session = server.sessions[0]
    return Trial(_problem(case, held, [e.reply_raw for e in session.exchanges if e.reply_raw]), session)


@dataclass(frozen=True, slots=True)
class Called:
    """What came of calling a function once: what it gave back, and what its server holds."""

    problem: str
    given: Any
    sessions: Sequence[Transcript]
    mailbox: Mapping[str, Sequence[Message]]
    waited: Mapping[int, float]
    """Seconds that it waited, by the number of sessions that there were by then."""


def call(case: Case, function: Callable[..., Any], named: Sequence[str], persona: str, manners: str) -> Called:
    """A function of an address, called once with a server of this case."""
    if case.gauntlet:
        return _through(case, function, named)
    held, waited, clock = Held(), dict[int, float](), ToyClock()
    with Server(persona=persona, manners=manners, clock=clock, faults=case.faults, **case.server) as server:

        def wait(seconds: float) -> None:
            clock.turn(seconds)
            number = len(server.sessions)
            if number > ENOUGH:
                held.is_endless = True
                raise _Stopped
            waited[number] = waited.get(number, 0.0) + seconds
            if sum(waited.values()) >= case.faults_last_s:
                server.faults = ()

        sessions, mailbox = _run(held, case, function, server, named, wait)
    problem = _came_back(case, held)
    if held.is_late and "wait" in named and not waited:
        problem += (
            " To wait, call `wait(300)`, the argument, and not `time.sleep(300)`: this server's clock is turned by it."
        )
    if not sessions and not problem:
        problem = (
            f"{where(case)}, nobody came: the function returned, and had not connected to the address. {case.said}"
        )
    return Called(problem, held.result, sessions, mailbox, waited)


def _run(
    held: Held,
    case: Case,
    function: Callable[..., Any],
    server: Server,
    named: Sequence[str],
    wait: Callable[[float], None],
) -> tuple[Sequence[Transcript], Mapping[str, Sequence[Message]]]:
    """Calls a function with a server's address and what else the case gives it; the sessions and mailboxes then."""
    offered = {"wait": lambda: wait, "context": server.client_context}
    given = {name: offered[name]() for name in named}
    held.run(lambda: held.given.append(function(server.address, *deepcopy(case.arguments), **given)), server.stop)
    return list(server.sessions), {name: list(server.mailbox[name]) for name in {*case.stored, *case.copies}}


def _through(case: Case, function: Callable[..., Any], named: Sequence[str]) -> Called:
    """A function of an address, called once with the gauntlet."""
    held = Held(GAUNTLET_S)
    with Gauntlet() as run:
        if "wait" in named:
            run.expect_waits()
        sessions, mailbox = _run(held, case, function, run.server, named, run.wait)
    ended = _came_back(case, held)
    stood = f" It had come to {run.stood}." if run.stood else ""
    problem = ended + stood if ended else ""
    if not problem and (failure := run.failure):
        problem = f"{where(case)}, {failure} {case.said}"
    return Called(problem, held.result, sessions, mailbox, run.waited)


def interpret(case: Case, function: Callable[..., Any], persona: str, manners: str) -> Called:
    """A function of octets, given this server's whole reply to EHLO."""
    held = Held()
    with Server(persona=persona, manners=manners, faults=case.faults, **case.server) as server:
        with socket.create_connection(server.address, timeout=READ_S) as sock:
            sock.sendall(b"EHLO me.example.com\r\nQUIT\r\n")
            while sock.recv(1024):
                pass
        sessions = list(server.sessions)
    [reply] = [exchange.reply_raw for exchange in sessions[0].exchanges if exchange.event == "EHLO"]
    held.run(lambda: held.given.append(function(reply, *deepcopy(case.arguments))), lambda: None)
    return Called(_came_back(case, held), held.result, sessions, {}, {})


def where(case: Case) -> str:
    return f'In the case "{case.name}"'


def _came_back(case: Case, held: Held) -> str:
    """What there is to say of a function that did not return."""
    if held.is_endless:
        return f"{where(case)}, your function came again more than {ENOUGH} times, and was stopped. {case.said}"
    if held.is_late:
        return f"{where(case)}, your function had not come back after {held.limit_s:g} seconds, and was stopped. {case.said}"
    if held.error is not None:
        why = f": {held.error}" if str(held.error) else ""
        return f"{where(case)}, your function raised {type(held.error).__name__}{why}. {case.said}"
    return ""


def _problem(case: Case, held: Held, replies: Sequence[bytes]) -> str:
    """The first reply that was not read as it was said; "" where all were."""
    for number, (given, reply) in enumerate(zip(held.given, replies, strict=False), 1):
        if why := _misread(given, reply):
            return f"{where(case)}, at reply {number}, {_quoted(reply)}: {why} {case.said}"
    number = len(held.given) + 1
    if number > len(replies) and not held.is_late:
        return ""  # what never came may be told in any way: by an exception, or by what there was
    if isinstance(held.error, TimeoutError) and number <= len(replies):
        return (
            f"{where(case)}, at reply {number}, {_quoted(replies[number - 1])}: your function waited for more, and "
            f"nothing more was to come. {case.said}"
        )
    return _came_back(case, held)


def _misread(given: Any, reply: bytes) -> str:
    if isinstance(given, str):
        given = given.encode("utf-8", "surrogateescape")
    if not isinstance(given, bytes | bytearray):
        what = "nothing" if given is None else f"a {type(given).__name__}"
        return f"your function gave back {what}. It is to give back the reply, as bytes."
    if given.removesuffix(b"\r\n") == reply.removesuffix(b"\r\n"):
        return ""
    if reply.startswith(bytes(given)):
        return "your function gave back only its beginning."
    if given.startswith(reply):
        return "your function gave back more than this reply: what stands behind it belongs to the next call."
    if reply.endswith(bytes(given)):
        return "your function gave back only its end: the beginning was lost."
    return "your function gave back something else."


def _quoted(reply: bytes) -> str:
    line = decode(reply.split(b"\r\n")[0])
    return f'"{line if len(line) <= 40 else line[:37] + "..."}"'
