"""Where accepted mail goes: a list in memory, and with a folder given a Maildir for each user as well.

Never does: decide who may have mail (the world does) or speak (a failure is `StoreFailed`, and the session says 451
or 452).

Rules
1. `store` returns only when the message is kept: with a folder, written, synced, and its name synced too. The 250
   leaves after that.
2. A message is one per mail transaction; a recipient's mailbox is named by the local-part, and no two local-parts
   ever share a folder, whatever the file system thinks of case, dots and signs.
3. Memory and the number of folders are bounded. Without a folder a full memory refuses (452); nothing accepted is
   dropped. With one, the folder has it all, and memory keeps the latest.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import overload

from ..protocol.message import Message, StoreFailed
from ..protocol.world import RESIDENTS, World

OCTETS_KEPT = 512 * 1024 * 1024
"""Octets of mail kept in memory. Postfix refuses when the disk has less than 1.5 messages of room; this is ours."""
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
        name = _unquoted(name)
        name = "postmaster" if name.lower() == "postmaster" else name
        users.update(dict.fromkeys(world.expands(name) or (name,)))
    return tuple(users)


def _unquoted(local_part: str) -> str:
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

    def deliver(self, raw: bytes, users: Sequence[str]) -> None:
        """Puts a message into each user's mailbox, on disk when this returns. Raises StoreFailed, and then no one has it."""
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
        path = os.path.join(self.folder, folder_name(user))
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


class Mailbox(Sequence[Message]):
    """The messages that a server accepted, the oldest first, one per mail transaction.

    `mailbox["bob"]` has those that bob got, `mailbox[-1]` is the latest. Looking at it first lets the server read
    what has been sent to it.
    """

    def __init__(self, world: World, maildir: Maildir | None = None) -> None:
        self._world = world
        self._maildir = maildir
        self._kept: list[tuple[Message, tuple[str, ...]]] = []
        self._octets = 0
        self.before_looking: Callable[[], None] = lambda: None

    def store(self, message: Message, domains: Iterable[str]) -> None:
        """Keeps a message; it is safe when this returns. Raises StoreFailed."""
        users = users_of(message, domains, self._world)
        size = len(message.raw)
        if self._maildir is not None:
            self._maildir.deliver(message.raw, users)
            while self._kept and self._octets + size > OCTETS_KEPT:
                self._octets -= len(self._kept.pop(0)[0].raw)
        elif self._octets + size > OCTETS_KEPT:
            raise StoreFailed(f"{OCTETS_KEPT // 1024**2} MB of mail are kept already", full=True)
        self._kept.append((message, users))
        self._octets += size

    def _look(self) -> list[tuple[Message, tuple[str, ...]]]:
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
            return [message for message, users in kept if index in users]
        messages = [message for message, _ in kept]
        if isinstance(index, slice):
            return messages[index]
        if not -len(messages) <= index < len(messages):
            raise IndexError(f"{_counted(len(messages))} accepted: there is no number {index}")
        return messages[index]

    def __iter__(self) -> Iterator[Message]:
        return iter([message for message, _ in self._look()])

    def __repr__(self) -> str:
        return f"<Mailbox of {_counted(len(self))}>"


def _counted(number: int) -> str:
    return "1 message" if number == 1 else f"{number} messages"
