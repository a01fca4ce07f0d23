"""Client streams for hypothesis: random octets, and sessions that are nearly right, with their pieces shuffled."""

from __future__ import annotations

from hypothesis import strategies as st

VERBS = st.sampled_from(
    [
        b"HELO c.example.net", b"EHLO c.example.net", b"ehlo [127.0.0.1]", b"EHLO", b"HELO !!", b"EHLO my_laptop",
        b"MAIL FROM:<alice@example.net>", b"MAIL FROM:<>", b"MAIL FROM: alice@example.net", b"MAIL FROM:<a@b.example> SIZE=10",
        b"MAIL FROM:<a@b.example> BODY=8BITMIME", b"MAIL FROM:<a@b.example> FOO=1", b"MAIL", b"MAIL FROM:<a", b"mail from:<Q@b.example>",
        b"RCPT TO:<bob@example.com>", b"RCPT TO:<Postmaster>", b"RCPT TO:<nobody@example.com>", b"RCPT TO:<busy@example.com>",
        b"RCPT TO:<grey@example.com>", b"RCPT TO:<full@example.com>", b"RCPT TO:<x@elsewhere.example>", b"RCPT TO: carol@example.com",
        b"RCPT TO:<>", b"RCPT TO:<@a.example:bob@example.com>", b"DATA", b"DATA", b"DATA now", b"RSET", b"RSET now", b"NOOP", b"NOOP x y",
        b"VRFY bob", b"VRFY", b"EXPN staff", b"HELP", b"HELP MAIL", b"HELP {x}", b"QUIT", b"QUIT now", b"STARTTLS", b"AUTH PLAIN",
        b"AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=", b"BDAT 3", b"BDAT 3 LAST", b"BDAT x", b"FROB", b"", b".", b" NOOP", b"NO\0OP",
        b"MAIL FROM:<\xc3\xa9@b.example>", b"EHLO \xff", b"GET / HTTP/1.1", b"TURN", b"NOOP " + b"x" * 600, b"{0}", b"%s",
    ]
)  # fmt: skip
ENDS = st.sampled_from([b"\r\n"] * 12 + [b"\n", b"\r", b"\r\r\n", b""])
BODIES = st.sampled_from(
    [
        b"hello",
        b"..",
        b"",
        b".x",
        b"a\nb",
        b"a\rb",
        b"\0",
        b"\xff\xfe",
        b"Subject: x",
        b"QUIT",
        b"MAIL FROM:<evil@b.example>",
        b"y" * 1200,
    ]
)
DOTS = st.sampled_from([b"\r\n.\r\n"] * 8 + [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b""])

_LINE = st.tuples(VERBS, ENDS).map(b"".join)
_LETTER = st.tuples(st.lists(BODIES, max_size=4).map(b"\r\n".join), DOTS).map(b"".join)
_GOOD = st.just(b"EHLO c.example.net\r\nMAIL FROM:<alice@example.net>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n")

STREAMS = st.lists(st.one_of(_LINE, _LINE, _LINE, _LETTER, _GOOD, st.binary(max_size=12)), max_size=14).map(b"".join)
"""Nearly right sessions, with wrong places, bad arguments, odd line ends and rubbish in between."""

RANDOM = st.binary(max_size=400)

CUTS = st.lists(st.integers(0, 400), max_size=8)


def cut(stream: bytes, cuts: list[int]) -> list[bytes]:
    """The stream in pieces; a cut beyond its end cuts nothing."""
    at = [0, *sorted(place for place in cuts if place < len(stream)), len(stream)]
    return [stream[first:last] for first, last in zip(at, at[1:], strict=False)]
