#!/usr/bin/env bash
# Send one letter with nothing but bash, reading each reply: bash send_by_bash.sh HOST PORT
set -euo pipefail

exec 3<>"/dev/tcp/$1/$2" # bash opens a socket for this name

reply() { # reads one whole reply, and stops where it is a refusal
    local line
    while IFS= read -r -t 10 line <&3; do
        line=${line%$'\r'}
        echo "S: $line"
        [ "${line:3:1}" = "-" ] || break
    done
    case ${line:0:1} in 2 | 3) ;; *) exit 1 ;; esac
}

say() {
    echo "C: $1"
    printf '%s\r\n' "$1" >&3
}

reply
for line in "HELO me.example.com" "MAIL FROM:<user123@example.com>" "RCPT TO:<test@example.com>" "DATA"; do
    say "$line"
    reply
done
for line in "From: Me <user123@example.com>" "To: You <test@example.com>" "Subject: By a script" "" "Hello."; do
    say "$line"
done
say "."
reply
say "QUIT"
reply
