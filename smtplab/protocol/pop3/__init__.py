"""POP3: how a letter is fetched (RFC 1939), on the same frame as SMTP.

Read in this order: `machine` (the rows), `replies`, `commands`, `maildrop`, `handlers`, `session`. `language` ties the
machine to its octets, as `protocol.language` does for SMTP.
"""
