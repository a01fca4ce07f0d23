"""Limits and time-outs: the numbers of RFC 5321 §4.5.3, and where each comes from.

Never does: enforce one. Code imports the constants; a notebook prints LIMITS, where each stands with its reason.

Rules:
1. Sizes are octets, and a line's size has its CRLF in it. Times are seconds, and their names end in ``_S``.
2. RFC 5321's sizes are what everybody must at least take; who can take more should. So the names say what may
   be sent (COMMAND_LINE, PATH) or what must be taken (RECIPIENTS, CONTENT), and ``is_minimum`` tells which.
3. Its times are what the waiting end must at least wait, whatever the network does.
4. For what a client may say in vain the standard has no number: it lets a server defend itself (RFC 5321 §7.8). Those
   numbers are ours, and so large that nobody who types can reach them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

COMMAND_LINE = 512
REPLY_LINE = 512
TEXT_LINE = 1000
PATH = 256
LOCAL_PART = 64
DOMAIN = 255
RECIPIENTS = 100
CONTENT = 65536
RESPONSE_LINE = 12288

ERRORS = 10_000
COMMANDS_WITHOUT_MAIL = 100_000
CONNECTIONS = 10_000

GREETING_S = 300
MAIL_S = 300
RCPT_S = 300
DATA_S = 120
DATA_BLOCK_S = 180
END_OF_DATA_S = 600
SERVER_S = 300
RETRY_S = 30 * 60
GIVE_UP_S = 4 * 24 * 60 * 60


class Limit(NamedTuple):
    """One number: its name, value and unit, whether it is the least to be taken, where it stands, and why."""

    name: str
    value: int
    unit: str
    is_minimum: bool
    section: str
    why: str


# fmt: off

_LIMITS = (
    Limit("COMMAND_LINE",  COMMAND_LINE,  "octets",     False, "RFC 5321 §4.5.3.1.4", "A command with its CRLF. Extensions lengthen it (SIZE by 26). Postfix reads 2048, Exim 16384, aiosmtpd 512."),
    Limit("REPLY_LINE",    REPLY_LINE,    "octets",     False, "RFC 5321 §4.5.3.1.5", "One line of a reply, code and CRLF in it; more text goes into more lines. Postfix reads 2048."),
    Limit("TEXT_LINE",     TEXT_LINE,     "octets",     False, "RFC 5321 §4.5.3.1.6", "A line of mail data with its CRLF, without the dot that transparency adds. Postfix cuts at 998 and CRLF when it sends."),
    Limit("PATH",          PATH,          "octets",     False, "RFC 5321 §4.5.3.1.3", "A reverse-path or forward-path with its brackets; so an address has at most 254."),
    Limit("LOCAL_PART",    LOCAL_PART,    "octets",     False, "RFC 5321 §4.5.3.1.1", "What stands left of the @. Few servers check it; longer ones are seen from mailing lists."),
    Limit("DOMAIN",        DOMAIN,        "octets",     False, "RFC 5321 §4.5.3.1.2", "What stands right of the @; DNS can hold no longer name."),
    Limit("RECIPIENTS",    RECIPIENTS,    "recipients", True,  "RFC 5321 §4.5.3.1.8", "So many RCPT must be taken; the one too many gets 452. Postfix takes 1000, Exim 50000."),
    Limit("CONTENT",       CONTENT,       "octets",     True,  "RFC 5321 §4.5.3.1.7", "So much mail data, header and body, must be taken. Postfix takes 10240000, aiosmtpd 33554432."),
    Limit("RESPONSE_LINE", RESPONSE_LINE, "octets",     True,  "RFC 4954 §4",         "A line of base64 while logging in; tickets are long. One too long gets 500."),
    Limit("ERRORS",        ERRORS,        "commands",   False, "RFC 5321 §7.8",       "So many refusals since the last message, then 421. Postfix bears 20, Sendmail 25, Exim 3 unknown ones; who types an hour makes 4000 at most."),
    Limit("COMMANDS_WITHOUT_MAIL", COMMANDS_WITHOUT_MAIL, "commands", False, "RFC 5321 §7.8", "So many commands that carry no mail (NOOP, RSET, VRFY) since the last message, then 421. Postfix bears 100 and counts more as errors."),
    Limit("CONNECTIONS",   CONNECTIONS,   "connections", False, "RFC 5321 §3.8",      "So many sessions at once; the next one is greeted with 421. Postfix serves 100 and 50 from one client, Exim 20; idle ones cost little here."),
    Limit("GREETING_S",    GREETING_S,    "seconds",    True,  "RFC 5321 §4.5.3.2.1", "A busy server may be slow to say 220. Postfix's client waits 300."),
    Limit("MAIL_S",        MAIL_S,        "seconds",    True,  "RFC 5321 §4.5.3.2.2", "For the reply to MAIL. Postfix's client waits 300."),
    Limit("RCPT_S",        RCPT_S,        "seconds",    True,  "RFC 5321 §4.5.3.2.3", "For the reply to RCPT: lists and aliases take time to look up. Postfix's client waits 300."),
    Limit("DATA_S",        DATA_S,        "seconds",    True,  "RFC 5321 §4.5.3.2.4", "For the 354, which needs no work. Postfix's client waits 120."),
    Limit("DATA_BLOCK_S",  DATA_BLOCK_S,  "seconds",    True,  "RFC 5321 §4.5.3.2.5", "For each piece of mail data to be taken by the network. Postfix's client waits 180."),
    Limit("END_OF_DATA_S", END_OF_DATA_S, "seconds",    True,  "RFC 5321 §4.5.3.2.6", "For the verdict after the dot: whoever hangs up sooner makes duplicates. Postfix's client waits 600."),
    Limit("SERVER_S",      SERVER_S,      "seconds",    True,  "RFC 5321 §4.5.3.2.7", "A server waits so long for the next command, then says 421. Postfix and aiosmtpd wait 300."),
    Limit("RETRY_S",       RETRY_S,       "seconds",    True,  "RFC 5321 §4.5.4.1",   "After a 4yz, before the same host is tried again. Postfix waits 300 at first, 4000 at most."),
    Limit("GIVE_UP_S",     GIVE_UP_S,     "seconds",    True,  "RFC 5321 §4.5.4.1",   "So long a letter is tried again before the sender hears that it failed: four or five days. Postfix takes five."),
)
# fmt: on

LIMITS: Mapping[str, Limit] = MappingProxyType({limit.name: limit for limit in _LIMITS})
"""Every limit by its name."""
