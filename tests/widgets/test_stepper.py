"""The stepper without a kernel: what it takes, what it carries, what it says in words, and how it ends."""

import gzip
import itertools
import json
import pathlib
import re
import subprocess
import sys
import types
from typing import Any
from xml.etree import ElementTree

import ipywidgets
import pytest

from smtplab.protocol.transcript import Transcript
from smtplab.views.stepper import Around, document
from smtplab.widgets.stepper import Stepper, transcript_of

SESSION_1 = (pathlib.Path(__file__).parents[1] / "data/session-1.txt").read_text()
LIVE = ipywidgets.widgets.widget._instances
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def transcript() -> Transcript:
    return Transcript.parse(SESSION_1)


def drawn(stepper: Stepper) -> dict[str, Any]:
    """What the page unpacks."""
    return json.loads(gzip.decompress(stepper.packed))


def test_it_carries_every_step_with_its_state(transcript: Transcript) -> None:
    page = drawn(Stepper(transcript))
    states = [page["strings"][number] for number in itertools.accumulate(page["state"])]
    assert states == ["CONNECTED", *(step.state.name for step in transcript)]


def test_it_carries_the_shell_and_all_that_views_drew(transcript: Transcript) -> None:
    drawing = document(transcript, around=Around(asks=True))
    page = drawn(Stepper(transcript))
    assert page.pop("shell") == drawing.shell
    assert page == json.loads(drawing.to_json())


def test_the_same_session_is_packed_into_the_same_bytes(transcript: Transcript) -> None:
    assert Stepper(transcript).packed == Stepper(Transcript.parse(SESSION_1)).packed


def test_its_plain_text_is_the_session_in_words_and_the_same_every_time(transcript: Transcript) -> None:
    first, again = (Stepper(t)._repr_mimebundle_()[0] for t in (transcript, Transcript.parse(SESSION_1)))
    assert first["text/plain"] == again["text/plain"]
    assert first["text/html"] == again["text/html"]
    for step in transcript:
        assert step.text.split("\n")[0] in first["text/plain"]
    for state in ("GREETED", "READY", "MAIL", "RCPT", "DATA", "CLOSED"):
        assert state in first["text/plain"]


def test_the_live_view_goes_out_beside_the_static_forms(transcript: Transcript) -> None:
    stepper = Stepper(transcript)
    data, _ = stepper._repr_mimebundle_()
    assert data[VIEW]["model_id"] == stepper.model_id
    assert "text/plain" in data and "text/html" in data


def test_closing_takes_the_layout_as_well(transcript: Transcript) -> None:
    before = len(LIVE)
    stepper = Stepper(transcript)
    stepper.close()
    stepper.close()
    assert len(LIVE) == before


def test_a_closed_stepper_that_is_shown_again_opens_again(transcript: Transcript) -> None:
    stepper = Stepper(transcript)
    old = stepper.model_id
    stepper.close()
    data, _ = stepper._repr_mimebundle_()
    assert data[VIEW]["model_id"] != old
    assert stepper.layout.comm is not None
    stepper.close()


def test_it_takes_a_servers_last_session_and_a_dialled_sockets_transcript(transcript: Transcript) -> None:
    server = types.SimpleNamespace(sessions=[Transcript(), transcript])
    assert transcript_of(server) is transcript
    assert transcript_of(types.SimpleNamespace(transcript=transcript)) is transcript


def test_an_image_and_the_text_and_json_of_it_can_be_handed_out(transcript: Transcript, tmp_path: pathlib.Path) -> None:
    stepper = Stepper(transcript)
    stepper.save_text(tmp_path / "session.txt")
    assert (tmp_path / "session.txt").read_text("utf-8") == stepper.plain() + "\n"
    stepper.save_json(tmp_path / "session.json")
    assert Transcript.from_json((tmp_path / "session.json").read_text("utf-8")).text() == transcript.text()
    for step in (None, 0, 7):
        stepper.save_svg(tmp_path / "session.svg", step)
        assert ElementTree.parse(tmp_path / "session.svg").getroot().tag.endswith("svg")
        stepper.save_png(tmp_path / "session.png", step)
        assert (tmp_path / "session.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(IndexError, match="steps 0 to 15, no step 16"):
        stepper.save_svg(tmp_path / "session.svg", 16)


def test_the_image_of_a_step_lights_that_steps_state(transcript: Transcript, tmp_path: pathlib.Path) -> None:
    pictures: list[str] = []
    for step in (7, 8, 9):
        Stepper(transcript).save_svg(tmp_path / "session.svg", step)
        pictures.append((tmp_path / "session.svg").read_text("utf-8"))
    bold = [re.findall(r'font-weight="700"[^>]*>([a-z]+)</text>', picture) for picture in pictures]
    assert bold == [["rcpt"], ["rcpt"], ["data"]]


@pytest.mark.parametrize(
    "wrong, remedy", [("C: EHLO x", "Transcript.parse"), (7, r"server.sessions\[-1\]"), (None, "Transcript")]
)
def test_anything_else_is_refused_with_what_to_do(wrong: object, remedy: str) -> None:
    with pytest.raises(TypeError, match=remedy):
        Stepper(wrong)


def test_an_empty_session_can_be_shown() -> None:
    assert drawn(Stepper(Transcript()))["n"] == 0


def test_a_session_without_replies_says_so() -> None:
    said = Transcript.parse("C: HELO me\nC: MAIL FROM:<a@example.com>\nC: QUIT\n")
    assert "repl" in Stepper(said).plain()


@pytest.mark.parametrize(
    "name", ["<img src=x onerror=alert(1)>", "</style><script>alert(1)</script>", '"><b onclick="x">', "\u202eevil"]
)
def test_hostile_text_is_escaped_wherever_it_goes(name: str) -> None:
    said = Transcript.parse(f"S: 220 {name}\nC: HELO {name}\nS: 250 {name}\nC: QUIT\nS: 221 bye\n")
    stepper = Stepper(said)
    page = drawn(stepper)
    for html in (page["shell"], *page["strings"], stepper.static()):
        assert name not in html
        assert "<img src=x" not in html and "<script" not in html and "<b onclick" not in html


def test_no_figure_is_drawn_for_a_stepper() -> None:
    code = (
        "import sys; from smtplab.protocol.transcript import Transcript; from smtplab.widgets.stepper import Stepper;"
        f"Stepper(Transcript.parse({SESSION_1!r})); print('matplotlib' in sys.modules)"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        == "False"
    )


def test_the_stand_alone_page_needs_nothing_from_elsewhere(transcript: Transcript, tmp_path: pathlib.Path) -> None:
    Stepper(transcript).save_html(tmp_path / "session.html")
    text = (tmp_path / "session.html").read_text(encoding="utf-8")
    assert "mount(" in text and ".smtplab" in text
    assert not re.search(r"""(src|href)=["']?(https?:)?//|url\(["']?https?:|@import|\bimport\s*[("'{]|fetch\(""", text)
