"""SMTP on a real network: the bundled server, its mailbox, and a socket that keeps a record."""
