"""What POP3 reads: the mail that SMTP filled, in memory, or in the folder where a Maildir is kept.

Never does: speak, or decide who may look (the session does).

Rules
1. A maildrop is locked while a session has it open, one lock table a server; nothing outside this process knows of it.
2. The oldest letter comes first. Its unique id is its queue id, or in a folder the key of its file: the same in each
   session, and in a folder in each run.
3. Reading changes nothing. Only `close` removes, and what it removed is gone from `server.mailbox["bob"]` as well.
4. Every line of a letter ends in CR LF. A bare LF that SMTP kept becomes one, as in other servers: a client that takes
   LF for a line's end would else find the end of the letter where somebody wrote LF . LF into it.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from ..protocol.message import StoreFailed
from ..protocol.pop3.maildrop import Letter, MaildropBusy
from ..protocol.world import RESIDENTS
from .mailbox import Kept, Mailbox, Maildir, unquoted

if TYPE_CHECKING:  # it costs what `email` costs
    from mailbox import Maildir as StandardMaildir

_UID = re.compile(r"[\x21-\x7e]{1,70}")
_BARE_LF = re.compile(rb"(?<!\r)\n")
_AGE = re.compile(r"(\d+)(?:.*?M(\d+))?(?:.*?Q(\d+))?")


def as_lines(octets: bytes) -> bytes:
    """A letter as POP3 sends it: every line ends in CR LF, the last one too.

    >>> as_lines(b"a\\r\\nb\\nc")
    b'a\\r\\nb\\r\\nc\\r\\n'
    """
    lines = _BARE_LF.sub(b"\r\n", octets)
    return lines if not lines or lines.endswith(b"\r\n") else lines + b"\r\n"


def unique_id(name: str) -> str:
    """The name, or what stands for it where it is no unique id: 1 to 70 characters, none of them blank (RFC 1939 §7)."""
    return name if _UID.fullmatch(name) else hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()


class MailboxDrops:
    """The maildrops of one server. All methods are called in its loop's thread."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._open: set[str] = set()
        self._sizes: dict[str, dict[str, int]] = {}

    def named(self, name: str) -> str:
        """The user that a client means by this name, its quotes taken off.

        A local-part keeps its case (RFC 5321 §2.4), so mail for Bob and mail for bob lie in two maildrops. Whoever
        says BOB, and no mail ever came for that, means bob.
        """
        user = unquoted(name)
        if self._mailbox.knows(user) or not self.exists(user.lower()):
            return user
        return user.lower()

    def exists(self, user: str) -> bool:
        """True for a resident, and for whoever has, or had, mail."""
        return user in RESIDENTS or self._mailbox.knows(user)

    def open(self, user: str) -> Sequence[Letter]:
        """The user's letters, the oldest first, locked until `close`. Raises MaildropBusy, OSError."""
        if user in self._open:
            raise MaildropBusy(user)
        maildir = self._mailbox.maildir
        letters = self._in_memory(user) if maildir is None else self._on_disk(user, maildir)
        self._open.add(user)
        return letters

    def close(self, user: str, remove: Sequence[Letter] = ()) -> None:
        """Unlocks it, and removes these letters. Raises StoreFailed where one could not be removed."""
        self._open.discard(user)
        gone = {letter.uid for letter in remove}
        maildir = self._mailbox.maildir
        if gone and maildir is not None:
            gone, failed = _removed(maildir, user, gone)
            self._mailbox.removed(user, gone)
            if failed:
                raise StoreFailed("the folder cannot be written")
        elif gone:
            self._mailbox.removed(user, {kept.key for kept in self._mailbox.of(user) if unique_id(kept.key) in gone})

    # ------------------------------------------------------------------------------------------ where it lies
    def _in_memory(self, user: str) -> list[Letter]:
        return [_letter(kept) for kept in self._mailbox.of(user)]

    def _on_disk(self, user: str, maildir: Maildir) -> list[Letter]:
        box = _standard(maildir, user)
        if box is None:
            return []
        keys = sorted(box.keys(), key=lambda key: _age(maildir.path_of(user), key))
        known = self._sizes.get(user, {})  # a file of a Maildir never changes
        self._sizes[user] = {key: known[key] if key in known else len(_read(box, key)) for key in keys}
        return [Letter(unique_id(key), self._sizes[user][key], partial(_read, box, key)) for key in keys]


def _letter(kept: Kept) -> Letter:
    raw = kept.message.raw
    added = raw.count(b"\n") - raw.count(b"\r\n") + (0 if raw.endswith(b"\n") else len(b"\r\n"))
    return Letter(unique_id(kept.key), len(raw) + added, lambda: as_lines(kept.message.raw))


def _standard(maildir: Maildir, user: str) -> StandardMaildir | None:
    """The user's Maildir, by the standard library; None where there is none."""
    from mailbox import Maildir as StandardMaildir

    path = maildir.path_of(user)
    return StandardMaildir(path, create=False) if os.path.isdir(path) else None


def _age(path: str, key: str) -> tuple[int, int, int, str]:
    """What sorts letters by age: the second, the microsecond and the count in a file's name, where they stand in it."""
    found = _AGE.match(key)
    if found is not None:
        return int(found[1]), int(found[2] or 0), int(found[3] or 0), key
    try:
        changed = max(os.path.getmtime(os.path.join(path, part, key)) for part in ("new", "cur"))
    except OSError:
        changed = 0
    return int(changed), 0, 0, key


def _read(box: StandardMaildir, key: str) -> bytes:
    try:
        return as_lines(box.get_bytes(key))
    except KeyError:
        raise FileNotFoundError(f"the letter {key} is not there any more") from None


def _removed(maildir: Maildir, user: str, uids: set[str]) -> tuple[set[str], bool]:
    """Removes the files of these letters: the keys of those that are gone now, and whether one could not be."""
    box, gone, failed = _standard(maildir, user), set[str](), False
    if box is None:
        return gone, failed  # somebody took the whole folder away
    for key in list(box.iterkeys()):
        if unique_id(key) in uids:
            try:
                box.discard(key)
            except OSError:
                failed = True
            else:
                gone.add(key)
    return gone, failed
