"""A text line of 1,000 octets with its CR LF is taken by everybody; a longer one by lenient servers, with a remark.

RFC 5321 §4.5.3.1.6 has the number, §4.5.3.1.9 the 500. The dot that transparency adds is not counted.
"""

from __future__ import annotations

import pytest

from smtplab.protocol.manners import LENIENT, STRICT, Manners
from smtplab.protocol.replies import Reply
from tests.talk import Talk, talk

FITS = b"x" * 998
DOTTED = b"." + b"." * 998  # a line of 998 dots, as it crosses the wire
BOTH_MANNERS = [pytest.param(LENIENT, id="lenient"), pytest.param(STRICT, id="strict")]


def _long_remarks(session: Talk) -> list[str]:
    return [remark for remark in session.session.transcript().remarks if "1,000 octets" in remark]


@pytest.mark.parametrize("manners", BOTH_MANNERS)
@pytest.mark.parametrize("line", [FITS, DOTTED], ids=["text", "dots"])
def test_a_line_of_1000_octets_is_taken_without_a_remark(line: bytes, manners: Manners) -> None:
    session = talk(manners=manners).into("DATA")
    assert session.say(b"first\r\n" + line + b"\r\n.\r\n") == [250]
    assert _long_remarks(session) == []


@pytest.mark.parametrize("line", [FITS + b"x", DOTTED + b"."], ids=["text", "dots"])
def test_lenient_takes_a_longer_line_with_a_remark(line: bytes) -> None:
    session = talk().into("DATA")
    assert session.say(b"first\r\n" + line + b"\r\n.\r\n") == [250]
    assert len(_long_remarks(session)) == 1


@pytest.mark.parametrize("line", [FITS + b"x", DOTTED + b"."], ids=["text", "dots"])
def test_strict_refuses_a_longer_line_with_500_at_the_end_and_stores_nothing(line: bytes) -> None:
    session = talk(manners=STRICT).into("DATA")
    answer = Reply.parse(session.raw(b"first\r\n" + line + b"\r\n.\r\n"))
    assert answer.code == 500 and "1000 octets" in answer.text
    assert session.stored == []
    assert session.state == "READY"
    session.mail()


@pytest.mark.parametrize(("content", "code"), [(FITS + b"x\r\n", 500), (b"a\nb\r\n", 554)], ids=["long", "bare LF"])
def test_strict_refuses_in_chunks_what_it_refuses_after_data(content: bytes, code: int) -> None:
    session = talk(manners=STRICT).into("RCPT")
    half = len(content) // 2
    assert session.say(b"BDAT %d\r\n%s" % (half, content[:half])) == [250]
    assert session.say(b"BDAT %d LAST\r\n%s" % (len(content) - half, content[half:])) == [code]
    assert session.stored == []
    session.mail()
