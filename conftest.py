"""Tests and notebooks begin with no progress made, and make none in anybody's real data folder."""

from __future__ import annotations

import os
import shutil
import tempfile


def pytest_configure() -> None:
    os.environ["SMTPLAB_DATA"] = tempfile.mkdtemp(prefix="smtplab-data-")
    os.environ.pop("SMTPLAB_EXERCISES", None)


def pytest_unconfigure() -> None:
    shutil.rmtree(os.environ["SMTPLAB_DATA"], ignore_errors=True)
