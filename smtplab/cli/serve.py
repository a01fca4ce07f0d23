"""``smtplab serve``: the bundled server in a terminal, for any client, until Ctrl-C.

Prints one line on standard output, when it accepts connections; everything else goes to standard error, POP3's port
too. Ends with
exit status 0 on SIGINT or SIGTERM, 1 where it cannot listen or keep mail, 2 on wrong use.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections.abc import Callable, Sequence

from ..net.listening import is_loopback
from ..net.server import Server
from ..protocol.persona import PERSONAS
from ..protocol.transcript import Transcript
from . import UsageError
from .common import write_whole
from .serving import LONGEST_WAIT_S, RealClock, complain, on_signals, restore, shown_host


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options, as docs and other people's scripts rely on them."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1, this machine only)")
    parser.add_argument("--port", type=int, default=0, help="the port, 0 for any free one (0)")
    parser.add_argument(
        "--persona", default="modern", metavar="NAME", help=f"its words: {', '.join(PERSONAS)} (modern)"
    )
    manners = parser.add_mutually_exclusive_group()
    manners.add_argument("--strict", action="store_true", help="refuse what RFC 5321 forbids")
    manners.add_argument("--lenient", action="store_true", help="take common mistakes, with a remark (the default)")
    parser.add_argument("--domain", action="append", metavar="D", help="a domain whose mail it takes (example.com)")
    parser.add_argument("--maildir", metavar="DIR", help="keep accepted mail in DIR/<user>/{tmp,new,cur}")
    parser.add_argument("--max-size", type=int, metavar="N", help="octets of mail data that it takes")
    parser.add_argument("--transcripts", metavar="DIR", help="write one JSON file per session")
    parser.add_argument(
        "--port-file",
        metavar="FILE",
        help="write the port, alone, when it accepts connections; POP3's on a second line",
    )
    parser.add_argument(
        "--without", action="append", default=[], metavar="KEYWORD", help="switch an extension off, e.g. PIPELINING"
    )
    parser.add_argument("--tls", action="store_true", help="offer STARTTLS, with a throwaway certificate")
    parser.add_argument("--ca-file", metavar="FILE", help="write the certificate of the authority that vouches for it")
    parser.add_argument(
        "--auth", action="append", metavar="toy|USER:PASSWORD", help="offer AUTH, to the toy world's or to this user"
    )
    parser.add_argument("--auth-in-clear", action="store_true", help="take passwords without TLS too: for a lesson")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="EVENT[:WHICH]=WHAT",
        help="go wrong on purpose, e.g. RCPT:2=450",
    )
    parser.add_argument(
        "--pop3-port", type=int, metavar="N", help="let mail be fetched by POP3 on this port, 0 for any"
    )


def run(args: argparse.Namespace) -> int:
    """Serves until it is told to end, and gives the exit status."""
    ended = threading.Event()
    earlier = on_signals(ended)
    try:
        keep = None if args.transcripts is None else _keep_in(args.transcripts)
        brings_clock = args.persona in PERSONAS and PERSONAS[args.persona].clock is not None
        with Server(
            args.persona, host=args.host, port=args.port, strict=args.strict, maildir=args.maildir,
            domains=args.domain, max_size=args.max_size, clock=None if brings_clock else RealClock(), on_end=keep,
            tls=args.tls, auth=_accounts(args), auth_in_clear=args.auth_in_clear, without=args.without,
            faults=args.fault, pop3=args.pop3_port,
        ) as server:  # fmt: skip
            if args.ca_file:
                write_whole(args.ca_file, server.ca.decode("ascii"))
            _announce(args, server)
            while not ended.wait(LONGEST_WAIT_S):
                pass
    except ValueError as error:
        return complain("serve", 2, str(error))
    except OSError as error:
        return complain("serve", 1, str(error))
    finally:
        restore(earlier)
    return 0


def _accounts(args: argparse.Namespace) -> str | Sequence[tuple[str, str]] | None:
    """Who may log in, from --auth and what belongs to it. Raises ValueError."""
    if args.ca_file and not args.tls:
        raise ValueError("--ca-file is for --tls: without it there is no certificate; add --tls")
    if args.auth is None:
        if args.auth_in_clear:
            raise ValueError("--auth-in-clear says how --auth is offered: add --auth toy")
        return None
    pairs = [(user, password) for user, _, password in (word.partition(":") for word in args.auth if word != "toy")]
    if not all(user and password for user, password in pairs):
        raise ValueError("--auth is toy or USER:PASSWORD, e.g. --auth alice:wonderland")
    if pairs and "toy" in args.auth:
        raise ValueError("--auth is toy, or users with their passwords, not both")
    if not (args.tls or args.auth_in_clear):
        print(
            "smtplab serve: nobody can log in: a password is taken under TLS only; add --tls, or --auth-in-clear",
            file=sys.stderr, flush=True,
        )  # fmt: skip
    return pairs or "toy"


def _announce(args: argparse.Namespace, server: Server) -> None:
    host, port = server.address
    pop3 = None if args.pop3_port is None else server.pop3_address[1]
    if args.port_file:
        write_whole(args.port_file, f"{port}\n" if pop3 is None else f"{port}\n{pop3}\n")
    if not is_loopback(args.host):
        reads = "" if pop3 is None else ", and who knows a password can read and remove what is there"
        print(
            f"smtplab serve: listening on {args.host}, not on this machine alone: whoever reaches it can send mail to it"
            f" and fill it{reads}. It relays nothing.",
            file=sys.stderr, flush=True,
        )  # fmt: skip
    where = shown_host(args.host, host)
    if pop3 is not None:  # not on standard output: one line there is what scripts count on
        print(f"smtplab serve: POP3 on {where}:{pop3}", file=sys.stderr, flush=True)
    print(f"smtplab: listening on {where}:{port}", flush=True)


def _keep_in(folder: str) -> Callable[[int, Transcript], None]:
    """Writes each session that ends into the folder, under a number that no earlier run has used."""
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise UsageError(f"no folder {folder} can be made ({error.strerror}); name another place") from None
    used = [int(name[8:-5]) for name in os.listdir(folder) if name.startswith("session-") and name[8:-5].isdecimal()]
    first = max(used, default=0)

    def keep(number: int, transcript: Transcript) -> None:
        path = os.path.join(folder, f"session-{first + number:06d}.json")
        try:
            write_whole(path, transcript.to_json() + "\n")
        except UsageError as error:
            complain("serve", 1, f"{error}: this session goes unrecorded")

    return keep
