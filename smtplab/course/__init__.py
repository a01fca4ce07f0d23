"""The course: exercises that are judged by what a server saw, and small helpers for notebook cells.

Read in this order: `attempt`, `checks` (rules), `naming` and the two files of mistakes, `judge`; `fields`, `folders`,
`spec` (an exercise as a file, and where it is found); `card`, `verdict` (how it is shown), `exercise`. Then `done`,
`kept`, `progress` (what was done), `sheet`, `grade`, `table` (a class), `author`, `written` (a starting file), and
`tags`, `index` (where something is taught); and `forms`, `cases`, `formed` (other forms than to speak), `question`;
`own_client` and `keeping` (the client that a learner grows, and `clients`, the shipped one).
"""

from .cells import expect_timeout
from .examples import example
from .keeping import keep
from .own_client import client

__all__ = ["client", "example", "expect_timeout", "keep"]
