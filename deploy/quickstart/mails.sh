#!/usr/bin/env bash
# Shows the mails that `make run` would have sent: no mail server is part of it, so they wait in the queue.
set -uo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
. "$here/http.sh"
data="${PORTICO_DATA:-$here/../../data}"
[ -r "$data/key" ] || { echo "portico: nothing runs from $data yet: make run" >&2; exit 1; }
answer=$(http GET 4434 "/admin/courier/messages?page_size=5" "$(cat "$data/key")") ||
  { echo "portico: identity-service does not answer on port 4434: make run" >&2; exit 1; }
# One field per line is enough to read by eye.
printf '%s\n' "${answer#*$'\r\n\r\n'}" | tr -d '\r' |
  sed -e 's/},{/}\n\n{/g' -e 's/","/"\n"/g' -e 's/\\n/\n    /g' | grep -v -E '^[0-9a-f]+$' | grep -E '^ {4}|"(recipient|subject|body|created_at)"'
