#!/usr/bin/env bash
# Boots both production examples and what deploy/compose has, as far as that goes without their networks: files and environment as the
# examples say, SQLite in place of PostgreSQL, other ports. PROGRAMS is the folder of the two binaries.
set -uo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
programs="${PROGRAMS:-$here/../../target/debug}"
for name in identity-service oauth-service; do
  [ -x "$programs/$name" ] || { echo "config: $programs/$name is not built"; exit 1; }
done
. "$here/../quickstart/http.sh"
. "$here/../check/ports.sh"
folder=$(mktemp -d "${TMPDIR:-/tmp}/portico-config.XXXXXX")
pids=()
stop() { for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; done; pids=(); rm -f "$folder"/*.sqlite*; }
trap 'stop; rm -rf "$folder"' EXIT
secret() { head -c 512 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9' | head -c 32; }
for name in admin-key default cookie cipher system; do secret >"$folder/$name"; done
key=$(cat "$folder/admin-key")
port=$(free_ports 8)

start() { # NAME FILE PORT VERBS; the environment is the caller's
  local name=$1 file=$2 own=$3
  shift 3
  sed "s#/etc/portico/secrets#$folder#" "$here/$file" >"$folder/$name.yml"
  DSN="sqlite://$folder/$name.sqlite" SERVE_PUBLIC_PORT=$own SERVE_ADMIN_PORT=$((own + 1)) \
    "$programs/$name" -c "$folder/$name.yml" "$@" >"$folder/$name.log" 2>&1 &
  pids+=("$!")
  local waited=0
  until [ "$(http_status GET "$own" /health/ready)" = 200 ]; do
    kill -0 "${pids[-1]}" 2>/dev/null || { echo "config: $name refused $file:"; tail -5 "$folder/$name.log"; exit 1; }
    waited=$((waited + 1))
    [ "$waited" -gt 300 ] && { echo "config: $name is not ready with $file"; tail -5 "$folder/$name.log"; exit 1; }
    sleep 0.1
  done
  # Nothing to complain about, and the admin API asks for the key of the file.
  if grep -E '"level":"(WARN|ERROR)"' "$folder/$name.log"; then echo "config: $name complains of $file"; exit 1; fi
  [ "$(http_status GET $((own + 1)) /admin/metrics/prometheus)" = 401 ] || { echo "config: the admin API of $name is open"; exit 1; }
  [ "$(http_status GET $((own + 1)) /admin/metrics/prometheus "$key")" = 200 ] || { echo "config: $name refuses its key"; exit 1; }
  http GET "$((own + 1))" /admin/metrics/prometheus "$key" >"$folder/$name.metrics"
  [ -n "${KEEP_METRICS:-}" ] && cp "$folder/$name.metrics" "$KEEP_METRICS/"
}

export AUTO_MIGRATE=true OAUTH2_PROVIDER_HEADERS="{\"Authorization\":\"Bearer $key\"}"
export URLS_IDENTITY_PROVIDER_HEADERS="$OAUTH2_PROVIDER_HEADERS" OAUTH2_REFRESH_TOKEN_HOOK_AUTH_CONFIG_VALUE="Bearer $key"
COURIER_SMTP_CONNECTION_URI="smtps://u:p@127.0.0.1:9/" start identity-service identity.yml "$port" serve
start oauth-service oauth.yml "$((port + 2))" serve all
stop
echo "config: both examples boot without a complaint"

export SECRETS_COOKIE="$key" SERVE_ADMIN_API_KEYS="$key" PORTICO_API_KEY="$key"
export KRATOS_ADMIN_URL="http://127.0.0.1:$((port + 1))" ORY_SDK_URL="http://127.0.0.1:$((port + 3))"
SECRETS_DEFAULT="$key" SECRETS_CIPHER="$key" COURIER_SMTP_CONNECTION_URI="smtp://127.0.0.1:9/?disable_starttls=true" \
  start identity-service ../compose/identity.yml "$port" serve --watch-courier
SECRETS_SYSTEM="$key" start oauth-service ../compose/oauth.yml "$((port + 2))" serve all
# What compose.yml has the programs themselves do: look after their health, and seed.
run() { "$programs/$1" "${@:2}" >"$folder/run.log" 2>&1 || { echo "config: $* failed:"; cat "$folder/run.log"; exit 1; }; }
run identity-service remote status
run oauth-service list oauth2-clients --page-size 1
run identity-service import identities "$here"/../quickstart/seed/{1-ada,2-ben,3-cleo}.json
run oauth-service import oauth2-client "$here/../quickstart/seed/client.json"
run oauth-service create oauth2-client --file "$here/../quickstart/seed/portal.json" --secret "$key" \
  --backchannel-logout-callback http://partner-portal:3000/auth/backchannel
echo "config: what Compose starts boots without a complaint, says that it is healthy, and is seeded"
