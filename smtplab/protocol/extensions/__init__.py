"""Extensions of SMTP: what an EHLO reply offers, one file each.

An extension is its keyword, the parameters that it adds to MAIL and RCPT, and what stands beside its keyword in
the EHLO reply. Verbs that it adds are rows of the table with the keyword in them, and their handlers stand in its file.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import auth, chunking, dsn, eightbitmime, enhancedstatuscodes, help, pipelining, size, smtputf8, starttls
from .base import BadParameter, Extension

_ALL = (pipelining, size, eightbitmime, enhancedstatuscodes, smtputf8, chunking, dsn, starttls, auth, help)

EXTENSIONS: Mapping[str, Extension] = {module.EXTENSION.keyword: module.EXTENSION for module in _ALL}

__all__ = ["EXTENSIONS", "BadParameter", "Extension"]
