"""Nearly right sessions for hypothesis: valid verbs, parameters, chunks, log-ins, TLS and mail data, out of order.

Unlike `tests/wire/anything`, most of it is well-formed, so that deep states are reached: a command is right in itself
and wrong only in its place.
"""

from __future__ import annotations

import base64

from hypothesis import strategies as st

_NAMES = st.sampled_from(
    ["alice", "bob", "nobody", "full", "busy", "grey", "staff", "Postmaster", "a.b+c", '"q \\" u"', "zoë"]
)
_DOMAINS = st.sampled_from(["example.com", "example.net", "EXAMPLE.com", "[127.0.0.1]", "elsewhere.example", "x"])
_ADDRESS = st.one_of(
    st.just(""), st.builds("{}@{}".format, _NAMES, _DOMAINS), st.just("Postmaster"), st.text('a@.<>\\" ', max_size=9)
)
_PARAMETERS = st.lists(
    st.sampled_from(
        [
            "SIZE=10", "SIZE=99999999999999999999", "SIZE=", "BODY=8BITMIME", "BODY=BINARYMIME", "SMTPUTF8", "RET=HDRS", "RET=x",
            "ENVID=a+3Db", "AUTH=<>", "AUTH=a+40b", "NOTIFY=NEVER", "NOTIFY=NEVER,SUCCESS", "ORCPT=rfc822;a@b.example", "FOO=1", "=",
        ]
    ),
    max_size=3,
).map(lambda words: "".join(f" {word}" for word in words))  # fmt: skip


def _b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


_COMMANDS = st.one_of(
    st.sampled_from(["EHLO client.example.net"] * 3 + ["HELO c", "ehlo [IPv6:::1]", "EHLO", "HELO a b"]),
    st.builds("MAIL FROM:<{}>{}".format, _ADDRESS, _PARAMETERS),
    st.builds("RCPT TO:<{}>{}".format, _ADDRESS, _PARAMETERS),
    st.sampled_from(["MAIL FROM:<alice@example.net>", "RCPT TO:<bob@example.com>", "DATA", "RSET", "NOOP", "QUIT", "HELP", "STARTTLS"]),
    st.sampled_from(["VRFY bob", "EXPN staff", "HELP MAIL", "NOOP x", "RSET x", "DATA x", "STARTTLS x", "ETRN x", "XFROB", "", " ", "."]),
    st.sampled_from(
        [
            "AUTH PLAIN", "AUTH LOGIN", "AUTH CRAM-MD5", "AUTH", "AUTH FOO", "*", "=", _b64(b"alice"), _b64(b"wonderland"),
            "AUTH PLAIN " + _b64(b"\0alice\0wonderland"), "AUTH PLAIN " + _b64(b"\0alice\0no"), "AUTH LOGIN " + _b64(b"bob"), _b64(b"a b"),
        ]
    ),
)  # fmt: skip
_LINE_ENDS = st.sampled_from(
    [b"\r\n"] * 20 + [b"\n", b"\n", b"\r", b"\r\r\n", b" \r\n", b"\0\r\n", b"x" * 600 + b"\r\n", b""]
)
_LINES = st.builds(lambda text, end: text.encode() + end, _COMMANDS, _LINE_ENDS)

_TEXTS = st.lists(
    st.sampled_from([b"Subject: x", b"", b".", b"..", b".x", b"a\nb", b"a\rb", b"QUIT", b"\xff\0", b"y" * 999, b"RCPT TO:<bob@example.com>"]),
    max_size=5,
)  # fmt: skip
_DATA_LINE_ENDS = st.sampled_from([b"\r\n"] * 5 + [b"\n", b"\r", b"\n\r"])
_DATA = st.builds(
    lambda texts, end, dot: b"DATA\r\n" + end.join(texts) + dot,
    _TEXTS,
    _DATA_LINE_ENDS,
    st.sampled_from([b"\r\n.\r\n"] * 8 + [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.", b""]),
)
_CHUNKS = st.builds(
    lambda octets, said, last, end: b"BDAT %d%s%s" % (max(0, len(octets) + said), last, end) + octets,
    st.binary(max_size=40) | st.sampled_from([b"\r\n.\r\n", b"QUIT\r\n", b"x" * 400]),
    st.sampled_from([0] * 8 + [-1, 1, 5000]),
    st.sampled_from([b"", b"", b" LAST", b" last", b" LAST x", b"  LAST "]),
    st.sampled_from([b"\r\n"] * 6 + [b"\n", b" \r\n"]),
)
_BEGUN = st.just(b"EHLO c\r\nMAIL FROM:<alice@example.net>\r\nRCPT TO:<bob@example.com>\r\n")

SOUPS = st.lists(st.one_of(_LINES, _LINES, _LINES, _DATA, _CHUNKS, _CHUNKS, _BEGUN), max_size=16)
"""Pieces of a session, in the order in which they are said."""

_POP3 = st.sampled_from(
    [
        "CAPA", "USER alice", "USER nobody", "USER", "USER alice@example.com", "PASS wonderland", "PASS wonderland", "PASS no", "PASS",
        "APOP alice 00", "AUTH", "AUTH PLAIN", "AUTH PLAIN " + _b64(b"\0alice\0wonderland"), "AUTH LOGIN", "*", _b64(b"alice"), "STLS",
        "STAT", "LIST", "LIST 1", "LIST 9", "LIST x", "UIDL", "UIDL 2", "RETR 1", "RETR 2", "RETR 3", "RETR 4", "RETR", "TOP 1 0", "TOP 3 2",
        "TOP 1", "DELE 1", "DELE 2", "DELE 1", "RSET", "NOOP", "QUIT", "FROB", "", "EHLO c", "top 1 1", "STAT x", "\0", "é",
    ]
)  # fmt: skip
_LOGGED_IN = st.just(b"USER alice\r\nPASS wonderland\r\n")
POP3_SOUPS = st.lists(
    st.one_of(st.builds(lambda text, end: text.encode() + end, _POP3, _LINE_ENDS), _LOGGED_IN), max_size=16
)
"""The same in POP3."""

HOW = st.binary(min_size=3, max_size=3)
"""Which manners, which faults, and how the stream is cut (`targets.session`)."""
