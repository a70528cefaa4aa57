#!/usr/bin/env bash
# What `make run` does: build, migrate, start both services, seed once, say where to go, stop both on Ctrl-C.
# PORTICO_DATA names another data folder than ./data.
set -uo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../.." && pwd)"
cd "$root" || exit 1
. .config/make/need.sh
. "$here/http.sh"

say() { printf 'portico: %s\n' "$*"; }
stop_with() { printf 'portico: %s\n' "$*" >&2; exit 1; }

need_rust
need_build_tools
settle

data="${PORTICO_DATA:-$root/data}"
mkdir -p "$data" 2>/dev/null || stop_with "the data folder $data cannot be made; set PORTICO_DATA to a folder you may write to."
data="$(cd "$data" && pwd)"
{ : >"$data/.writable"; } 2>/dev/null || stop_with "the data folder $data is not writable; set PORTICO_DATA to one that is."
rm -f "$data/.writable"

for port in 3000 3001 4433 4434 4444 4445 4446; do
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    stop_with "port $port is in use by another program; stop it and run again."
  fi
done

say "building (six to twelve minutes the first time, seconds after that)"
cargo build --release --locked -p identity-service -p oauth-service || stop_with "the build failed; the compiler's message is above."
programs="${CARGO_TARGET_DIR:-$root/target}/release"
examples="${CARGO_TARGET_DIR:-$root/target}/examples"

# The example portal and the API behind it. What they lack here does not keep the services from starting.
portal=no
if deploy/examples/build.sh rust && deploy/examples/build.sh portal; then portal=yes; fi

# Secrets are made once and readable by their owner alone.
umask 077
secret() { head -c 512 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9' | head -c "$1"; }
if [ ! -s "$data/identity.json" ] || [ ! -s "$data/oauth.json" ] || [ ! -s "$data/key" ]; then
  key=$(secret 40)
  printf '%s' "$key" >"$data/key"
  cat >"$data/identity.json" <<JSON
{
  "dsn": "sqlite://$data/identity.sqlite?_fk=true",
  "serve": { "admin": { "api_keys": ["$key"] } },
  "oauth2_provider": { "headers": { "Authorization": "Bearer $key" } },
  "secrets": { "default": ["$(secret 32)"], "cookie": ["$(secret 32)"], "cipher": ["$(secret 32)"] }
}
JSON
  cat >"$data/oauth.json" <<JSON
{
  "dsn": "sqlite://$data/oauth.sqlite?_fk=true",
  "serve": { "admin": { "api_keys": ["$key"] } },
  "oauth2": {
    "refresh_token_hook": {
      "url": "http://127.0.0.1:4434/admin/oauth2/token-hook",
      "auth": { "type": "api_key", "config": { "in": "header", "name": "Authorization", "value": "Bearer $key" } }
    }
  },
  "secrets": { "system": ["$(secret 32)"], "cookie": ["$(secret 32)"] }
}
JSON
fi
key=$(cat "$data/key")
identity=("$programs/identity-service" -c "$here/identity.yml" -c "$data/identity.json")
oauth=("$programs/oauth-service" -c "$here/oauth.yml" -c "$data/oauth.json")

say "bringing both databases in $data up to date"
"${identity[@]}" migrate sql --yes >"$data/migrate.log" 2>&1 || stop_with "identity-service could not migrate: $(tail -1 "$data/migrate.log")"
"${oauth[@]}" migrate sql --yes >"$data/migrate.log" 2>&1 || stop_with "oauth-service could not migrate: $(tail -1 "$data/migrate.log")"

pids=()
stop_all() {
  trap '' INT TERM
  local pid
  # The client first, then who issues tokens, then who knows people.
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null; done
  pids=()
}
trap 'stop_all' EXIT
trap 'echo; say "stopping"; stop_all; say "stopped; your data stays in $data"; exit 0' INT TERM

# Sessions of their own, so that Ctrl-C reaches this script first and each service is asked to stop once.
start() {
  local log=$1
  shift
  setsid "$@" >>"$data/$log" 2>&1 &
  pids=("$!" "${pids[@]}")
}

await() {
  local name=$1 port=$2 pid=$3 path=${4:-/health/ready} waited=0
  until [ "$(http_status GET "$port" "$path")" = 200 ]; do
    kill -0 "$pid" 2>/dev/null || stop_with "$name did not start: $(tail -1 "$data/$name.log")"
    waited=$((waited + 1))
    [ "$waited" -gt 300 ] && stop_with "$name is not ready after 30 seconds; see $data/$name.log"
    sleep 0.1
  done
}

start identity-service.log "${identity[@]}" serve
identity_pid=${pids[0]}
start oauth-service.log "${oauth[@]}" serve all
oauth_pid=${pids[0]}
await identity-service 4433 "$identity_pid"
await oauth-service 4444 "$oauth_pid"

if [ ! -e "$data/seeded" ]; then
  say "adding three partners, an operator and a client"
  for file in "$here"/seed/[0-9]-*.json; do
    status=$(http_status POST 4434 /admin/identities "$key" "$(cat "$file")")
    case $status in 201 | 409) ;; *) stop_with "$(basename "$file") was refused with status $status; see $data/identity-service.log" ;; esac
  done
  status=$(http_status POST 4445 /admin/clients "$key" "$(cat "$here/seed/client.json")")
  case $status in 201 | 409) ;; *) stop_with "the client was refused with status $status; see $data/oauth-service.log" ;; esac
  : >"$data/seeded"
