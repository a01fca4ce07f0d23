"""Views: pure functions from a transcript and a position to text (HTML, SVG, plain).

They know `smtplab.protocol` and nothing else; no widget, no socket, no state of their own. Whatever came off the wire
is escaped in `text`, once.
"""
