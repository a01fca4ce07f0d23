"""A letter's header section as a mail program reads it: the few fields that a panel shows."""

from __future__ import annotations

from collections.abc import Mapping
from email.header import decode_header, make_header
from email.parser import HeaderParser
from functools import lru_cache
from types import MappingProxyType

_FIELDS = ("From", "To", "Subject")


@lru_cache(maxsize=1024)
def fields_of(header: bytes) -> Mapping[str, str]:
    """The header fields that the panel shows, read as a mail program reads them."""
    message = HeaderParser().parsestr(header.decode("utf-8", "backslashreplace"))
    found: dict[str, str] = {}
    for name in _FIELDS:
        value = message.get(name)
        if value is not None:
            found[name] = _decoded(" ".join(str(value).split()))
    return MappingProxyType(found)


def _decoded(value: str) -> str:
    """A header field's text, its encoded words read (RFC 2047); as it stands where they are broken."""
    if "=?" not in value:
        return value
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError, UnicodeError):
        return value