fi

# Its secret is made here, so that none stands in the repository.
if [ ! -s "$data/portal" ]; then
  portal_secret=$(secret 40)
  client=$(<"$here/seed/portal.json")
  client="{ \"client_secret\": \"$portal_secret\",${client#\{}"
  status=$(http_status POST 4445 /admin/clients "$key" "$client")
  [ "$status" = 409 ] && status=$(http_status PUT 4445 /admin/clients/partner-portal "$key" "$client")
  case $status in 200 | 201) ;; *) stop_with "the portal's client was refused with status $status; see $data/oauth-service.log" ;; esac
  printf 'CLIENT_SECRET=%s\nCOOKIE_SECRET=%s\n' "$portal_secret" "$(secret 40)" >"$data/portal"
fi

portal_line="is not there: what it lacks is named above"
extra_pids=()
if [ "$portal" = yes ]; then
  resource=https://api.partner.example/
  start partner-api.log env LISTEN=127.0.0.1:3001 ISSUER=http://127.0.0.1:4444/ "API_RESOURCE=$resource" "$examples/partner-api-rust"
  extra_pids+=("partner-api:${pids[0]}")
  # By the environment, where no list of processes shows them.
  set -a
  . "$data/portal"
  set +a
  start partner-portal.log env HOSTNAME=127.0.0.1 PORT=3000 NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 \
    PORTAL_URL=http://127.0.0.1:3000 ISSUER=http://127.0.0.1:4444/ CLIENT_ID=partner-portal \
    API_URL=http://127.0.0.1:3001 "API_RESOURCE=$resource" ACCOUNT_URL=http://127.0.0.1:4433/ \
    "$examples/node" "$examples/portal/server.js"
  extra_pids+=("partner-portal:${pids[0]}")
  unset CLIENT_SECRET COOKIE_SECRET
  await partner-portal 3000 "${pids[0]}" /health
  portal_line="http://127.0.0.1:3000/        what a role may see, and a page that wants two factors"
fi

start demo-client.log "$programs/oauth-service" perform authorization-code --endpoint http://127.0.0.1:4444 --port 4446 \
  --client-id portico-demo --scope openid,offline_access,profile,email --no-open --no-shutdown
extra_pids+=("demo-client:${pids[0]}")

cat <<TEXT

  Portico is up.

    Partner portal           $portal_line
    Log in at a client       http://127.0.0.1:4446/        an OAuth2 login from start to tokens
    Your own page            http://127.0.0.1:4433/        sign in, register, sign out
    Operators' console       http://127.0.0.1:4434/console/    identities, sessions, messages, clients
    OpenID configuration     http://127.0.0.1:4444/.well-known/openid-configuration

    Log in as                ada@acme.example              admin at acme
                             ben@acme.example              buyer at acme
                             cleo@globex.example           viewer at globex
                             olga@portico.example          operator, at the console
    Password of all four     portico-demo

    Admin APIs               http://127.0.0.1:4434 and http://127.0.0.1:4445, bearer key in $data/key
    Mails                    are not sent; deploy/quickstart/mails.sh shows them
    Logs                     $data/*.log

  Ctrl-C stops both services; the next 'make run' goes on with the same data.

TEXT

# One of the services going down ends the run; what stands around them may not.
while kill -0 "$identity_pid" 2>/dev/null && kill -0 "$oauth_pid" 2>/dev/null; do
  left=()
  for extra in "${extra_pids[@]}"; do
    if kill -0 "${extra#*:}" 2>/dev/null; then left+=("$extra"); else say "${extra%%:*} stopped: $(tail -1 "$data/${extra%%:*}.log")"; fi
  done
  extra_pids=("${left[@]}")
  sleep 1 &
  wait $! 2>/dev/null
done
for name in identity-service oauth-service; do
  say "the end of $data/$name.log: $(tail -1 "$data/$name.log")" >&2
done
stop_with "a service stopped by itself."
