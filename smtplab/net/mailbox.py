"""Where accepted mail goes: a list in memory, and with a folder given a Maildir for each user as well.

Never does: decide who may have mail (the world does) or speak (a failure is `StoreFailed`, and the session says 451
or 452).

Rules
1. `store` returns only when the message is kept: with a folder, written, synced, and its name synced too. The 250
   leaves after that.
2. A message is one per mail transaction; a recipient's mailbox is named by the local-part, and no two local-parts
   ever share a folder, whatever the file system thinks of case, dots and signs.
3. Memory and the number of folders are bounded. Without a folder a full memory refuses (452); nothing accepted is
   dropped before everybody has removed it. With one, the folder has it all, and memory keeps the latest.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from ..protocol.message import Message, StoreFailed
from ..protocol.world import RESIDENTS, World

OCTETS_KEPT = 512 * 1024 * 1024
"""Octets of mail kept in memory. Postfix refuses when the disk has less than 1.5 messages of room; this is ours."""
NAMES_KEPT = 100_000
"""Names remembered of those whose mail is gone: who fetched all of it may log in again."""
MAILBOXES = 1_000
"""Folders that `maildir=` makes at most: every local-part is taken, so clients could invent them without end."""

_PLAIN = re.compile(r"[a-z0-9_+=@-]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")


def users_of(message: Message, domains: Iterable[str], world: World) -> tuple[str, ...]:
    """Whose mailboxes a message belongs in, each once: local-parts, or whole addresses where the domain is not ours.

    A list stands for its members; quotes that a local-part does not need are taken off (RFC 5321 §4.1.2).
    """
    from ..protocol.address import split  # with SMTP; see `Engine.opened`

    local = {domain.lower() for domain in domains}
    users: dict[str, None] = {}
    for path in message.envelope.forward_paths:
        name, domain = split(path)
        if domain and domain.lower() not in local:
            users[path] = None
            continue
        name = unquoted(name)
        name = "postmaster" if name.lower() == "postmaster" else name
        users.update(dict.fromkeys(world.expands(name) or (name,)))
    return tuple(users)


def unquoted(local_part: str) -> str:
    """A local-part without quotes, if it has any."""
    if len(local_part) > 1 and local_part.startswith('"') and local_part.endswith('"'):
        return re.sub(r"\\(.)", r"\1", local_part[1:-1])
    return local_part


def folder_name(user: str) -> str:
    """The folder for a user's mailbox: the name, percent-encoded where some file system would mind.

    >>> folder_name("first.last"), folder_name("../Bob"), folder_name("con")
    ('first.last', '%2E.%2F%42ob', '%63on')
    """
    last = len(user) - 1
    kept = "".join(
        c if _PLAIN.fullmatch(c) or (c == "." and 0 < at < last) else "".join(f"%{octet:02X}" for octet in c.encode())
        for at, c in enumerate(user)
    )
    if _RESERVED.fullmatch(kept):
        kept = f"%{ord(kept[0]):02X}{kept[1:]}"
    if len(kept) > 200:
        import hashlib

        kept = f"{kept[:120]}%{hashlib.sha256(user.encode()).hexdigest()}"
    return kept


class Maildir:
    """A Maildir for each user below one folder: FOLDER/<user>/{tmp,new,cur}, by the standard library.

    Raises OSError, saying what to do, where the folder cannot be used.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        if not os.fspath(folder):
            raise ValueError("maildir is empty: give the name of a folder, or leave it out and mail is kept in memory")
        self.folder: str = os.path.abspath(os.fspath(folder))
        try:
            os.makedirs(self.folder, exist_ok=True)
            for user in RESIDENTS:
                self._prepare(user)
        except (OSError, StoreFailed):
            raise OSError(
                f"Mail cannot be kept in {self.folder}. Give a folder that can be written to, or leave maildir out and"
                " it is kept in memory."
            ) from None

    def path_of(self, user: str) -> str:
        """The user's folder, whether it is there or not."""
        return os.path.join(self.folder, folder_name(user))

    def deliver(self, raw: bytes, users: Sequence[str]) -> list[str]:
        """Puts a message into each user's mailbox, on disk when this returns; gives the keys of its files.

        Raises StoreFailed, and then no one has it.
        """
        written: list[str] = []
        try:
            for user in users:
                written.append(self._add(user, raw))
        except OSError as error:
            for path in written:
                _remove(path)
            is_full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
            raise StoreFailed(
                "the disk is full" if is_full else "the folder cannot be written", full=is_full
            ) from error
        except StoreFailed:
            for path in written:
                _remove(path)
            raise
        return [os.path.basename(path) for path in written]

    def _add(self, user: str, raw: bytes) -> str:
        from mailbox import Error as StandardError
        from mailbox import Maildir as StandardMaildir

        path = self._prepare(user)
        # The library writes the system's line ends for LF; where that is LF, CR LF stays as it came.
        octets = raw if os.linesep == "\n" else raw.replace(b"\r\n", b"\n")
        try:
            key = StandardMaildir(path, create=False).add(octets)  # writes to tmp, syncs the file, links it into new
        except StandardError as error:
            raise OSError(str(error)) from error
        new = os.path.join(path, "new")
        _sync_folder(new)  # the library syncs the file, not its name
        return os.path.join(new, key)

    def _prepare(self, user: str) -> str:
        """The user's folder, made where it is missing. Raises StoreFailed where there are too many."""
        path = self.path_of(user)
        parts = [os.path.join(path, part) for part in ("tmp", "new", "cur")]
        if all(map(os.path.isdir, parts)):
            return path
        if not os.path.isdir(path) and len(os.listdir(self.folder)) >= MAILBOXES:
            raise StoreFailed("there are too many mailboxes", full=True)
        for part in parts:
            os.makedirs(part, mode=0o700, exist_ok=True)
        _sync_folder(path)
        _sync_folder(self.folder)
        return path


