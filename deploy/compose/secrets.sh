#!/usr/bin/env bash
# Makes .env beside compose.yml, readable by its owner alone, unless it is there.
set -euo pipefail
cd "$(dirname "$0")"
file="${1:-.env}"
[ -e "$file" ] && { echo "$file is there already; nothing was changed"; exit 0; }
umask 077
secret() { head -c 512 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9' | head -c 32; }
for name in POSTGRES_PASSWORD IDENTITY_DB_PASSWORD OAUTH_DB_PASSWORD IDENTITY_SECRET_DEFAULT IDENTITY_SECRET_COOKIE \
  IDENTITY_SECRET_CIPHER IDENTITY_ADMIN_KEY OAUTH_SECRET_SYSTEM OAUTH_SECRET_COOKIE OAUTH_ADMIN_KEY; do
  printf '%s=%s\n' "$name" "$(secret)"
done >"$file"
echo "made $file"
