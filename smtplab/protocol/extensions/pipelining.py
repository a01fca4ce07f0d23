"""PIPELINING: a client may send several commands before it reads the replies (RFC 2920 §3).

Nothing has to be done for it: this server answers whatever has come, in order. Which events must come last in a
group is a column of the table (`ends_group`).
"""

from .base import Extension

EXTENSION = Extension("PIPELINING", "RFC 2920")
