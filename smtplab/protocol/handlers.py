"""What the server does on each command: one handler an event. A handler returns a reply and an effect.

What a handler is stands in `answers`. Whether a command is in place was asked of the table before a handler is
called, and the session clears the buffers by itself when the state leaves the mail transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from .address import NO_BRACKETS, BadSyntax, Path, parse_name, parse_path, split
from .answers import Answer, Desk, Handler, Said, alone, handlers_of, handles
from .extensions import EXTENSIONS, BadParameter
from .manners import Manners
from .replies import Reply, reply_of
from .rules import Visit
from .smtp import SENTENCE, SMTP, SYNTAX
from .storing import stored
from .wire import unstuff
from .world import NO_RELAY


def smtp_handlers(manners: Manners) -> Mapping[str, Handler]:
    """The handler of each event that a server of these manners offers, extensions included."""
    return _smtp_handlers(tuple(manners.offered))


@lru_cache(maxsize=64)
def _smtp_handlers(offered: tuple[str, ...]) -> Mapping[str, Handler]:
    return MappingProxyType(dict(handlers_of(SMTP, offered)))  # one for all sessions: it is large


def _refusal(session: Desk, why: BadSyntax, event: str) -> Answer:
    return Answer(session.say(501, "bad syntax", "5.5.4" if event != "MAIL" else "5.1.7", why=str(why)))


@handles(SMTP, "HELO", "EHLO")
def hello(session: Desk, said: Said) -> Answer:
    """250 with the server's name; to EHLO also what it offers (RFC 5321 §4.1.1.1)."""
    try:
        name, remarks = parse_name(said.command.argument)
    except BadSyntax as why:
        return Answer(session.say(501, "bad syntax", why=str(why)))
    if remarks and session.manners.strict:
        return _not_strict(session, said, remarks[0])

    def effect() -> None:
        session.client_name = name

    lines = [session.words("hello", name=name)]
    if said.event == "EHLO":
        offered = [EXTENSIONS[keyword] for keyword in session.manners.offered]
        for extension in offered:
            if extension.is_offered(session.manners, session.facts):
                lines.append(f"{extension.keyword} {extension.offer(session.manners)}".rstrip())
    return Answer(reply_of(250, tuple(lines)), effect)


@handles(SMTP, "MAIL")
def mail(session: Desk, said: Said) -> Answer:
    """250 and a mail transaction begins with its reverse-path (RFC 5321 §4.1.1.2)."""
    path = _path(session, said, "FROM")
    if isinstance(path, Answer):
        return path
    transaction = session.transaction

    def effect() -> None:
        transaction.reverse_path = path.mailbox
        transaction.parameters = dict(path.parameters)

    return Answer(session.say(250, "sender ok", "2.1.0", path=path.mailbox), effect)


@handles(SMTP, "RCPT")
def rcpt(session: Desk, said: Said) -> Answer:
    """250 and one more forward-path; else a refusal for this recipient alone (RFC 5321 §4.1.1.3)."""
    path = _path(session, said, "TO")
    if isinstance(path, Answer):
        return path
    transaction = session.transaction
    if len(transaction.forward_paths) >= session.manners.max_recipients:
        return Answer(session.say(452, "too many recipients", "4.5.3"))
    local_part, domain = split(path.mailbox)
    who = (local_part, transaction.reverse_path or "", session.client_address)
    is_ours = not domain or domain.lower() in _lowered(tuple(session.manners.domains))
    refusal = session.world.refuses(*who) if is_ours else None if session.facts.authenticated else NO_RELAY
    rules = session.world.rules if is_ours else ()
    visit = Visit(who[1], path.mailbox, session.client_address, session.clock.now())
    if rules and refusal is None:
        refusal = next((found for rule in rules if (found := rule.refuses(visit))), None)

    def learn(*, accepted: bool) -> None:
        for rule in rules:
            rule.learn(visit, accepted=accepted)

    if refusal is not None:

        def refused() -> None:
            learn(accepted=False)
            if is_ours:
                session.world.remember(*who)

        return Answer(session.say(refusal.code, refusal.situation, refusal.enhanced, path=path.mailbox), refused)

    def effect() -> None:
        learn(accepted=True)
        transaction.forward_paths.append(path.mailbox)
        transaction.rcpt_parameters.append(dict(path.parameters))

    return Answer(session.say(250, "recipient ok", "2.1.5", path=path.mailbox), effect)


@lru_cache(maxsize=64)
def _lowered(domains: tuple[str, ...]) -> frozenset[str]:
    return frozenset(domain.lower() for domain in domains)


