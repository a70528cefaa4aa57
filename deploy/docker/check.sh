#!/usr/bin/env bash
# Runs both programs in the file trees the images are made of, as the user of the images, in a chroot: what no container engine is
# needed for. Needs root. PROGRAMS is the folder of the two binaries.
set -uo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
programs="${PROGRAMS:-$here/../../target/debug}"
[ "$(id -u)" -eq 0 ] || { echo "docker: NOT checked, a chroot needs root"; exit 0; }
for name in identity-service oauth-service; do
  [ -x "$programs/$name" ] || { echo "docker: NOT checked, $programs/$name is not built"; exit 0; }
done
. "$here/../quickstart/http.sh"
. "$here/../check/ports.sh"
folder=$(mktemp -d "${TMPDIR:-/tmp}/portico-rootfs.XXXXXX")
chmod 755 "$folder"
pids=()
finish() {
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; done
  umount "$folder"/*/proc "$folder"/*/tmp 2>/dev/null
  umount "$folder"/*.root 2>/dev/null
  rm -rf --one-file-system "$folder"
}
trap finish EXIT
fail() { echo "docker: $*"; exit 1; }
port=$(free_ports 8)

for name in identity-service oauth-service; do
  strip -o "$folder/$name.program" "$programs/$name" && mv "$folder/$name.program" "$folder/$name.stripped"
  mkdir -p "$folder/bin" && mv "$folder/$name.stripped" "$folder/bin/$name"
  root="$folder/$name.root"
  sh "$here/rootfs.sh" "$folder/bin/$name" "$root" || fail "no file tree for $name"
  # Nothing but the program and the C library can be run, and nothing can be written but the two folders meant for it.
  found=$(cd "$root" && find . -type f -perm /111 ! -path "./$name" ! -name '*.so*' -print)
  [ -z "$found" ] || fail "unexpected programs in the tree of $name: $found"
  [ -z "$(find "$root" -name sh -o -name bash -o -name busybox)" ] || fail "a shell in the tree of $name"
  libraries=$(cd "$root" && find . -name '*.so*' | sort | tr '\n' ' ')
  # A container has /proc and /dev, and `--read-only` leaves /tmp alone to write to. Where nothing can be mounted here, the program has to
  # do without, and has no right to write anyway.
  mkdir -p "$root/proc" "$root/dev" && : >"$root/dev/null"
  how="not writable to it"
  size=$(du -sm --apparent-size "$root" | cut -f1)
  if mount --bind "$root" "$root" 2>/dev/null && mount -o remount,ro,bind "$root" 2>/dev/null; then
    how="read-only"
    mount -t tmpfs -o mode=1777,size=16m tmpfs "$root/tmp" 2>/dev/null
  fi
  mount -t proc proc "$root/proc" 2>/dev/null
  verbs=(serve) && [ "$name" = oauth-service ] && verbs=(serve all)
  DSN=memory SERVE_PUBLIC_HOST=127.0.0.1 SERVE_PUBLIC_PORT=$port SERVE_ADMIN_PORT=$((port + 1)) DEV=true \
    chroot --userspec=65532:65532 "$root" "/$name" "${verbs[@]}" >"$folder/$name.log" 2>&1 &
  pids+=("$!")
  waited=0
  until [ "$(http_status GET "$port" /health/ready)" = 200 ]; do
    kill -0 "${pids[-1]}" 2>/dev/null || { tail -5 "$folder/$name.log"; fail "$name did not start"; }
    waited=$((waited + 1))
    [ "$waited" -gt 300 ] && { tail -5 "$folder/$name.log"; fail "$name is not ready"; }
    sleep 0.1
  done
  kill -TERM "${pids[-1]}"
  wait "${pids[-1]}" || fail "$name did not end well after SIGTERM"
  echo "docker: $name runs as 65532 in its own tree, $how, of $size MB ($(du -m --apparent-size "$root/$name" | cut -f1) MB of them the program, as built in $(basename "$programs")); libraries: $libraries"
  port=$((port + 2))
done
