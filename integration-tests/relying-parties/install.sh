#!/usr/bin/env bash
# Puts the relying parties that others wrote, and our few lines around them, into the folder named by the first argument.
# By package name and version alone: where packages come from is the machine's own setting.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
target="${1:?the folder to install into}"
mkdir -p "$target/node" "$target/python"

cp "$here"/node/*.js "$target/node/"
if ! cmp -s "$here/node/package.json" "$target/node/package.json" || [ ! -d "$target/node/node_modules/@ory/client-fetch" ]; then
  cp "$here/node/package.json" "$target/node/"
  echo "relying parties: installing what others wrote for node"
  (cd "$target/node" && npm install --no-package-lock --no-audit --no-fund --loglevel=error) || {
    rm -f "$target/node/package.json"
    echo "portico: npm could not install them; the relying-party tests need a package mirror in reach." >&2
    exit 1
  }
fi

cp "$here/python/relying_party.py" "$here/python/kratos_client.py" "$target/python/"
if ! cmp -s "$here/python/requirements.txt" "$target/python/requirements.txt" || [ ! -x "$target/python/venv/bin/python" ]; then
  cp "$here/python/requirements.txt" "$target/python/"
  echo "relying parties: installing Authlib and ory-kratos-client"
  { python3 -m venv "$target/python/venv" && "$target/python/venv/bin/pip" install --quiet --disable-pip-version-check -r "$target/python/requirements.txt"; } || {
    rm -f "$target/python/requirements.txt"
    echo "portico: pip could not install Authlib or ory-kratos-client; the relying-party tests need a package mirror in reach." >&2
    exit 1
  }
fi
