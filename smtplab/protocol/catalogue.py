"""The catalogue of reply codes: what each says, digit by digit, and what a client does on it.

Never does: choose a reply, move a state, or hold the words a server says (that is persona).

Rules:
1. One code, one physical line, in the order of the numbers.
2. ``used_by`` names events as the table does. ANY means that every command may earn the code.
3. A client needs nothing from here but the first digit; the rest is for people (RFC 5321 §4.2, §4.3.2). So a
   code that is not here is still explained: by its digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from .replies import checked_code

ANY = "(any command)"
"""In ``used_by``: whatever was said, this may be the answer."""


class Digit(NamedTuple):
    """One value of the first or second digit, or of an enhanced code's class or subject."""

    digit: int
    name: str
    meaning: str


class CodeEntry(NamedTuple):
    """One reply code: its name, what it says, who earns it, what a client does, where that is written."""

    code: int
    name: str
    meaning: str
    used_by: tuple[str, ...]
    client_action: str
    section: str


def _digits(*digits: Digit) -> Mapping[int, Digit]:
    return MappingProxyType({each.digit: each for each in digits})


FIRST_DIGIT: Mapping[int, Digit] = _digits(
    Digit(2, "positive completion", "done: say the next thing"),
    Digit(3, "positive intermediate", "good so far: send the rest"),
    Digit(4, "transient negative", "not done: the same thing may work later"),
    Digit(5, "permanent negative", "not done: do not say the same thing again"),
)
"""The digit that decides (RFC 5321 §4.2.1)."""

SECOND_DIGIT: Mapping[int, Digit] = _digits(
    Digit(0, "syntax", "about how the command is written, or whether it exists"),
    Digit(1, "information", "about what was asked for, such as help"),
    Digit(2, "connections", "about the connection itself"),
    Digit(3, "unspecified", "left open by the standard; logging in uses it"),
    Digit(4, "unspecified", "left open by the standard; nothing uses it"),
    Digit(5, "mail system", "about the mail, or a mailbox"),
)
"""What the reply is about (RFC 5321 §4.2.1)."""

THIRD_DIGIT = "a finer difference; it has no meaning of its own"
"""The last digit only tells apart what the first two leave together (RFC 5321 §4.2.1)."""

_BY_FIRST = MappingProxyType(
    {
        2: "Go on: it is done.",
        3: "Send what the server waits for.",
        4: "Keep the letter and try again later.",
        5: "Give up on this, or change it first.",
    }
)
_MAIL_AND_RCPT = ("MAIL", "RCPT")
_HELLO = ("HELO", "EHLO")
_DATA = ("DATA", "(end of data)")
_CHUNK = ("BDAT", "BDAT LAST")
_LOGIN = ("AUTH", "(response)")

# fmt: off

