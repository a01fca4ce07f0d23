"""POP3's part of the personas' words: texts by situation, as in `persona`.

Fields besides those of `persona`: {count}, {letters} (the count with its word), {octets} {number} {name} {why}.
"""

from __future__ import annotations

from collections.abc import Mapping

MODERN_POP3: Mapping[str, str] = {
    "pop3 greeting": "{host} POP3 smtplab at your service",
    "pop3 name taken": "{name}, and now the password",
    "pop3 log-in refused": "Name or password is wrong",
    "pop3 busy": "The maildrop is open in another session",
    "pop3 unreadable": "The mail cannot be read",
    "pop3 open": "The maildrop is open: {letters}, {octets} octets",
    "pop3 offers": "This server offers",
    "pop3 listing": "{letters}, {octets} octets",
    "pop3 letter": "{octets} octets",
    "pop3 no such letter": "There is no letter {number}: the maildrop has {letters}",
    "pop3 letter marked": "Letter {number} is marked as deleted; RSET takes the mark off",
    "pop3 marked": "Letter {number} is marked; QUIT removes it",
    "pop3 unmarked": "No letter is marked; the maildrop has {letters}",
    "pop3 updated": "{host} says goodbye; {letters} removed",
    "pop3 not removed": "Some marked letters could not be removed: {why}",
    "pop3 unknown verb": "That is no command of POP3",
}

SENDMAIL_POP3: Mapping[str, str] = {
    "pop3 greeting": "QPOP (version 2.53) at {host} starting",
    "pop3 name taken": "Password required for {name}",
    "pop3 log-in refused": "Password supplied is incorrect",
    "pop3 open": "{letters} ({octets} octets)",
    "pop3 listing": "{letters} ({octets} octets)",
    "pop3 letter": "{octets} octets",
    "pop3 no such letter": "Message {number} does not exist",
    "pop3 letter marked": "Message {number} has been deleted",
    "pop3 marked": "Message {number} has been deleted",
    "pop3 unmarked": "Maildrop has {letters}",
    "pop3 updated": "Pop server at {host} signing off",
    "pop3 unknown verb": "Unknown command",
}

FOREIGN_POP3: Mapping[str, str] = {
    "pop3 greeting": "{host} bonvenon al la leterkesto",
    "pop3 name taken": "Kaj nun la pasvorton",
    "pop3 log-in refused": "Nomo aux pasvorto malgxustas",
    "pop3 busy": "Alia homo jam legas tie",
    "pop3 unreadable": "La keston ni ne povis legi",
    "pop3 open": "La kesto estas malfermita: {count} leteroj, {octets} bitokoj",
    "pop3 offers": "Jen kion ni scias",
    "pop3 listing": "{count} leteroj, {octets} bitokoj",
    "pop3 letter": "{octets} bitokoj",
    "pop3 no such letter": "Leteron {number} ni ne havas",
    "pop3 letter marked": "Letero {number} jam estas forjxetota",
    "pop3 marked": "Letero {number} estas forjxetota",
    "pop3 unmarked": "Cxiuj {count} leteroj restu",
    "pop3 updated": "{host} adiauxas, {count} leteroj foriris",
    "pop3 not removed": "Iuj leteroj ne volis foriri: {why}",
    "pop3 unknown verb": "Tion ni ne komprenas",
}
