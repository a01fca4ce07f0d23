"""A starting file for an exercise, made from a recorded session: what is read off it (`author`), and how it is `written`."""
