"""How a session is judged: an `attempt` to look at, rules (`checks`, and `checks_...` by subject), mistakes that have a name.

`naming` collects the mistakes (`mistakes_...`), `judge` says which rules hold, what was missed first, and what explains it.
Everything here is pure: a record in, a sentence out.
"""
