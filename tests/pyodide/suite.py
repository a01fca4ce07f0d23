"""The tests of the protocol that need nothing but Python, run inside Pyodide by pytest: arguments go to pytest."""

from __future__ import annotations

import sys

sys.path.append("/packages")  # this machine's: pytest and all that it is made of are Python alone

import pytest

# No conftest: that of the whole suite sets up hypothesis, which has parts that are compiled for each machine.
sys.exit(int(pytest.main(["-q", "--noconftest", "-p", "no:cacheprovider", *sys.argv[1:]])))
