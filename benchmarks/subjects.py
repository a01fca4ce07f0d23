"""The cells that are measured: the floor, and steppers over a short, a middling and a long session."""

from __future__ import annotations

FLOOR = """import socket, threading
import ipywidgets

if "client" not in globals():
    def answer(listener):
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for line in connection.makefile("rb"):
            connection.sendall(b"250 2.0.0 Ok\\r\\n")

    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=answer, args=(listener,), daemon=True).start()
    client = socket.create_connection(listener.getsockname(), timeout=10)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    replies, count = client.makefile("rb"), 0

def press(_):
    global count
    count += 1
    client.sendall(b"NOOP\\r\\n")
    label.value = f"{count} {replies.readline().decode().strip()}"

button, label = ipywidgets.Button(description="Next"), ipywidgets.Label("0")
button.add_class("bench-next")
label.add_class("bench-label")
button.on_click(press)
ipywidgets.VBox([button, label])"""
"""A bare button and label that makes one round trip over a socket: what any widget that asks the kernel must cost."""

FLOOR_NEXT, FLOOR_TARGET = ".bench-next", ".bench-label"

SHORT = """S: 220 mail.example.com ESMTP
C: EHLO client.example.com
S: 250-mail.example.com
S: 250 ENHANCEDSTATUSCODES
C: MAIL FROM:<alice@example.com>
S: 250 2.1.0 Sender ok
C: RCPT TO:<bob@example.com>
S: 250 2.1.5 Recipient ok
C: DATA
S: 354 Go ahead
C:
C: Hello, Bob.
C: .
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Goodbye
"""
"""A whole message in 15 steps."""
SHORT_STEPS, LONG_STEPS, FAST_STEPS = 15, 10_001, 41


def noops(lines: int) -> str:
    """A Python expression for a session of this many steps, an odd number from 3 on."""
    pairs = (lines - 3) // 2
    return (
        '"S: 220 mail.example.com ESMTP\\nC: HELO client.example.com\\nS: 250 mail.example.com\\n"'
        f' + "".join(f"C: NOOP {{n}}\\nS: 250 2.0.0 Ok {{n}}\\n" for n in range({pairs}))'
    )


def stepper(text: str) -> str:
    """The cell of a stepper over this session; `text` is a Python expression."""
    return f"from smtplab import Stepper, Transcript\nStepper(Transcript.parse({text}))"


STEPPER = "[data-smtplab=stepper]"
CURRENT = f"{STEPPER} li[aria-current=step]"
"""What a reader sees move: the current line of the transcript."""
