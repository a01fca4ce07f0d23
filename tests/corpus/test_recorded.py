"""recorded(): what real servers answered, by names that are easy to find, as transcripts like any other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import smtplab
from smtplab import Compare, recorded
from smtplab.corpus import store
from smtplab.protocol.transcript import Transcript
from smtplab.widgets.stepper import Stepper, transcript_of

ROOT = Path(__file__).parents[2]
README = (ROOT / "smtplab" / "corpus" / "README.md").read_text("utf-8")


def test_the_list_has_every_server_and_every_script_with_its_title() -> None:
    there = recorded()
    assert (len(there.servers), len(there.scripts), len(there)) == (8, 153, 1224)
    assert sorted(name for names in there.groups.values() for name in names) == sorted(there.scripts)
    shown = repr(there)
    assert all(
        f"  {name} " in shown and title in shown for name, title in [*there.servers.items(), *there.scripts.items()]
    )


def test_one_session_is_a_transcript_that_a_stepper_takes() -> None:
    session = recorded("postfix", "happy-ehlo")
    assert session.text().startswith("S: 220 mx.example.com ESMTP Postfix\nC: EHLO client.example.net\nS: 250-mx")
    assert transcript_of(session) is session
    stepper = Stepper(session)
    assert "S: 354" in stepper.plain() and len(stepper.transcript) == len(session)
    stepper.close()


def test_capitals_and_blanks_do_not_matter() -> None:
    assert recorded(" Postfix", "HAPPY-EHLO").text() == recorded("postfix", "happy-ehlo").text()


def test_nothing_is_said_of_seconds_and_cuts_that_were_not_recorded() -> None:
    session = recorded("exim", "bytewise-session")
    assert session.segments == () and {step.seconds for step in session} == {0.0}


def test_all_answers_to_one_script_stand_beside_each_other() -> None:
    answers = recorded(script="line-513")
    assert set(answers) == set(recorded().servers) and "exim" in answers and "line-513" not in answers
    assert all(isinstance(each, Transcript) for each in answers.values())
    told = Compare(answers["postfix"], answers["exim"], names=("Postfix", "Exim")).plain()
    assert told.startswith("Postfix | Exim\nThey part") or "to a program the two are one" in told


def test_the_sessions_of_one_server_go_by_script() -> None:
    sessions = recorded("sendmail")
    assert list(sessions) == list(recorded().scripts) and sessions["noop-mid"].peer.startswith("Sendmail 8.17")
    with pytest.raises(KeyError):
        sessions["postfix"]


def test_a_handshake_that_was_recorded_is_followed() -> None:
    events = [exchange.event for exchange in recorded("postfix", "tls-forget").exchanges]
    assert "(handshake)" in events


@pytest.mark.parametrize(
    ("server", "script", "hint"),
    [
        ("Postfix 3.10", "happy-ehlo", r"no recorded server 'Postfix 3\.10'\. There are postfix \(Postfix 3\.7\.11"),
        ("postfix", "line513", "no recorded script 'line513'. Near it: line-513"),
        ("postfix", "smug", "Near it: smug-lf-dot-crlf, .*smug-pipelined. recorded\\(\\) lists them all"),
        ("postfix", "recipient", "Near it: happy-three-rcpt"),  # by its title
        ("postfix", "qqqqq", "None is near it. recorded"),
        ("postfix", "", "None is near it"),
        ("line-513", None, r"That is a script: recorded\(script='line-513'\)"),
        (None, "nothing like it at all", "None is near it"),
    ],
)
def test_a_wrong_name_is_refused_with_those_near_it(server: str | None, script: str | None, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        recorded(server, script)  # type: ignore[call-overload]


def test_nothing_is_read_before_it_is_asked_for() -> None:
    code = (
        "from smtplab import recorded; from smtplab.corpus import store; recorded();"
        "assert store.scripts.cache_info().currsize == 0; recorded('exim', 'seed-1');"
        "assert store.scripts.cache_info().currsize == 1;"
        "import sys; assert not {'socket', 'asyncio', 'ipywidgets', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60)


def test_the_page_beside_the_data_names_every_server() -> None:
    assert all(f"| `{name}` |" in README for name in store.servers())
    assert all(f'recorded("{server}", "{script}")' in README for server, script in recorded().not_followed)


def test_every_recording_fits_its_script() -> None:
    for name, by_server in store.recordings().items():
        assert set(by_server) == set(store.servers())
        assert all(len(each["steps"]) <= len(store.scripts()[name]["steps"]) for each in by_server.values())


def test_the_name_is_offered_by_the_package() -> None:
    assert "recorded" in smtplab.__all__ and smtplab.recorded is recorded
