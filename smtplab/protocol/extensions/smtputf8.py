"""SMTPUTF8: addresses may hold any UTF-8, where MAIL says so (RFC 6531 §3.4).

Without the parameter an address is ASCII, whatever the server offers: 553 with 5.6.7 (RFC 6531 §3.5).
"""

from ..manners import Manners
from .base import BadParameter, Extension


def _no_value(value: str, _: Manners) -> None:
    if value:
        raise BadParameter(501, "5.5.4", "SMTPUTF8 takes no value")


EXTENSION = Extension("SMTPUTF8", "RFC 6531", {"SMTPUTF8": _no_value})
