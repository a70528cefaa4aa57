#!/usr/bin/env bash
# The load profiles. PROFILE=name runs one; TARGET=url aims them at a system that is already up.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. .config/make/need.sh
. .config/make/postgres.sh

need_rust
need_build_tools
if [ -z "${TARGET:-}" ] && [ -z "${PORTICO_BENCH_POSTGRES_URL:-}" ] && [ -z "$(postgres_programs)" ]; then
  need portico-no-such-command postgresql "the second of the two databases"
fi
settle

trap 'stop_postgres' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# One build for all three, so that they share what they are made of.
cargo build --release --locked -p identity-service -p oauth-service -p integration-tests \
  --bin identity-service --bin oauth-service --bench load || exit 1

arguments=()
[ -n "${PROFILE:-}" ] && arguments+=(--profile "$PROFILE")
[ -n "${SECONDS_EACH:-}" ] && arguments+=(--seconds "$SECONDS_EACH")
if [ -n "${TARGET:-}" ]; then
  arguments+=(--target "$TARGET")
else
  if [ -z "${PORTICO_BENCH_POSTGRES_URL:-}" ]; then
    start_postgres durable
    export PORTICO_BENCH_POSTGRES_URL="$POSTGRES_URL"
  fi
fi
cargo bench --locked -p integration-tests --bench load -- "${arguments[@]}"
