#!/usr/bin/env bash
# Stands before the compiler: what is fed is compiled with the marks libFuzzer is guided by, everything else as always.
set -euo pipefail
case " $* " in
  *" --crate-name "*"_service "*"feature=\"fuzzing\""*)
    marks=(-Cpasses=sancov-module -Ccodegen-units=1)
    for option in level=4 inline-8bit-counters pc-table trace-compares; do
      marks+=("-Cllvm-args=-sanitizer-coverage-$option")
    done
    exec "$@" "${marks[@]}"
    ;;
esac
exec "$@"
