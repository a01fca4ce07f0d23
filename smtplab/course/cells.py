"""What a notebook cell says when it is meant to fail: it fails, says so, and the notebook goes on."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Protocol


class TakesTimeout(Protocol):
    """What is waited on: a socket."""

    def gettimeout(self) -> float | None: ...
    def settimeout(self, value: float | None, /) -> None: ...


@contextmanager
def expect_timeout(sock: TakesTimeout, *, seconds: float = 1.0) -> Generator[None]:
    """Wait at most `seconds` on `sock` inside the block; say that nothing came, and go on.

    with expect_timeout(sock):
        sock.recv(1024)
    """
    before = sock.gettimeout()
    sock.settimeout(seconds)
    try:
        yield
    except TimeoutError:
        print("Time is up: nothing came.")  # noqa: T201 - this is what the cell is for
    else:
        print("This was meant to time out, and something came.")  # noqa: T201
    finally:
        if before != sock.gettimeout():
            sock.settimeout(before)
