#!/usr/bin/env bash
# Boots both production examples, as far as that goes without their network: files and environment as the examples say, SQLite in
# place of PostgreSQL, other ports. PROGRAMS is the folder of the two binaries.
set -uo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
programs="${PROGRAMS:-$here/../../target/debug}"
for name in identity-service oauth-service; do
  [ -x "$programs/$name" ] || { echo "config: $programs/$name is not built"; exit 1; }
done
. "$here/../quickstart/http.sh"
folder=$(mktemp -d "${TMPDIR:-/tmp}/portico-config.XXXXXX")
pids=()
finish() { for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; done; rm -rf "$folder"; }
trap finish EXIT
secret() { head -c 512 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9' | head -c 32; }
for name in admin-key default cookie cipher system; do secret >"$folder/$name"; done
key=$(cat "$folder/admin-key")
port=$((20000 + RANDOM % 10000))

start() { # NAME FILE PORT VERBS; the environment is the caller's
  local name=$1 file=$2 own=$3
  shift 3
  sed "s#/etc/portico/secrets#$folder#" "$here/$file" >"$folder/$file"
  DSN="sqlite://$folder/$name.sqlite" SERVE_PUBLIC_PORT=$own SERVE_ADMIN_PORT=$((own + 1)) \
    "$programs/$name" -c "$folder/$file" "$@" >"$folder/$name.log" 2>&1 &
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

AUTO_MIGRATE=true OAUTH2_PROVIDER_HEADERS="{\"Authorization\":\"Bearer $key\"}" COURIER_SMTP_CONNECTION_URI="smtps://u:p@127.0.0.1:9/" \
  start identity-service identity.yml "$port" serve
AUTO_MIGRATE=true OAUTH2_REFRESH_TOKEN_HOOK_AUTH_CONFIG_VALUE="Bearer $key" URLS_IDENTITY_PROVIDER_HEADERS="{\"Authorization\":\"Bearer $key\"}" \
  start oauth-service oauth.yml "$((port + 2))" serve all
echo "config: both examples boot without a complaint"
