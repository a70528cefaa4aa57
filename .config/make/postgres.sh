# Sourced: a private PostgreSQL in a folder of its own, on a free port, for as long as the calling script runs.
#   start_postgres durable|quick   sets POSTGRES_URL; stop_postgres stops it and removes its folder.
postgres_folder=""
postgres_pid=""

postgres_programs() {
  local folder
  for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -Vr) $(dirname "$(command -v initdb 2>/dev/null)" 2>/dev/null); do
    [ -x "$folder/initdb" ] && { echo "$folder"; return; }
  done
}

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

# PostgreSQL refuses to run as root, so root lends it an unprivileged user.
as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then
    local user=nobody
    id postgres >/dev/null 2>&1 && user=postgres
    runuser -u "$user" -- "$@"
  else
    "$@"
  fi
}

start_postgres() {
  local programs port settings
  programs=$(postgres_programs)
  if [ -z "$programs" ]; then
    echo "portico: PostgreSQL's initdb was not found after its package was installed." >&2
    exit 1
  fi
  postgres_folder=$(mktemp -d "${TMPDIR:-/tmp}/portico-postgres.XXXXXX")
  [ "$(id -u)" -eq 0 ] && chown "$(id -u postgres 2>/dev/null || id -u nobody)" "$postgres_folder"
  port=$(free_port)
  settings=(-c listen_addresses=127.0.0.1 -c "unix_socket_directories=$postgres_folder" -c max_connections=300 -c shared_buffers=256MB)
  # Tests throw their data away; the load profiles keep every promise a production server keeps.
  [ "$1" = quick ] && settings+=(-c fsync=off -c full_page_writes=off -c synchronous_commit=off)
  (
    cd "$postgres_folder" || exit 1
    as_postgres "$programs/initdb" -D "$postgres_folder/data" -U portico -A trust -E UTF8 --locale=C --no-sync >"$postgres_folder/log" 2>&1 || exit 1
    as_postgres setsid "$programs/postgres" -D "$postgres_folder/data" -p "$port" "${settings[@]}" >>"$postgres_folder/log" 2>&1 &
  ) || { echo "portico: PostgreSQL could not be set up:" >&2; tail -5 "$postgres_folder/log" >&2; exit 1; }
  local waited=0
  until "$programs/pg_isready" -q -h 127.0.0.1 -p "$port" -U portico 2>/dev/null; do
    waited=$((waited + 1))
    if [ "$waited" -gt 150 ]; then
      echo "portico: PostgreSQL did not start:" >&2
      tail -5 "$postgres_folder/log" >&2
      exit 1
    fi
    sleep 0.2
  done
  postgres_pid=$(head -1 "$postgres_folder/data/postmaster.pid")
  POSTGRES_URL="postgres://portico@127.0.0.1:$port/postgres"
}

stop_postgres() {
  if [ -n "$postgres_pid" ]; then
    kill -INT "$postgres_pid" 2>/dev/null
    local waited=0
    while kill -0 "$postgres_pid" 2>/dev/null && [ "$waited" -lt 100 ]; do
      sleep 0.1
      waited=$((waited + 1))
    done
    kill -KILL "$postgres_pid" 2>/dev/null
  fi
  [ -n "$postgres_folder" ] && rm -rf "$postgres_folder"
  postgres_pid=""
  postgres_folder=""
}
