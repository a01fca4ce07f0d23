"""Eight real servers, 153 scripted sessions each: the observer names the right state after every reply.

What is right is told by `heard`, which is typed from the standards and knows the script's steps; the observer gets
nothing but both streams of octets.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from smtplab import recorded
from smtplab.protocol.observer import Observer
from smtplab.views.stepper import document
from tests.data_of import octets_of, recordings, scripts
from tests.interop.heard import Heard

SERVERS = ("postfix", "exim", "opensmtpd", "sendmail", "aiosmtpd", "smtpd", "nodemailer", "postfix_strict")
RECORDED = [(name, server) for name, by_server in recordings().items() for server in by_server]

LEFT_OUT = {("smug-pipelined", "postfix")}
"""Why: `smtplab/corpus/README.md`."""

Turn = tuple[str, str, str, int]
"""(what happened, the state by the oracle, the state by the observer, the step of the script)."""


def follow(name: str, server: str) -> Iterator[Turn]:
    """Tells both of them the whole session, and yields where each stands after every single reply."""
    steps, recorded = scripts()[name]["steps"], recordings()[name][server]
    heard, observer, last = Heard(), Observer(), ""
    for number, answers in enumerate(recorded["steps"]):
        step = steps[number]
        if "send" in step and heard.state != "CLOSED":
            heard.step(octets_of(step["send"]))
            observer.client(octets_of(step["send"]))
            yield "command", heard.state, observer.state.name, number
        if step["op"] == "tls" and last == "220":
            ok = "tls_error" not in recorded
            heard.handshake(ok)
            observer.handshake(ok)
            yield "handshake", heard.state, observer.state.name, number
        replies = [reply["text"].split("\n") for reply in answers for _ in range(reply.get("times", 1))]
        codes = [int(lines[-1][:3]) for lines in replies]
        for at, lines in enumerate(replies):
            heard.reply(lines, codes[at + 1 :])
            observer.server("".join(line + "\r\n" for line in lines).encode())
            last = lines[-1][:3]
            yield f"{last} reply", heard.state, observer.state.name, number
        if step["op"] == "close" or recorded.get("closed_at_step") == number:
            heard.closed()
            observer.client_eof() if step["op"] == "close" else observer.server_eof()
            yield "closed", heard.state, observer.state.name, number
    assert heard.unexplained == [], "the oracle itself cannot explain a reply"


def wrong_turns(name: str, server: str) -> list[Turn]:
    return [turn for turn in follow(name, server) if turn[1] != turn[2]]


def test_all_recorded_sessions_of_all_eight_servers_are_here() -> None:
    assert len(RECORDED) == 1224
    assert {server for _, server in RECORDED} == set(SERVERS)
    assert all(len(by_server) == 8 for by_server in recordings().values())


@pytest.mark.parametrize("server", SERVERS)
def test_the_observer_names_the_right_state_after_every_reply(server: str) -> None:
    wrong = {name: turns for name, of in RECORDED if of == server and (turns := wrong_turns(name, server))}
    expected = {name for name, of in LEFT_OUT if of == server}
    assert set(wrong) == expected, "\n".join(f"{name}: {turns[:3]}" for name, turns in wrong.items())


def test_1223_of_1224_are_followed_and_the_one_left_is_named() -> None:
    assert {(name, server) for name, server in RECORDED if wrong_turns(name, server)} == LEFT_OUT
    assert len(RECORDED) - len(LEFT_OUT) == 1223


def test_what_the_package_says_of_the_one_left_is_so() -> None:
    assert {(script, server) for server, script in recorded().not_followed} == LEFT_OUT


def replies_of(name: str, server: str) -> list[str]:
    """The state by the oracle after each reply."""
    return [state for happened, state, _, _ in follow(name, server) if happened.endswith("reply")]


@pytest.mark.parametrize("server", SERVERS)
def test_the_stepper_shows_every_recorded_session_in_the_right_states(server: str) -> None:
    for name, session in recorded(server).items():
        drawn = document(session)
        assert len(drawn.positions) == len(session) + 1 and drawn.positions[0].state == "CONNECTED"
        said = [step for step in session if step.direction == "S"]
        shown = [drawn.positions[step.index].state for step in said]
        if (name, server) in LEFT_OUT:
            assert len(shown) == len(replies_of(name, server)) and shown[-1] == "CLOSED"
        else:
            assert shown == replies_of(name, server), name
        assert drawn.to_json()


def test_the_longest_recorded_session_is_drawn_small() -> None:
    """A page of it stays well below a megabyte, so that stepping through any of them is light."""
    longest = max(len(document(session).to_json()) for session in recorded(script="rcpt-100").values())
    assert longest < 400_000


def test_the_one_left_is_right_up_to_the_looser_end_and_never_raises() -> None:
    turns = list(follow("smug-pipelined", "postfix"))
    first_wrong = next(at for at, turn in enumerate(turns) if turn[1] != turn[2])
    assert [turn[0] for turn in turns[: first_wrong + 1]].count("354 reply") == 1
    assert turns[-1][1:3] == ("CLOSED", "CLOSED")


def test_no_reply_is_left_without_what_it_answers_but_421() -> None:
    for name, server in RECORDED:
        if (name, server) in LEFT_OUT:
            continue
        observer = Observer()
        steps, recorded = scripts()[name]["steps"], recordings()[name][server]
        for step, answers in zip(steps, recorded["steps"], strict=False):
            if step["op"] == "tls":
                break
            observer.client(octets_of(step.get("send", [])))
            for reply in answers:
                for _ in range(reply.get("times", 1)):
                    observer.server(reply["text"].replace("\n", "\r\n").encode() + b"\r\n")
        unasked = [e.reply.code for e in observer.transcript().exchanges if e.event == "(unasked)" and e.reply]
        assert set(unasked) <= {421}, (name, server, unasked)


@pytest.mark.parametrize("server", SERVERS)
def test_the_facts_are_what_the_latest_hello_taught(server: str) -> None:
    """Typed anew: the keywords are the first words of an EHLO reply's further lines; HELO takes them away."""
    for name, of in RECORDED:
        if of != server or scripts()[name]["group"] not in ("happy", "order", "extensions"):
            continue
        steps, recorded = scripts()[name]["steps"], recordings()[name][server]
        observer, hello, offered = Observer(), "", set[str]()
        for step, answers in zip(steps, recorded["steps"], strict=False):
            sent = octets_of(step.get("send", []))
            observer.client(sent)
            for reply in answers:
                lines = reply["text"].split("\n")
                for _ in range(reply.get("times", 1)):
                    observer.server("".join(line + "\r\n" for line in lines).encode())
                if sent[:4] in (b"HELO", b"EHLO") and reply["code"] == "250":
                    hello = sent[:4].decode()
                    offered = (
                        {line[4:].replace("=", " ").split()[0].upper() for line in lines[1:]}
                        if hello == "EHLO"
                        else set()
                    )
            assert (observer.facts.hello, set(observer.facts.keywords)) == (hello, offered), (name, step)
