"""The bundled server as a notebook holds it, on TCP or in memory: made means started, nothing of it outlives its use.

    server = Server()
    sock = socket.create_connection(server.address, timeout=5)
    ...
    server.sessions[-1]     # what was said, whoever said it
    server.mailbox[-1]      # what was accepted

With `pop3=True` the same server lets the mail be fetched, at `server.pop3_address`.

Never does: speak a protocol (`protocol.session`), run (`engine`), print, or use the kernel's event loop.

Rules
1. On a free port (the default) it stops when nothing refers to it; on a port that was asked for it stays, and a newer
   one of this process takes its place. All end with the interpreter.
2. Looking (`sessions`, `mailbox`, `waiting`) first lets the server read what has been sent to it.
3. No port number is ever part of what is shown.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING, Self

from ..protocol.manners import Manners
from ..protocol.manners import manners as manners_named
from ..protocol.persona import Persona
from ..protocol.persona import persona as persona_named
from ..protocol.world import Clock, ToyClock, World
from .asked import checked_accounts, checked_domains, checked_faults, checked_pop3, checked_rules, checked_size
from .listening import checked_for, checked_port, listen
from .mailbox import Mailbox, Maildir
from .record import Look
from .running import engines_on
from .sessions import Sessions, Waiting
from .transport import checked_offer, checked_transport, engine_for, need_tls

if TYPE_CHECKING:
    import ssl

    from ..protocol.faults import Fault
    from ..protocol.rules import Rule
    from ..protocol.transcript import Transcript


class Server:
    """A mail server that is running: `address` is where, `sessions` what was said, `mailbox` what was accepted.

    `persona`: its words, "modern", "sendmail-8.9.2" or "foreign". `manners`: "lenient", "strict" or a Manners;
    `strict=True` is short for "strict". `port` 0 is any free one. `pop3`: whether mail can be fetched by POP3 too, True
    on any free port, or the port; by whoever may log in, the password in the clear or after STLS. `maildir`: a folder where accepted mail is kept as
    well. `domains`: those whose mail it takes. `max_size`: octets of mail data it takes. `clock`: another than the
    toy world's. `tls` offers STARTTLS, with a certificate of a throwaway authority (`ca_file`, `client_context`).
    `auth` offers AUTH: "toy" to the residents of the toy world, else to a list of (user, password); `auth_in_clear`
    without TLS as well. `without`: keywords that are not offered. `faults`: what goes wrong, as text ("RCPT:2=450")
    or Fault. `rules`: what refuses by what came before, such as Greylist(), or "Greylist 300". `on_end` is called, in the server's
    thread, with number and transcript of each session that is over, before its last reply leaves. `transport`: "tcp",
    or "memory", reached in this process alone and without a network; left out, what the machine has. Raises ValueError
    for what cannot be meant, OSError where it cannot listen; both say what to do.
    """

    def __init__(
        self,
        persona: str | Persona = "modern",
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        pop3: bool | int | None = None,
        manners: str | Manners | None = None,
        strict: bool | None = None,
        maildir: str | os.PathLike[str] | None = None,
        domains: Sequence[str] | str | None = None,
        max_size: int | None = None,
        clock: Clock | None = None,
        tls: bool = False,
        auth: str | Sequence[tuple[str, str]] | None = None,
        auth_in_clear: bool = False,
        without: Sequence[str] | str = (),
        faults: str | Fault | Sequence[str | Fault] | None = None,
        rules: str | Rule | Sequence[str | Rule] = (),
        transport: str | None = None,
        on_end: Callable[[int, Transcript], None] | None = None,
    ) -> None:
        if manners is not None and strict is not None:
            raise ValueError("manners and strict say the same thing: give one of them")
        self._domains = None if domains is None else checked_domains(domains)
        self._max_size = None if max_size is None else checked_size(max_size)
        self._transport, self._host = checked_transport(transport, tls=tls), host
        self._tls, self._accounts, self._in_clear = tls, checked_accounts(auth), auth_in_clear
        if tls:
            _tls().authority()  # now, not amid the first handshake
        self._without = (without,) if isinstance(without, str) else tuple(without)
        chosen = self._manners(manners if manners is not None else "strict" if strict else "lenient")
        words, world = persona_named(persona), World(rules=checked_rules(rules))
        box = Mailbox(world, None if maildir is None else Maildir(maildir))
        self._engine = engine_for(self._transport)(
            host, checked_port(port), words, chosen, clock or ToyClock(), box, world=world, on_end=on_end,
            faults=checked_faults(faults), pop3_port=checked_pop3(pop3, port),
        )  # fmt: skip
        self.start()
        if port == 0 and not self._engine.pop3_port:
            stop_forgotten = weakref.finalize(self, self._engine.stop)
            stop_forgotten.atexit = False  # the engine sees to that, for every port

    def _manners(self, wanted: str | Manners) -> Manners:
        chosen = manners_named(wanted)
        if self._domains is not None:
            chosen = replace(chosen, domains=self._domains)
        if self._max_size is not None:
            chosen = replace(chosen, max_size=self._max_size)
        if self._tls:
            chosen = chosen.offering("STARTTLS")
        if self._accounts is not None:
            chosen = replace(chosen.offering("AUTH"), accounts=self._accounts, auth_in_clear=self._in_clear)
        elif self._in_clear:
            raise ValueError("auth_in_clear says how AUTH is offered, and it is not: give auth as well")
        return checked_for(self._host, checked_offer(self._transport, chosen.without(*self._without)))

    # ------------------------------------------------------------------------------------- start and stop
    def start(self) -> Self:
        """Starts it again after `stop`; harmless while it runs. Raises OSError where it cannot listen."""
        for port in (self._engine.port, self._engine.pop3_port):
            for older in engines_on(port) if port and not self._engine.is_running else ():
                older.stop()
        self._engine.start(listen)
        return self

    def stop(self) -> None:
        """Says 421 to whoever is connected, then closes everything; the record stays. At most a few seconds.

        POP3 has no such word: its sessions are closed, and what was marked in them stays (RFC 1939 §3).
        """
        self._engine.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def is_running(self) -> bool:
        return self._engine.is_running

    # ------------------------------------------------------------------------------------------ what to see
    @property
    def address(self) -> tuple[str, int]:
        """(host, port), for socket.create_connection."""
        return self._engine.address

    @property
    def pop3_address(self) -> tuple[str, int]:
        """(host, port) where mail is fetched. Raises ValueError where POP3 is not spoken."""
        if self._engine.pop3_port is None:
            raise ValueError("this server speaks no POP3: make it with Server(pop3=True)")
        return self._engine.pop3_address

    @property
    def transport(self) -> str:
        """How it is reached: "tcp" or "memory"."""
        return self._transport

    @property
    def ca(self) -> bytes:
        """The certificate of the authority that vouches for this process's servers, PEM."""
        return _tls().authority().pem

    @property
    def ca_file(self) -> str:
        """The path of a file with `ca` in it, for clients that want a file; it goes when Python ends."""
        return _tls().ca_file()

    def client_context(self) -> ssl.SSLContext:
        """A context for a client that verifies this server, and trusts nobody else."""
        return _tls().authority().client_context()

    @property
    def sessions(self) -> Sessions:
        """The transcripts of all sessions, one per connection, in the order of connecting; `table` tells the protocol."""
        return Sessions(self._engine)

    @property
    def mailbox(self) -> Mailbox:
        """The messages accepted, one per mail transaction: [-1] is the latest, ["bob"] is bob's mailbox as it stands."""
        return self._engine.mailbox

    def look(self, number: int = 0, *, most: int = 50) -> Look:
        """One session as it stands, by its number from 1, or the latest; and the latest `most` sessions in brief."""
        return self._engine.ask(lambda: self._engine.look(number, most))

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Have `watcher` called when something was said, a few times a second at most; gives what ends it.

        It is called in the server's thread, which it must not keep: it may `look`, and is not told what changed.
        """
        self._engine.watchers.add(watcher)
        return lambda: self._engine.watchers.remove(watcher)

    @property
    def waiting(self) -> Waiting:
        """What the server waits for, in words, for each session that goes on."""
        return Waiting(self._engine.ask(self._engine.waiting))

    @property
    def errors(self) -> tuple[BaseException, ...]:
        """The bugs of this server that showed themselves, the latest last: () where all is well."""
        return tuple(self._engine.errors)

    @property
    def persona(self) -> Persona:
        """Its words. May be changed, by name too: new sessions have the new ones."""
        return self._engine.persona

    @persona.setter
    def persona(self, wanted: str | Persona) -> None:
        self._engine.persona = persona_named(wanted)

    @property
    def clock(self) -> Clock:
        """What it takes for the time. The toy world's can be turned on: `server.clock.turn(300)`."""
        return self._engine.clock

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What goes wrong on purpose. May be changed, by text too ("RCPT:2=450"): new sessions have the new ones."""
        return self._engine.faults

    @faults.setter
    def faults(self, wanted: str | Fault | Sequence[str | Fault] | None) -> None:
        self._engine.faults = checked_faults(wanted)

    @property
    def manners(self) -> Manners:
        """Its rules. May be changed, by name too ("strict", "lenient"): new sessions have the new ones."""
        return self._engine.manners

    @manners.setter
    def manners(self, wanted: str | Manners) -> None:
        self._engine.manners = self._manners(wanted)

    def __repr__(self) -> str:
        doing = "accepts connections" if self.is_running else "is stopped"
        return f"<Server {self.persona.name!r}, {self.manners.name}: {doing}>"


def _tls() -> ModuleType:
    """TLS is loaded where it is wanted: it costs a server without it nothing."""
    need_tls()
    from . import tls

    return tls
