"""`smtplab lab`: the learner's copy of the notebooks is made once and never spoiled, JupyterLab gets the right words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smtplab.cli import UsageError, lab, main
from smtplab.cli.notebooks import RECORD, copy_notebooks, find_notebook, put_back, shipped_folder

FIRST, START = "01-first.ipynb", "00-start.ipynb"


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of shipped notebooks, which `smtplab lab` takes for its own."""
    folder = tmp_path / "shipped"
    (folder / "data").mkdir(parents=True)
    for name in (START, FIRST, "data/letter.txt"):
        (folder / name).write_text(f"{name}, version 1", "utf-8")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints/01-first-checkpoint.ipynb").touch()
    monkeypatch.setattr(lab, "shipped_folder", lambda: folder)
    monkeypatch.setattr(lab, "shipped_examples", lambda: tmp_path / "shipped examples")
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "own"


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder by name, but for what smtplab notes there."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != RECORD]
    return {str(path.relative_to(folder).as_posix()): path.read_text("utf-8") for path in files}


def renew(shipped: Path, name: str = FIRST) -> None:
    (shipped / name).write_text(f"{name}, version 2", "utf-8")


def test_the_first_call_copies_everything_but_what_is_hidden(shipped: Path, own: Path):
    assert lab.prepare(own) == FIRST
    assert contents(own) == {name: f"{name}, version 1" for name in (START, FIRST, "data/letter.txt")}


def test_the_examples_come_with_it(shipped: Path, own: Path, tmp_path: Path):
    (tmp_path / "shipped examples").mkdir()
    (tmp_path / "shipped examples" / "send.sh").write_text("nc", "utf-8")
    lab.prepare(own)
    assert contents(own)["examples/send.sh"] == "nc"


def test_what_the_learner_changed_stays(shipped: Path, own: Path):
    lab.prepare(own)
    (own / FIRST).write_text("mine", "utf-8")
    lab.prepare(own)
    assert contents(own)[FIRST] == "mine"


def test_what_the_learner_changed_stays_when_a_newer_version_is_shipped_and_a_line_says_so(
    shipped: Path, own: Path, capsys: pytest.CaptureFixture[str]
):
    lab.prepare(own)
    (own / FIRST).write_text("mine", "utf-8")
    renew(shipped)
    capsys.readouterr()
    lab.prepare(own)
    assert contents(own)[FIRST] == "mine"
    assert "there is a newer 01-first.ipynb; yours is kept" in capsys.readouterr().err


def test_what_the_learner_did_not_change_is_renewed(shipped: Path, own: Path):
    lab.prepare(own)
    renew(shipped)
    lab.prepare(own)
    assert contents(own)[FIRST] == "01-first.ipynb, version 2"


def test_a_second_call_with_nothing_new_says_nothing_and_writes_nothing(
    shipped: Path, own: Path, capsys: pytest.CaptureFixture[str]
):
    lab.prepare(own)
    capsys.readouterr()
    before = {path: path.stat().st_mtime_ns for path in own.rglob("*")}
    lab.prepare(own)
    assert {path: path.stat().st_mtime_ns for path in own.rglob("*")} == before
    assert capsys.readouterr().err == ""


def test_a_deleted_notebook_comes_back(shipped: Path, own: Path):
    lab.prepare(own)
    (own / FIRST).unlink()
    lab.prepare(own)
    assert FIRST in contents(own)


@pytest.mark.parametrize("record", [None, "", "[1]", "{"])
def test_without_a_readable_record_every_difference_is_the_learners(shipped: Path, own: Path, record: str | None):
    lab.prepare(own)
    (own / RECORD).unlink()
    if record is not None:
        (own / RECORD).write_text(record, "utf-8")
    renew(shipped)
    report = copy_notebooks(shipped, own)
    assert contents(own)[FIRST] == "01-first.ipynb, version 1"
    assert report.kept == [FIRST]


def test_the_learners_own_files_are_left_alone(shipped: Path, own: Path):
    own.mkdir()
    (own / "client.py").write_text("mine", "utf-8")
    lab.prepare(own)
    lab.prepare(own, fresh="1")
    assert contents(own)["client.py"] == "mine"


def test_fresh_puts_one_back_and_keeps_the_old_beside_it(shipped: Path, own: Path):
    lab.prepare(own)
    (own / FIRST).write_text("mine", "utf-8")
    (own / START).write_text("mine too", "utf-8")
    assert lab.prepare(own, fresh="01") == FIRST
    assert contents(own)[FIRST] == "01-first.ipynb, version 1"
    assert contents(own)["01-first.yours-1.ipynb"] == "mine"
    assert contents(own)[START] == "mine too"


def test_fresh_twice_keeps_both(shipped: Path, own: Path):
    lab.prepare(own)
    for text in ("mine", "mine again"):
        (own / FIRST).write_text(text, "utf-8")
        lab.prepare(own, fresh="1")
    kept = contents(own)
    assert (kept["01-first.yours-1.ipynb"], kept["01-first.yours-2.ipynb"]) == ("mine", "mine again")


