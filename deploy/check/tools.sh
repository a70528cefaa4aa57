# Sourced: where a tool is, installed below target/ if it is not on the machine. Each prints a path, or fails.
deploy_tools="${CARGO_TARGET_DIR:-$PWD/target}/deploy-tools"

#   go_tool NAME PACKAGE@VERSION [BINARY]   from its Go module; BINARY is what Go calls it.
go_tool() {
  command -v "$1" 2>/dev/null && return
  local path="$deploy_tools/go/$1-${2##*@}"
  if [ ! -x "$path" ]; then
    command -v go >/dev/null 2>&1 || return 1
    echo "deploy: building $1" >&2
    mkdir -p "$deploy_tools/go/bin"
    (cd "$deploy_tools" && GOBIN="$deploy_tools/go/bin" GOFLAGS="-p=2" nice go install "$2" >"$deploy_tools/go/log" 2>&1) ||
      { tail -3 "$deploy_tools/go/log" >&2; return 1; }
    mv "$deploy_tools/go/bin/${3:-$1}" "$path"
  fi
  echo "$path"
}

#   debian_tool NAME PACKAGE PATH   taken out of its Debian package: installing that one would start a server.
debian_tool() {
  command -v "$1" 2>/dev/null && return
  local path="$deploy_tools/debian/$3"
  if [ ! -x "$path" ]; then
    command -v apt-get >/dev/null 2>&1 && command -v dpkg-deb >/dev/null 2>&1 || return 1
    mkdir -p "$deploy_tools/debian"
    (
      cd "$deploy_tools/debian" || exit 1
      apt-get download -qq "$2" >log 2>&1 ||
        { [ "$(id -u)" -eq 0 ] && apt-get update -qq >log 2>&1 && apt-get download -qq "$2" >log 2>&1; } || exit 1
      for package in "$2"_*.deb; do dpkg-deb -x "$package" . && rm "$package"; done
    ) || return 1
  fi
  "$path" --version >/dev/null 2>&1 || "$path" -v >/dev/null 2>&1 || return 1
  echo "$path"
}

#   python_tools   a Python that has kubernetes-validate and PyYAML.
python_tools() {
  local folder="$deploy_tools/python"
  if ! cmp -s deploy/check/requirements.txt "$folder/requirements.txt"; then
    command -v python3 >/dev/null 2>&1 || return 1
    mkdir -p "$folder"
    { python3 -m venv "$folder" && "$folder/bin/pip" install --quiet --disable-pip-version-check -r deploy/check/requirements.txt; } >&2 || return 1
    cp deploy/check/requirements.txt "$folder/"
  fi
  echo "$folder/bin/python"
}

#   own_tool NAME   the Go program in deploy/check/NAME.
own_tool() {
  local path="$deploy_tools/go/$1"
  if [ ! -x "$path" ] || [ "deploy/check/$1/main.go" -nt "$path" ] || [ "deploy/check/$1/go.mod" -nt "$path" ]; then
    command -v go >/dev/null 2>&1 || return 1
    echo "deploy: building deploy/check/$1" >&2
    mkdir -p "$deploy_tools/go"
    (cd "deploy/check/$1" && GOFLAGS="-p=2" nice go build -o "$path" .) >"$deploy_tools/go/log" 2>&1 || { tail -3 "$deploy_tools/go/log" >&2; return 1; }
  fi
  echo "$path"
}

#   built   the folder of both services' binaries, if they were built from here.
built() {
  local folder
  for folder in "${PROGRAMS:-}" "${CARGO_TARGET_DIR:-$PWD/target}"/{debug,release}; do
    [ -n "$folder" ] && [ -x "$folder/identity-service" ] && [ -x "$folder/oauth-service" ] && { echo "$folder"; return; }
  done
  return 1
}
