#!/bin/sh
# rootfs.sh PROGRAM FOLDER: everything an image of PROGRAM holds, in FOLDER: the program, the libraries it is linked to, certificates of
# public authorities, one unprivileged user. The Dockerfile makes its images of this; check.sh runs a program in it.
set -eu
program=$1
folder=$2
name=$(basename "$program")
mkdir -p "$folder/etc/ssl/certs" "$folder/tmp" "$folder/var/lib/portico"
cp "$program" "$folder/$name"
# ldd prints `name => /path (address)` and `/loader (address)`; the kernel's own vdso has no path.
ldd "$program" | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) .*/\1/p' | while read -r library; do
  case $(basename "$library") in
    ld-linux* | libc.so.* | libm.so.* | libgcc_s.so.* | libdl.so.* | libpthread.so.* | librt.so.*) ;;
    *) echo "rootfs: $name is linked to $library, which no image was meant to hold" >&2; exit 1 ;;
  esac
  mkdir -p "$folder$(dirname "$library")"
  cp -L "$library" "$folder$library"
done
# The C library finds names by these itself; nothing else need be loaded.
printf 'hosts: files dns\npasswd: files\ngroup: files\n' >"$folder/etc/nsswitch.conf"
printf 'portico:x:65532:65532:portico:/var/lib/portico:/nonexistent\n' >"$folder/etc/passwd"
printf 'portico:x:65532:\n' >"$folder/etc/group"
if [ -r /etc/ssl/certs/ca-certificates.crt ]; then
  cp -L /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/ca-certificates.crt"
else
  echo "rootfs: no certificates of public authorities here; install ca-certificates" >&2
  exit 1
fi
chmod 1777 "$folder/tmp"
chown 65532:65532 "$folder/var/lib/portico"
