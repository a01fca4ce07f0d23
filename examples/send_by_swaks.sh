#!/bin/sh
# Send one letter with swaks, which shows the whole session: sh send_by_swaks.sh HOST PORT
swaks --server "$1" --port "$2" --helo me.example.com --timeout 10 \
    --from user123@example.com --to test@example.com \
    --header "From: Me <user123@example.com>" --header "To: You <test@example.com>" \
    --header "Subject: By a script" --body "Hello."
