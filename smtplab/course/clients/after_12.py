"""The client survives a line that is cut: who has had no answer counts as not delivered, and copies can be told."""

import email.utils
import socket
import time

from .after_04 import LIMIT_S, leave
from .after_08 import hello
from .after_10 import transact


def named(letter):
    """The letter with a Message-ID, its own or a new one: it stays the same however often the letter is sent."""
    headers = letter.partition("\n\n")[0].lower()
    if "\nmessage-id:" in "\n" + headers:
        return letter
    return f"Message-ID: {email.utils.make_msgid(domain='me.example.com')}\n{letter}"


def send(address, sender, recipients, letter):
    """Sends a letter, and gives for each recipient the code of the reply that decided: 0 where none was read."""
    results = dict.fromkeys(recipients, 0)
    try:
        with socket.create_connection(address, timeout=LIMIT_S) as sock:
            transact(sock, hello(sock), sender, recipients, letter, results)
            leave(sock)
    except (OSError, EOFError, ValueError):
        pass  # cut, late, or no reply at all: who was not decided about stays at 0
    return results


def deliver(address, sender, recipients, letter, wait=time.sleep):
    """Sends a letter, and again to those with 4yz or no answer; gives the last code of each recipient."""
    letter = named(letter)
    results, left, pause = {}, list(recipients), 300
    for attempt in range(12):
        if attempt:
            wait(pause)
            pause *= 2
        results.update(send(address, sender, left, letter))
        left = [recipient for recipient in left if results[recipient] == 0 or 400 <= results[recipient] < 500]
        if not left:
            break
    return results
