"""8BITMIME: mail data may have octets above 127, announced as BODY=8BITMIME (RFC 6152 §2)."""

from ..manners import Manners
from .base import BadParameter, Extension


def _body(value: str, _: Manners) -> None:
    if value.upper() not in ("7BIT", "8BITMIME"):
        raise BadParameter(501, "5.5.4", "BODY is 7BIT or 8BITMIME")


EXTENSION = Extension("8BITMIME", "RFC 6152", {"BODY": _body})
