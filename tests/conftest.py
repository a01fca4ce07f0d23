"""What holds for the whole suite: how long hypothesis searches, and a fault to try the suite with, where one is asked for.

`SMTPLAB_HYPOTHESIS=long` searches far and at random; without it every run tries the same examples.
`SMTPLAB_FAULT=NAME` plants one fault of `tests/faults` before any test runs (see there).
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

_NEVER_MIND = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("same", deadline=None, derandomize=True, max_examples=60, suppress_health_check=_NEVER_MIND)
settings.register_profile("long", deadline=None, max_examples=3000, suppress_health_check=_NEVER_MIND)
settings.load_profile(os.environ.get("SMTPLAB_HYPOTHESIS", "same"))


def pytest_configure() -> None:
    name = os.environ.get("SMTPLAB_FAULT")
    if name:
        from tests.faults.seeded import plant

        plant(name)


@pytest.fixture(params=["tcp", "memory"])
def transport(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each test that uses it runs twice: `Server()` is on TCP, then in memory. `tests.transports` excepts some."""
    monkeypatch.setattr("smtplab.net.transport.by_itself", lambda: request.param)
    return request.param
