"""``smtplab gauntlet``: twelve faults for any mail client, one after the other, and what it made of each.

Prints one line when it accepts connections, one for each gate as soon as its verdict is known, and a table at the end:
when the letter has arrived, when the time is over, or after Ctrl-C. What is to be sent stands on standard error. Exit
status 0 where every gate was held, 1 where one was not or it could not listen, 2 on wrong use.
"""

from __future__ import annotations

import argparse
import math
import sys
import threading
import time

from ..course.gauntlet.gates import WAITS, Gate
from ..course.gauntlet.gauntlet import THREE, Gauntlet
from ..net.listening import is_loopback
from ..views.text import visible
from .common import write_whole
from .serving import LONGEST_WAIT_S, RealClock, complain, on_signals, restore, shown_host

MINUTES, LEAST_MINUTES, MOST_MINUTES = 60.0, 0.001, 7 * 24 * 60.0
GOODBYE_S = 2.0
"""Seconds for a client to say QUIT when all has arrived."""
MOST_SESSIONS = 1_000
"""Tries, at most: who comes more often does not wait, and learns nothing more."""
ASKED = (
    "Send one letter, from anybody, to three recipients of example.com, e.g.",
    f"{', '.join(THREE)}.",
    "Send it there again and again, until your client says that it is done. No TLS, no log in.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1, this machine only)")
    parser.add_argument("--port", type=int, default=0, help="the port, 0 for any free one (0)")
    parser.add_argument("--port-file", metavar="FILE", help="write the port, alone, when it accepts connections")
    parser.add_argument(
        "--minutes", type=float, default=MINUTES, metavar="N", help=f"how long it stays, at most ({MINUTES:g})"
    )


def run(args: argparse.Namespace) -> int:
    """Stays until the letter has arrived, and gives the exit status."""
    if math.isnan(args.minutes) or not LEAST_MINUTES <= args.minutes <= MOST_MINUTES:
        return complain("gauntlet", 2, f"--minutes is a number from {LEAST_MINUTES:g} to {MOST_MINUTES:g} (a week)")
    ended = threading.Event()
    earlier = on_signals(ended)
    try:
        with Gauntlet(host=args.host, port=args.port, clock=RealClock()) as gauntlet:
            _announce(args, gauntlet)
            _stay(gauntlet, ended, args.minutes)
    except ValueError as error:
        return complain("gauntlet", 2, str(error))
    except OSError as error:
        return complain("gauntlet", 1, str(error))
    finally:
        restore(earlier)
    print(f"\n{gauntlet}", flush=True)
    return 0 if gauntlet.passed else 1


def _announce(args: argparse.Namespace, gauntlet: Gauntlet) -> None:
    host, port = gauntlet.server.address
    if args.port_file:
        write_whole(args.port_file, f"{port}\n")
    where = f"{shown_host(args.host, host)}:{port}"
    more = () if is_loopback(args.host) else ("Whoever reaches this machine can send to it. It relays nothing.",)
    for line in (*ASKED, *more):
        print(f"smtplab gauntlet: {line}", file=sys.stderr, flush=True)
    print(f"smtplab: listening on {where}", flush=True)


def _stay(gauntlet: Gauntlet, ended: threading.Event, minutes: float) -> None:
    """Until the letter has arrived and the client has gone, or `ended`, or the time is over; tells each verdict."""
    news, until = threading.Event(), time.monotonic() + minutes * 60
    forget = gauntlet.server.watch(news.set)
    stopper = threading.Thread(target=_pass_on, args=(ended, news), daemon=True, name="smtplab gauntlet: its end")
    stopper.start()
    told = set[int]()
    try:
        while not ended.is_set() and (left := until - time.monotonic()) > 0:
            is_done = gauntlet.is_done
            _tell(gauntlet.gates, told)
            if is_done:
                if not gauntlet.server.waiting:
                    return
                until = min(until, time.monotonic() + GOODBYE_S)
            if len(gauntlet.server.sessions) >= MOST_SESSIONS:
                complain("gauntlet", 1, f"the client has come {MOST_SESSIONS} times; that is enough")
                return
            news.wait(min(left, LONGEST_WAIT_S))
            news.clear()
        if not ended.is_set() and not gauntlet.is_done:
            complain(
                "gauntlet",
                1,
                f"the time is over ({minutes:g} min); --minutes gives a client that waits longer more time",
            )
    finally:
        forget()
        ended.set()
        stopper.join()


def _pass_on(ended: threading.Event, news: threading.Event) -> None:
    """Wakes who waits for news when it is time to end."""
    ended.wait()
    news.set()


def _tell(gates: tuple[Gate, ...], told: set[int]) -> None:
    for gate in gates:
        if gate.verdict != WAITS and gate.number not in told:
            told.add(gate.number)
            print(f"{gate.number:>2}  {gate.fault}  {gate.verdict}: {visible(gate.saw)}", flush=True)
