#!/bin/sh
# Send one letter as scripts of 2001 did, all at once and without reading a reply: sh send_by_netcat.sh HOST PORT
# -C makes CR LF of each line end, -N ends our side after the last line, -w 10 waits no longer than ten seconds.
nc -C -N -w 10 "$1" "$2" <<LINES
HELO me.example.com
MAIL FROM:<user123@example.com>
RCPT TO:<test@example.com>
DATA
From: Me <user123@example.com>
To: You <test@example.com>
Subject: By a script

Hello.
.
QUIT
LINES
