"""Exercises of other forms: right ways pass, wrong ones are told their mistake; and the forms' own machinery."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from smtplab import exercise
from smtplab.course import client
from smtplab.course.doing import cases, question
from smtplab.course.doing.exercise import Exercise
from smtplab.course.doing.formed import Formed
from smtplab.course.fields import Fields
from smtplab.course.files import answered, forms, spec
from smtplab.protocol.replies import Outcome
from tests.course import answers, clients
from tests.course.found import found

RIGHT, WRONG = found("answers")
NAMES = [name for name in spec.names() if spec.load(name).is_formed]
right = [pytest.param(name, n, id=f"{name}-{n + 1}") for name in NAMES for n in range(len(RIGHT[name]))]
wrong = [pytest.param(name, *each[1:], id=f"{name}-{each[0]}") for name in NAMES for each in WRONG[name]]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that does not come back is waited for less long."""
    monkeypatch.setattr(cases, "CASE_S", 4.0)
    monkeypatch.setattr(cases, "READ_S", 1.5)


def begun(name: str) -> Formed:
    ex = exercise(name)
    assert isinstance(ex, Formed)
    return ex


@pytest.fixture
def ex(request: pytest.FixtureRequest) -> Iterator[Formed]:
    made = begun(request.param)
    yield made
    made.close()


