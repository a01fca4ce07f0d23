"""The client tells its user how it came out, for each recipient."""

import socket

from .after_04 import LIMIT_S, leave, say
from .after_08 import hello, mail_line, offers, wired


def code(reply, wanted="245"):
    """The code of a reply. Raises ValueError for what is none, and for a first digit that has no place here."""
    if reply[:1].decode() not in wanted:
        raise ValueError(f"no reply that fits here: {reply!r}")
    return int(reply[:3])


def transact(sock, reply, sender, recipients, letter, results):
    """One mail transaction after the hello that earned this reply. Each recipient's code is noted when it is known."""
    if code(reply) < 300:
        reply = say(sock, mail_line(sender, letter, offers(reply)))
    if code(reply) >= 400:
        results.update(dict.fromkeys(recipients, code(reply)))
        return
    accepted = []
    for recipient in recipients:
        reply = say(sock, f"RCPT TO:<{recipient}>".encode())
        if code(reply) == 421:  # it closes: for all that are not refused yet
            results.update({each: 421 for each in recipients if results.get(each, 0) == 0})
            return
        if code(reply) >= 400:
            results[recipient] = code(reply)
        else:
            accepted.append(recipient)
    if accepted:
        reply = say(sock, b"DATA")
        if code(reply, "345") == 354:
            reply = say(sock, wired(letter).removesuffix(b"\r\n"))
        results.update(dict.fromkeys(accepted, code(reply)))


def send(address, sender, recipients, letter):
    """Sends a letter, and gives for each recipient the code of the reply that decided."""
    results = {}
    with socket.create_connection(address, timeout=LIMIT_S) as sock:
        transact(sock, hello(sock), sender, recipients, letter, results)
        leave(sock)
    return results
