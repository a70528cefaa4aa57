#!/usr/bin/env bash
# Runs nginx with nginx.conf before stubs of identity-service and of an application, and asks it as browsers would; then, where the
# service is built (PROGRAMS), before identity-service itself. NGINX_PROGRAM is nginx.
set -uo pipefail
cd "$(dirname "$0")" || exit 1
. ../quickstart/http.sh
. ../check/ports.sh
folder=$(mktemp -d "${TMPDIR:-/tmp}/portico-nginx.XXXXXX")
port=$(free_ports 8)
failed=0
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done
  wait 2>/dev/null
  rm -rf "$folder"
}
trap finish EXIT

# The recipe as it is, but for addresses and the listener's TLS.
start_nginx() { # PORT PORT_OF_IDENTITY
  mkdir -p "$folder/$1"
  {
    echo "daemon off; pid $folder/$1/pid; error_log $folder/error.log; worker_processes 1;"
    [ "$(id -u)" -eq 0 ] && echo "user root;"
    echo "events { worker_connections 64; } http { access_log off;"
    for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $folder/$1/$kind;"; done
    sed -e "s/listen 443 ssl;/listen 127.0.0.1:$1;/" -e '/ssl_certificate/d' \
      -e "s/identity-service:4433/127.0.0.1:$2/" -e "s/application:8080/127.0.0.1:$((port + 2))/" nginx.conf
    echo "}"
  } >"$folder/$1.conf"
  "$NGINX_PROGRAM" -t -q -c "$folder/$1.conf" -e "$folder/error.log" || { cat "$folder/error.log"; echo "deploy: nginx refuses its recipe"; exit 1; }
  timeout 120 "$NGINX_PROGRAM" -c "$folder/$1.conf" -e "$folder/error.log" &
  pids+=("$!")
}
await() { # PORT PATH
  local waited=0
  until [ "$(http_status GET "$1" "$2")" != 000 ]; do
    waited=$((waited + 1))
    [ "$waited" -gt 200 ] && { echo "deploy: nobody listens on port $1"; cat "$folder"/*.log; exit 1; }
    sleep 0.1
  done
}

timeout 120 python3 stub.py $((port + 1)) $((port + 2)) >"$folder/stub.log" 2>&1 &
pids+=("$!")
start_nginx "$port" $((port + 1))
await $((port + 1)) /
await $((port + 2)) /
await "$port" /

#   ask METHOD PATH COOKIES [HEADER [BODY]]
ask() {
  local LC_ALL=C header=${4:-X-Nothing: 1} body=${5:-}
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  printf '%s %s HTTP/1.1\r\nHost: app.example.com\r\nConnection: close\r\nCookie: %s\r\n%s\r\nContent-Length: %s\r\n\r\n%s' "$1" "$2" "$3" "$header" "${#body}" "$body" >&3
  cat <&3
  exec 3>&-
}
expect() { # WHAT PATTERN ANSWER
  grep -qE "$2" <<<"$3" || { echo "deploy: nginx: $1: no $2 in"; head -c 900 <<<"$3"; echo; failed=1; }
}
reject() { ! grep -qE "$2" <<<"$3" || { echo "deploy: nginx: $1: $2 in the answer"; failed=1; }; }

answer=$(ask GET '/page?a=1' 'theme=dark; ory_kratos_session=good; b=2' 'X-Identity-Id: forged')
expect "who is signed in gets through" '^HTTP/1.1 200' "$answer"
expect "the application learns who it is" '"x-identity-id": "11111111-2222-4333-8444-555555555555"' "$answer"
expect "the application gets its own cookies" '"cookie": "theme=dark; b=2"' "$answer"
reject "a header of the same name does not pass" forged "$answer"
reject "the session does not reach the application" ory_kratos_session "$answer"
answer=$(ask GET / 'ory_kratos_session=good')
reject "a session alone does not reach the application" ory_kratos_session "$answer"
answer=$(ask POST /form 'ory_kratos_session=good' 'Content-Type: text/plain' 'hello')
expect "a body reaches the application, and not whoami" '"method": "POST".*"body": "hello"' "$answer"
answer=$(ask GET '/page?a=1' 'theme=dark')
expect "a stranger is sent to the login page" '^HTTP/1.1 302' "$answer"
expect "and comes back" 'Location: https://id.example.com/self-service/login/browser\?return_to=http://app.example.com/page\?a=1' "$answer"
answer=$(ask GET / 'ory_kratos_session=weak')
expect "a second factor is asked for" 'Location: https://id.example.com/self-service/login/browser\?aal=aal2&return_to=' "$answer"
answer=$(ask GET /api/x 'theme=dark')
expect "a script gets the status" '^HTTP/1.1 401' "$answer"
answer=$(ask GET / 'ory_kratos_session=broken')
expect "without an answer nobody gets through" '^HTTP/1.1 500' "$answer"
answer=$(ask GET /_session 'ory_kratos_session=good')
expect "the check itself is not reached from outside" '^HTTP/1.1 404' "$answer"

program="${PROGRAMS:-}/identity-service"
if [ -x "$program" ]; then
  DSN=memory DEV=true SERVE_PUBLIC_HOST=127.0.0.1 SERVE_PUBLIC_PORT=$((port + 3)) SERVE_ADMIN_PORT=$((port + 4)) HASHERS_BCRYPT_COST=4 \
    "$program" serve >"$folder/identity.log" 2>&1 &
  pids+=("$!")
  await $((port + 3)) /health/ready
  "$program" import identities --endpoint "http://127.0.0.1:$((port + 4))" ../quickstart/seed/1-ada.json >"$folder/import.log" || { cat "$folder/import.log"; exit 1; }
  id=$(grep -oE '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}' "$folder/import.log" | head -1)
  flow=$(http GET $((port + 3)) /self-service/login/api | grep -oE '"id":"[0-9a-f-]{36}"' | head -1 | cut -d'"' -f4)
  token=$(http POST $((port + 3)) "/self-service/login?flow=$flow" '' '{"method":"password","identifier":"ada@acme.example","password":"portico-demo"}' |
    grep -oE '"session_token":"[^"]+"' | cut -d'"' -f4)
  [ -n "$token" ] || { echo "deploy: nobody could sign in"; tail -3 "$folder/identity.log"; exit 1; }
  start_nginx $((port + 5)) $((port + 3))
  await $((port + 5)) /
  port=$((port + 5))
  answer=$(ask POST /form 'theme=dark' "X-Session-Token: $token" 'hello')
  expect "who is signed in at identity-service gets through" "\"x-identity-id\": \"$id\"" "$answer"
  answer=$(ask GET /page 'theme=dark' "X-Session-Token: ${token}x")
  expect "who is not is sent to the login page" 'Location: https://id.example.com/self-service/login/browser' "$answer"
  answer=$(ask GET /api/page 'theme=dark')
  expect "a script gets the status of identity-service" '^HTTP/1.1 401' "$answer"
  [ "$failed" -eq 0 ] && echo "deploy: nginx checks sessions as its recipe says, before stubs and before identity-service"
else
  [ "$failed" -eq 0 ] && echo "deploy: nginx checks sessions as its recipe says, before stubs"
fi
exit "$failed"
