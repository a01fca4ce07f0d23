"""The server without a network: sockets that answer in this process, for where there are no threads and no ports.

Read `connection` (the server's end), `sockets` (the client's end), `ports` (how one finds the other), `engine`.
"""
