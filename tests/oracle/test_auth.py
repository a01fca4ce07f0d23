"""AUTH, typed from RFC 4954 §4 and §6, RFC 4616 §2 (PLAIN) and RFC 2195 §2 (CRAM-MD5): who may log in, and how."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace

import pytest

from smtplab.protocol.manners import LENIENT, STRICT
from smtplab.protocol.replies import Reply
from smtplab.protocol.world import ToyClock, World
from tests.talk import HELLO, RECIPIENT, SENDER, Talk, talk

CLEAR = replace(LENIENT.offering("AUTH"), auth_in_clear=True)
ELSEWHERE = "RCPT TO:<zoe@elsewhere.example>"


def b64(octets: bytes | str) -> str:
    return base64.b64encode(octets.encode() if isinstance(octets, str) else octets).decode("ascii")


ALICE = b64("\0alice\0wonderland")
BOB = b64("\0bob@example.com\0letmein")
WRONG = b64("\0alice\0letmein")


def ready(**changed: object) -> Talk:
    session = talk(manners=replace(CLEAR, **changed)) if changed else talk(manners=CLEAR)
    return session.into("READY")


def relays(session: Talk) -> bool:
    """Whether it carries mail elsewhere: the use of a log-in."""
    assert session.say(SENDER) == [250]
    (code,) = session.say(ELSEWHERE)
    assert session.say("RSET") == [250]
    return code == 250


def test_ehlo_lists_the_mechanisms() -> None:
    lines = Reply.parse(talk(manners=CLEAR).raw(HELLO)).lines
    assert "AUTH PLAIN LOGIN CRAM-MD5" in lines


# ------------------------------------------------------------------------------------------------------ PLAIN
@pytest.mark.parametrize(
    "credentials", [ALICE, BOB, b64("alice\0alice\0wonderland"), b64("\0ALICE@example.com\0wonderland")]
)
def test_plain_with_its_initial_response_takes_one_command(credentials: str) -> None:
    session = ready()
    assert not relays(session)
    assert session.say(f"AUTH PLAIN {credentials}") == [235]
    assert session.state == "READY" and session.session.facts.authenticated
    assert relays(session)


def test_plain_without_it_is_asked_with_an_empty_challenge() -> None:
    session = ready()
    assert session.raw("AUTH PLAIN") in (b"334 \r\n", b"334\r\n")
    assert session.state == "AUTH"
    assert session.say(ALICE) == [235]
    assert relays(session)


@pytest.mark.parametrize("line", ["auth plain ", "Auth PLAIN  ", "AUTH\tPlain "])
def test_verb_and_mechanism_are_the_same_in_either_case(line: str) -> None:
    assert ready().say(line + ALICE) == [235]


def test_an_equals_sign_is_an_empty_initial_response_and_no_credentials() -> None:
    session = ready()
    (code,) = session.say("AUTH PLAIN =")
    assert code in (501, 535)
    assert session.state == "READY" and not relays(session)


@pytest.mark.parametrize("octets", [b"", b"alice", b"\0alice", b"\0a\0b\0c"], ids=repr)
def test_what_is_not_two_nuls_is_no_plain_response(octets: bytes) -> None:
    session = ready()
    assert session.say(f"AUTH PLAIN {b64(octets) or '='}") == [501]
    assert session.say("AUTH PLAIN", b64(octets)) == [334, 501]
    assert session.state == "READY" and not relays(session)


@pytest.mark.parametrize(
    "octets", [b"\0alice\0letmein", b"\0nosuch\0letmein", b"\0alice\0", b"\0\0", b"\0alice\0Wonderland", b"\0alice\0\xff", b"bob\0alice\0wonderland"], ids=repr
)  # fmt: skip
def test_wrong_credentials_are_535_and_may_be_tried_again(octets: bytes) -> None:
    session = ready()
    assert session.say(f"AUTH PLAIN {b64(octets)}", "AUTH PLAIN", b64(octets)) == [535, 334, 535]
    assert not relays(session)
    assert session.say(f"AUTH PLAIN {ALICE}") == [235]


# ------------------------------------------------------------------------------------------------------ LOGIN
def test_login_asks_for_a_name_and_then_for_a_password() -> None:
    session = ready()
    assert session.raw("AUTH LOGIN") == f"334 {b64('Username:')}\r\n".encode()
    assert session.raw(b64("alice")) == f"334 {b64('Password:')}\r\n".encode()
    assert session.state == "AUTH"
    assert session.say(b64("wonderland")) == [235]
    assert relays(session)


def test_login_may_bring_the_name_along() -> None:
    session = ready()
    assert session.say(f"AUTH LOGIN {b64('bob')}", b64("letmein")) == [334, 235]
    assert session.say(HELLO, f"AUTH LOGIN {b64('bob')}") == [250, 503]


def test_login_says_only_at_the_end_whether_name_or_password_was_wrong() -> None:
    for name, password in (("nosuch", "letmein"), ("alice", "letmein"), ("", "")):
        assert ready().say("AUTH LOGIN", b64(name), b64(password)) == [334, 334, 535]


# --------------------------------------------------------------------------------------------------- CRAM-MD5
def challenged(session: Talk) -> bytes:
    reply = Reply.parse(session.raw("AUTH CRAM-MD5"))
    assert reply.code == 334
    return base64.b64decode(reply.text, validate=True)


def digest(name: str, password: str, challenge: bytes) -> str:
    return b64(f"{name} {hmac.new(password.encode(), challenge, hashlib.md5).hexdigest()}")


def test_cram_md5_is_answered_with_a_digest_and_never_with_the_password() -> None:
    session = ready()
    challenge = challenged(session)
    assert challenge.startswith(b"<") and challenge.endswith(b"@mail.example.com>") and challenge.count(b".") >= 1
    answer = digest("alice", "wonderland", challenge)
    assert session.say(answer) == [235]
    assert relays(session)


def test_cram_md5_asks_something_else_each_time_so_an_old_answer_is_worth_nothing() -> None:
    session = ready()
    first = challenged(session)
    assert session.say("*") == [501]
    assert challenged(session) != first
    assert session.say(digest("alice", "wonderland", first)) == [535]


def test_the_example_of_the_standard_has_the_digest_of_the_standard() -> None:
    challenge = b"<1896.697170952@postoffice.reston.mci.net>"
    assert digest("tim", "tanstaaftanstaaf", challenge) == (
        "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"
    )  # fmt: skip


@pytest.mark.parametrize("answer", ["alice", "alice ", " ", "", "alice 00000000000000000000000000000000", "nosuch x"])
def test_a_wrong_digest_is_535(answer: str) -> None:
    session = ready()
    challenged(session)
    assert session.say(b64(answer)) == [535]
    assert session.state == "READY"


def test_cram_md5_takes_no_initial_response() -> None:
    assert ready().say(f"AUTH CRAM-MD5 {b64('alice')}") == [501]


def test_a_log_in_uses_up_no_queue_id() -> None:
    """A lesson that logs in first has the same ids as one that does not."""
    session = ready()
    assert session.say("AUTH CRAM-MD5", "*", "AUTH CRAM-MD5", "*", "AUTH PLAIN", ALICE) == [
        334,
        501,
        334,
        501,
        334,
        235,
    ]
    session.mail()
    other = ready()
    other.mail()
    assert session.stored[-1].queue_id == other.stored[-1].queue_id


def test_no_two_questions_are_the_same_even_at_the_same_moment() -> None:
    world, asked = World(), list[bytes]()
    for _ in range(3):
        session = talk(manners=CLEAR, world=world, clock=ToyClock())
        session.say(HELLO)
        asked.append(session.raw("AUTH CRAM-MD5"))
    assert len(set(asked)) == 3


# ------------------------------------------------------------------------------------- what may happen at a 334
MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_star_cancels_with_501_and_the_session_goes_on(mechanism: str) -> None:
    session = ready()
    assert session.say(f"AUTH {mechanism}", "*", "NOOP") == [334, 501, 250]
    assert session.state == "READY" and not relays(session)
    assert session.say("AUTH LOGIN", b64("alice"), "*", f"AUTH PLAIN {ALICE}") == [334, 334, 501, 235]


@pytest.mark.parametrize("line", ["not base64!", "YQ", "YQ=", "YQ===", "=YQ=", "Y Q==", "YQ==\t", "**", "é"])
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_what_is_no_base64_is_501_and_ends_the_log_in(mechanism: str, line: str) -> None:
    session = ready()
    assert session.say(f"AUTH {mechanism}", line) == [334, 501]
    assert session.state == "READY"
    assert session.say("NOOP") == [250]


@pytest.mark.parametrize("line", ["AUTH PLAIN YQ", "AUTH PLAIN !", "AUTH LOGIN *", "AUTH PLAIN *"])
def test_an_initial_response_that_is_no_base64_is_501(line: str) -> None:
    assert ready().say(line, "NOOP") == [501, 250]


def test_quit_typed_at_a_334_is_tried_as_a_credential() -> None:
    session = ready()
    assert session.say("AUTH PLAIN", "QUIT") == [334, 501]  # three octets of base64, and no two NULs in them
    assert session.say("AUTH LOGIN", "QUIT", "QUIT") == [334, 334, 535]
    assert session.say("AUTH PLAIN", "QUIT\t") == [334, 501]
    assert session.state == "READY" and not session.session.is_closing
    assert session.say("QUIT") == [221]


def test_a_response_of_12288_octets_is_read_and_a_longer_one_is_500() -> None:
    session = ready()
    assert session.say("AUTH PLAIN", "A" * 12_284) == [334, 501]
    assert session.say("AUTH PLAIN", "A" * 12_288) == [334, 500]
    assert session.state == "READY"
    assert session.say("AUTH PLAIN", "A" * 100_000, "NOOP") == [334, 500, 250]
    assert session.say(f"AUTH PLAIN {ALICE}") == [235]


@pytest.mark.parametrize("strict", [False, True])
def test_a_client_that_leaves_at_a_334_is_not_logged_in(strict: bool) -> None:
    session = talk(manners=replace(CLEAR, strict=strict))
    assert session.say(HELLO, "AUTH LOGIN") == [250, 334]
    session.session.receive_eof()
    assert session.state == "CLOSED" and not session.session.facts.authenticated


# -------------------------------------------------------------------------------------------- when and whether
def test_a_mechanism_that_nobody_knows_is_504_and_none_at_all_is_501() -> None:
    assert ready().say("AUTH FROB", "AUTH GSSAPI YQ==", "AUTH", "AUTH PLAIN YQ== YQ==") == [504, 504, 501, 501]


def test_a_second_log_in_is_503() -> None:
    session = ready()
    assert session.say(f"AUTH PLAIN {ALICE}") == [235]
    assert session.say(f"AUTH PLAIN {ALICE}", "AUTH LOGIN", "AUTH FROB", "NOOP") == [503, 503, 503, 250]
    assert session.say("RSET", HELLO, f"AUTH PLAIN {BOB}") == [250, 250, 503]
    assert relays(session)


@pytest.mark.parametrize("state", ["MAIL", "RCPT"])
def test_inside_a_mail_transaction_it_is_503_and_the_transaction_goes_on(state: str) -> None:
    session = talk(manners=CLEAR).into(state)
    assert session.say(f"AUTH PLAIN {ALICE}") == [503]
    assert session.state == state
    assert session.say(RECIPIENT, "DATA", b"x\r\n.\r\n", f"AUTH PLAIN {ALICE}") == [250, 354, 250, 235]


def test_before_ehlo_and_after_helo_it_is_503() -> None:
    assert talk(manners=CLEAR).say(f"AUTH PLAIN {ALICE}", "HELO c", f"AUTH PLAIN {ALICE}") == [503, 250, 503]


def test_in_the_clear_it_is_neither_offered_nor_taken_and_538_comes_before_the_password() -> None:
    session = talk(manners=LENIENT.offering("AUTH", "STARTTLS"))
    assert b"AUTH" not in session.raw(HELLO)
    assert session.say("AUTH PLAIN", f"AUTH PLAIN {ALICE}", "AUTH LOGIN", "AUTH CRAM-MD5") == [538] * 4
    assert session.state == "READY" and not relays(session)


def test_under_tls_it_is_offered_and_taken() -> None:
    session = talk(manners=LENIENT.offering("AUTH", "STARTTLS"))
    assert session.say(HELLO, "STARTTLS") == [250, 220]
    session.session.handshake(True)
    assert b"AUTH PLAIN LOGIN CRAM-MD5" in session.raw(HELLO)
    assert session.say(f"AUTH PLAIN {ALICE}") == [235]
    assert relays(session)


def test_not_offered_it_is_502() -> None:
    assert talk().into("READY").say("AUTH PLAIN", f"AUTH PLAIN {ALICE}") == [502, 502]


def test_accounts_of_ones_own_take_the_place_of_the_toy_worlds() -> None:
    session = ready(accounts=(("ann", "sésame"), ("ben", "x y")))
    assert session.say(f"AUTH PLAIN {ALICE}", f"AUTH PLAIN {b64(chr(0) + 'ann' + chr(0) + 'x y')}") == [535, 535]
    assert session.say(f"AUTH PLAIN {b64(chr(0) + 'ann' + chr(0) + 'sésame')}") == [235]


def test_a_strict_server_takes_the_same_log_ins() -> None:
    session = talk(manners=replace(STRICT.offering("AUTH"), auth_in_clear=True))
    assert session.say(HELLO, "AUTH PLAIN", ALICE) == [250, 334, 235]


def test_no_secret_is_shown_in_the_record_unless_asked_for() -> None:
    session = ready()
    session.say(f"AUTH PLAIN {WRONG}", "AUTH LOGIN", b64("alice"), b64("wonderland"))
    shown = session.session.transcript().text()
    assert WRONG not in shown and b64("wonderland") not in shown and b64("alice") not in shown
    assert shown.count("********") == 3


# ------------------------------------------------------------------------------------- the parameter AUTH of MAIL
@pytest.mark.parametrize("value", ["<>", "alice@example.net", "e+3Dmc2@example.com"])
def test_mail_may_name_whose_mail_it_is(value: str) -> None:
    session = ready()
    assert session.say(f"AUTH PLAIN {ALICE}", f"MAIL FROM:<alice@example.net> AUTH={value}") == [235, 250]
    assert session.session.transaction.parameters == {"AUTH": value}


@pytest.mark.parametrize("value", ["", "a+b@example.net", "a=b", "a+2b"])
def test_a_name_that_is_no_xtext_is_501(value: str) -> None:
    assert ready().say(f"MAIL FROM:<alice@example.net> AUTH={value}") == [501]


def test_the_parameter_is_refused_where_auth_is_not_offered() -> None:
    assert talk().into("READY").say("MAIL FROM:<alice@example.net> AUTH=<>") == [555]
