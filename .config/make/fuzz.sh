#!/usr/bin/env bash
# fuzz.sh SERVICE TARGET [SECONDS]: feeds one of the programs in SERVICE/fuzz/targets for a while. Works with the stable compiler
# and nothing installed. What it has learnt stays in target/fuzz/corpus; an input that breaks a promise in target/fuzz/found.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
service=${1:?identity-service or oauth-service}
cd "$here/../../$service/fuzz"
target=${2:?one of $(cd targets && printf '%s ' *.rs)}
seconds=${3:-180}

export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/../../target}"
RUSTC_WRAPPER="$here/instrumented.sh" cargo build --locked --bin "$target"

corpus="$CARGO_TARGET_DIR/fuzz/corpus/$service/$target"
found="$CARGO_TARGET_DIR/fuzz/found/$service/$target"
mkdir -p "$corpus" "$found"
options=(-max_total_time="$seconds" -artifact_prefix="$found/" -print_final_stats=1 -timeout=10)
[ -f "seeds/$target.dict" ] && options+=("-dict=seeds/$target.dict")
# A mapper may loop or eat memory: its process is bounded where it counts, not here.
[ "$target" = mapper ] && options+=(-ignore_timeouts=1 -ignore_ooms=1)
exec "$CARGO_TARGET_DIR/debug/$target" "${options[@]}" "$corpus" "seeds/$target"