def of(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("ex", [name], indirect=True)


@pytest.mark.parametrize(("name", "number"), right)
def test_right_attempt_passes(name: str, number: int) -> None:
    ex = begun(name)
    verdict = RIGHT[name][number](ex)
    assert verdict.passed and ex.passed, str(verdict)
    ex.close()


@pytest.mark.parametrize(("name", "attempt", "message"), wrong)
def test_wrong_attempt_is_told_its_mistake(name: str, attempt: answers.Attempt, message: str) -> None:
    ex = begun(name)
    verdict = attempt(ex)
    assert not verdict.passed and not ex.passed
    assert message in verdict.message
    assert " ".join(verdict.message.split()) in " ".join(str(verdict).split())
    assert ex.tries == 1
    ex.close()


@pytest.mark.parametrize("name", NAMES)
def test_no_two_mistakes_are_told_the_same_message(name: str) -> None:
    told: dict[str, str] = {}
    for what, attempt, _ in WRONG[name]:
        ex = begun(name)
        message = attempt(ex).message
        assert message not in told, f"{what} and {told[message]}: {message}"
        told[message] = what
        ex.close()
    assert len(told) >= 5 and len(RIGHT[name]) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_empty_attempt_fails_and_counts_no_try(name: str) -> None:
    ex = begun(name)
    for _ in range(3):
        verdict = ex.check()
        assert not verdict.passed and "there is nothing to check, and no try is counted" in " ".join(
            str(verdict).split()
        )
    assert ex.tries == 0
    ex.close()


@pytest.mark.parametrize("name", NAMES)
def test_solution_of_every_part_passes(name: str) -> None:
    ex = begun(name)
    for number, part in enumerate(ex.spec.parts, 1):
        assert ex.part == number and not ex.passed
        exec(part.solution, {"ex": ex})
        if part.form.name == "say":
            assert ex.check().passed
    assert ex.passed
    ex.close()


@pytest.mark.parametrize("name", NAMES)
def test_task_and_choices_are_the_same_every_time_and_name_no_port(name: str) -> None:
    first, second = begun(name), begun(name)
    assert str(first) == str(second) and first.asked().html == second.asked().html
    assert first.posed() == second.posed()
    assert str(second.server.address[1]) not in first.asked().html + str(first)
    first.close()
    second.close()


class TestOrder:
    @of("06.3")
    def test_what_is_put_in_order_is_a_session_that_counts_as_a_try(self, ex: Formed) -> None:
        verdict = ex.put(range(1, 11))
        assert ex.tries == 1 and len(ex.server.sessions) == 1
        assert ex.session is not None and ex.session.exchanges[1].event == "RSET"
        assert verdict.session is ex.session
        ex.put(range(10, 0, -1))
        assert ex.tries == 2 and len(ex.server.sessions) == 2

    @of("06.3")
    def test_lines_are_said_each_after_the_reply_to_the_one_before(self, ex: Formed) -> None:
        ex.put([8, 9, 2, 1, 10, 5, 6, 4, 3, 7])
        assert ex.session is not None
        asked = [e for e in ex.session.exchanges if e.sent]
        assert all(a.seconds_replied <= b.seconds_sent for a, b in zip(asked, asked[1:], strict=False))

    @of("06.3")
    def test_a_server_that_hangs_up_midway_is_told(self, ex: Formed) -> None:
        text = " ".join(str(ex.put([7, 8, 9, 2, 1, 10, 5, 6, 4, 3])).split())
        assert "The server closed the session, so the rest could not be said." in text

    @of("06.3")
    def test_any_client_may_do_it(self, ex: Formed) -> None:
        lines = ex.spec.parts[0].form.block()
        said = [forms.octets(lines[n - 1]) for n in (8, 9, 2, 1, 10, 5, 6, 4, 3, 7)]
        clients.lock_step(ex.server.address, *said)
        assert ex.check().passed

    @of("06.3")
    @pytest.mark.parametrize(
        "order", [[1, 2], [0, *range(2, 11)], [1] * 10, "12345678910", None, [*range(1, 10), "10"]]
    )
    def test_numbers_that_are_not_those_of_all_lines_are_refused(self, ex: Formed, order: object) -> None:
        with pytest.raises(ValueError, match="give the numbers of all lines, 1 to 10, each once"):
            ex.put(order)
        assert len(ex.server.sessions) == 0

    def test_lines_are_never_shown_as_they_were_given_and_none_is_lost(self) -> None:
        for name in ("06.3", "a", "b", "c", "d", "e"):
            for lines in (["a", "b", "c"], ["a", "a", "b"], ["a", "a", "b", "b", "a"]):
                found = forms.shuffled(lines, name)
                assert sorted(found) == sorted(lines) and list(found) != lines


class TestAnswers:
    @of("02.3")
    def test_an_answer_that_was_given_before_counts_no_try(self, ex: Formed) -> None:
        ex.answer(13)
        assert "no try is counted" in str(ex.answer(13)) and ex.tries == 1
        assert ex.check().message == ex.answer(13).message

    @of("02.3")
    def test_solution_is_offered_after_three_different_answers(self, ex: Formed) -> None:
        assert [".solution()" in str(ex.answer(step)) for step in (4, 13, 14)] == [False, False, True]

    @of("02.3")
    def test_the_session_that_is_looked_at_was_said_to_a_server(self, ex: Formed) -> None:
        form = ex.spec.parts[0].form
        assert isinstance(form, answered.Find)
        assert form.session[form.fault - 1].text == "" and form.session[form.fault - 1].direction == "C"
        outcomes = {e.outcome for e in form.session.exchanges}
        assert outcomes == {Outcome.COMPLETION, Outcome.INTERMEDIATE}, "every reply is a 2 or a 3"
        assert ex.answer(13).session is form.session

    @of("02.3")
    @pytest.mark.parametrize("given", [0, 20, "12", None, True, 1.0])
    def test_what_is_no_step_is_refused(self, ex: Formed, given: object) -> None:
        with pytest.raises(ValueError, match="number of a step, 1 to 19"):
            ex.answer(given)
        assert ex.tries == 0

    def test_what_replies_decide_is_sorted_as_the_protocol_sorts_it(self) -> None:
        decided = {Outcome.COMPLETION: "go on", Outcome.INTERMEDIATE: "go on", Outcome.TRANSIENT: "try again",
                   Outcome.CLOSING: "try again", Outcome.PERMANENT: "give up"}  # fmt: skip
        form = spec.load("05.1").parts[0].form
        assert isinstance(form, answered.Sort)
        assert [item.bin for item in form.items] == [decided[Outcome.of(int(item.text[:3]))] for item in form.items]

    @of("05.1")
    def test_words_may_be_given_by_number_and_in_any_case(self, ex: Formed) -> None:
        words = answers.RIGHT_ANSWER["05.1"]
        assert ex.answer({n: word.upper() for n, word in enumerate(words, 1)}).passed
        assert ex.part == 2 and not ex.passed

    @of("05.1")
    def test_a_part_that_is_not_the_last_says_which_it_was(self, ex: Formed) -> None:
        words = answers.RIGHT_ANSWER["05.1"]
        assert str(ex.answer(words)).startswith("Part 1 of 2 passed: all 8 are right.\n")

    @of("05.1")
    def test_a_word_that_is_wrong_is_named_as_an_answer(self, ex: Formed) -> None:
        wrong = ["give up", *answers.RIGHT_ANSWER["05.1"][1:]]
        assert "`: the answer is not 'give up'. " in ex.answer(wrong).message

    @of("05.1")
    @pytest.mark.parametrize(
        ("given", "told"),
        [
            (["go on"], "give 8 words"),
            ("go on", "give 8 words"),
            (["wait"] * 8, "number 1 is 'wait', and may be one of: go on, try again, give up"),
            ({1: "go on"}, "2 has none"),
        ],
    )
    def test_what_is_no_answer_is_refused(self, ex: Formed, given: object, told: str) -> None:
        with pytest.raises(ValueError, match=told):
            ex.answer(given)

    @of("02.3")
    def test_answers_are_told_to_whoever_keeps_them(self, ex: Formed, monkeypatch: pytest.MonkeyPatch) -> None:
        heard: list[tuple[str, str]] = []
        monkeypatch.setattr(question, "_listeners", [lambda *told: heard.append(told)])
        ex.answer(13)
        assert heard == [("02.3", "13")]

    @of("02.3")
    def test_a_session_does_not_answer_a_question(self, ex: Formed) -> None:
        clients.burst(ex.server.address, *answers.TO_BOB, answers.LETTER, answers.QUIT)
        assert not ex.check().passed and ex.part == 1
        ex.answer(12)
        assert ex.part == 2 and ex.check().passed and ex.passed


class TestFunction:
    @of("04.2")
    def test_the_verdict_shows_the_session_of_the_case_that_broke_it(self, ex: Formed) -> None:
        verdict = ex.check(answers.one_line)
        assert verdict.session is ex.session is not None
        assert any(e.event == "EHLO" for e in verdict.session.exchanges)
        assert [r.outcome for r in verdict.judgement.results] == ["holds", "missed", *["not reached"] * 6]  # type: ignore[union-attr]

    @of("04.2")
    def test_a_function_that_fails_as_before_counts_no_try(self, ex: Formed) -> None:
        ex.check(answers.one_line)
        assert "no try is counted" in str(ex.check(answers.one_line)) and ex.tries == 1

    @of("04.2")
    def test_no_thread_is_left_of_a_function_that_never_comes_back(self, ex: Formed) -> None:
        before = set(threading.enumerate())
        ex.check(answers.that_spins)
        assert not [each for each in set(threading.enumerate()) - before if each.name == cases.THREAD]

    @of("04.2")
    def test_the_cuts_are_where_their_cases_say(self, ex: Formed) -> None:
        form = ex.spec.parts[0].form
        assert isinstance(form, forms.Function)
        by_name = {case.name: case for case in form.cases}
        for name, behind in (("cut between CR and LF", b"\r"), ("several lines, cut behind each line", b"\r\n")):
            case = by_name[name]
            session = cases.read(case, answers.octet_by_octet, "modern", "lenient").session
            for fault in case.faults:
                reply = next(e.reply_raw for e in session.exchanges if e.event == fault.event)
                ends = [int(end) for end in fault.what.removeprefix("cut ").split(",")]
                assert all(reply[:end].endswith(behind) and end < len(reply) for end in ends), (name, str(fault), reply)

    @of("04.2")
    def test_what_is_no_function_is_refused(self, ex: Formed) -> None:
        with pytest.raises(ValueError, match=r"'read_reply' is no function: Write `read_reply`"):
            ex.check("read_reply")  # type: ignore[arg-type]

    @of("10.3")
    def test_a_part_that_is_not_the_last_is_told_so_before_anything_is_kept(self, ex: Formed) -> None:
        send = client("11", Path(__file__).parent).send
        said = str(ex.check(send))
        assert said.startswith("Part 1 of 2 passed: it held in every case. Do not keep it yet.\n")
        assert str(ex.check(send)).startswith("Passed: it held in every case.\n") and ex.passed

    def test_a_function_of_an_address_is_judged_by_the_rules(self, tmp_path) -> None:
        (tmp_path / "x.toml").write_text(ADDRESS, "utf-8")
        ex = exercise("x", folder=tmp_path)
        assert isinstance(ex, Formed)

        def impatient(address: tuple[str, int]) -> None:
            clients.burst(address, answers.HELO, answers.MAIL, answers.QUIT)

        def patient(address: tuple[str, int]) -> None:
            clients.burst(
                address, answers.HELO, answers.MAIL, answers.MAIL, answers.BOB, answers.DATA, answers.DOT, answers.QUIT
            )

        def nobody(address: tuple[str, int]) -> None: ...

        def broken(address: tuple[str, int]) -> None:
            raise RuntimeError("oh")

        assert 'In the case "busy": The server' in ex.check(impatient).message
        assert "nobody came" in ex.check(nobody).message
        assert "raised RuntimeError: oh" in ex.check(broken).message
        assert ex.check(patient).passed and ex.passed
        ex.close()


ADDRESS = """
title = "T"
minutes = 1
form = "function"
[[part]]
task = "t"
function = "send"
takes = "address"
rules = [{ letters = 1 }]
hints = ["a", "b", "c"]
solution = "pass"
[[part.case]]
name = "busy"
faults = ["MAIL:1=451"]
said = "A 4 means later."
"""


class TestMisused:
    @of("06.3")
    def test_what_belongs_to_another_form_is_refused_with_what_is_meant(self, ex: Formed) -> None:
        with pytest.raises(ValueError, match=r"nothing is to be answered here: Move the lines"):
            ex.answer(3)
        with pytest.raises(ValueError, match=r"no function is asked for here: Move the lines"):
            ex.check(print)

    @of("02.3")
    def test_a_part_that_is_answered_cannot_be_put(self, ex: Formed) -> None:
        with pytest.raises(ValueError, match=r"nothing is to be put in order here: Choose the step"):
            ex.put([1, 2, 3])

    def test_an_exercise_that_is_said_has_none_of_it(self) -> None:
        ex = exercise("00.1")
        assert type(ex) is Exercise and ex.posed() == {}
        ex.close()


FILES = {
    "order": 'form = "order"\nlines = ["QUIT", "NOOP", "RSET"]',
    "find": 'form = "find"\nsession = ["QUIT"]\nfault = 2\nsaid = { 1 = "no" }',
    "sort": 'form = "sort"\nbins = ["a", "b"]\nitems = [{ text = "x", in = "a", said = "s" }]',
    "function": 'form = "function"\nfunction = "f"\ncase = [{ name = "n", said = "s" }]',
}


def read(text: str) -> forms.Form:
    import tomllib

    speak = forms.speaking("modern", "lenient", ())
    return forms.read(Fields(tomllib.loads(text), "part 1"), "say", speak, "x")


@pytest.mark.parametrize("name", FILES)
def test_a_small_file_is_enough(name: str) -> None:
    assert read(FILES[name]).name == name


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("order", ("order", "ordre"), "no form is called 'ordre'; there are: say, order, find, sort and function"),
        ("order", (', "NOOP", "RSET"', ""), "'lines' are 1: three at least"),
        ("order", ("lines", "line"), "has no 'lines'"),
        ("find", ("fault = 2", "fault = 4"), "name steps of the session, 1 to 3"),
        ("find", ("1 =", "x ="), "name steps of the session, 1 to 3"),
        ("find", ("1 =", "2 ="), "speaks of step 2, and that is the right one"),
        ("find", ('session = ["QUIT"]', 'transcript = "?"'), "'transcript'"),
        ("sort", ('in = "a"', 'in = "c"'), "'in' is 'c', and the bins are a and b"),
        ("sort", (', said = "s"', ""), "has no 'said'"),
        ("function", ('function = "f"', 'function = "f"\ntakes = "port"'), "'takes' is 'port', and may be socket, address or reply"),
        ("function", ('said = "s"', 'said = "s", faults = ["QUIT=fall"]'), "is nothing that a fault can do"),
        ("function", ('said = "s"', 'said = "s", fault = "QUIT=close"'), "nothing is called 'fault' here: did you mean 'faults'"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_is_named(name: str, change: tuple[str, str], told: str) -> None:
    with pytest.raises(ValueError, match="part 1") as error:
        read(FILES[name].replace(*change))
    assert told in str(error.value)


@pytest.mark.parametrize("name", ["02.3", "05.1"])
def test_who_looks_before_the_second_part_is_begun_is_told_that_the_first_has_passed(name: str) -> None:
    ex = begun(name)
    ex.answer(answers.RIGHT_ANSWER[name])
    assert ex.part == 2
    said = " ".join(str(ex.check()).split())
    assert said.startswith("Part 1 of 2 has passed. Part 2: ") and "Nobody has spoken" in said
    ex.close()
