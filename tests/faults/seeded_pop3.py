"""Faults of POP3, of the kind that `seeded` describes and keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from tests.faults.seeded import fault

STATES = "tests/oracle/test_pop3_states.py"
TRANSCRIPTS = "tests/oracle/test_pop3_transcripts.py"
NET = "tests/net/test_pop3.py"


def _handler(event: str, change: Callable[[Any, Any, Any], Any]) -> None:
    """Puts a handler in the place of an event's: `change` is given the session, what was said, and the right answer."""
    from smtplab.protocol import answers
    from smtplab.protocol.pop3 import handlers  # registers them

    assert handlers.POP3.name == "POP3"
    right = answers._HANDLERS["POP3", event]
    answers._HANDLERS["POP3", event] = lambda session, said: change(session, said, right(session, said))


def _with_effect(answer: Any, effect: Callable[[], None]) -> Any:
    return answer if answer.effect is None else replace(answer, effect=effect)


@fault("dele-removes-at-once", "DELE removes the letter before QUIT is said", STATES)
def _() -> None:
    def change(session: Any, said: Any, answer: Any) -> Any:
        def effect() -> None:
            maildrop = session.maildrop
            session.maildrops.close(maildrop.user, [maildrop.letters[int(said.command.argument) - 1]])
            session.maildrops.open(maildrop.user)

        return _with_effect(answer, effect)

    _handler("DELE", change)


@fault("a-close-removes", "what was marked is removed when the client goes without QUIT", STATES)
def _() -> None:
    from smtplab.protocol.pop3.machine import State
    from smtplab.protocol.pop3.session import Pop3Session

    def settled(self: Any) -> None:
        if self.state is not State.TRANSACTION:
            self.update()

    Pop3Session.settled = settled  # type: ignore[method-assign]


@fault("the-lock-is-forgotten", "a maildrop stays locked when its client goes without QUIT", STATES)
def _() -> None:
    from smtplab.protocol.pop3.session import Pop3Session

    Pop3Session.settled = lambda _: None  # type: ignore[method-assign]


@fault("no-lock-at-all", "two clients have one maildrop open", f"{NET}::test_a_maildrop_is_one_clients_at_a_time")
def _() -> None:
    from smtplab.net.maildrops import MailboxDrops

    right = MailboxDrops.open

    def open_(self: Any, user: str) -> Any:
        self._open.discard(user)
        return right(self, user)

    MailboxDrops.open = open_  # type: ignore[method-assign]


@fault("dots-as-they-are", "a line of a letter that begins with a dot is sent as it is", TRANSCRIPTS)
def _() -> None:
    from smtplab.protocol.pop3 import replies

    replies.stuff = lambda content: content


@fault("sizes-of-the-wire", "a letter's size counts the dots that were added", TRANSCRIPTS)
def _() -> None:
    from smtplab.protocol.pop3.maildrop import Letter
    from smtplab.protocol.wire import stuff

    right = Letter.__init__

    def init(self: Any, uid: str, _: int, read: Any) -> None:
        right(self, uid, len(stuff(read())), read)

    Letter.__init__ = init  # type: ignore[method-assign]


@fault("list-renumbers", "after DELE the letters that are left are counted anew", TRANSCRIPTS)
def _() -> None:
    from smtplab.protocol.pop3.maildrop import Maildrop

    right = Maildrop.left.fget
    assert right is not None
    Maildrop.left = property(lambda self: tuple(enumerate((letter for _, letter in right(self)), 1)))  # type: ignore[assignment]


@fault("rset-keeps-the-marks", "RSET leaves what was marked", TRANSCRIPTS)
def _() -> None:
    _handler("RSET", lambda _, __, answer: _with_effect(answer, lambda: None))


@fault("retr-removes", "a letter that was fetched is gone with QUIT", TRANSCRIPTS)
def _() -> None:
    def change(session: Any, said: Any, answer: Any) -> Any:
        session.maildrop.marked.add(int(said.command.argument or 0))
        return answer

    _handler("RETR", change)


@fault(
    "removed-for-everybody",
    "what bob removes is gone for alice as well",
    f"{NET}::test_a_letter_to_several_is_removed_for_one",
)
def _() -> None:
    from smtplab.net.mailbox import Mailbox

    right = Mailbox.removed

    def removed(self: Any, _: str, keys: Any) -> None:
        for user in {user for kept in self._kept for user in kept.users}:
            right(self, user, keys)

    Mailbox.removed = removed  # type: ignore[method-assign]


@fault(
    "bare-lf-in-a-letter",
    "a bare LF is sent as it is, so LF . LF ends a letter for who reads by LF",
    f"{NET}::test_no_dot_between_bare_lf_ends_a_letter_for_a_client_that_reads_lines_by_lf",
)
def _() -> None:
    from smtplab.net import maildrops

    maildrops.as_lines = lambda octets: octets


@fault("a-wrong-password-may-be-said-again", "after a wrong password the name is still known", STATES)
def _() -> None:
    from smtplab.protocol.pop3.machine import POP3, State
    from smtplab.protocol.replies import Outcome
    from smtplab.protocol.table import Table

    def change(row: Any) -> Any:
        leads = {key: lead for key, lead in row.leads.items() if key is not Outcome.PERMANENT}
        return replace(row, leads=MappingProxyType(leads)) if row.event == "PASS" else row

    rows = [change(row) for row in POP3.rows]
    changed = Table(POP3.name, State, rows, start=POP3.start, closed=POP3.closed, lacking=POP3._lacking)
    POP3.rows, POP3.at, POP3.by_event = changed.rows, changed.at, changed.by_event


@fault("a-listing-has-one-line", "who only listens takes the first line of a listing for all of it", STATES)
def _() -> None:
    from smtplab.protocol.pop3 import replies

    replies._LONG_WITHOUT_ARGUMENT = frozenset()  # type: ignore[assignment]


@fault("any-name-is-told", "USER refuses a name that has no mail, and so tells who has", TRANSCRIPTS)
def _() -> None:
    def change(session: Any, said: Any, answer: Any) -> Any:
        if session.maildrops.exists(said.command.argument):
            return answer
        return replace(answer, reply=session.say("-ERR", "pop3 log-in refused"), effect=None)

    _handler("USER", change)
