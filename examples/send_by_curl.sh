#!/bin/sh
# Send one letter with curl; -v shows the session: sh send_by_curl.sh HOST PORT
printf '%s\r\n' "From: Me <user123@example.com>" "To: You <test@example.com>" "Subject: By a script" "" "Hello." |
    curl -v --max-time 10 "smtp://$1:$2/me.example.com" \
        --mail-from user123@example.com --mail-rcpt test@example.com --upload-file -
