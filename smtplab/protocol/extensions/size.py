"""SIZE: the server tells the largest message it takes, the client how large its message is (RFC 1870 §3)."""

from ..manners import Manners
from .base import BadParameter, Extension


def _size(value: str, manners: Manners) -> None:
    if not (value.isascii() and value.isdigit() and len(value) <= 20):
        raise BadParameter(501, "5.5.4", "SIZE is a number of octets")
    if int(value) > manners.max_size:
        raise BadParameter(552, "5.3.4", f"more than {manners.max_size} octets", "too big")


EXTENSION = Extension("SIZE", "RFC 1870", {"SIZE": _size}, offer=lambda manners: str(manners.max_size))
