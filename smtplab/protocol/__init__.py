"""SMTP without input or output: the table, the wire, replies, the server's session, the observer.

Read in this order: `replies`, `table`, `smtp`, `wire`, `command`, `address`, `handlers`, `session`, `recorder`,
`observer`, `transcript`.
"""