def _path(session: Desk, said: Said, keyword: str) -> Path | Answer:
    """The path of MAIL or RCPT with its parameters checked, or the answer that refuses it."""
    try:
        path = parse_path(said.command.argument, keyword)
    except BadSyntax as why:
        return _refusal(session, why, said.event)
    if session.manners.strict and path.remarks:
        return _not_strict(session, said, NO_BRACKETS if NO_BRACKETS in path.remarks else path.remarks[0])
    if not path.mailbox.isascii() and "SMTPUTF8" not in {**path.parameters, **session.transaction.parameters}:
        return Answer(session.say(553, "not ascii", "5.6.7"))
    for name, value in path.parameters.items():
        offers = [
            e for e in EXTENSIONS.values() if name in e.parameters_of(said.event) and session.facts.offers(e.keyword)
        ]
        if not offers:
            why = f"{name} was not offered, so {said.event} cannot carry it"
            return Answer(session.say(555, "bad parameter", "5.5.4", why=why))
        try:
            offers[0].parameters_of(said.event)[name](value, session.manners)
        except BadParameter as bad:
            return Answer(session.say(bad.code, bad.situation, bad.enhanced, why=bad, limit=session.manners.max_size))
    return path


@handles(SMTP, "DATA")
def data(session: Desk, said: Said) -> Answer:
    """354: from here every line is mail data (RFC 5321 §4.1.1.4)."""
    return alone(session, said) or Answer(session.say(354, "start mail"))


@handles(SMTP, "(end of data)")
def end_of_data(session: Desk, said: Said) -> Answer:
    """250 once the message is stored, and the server answers for it from then on (RFC 5321 §4.2.5)."""
    frame, manners = said.frame, session.manners
    if frame.smuggled_end:
        return Answer(session.say(421, "smuggled end", "4.5.2"), closes=True)
    content = unstuff(frame.content)
    if frame.is_cut or len(content) > manners.max_size:
        return Answer(session.say(552, "too big", "5.3.4", limit=manners.max_size))
    return stored(session, content)


@handles(SMTP, "RSET")
def rset(session: Desk, said: Said) -> Answer:
    """250; the mail transaction, if any, is dropped (RFC 5321 §4.1.1.5)."""
    return alone(session, said) or Answer(session.say(250, "reset", "2.0.0"))


@handles(SMTP, "NOOP")
def noop(session: Desk, _: Said) -> Answer:
    """250, whatever stands behind the verb (RFC 5321 §4.1.1.9)."""
    return Answer(session.say(250, "nothing", "2.0.0"))


@handles(SMTP, "QUIT")
def quit_(session: Desk, said: Said) -> Answer:
    """221, and the server closes (RFC 5321 §4.1.1.10)."""
    return alone(session, said) or Answer(session.say(221, "goodbye", "2.0.0"))


@handles(SMTP, "VRFY")
def vrfy(session: Desk, said: Said) -> Answer:
    """252: names are not told, unless the manners say so (RFC 5321 §3.5.3, §7.3)."""
    name = said.command.argument.strip("<>")
    if not name:
        return _argument_wanted(session, said)
    if not session.manners.tells_names:
        return Answer(session.say(252, "will not verify", "2.5.2"))
    local_part, _, domain = name.partition("@")
    path = f"{local_part}@{domain or session.manners.domains[0]}"
    refusal = session.world.refuses(local_part, "", session.client_address) if local_part.lower() != "grey" else None
    if domain and domain.lower() not in session.manners.domains:
        return Answer(session.say(252, "will not verify", "2.5.2"))
    if refusal is not None and refusal.code // 100 == 5:
        return Answer(session.say(550, "no such user", "5.1.1", path=path))
    return Answer(session.say(250, "verified", "2.1.5", path=path))


@handles(SMTP, "EXPN")
def expn(session: Desk, said: Said) -> Answer:
    """252, or the members of a list where the manners tell names (RFC 5321 §4.1.1.7)."""
    name = said.command.argument
    if not name:
        return _argument_wanted(session, said)
    if not session.manners.tells_names:
        return Answer(session.say(252, "will not verify", "2.5.2"))
    members = session.world.expands(name.partition("@")[0])
    if not members:
        return Answer(session.say(550, "no such list", "5.1.1"))
    return Answer(Reply(250, [session.words("list", path=f"{m}@{session.manners.domains[0]}") for m in members]))


@handles(SMTP, "HELP")
def help_(session: Desk, said: Said) -> Answer:
    """214 with a text for people (RFC 5321 §4.1.1.8). It needs no EHLO, so its row names no keyword; a server may
    do without it all the same."""
    if "HELP" not in session.manners.offered:
        return Answer(session.say(502, "not offered", "5.5.1", verb="HELP"))
    topic = said.command.argument.upper()
    if not topic:
        verbs = " ".join(v for v in session.handlers if not v.startswith("(") and " " not in v)
        return Answer(session.say(214, "help", "2.0.0", verbs=verbs))
    if topic not in session.handlers:
        return Answer(session.say(504, "no such topic", "5.5.4"))
    return Answer(session.say(214, "help topic", "2.0.0", syntax=SYNTAX[topic], sentence=SENTENCE[topic]))


def _not_strict(session: Desk, said: Said, remark: str) -> Answer:
    """501 for what a lenient server takes with this remark (RFC 5321 §4.1.4)."""
    why = remark.partition(" (RFC")[0]
    return Answer(session.say(501, "not strict", "5.5.4", syntax=SYNTAX[said.event], why=why))


def _argument_wanted(session: Desk, said: Said) -> Answer:
    return Answer(session.say(501, "argument wanted", "5.5.4", verb=said.event, syntax=SYNTAX[said.event]))
