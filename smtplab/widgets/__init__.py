"""Widgets for a notebook page: a position or a socket, some controls, and fragments that `views` drew.

They know no protocol and draw nothing. `import smtplab` offers them by name; this package imports none of them.
"""
