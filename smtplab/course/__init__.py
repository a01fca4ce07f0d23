"""The course: exercises that are judged by what a server saw, and small helpers for notebook cells.

Read in this order: `judging` (a session, against rules), `fields` and `files` (an exercise as a file), `doing` (an exercise,
a function, a question, as they are shown and checked), `progress` (what was done; sheets and a class table), `authoring` (a
starting file), `gauntlet` (twelve faults for a client), `clients` (the client that a learner grows), `tags` and `index`
(where something is taught). `card` says how any of it looks in a cell; `cells`, `examples` and `ready` stand alone. The exercises and questions themselves are the
files in `exercises/` and `questions/`.
"""

from .cells import expect_timeout
from .clients.keeping import keep
from .clients.own_client import client
from .examples import example

__all__ = ["client", "example", "expect_timeout", "keep"]
