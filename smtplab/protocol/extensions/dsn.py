"""DSN: the client says which notices of delivery it wants (RFC 3461 §4). Kept in the envelope, and shown.

This server sends no notices: it has nowhere to send them to.
"""

from ..manners import Manners
from .base import BadParameter, Extension, is_xtext


def _ret(value: str, _: Manners) -> None:
    if value.upper() not in ("FULL", "HDRS"):
        raise BadParameter(501, "5.5.4", "RET is FULL or HDRS")


def _envid(value: str, _: Manners) -> None:
    if not is_xtext(value, 100):
        raise BadParameter(501, "5.5.4", "ENVID is 1 to 100 characters of xtext")


def _notify(value: str, _: Manners) -> None:
    wanted = value.upper().split(",")
    if wanted != ["NEVER"] and not set(wanted) <= {"SUCCESS", "FAILURE", "DELAY"}:
        raise BadParameter(501, "5.5.4", "NOTIFY is NEVER, or a list of SUCCESS, FAILURE and DELAY")


def _orcpt(value: str, _: Manners) -> None:
    kind, semicolon, address = value.partition(";")
    if not (kind and semicolon and is_xtext(address, 500)):
        raise BadParameter(501, "5.5.4", "ORCPT is type;address, as in rfc822;bob@example.com")


EXTENSION = Extension("DSN", "RFC 3461", {"RET": _ret, "ENVID": _envid}, {"NOTIFY": _notify, "ORCPT": _orcpt})
