"""Enhanced status codes: what class, subject and detail of ``5.1.1`` say (RFC 3463, registered by RFC 5248).

Never does: parse or write one (EnhancedCode in replies does), or decide when a server may use one.

Rules:
1. One detail, one physical line. A detail stands with any class: 4.2.2 and 5.2.2 are both a full mailbox.
2. ``codes`` are the reply codes that the registry lists beside the detail; empty where it lists none.
3. A detail that is not here is explained by its class and subject alone (RFC 3463 §2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .catalogue import Digit
from .replies import EnhancedCode


@dataclass(frozen=True, slots=True)
class Detail:
    """What subject and detail say together: a name, a sentence, the reply codes beside it, the section."""

    subject: int
    detail: int
    name: str
    meaning: str
    codes: tuple[int, ...]
    section: str


def _digits(*digits: Digit) -> Mapping[int, Digit]:
    return MappingProxyType({each.digit: each for each in digits})


CLASSES: Mapping[int, Digit] = _digits(
    Digit(2, "success", "done"),
    Digit(4, "persistent transient failure", "not done: it may work later"),
    Digit(5, "permanent failure", "not done: it will not work as it stands"),
)
"""The first number, the same as the reply code's first digit (RFC 3463 §2)."""

SUBJECTS: Mapping[int, Digit] = _digits(
    Digit(0, "other", "nothing more is known"),
    Digit(1, "addressing", "about an address"),
    Digit(2, "mailbox", "about the mailbox itself"),
    Digit(3, "mail system", "about the whole mail system at the other end"),
    Digit(4, "network and routing", "about the way there"),
    Digit(5, "delivery protocol", "about what was said in the session"),
    Digit(6, "content or media", "about what is in the letter"),
    Digit(7, "security or policy", "about what is allowed"),
)
"""The second number: what it is about (RFC 3463 §2)."""

# fmt: off

