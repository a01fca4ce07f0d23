"""The client locks the line where it can: STARTTLS, a certificate that is verified, and EHLO once more."""

import socket
import time

from .after_04 import LIMIT_S, leave, say
from .after_08 import hello, offers
from .after_10 import transact
from .after_12 import named


def locked(sock, reply, host, context):
    """The connection after STARTTLS, and the reply to the EHLO behind it; both as they were where that was refused."""
    if not say(sock, b"STARTTLS").startswith(b"2"):
        return sock, reply
    sock = context.wrap_socket(sock, server_hostname=host)
    return sock, say(sock, b"EHLO me.example.com")


def send(address, sender, recipients, letter, context=None):
    """Sends a letter, and gives for each recipient the code of the reply that decided: 0 where none was read.

    With a context the line is locked where the server offers that, and its certificate must hold.
    """
    results = dict.fromkeys(recipients, 0)
    try:
        with socket.create_connection(address, timeout=LIMIT_S) as sock:
            reply = hello(sock)
            if context is not None and "STARTTLS" in offers(reply):
                sock, reply = locked(sock, reply, address[0], context)
            with sock:
                transact(sock, reply, sender, recipients, letter, results)
                leave(sock)
    except (OSError, EOFError, ValueError):
        pass  # cut, late, no reply at all, or a certificate that does not hold: who was not decided about stays at 0
    return results


def deliver(address, sender, recipients, letter, wait=time.sleep, context=None):
    """Sends a letter, and again to those with 4yz or no answer; gives the last code of each recipient."""
    letter = named(letter)
    results, left, pause = {}, list(recipients), 300
    for attempt in range(12):
        if attempt:
            wait(pause)
            pause *= 2
        results.update(send(address, sender, left, letter, context))
        left = [recipient for recipient in left if results[recipient] == 0 or 400 <= results[recipient] < 500]
        if not left:
            break
    return results
