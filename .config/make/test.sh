#!/usr/bin/env bash
# Every test of the workspace. Arguments go to cargo: make test ARGS="-p oauth-service"
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. .config/make/need.sh
. .config/make/postgres.sh

need_rust
need_build_tools
need chromium chromium "the pages are tested in a real browser"
need chromedriver chromium-driver "drives that browser"
need node nodejs "runs relying parties, interfaces and a provider that others wrote"
need npm npm "installs them"
need python3 python3 "runs the Authlib relying party"
python3 -c 'import ensurepip, venv' 2>/dev/null || need python3-venv-module python3-venv "installs Authlib"
if [ -z "${PORTICO_TEST_POSTGRES_URL:-}" ] && [ -z "$(postgres_programs)" ]; then
  need portico-no-such-command postgresql "the second of the two databases"
fi
settle

trap 'stop_postgres' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ -z "${PORTICO_TEST_POSTGRES_URL:-}" ]; then
  start_postgres quick
  export PORTICO_TEST_POSTGRES_URL="$POSTGRES_URL"
fi

export PORTICO_RELYING_PARTIES="${CARGO_TARGET_DIR:-$PWD/target}/relying-parties"
integration-tests/relying-parties/install.sh "$PORTICO_RELYING_PARTIES" || exit 1

deploy/examples/build.sh portal rust go test || exit 1

# A snapshot that differs fails the test; it never writes into the checkout.
export INSTA_UPDATE="${INSTA_UPDATE:-no}"
if [ $# -eq 0 ]; then set -- --workspace; fi
cargo test --locked "$@"
