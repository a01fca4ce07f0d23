"""Whatever comes over the wire or out of a file: no exception, no hang, no growth, and all who look agree.

`targets` has one function for each reader of foreign octets; it raises where a promise is broken. `soup` makes nearly
right sessions for hypothesis; `python -m tests.fuzz --seconds 600` lets atheris search by coverage, from a corpus made
of the recorded scripts (`seeds`).
"""
