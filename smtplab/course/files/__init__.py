"""An exercise as a file: where it is found (`folders`), what stands in it (`spec`), and the forms that a part may have.

`forms` has them all: what is said or put in order; `answered`, what is chosen; `function`, what is written. Pure, but for
reading the file.
"""
