#!/bin/sh
# Read the first letter of a mailbox with curl; -v shows the session: sh read_by_curl.sh HOST PORT
curl -v --max-time 10 --user test:letmein "pop3://$1:$2/1"
