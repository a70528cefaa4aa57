#!/usr/bin/env bash
# Shows the mails that `make run` would have sent: no mail server is part of it, so they wait in the queue.
set -uo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
. "$here/http.sh"
data="${PORTICO_DATA:-$here/../../data}"
[ -r "$data/key" ] || { echo "portico: nothing runs from $data yet: make run" >&2; exit 1; }
answer=$(http GET 4434 "/admin/courier/messages?page_size=5" "$(cat "$data/key")") ||
  { echo "portico: identity-service does not answer on port 4434: make run" >&2; exit 1; }
body="${answer#*$'\r\n\r\n'}"
[ "$body" = "[]" ] && { echo "No mails yet."; exit 0; }
# Newest first; one field per line is enough to read by eye.
printf '%s\n' "$body" | tr -d '\r' |
  sed -e 's/},{/}\n\n{/g' -e 's/","/"\n"/g' -e 's/\\n/\n    /g' |
  sed -n -e 's/^"recipient":"\(.*\)"$/To:      \1/p' -e 's/^"subject":"\(.*\)"$/Subject: \1\n/p' -e 's/^"body":"/    /' -e '/^    /{s/"$//;p}' -e '/^$/p'
