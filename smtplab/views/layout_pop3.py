"""Where things stand in POP3's state diagram, as data, in the way of `layout`.

Never does: decide which arrows there are; the table does.

Rules:
1. In the middle the two ways to log in, USER and PASS on the left, a SASL exchange on the right; between them what
   needs one command. All three end in TRANSACTION, on its own ground: only there can letters be seen.
2. All ways out end in CLOSED. Above it QUIT, on rails at both sides what goes wrong before anybody logs in.
3. As wide as SMTP's picture, so that one stepper serves both.
"""

# One route, one physical line.
from __future__ import annotations

from types import MappingProxyType

from ..protocol.pop3.machine import POP3, State
from .layout import Layout, Route, Spot

__all__ = ["POP3", "POP3_LAYOUT"]

_LEFT = "H20Q10 {0} 10 {1}V386Q10 396 20 396H26"

# fmt: off
POP3_LAYOUT = Layout(
    width=384,
    height=420,
    spots=MappingProxyType(
        {
            State.CONNECTED: Spot(70, 24, 92),
            State.AUTHORIZATION: Spot(186, 92, 112),
            State.USER: Spot(72, 180, 72),
            State.TRANSACTION: Spot(186, 260, 104),
            State.AUTH: Spot(306, 180, 64),
            State.TLS: Spot(326, 24, 48),
            State.CLOSED: Spot(72, 396, 92),
        }
    ),
    elsewhere=Spot(186, 340, 104),
    routes=MappingProxyType(
        {
            (State.CONNECTED, State.AUTHORIZATION): Route("connect", "M116 24H152Q162 24 162 34V76", (162, 76, 90), (155, 53, "end"), is_stacked=True),
            (State.CONNECTED, State.CLOSED): Route("refuse", "M24 24" + _LEFT.format(24, 34), (26, 396, 0), (17, 52, "start"), is_stacked=True),
            (State.AUTHORIZATION, State.USER): Route("user", "M130 100H98Q88 100 88 110V164", (88, 164, 90), (82, 134, "end"), is_stacked=True, room=3),
            (State.USER, State.AUTHORIZATION): Route("pass-refused", "M108 180H140Q150 180 150 170V108", (150, 108, 270), (144, 138, "end"), is_stacked=True, room=3),
            (State.USER, State.TRANSACTION): Route("pass", "M84 196V250Q84 260 94 260H134", (134, 260, 0), (91, 222, "start")),
            (State.AUTHORIZATION, State.AUTH): Route("auth", "M242 100H296Q306 100 306 110V164", (306, 164, 90), (313, 132, "start"), is_stacked=True),
            (State.AUTHORIZATION, State.TRANSACTION): Route("log-in", "M186 108V244", (186, 244, 90), (193, 207, "start"), ("APOP", "AUTH"), is_stacked=True),
            (State.AUTH, State.AUTHORIZATION): Route("response-refused", "M274 180H232Q222 180 222 170V108", (222, 108, 270), (229, 138, "start"), ("(response)",), is_stacked=True),
            (State.AUTH, State.TRANSACTION): Route("response", "M306 196V216Q306 226 296 226H228Q218 226 218 234V244", (218, 244, 90), (256, 241, "start"), is_stacked=True),
            (State.AUTHORIZATION, State.TLS): Route("stls", "M218 76V34Q218 24 228 24H302", (302, 24, 0), (225, 38, "start")),
            (State.TLS, State.AUTHORIZATION): Route("handshake", "M326 40V74Q326 84 316 84H242", (242, 84, 180), (319, 54, "end"), is_stacked=True),
            (State.TLS, State.CLOSED): Route("handshake-failed", "M350 24H366Q376 24 376 34V378Q376 388 366 388H118", (118, 388, 180), (370, 382, "end")),
            (State.TRANSACTION, State.TRANSACTION): Route("letters", "M238 265C262 265 260 294 226 278", (224, 277, 206), (262, 272, "start"), ("RETR", "DELE"), is_stacked=True, stays=True),
            (State.AUTHORIZATION, State.CLOSED): Route("quit-authorization", "M130 84" + _LEFT.format(84, 94), (26, 396, 0), (86, 79, "middle"), trunk="M130 84H20Q10 84 10 94"),
            (State.USER, State.CLOSED): Route("quit-user", "M60 196V380", (60, 380, 90), (67, 296, "start"), is_stacked=True),
            (State.TRANSACTION, State.CLOSED): Route("quit-transaction", "M150 276V338Q150 348 140 348H110Q100 348 100 358V380", (100, 380, 90), (144, 326, "end"), is_stacked=True),
        }
    ),
    shut=Route("shut", "M178 405H118", (118, 405, 180), (184, 409, "start")),
    shut_by="cut off",
    region=(124, 230, 124, 60),
    region_name=(155, 240, "maildrop"),
    key=(222, 300),
)
"""A connection that ends without QUIT closes from anywhere: `shut`."""
# fmt: on
