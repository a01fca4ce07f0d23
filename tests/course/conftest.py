"""Every test of the course has a data folder of its own: no progress is made, or found, in anybody's real one."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The empty data folder of this test."""
    folder = tmp_path / "data"
    monkeypatch.setenv("SMTPLAB_DATA", str(folder))
    monkeypatch.delenv("SMTPLAB_EXERCISES", raising=False)
    for name in ("BINDER_LAUNCH_HOST", "BINDER_REPO_URL", "BINDER_REQUEST"):
        monkeypatch.delenv(name, raising=False)
    return folder
