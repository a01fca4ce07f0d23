"""Personas: the words a server uses. A persona changes every text and no code and no state.

Texts are ASCII and templates by situation; the fields that a situation may use stand beside it. What a client sent
is echoed only after it was parsed (a name, a path), never as it came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import NamedTuple

from .persona_pop3 import FOREIGN_POP3, MODERN_POP3, SENDMAIL_POP3
from .world import HOST, Clock, ToyClock, counting_ids

# Every situation in which a server speaks, in the words of the default persona.
# Fields: {host} {client} {date} always; {name} after HELO, EHLO; {path}; {verb}; {missing}; {why}; {id}; {limit}; {octets}; {what}.
MODERN_TEXTS: Mapping[str, str] = {
    "greeting": "{host} ESMTP smtplab at your service",
    "hello": "{host} greets {name}",
    "sender ok": "Sender <{path}> is fine",
    "recipient ok": "Recipient <{path}> is fine",
    "start mail": "Go ahead; end with a dot alone on its line",
    "accepted": "Accepted, now in the queue as {id}",
    "reset": "The mail transaction is dropped",
    "nothing": "Nothing done, as asked",
    "goodbye": "{host} says goodbye",
    "help": "Commands: {verbs}. HELP and a command tells more",
    "help topic": "{syntax}: {sentence}",
    "fault": "As this lesson asks: {what}",
    "chunk taken": "{octets} octets taken",
    "start tls": "Begin the handshake now",
    "no such mechanism": "I do not know that way to log in; the EHLO reply lists mine",
    "encryption wanted": "Not in the clear: say STARTTLS first",
    "log-in cancelled": "The log-in is cancelled",
    "not base64": "That is not the base64 that this log-in wants",
    "log-in refused": "Name or password is wrong",
    "logged in": "You are logged in",
    "not ascii": "An address that is not ASCII needs MAIL with SMTPUTF8",
    "no such topic": "There is no help on that; HELP alone lists the commands",
    "will not verify": "I do not tell names here, but I take mail for them",
    "verified": "<{path}>",
    "list": "<{path}>",
    "no such list": "There is no such list here",
    "out of sequence": "{verb} is out of sequence: {missing}",
    "not offered": "{verb} is a command, but this server does not offer it",
    "unknown verb": "That is no command; HELP lists them",
    "obsolete verb": "{verb} was a command once; this server does not do it",
    "bad syntax": "Syntax: {why}",
    "no argument wanted": "{verb} takes no argument",
    "argument wanted": "{verb} needs an argument: {syntax}",
    "bad octets": "A command is printable ASCII, and this line is not: {why}",
    "bare LF": "A line ends in CR LF, and this one ended in a bare LF (RFC 5321 2.3.8)",
    "not strict": "RFC 5321 wants {syntax}; {why}",
    "line too long": "The line is longer than {limit} octets",
    "bad parameter": "{why}",
    "too big": "The message is larger than {limit} octets",
    "too many recipients": "Enough recipients for one message: send it, then the rest",
    "no such user": "<{path}>: no such mailbox here",
    "mailbox full": "<{path}>: the mailbox is full",
    "mailbox busy": "<{path}>: the mailbox is busy, try again later",
    "too fast": "<{path}>: you send too much at once, try again later",
    "greylisted": "<{path}>: I have not seen you before, try again later",
    "no relaying": "<{path}>: that is not one of my domains, and I do not relay",
    "no storage": "The message could not be stored: {why}",
    "bare LF in data": "The mail data has a bare LF; a line ends in CR LF (RFC 5321 2.3.8)",
    "smuggled end": "{host} closes: a dot line made with bare LF is no end of data; send CR LF . CR LF (RFC 5321 4.1.1.4)",
    "http": "{host} closes: this is a mail server, and that was HTTP",
    "timeout": "{host} closes: nothing was said for {limit} seconds",
    "shutdown": "{host} closes: the server is shutting down",
    "too many errors": "{host} closes: more than {limit} refused commands, and no message among them",
    "too many refusals": "{host} closes: more than {limit} commands were refused",
    "too many commands": "{host} closes: more than {limit} commands, and no message among them",
    "too many connections": "{host} closes: {limit} clients are connected already, try again later",
    "text line too long": "A line of the mail data is longer than {limit} octets (RFC 5321 4.5.3.1.6)",
    **MODERN_POP3,
}

SENDMAIL_TEXTS: Mapping[str, str] = {
    "greeting": "{host} ESMTP Sendmail 8.9.2/8.9.2/Debian/GNU; {date}",
    "hello": "{host} Hello {name} [{client}], pleased to meet you",
    "sender ok": "{path} Sender ok",
    "recipient ok": "{path} Recipient ok",
    "start mail": 'Enter mail, end with "." on a line by itself',
    "accepted": "{id} Message accepted for delivery",
    "reset": "Reset state",
    "nothing": "OK",
    "goodbye": "{host} closing connection",
    "will not verify": "Cannot VRFY user; try RCPT to attempt delivery (or try finger)",
    "unknown verb": "Command unrecognized",
    "out of sequence": "{verb} not now: {missing}",
    "no relaying": "{path} Relaying denied",
    "no such user": "{path} User unknown",
    **SENDMAIL_POP3,
}

# Esperanto, without its accents: a tongue that most learners cannot read, so that only the numbers are left.
FOREIGN_TEXTS: Mapping[str, str] = {
    "greeting": "{host} ESMTP bonvenon al la posxtejo",
    "hello": "{host} salutas {name}",
    "sender ok": "La sendinto <{path}> placxas al ni",
    "recipient ok": "La ricevonto <{path}> placxas al ni",
    "start mail": "Skribu nun; fine metu punkton solan sur linio",
    "accepted": "Ricevita, jam en la vico kiel {id}",
    "reset": "Cxio forgesita",
    "nothing": "Nenio farita, laux peto",
    "goodbye": "{host} adiauxas",
    "help": "Ordonoj: {verbs}",
    "help topic": "{syntax}: legu la lernolibron",
    "fault": "Laux la peto de la leciono",
    "chunk taken": "{octets} bitokoj ricevitaj",
    "start tls": "Nun ni parolu kasxe",
    "no such mechanism": "Tian pasvorton ni ne legas",
    "encryption wanted": "Ne tiel lauxte: unue ni parolu kasxe",
    "log-in cancelled": "Do ni forgesu gxin",
    "not base64": "Tio ne estas bazo sesdek kvar",
    "log-in refused": "Nomo aux pasvorto malgxustas",
    "logged in": "Vi eniris",
    "not ascii": "Tiajn literojn ni legas nur se vi antauxdiras ilin",
    "no such topic": "Pri tio ni scias nenion",
    "will not verify": "Nomojn ni ne diras, sed leterojn ni akceptas",
    "verified": "<{path}>",
    "list": "<{path}>",
    "no such list": "Tia listo mankas",
    "out of sequence": "{verb} venas tro frue aux tro malfrue",
    "not offered": "{verb} ekzistas, sed ne cxi tie",
    "unknown verb": "Tion ni ne komprenas",
    "obsolete verb": "{verb} estis iam ordono, nun ne plu",
    "bad syntax": "Malbona gramatiko",
    "no argument wanted": "{verb} staru sola",
    "argument wanted": "Post {verb} io mankas",
    "bad octets": "Strangaj bitokoj en la linio",
    "bare LF": "La linio finigxas malbone",
    "not strict": "Severe legite, tio estas malgxusta",
    "line too long": "Tro longa linio, pli ol {limit}",
    "bad parameter": "Nekonata aldono",
    "too big": "Tro granda letero, pli ol {limit}",
    "too many recipients": "Tro da ricevontoj por unu letero",
    "no such user": "<{path}> ne logxas cxi tie",
    "mailbox full": "<{path}> havas plenan leterkeston",
    "mailbox busy": "<{path}> estas okupita, reprovu poste",
    "too fast": "<{path}> petas vin malrapidi",
    "greylisted": "<{path}> ne konas vin, reprovu poste",
    "no relaying": "<{path}> logxas aliloke",
    "no storage": "La keston ni ne povis malfermi",
    "bare LF in data": "La letero havas malbonajn liniofinojn",
    "smuggled end": "{host} fermas: malbona fino",
    "http": "{host} fermas: cxi tie estas posxtejo, ne biblioteko",
    "timeout": "{host} fermas: tro longa silento",
    "shutdown": "{host} fermas: la tago finigxis",
    "too many errors": "{host} fermas: tro da eraroj, neniu letero",
    "too many refusals": "{host} fermas: tro da eraroj",
    "too many commands": "{host} fermas: tro da vortoj, neniu letero",
    "too many connections": "{host} fermas: tro da gastoj, reprovu poste",
    "text line too long": "Tro longa linio en la letero, pli ol {limit}",
    **FOREIGN_POP3,
}


class Persona(NamedTuple):
    """The words of a server: its name, its host name, its texts by situation.

    A persona may bring a clock, queue ids and a client address to print; they begin anew with each session, so
    that its sessions are the same byte for byte every time.
    """

    name: str
    host: str = HOST
    texts: Mapping[str, str] = MappingProxyType({})
    clock: Callable[[], Clock] | None = None
    ids: Callable[[], Callable[[], str]] | None = None
    client_address: str = ""
    zone: str = ""
    """The name of the clock's time zone, printed in brackets after a date; "" for none."""

    def tells_date(self, situation: str) -> bool:
        """Whether its words for a situation have a date in them."""
        return "{date}" in (self.texts.get(situation) or MODERN_TEXTS[situation])

    def text(self, situation: str, fields: Mapping[str, object]) -> str:
        """The words for a situation, in ASCII and without CR or LF."""
        template = self.texts.get(situation) or MODERN_TEXTS[situation]
        text = template.format_map(fields) if "{" in template else template
        if text.isascii() and text.isprintable():
            return text
        text = text.encode("ascii", "backslashreplace").decode()
        return "".join(c if " " <= c <= "~" else "?" for c in text)


def _guide_clock() -> Clock:
    # The greeting of the guide's session 1 was printed at this moment.
    return ToyClock(datetime(2001, 6, 9, 12, 27, 28, tzinfo=timezone(timedelta(hours=1))))


MODERN = Persona("modern", texts=MODERN_TEXTS)
SENDMAIL = Persona(
    "sendmail-8.9.2", "smtp.example.com", SENDMAIL_TEXTS, _guide_clock,
    lambda: counting_ids("MAA", 31024), "10.0.0.100", "BST",
)  # fmt: skip
FOREIGN = Persona("foreign", texts=FOREIGN_TEXTS)

PERSONAS: Mapping[str, Persona] = {persona.name: persona for persona in (MODERN, SENDMAIL, FOREIGN)}


def persona(name: str | Persona) -> Persona:
    """The persona of that name. Raises ValueError, listing the names, for any other."""
    if isinstance(name, Persona):
        return name
    if name not in PERSONAS:
        raise ValueError(f"there is no persona {name!r}: choose one of {', '.join(PERSONAS)}")
    return PERSONAS[name]
