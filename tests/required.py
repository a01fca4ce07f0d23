"""Where a run asks for tests that need much of the machine: there a skipped one is a failed one."""

from __future__ import annotations

import os
from typing import Any


def is_required(variable: str) -> bool:
    """True where this environment variable asks for the tests."""
    return os.environ.get(variable, "") not in ("", "0")


def failed_if_skipped(report: Any, variable: str, what: str = "test") -> Any:
    """A test's report, as failed where it was skipped and is required; an expected failure stays one."""
    if report.skipped and is_required(variable) and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}\n({variable} is set: a skipped {what} is a failed one)"
    return report
