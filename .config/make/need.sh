# Sourced by the other scripts: collects what a machine lacks, then installs it (root, Debian) or names it.
#   need COMMAND PACKAGE PURPOSE ... ; settle
missing_packages=()
missing_purposes=()

need() {
  command -v "$1" >/dev/null 2>&1 && return
  missing_packages+=("$2")
  missing_purposes+=("$2 ($3)")
}

# What compiling the services asks for: SQLite, libpq and OpenSSL are built from their C sources.
need_build_tools() {
  need cc build-essential "a C compiler for SQLite, libpq and OpenSSL"
  need make make "builds OpenSSL"
  need perl perl "configures OpenSSL"
}

need_rust() {
  if ! command -v cargo >/dev/null 2>&1; then
    echo "portico: no Rust toolchain found. Install rustup, then 'rustup toolchain install stable'." >&2
    exit 1
  fi
}

settle() {
  [ ${#missing_packages[@]} -eq 0 ] && return
  local list
  list=$(printf ', %s' "${missing_purposes[@]}")
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "portico: installing ${list:2}"
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing_packages[@]}"; } >/dev/null; then
      echo "portico: apt-get could not install ${missing_packages[*]}; install them and run again." >&2
      exit 1
    fi
  else
    echo "portico: this machine lacks ${list:2}." >&2
    echo "         On Debian or Ubuntu: sudo apt-get install ${missing_packages[*]}" >&2
    exit 1
  fi
  missing_packages=()
  missing_purposes=()
}
