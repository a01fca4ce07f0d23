"""Extensions of SMTP: what an EHLO reply offers, one file each.

An extension is its keyword, the parameters that it adds to MAIL and RCPT, and what stands beside its keyword in
the EHLO reply. Verbs that it adds are rows of the table with the keyword in them.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import eightbitmime, enhancedstatuscodes, help, pipelining, size
from .base import BadParameter, Extension

EXTENSIONS: Mapping[str, Extension] = {
    module.EXTENSION.keyword: module.EXTENSION for module in (pipelining, size, eightbitmime, enhancedstatuscodes, help)
}

__all__ = ["EXTENSIONS", "BadParameter", "Extension"]
