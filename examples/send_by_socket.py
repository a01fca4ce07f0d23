"""Send one letter by a plain socket: python send_by_socket.py HOST PORT"""

import socket
import sys

LINES = [
    b"HELO me.example.com",
    b"MAIL FROM:<user123@example.com>",
    b"RCPT TO:<test@example.com>",
    b"DATA",
    b"From: Me <user123@example.com>\r\nTo: You <test@example.com>\r\nSubject: By a script\r\n\r\nHello.\r\n.",
    b"QUIT",
]


def read_reply(file):
    """One whole reply: lines up to the first whose fourth character is no hyphen. Gives its code."""
    while True:
        line = file.readline()
        print("S:", line.decode().rstrip())
        if line[3:4] != b"-":
            return int(line[:3] or 0)


with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=10) as sock:
    file = sock.makefile("rb")
    code = read_reply(file)
    for line in LINES:
        if code >= 400 or code == 0:
            sys.exit(f"refused: {code}")
        print("C:", line.decode())
        sock.sendall(line + b"\r\n")
        code = read_reply(file)
