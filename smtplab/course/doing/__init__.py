"""An exercise being done: its server, the tries, the verdict, the help; and questions, which are answered before a cell is run.

`exercise` is one that is said to its server (`served`), `formed` one of another form; `cases` tries a function, `outcome`
judges what came of that. `verdict` is what is shown then, `buttons` what can be pressed.
"""
