"""What is sent together, and what is waited for: the rules that go by pieces."""

from __future__ import annotations

import pytest

from smtplab import exercise
from tests.course import clients
from tests.course.attempts import BOB, DATA, EHLO, MAIL, QUIT, RCPT
from tests.course.attempts_12 import CAROL, GROUP, LETTER


@pytest.mark.parametrize(
    ("pieces", "message"),
    [
        ((EHLO, GROUP, LETTER, QUIT), "You sent 4 pieces, and waited as often; it can be done in 3."),
        ((EHLO, MAIL, RCPT, BOB, CAROL, DATA, LETTER, QUIT), "You sent 8 pieces"),
        ((EHLO, GROUP + LETTER + QUIT), "Something came in one piece with DATA, before its reply (step 13)"),
        ((EHLO + GROUP, LETTER + QUIT), "Something came in one piece with EHLO, before its reply (step 3)"),
    ],
)
def test_pieces_are_counted_and_waits_are_seen(pieces: tuple[bytes, ...], message: str) -> None:
    ex = exercise("12.2")
    with clients.connect(ex.server.address) as sock, sock.makefile("rb") as file:
        for piece in pieces:
            sock.sendall(piece)
            commands, letter, rest = piece.partition(b"Subject")
            for _ in range(commands.count(b"\r\n") + bool(letter) + (QUIT in rest)):
                while file.readline()[3:4] == b"-":
                    pass
    verdict = ex.check()
    assert not verdict.passed and message in verdict.message
    ex.close()