_ENTRIES = (
    CodeEntry(211, "system status", "A report on the server's state, or help.", ("HELP",), "Show it to the person; nothing has changed.", "RFC 5321 §4.2.3"),
    CodeEntry(214, "help text", "Words for people on how to use the server or one command.", ("HELP",), "Show it to the person; no program reads it.", "RFC 5321 §4.2.3"),
    CodeEntry(220, "service ready", "The server is ready. In a greeting, its host name comes first; after STARTTLS, TLS may begin.", ("(connect)", "STARTTLS"), "Say EHLO; after STARTTLS begin the TLS handshake.", "RFC 5321 §4.2.3"),
    CodeEntry(221, "closing", "The server ends the session and closes the connection.", ("QUIT",), "Close the connection; every earlier 250 still holds.", "RFC 5321 §4.2.3"),
    CodeEntry(235, "logged in", "The log-in succeeded; the session is now somebody's.", _LOGIN, "Go on with MAIL; do not say AUTH again.", "RFC 4954 §6"),
    CodeEntry(250, "ok", "What was asked for is done.", (*_HELLO, *_MAIL_AND_RCPT, "(end of data)", *_CHUNK, "RSET", "NOOP", "VRFY", "EXPN", "ETRN"), "Go on with the next command.", "RFC 5321 §4.2.3"),
    CodeEntry(251, "will forward", "The recipient has moved; the server takes the mail and passes it on.", ("RCPT", "VRFY", "ETRN"), "Go on as after 250; change no address book unasked.", "RFC 5321 §3.4"),
    CodeEntry(252, "cannot say, will try", "The server does not say whether the mailbox exists, but would take mail for it.", ("VRFY", "EXPN", "ETRN"), "Learn nothing from it; send the mail and see.", "RFC 5321 §3.5.3"),
    CodeEntry(253, "waiting mail started", "Mail that waited for this host is on its way.", ("ETRN",), "Wait for the server to connect.", "RFC 1985 §5.1"),
    CodeEntry(334, "challenge", "The log-in goes on; the text is a question in base64, often an empty one.", _LOGIN, "Answer with one line of base64, or * to stop.", "RFC 4954 §4"),
    CodeEntry(354, "send the mail data", "The server now reads mail data, up to a dot alone on its line.", ("DATA",), "Send the letter and the dot; no reply comes before it.", "RFC 5321 §4.2.3"),
    CodeEntry(355, "go on from an octet", "Broken-off mail data may be continued from the octet named. An old experiment.", (ANY,), "Go by the first digit.", "RFC 1845"),
    CodeEntry(421, "service not available", "The server stops here and closes: it shuts down, is too busy, or waited too long. It may come unasked.", ("(connect)", ANY), "Keep the letter and connect again later.", "RFC 5321 §3.8"),
    CodeEntry(422, "password change waits", "Listed beside the enhanced code X.7.12, and described nowhere.", (ANY,), "Go by the first digit.", "RFC 5248 §2.4"),
    CodeEntry(430, "invalid command, for now", "Listed beside the enhanced code X.5.1, and described nowhere.", (ANY,), "Go by the first digit.", "RFC 5248 §2.4"),
    CodeEntry(432, "password transition needed", "This way of logging in works only after one log-in by PLAIN.", _LOGIN, "Log in once by PLAIN, under TLS.", "RFC 4954 §6"),
    CodeEntry(450, "mailbox busy", "The mailbox cannot be had just now: locked, or held back by a rule such as greylisting.", ("RCPT", *_DATA), "Keep the letter; try again in half an hour.", "RFC 5321 §4.2.3"),
    CodeEntry(451, "error in processing", "Something in the server broke: a disk, a lookup, a database.", (*_MAIL_AND_RCPT, *_DATA, *_CHUNK), "Keep the letter and try again later.", "RFC 5321 §4.2.3"),
    CodeEntry(452, "no room now", "The server has no storage left, or this transaction has its fill of recipients.", (*_MAIL_AND_RCPT, *_DATA, *_CHUNK), "Keep the letter and try again later.", "RFC 5321 §4.5.3.1.10"),
    CodeEntry(453, "no mail for you", "There is no mail waiting, or the server takes none now.", (ANY,), "Go by the first digit.", "RFC 2645"),
    CodeEntry(454, "TLS or log-in not available now", "The server cannot start TLS, or cannot check a log-in, at the moment.", ("STARTTLS", *_LOGIN), "Wait; the password is not wrong, so ask for no other.", "RFC 3207 §4"),
    CodeEntry(455, "parameter refused now", "A parameter is known, and cannot be granted at the moment.", _MAIL_AND_RCPT, "Try later, or without the parameter.", "RFC 5321 §4.1.1.11"),
    CodeEntry(458, "cannot queue", "Mail that waits for this host cannot be started now.", ("ETRN",), "Ask again later.", "RFC 1985 §5.1"),
    CodeEntry(459, "host not allowed", "The server starts no mail for this host.", ("ETRN",), "Do not ask again.", "RFC 1985 §5.1"),
    CodeEntry(500, "unknown command", "The server does not know this verb, or the line was too long.", (ANY,), "Correct the command.", "RFC 5321 §4.2.4"),
    CodeEntry(501, "syntax error in the argument", "The verb is known; what follows it is not well written.", (ANY, "(response)"), "Correct the argument; nothing has changed.", "RFC 5321 §4.2.3"),
    CodeEntry(502, "command not offered", "The verb is known, and this server does not do it.", ("EHLO", "VRFY", "EXPN", "HELP", ANY), "Do without that command.", "RFC 5321 §4.2.4"),
    CodeEntry(503, "bad sequence of commands", "A good command at the wrong moment.", (ANY,), "Say what is missing first; nothing has changed.", "RFC 5321 §4.1.4"),
    CodeEntry(504, "parameter not offered", "The command exists; this parameter of it, or way of logging in, does not.", (*_HELLO, "VRFY", "EXPN", "HELP", *_LOGIN), "Choose another parameter, or none.", "RFC 5321 §4.2.3"),
    CodeEntry(521, "host takes no mail", "Instead of a greeting: this host never takes mail.", ("(connect)",), "Give up on this host for good.", "RFC 7504 §3"),
    CodeEntry(523, "encryption needed", "Listed beside the enhanced code X.7.10: TLS has to come first.", (ANY,), "Go by the first digit.", "RFC 5248 §2.4"),
    CodeEntry(524, "encryption needed for this", "Listed beside the enhanced code X.7.11, and described nowhere.", (ANY,), "Go by the first digit.", "RFC 5248 §2.4"),
    CodeEntry(525, "account disabled", "Listed beside the enhanced code X.7.13: the password is right, the account is closed.", (ANY,), "Go by the first digit.", "RFC 5248 §2.4"),
    CodeEntry(530, "log-in or TLS needed", "By its rules the server wants a log-in or TLS before this.", (*_MAIL_AND_RCPT, "DATA", "VRFY", "EXPN", "HELP", ANY), "Say STARTTLS or AUTH first, then the same again.", "RFC 4954 §6"),
    CodeEntry(533, "not authorised", "Listed beside the enhanced code X.7.1, and described nowhere.", (ANY,), "Go by the first digit.", "RFC 5248 §2.4"),
    CodeEntry(534, "mechanism too weak", "This way of logging in is too weak for this user.", _LOGIN, "Choose a stronger mechanism.", "RFC 4954 §6"),
    CodeEntry(535, "log-in refused", "The name or the password is wrong, or not enough.", _LOGIN, "Ask the person for another name or password.", "RFC 4954 §6"),
    CodeEntry(538, "mechanism needs encryption", "This way of logging in works under TLS only. Kept for the record.", _LOGIN, "Say STARTTLS first.", "RFC 4954 §6"),
    CodeEntry(550, "mailbox unavailable", "There is no such mailbox, or the server's rules refuse it (relaying, for one).", (*_HELLO, *_MAIL_AND_RCPT, *_DATA, "VRFY", "EXPN"), "Give up and tell the sender; do not say the same again.", "RFC 5321 §4.2.3"),
    CodeEntry(551, "not here, try another address", "The recipient has moved, and the server does not pass mail on; the text names the new address.", ("RCPT", "VRFY"), "Give up and tell the sender, who may use the new address.", "RFC 5321 §3.4"),
    CodeEntry(552, "too much", "The letter is too large, or the mailbox is full.", (*_MAIL_AND_RCPT, *_DATA, *_CHUNK), "Give up and tell the sender.", "RFC 5321 §4.2.3"),
    CodeEntry(553, "mailbox name not allowed", "An address is badly written, or names more than one mailbox.", (*_MAIL_AND_RCPT, "VRFY"), "Correct the address.", "RFC 5321 §3.5.1"),
    CodeEntry(554, "failed", "It did not work, for a reason no other code has; as a greeting: no mail service for you.", ("(connect)", *_MAIL_AND_RCPT, *_DATA, *_CHUNK, ANY), "Give up and tell the sender.", "RFC 5321 §4.2.3"),
    CodeEntry(555, "parameter not known", "A parameter of MAIL or RCPT that this server does not have.", _MAIL_AND_RCPT, "Say it again without the parameter; use those that EHLO offered.", "RFC 5321 §4.1.1.11"),
    CodeEntry(556, "domain takes no mail", "The recipient's domain says in DNS that it never takes mail.", ("RCPT",), "Give up and tell the sender at once.", "RFC 7504 §4"),
)
# fmt: on

