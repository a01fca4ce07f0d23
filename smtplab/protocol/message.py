"""A message that a server accepted: its envelope, its content, and the trace lines put on top (RFC 5321 §4.4).

Nothing here stores anything: `store(message)` is given to the session from outside, and may raise `StoreFailed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # `email` costs a learner's first import; it is loaded when a message is first read
    from email.message import EmailMessage


class StoreFailed(Exception):
    """The message could not be kept. `full` becomes a 452, anything else a 451: both say "try again later"."""

    def __init__(self, why: str, *, full: bool = False) -> None:
        super().__init__(why)
        self.full = full


class Envelope(NamedTuple):
    """Who a message is from and for, as MAIL and RCPT said it: paths without brackets, "" for the null path."""

    reverse_path: str
    forward_paths: tuple[str, ...]
    parameters: Mapping[str, str] = MappingProxyType({})
    """Parameters of MAIL, keyword in capitals -> value."""
    rcpt_parameters: tuple[Mapping[str, str], ...] = ()
    """Parameters of each RCPT, in the order of the forward-paths."""


@dataclass(frozen=True)
class Message:
    """One accepted mail transaction. `content` is the mail data as its author meant it (dots unstuffed, CR LF line
    ends, the final dot line left out); `trace` the Return-Path and Received lines; `raw` both, in octets."""

    envelope: Envelope
    content: bytes
    trace: bytes
    queue_id: str = ""

    @property
    def raw(self) -> bytes:
        return self.trace + self.content

    @cached_property
    def message(self) -> EmailMessage:
        """The message as the standard library parses it, trace lines included."""
        from email import message_from_bytes, policy
        from email.message import EmailMessage

        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


def trace_lines(
    envelope: Envelope, *, protocol: str, name: str, client_address: str, host: str, queue_id: str, date: str
) -> bytes:
    """Return-Path and Received, CR LF line ends (RFC 5321 §4.4). A recipient is named only where there is one."""
    only = envelope.forward_paths[0] if len(envelope.forward_paths) == 1 else ""
    for_ = f"\r\n\tfor <{only}>" if only else ""
    text = (
        f"Return-Path: <{envelope.reverse_path}>\r\n"
        f"Received: from {name} ([{client_address}])\r\n"
        f"\tby {host} with {protocol} id {queue_id}{for_}; {date}\r\n"
    )
    return text.encode("utf-8", "surrogateescape")
