"""The machinery of an exercise: tries, hints, parts, what is shown, and that nothing leaks."""

from __future__ import annotations

import gc
import socket
import weakref
from collections.abc import Iterator

import ipywidgets
import pytest

from smtplab import Stepper, exercise
from smtplab.course import card, expect_timeout
from smtplab.course.doing.buttons import Buttons
from smtplab.course.doing.exercise import Exercise
from smtplab.course.doing.verdict import VIEW
from smtplab.course.files import spec
from smtplab.course.judging.naming import MISTAKES
from tests.course import attempts, clients
from tests.course.attempts import DATA, DOT, HELO, MAIL, QUIT, RCPT

pytestmark = pytest.mark.usefixtures("transport")


@pytest.fixture
def ex() -> Iterator[Exercise]:
    begun = exercise("01.1")
    yield begun
    begun.close()


class TestTries:
    def test_a_try_is_a_new_session_since_the_last_check(self, ex: Exercise) -> None:
        clients.burst(ex.server.address, HELO)
        ex.check()
        assert "no try is counted" in str(ex.check())
        assert ex.tries == 1
        clients.burst(ex.server.address, HELO)
        clients.burst(ex.server.address, HELO)
        ex.check()
        assert ex.tries == 2, "two sessions before one check are one try"

    def test_solution_is_offered_after_three(self, ex: Exercise) -> None:
        said = []
        for _ in range(3):
            clients.burst(ex.server.address, HELO)
            said.append("solution()" in str(ex.check()))
        assert said == [False, False, True]

    def test_solution_may_be_asked_for_at_once(self, ex: Exercise) -> None:
        assert "ex.server.address" in str(ex.solution())

    def test_the_button_gives_the_solution_after_three(self, ex: Exercise) -> None:
        assert "none was made yet" in str(ex.solution_when_earned())
        for _ in range(3):
            clients.burst(ex.server.address, HELO)
            ex.check()
        assert str(ex.solution_when_earned()) == str(ex.solution())

    def test_an_open_session_that_goes_on_is_judged_as_it_stands(self, ex: Exercise) -> None:
        with clients.stay(ex.server.address, HELO) as sock:
            assert "the server waits for a command: MAIL FROM" in str(ex.check())
            sock.sendall(MAIL + RCPT + DATA + DOT + QUIT)
            assert ex.check().passed

    def test_a_session_that_passed_counts_though_later_ones_fail(self, ex: Exercise) -> None:
        clients.burst(ex.server.address, HELO, MAIL, RCPT, DATA, DOT, QUIT)
        clients.burst(ex.server.address, HELO)
        assert ex.check().passed

    def test_an_unended_line_of_an_open_session_is_shown_as_awaited(self, ex: Exercise) -> None:
        with clients.stay(ex.server.address, HELO, b"MAIL FROM:<me@example.com>"):
            assert "waits for the end of the line" in str(ex.check())


class TestHelp:
    def test_hints_come_one_by_one_and_then_all_again(self, ex: Exercise) -> None:
        shown = [str(ex.hint()) for _ in range(4)]
        assert [text[:7] for text in shown] == ["Hint 1:", "Hint 2:", "Hint 3:", "Hint 1:"]
        assert all(f"Hint {n}:" in shown[3] for n in (1, 2, 3))

    def test_a_new_part_has_hints_and_tries_of_its_own(self) -> None:
        ex = exercise("01.3")
        ex.hint()
        clients.burst(ex.server.address, HELO)
        ex.check()
        clients.burst(ex.server.address, attempts.TO_TEST, b"Subject: x\r\n\r\ny\r\n.\r\nQUIT\r\n")
        text = str(ex.check())
        assert "That was part 1 of 2." in text and "MIME-Version" in text and "\\n" not in text
        assert (ex.part, ex.tries, ex.hints_given) == (2, 0, 0)
        ex.close()

    def test_passing_what_is_asked_last_passes_all_parts_at_once(self) -> None:
        ex = exercise("01.3")
        clients.burst(ex.server.address, attempts.TO_TEST, attempts.GUIDE, DOT, QUIT)
        verdict = ex.check()
        assert verdict.passed and ex.passed and "That was part" not in str(verdict)
        ex.close()


