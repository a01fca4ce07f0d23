"""A mail client, one session for one letter: it reads whole replies, and stops at the first refusal."""

import socket

LIMIT_S = 3  # Seconds that a reply may take. The standard gives minutes: RFC 5321 §4.5.3.2. This is for lessons.


def read_line(sock):
    """One line, with its CR LF, octet by octet: never one too many."""
    line = b""
    while not line.endswith(b"\n"):
        octet = sock.recv(1)
        if octet == b"":
            raise EOFError("the server hung up in the middle of a reply")
        line += octet
    return line


def read_reply(sock):
    """One whole reply: lines, up to the first that has no hyphen behind its code."""
    reply = line = read_line(sock)
    while line[3:4] == b"-":
        line = read_line(sock)
        reply += line
    return reply


def say(sock, line):
    """Says a line, and gives the reply."""
    sock.sendall(line + b"\r\n")
    return read_reply(sock)


def leave(sock):
    """QUIT. A server that has hung up already hears no goodbye."""
    try:
        say(sock, b"QUIT")
    except (OSError, EOFError):
        pass


def send(address, sender, recipients, letter):
    """Sends a letter, and gives the reply that decided: the first refusal, or the one to the dot."""
    text = letter.replace("\n", "\r\n").encode()
    lines = [b"HELO me.example.com", f"MAIL FROM:<{sender}>".encode()]
    lines += [f"RCPT TO:<{recipient}>".encode() for recipient in recipients]
    lines += [b"DATA", text + b"."]
    with socket.create_connection(address, timeout=LIMIT_S) as sock:
        reply = read_reply(sock)
        for line in lines:
            if reply[:1] not in (b"2", b"3"):
                break
            reply = say(sock, line)
        leave(sock)
    return reply
