"""HELP as a keyword: the server tells that HELP is worth asking (RFC 5321 §4.1.1.1)."""

from .base import Extension

EXTENSION = Extension("HELP", "RFC 5321")
