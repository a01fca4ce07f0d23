"""The client learns what a line end is, and asks what the server offers: it uses that, and nothing else."""

import socket

from .after_04 import LIMIT_S, leave, read_reply, say


def wired(letter):
    """A letter as it travels: CR LF behind each line, dots at the front doubled, and at the end the lone dot."""
    lines = letter.encode().splitlines()
    return b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines) + b".\r\n"


def offers(reply):
    """What the reply to EHLO offers: keyword -> value, "" where it has none."""
    found = {}
    for line in reply.decode().splitlines()[1:]:
        keyword, _, value = line[4:].partition(" ")
        found[keyword.upper()] = value
    return found


def hello(sock):
    """Greeting, EHLO, and HELO where EHLO is not known: the reply that decided."""
    reply = read_reply(sock)
    if reply.startswith(b"2"):
        reply = say(sock, b"EHLO me.example.com")
        if reply.startswith(b"5"):
            reply = say(sock, b"HELO me.example.com")
    return reply


def mail_line(sender, letter, offered):
    """MAIL, with the parameters that this server has offered and this letter wants."""
    line = f"MAIL FROM:<{sender}>"
    if "SIZE" in offered:
        line += f" SIZE={len(wired(letter)) - 3}"
    if "8BITMIME" in offered and not letter.isascii():
        line += " BODY=8BITMIME"
    return line.encode()


def send(address, sender, recipients, letter):
    """Sends a letter, and gives the reply that decided: the first refusal, or the one to the dot."""
    with socket.create_connection(address, timeout=LIMIT_S) as sock:
        reply = hello(sock)
        lines = [mail_line(sender, letter, offers(reply))]
        lines += [f"RCPT TO:<{recipient}>".encode() for recipient in recipients]
        lines += [b"DATA", wired(letter).removesuffix(b"\r\n")]
        for line in lines:
            if reply[:1] not in (b"2", b"3"):
                break
            reply = say(sock, line)
        leave(sock)
    return reply
