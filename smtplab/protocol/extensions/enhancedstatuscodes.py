"""ENHANCEDSTATUSCODES: replies carry a second, finer code such as 5.1.1 (RFC 2034 §3).

Only after an EHLO that offered it, and never in the reply to HELO or EHLO itself (RFC 2034 §4).
"""

from .base import Extension

EXTENSION = Extension("ENHANCEDSTATUSCODES", "RFC 2034")
