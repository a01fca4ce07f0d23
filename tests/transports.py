"""Tests that run on one transport alone, though their module says `pytest.mark.usefixtures("transport")`."""

from __future__ import annotations

import pytest

ON_TCP = pytest.mark.parametrize("transport", ["tcp"], indirect=True)
"""It needs a descriptor, a second program, a thread that waits, or the time that passes."""
IN_MEMORY = pytest.mark.parametrize("transport", ["memory"], indirect=True)
"""What it tests is there in memory alone."""