class TestShown:
    def test_text_and_html_say_the_same_and_no_port(self, ex: Exercise) -> None:
        clients.burst(ex.server.address, HELO)
        for shown in (ex.check(), ex.hint(), ex.solution()):
            bundle = shown._repr_mimebundle_()
            assert {"text/plain", "text/html"} <= set(bundle) <= {"text/plain", "text/html", VIEW}
            assert all(str(ex.server.address[1]) not in str(text) for text in bundle.values())

    def test_what_came_off_the_wire_is_escaped(self, ex: Exercise) -> None:
        clients.burst(ex.server.address, HELO, b"<img src=x onerror=alert(1)>\r\n", QUIT)
        verdict = ex.check()
        assert "<img" in str(verdict) and "<img" not in verdict.html

    def test_the_exercise_shows_its_task_and_buttons(self, ex: Exercise) -> None:
        bundle = ex._repr_mimebundle_()
        assert bundle["text/plain"] == str(ex) == repr(ex)
        assert "application/vnd.jupyter.widget-view+json" in bundle
        assert ex._repr_mimebundle_()["text/plain"] == bundle["text/plain"]

    def test_a_button_shows_its_answer_and_an_error_as_well(
        self, ex: Exercise, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        buttons = Buttons(ex)
        hint = next(widget for widget in buttons._all if getattr(widget, "description", "") == "Hint")
        hint.click()
        assert "Hint 1" in buttons._answer.value

        def broken() -> None:
            raise RuntimeError("<broken>")

        monkeypatch.setattr(ex, "check", broken)
        again = Buttons(ex)
        next(widget for widget in again._all if getattr(widget, "description", "") == "Check").click()
        assert "&lt;broken&gt;" in again._answer.value
        for each in (buttons, again):
            each.close()


class TestTheSessionBelow:
    """Where something was missed, that very session is shown at that step, and goes with the next check."""

    def test_a_miss_has_a_stepper_at_its_step_and_the_words_alone_as_text(self, ex: Exercise) -> None:
        clients.burst(ex.server.address, HELO, RCPT, QUIT)
        verdict = ex.check()
        assert verdict.step == 5
        bundle = verdict._repr_mimebundle_()
        assert VIEW in bundle and bundle["text/plain"] == str(verdict) and bundle["text/html"] == verdict.html
        stepper = verdict.stepper()
        assert stepper is not None and stepper.at == 5 and stepper.transcript is ex.session
        stepper.close()

    def test_a_pass_and_an_empty_check_have_none(self, ex: Exercise) -> None:
        assert VIEW not in ex.check()._repr_mimebundle_()
        clients.burst(ex.server.address, HELO, MAIL, RCPT, DATA, DOT, QUIT)
        assert VIEW not in ex.check()._repr_mimebundle_()

    def test_nothing_is_left_of_the_checks_before(self, ex: Exercise) -> None:
        there = set(ipywidgets.widgets.widget._instances)

        def ours() -> list[object]:
            return [each for name, each in ipywidgets.widgets.widget._instances.items() if name not in there]

        def open_widgets() -> int:
            return len(ours())

        def checked() -> None:
            clients.burst(ex.server.address, HELO)
            verdict = ex.check()
            verdict._repr_mimebundle_()
            verdict._repr_mimebundle_()

        checked()
        one = open_widgets()
        for _ in range(3):
            checked()
        words = 2 * 2 + 1  # a box and the words in it, each with its layout, and the style of the words
        assert open_widgets() == one + 3 * words
        assert sum(isinstance(each, Stepper) for each in ours()) == 1
        ex.close()
        assert open_widgets() == 4 * words
        for each in [each.smtplab_owner for each in ours() if hasattr(each, "smtplab_owner")]:
            each.close()  # as when its cell runs again
        assert open_widgets() == 0

    def test_it_comes_back_when_the_verdict_is_shown_again(self, ex: Exercise) -> None:
        clients.burst(ex.server.address, HELO)
        verdict = ex.check()
        verdict._repr_mimebundle_()
        assert verdict._beside is not None
        verdict._beside.close()
        assert VIEW in verdict._repr_mimebundle_()

    def test_the_check_button_shows_it_and_takes_the_one_before_away(self, ex: Exercise) -> None:
        buttons = Buttons(ex)
        check = next(widget for widget in buttons._all if getattr(widget, "description", "") == "Check")
        shown = []
        for said in (HELO, HELO + RCPT):
            clients.burst(ex.server.address, said)
            check.click()
            shown.append(buttons._box.children[-1])
        assert all(isinstance(each, Stepper) for each in shown)
        assert [each.comm is None for each in shown] == [True, False] and shown[1].at == 5
        assert "at step 5" in buttons._answer.value
        clients.burst(ex.server.address, HELO, MAIL, RCPT, DATA, DOT, QUIT)
        check.click()
        assert shown[1].comm is None and len(buttons._box.children) == 3
        buttons.close()


class TestBeginningAnew:
    def test_the_earlier_server_of_that_name_stops(self) -> None:
        first = exercise("00.1")
        second = exercise("00.1")
        assert not first.server.is_running and second.server.is_running
        assert "Nobody" in str(second.check())
        second.close()

    def test_an_exercise_that_nobody_holds_takes_its_server_along(self) -> None:
        ex = exercise("00.1")
        server = weakref.ref(ex.server)
        del ex
        gc.collect()
        assert server() is None

    def test_an_unknown_name_is_answered_with_those_there_are(self) -> None:
        with pytest.raises(ValueError, match=r"no exercise '9\.9': choose one of 00\.1, 01\.1"):
            exercise("9.9")


class TestFiles:
    GOOD = """
        title = "T"
        minutes = 1
        [[part]]
        task = "t"
        rules = [{ letters = 1 }]
        hints = ["a", "b", "c"]
        solution = "pass"
    """

    def test_a_small_file_is_enough(self) -> None:
        read = spec.read(self.GOOD, "x")
        assert (read.persona, read.manners, read.parts[0].asked[0].claim) == (
            "modern",
            "lenient",
            "one letter accepted",
        )

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            (("letters = 1", "leters = 1"), "of these: connected, order, clean_quit, letters"),
            (("letters = 1", "letters = 'one'"), "'letters' takes a number from 1"),
            (('"a", ', ""), "3 hints, not 2"),
            (('title = "T"', ""), "has no 'title'"),
            (("minutes = 1", "minutes = 1\nmistakes = ['no dit']"), "no mistake is called 'no dit'"),
            (("[[part]]", "[[part]"), "exercise x:"),
        ],
    )
    def test_what_is_wrong_in_a_file_is_named(self, change: tuple[str, str], told: str) -> None:
        with pytest.raises(ValueError, match="exercise x") as error:
            spec.read(self.GOOD.replace(*change), "x")
        assert told in str(error.value)

    def test_every_mistake_is_named_by_some_exercise(self) -> None:
        named = {mistake for name in spec.names() for mistake in spec.load(name).mistakes}
        assert named == set(MISTAKES)


