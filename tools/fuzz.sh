#!/usr/bin/env bash
# Fuzz targets, built with clang 19 and its address and undefined-behaviour sanitizers.
#   fuzz.sh TARGET SECONDS   run one; what it finds on the way is kept in build/fuzz/found/TARGET
#   fuzz.sh --build          build all targets
# The committed corpus of a target is tests/corpus/TARGET: keep it small, one file a case.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
build=build/fuzz

mkdir -p "$build"
if ! cmake -S . -B "$build" -G Ninja -DANLAN_FUZZ=ON -DCMAKE_C_COMPILER=clang-19 \
  -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_CXX_FLAGS="-O1 -g1" -Wno-dev \
  >"$build/configure.log" 2>&1; then
  cat "$build/configure.log" >&2
  exit 1
fi
if [ "$1" = --build ]; then
  mapfile -t targets < <(compgen -G 'src/*/*_fuzz.cpp' | xargs -rn1 basename -s .cpp)
  [ "${#targets[@]}" -eq 0 ] || ninja -k 0 -C "$build" "${targets[@]}"
  exit
fi

target=${1%_fuzz}_fuzz
if ! compgen -G "src/*/$target.cpp" >/dev/null; then
  echo "anlan: there is no fuzz target '$1'; there are:" >&2
  for file in src/*/*_fuzz.cpp; do
    [ ! -e "$file" ] || basename "$file" _fuzz.cpp >&2
  done
  exit 2
fi
ninja -C "$build" "$target"
mkdir -p "$build/found/$target"
corpus=("$build/found/$target")
[ ! -d "tests/corpus/$target" ] || corpus+=("tests/corpus/$target")
exec "$build/$target" -max_total_time="$2" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
  -artifact_prefix="$build/$target-" "${corpus[@]}"
