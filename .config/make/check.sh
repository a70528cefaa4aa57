#!/usr/bin/env bash
# Formatting, lints, dependency rules, the repository's own rules, and what deploys the services.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. .config/make/need.sh

need_rust
need_build_tools
need python3 python3 "compares dashboard, alerts and chart with what they name"
python3 -c 'import ensurepip, venv' 2>/dev/null || need python3-venv-module python3-venv "installs the schemas of Kubernetes"
settle
failed=0

echo "check: formatting"
cargo fmt --all --check || failed=1

echo "check: lints"
cargo clippy --locked --workspace --all-targets -- -D warnings || failed=1

if command -v cargo-deny >/dev/null 2>&1; then
  echo "check: licences, bans and sources of dependencies"
  cargo deny --locked check bans licenses sources || failed=1
  # The advisory database lives elsewhere; a machine that cannot reach it can still check the rest.
  if timeout 20 cargo deny --locked fetch db >/dev/null 2>&1; then
    echo "check: advisories"
    cargo deny --locked check --disable-fetch advisories || failed=1
  else
    echo "check: advisories NOT checked, the advisory database cannot be reached from here"
  fi
else
  echo "check: dependencies NOT checked; 'cargo install cargo-deny --locked' and run again"
fi

echo "check: the rules of the repository (layers, sizes, names)"
cargo test --locked --quiet --workspace --test it -- tidy:: || failed=1

echo "check: what deploys the services"
deploy/check/run.sh || failed=1

[ "$failed" -eq 0 ] && echo "check: clean"
exit "$failed"
