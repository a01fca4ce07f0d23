"""The server that an exercise has of its own, as its file wants it: what it offers, and what lies in its mailboxes."""

from __future__ import annotations

from ...net.server import Server
from ...protocol.message import Envelope, Message, trace_lines
from ...protocol.world import ToyClock, mail_date
from ..files.spec import Spec, Waiting


def served(spec: Spec) -> Server:
    """A server as an exercise wants it. Raises ValueError where its file asks for one that there is not."""
    try:
        server = Server(persona=spec.persona, manners=spec.manners, **spec.server)
    except (TypeError, ValueError) as error:
        raise ValueError(f"exercise {spec.name}, [server]: {error}") from None
    for number, letter in enumerate(spec.letters, 1):
        server.mailbox.store(_lying(letter, server, number), server.manners.domains)
    return server


def _lying(letter: Waiting, server: Server, number: int) -> Message:
    """A letter as the server would have kept it, had somebody sent it before the exercise began."""
    envelope = Envelope(letter.reverse_path, (letter.forward_path,))
    queue_id = f"B{number:05}"
    trace = trace_lines(
        envelope, protocol="ESMTP", name=letter.by, client_address="127.0.0.1", host=server.persona.host,
        queue_id=queue_id, date=mail_date(ToyClock().now()),
    )  # fmt: skip
    return Message(envelope, letter.text.encode(), trace, queue_id)
