"""How fast what a learner presses is painted, measured in the real page. See README.md."""
