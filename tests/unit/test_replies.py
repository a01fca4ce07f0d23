"""Replies as values and as octets: what is made is read back the same, and what cannot be is refused."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smtplab.protocol.replies import EnhancedCode, Outcome, Reply, split_reply

lines_of_text = st.text(st.characters(exclude_characters="\r\n"), max_size=40)
enhanced_looks = st.sampled_from(["2.1.0", "2.1.0 ok", "4.2.2 full", "5.1.1  two spaces", "2.01.0 x", "2.1.0x"])
codes = st.integers(200, 599)


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    code = draw(codes)
    lines = draw(st.lists(lines_of_text | enhanced_looks, min_size=1, max_size=5))
    numbers = st.integers(0, 999)
    enhanced = (
        st.none() if code // 100 == 3 else st.none() | st.builds(EnhancedCode, st.just(code // 100), numbers, numbers)
    )
    return Reply(code, lines, draw(enhanced))


# ----------------------------------------------------------------------------------------- round trips


@given(replies())
@example(Reply(250, ""))
@example(Reply(334, ""))
@example(Reply(250, ("", "")))
@example(Reply(250, ("2.1.0 a", "2.1.0 b")))
@example(Reply(250, "2.1.0"))
@example(Reply(250, "2.0.0 a", EnhancedCode(2, 0, 0)))
@example(Reply(250, "a lone surrogate: \ud800"))
@example(Reply(550, " begins with a space"))
def test_a_reply_is_read_back_as_it_was_made(reply: Reply) -> None:
    assert Reply.parse(reply.encode()) == reply
    assert Reply.parse(str(reply)) == reply


@given(replies(), st.binary(max_size=30))
def test_a_reply_ends_where_it_was_encoded_to_end_whatever_follows(reply: Reply, rest: bytes) -> None:
    raw = reply.encode()
    assert split_reply(raw + rest) == len(raw)
    assert split_reply(bytearray(b"xyz" + raw + rest), 3) == 3 + len(raw)


@given(replies())
def test_no_part_of_a_reply_is_a_whole_one(reply: Reply) -> None:
    raw = reply.encode()
    assert all(split_reply(raw[:cut]) is None for cut in range(len(raw)))


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_input_is_a_reply_or_a_value_error(raw: bytes | str) -> None:
    try:
        reply = Reply.parse(raw)
    except ValueError as error:
        assert str(error).endswith((".", "ends.")) and len(str(error)) > 20
    else:
        assert Reply.parse(reply.encode()) == reply


@given(st.binary(max_size=200))
def test_garbage_never_stalls_the_splitter(raw: bytes) -> None:
    ends = []
    start = 0
    while (end := split_reply(raw, start)) is not None:
        assert end > start
        ends.append(end)
        start = end
    left = raw[start:].split(b"\n")
    # What is left over is an unfinished line, behind nothing but lines that promise one more.
    assert all(line[:3].isdigit() and line[3:4] == b"-" for line in left[:-1])


# ------------------------------------------------------------------------------------------- encoding


@pytest.mark.parametrize(
    ("reply", "raw"),
    [
        (Reply(250, "ok"), b"250 ok\r\n"),
        (Reply(250, ("a", "b", "c")), b"250-a\r\n250-b\r\n250 c\r\n"),
        (Reply(250, ("a", "b"), EnhancedCode(2, 1, 0)), b"250-2.1.0 a\r\n250 2.1.0 b\r\n"),
        (Reply(334, ""), b"334 \r\n"),
        (Reply(250, ("", "b")), b"250-\r\n250 b\r\n"),
        (Reply(550, "caf\u00e9"), b"550 caf\xc3\xa9\r\n"),
    ],
)
def test_the_octets_are_code_mark_enhanced_code_text_and_crlf(reply: Reply, raw: bytes) -> None:
    assert reply.encode() == raw


def test_a_str_is_one_line_and_a_list_becomes_a_tuple() -> None:
    assert Reply(250, "ok").lines == ("ok",)
    assert Reply(250, ["a", "b"]).lines == ("a", "b")
    assert Reply(250, ("a", "b")).is_multiline and not Reply(250, "a").is_multiline
    assert Reply(250, ("a", "b")).text == "a\nb"


def test_what_utf8_cannot_carry_is_written_out() -> None:
    assert Reply(250, "\ud800!").lines == ("\\ud800!",)
    assert Reply(250, "\ud800!").encode() == b"250 \\ud800!\r\n"


def test_a_reply_is_a_value() -> None:
    reply = Reply(250, ("a", "b"), EnhancedCode(2, 1, 0))
    assert reply == Reply(250, ["a", "b"], EnhancedCode(2, 1, 0)) and hash(reply) == hash(copy.deepcopy(reply))
    assert pickle.loads(pickle.dumps(reply)) == reply
    with pytest.raises(AttributeError):
        reply.code = 550  # type: ignore[misc]


@pytest.mark.parametrize(
    ("code", "lines", "enhanced", "remedy"),
    [
        (199, "x", None, "from 200 to 599"),
        (600, "x", None, "from 200 to 599"),
        ("250", "x", None, "from 200 to 599"),
        (True, "x", None, "from 200 to 599"),
        (250, "a\nb", None, 'Reply(250, ("one", "two"))'),
        (250, "a\r", None, 'Reply(250, ("one", "two"))'),
        (250, ("a", "b\r\nc"), None, 'Reply(250, ("one", "two"))'),
        (250, (), None, 'Give "" for a reply without text'),
        (250, "x", EnhancedCode(5, 1, 1), "leave the enhanced code out"),
        (354, "x", EnhancedCode(2, 1, 1), "leave the enhanced code out"),
    ],
)
def test_what_could_not_be_sent_is_refused_with_a_remedy(
    code: int, lines: tuple[str, ...], enhanced: EnhancedCode | None, remedy: str
) -> None:
    with pytest.raises(ValueError) as refusal:
        Reply(code, lines, enhanced)
    assert remedy in str(refusal.value)


# ------------------------------------------------------------------------------------------- outcomes


@pytest.mark.parametrize("code", range(200, 600))
def test_the_first_digit_alone_decides_but_for_421(code: int) -> None:
    expected = {"2": "COMPLETION", "3": "INTERMEDIATE", "4": "TRANSIENT", "5": "PERMANENT"}[str(code)[0]]
    assert Reply(code, "").outcome is Outcome.of(code)
    assert Outcome.of(code).name == ("CLOSING" if code == 421 else expected)


# -------------------------------------------------------------------------------------------- parsing


@pytest.mark.parametrize(
    ("raw", "reply"),
    [
        (b"250 ok\r\n", Reply(250, "ok")),
        (b"250 ok", Reply(250, "ok")),
        ("250 ok\n", Reply(250, "ok")),
        (b"250 ok\r\r\n", Reply(250, "ok")),
        (b"250\r\n", Reply(250, "")),
        (b"250", Reply(250, "")),
        (b"250 \r\n", Reply(250, "")),
        (b"250-a\n250 b\n", Reply(250, ("a", "b"))),
        (b"250-a\r\n250\r\n", Reply(250, ("a", ""))),
        (b"250-234 is no code\r\n250 b\r\n", Reply(250, ("234 is no code", "b"))),
        (b"250 \xff\r\n", Reply(250, "\\xff")),
        (bytearray(b"250 ok\r\n"), Reply(250, "ok")),
    ],
)
def test_what_servers_send_is_read_leniently(raw: bytes | str, reply: Reply) -> None:
    assert Reply.parse(raw) == reply


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("", "Line 1 of the reply, '', is malformed"),
        ("25 x", "Line 1 of the reply, '25 x', is malformed"),
        ("2x0 x", "Line 1"),
        ("250x", "Line 1"),
        ("\u0662\u0665\u0660 x", "Line 1"),
        ("150 x", "the first of 2 to 5"),
        ("650 x", "the first of 2 to 5"),
        ("250 a\rb", "text without CR"),
        ("250-a\r\nnonsense\r\n250 b\r\n", "Line 2 of the reply, 'nonsense', is malformed"),
        (
            "250-a\r\n550 b\r\n",
            "Line 2 of the reply, '550 b', has another code than the first: every line must carry 250.",
        ),
        ("250-a\r\n", "Line 1 of the reply, '250-a', promises another line by its hyphen, and none follows."),
        ("250 a\r\n250 b\r\n", "Line 1 of the reply, '250 a', has no hyphen, so it is the last, and more follows."),
    ],
)
def test_a_malformed_reply_is_refused_and_the_line_is_named(raw: str, says: str) -> None:
    with pytest.raises(ValueError) as refusal:
        Reply.parse(raw)
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    ("raw", "lines", "enhanced"),
    [
        ("550 5.1.1 no", ("no",), "5.1.1"),
        ("550 5.1.1", ("",), "5.1.1"),
        ("550-5.1.1 a\n550 5.1.1 b", ("a", "b"), "5.1.1"),
        ("550-5.1.1 a\n550 5.1.2 b", ("5.1.1 a", "5.1.2 b"), None),
        ("550-5.1.1 a\n550 b", ("5.1.1 a", "b"), None),
        ("550 4.1.1 no", ("4.1.1 no",), None),
        ("550 5.1.1no", ("5.1.1no",), None),
        ("550 5.1.1000 no", ("5.1.1000 no",), None),
        ("550 5.01.1 no", ("5.01.1 no",), None),
        ("354 3.0.0 go", ("3.0.0 go",), None),
        ("220 2.example.com", ("2.example.com",), None),
    ],
)
def test_an_enhanced_code_is_split_off_only_where_every_line_has_the_same_good_one(
    raw: str, lines: tuple[str, ...], enhanced: str | None
) -> None:
    reply = Reply.parse(raw)
    assert (reply.lines, reply.enhanced and str(reply.enhanced)) == (lines, enhanced)


@pytest.mark.parametrize(
    "text", ["", "5.1", "5.1.1.1", "3.1.1", "5.01.1", "5.1.1 ", " 5.1.1", "5.1.1000", "\u0665.1.1"]
)
def test_what_is_no_enhanced_code_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"as in 5\.1\.1"):
        EnhancedCode.parse(text)


@pytest.mark.parametrize("numbers", [(3, 1, 1), (5, -1, 0), (5, 1, 1000)])
def test_an_enhanced_code_out_of_range_is_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="is no enhanced code"):
        EnhancedCode(*numbers)


# ------------------------------------------------------------------------------------------- splitting


@pytest.mark.parametrize(
    ("raw", "end"),
    [
        (b"", None),
        (b"250 ok\r", None),
        (b"250 ok\n", 7),
        (b"250-a\r\n", None),
        (b"250-a\r\n250 b\r\n", 14),
        (b"garbage\r\n250 ok\r\n", 9),
        (b"\r\n250 ok\r\n", 2),
        (b"25", None),
        (b"250\r\n", 5),
        (b"250-a\r\ngarbage\r\n250 b\r\n", 16),
        (b"250 a\r\n250 b\r\n", 7),
    ],
)
def test_a_reply_is_complete_at_the_first_line_without_code_and_hyphen(raw: bytes, end: int | None) -> None:
    assert split_reply(raw) == end
