"""Parameters of MAIL and RCPT, typed from the standards: SIZE (RFC 1870), 8BITMIME (RFC 6152), SMTPUTF8 (RFC 6531),
DSN (RFC 3461), and every extension switched off: what is not offered is not taken.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from smtplab.protocol.manners import LENIENT, STRICT, Manners
from smtplab.protocol.message import Message
from smtplab.protocol.replies import Reply
from tests.talk import HELLO, RECIPIENT, SENDER, Talk, talk

BOTH_MANNERS = [pytest.param(LENIENT, id="lenient"), pytest.param(STRICT, id="strict")]
FROM = "MAIL FROM:<alice@example.net>"
TO = "RCPT TO:<bob@example.com>"


def stored(*said: str, manners: Manners = LENIENT) -> Message:
    session = talk(manners=manners).into("READY")
    for line in said:
        assert session.say(line) == [250], line
    assert session.say("DATA", b"x\r\n.\r\n") == [354, 250]
    return session.stored[-1]


def answer(line: str | bytes, state: str = "READY", manners: Manners = LENIENT) -> Reply:
    return Reply.parse(talk(manners=manners).into(state).raw(line))


# ------------------------------------------------------------------------------------------------------- SIZE
SMALL = replace(LENIENT, max_size=1000)


@pytest.mark.parametrize(
    ("value", "code"),
    [("0", 250), ("1000", 250), ("1001", 552), ("9" * 20, 552), ("9" * 21, 501), ("x", 501), ("-1", 501)],
)
def test_a_size_is_a_number_of_at_most_20_digits_and_too_much_is_told_before_the_data(value: str, code: int) -> None:
    reply = answer(f"{FROM} SIZE={value}", manners=SMALL)
    assert reply.code == code
    assert code != 552 or str(reply.enhanced) == "5.3.4"


def test_a_size_that_was_wrong_helps_nobody() -> None:
    session = talk(manners=SMALL).into("READY")
    assert session.say(f"{FROM} SIZE=1", TO, "DATA", b"x" * 1001 + b"\r\n.\r\n") == [250, 250, 354, 552]
    assert session.stored == [] and session.state == "READY"


def test_stuffed_dots_do_not_count_against_the_size() -> None:
    session = talk(manners=SMALL).into("RCPT")
    assert session.say("DATA", b"..\r\n" * 333 + b".\r\n") == [354, 250]
    assert len(session.stored[-1].content) == 999


# --------------------------------------------------------------------------------------------------- 8BITMIME
@pytest.mark.parametrize(("value", "code"), [("7BIT", 250), ("8BITMIME", 250), ("8bitmime", 250), ("BINARYMIME", 501)])
def test_a_body_is_7bit_or_8bitmime(value: str, code: int) -> None:
    assert answer(f"{FROM} BODY={value}").code == code


# --------------------------------------------------------------------------------------------------- SMTPUTF8
RENEE = "MAIL FROM:<renée@example.net>"


@pytest.mark.parametrize("manners", BOTH_MANNERS)
def test_an_address_that_is_not_ascii_is_553_without_the_parameter(manners: Manners) -> None:
    for line, state in (
        (RENEE, "READY"),
        ("RCPT TO:<bøb@example.com>", "MAIL"),
        ("MAIL FROM:<a@exämple.net>", "READY"),
    ):
        reply = answer(line, state, manners)
        assert reply.code in (550, 553) and str(reply.enhanced) == "5.6.7"


@pytest.mark.parametrize("manners", BOTH_MANNERS)
def test_with_it_local_parts_are_kept_as_they_came(manners: Manners) -> None:
    message = stored(RENEE + " SMTPUTF8", "RCPT TO:<Zoë@example.com>", "RCPT TO:<用户@example.com>", manners=manners)
    assert message.envelope.reverse_path == "renée@example.net"
    assert message.envelope.forward_paths == ("Zoë@example.com", "用户@example.com")
    assert message.envelope.parameters == {"SMTPUTF8": ""}
    assert "Return-Path: <renée@example.net>\r\n".encode() in message.trace


@pytest.mark.parametrize("address", ["用户@例え.jp", "δοκιμή@παράδειγμα.δοκιμή", '"ü ü"@example.net'])
def test_a_sender_may_have_a_domain_that_is_not_ascii(address: str) -> None:
    assert stored(f"MAIL FROM:<{address}> SMTPUTF8", RECIPIENT).envelope.reverse_path == address


def test_the_parameter_counts_for_one_transaction_only() -> None:
    session = talk().into("READY")
    assert session.say(RENEE + " SMTPUTF8", "RSET", SENDER, "RCPT TO:<zoë@example.com>") == [250, 250, 250, 553]
    assert session.say(RECIPIENT, "DATA", b"x\r\n.\r\n") == [250, 354, 250]


@pytest.mark.parametrize("line", [RENEE + " SMTPUTF8=1", RENEE + " SMTPUTF8=", RENEE + " SMTPUTF8 SMTPUTF8"])
def test_the_parameter_has_no_value_and_comes_once(line: str) -> None:
    assert answer(line).code == 501


def test_it_is_a_parameter_of_mail_and_no_other() -> None:
    assert answer("RCPT TO:<zoë@example.com> SMTPUTF8", "MAIL").code in (553, 555)
    assert answer(TO + " SMTPUTF8", "MAIL").code == 555


@pytest.mark.parametrize("octets", [b"ren\xe9e", b"\xc3", b"\xed\xa0\x80", b"\xff\xfe", b"\xc0\xaf"])
def test_octets_that_are_no_utf_8_are_501_all_the_same(octets: bytes) -> None:
    assert answer(b"MAIL FROM:<" + octets + b"@example.net> SMTPUTF8\r\n").code == 501


def test_the_name_in_ehlo_stays_ascii() -> None:
    assert talk().say("EHLO exämple.net", HELLO) == [501, 250]


@pytest.mark.parametrize("verb", ["VRFY", "EXPN"])
def test_names_may_be_asked_for_in_utf_8(verb: str) -> None:
    assert answer(f"{verb} zoë").code in (250, 252, 550, 553)


def test_headers_and_text_in_utf_8_are_kept_octet_for_octet() -> None:
    session = talk().into("READY")
    letter = "Subject: grüße\r\nFrom: Renée <renée@example.net>\r\n\r\nÄ\r\n".encode()
    assert session.say(RENEE + " SMTPUTF8 BODY=8BITMIME", RECIPIENT, "DATA", letter + b".\r\n") == [250, 250, 354, 250]
    assert session.stored[-1].content == letter


# -------------------------------------------------------------------------------------------------------- DSN
def test_what_was_asked_of_notices_is_kept_in_the_envelope() -> None:
    envelope = stored(
        f"{FROM} RET=HDRS ENVID=QQ314159+3D",
        f"{TO} NOTIFY=SUCCESS,DELAY ORCPT=rfc822;bob@example.com",
        "RCPT TO:<carol@example.com>",
        "RCPT TO:<dave@example.com> NOTIFY=never",
    ).envelope
    assert envelope.parameters == {"RET": "HDRS", "ENVID": "QQ314159+3D"}
    assert envelope.rcpt_parameters == (
        {"NOTIFY": "SUCCESS,DELAY", "ORCPT": "rfc822;bob@example.com"}, {}, {"NOTIFY": "never"},
    )  # fmt: skip


def test_a_refused_recipient_leaves_no_parameters_behind() -> None:
    session = talk().into("MAIL")
    assert session.say("RCPT TO:<nobody@example.com> NOTIFY=NEVER", f"{TO} NOTIFY=DELAY") == [550, 250]
    assert session.say("DATA", b"x\r\n.\r\n") == [354, 250]
    assert session.stored[-1].envelope.rcpt_parameters == ({"NOTIFY": "DELAY"},)


@pytest.mark.parametrize(
    "parameter",
    [
        "RET=FULL", "RET=hdrs", "ENVID=" + "x" * 100, "ENVID=a+20b",
        "NOTIFY=SUCCESS", "NOTIFY=FAILURE,SUCCESS,DELAY", "NOTIFY=NEVER", "ORCPT=rfc822;a+2Bb@example.com", "ORCPT=x;" + "y" * 500,
    ],
)  # fmt: skip
def test_a_parameter_well_made_is_taken(parameter: str) -> None:
    is_mail = parameter.startswith(("RET", "ENVID"))
    assert answer(f"{FROM if is_mail else TO} {parameter}", "READY" if is_mail else "MAIL").code == 250


@pytest.mark.parametrize(
    "parameter",
    [
        "RET=ALL", "RET=", "RET", "RET=FULL RET=HDRS", "ENVID=", "ENVID", "ENVID=" + "x" * 101, "ENVID=a+b", "ENVID=a=b", "ENVID=a+2b",
        "NOTIFY=", "NOTIFY", "NOTIFY=NEVER,DELAY", "NOTIFY=SOMETIMES", "NOTIFY=SUCCESS,", "ORCPT=", "ORCPT=bob@example.com",
        "ORCPT=;bob", "ORCPT=rfc822;", "ORCPT=rfc822;a+b", "NOTIFY=DELAY NOTIFY=DELAY",
    ],
)  # fmt: skip
def test_a_parameter_badly_made_is_501_and_moves_nothing(parameter: str) -> None:
    is_mail = parameter.startswith(("RET", "ENVID"))
    session = talk().into("READY" if is_mail else "MAIL")
    assert session.say(f"{FROM if is_mail else TO} {parameter}") == [501]
    assert session.state == ("READY" if is_mail else "MAIL")


@pytest.mark.parametrize("line", [f"{FROM} NOTIFY=NEVER", f"{FROM} ORCPT=rfc822;a@b.example"])
def test_a_recipients_parameter_is_none_of_the_senders(line: str) -> None:
    assert answer(line).code == 555
    assert answer(TO + " RET=FULL", "MAIL").code == answer(TO + " SIZE=5", "MAIL").code == 555


def test_a_line_may_be_as_long_as_what_is_offered_allows() -> None:
    long = f"{TO} ORCPT=rfc822;" + "x" * 500
    assert len(long) > 512
    assert answer(long, "MAIL").code == 250
    assert answer(long, "MAIL", LENIENT.without("DSN")).code == 500


# --------------------------------------------------------------------------------------------- switched off
NEEDS = {
    "SIZE": [(f"{FROM} SIZE=5", "READY")],
    "8BITMIME": [(f"{FROM} BODY=8BITMIME", "READY")],
    "SMTPUTF8": [(f"{FROM} SMTPUTF8", "READY")],
    "DSN": [(f"{FROM} RET=FULL", "READY"), (f"{FROM} ENVID=1", "READY"), (f"{TO} NOTIFY=NEVER", "MAIL")],
}


@pytest.mark.parametrize("manners", BOTH_MANNERS)
@pytest.mark.parametrize("keyword", LENIENT.offered)
def test_a_keyword_switched_off_is_not_listed_and_all_others_are(keyword: str, manners: Manners) -> None:
    lines = Reply.parse(talk(manners=manners.without(keyword)).raw(HELLO)).lines[1:]
    assert [line.split()[0] for line in lines] == [other for other in LENIENT.offered if other != keyword]
    talk(manners=manners.without(keyword)).mail()


@pytest.mark.parametrize(("keyword", "line", "state"), [(k, *case) for k, cases in NEEDS.items() for case in cases])
def test_a_parameter_of_a_keyword_switched_off_is_555(keyword: str, line: str, state: str) -> None:
    session = talk(manners=LENIENT.without(keyword)).into(state)
    assert session.say(line) == [555]
    assert session.state == state
    assert talk().into(state).say(line) == [250]


def test_parameters_after_helo_were_offered_by_nobody() -> None:
    session = talk()
    assert session.say("HELO client.example.net", f"{FROM} SIZE=5", f"{FROM} SMTPUTF8", FROM) == [250, 555, 555, 250]
    assert session.say(f"{TO} NOTIFY=NEVER", TO) == [555, 250]


def test_without_smtputf8_an_address_that_is_not_ascii_is_refused_as_no_ascii() -> None:
    assert answer(RENEE, manners=LENIENT.without("SMTPUTF8")).code in (501, 553)


def test_without_chunking_bdat_is_502_and_its_octets_are_commands() -> None:
    session: Talk = talk(manners=LENIENT.without("CHUNKING")).into("RCPT")
    assert session.say(b"BDAT 6 LAST\r\nNOOP\r\n") == [502, 250]
    assert session.say("BDAT 4") == [502]
    assert session.state == "RCPT" and session.stored == []


def test_without_enhancedstatuscodes_no_reply_has_one() -> None:
    session = talk(manners=LENIENT.without("ENHANCEDSTATUSCODES")).into("READY")
    said = (SENDER, RECIPIENT, "RCPT TO:<nobody@example.com>", "FROB", "MAIL", "DATA", b"x\r\n.\r\n", "QUIT")
    for line in said:
        raw = session.raw(line)
        assert raw and Reply.parse(raw).enhanced is None


def test_without_pipelining_a_group_is_answered_all_the_same() -> None:
    session = talk(manners=LENIENT.without("PIPELINING"))
    assert session.say(HELLO, SENDER, RECIPIENT, "DATA") == [250, 250, 250, 354]


def test_without_help_there_is_none() -> None:
    session = talk(manners=LENIENT.without("HELP")).into("READY")
    assert session.say("HELP", "HELP MAIL", "NOOP") == [502, 502, 250]


def test_a_keyword_is_switched_off_in_either_case_and_one_that_is_not_offered_is_an_error_that_lists_them() -> None:
    assert LENIENT.without("size", "Dsn").offered == LENIENT.without("SIZE", "DSN").offered
    with pytest.raises(ValueError, match=r"FROB is not offered anyway; offered are PIPELINING, SIZE, "):
        LENIENT.without("FROB")
