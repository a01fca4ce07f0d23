"""The faults: each breaks one thing that a reader of the standards, or a learner, would trip over.

A fault is planted in a fresh process, before any test module is imported, by the suite's own conftest
(`SMTPLAB_FAULT=NAME`). `noticed_by` are tests that must fail then; a fault that they let through is a hole in the
suite. A new rule in the core deserves a new fault here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from types import MappingProxyType, SimpleNamespace
from typing import Any

Plant = Callable[[], None]


@dataclass(frozen=True)
class Fault:
    name: str
    breaks: str
    noticed_by: tuple[str, ...]
    plant: Plant


FAULTS: dict[str, Fault] = {}

ORACLE = "tests/oracle/test_transcripts.py"
MATRIX = "tests/oracle/test_matrix.py::test_an_observer_names_the_state_after_every_code_of_the_matrix"
TRANSITIONS = "tests/oracle/test_transitions.py::test_the_state_after_it_is_the_standards"
CORPUS = "tests/interop/test_observer_corpus.py::test_the_observer_names_the_right_state_after_every_reply"
DOTS = "tests/wire/test_dots.py"


def fault(name: str, breaks: str, *noticed_by: str) -> Callable[[Plant], Plant]:
    def register(plant_it: Plant) -> Plant:
        assert name not in FAULTS
        FAULTS[name] = Fault(name, breaks, noticed_by, plant_it)
        return plant_it

    return register


def plant(name: str) -> None:
    """Plants one fault in this process, for good."""
    FAULTS[name].plant()


# ------------------------------------------------------------------------------------------------- the table
def _change_rows(event: str, change: Callable[[Any], Any]) -> None:
    """Changes every row of an event in the table that is in use; `change` gives the row, or another one."""
    from smtplab.protocol.smtp import SMTP
    from smtplab.protocol.table import Table

    rows = [change(row) if row.event == event else row for row in SMTP.rows]
    changed = Table(SMTP.name, SMTP.states, rows, start=SMTP.start, closed=SMTP.closed, lacking=SMTP._lacking)
    SMTP.rows, SMTP.at, SMTP.by_event, SMTP._granted = changed.rows, changed.at, changed.by_event, changed._granted


def _leads(event: str, outcome: str, state: str | None, *, where: Callable[[Any], bool] = lambda _: True) -> None:
    from smtplab.protocol.replies import Outcome
    from smtplab.protocol.smtp import State

    def change(row: Any) -> Any:
        if not where(row):
            return row
        leads = {key: lead for key, lead in row.leads.items() if key is not Outcome[outcome]}
        if state is not None:
            leads[Outcome[outcome]] = State[state]
        return replace(row, leads=MappingProxyType(leads))

    _change_rows(event, change)


@fault("rcpt-leads-nowhere", "the row of RCPT forgets that an accepted recipient leads to RCPT", ORACLE)
def _() -> None:
    _leads("RCPT", "COMPLETION", None)


@fault("rset-opens-the-door", "RSET before HELO leads to READY, so MAIL is taken without an introduction", ORACLE)
def _() -> None:
    from smtplab.protocol.smtp import State

    _leads("RSET", "COMPLETION", "READY", where=lambda row: State.GREETED in row.states)


@fault("rset-forgets-the-session", "RSET inside a session leads back to GREETED", ORACLE)
def _() -> None:
    from smtplab.protocol.smtp import State

    _leads("RSET", "COMPLETION", "GREETED", where=lambda row: State.READY in row.states)


@fault("refused-data-keeps-the-transaction", "mail data refused for good leaves the transaction open", ORACLE)
def _() -> None:
    _leads("(end of data)", "PERMANENT", "RCPT")


@fault("quit-does-not-close", "the row of QUIT leads nowhere", ORACLE)
def _() -> None:
    _leads("QUIT", "COMPLETION", None)


@fault("handshake-remembers", "after the TLS handshake the session stands in READY", TRANSITIONS)
def _() -> None:
    _leads("(handshake)", "COMPLETION", "READY")


@fault("wrong-response-keeps-asking", "a wrong password leaves the session at the challenge", TRANSITIONS)
def _() -> None:
    _leads("(response)", "PERMANENT", "AUTH")


@fault("second-ehlo-refused", "EHLO is in place only once", ORACLE)
def _() -> None:
    from smtplab.protocol.smtp import State

    _change_rows("EHLO", lambda row: replace(row, states=frozenset({State.GREETED})))


@fault("data-without-recipient", "DATA is in place right after MAIL", ORACLE)
def _() -> None:
    from smtplab.protocol.smtp import State

    _change_rows("DATA", lambda row: replace(row, states=frozenset({State.MAIL, State.RCPT})))


@fault("noop-only-after-hello", "NOOP before HELO is refused", ORACLE)
def _() -> None:
    from smtplab.protocol.smtp import State

    _change_rows("NOOP", lambda row: replace(row, states=row.states - {State.GREETED}))


@fault("421-does-not-close", "421 is a transient refusal like any other", ORACLE)
def _() -> None:
    from smtplab.protocol.replies import Outcome
    from smtplab.protocol.table import Table

    right = Table.next_state

    def next_state(self: Any, state: Any, event: str, outcome: Any) -> Any:
        return right(self, state, event, Outcome.TRANSIENT if outcome is Outcome.CLOSING else outcome)

    Table.next_state = next_state  # type: ignore[method-assign]


@fault("221-closes-by-itself", "a 221 to anything ends the session", "tests/unit/test_observer.py")
def _() -> None:
    from smtplab.protocol.recorder import Recorder

    right = Recorder.answered

    def answered(self: Any, event: str, sent: bytes, reply: Any, raw: bytes, **more: Any) -> Any:
        exchange = right(self, event, sent, reply, raw, **more)
        if reply.code == 221:
            self.state = exchange.after = self.table.closed
        return exchange

    Recorder.answered = answered  # type: ignore[method-assign]


@fault("500-where-503-is-meant", "a verb out of place is answered as if it were unknown", ORACLE)
def _() -> None:
    from smtplab.protocol.table import Table

    right = Table.verdict

    def verdict(self: Any, *args: Any, **kwargs: Any) -> Any:
        said = right(self, *args, **kwargs)
        return replace(said, code=500) if said.code == 503 else said

    Table.verdict = verdict  # type: ignore[method-assign]


# -------------------------------------------------------------------------------------------- facts, handlers
@fault("helo-keeps-the-keywords", "what EHLO offered may still be used after HELO", ORACLE)
def _() -> None:
    from smtplab.protocol.smtp import SMTP
    from smtplab.protocol.smtp import learn as right

    def learn(facts: Any, event: str, reply: Any, *said: Any) -> Any:
        learned = right(facts, event, reply, *said)
        return replace(learned, keywords=facts.keywords) if event == "HELO" else learned

    SMTP.learn = learn


@fault("a-refused-chunk-is-forgotten", "BDAT that failed leaves no trace", MATRIX)
def _() -> None:
    from smtplab.protocol.smtp import SMTP
    from smtplab.protocol.smtp import learn as right

    SMTP.learn = lambda facts, event, reply, *said: replace(right(facts, event, reply, *said), chunk_failed=False)


@fault(
    "envelope-not-cleared", "the recipients of one letter are still there for the next", "tests/unit/test_session.py"
)
def _() -> None:
    from smtplab.protocol.session import Session

    Session.settled = lambda _: None  # type: ignore[method-assign]


@fault("null-path-refused", "MAIL FROM:<> is bad syntax", ORACLE)
def _() -> None:
    from smtplab.protocol import address

    right = address._mailbox

    def mailbox(path: str, remarks: list[str], *, null_allowed: bool) -> str:
        return right(path, remarks, null_allowed=null_allowed and path != "")

    address._mailbox = mailbox


@fault("null-path-is-no-sender", "an open transaction is told by the truth of its reverse-path", ORACLE)
def _() -> None:
    from smtplab.protocol.session import IN_TRANSACTION, Session, Transaction

    def leave(self: Any) -> None:
        if self.state not in IN_TRANSACTION and self.transaction.reverse_path:
            self.transaction = Transaction()

    Session.settled = leave  # type: ignore[method-assign]


@fault("effect-despite-a-failed-store", "a store that fails is answered 250 all the same", ORACLE)
def _() -> None:
    from smtplab.protocol import session

    session.store_failed = lambda session, _: session.say(250, "accepted", "2.0.0", id="X")


@fault("a-refused-recipient-gets-the-letter", "RCPT that is refused is in the envelope", ORACLE)
def _() -> None:
    from smtplab.protocol import answers
    from smtplab.protocol import handlers as _registered  # noqa: F401  importing it registers the handlers

    right = answers._HANDLERS["SMTP", "RCPT"]

    def rcpt(session: Any, said: Any) -> Any:
        answer = right(session, said)
        if answer.reply.code >= 400:
            session.transaction.forward_paths.append("refused@example.com")
        return answer

    answers._HANDLERS["SMTP", "RCPT"] = rcpt


@fault(
    "a-handler-acts-at-once",
    "RCPT is on the envelope before its reply has left, whatever an injected reply says",
    "tests/unit/test_fault_everywhere.py::test_the_buffers_hold_what_the_envelope_panel_says_after_each_line[RCPT-450]",
)
def _() -> None:
    from smtplab.protocol import answers
    from smtplab.protocol import handlers as _registered  # noqa: F401  importing it registers the handlers

    right = answers._HANDLERS["SMTP", "RCPT"]

    def rcpt(session: Any, said: Any) -> Any:
        answer = right(session, said)
        if answer.effect is not None:
            answer.effect()
        return replace(answer, effect=None)

    answers._HANDLERS["SMTP", "RCPT"] = rcpt


@fault("local-part-in-lower-case", "RCPT folds the local-part's case", ORACLE)
def _() -> None:
    from smtplab.protocol import handlers

    right = handlers.parse_path

    def parse_path(argument: str, keyword: str) -> Any:
        path = right(argument, keyword)
        return path._replace(mailbox=path.mailbox.lower())

    handlers.parse_path = parse_path


@fault("vrfy-switched-off-says-502", "VRFY that tells no names pretends not to exist", ORACLE)
def _() -> None:
    from smtplab.protocol import answers, handlers

    answers._HANDLERS["SMTP", "VRFY"] = lambda session, _: handlers.Answer(session.say(502, "not offered", verb="VRFY"))


@fault(
    "a-persona-changes-a-code",
    "the foreign persona says 251 for 250",
    "tests/wire/test_anything.py::test_personas_agree_on_every_session_that_is_cut_here",
)
def _() -> None:
    from smtplab.protocol.session import Session

    right = Session.say

    def say(self: Any, code: int, situation: str, enhanced: str = "", **fields: Any) -> Any:
        return right(
            self, 251 if code == 250 and self.persona.name == "foreign" else code, situation, enhanced, **fields
        )

    Session.say = say  # type: ignore[method-assign]


@fault(
    "enhanced-codes-unasked", "enhanced codes are sent whether or not EHLO offered them", "tests/unit/test_session.py"
)
def _() -> None:
    from smtplab.protocol.table import Facts

    right = Facts.offers
    Facts.offers = lambda self, keyword: keyword == "ENHANCEDSTATUSCODES" or right(self, keyword)  # type: ignore[method-assign]


@fault("nul-let-through", "a command may hold any octet", "tests/unit/test_bad_input.py")
def _() -> None:
    from smtplab.protocol import command

    command.flaws = lambda _: ()


@fault(
    "http-not-recognised",
    "a browser's request is so many unknown verbs, and its body is obeyed",
    "tests/unit/test_bad_input.py",
)
def _() -> None:
    from smtplab.protocol import command

    command.is_http = lambda *_: False


# -------------------------------------------------------------------------------------------------- the wire
@fault(
    "bare-lf-dot-ends-data",
    "LF . LF and LF . CR LF end mail data, and what follows is obeyed",
    "tests/wire/test_bare_lf.py",
)
def _() -> None:
    from smtplab.protocol.wire import Inbox

    right = Inbox._cut

    def cut(self: Any, kind: Any, end: int, *, smuggled_end: bool = False) -> Any:
        return right(self, kind, end)

    Inbox._cut = cut  # type: ignore[method-assign]


@fault(
    "the-observer-takes-any-end",
    "who only listens takes LF . CR LF for the end of mail data at once",
    "tests/unit/test_wire.py",
)
def _() -> None:
    from smtplab.protocol import wire

    wire._TRUE_END = re.compile(rb"\r?\n\.\r?\n")


@fault("no-looser-end", "who only listens never believes that a server took a looser end", f"{CORPUS}[postfix]")
def _() -> None:
    from smtplab.protocol.wire import Inbox

    Inbox.take_looser_end = lambda _: None  # type: ignore[method-assign]


@fault(
    "end-cut-in-two-is-missed",
    "an end of data that comes in two deliveries is not seen",
    f"{DOTS}::test_the_end_of_data_may_be_cut_anywhere",
)
def _() -> None:
    from smtplab.protocol import wire

    right = wire.Inbox._take_data

    def take_data(self: Any) -> Any:
        pattern, start = self._end, self._scanned
        self._end = SimpleNamespace(search=lambda octets, _: pattern.search(octets, start))
        try:
            return right(self)
        finally:
            self._end = pattern

    wire.Inbox._take_data = take_data  # type: ignore[method-assign]


@fault(
    "any-dot-line-ends",
    "the loose reader is everybody's",
    "tests/wire/test_loose_end.py::test_no_other_server_is_smuggled_wherever_the_stream_is_cut",
)
def _() -> None:
    from smtplab.protocol import wire

    right = wire.Inbox.__init__

    def init(self: Any, *args: Any, **named: Any) -> None:
        right(self, *args, **{**named, "ends_at_loose_end": True})

    wire.Inbox.__init__ = init  # type: ignore[method-assign]


@fault(
    "data-amid-chunks-harms-nothing",
    "chunks go on after DATA came among them",
    "tests/oracle/test_chunking.py::test_after_data_amid_chunks_nothing_helps_but_to_begin_again",
)
def _() -> None:
    from smtplab.protocol.smtp import SMTP
    from smtplab.protocol.smtp import learn as right

    def learn(facts: Any, event: str, reply: Any, *said: Any) -> Any:
        return facts if event == "DATA" else right(facts, event, reply, *said)

    SMTP.learn = learn


@fault(
    "a-chunk-with-a-syntax-code-is-forgotten",
    "a chunk that was refused with 500 to 503 leaves a hole in the message",
    "tests/oracle/test_chunking.py::test_a_message_with_a_hole_in_it_is_never_taken_whatever_code_made_the_hole",
)
def _() -> None:
    from smtplab.protocol.smtp import SMTP
    from smtplab.protocol.smtp import learn as right

    def learn(facts: Any, event: str, reply: Any, *said: Any) -> Any:
        is_harmless = "BDAT" in event and reply is not None and 500 <= reply.code <= 503
        return facts if is_harmless else right(facts, event, reply, *said)

    SMTP.learn = learn


@fault("patience-without-end", "errors go on for ever", "tests/unit/test_patience.py")
def _() -> None:
    from smtplab.protocol.patience import Patience

    Patience.lost = lambda *_: None  # type: ignore[method-assign]


@fault(
    "the-record-without-end",
    "every exchange of a session is kept",
    "tests/unit/test_bounds.py::test_of_very_many_exchanges_the_first_and_the_latest_are_kept_and_the_gap_is_told",
)
def _() -> None:
    from smtplab.protocol.kept import Kept

    Kept._drop = lambda _: None  # type: ignore[method-assign]


@fault(
    "unstuff-everywhere",
    "two dots become one anywhere in the text",
    f"{DOTS}::test_only_the_first_dot_of_a_line_is_taken_away",
)
def _() -> None:
    from smtplab.protocol import handlers, wire

    wire.unstuff = handlers.unstuff = lambda data: data.replace(b"..", b".")


@fault(
    "unstuff-all-leading-dots",
    "every dot at the beginning of a line is taken away",
    f"{DOTS}::test_only_the_first_dot_of_a_line_is_taken_away",
)
def _() -> None:
    from smtplab.protocol import handlers, wire

    wire.unstuff = handlers.unstuff = lambda data: re.sub(rb"(\A|\r\n)\.+", rb"\1", data)


@fault(
    "an-endless-line-is-kept",
    "a line without an end is kept whole",
    "tests/wire/test_anything.py::test_a_line_of_5_mb_without_an_end_is_not_kept",
)
def _() -> None:
    from smtplab.protocol.wire import Inbox

    Inbox._drop_beyond = lambda *_: None  # type: ignore[method-assign]


@fault(
    "a-line-of-513-octets",
    "a command line may be one octet longer than the standard says",
    "tests/unit/test_command.py",
)
def _() -> None:
    from smtplab.protocol import command
    from smtplab.protocol.wire import line_limit as right

    command.line_limit = lambda event, facts: right(event, facts) + 1


# ---------------------------------------------------------------------------------- observer, record, views
@fault("the-observer-moves-on-the-command", "a command moves the state before its reply has come", MATRIX)
def _() -> None:
    from smtplab.protocol.observer import Observer
    from smtplab.protocol.replies import Outcome
    from smtplab.protocol.smtp import SMTP

    right = Observer._next_frame

    def next_frame(self: Any, at: float) -> None:
        waited = self._event
        right(self, at)
        if self._event and not waited:
            self._recorder.state = SMTP.next_state(self._recorder.state, self._event, Outcome.COMPLETION)

    Observer._next_frame = next_frame  # type: ignore[method-assign]


@fault(
    "tls-keeps-what-was-said-ahead", "octets sent before the handshake are read after it", "tests/unit/test_observer.py"
)
def _() -> None:
    from smtplab.protocol.wire import Inbox

    Inbox.clear = lambda _: None  # type: ignore[method-assign]


@fault(
    "a-password-in-the-clear",
    "AUTH is taken without TLS whatever the manners say",
    "tests/oracle/test_auth.py::test_in_the_clear_it_is_neither_offered_nor_taken_and_538_comes_before_the_password",
)
def _() -> None:
    from smtplab.protocol.extensions import auth

    auth._is_offered = lambda *_: True


@fault(
    "a-log-in-survives-tls", "who logged in before the handshake is logged in after it", "tests/oracle/test_starttls.py"
)
def _() -> None:
    from smtplab.protocol.smtp import SMTP
    from smtplab.protocol.smtp import learn as right

    def learn(facts: Any, event: str, reply: Any, *said: Any) -> Any:
        learned = right(facts, event, reply, *said)
        return replace(learned, authenticated=facts.authenticated) if event == "(handshake)" else learned

    SMTP.learn = learn


@fault("commands-in-a-chunk", "the octets of a refused chunk are read as commands", "tests/oracle/test_chunking.py")
def _() -> None:
    from smtplab.protocol.session import Session
    from smtplab.protocol.smtp import State
    from smtplab.protocol.wire import Inbox

    right = Inbox._take_chunk

    def take(self: Any, line: int, count: int) -> Any:
        from smtplab.protocol.wire import Reading

        return right(self, line, count) if in_place() else self._cut(Reading.LINE, line)

    def in_place() -> bool:
        return current[-1].state in (State.RCPT, State.BDAT)

    def receive(self: Any, data: bytes, at: float = 0.0) -> None:
        current.append(self)
        receiving(self, data, at)

    current: list[Any] = []
    receiving, Session.receive = Session.receive, receive  # type: ignore[method-assign]
    Inbox._take_chunk = take  # type: ignore[method-assign]


@fault("dots-in-a-chunk", "a chunk is unstuffed like DATA", "tests/oracle/test_chunking.py")
def _() -> None:
    from smtplab.protocol.extensions import chunking
    from smtplab.protocol.wire import unstuff

    right = chunking.stored
    chunking.stored = lambda session, content: right(session, unstuff(content))


@fault(
    "a-null-response-is-a-log-in", "an empty password is right for a name that nobody has", "tests/oracle/test_auth.py"
)
def _() -> None:
    from smtplab.protocol.extensions import auth

    auth._is_right = lambda session, name, password: (session.world.password(name) or "") == password


@fault("a-password-in-the-transcript", "nothing is masked", "tests/unit/test_transcript.py")
def _() -> None:
    from smtplab.protocol.transcript import Step

    Step.is_secret = property(lambda _: False)  # type: ignore[assignment]


@fault(
    "no-escape-in-the-views",
    "what came off the wire is written into HTML as it came",
    "tests/views/test_every_view.py::test_hostile_text_never_reaches_the_markup_as_it_stands",
)
def _() -> None:
    from smtplab.views import text

    text.html = SimpleNamespace(escape=lambda string, **_: string)  # type: ignore[assignment]


def named(names: Iterable[str]) -> list[Fault]:
    """The faults of those names; all of them where there are none."""
    chosen = [FAULTS[name] for name in names]
    return chosen or list(FAULTS.values())


# They are kept here too, and plant themselves by what stands above.
from tests.faults import seeded_pop3  # noqa: E402, F401  # pyright: ignore[reportUnusedImport]
