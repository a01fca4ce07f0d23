"""The suite notices every seeded fault. One command does the same by hand: `python -m tests.faults`."""

from __future__ import annotations

import os

import pytest

from tests.faults.__main__ import main
from tests.faults.seeded import FAULTS


def test_there_are_enough_faults_and_they_touch_every_part() -> None:
    assert len(FAULTS) >= 14
    assert {fault.noticed_by[0].split("/")[1] for fault in FAULTS.values()} >= {
        "oracle",
        "wire",
        "unit",
        "views",
        "interop",
    }


@pytest.mark.skipif("SMTPLAB_FAULT" in os.environ, reason="a fault is planted in this very run")
def test_every_seeded_fault_is_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    code = main([], control=False)  # the tests themselves are in this run
    assert code == 0, capsys.readouterr().out
