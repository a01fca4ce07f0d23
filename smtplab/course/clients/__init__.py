"""The learner's client as it is shipped: what each notebook adds to it, or changes.

`after_04` stands alone; the others bring their functions, and take the rest from those before. `client` puts them together.
"""
