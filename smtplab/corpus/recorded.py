"""recorded(): sessions that real servers had, as transcripts.

    recorded()                          # what there is: servers, scripts, titles
    recorded("postfix", "line-513")     # one session
    recorded(script="line-513")         # the answers of all servers to one script, by server
    recorded("postfix")                 # all sessions of one server, by script

A recording has octets and no seconds, and says nothing of how TCP cut them: nor do these transcripts. Their states are
an observer's, made when a session is asked for.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import overload

from ..protocol.observer import Observer
from ..protocol.smtp import State
from ..protocol.transcript import Transcript
from . import store

NOT_FOLLOWED: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("postfix", "smug-pipelined"): (
            "Mail data that holds LF . CR LF, commands and a true end came in one delivery. This Postfix takes the looser"
            " end and answers the commands behind it; whoever only listens finds the true end first."
        )
    }
)
"""The recordings whose states are not right to the end, by (server, script), each with the reason."""


class Sessions(Mapping[str, Transcript]):
    """Recorded sessions by name, each made into a transcript when it is looked at."""

    def __init__(self, about: str, names: Iterable[str], make: Callable[[str], Transcript]) -> None:
        self._about, self._names, self._make = about, tuple(names), make

    def __getitem__(self, name: str) -> Transcript:
        if name not in self._names:
            raise KeyError(name)
        return self._make(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __repr__(self) -> str:
        return f"<{len(self)} recorded sessions, {self._about}: {', '.join(self._names)}>"


class Recordings:
    """What there is: `servers` and `scripts`, each name with its title; `groups` of scripts. Shown, it is the list."""

    @property
    def servers(self) -> Mapping[str, str]:
        """Each server's name, and which version of it that was."""
        return MappingProxyType(store.servers())

    @property
    def scripts(self) -> Mapping[str, str]:
        """Each script's name, and what it tries."""
        return MappingProxyType({name: script["title"] for name, script in store.scripts().items()})

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The scripts' names by what they are about: order, syntax, pipelining and so on."""
        found: dict[str, tuple[str, ...]] = {}
        for name, script in store.scripts().items():
            found[script["group"]] = (*found.get(script["group"], ()), name)
        return MappingProxyType(found)

    @property
    def not_followed(self) -> Mapping[tuple[str, str], str]:
        """The sessions, as (server, script), whose states are not right to the end, and why."""
        return NOT_FOLLOWED

    def __len__(self) -> int:
        return len(self.servers) * len(self.scripts)

    def __str__(self) -> str:
        lines = [
            f"{len(self):,} recorded sessions: {len(self.scripts)} scripts, each said to {len(self.servers)} servers.",
            'recorded("postfix", "happy-ehlo") gives one of them, recorded(script="happy-ehlo") the answers of all.',
            "",
            "servers",
            *(f"  {name:<24} {title}" for name, title in self.servers.items()),
        ]
        for group, names in self.groups.items():
            lines += ["", f"scripts: {group}", *(f"  {name:<24} {self.scripts[name]}" for name in names)]
        return "\n".join(lines)

    __repr__ = __str__


@overload
def recorded() -> Recordings: ...
@overload
def recorded(server: str) -> Sessions: ...
@overload
def recorded(server: str, script: str) -> Transcript: ...
@overload
def recorded(*, script: str) -> Sessions: ...
def recorded(server: str | None = None, script: str | None = None) -> Recordings | Sessions | Transcript:
    """A session that a real server had; with one name alone, the sessions of that server or script; with none, the list.

    Raises ValueError for a name that there is not, and lists those near it.

    >>> recorded("postfix", "vrfy-mid").state.name
    'CLOSED'
    >>> sorted(recorded(script="vrfy-mid"))[:3]
    ['aiosmtpd', 'exim', 'nodemailer']
    """
    if server is not None:
        server = _named(server, "server", store.servers())
    if script is not None:
        script = _named(script, "script", recorded().scripts)
    if server is not None and script is not None:
        return _followed(server, script)
    if server is not None:
        return Sessions(store.servers()[server], store.scripts(), partial(_followed, server))
    if script is not None:
        return Sessions(store.scripts()[script]["title"], store.servers(), lambda name: _followed(name, script))
    return Recordings()


def _named(wanted: str, kind: str, known: Mapping[str, str]) -> str:
    """The name that is meant, capitals aside."""
    name = str(wanted).strip().casefold()
    if name in known:
        return name
    if kind == "server":
        hint = f"There are {', '.join(f'{each} ({title})' for each, title in known.items())}."
        if name in store.scripts():
            hint = f"That is a script: recorded(script={name!r}) gives what all servers answered to it."
    else:
        near = [each for each, title in known.items() if name and (name in each or name in title.casefold())]
        near += [each for each in difflib.get_close_matches(name, known, 6, 0.5) if each not in near]
        hint = f"Near it: {', '.join(near[:8])}." if near else "None is near it."
        hint += " recorded() lists them all."
    raise ValueError(f"there is no recorded {kind} {wanted!r}. {hint}")


def _followed(server: str, script: str) -> Transcript:
    """The session as an observer tells it, from the script's octets and the replies that were kept."""
    recording = store.recordings()[script][server]
    observer, last = Observer(), ""
    for number, (step, answers) in enumerate(zip(store.scripts()[script]["steps"], recording["steps"], strict=False)):
        if "send" in step and observer.state is not State.CLOSED:
            observer.client(store.octets_of(step["send"]))
        if step["op"] == "tls" and last == "220":
            observer.handshake("tls_error" not in recording)
        for answer in answers:
            for _ in range(answer.get("times", 1)):
                observer.server(answer["text"].replace("\n", "\r\n").encode("latin-1") + b"\r\n")
            last = answer["code"]
        if step["op"] == "close":
            observer.client_eof()
        elif recording.get("closed_at_step") == number:
            observer.server_eof()
    # When and in which pieces anything came was not recorded, so nothing is said of it.
    return Transcript(observer.transcript().exchanges, peer=store.servers()[server])
