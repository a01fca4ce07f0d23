"""How fast what a learner presses is painted, and how fast the server is. See README.md."""
