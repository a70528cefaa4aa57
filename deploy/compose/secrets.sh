#!/usr/bin/env bash
# Makes .env beside compose.yml, readable by its owner alone. One that is there keeps what it has, and gets what it lacks.
set -euo pipefail
cd "$(dirname "$0")"
file="${1:-.env}"
umask 077
secret() { head -c 512 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9' | head -c 32; }
added=0
for name in POSTGRES_PASSWORD IDENTITY_DB_PASSWORD OAUTH_DB_PASSWORD IDENTITY_SECRET_DEFAULT IDENTITY_SECRET_COOKIE \
  IDENTITY_SECRET_CIPHER IDENTITY_ADMIN_KEY OAUTH_SECRET_SYSTEM OAUTH_SECRET_COOKIE OAUTH_ADMIN_KEY PORTAL_CLIENT_SECRET PORTAL_COOKIE_SECRET; do
  grep -q "^$name=" "$file" 2>/dev/null && continue
  printf '%s=%s\n' "$name" "$(secret)" >>"$file"
  added=$((added + 1))
done
echo "$file: $added secrets made, the others kept"
