"""The client comes again for those who were put off, and for nobody else."""

import time

from .after_10 import send


def deliver(address, sender, recipients, letter, wait=time.sleep):
    """Sends a letter, and again to those with 4yz, eight times at most; gives the last code of each recipient."""
    results, left, pause = {}, list(recipients), 300
    for attempt in range(8):
        if attempt:
            wait(pause)
            pause *= 2
        results.update(send(address, sender, left, letter))
        left = [recipient for recipient in left if 400 <= results[recipient] < 500]
        if not left:
            break
    return results
