"""What real servers answered: scripted sessions and their recordings, shipped with the package as data.

`recorded` gives one of them as a Transcript; the README beside this file says what was recorded and how. Nothing is
read before it is asked for. The core does no input, so these files have a room of their own.
"""