CATALOGUE: Mapping[int, CodeEntry] = MappingProxyType({entry.code: entry for entry in _ENTRIES})
"""Every reply code of RFC 5321 and of the extensions, in the order of the numbers."""

_AT_EVENT: Mapping[tuple[int, str], str] = MappingProxyType(
    {
        (220, "(connect)"): "Say EHLO, or HELO.",
        (220, "STARTTLS"): "Begin the TLS handshake now; say nothing in clear.",
        (250, "EHLO"): "Note what the server offers, then go on with MAIL.",
        (250, "HELO"): "Go on with MAIL.",
        (250, "MAIL"): "Name the recipients with RCPT.",
        (250, "RCPT"): "Name one more recipient, or say DATA.",
        (250, "(end of data)"): "Forget the letter: it is the server's duty now.",
        (250, "BDAT"): "Send the next chunk.",
        (250, "BDAT LAST"): "Forget the letter: it is the server's duty now.",
        (250, "RSET"): "Begin again with MAIL; the session goes on.",
        (421, "(unasked)"): "Keep the letter and connect again later.",
        (450, "RCPT"): "Go on with the others; try this recipient again in half an hour.",
        (452, "RCPT"): "Send to those accepted so far; take the rest to a new transaction.",
        (500, "EHLO"): "Say HELO instead: this server is an old one.",
        (502, "EHLO"): "Say HELO instead: this server is an old one.",
        (501, "(response)"): "Begin the log-in again; the answer was no base64, or was a *.",
        (521, "(connect)"): "Say QUIT and give up on this host for good.",
        (550, "RCPT"): "Go on with the others; tell the sender that this recipient failed.",
        # Old servers meant "too many recipients" by it, so a client tries these again (RFC 5321 §4.5.3.1.10).
        (552, "RCPT"): "Treat it as 452: send to those accepted, try this recipient later.",
        (554, "(connect)"): "Say QUIT; there is no mail service for you here.",
        (554, "DATA"): "Give up on this transaction: no recipient was good.",
    }
)