def test_fresh_gives_the_newer_version_which_then_counts_as_unchanged(shipped: Path, own: Path):
    lab.prepare(own)
    (own / FIRST).write_text("mine", "utf-8")
    renew(shipped)
    lab.prepare(own, fresh="1")
    assert contents(own)[FIRST] == "01-first.ipynb, version 2"
    (shipped / FIRST).write_text("version 3", "utf-8")
    lab.prepare(own)
    assert contents(own)[FIRST] == "version 3"


def test_fresh_on_an_unchanged_notebook_keeps_nothing_beside_it(shipped: Path, own: Path):
    lab.prepare(own)
    assert put_back(shipped, own, FIRST) is None
    assert len(contents(own)) == 3


def test_working_on_the_shipped_folder_itself_copies_nothing(shipped: Path):
    before = contents(shipped)
    assert lab.prepare(shipped) == FIRST
    assert contents(shipped) == before
    assert not (shipped / RECORD).exists()
    with pytest.raises(UsageError, match="nothing to put back"):
        lab.prepare(shipped, fresh="1")


def test_the_copy_of_a_name_that_is_not_the_shipped_notebook_is_never_opened_instead(shipped: Path, own: Path):
    own.mkdir()
    (own / "01-a.ipynb").write_text("mine", "utf-8")
    assert lab.prepare(own) == FIRST


def test_an_unknown_number_is_told_what_there_is(shipped: Path, own: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["lab", "--dir", str(own), "--fresh", "42"]) == 2
    assert capsys.readouterr().err == "smtplab lab: there is no notebook 42; say one of: 00 01\n"
    assert not own.exists()


def test_a_folder_that_cannot_be_written_is_told_in_one_line(
    shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "file").touch()
    assert main(["lab", "--dir", str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_numbers_are_found_with_and_without_zero(shipped: Path):
    assert find_notebook(shipped, "1") == find_notebook(shipped, "01") == FIRST
    assert find_notebook(shipped, "7") is None


def test_the_checkout_or_the_package_carries_notebook_01():
    assert find_notebook(shipped_folder(), "01")


class TestCommand:
    @pytest.fixture(autouse=True)
    def plain(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An ordinary user before a screen."""
        monkeypatch.setattr(lab, "_is_root", lambda: False)
        monkeypatch.setattr(lab, "_has_screen", lambda: True)

    def command(self, *more: str, port: int | None = None) -> list[str]:
        return lab.lab_arguments(Path("own"), FIRST, port, list(more))

    def test_opens_the_notebook_in_the_folder(self):
        root = Path("own").resolve()
        assert self.command() == [f"--ServerApp.root_dir={root}", "--LabApp.default_url=/lab/tree/01-first.ipynb"]

    def test_nobody_is_told_anything_where_all_is_plain(self):
        assert lab.remarks(self.command()) == []

    def test_port_and_anything_more_are_passed_on(self):
        assert self.command("--x=1", "y", port=9000)[2:] == ["--ServerApp.port=9000", "--x=1", "y"]

    def test_what_the_user_gives_replaces_ours(self):
        assert self.command("--ServerApp.port=7", port=9000)[2:] == ["--ServerApp.port=7"]

    def test_root_is_allowed_and_told(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(lab, "_is_root", lambda: True)
        assert "--allow-root" in self.command()
        assert any("--allow-root" in line for line in lab.remarks(self.command()))

    def test_without_a_screen_no_browser_is_opened_and_the_address_is_announced(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(lab, "_has_screen", lambda: False)
        assert self.command().count("--no-browser") == 1
        assert self.command("--no-browser").count("--no-browser") == 1
        assert any("address below" in line for line in lab.remarks(self.command()))


@pytest.mark.parametrize(
    ("platform", "variables", "screen"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"BROWSER": "firefox"}, True),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_where_a_window_can_open(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], screen: bool
):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(lab.sys, "platform", platform)
    assert lab._has_screen() is screen


def test_jupyterlab_reads_our_defaults_and_still_whatever_else_is_on_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from jupyterlab_server.settings_utils import _get_overrides

    (tmp_path / "labconfig").mkdir()
    theirs = {"theirs:plugin": {"x": 1}}
    (tmp_path / "labconfig/default_setting_overrides.json").write_text(json.dumps(theirs), "utf-8")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    monkeypatch.setattr("jupyterlab.labapp.main", list)
    monkeypatch.setattr(lab.sys, "argv", [])
    assert lab._become_jupyterlab([]) == 0
    defaults, error = _get_overrides(str(tmp_path))
    assert not error
    assert defaults["@jupyterlab/apputils-extension:notification"] == {"fetchNews": "false", "checkForUpdates": False}
    assert defaults["theirs:plugin"] == {"x": 1}


def test_a_port_that_is_none_is_told_before_anything_starts():
    with pytest.raises(UsageError, match="from 1 to 65535"):
        lab.lab_arguments(Path(), "x.ipynb", 99999, [])
