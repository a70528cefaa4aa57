#!/bin/sh
# Run by PostgreSQL's image when its volume is new: a database and an owner for each service, neither of which may see the other's.
set -eu
for name in identity oauth; do
  if [ "$name" = identity ]; then password=$IDENTITY_DB_PASSWORD; else password=$OAUTH_DB_PASSWORD; fi
  psql -v ON_ERROR_STOP=1 -v name="$name" -v password="$password" -U "$POSTGRES_USER" -d postgres <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