_BASE = (
    Detail(0, 0, "other", "Nothing more exact is known.", (), "RFC 3463 §3.1"),
    Detail(1, 0, "other address trouble", "An address is the trouble; which way is not said.", (), "RFC 3463 §3.2"),
    Detail(1, 1, "no such mailbox", "The part left of the @ names no mailbox there.", (451, 550), "RFC 3463 §3.2"),
    Detail(1, 2, "no such system", "The domain right of the @ does not exist, or cannot take mail.", (), "RFC 3463 §3.2"),
    Detail(1, 3, "bad recipient syntax", "The recipient's address is badly written.", (501,), "RFC 3463 §3.2"),
    Detail(1, 4, "ambiguous recipient", "The address fits more than one mailbox.", (), "RFC 3463 §3.2"),
    Detail(1, 5, "good recipient", "The recipient's address is fine.", (250,), "RFC 3463 §3.2"),
    Detail(1, 6, "mailbox has moved", "It was here once; where it is now is not known.", (), "RFC 3463 §3.2"),
    Detail(1, 7, "bad sender syntax", "The reverse-path is badly written.", (), "RFC 3463 §3.2"),
    Detail(1, 8, "bad sender system", "The sender's domain does not exist, or could take no bounce.", (451, 501), "RFC 3463 §3.2"),
    Detail(1, 9, "passed to an older system", "The letter went on to a server that cannot do what was asked.", (), "RFC 3886 §3.3.4"),
    Detail(1, 10, "recipient's domain takes no mail", "The domain says so in DNS, by a null MX.", (556,), "RFC 7505 §4.1"),
    Detail(2, 0, "other mailbox trouble", "The mailbox exists, and something is wrong with it.", (), "RFC 3463 §3.3"),
    Detail(2, 1, "mailbox disabled", "It exists and takes no mail.", (), "RFC 3463 §3.3"),
    Detail(2, 2, "mailbox full", "Its owner has to make room.", (552,), "RFC 3463 §3.3"),
    Detail(2, 3, "too long for this mailbox", "The letter is larger than this mailbox may take.", (552,), "RFC 3463 §3.3"),
    Detail(2, 4, "list trouble", "The mailing list could not be turned into its members.", (450, 452), "RFC 3463 §3.3"),
    Detail(3, 0, "other system trouble", "The mail system at the other end has a trouble of its own.", (221, 250, 421, 451, 550, 554), "RFC 3463 §3.4"),
    Detail(3, 1, "system full", "The server has no storage left.", (452,), "RFC 3463 §3.4"),
    Detail(3, 2, "system takes nothing now", "It shuts down, is being mended, or has too much to do.", (453,), "RFC 3463 §3.4"),
    Detail(3, 3, "feature not there", "Something that the letter asks for is not offered.", (), "RFC 3463 §3.4"),
    Detail(3, 4, "too big for this system", "The letter is larger than the server takes.", (552, 554), "RFC 3463 §3.4"),
    Detail(3, 5, "system set up wrongly", "The server's own settings stand in the way.", (), "RFC 3463 §3.4"),
    Detail(3, 6, "priority was changed", "The letter was taken, with another priority than asked.", (250,), "RFC 6710"),
    Detail(4, 0, "other network trouble", "Something on the way failed; what is not clear.", (), "RFC 3463 §3.5"),
    Detail(4, 1, "no answer", "The next host did not take the connection.", (451,), "RFC 3463 §3.5"),
    Detail(4, 2, "bad connection", "The connection broke, or was cut.", (421,), "RFC 3463 §3.5"),
    Detail(4, 3, "directory failure", "A lookup, mostly in DNS, failed.", (451, 550), "RFC 3463 §3.5"),
    Detail(4, 4, "no route", "No next host can be found for the address.", (), "RFC 3463 §3.5"),
    Detail(4, 5, "congestion", "The mail system has more to do than it can.", (451,), "RFC 3463 §3.5"),
    Detail(4, 6, "loop", "The letter goes in a circle: it carries too many Received lines.", (), "RFC 3463 §3.5"),
    Detail(4, 7, "time is up", "It was tried for days, and is given up.", (), "RFC 3463 §3.5"),
    Detail(5, 0, "other protocol trouble", "Something in the session was wrong; what is not clear.", (220, 250, 251, 252, 253, 451, 452, 454, 458, 459, 501, 502, 503, 554), "RFC 3463 §3.6"),
    Detail(5, 1, "bad command", "The command does not exist, or came at the wrong moment.", (430, 500, 501, 503, 530, 550, 554, 555), "RFC 3463 §3.6"),
    Detail(5, 2, "syntax error", "The command could not be read.", (500, 501, 502, 550, 555), "RFC 3463 §3.6"),
    Detail(5, 3, "too many recipients", "This transaction has its fill of recipients.", (451,), "RFC 3463 §3.6"),
    Detail(5, 4, "bad arguments", "The command is known; its argument or parameter is not.", (451, 501, 502, 503, 504, 550, 555), "RFC 3463 §3.6"),
    Detail(5, 5, "wrong version", "Both ends speak different versions of a protocol.", (), "RFC 3463 §3.6"),
    Detail(5, 6, "response too long", "The answer while logging in is longer than the server reads.", (500,), "RFC 4954 §6"),
    Detail(6, 0, "other content trouble", "The letter's content is the trouble; which way is not said.", (), "RFC 3463 §3.7"),
    Detail(6, 1, "media not supported", "The recipient's system cannot handle this kind of content.", (), "RFC 3463 §3.7"),
    Detail(6, 2, "conversion not allowed", "The content would have to be converted, and may not be.", (), "RFC 3463 §3.7"),
    Detail(6, 3, "conversion not possible", "The content would have to be converted, and the server cannot: 8-bit text for a 7-bit host.", (554,), "RFC 3463 §3.7"),
    Detail(6, 4, "converted with loss", "The letter was passed on, with something lost.", (250,), "RFC 3463 §3.7"),
    Detail(6, 5, "conversion failed", "It was tried, and did not work.", (), "RFC 3463 §3.7"),
    Detail(6, 6, "content not available", "The letter was to be fetched from elsewhere, and is not there.", (554,), "RFC 4468 §5"),
    Detail(6, 7, "non-ASCII address not allowed", "The address needs SMTPUTF8, and that is not to be had.", (550, 553), "RFC 6531 §3.5"),
    Detail(6, 8, "reply needs UTF-8", "The answer has letters beyond ASCII, and the client did not ask for them.", (252, 550, 553), "RFC 6531 §4"),
    Detail(6, 9, "UTF-8 header cannot pass", "One of the recipients cannot take a header section in UTF-8.", (554,), "RFC 6531 §3.5"),
    Detail(6, 10, "same as X.6.8", "A second number for X.6.8; do not use it.", (), "RFC 6531 §4"),
)
_SECURITY = (
    Detail(7, 0, "other policy trouble", "A rule stands in the way; which one is not said.", (220, 235, 450, 454, 500, 501, 503, 504, 530, 535, 550), "RFC 3463 §3.8"),
    Detail(7, 1, "not authorised", "A rule refuses it; relaying for strangers is the usual case.", (451, 454, 502, 503, 533, 550, 551), "RFC 3463 §3.8"),
    Detail(7, 2, "list is closed", "This sender may not write to that mailing list, or see who is on it.", (550,), "RFC 3463 §3.8"),
    Detail(7, 3, "no secure conversion", "The letter cannot pass from one security system to another.", (), "RFC 3463 §3.8"),
    Detail(7, 4, "security feature missing", "Something needed for safety is not offered.", (504,), "RFC 3463 §3.8"),
    Detail(7, 5, "cryptography failed", "Something could not be decrypted or validated.", (), "RFC 3463 §3.8"),
    Detail(7, 6, "algorithm not supported", "The cryptographic algorithm is not known there.", (), "RFC 3463 §3.8"),
    Detail(7, 7, "letter was altered", "Its check sum does not fit.", (), "RFC 3463 §3.8"),
    Detail(7, 8, "log-in refused", "The name or the password is wrong.", (535, 554), "RFC 4954 §6"),
    Detail(7, 9, "mechanism too weak", "A stronger way of logging in is wanted.", (534,), "RFC 4954 §6"),
    Detail(7, 10, "encryption needed", "TLS has to come first.", (523,), "RFC 5248 §2.4"),
    Detail(7, 11, "mechanism needs encryption", "This way of logging in works under TLS only.", (524, 538), "RFC 4954 §6"),
    Detail(7, 12, "password transition needed", "One log-in by PLAIN has to come first.", (422, 432), "RFC 4954 §6"),
    Detail(7, 13, "account disabled", "The password is right, and the account is closed.", (525,), "RFC 5248 §2.4"),
    Detail(7, 14, "trust needed", "The server would have to be trusted by another one, and is not.", (535, 554), "RFC 5248 §2.4"),
    Detail(7, 15, "priority too low", "Only letters of a higher priority are taken now.", (), "RFC 6710 §10"),
    Detail(7, 16, "too big for its priority", "Letters of this priority may not be so large.", (), "RFC 6710 §10"),
    Detail(7, 17, "mailbox has a new owner", "It belongs to somebody else since the date that the sender named.", (550,), "RFC 7293"),
    Detail(7, 18, "domain has a new owner", "It belongs to somebody else since the date that the sender named.", (550,), "RFC 7293"),
    Detail(7, 19, "owner cannot be checked", "Whether the mailbox changed hands cannot be found out now.", (450,), "RFC 7293"),
    Detail(7, 20, "no passing DKIM signature", "No DKIM signature of the letter is good.", (550,), "RFC 7372 §3"),
    Detail(7, 21, "no acceptable DKIM signature", "There are good DKIM signatures, and none that the server accepts.", (550,), "RFC 7372 §3"),
    Detail(7, 22, "no DKIM signature of the author", "None of the good DKIM signatures is by the From line's domain.", (550,), "RFC 7372 §3"),
    Detail(7, 23, "SPF failed", "The sender's domain does not let this host send for it.", (550,), "RFC 7372 §3"),
    Detail(7, 24, "SPF could not be checked", "The check ended in an error.", (550,), "RFC 7372 §3"),
    Detail(7, 25, "reverse DNS failed", "The client's address has no name that leads back to it.", (550,), "RFC 7372 §3"),
    Detail(7, 26, "several checks failed", "More than one check of who sent it failed.", (550,), "RFC 7372 §3"),
    Detail(7, 27, "sender's domain takes no mail", "A bounce could never go back: its DNS has a null MX.", (550,), "RFC 7505 §4.1"),
    Detail(7, 28, "mail flood", "Too many letters in too short a time.", (), "RFC 5248"),
    Detail(7, 29, "ARC failed", "The chain of seals that relays put on the letter does not hold.", (550,), "RFC 8617"),
    Detail(7, 30, "REQUIRETLS needed", "The letter may travel under TLS only, and the next host cannot promise it.", (550,), "RFC 8689"),
)
# fmt: on

DETAILS: Mapping[tuple[int, int], Detail] = MappingProxyType(
    {(each.subject, each.detail): each for each in (*_BASE, *_SECURITY)}
)
"""Every registered (subject, detail)."""


def detail(code: EnhancedCode) -> Detail:
    """What subject and detail of the code say; an unregistered detail by its subject's "other" one, and an
    unregistered subject as the subject 0 (RFC 3463 §2).

    >>> detail(EnhancedCode.parse("5.1.1")).name, detail(EnhancedCode.parse("4.2.99")).name
    ('no such mailbox', 'other mailbox trouble')
    """
    exact = DETAILS.get((code.subject, code.detail))
    return exact or DETAILS.get((code.subject, 0)) or DETAILS[0, 0]
