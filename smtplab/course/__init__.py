"""The course: exercises that are judged by what a server saw, and small helpers for notebook cells.

Read in this order: `attempt`, `checks` (rules), `naming` and the two files of mistakes, `judge`, `spec` (an exercise as
a file), `card` (how it is shown), `exercise`.
"""

from .cells import expect_timeout
from .examples import example

__all__ = ["example", "expect_timeout"]
