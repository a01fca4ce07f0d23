"""The client that a learner grows: `own_client` loads it, `keeping` puts a function into it.

As it is shipped it lies beside them: `after_04` stands alone; the others bring what a notebook adds or changes, and take the
rest from those before.
"""
