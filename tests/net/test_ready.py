"""`check()`: the same lines wherever all is well."""

import subprocess
import sys

from smtplab.course import ready

ALL_WELL = """\
Python    ok
sockets   ok
kernel    ok
widgets   ok
pictures  ok
browser   ok
This machine is ready."""


def test_the_lines_where_all_is_well(monkeypatch):
    monkeypatch.setattr(ready, "_browser", lambda: "")
    found = ready.check()
    assert repr(found) == str(found) == ALL_WELL and found.is_ready


def test_the_command_line_prints_the_same():
    done = subprocess.run([sys.executable, "-m", "smtplab", "check"], capture_output=True, text=True, timeout=60)
    assert done.stderr == "" and done.stdout.startswith(ALL_WELL.partition("browser")[0])
    assert done.returncode == (0 if done.stdout == ALL_WELL + "\n" else 1)


def test_what_is_missing_or_broken_is_said_with_a_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.setattr(ready.shutil, "which", lambda _: None)
    monkeypatch.setattr(ready.sys, "platform", "linux")
    monkeypatch.setattr(ready, "_in_kernel", lambda: False)
    monkeypatch.setattr(ready, "_sockets", lambda: 1 / 0)
    found = ready.check()
    assert not found.is_ready
    lines = {check.name: check.problem for check in found}
    assert lines["widgets"].endswith("pip install --force-reinstall anywidget")
    assert "`smtplab lab` prints" in lines["browser"]
    assert "the check itself failed" in lines["sockets"]
    assert repr(found).splitlines()[-1].startswith("3 of 6 need help")


def test_a_page_half_that_does_not_fit_is_said(monkeypatch):
    versions = {"ipywidgets": "8.1.5", "jupyterlab_widgets": "1.1.0", "jupyterlab": "4.3.0"}
    monkeypatch.setattr(ready, "version", versions.__getitem__)
    assert "pip install 'jupyterlab_widgets==3.*'" in ready._widgets()


def test_a_server_that_cannot_be_reached_is_a_finding(monkeypatch):
    def refuse(*_, **__):
        raise ConnectionRefusedError

    monkeypatch.setattr(ready.socket, "create_connection", refuse)
    assert "firewall" in ready._sockets()