def entry(code: int) -> CodeEntry:
    """The catalogue's entry; for a code it does not have, one made of its first digit (RFC 5321 §4.3.2).

    Raises ValueError for what is no reply code (200 to 599).

    >>> entry(550).name, entry(599).name
    ('mailbox unavailable', 'permanent negative')
    """
    if checked_code(code) in CATALOGUE:
        return CATALOGUE[code]
    first = FIRST_DIGIT[code // 100]
    meaning = f"No standard known here lists this code. Its first digit says: {first.meaning}."
    return CodeEntry(code, first.name, meaning, (), _BY_FIRST[code // 100], "RFC 5321 §4.3.2")


def action(code: int, event: str | None = None) -> str:
    """What a client does on the code, as a sentence; the event matters where one code says two things.

    >>> action(250, "(end of data)")
    "Forget the letter: it is the server's duty now."
    >>> action(250), action(499)
    ('Go on with the next command.', 'Keep the letter and try again later.')
    """
    special = _AT_EVENT.get((code, event)) if event else None
    return special or entry(code).client_action


def actions(code: int) -> Mapping[str, str]:
    """The events at which a client does something of its own on the code, and what; often none.

    >>> dict(actions(500))
    {'EHLO': 'Say HELO instead: this server is an old one.'}
    """
    return MappingProxyType({event: what for (each, event), what in _AT_EVENT.items() if each == code})
