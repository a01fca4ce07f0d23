"""Rules about extensions: what was used, whether it was offered, and how much was sent in one piece.

Rules by name, with their argument:
    parameter = "BODY=8BITMIME"   some MAIL or RCPT carried this parameter
    only_offered = true           nothing was used that the latest EHLO reply did not offer
    most_pieces = 4               the client sent in so many pieces at most, as the server received them
"""

from __future__ import annotations

from ...protocol.address import BadSyntax, parse_path
from ...protocol.command import parse
from ...protocol.transcript import Exchange
from .attempt import Attempt, listed
from .checks import Finding, rule


@rule("parameter", str, lambda wanted: f"{wanted} said with MAIL or RCPT")
def parameter(attempt: Attempt, wanted: str) -> Finding:
    name, _, value = wanted.upper().partition("=")
    seen: list[str] = []
    for exchange in attempt.commands:
        for key, said in _parameters(exchange).items():
            if key == name and said.upper() == value:
                return Finding(True, (attempt.step(exchange),))
            seen.append(f"{key}={said}" if said else key)
    had = f"it carried {listed(seen)}" if seen else "it carried none"
    return Finding(False, (), f"No MAIL or RCPT carried the parameter {wanted}: {had}.")


def _parameters(exchange: Exchange) -> dict[str, str]:
    if exchange.event not in ("MAIL", "RCPT"):
        return {}
    argument = parse(exchange.sent.rstrip(b"\r\n")).argument
    try:
        return dict(parse_path(argument, "FROM" if exchange.event == "MAIL" else "TO").parameters)
    except BadSyntax:
        return {}


@rule("only_offered", bool, lambda _: "nothing used that was not offered")
def only_offered(attempt: Attempt, _: bool) -> Finding:
    for exchange in attempt.commands:
        for remark in exchange.remarks:
            if remark.endswith(" was not offered"):
                at = attempt.step(exchange)
                return Finding(False, (), f"At step {at} you used what this server does not offer: {remark}.", at)
    return Finding(True)


@rule("most_pieces", int, lambda most: f"at most {most} pieces sent")
def most_pieces(attempt: Attempt, most: int) -> Finding:
    sent = sum(segment.direction == "C" for segment in attempt.transcript.segments)
    if sent <= most:
        return Finding(True)
    return Finding(False, (), f"You sent {sent} pieces, and waited as often; it can be done in {most}.")
