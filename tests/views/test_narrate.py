"""What a learner is told: the guide's session word for word, and the truth about refusals."""

from __future__ import annotations

import pytest

from smtplab.protocol.transcript import Transcript
from smtplab.views.kept import walk
from smtplab.views.moments import moments
from smtplab.views.narrate import narrate, said
from tests.views import samples

SAMPLES = samples.all_samples()
GUIDE = [
    ("Nothing has been said yet.", "The TCP connection is open. The server speaks first: wait for its three digits."),
    ("The server greets you: 220, ready.", "The first word after the code is its name. ESMTP tells you that it would understand EHLO too."),
    ("You say HELO and give your name.", "Nothing has moved. A session moves on the reply, never on the command."),
    ("The server takes your HELO.", "You may open a mail transaction now. The greeting is polite; only 250 counts."),
    ("You name the sender: user123@example.com.", "The space after the colon and the missing angle brackets were never legal. This server is lenient."),
    ("The server accepts the sender.", "A mail transaction is open. The envelope has its reverse-path; it needs a recipient."),
    ("You name a recipient: test@example.com.", "The answer decides: 250 adds it to the envelope, a 4 or a 5 leaves everything as it is."),
    ("The server accepts the recipient.", "You may name another one, or say DATA."),
    ("You say DATA: the letter is to follow.", "Wait for 354. Until it comes, the server still reads commands."),
    ("354: go ahead, and end with a lone dot.", "A 3 wants more from you. From here every line is mail data, whatever it looks like."),
    ("“Hello” is mail data.", "The server does not answer. It waits for a dot alone on a line."),
    ("An empty line is mail data as well.", "It ends nothing. The server still waits for the dot."),
    ("A dot alone: the letter ends here.", "Five bytes did it: CR LF . CR LF. The dot is not part of the letter."),
    ("The server takes the letter, and answers for it now.", "The transaction is over, the envelope is empty again. You may send another, or leave."),
    ("You say QUIT.", "Wait for the 221, and only then close the socket."),
    ("221: the server says goodbye and closes.", "All earlier replies still hold: the letter is on its way."),
]  # fmt: skip


@pytest.mark.parametrize("position", range(16))
def test_the_guides_session_is_told_step_by_step(position: int) -> None:
    told = narrate(SAMPLES["session 1"], position)
    assert (told.say, told.more) == GUIDE[position]
    assert told.section.startswith("RFC 5321 §")


def told(name: str) -> list[tuple[int, str]]:
    session = moments(SAMPLES[name])
    return [
        (now.code, " ".join((words.say, words.more)))
        for now, held in zip(session, walk(session), strict=True)
        for words in [said(now, held)]
    ]


def test_a_command_out_of_place_says_what_is_missing_and_what_helps() -> None:
    mail = narrate(SAMPLES["messy"], 4)
    assert (
        mail.more == "No arrow called MAIL leaves greeted: no HELO or EHLO yet. Say HELO or EHLO with your name first."
    )
    reply = narrate(SAMPLES["messy"], 5)
    assert reply.say == "Refused: 503, bad sequence of commands." and reply.more.endswith("You are still in greeted.")


def test_a_refused_recipient_is_told_with_the_state_that_stays() -> None:
    refused = next(words for code, words in told("messy") if code == 550)
    assert refused.startswith("Refused: 550, mailbox unavailable.") and refused.endswith("You are still in mail.")


def test_a_refused_letter_still_ends_the_transaction() -> None:
    refused = next(words for code, words in told("messy") if code == 554)
    assert "does not take the letter: 554" in refused and "the envelope is empty" in refused


def test_a_line_of_the_letter_that_looks_like_a_command_is_told_as_mail_data() -> None:
    assert any("“QUIT” looks like a command, and is mail data." in words for _, words in told("messy"))


def test_quit_without_a_letter_promises_none() -> None:
    assert "No letter was handed over" in told("messy")[-1][1]


def test_without_replies_it_says_so_and_offers_a_way() -> None:
    words = " ".join(words for _, words in told("session 2")[:2])
    assert "Only the client’s lines were recorded." in words and "Send" in words


def test_base64_challenges_are_read_out() -> None:
    assert any("it says “Password:”" in words for _, words in told("extended"))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_position_has_two_short_sentences(name: str) -> None:
    session = moments(SAMPLES[name])
    for now, held in zip(session, walk(session), strict=True):
        words = said(now, held)
        assert words.say and words.more
        assert len(words.say) < 120 and len(words.more) < 420, (now.position, words)
        assert words.say[0] == words.say[0].upper() and words.say[-1] in ".?…"
        assert "  " not in words.say + words.more.replace("“", "")


@pytest.mark.parametrize("name", SAMPLES)
def test_no_position_out_of_range_is_told(name: str) -> None:
    with pytest.raises(IndexError):
        narrate(SAMPLES[name], len(SAMPLES[name]) + 1)


def test_tls_that_has_begun_is_told_at_the_next_line() -> None:
    of = Transcript.parse("S: 220 a ESMTP\nC: EHLO a.example.com\nS: 250-a\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\n")
    assert "begin TLS now" in narrate(of, len(of)).say