class TestExpectTimeout:
    def test_it_says_that_nothing_came_and_goes_on(self, capsys: pytest.CaptureFixture[str]) -> None:
        near, far = socket.socketpair()
        near.settimeout(5)
        with near, far:
            with expect_timeout(near, seconds=0.01):
                near.recv(1)
            assert capsys.readouterr().out == "Time is up: nothing came.\n"
            assert near.gettimeout() == 5

    def test_it_says_so_where_something_came(self, capsys: pytest.CaptureFixture[str]) -> None:
        near, far = socket.socketpair()
        with near, far:
            far.sendall(b"x")
            with expect_timeout(near):
                near.recv(1)
        assert "something came" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["00.1", "01.1", "01.2", "01.3"])
def test_a_hint_can_be_copied_and_run(name: str) -> None:
    ex = exercise(name)
    try:
        said = "".join(str(ex.hint()) for _ in range(3)) + str(ex.solution())
        assert "\\r\\n" in said and "\\\\r" not in said
    finally:
        ex.close()


def test_a_task_speaks_of_the_exercise_by_the_learners_name_for_it() -> None:
    text = str(card.task(spec.load("13.2"), 2, "ex2"))
    assert "`ex2.server.client_context()`" in " ".join(text.split()) and "ex.server" not in text