def _sync_folder(path: str) -> None:
    """Makes the names in a folder outlive a power cut; on Windows the system offers no such thing."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):  # if it stays, the sender, who is told "try again", makes it two
        os.remove(path)


@dataclass(slots=True, eq=False)
class Kept:
    """A message in memory, and who has it: user -> the key of the file, or `key` where there is no folder."""

    message: Message
    key: str
    """Its queue id, told apart from those that are spelt alike."""
    users: dict[str, str]

    @property
    def octets(self) -> int:
        return len(self.message.trace) + len(self.message.content)


class Mailbox(Sequence[Message]):
    """The messages that a server accepted, the oldest first, one per mail transaction.

    `mailbox[-1]` is the latest, whoever has read it. `mailbox["bob"]` is bob's mailbox as it stands: those that he
    got, without what was removed by POP3. Looking at it first lets the server read what has been sent to it.
    """

    def __init__(self, world: World, maildir: Maildir | None = None) -> None:
        self._world = world
        self.maildir = maildir
        self._kept: list[Kept] = []
        self._octets = self._stored = 0
        self._unclaimed = 0
        """Messages that nobody has any more: the first to go where room is needed."""
        self._names: set[str] = set()
        self._keys: set[str] = set()
        self.before_looking: Callable[[], None] = lambda: None

    def store(self, message: Message, domains: Iterable[str]) -> None:
        """Keeps a message; it is safe when this returns. Raises StoreFailed."""
        users = users_of(message, domains, self._world)
        key = message.queue_id if message.queue_id not in self._keys else f"{message.queue_id}.{self._stored}"
        kept = Kept(message, key, dict.fromkeys(users, key))
        if self.maildir is not None:
            kept.users = dict(zip(users, self.maildir.deliver(message.raw, users), strict=True))
        self._make_room(kept.octets)
        self._kept.append(kept)
        self._keys.add(key)
        self._octets += kept.octets
        self._stored += 1
        self._names.update(users)
        if len(self._names) > NAMES_KEPT:
            self._names = {user for each in self._kept for user in each.users}

    def _make_room(self, size: int) -> None:
        """Forgets what nobody has any more, and what the folder has too. Raises StoreFailed where that is not enough."""
        if self._octets + size <= OCTETS_KEPT:
            return
        if self._unclaimed:
            for kept in self._kept:
                if not kept.users:
                    self._forget(kept)
            self._kept, self._unclaimed = [kept for kept in self._kept if kept.users], 0
        while self.maildir is not None and self._kept and self._octets + size > OCTETS_KEPT:
            self._forget(self._kept.pop(0))
        if self.maildir is None and self._octets + size > OCTETS_KEPT:
            raise StoreFailed(f"{OCTETS_KEPT // 1024**2} MB of mail are kept already", full=True)

    def _forget(self, kept: Kept) -> None:
        self._octets -= kept.octets
        self._keys.discard(kept.key)

    # ------------------------------------------------------------------------------- for POP3, in the loop's thread
    def knows(self, user: str) -> bool:
        """True where mail ever came for this user, and with a folder, in an earlier run too."""
        return user in self._names or (self.maildir is not None and os.path.isdir(self.maildir.path_of(user)))

    def of(self, user: str) -> list[Kept]:
        """What this user has in memory, the oldest first."""
        return [kept for kept in self._kept if user in kept.users]

    def removed(self, user: str, keys: Collection[str]) -> None:
        """The user has these no more."""
        for kept in self._kept:
            if kept.users.get(user) in keys:
                del kept.users[user]
                self._unclaimed += not kept.users

    def _look(self) -> list[Kept]:
        self.before_looking()
        return self._kept.copy()

    def __len__(self) -> int:
        return len(self._look())

    @overload
    def __getitem__(self, index: int) -> Message: ...
    @overload
    def __getitem__(self, index: slice) -> list[Message]: ...
    @overload
    def __getitem__(self, index: str) -> list[Message]: ...
    def __getitem__(self, index: int | slice | str) -> Message | list[Message]:
        kept = self._look()
        if isinstance(index, str):
            return [each.message for each in kept if index in each.users]
        messages = [each.message for each in kept]
        if isinstance(index, slice):
            return messages[index]
        if not -len(messages) <= index < len(messages):
            raise IndexError(f"{_counted(len(messages))} accepted: there is no number {index}")
        return messages[index]

    def __iter__(self) -> Iterator[Message]:
        return iter([kept.message for kept in self._look()])

    def __repr__(self) -> str:
        return f"<Mailbox of {_counted(len(self))}>"


def _counted(number: int) -> str:
    return "1 message" if number == 1 else f"{number} messages"
