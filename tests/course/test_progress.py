"""Progress: kept in one file, by several kernels at once, and never a reason to stop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from smtplab import exercise, progress
from smtplab.course.doing.exercise import Exercise
from smtplab.course.files import spec
from smtplab.course.progress import kept
from smtplab.course.progress.done import SESSION_MOST, TRIES_KEPT, Done
from tests.course import attempts, clients
from tests.course.attempts import DATA, DOT, HELO, MAIL, QUIT, RCPT

ALL = (HELO, MAIL, RCPT, DATA, b"Hello.\r\n" + DOT, QUIT)


def say(ex: Exercise, *said: bytes) -> Exercise:
    clients.burst(ex.server.address, *said)
    ex.check()
    return ex


def done(name: str) -> Done:
    return kept.read()[0][name]


class TestKept:
    def test_nothing_is_written_until_something_was_done(self, data: Path) -> None:
        ex = exercise("00.1")
        ex.check()
        str(progress())
        assert not data.exists()
        ex.close()

    def test_a_pass_is_kept_with_its_session_and_the_tries_before_it(self) -> None:
        ex = say(exercise("01.1"), HELO)
        ex.hint()
        say(ex, *ALL).close()
        found = done("01.1")
        assert (found.is_passed, found.tries, found.hints, found.solution) == (True, 2, 1, False)
        kept_ = found.passed[1].transcript()
        assert ex.session is not None and kept_.text() == ex.session.text()
        assert [proof.transcript().text().splitlines()[1] for proof in found.last] == ["C: HELO me.example.com"]
        assert progress().passed() == ["01.1"]

    def test_a_pass_stays_whatever_comes_after_it(self) -> None:
        say(exercise("01.1"), *ALL).close()
        before = done("01.1")
        again = say(exercise("01.1"), HELO)
        again.solution()
        again.close()
        assert done("01.1") == before

    def test_the_parts_are_kept_one_by_one(self) -> None:
        ex = say(exercise("01.3"), attempts.TO_TEST, b"Subject: x\r\n\r\ny\r\n.\r\nQUIT\r\n")
        assert list(done("01.3").passed) == [1] and not done("01.3").is_passed
        assert "part 1 of 2 passed, 1 try" in str(progress())
        say(ex, attempts.TO_TEST, attempts.GUIDE, DOT, QUIT).close()
        assert done("01.3").is_passed

    def test_only_the_last_tries_and_no_endless_session_are_kept(self) -> None:
        ex = exercise("01.1")
        for _ in range(TRIES_KEPT + 2):
            say(ex, HELO)
        assert (len(done("01.1").last), done("01.1").tries) == (TRIES_KEPT, TRIES_KEPT + 2)
        say(ex, *ALL[:4], b"x" * 70 * (SESSION_MOST // 50) + b"\r\n" + DOT, QUIT).close()
        assert done("01.1").is_passed and done("01.1").passed[1].session is None

    def test_looking_at_the_solution_is_kept_and_so_is_a_password_not(self, data: Path) -> None:
        ex = exercise("01.1")
        ex.solution()
        say(ex, b"EHLO me\r\n", b"AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n").close()
        assert done("01.1").solution and "solution seen" in str(progress())
        assert "AGFsaWNl" not in (data / kept.NAME).read_text("utf-8")

    def test_it_is_the_platforms_own_folder_without_the_variable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SMTPLAB_DATA")
        monkeypatch.setenv("XDG_DATA_HOME", "/nowhere")
        assert "smtplab" in progress().folder


class TestTogether:
    def test_two_kernels_at_once_lose_nothing_of_each_other(self, data: Path) -> None:
        program = (
            "from smtplab.course.progress import kept; from smtplab.course.progress.done import Done; import sys\n"
            "for n in range(15):\n"
            "    assert kept.change(lambda found, n=n: found.__setitem__(f'{sys.argv[1]}.{n}', Done(tries=n))) == ''"
        )
        root = Path(__file__).parents[2]
        kernels = [subprocess.Popen([sys.executable, "-c", program, name], cwd=root) for name in ("a", "b", "c")]
        assert [kernel.wait(timeout=60) for kernel in kernels] == [0, 0, 0]
        assert len(kept.read()[0]) == 45
        assert {path.name for path in data.iterdir()} == {kept.NAME, f"{kept.NAME}.lock"}

    def test_threads_of_one_kernel_do_not_either(self) -> None:
        def work(name: str) -> None:
            for n in range(10):
                kept.change(lambda found, key=f"{name}.{n}": found.update({key: Done()}))

        threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert len(kept.read()[0]) == 30

    def test_a_lock_that_is_never_given_back_stops_nobody(self, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(kept, "LOCK_S", 0.05)
        data.mkdir()
        with kept._alone(data):
            assert kept.change(lambda found: found.update({"x": Done()})) == ""
        assert list(kept.read()[0]) == ["x"]


BROKEN = [
    b"", b"{", b"\xff\xfe", b"null", b"[]", b'{"smtplab_progress": 2}', b'{"smtplab_progress": 1}', b"[" * 100_000,
    b'{"smtplab_progress": 1, "exercises": {"01.1": {"tries": "many"}}}',
    b'{"smtplab_progress": 1, "exercises": {"01.1": {"passed": {"x": 1}}}}',
]  # fmt: skip


class TestTrouble:
    @pytest.mark.parametrize("octets", BROKEN, ids=range(len(BROKEN)))
    def test_a_broken_file_is_kept_aside_and_told(self, data: Path, octets: bytes) -> None:
        data.mkdir()
        (data / kept.NAME).write_bytes(octets)
        ex = exercise("01.1")
        clients.burst(ex.server.address, *ALL)
        verdict = ex.check()
        ex.close()
        assert verdict.passed and "could not be read" in str(verdict) and "progress.broken-1.json" in str(verdict)
        assert (data / "progress.broken-1.json").read_bytes() == octets
        assert progress().passed() == ["01.1"] and "progress.broken-1.json" in str(progress())

    def test_a_second_broken_file_does_not_replace_the_first(self, data: Path) -> None:
        data.mkdir()
        for octets in (b"one", b"two"):
            (data / kept.NAME).write_bytes(octets)
            assert "begins anew" in str(progress())
        assert [(data / f"progress.broken-{n}.json").read_bytes() for n in (1, 2)] == [b"one", b"two"]

    def test_a_folder_that_cannot_be_is_told(self, data: Path) -> None:
        data.write_text("a file stands where the folder should be")
        ex = exercise("01.1")
        clients.burst(ex.server.address, *ALL)
        verdict = ex.check()
        ex.hint()
        ex.close()
        assert verdict.passed and "Your progress is not kept" in str(verdict)
        assert "0 of" in str(progress())

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
    def test_a_folder_that_may_not_be_written_is_told(self, data: Path) -> None:
        data.mkdir(mode=0o500)
        ex = say(exercise("01.1"), *ALL)
        assert ex.passed and "cannot be written" in str(ex.check())
        ex.close()


class TestShown:
    def test_an_empty_folder_shows_the_same_text_and_html_with_no_path(self, data: Path) -> None:
        bundle = progress()._repr_mimebundle_()
        assert set(bundle) == {"text/plain", "text/html"}
        begins = f"Your progress: 0 of {len(spec.names())} exercises passed.\n\n  00.1  Hello and goodbye"
        assert bundle["text/plain"].startswith(begins)
        assert all(str(data) not in text and tempfile.gettempdir() not in text for text in bundle.values())

    def test_an_exercise_that_is_gone_still_counts(self) -> None:
        kept.change(lambda found: found.update({"exercises/old": Done(tries=1)}))
        assert "exercises/old  (its file is not found any more)  not yet, 1 try" in str(progress())

    def test_on_binder_it_says_that_nothing_stays(
        self, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        monkeypatch.setenv("BINDER_LAUNCH_HOST", "https://mybinder.example/")
        say(exercise("01.1"), *ALL).close()
        assert "This runs on Binder" in str(progress()) and "export" in str(progress())
        assert not data.exists()
        progress().export(tmp_path / "me.json")
        assert (tmp_path / "me.json").exists()

    def test_a_hub_that_is_no_binder_keeps_progress(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("JUPYTERHUB_USER", "anna")
        assert "kept on this machine" in str(progress())


class TestStartingOver:
    def test_one_exercise_or_a_notebook_is_forgotten_and_no_other(self) -> None:
        for name in ("00.1", "01.1", "01.2"):
            say(exercise(name), QUIT).close()
        progress().start_over("01.1")
        assert sorted(kept.read()[0]) == ["00.1", "01.2"]
        progress().start_over("01")
        assert sorted(kept.read()[0]) == ["00.1"]

    def test_an_exercise_that_has_begun_begins_anew(self) -> None:
        ex = say(exercise("01.1"), HELO)
        ex.hint()
        older = ex.server
        progress().start_over("01")
        assert not older.is_running and ex.server.is_running
        assert (ex.tries, ex.hints_given, ex.part) == (0, 0, 1) and "Nobody has spoken" in str(ex.check())
        ex.close()

    def test_an_exercise_can_do_it_itself(self) -> None:
        ex = say(exercise("01.1"), *ALL)
        ex.start_over()
        assert not ex.passed and kept.read()[0] == {}
        ex.close()

    def test_a_name_that_is_neither_is_answered_with_those_there_are(self) -> None:
        with pytest.raises(ValueError, match=r"no exercise and no notebook '9': say one of 00\.1, 01\.1"):
            progress().start_over("9")


def test_what_is_kept_is_json_that_a_person_can_read(data: Path) -> None:
    say(exercise("00.1"), QUIT).close()
    stored = json.loads((data / kept.NAME).read_text("utf-8"))
    assert stored["exercises"]["00.1"]["passed"]["1"]["session"]["table"] == "SMTP"
